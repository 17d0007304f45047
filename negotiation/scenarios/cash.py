"""When money moves: discounting, and cash month by month."""

from typing import TYPE_CHECKING

import numpy as np

from negotiation.scenarios.arrays import Array, choose

if TYPE_CHECKING:
    from negotiation.scenarios.engine import Run

DAYS_IN_YEAR = 365.0


def flow_years(run: "Run") -> Array:
    """(cases | 1, months): years from signing at which a month's flow is discounted."""
    cal = run.calendar
    end = cal.year_end

    def year_end() -> Array:
        return cal.by_month(end) / 12

    def mid_period() -> Array:
        start = 12.0 * np.arange(cal.years)
        return cal.by_month((start + np.maximum(end, start)) / 24)

    def month_end() -> Array:
        return (np.arange(cal.months)[None, :] + 1) / 12

    return choose(
        run.inputs.mode("cash_timing"),
        {"year_end": year_end, "mid_period": mid_period, "month_end": month_end},
    )


def delays(run: "Run") -> dict[str, Array]:
    """Days after the end of its month at which each payment moves, (cases | 1, 1).

    Charges with currency: billing lag and payment days. Credits settle later than that, gain share
    counts from the end of the contract year.
    """
    number = run.inputs.number
    invoice = number("billing_lag") + number("payment_days")
    return {
        "charges": invoice,
        "service_credits": invoice + number("credit_settlement_days"),
        "gain_share": number("gain_share_settlement_days") + np.zeros((1, 1)),
    }


def present_value(run: "Run", discount: str, own: Array, sign: float) -> Array:
    """(cases,): `own` flows by month, and `sign` times the payments between the parties.

    Own costs are paid in their month; payments move after their delays. Gain share is known at the
    end of its contract year, so its days count from there under every timing.
    """
    rate, years = run.inputs.driver(discount), flow_years(run)
    late = delays(run)
    if not any(days.any() for days in late.values()):
        return _weighted(own + sign * run.month("revenue"), (1 + rate) ** -years, run)
    value = _weighted(own, (1 + rate) ** -years, run)
    year_end = run.calendar.by_month(run.calendar.year_end) / 12
    for flow, days in _payments(run):
        settled_later = (late[days] > 0) & (days == "gain_share")
        start = np.where(settled_later, year_end, years)
        factor = (1 + rate) ** -(start + late[days] / DAYS_IN_YEAR)
        value = value + sign * _weighted(flow, factor, run)
    return value


def _payments(run: "Run") -> list[tuple[Array, str]]:
    return [
        (run.month("charges") + run.month("fx_adjustment"), "charges"),
        (-run.month("service_credits"), "service_credits"),
        (run.month("gain_share"), "gain_share"),
    ]


def _weighted(flow: Array, factor: Array, run: "Run") -> Array:
    months = run.calendar.months
    if flow.shape[1] == 1:
        flow = flow * run.calendar.active * np.ones((1, months))
    factor = np.broadcast_to(factor, (factor.shape[0], months))
    total = flow @ factor[0] if factor.shape[0] == 1 else (flow * factor).sum(axis=1)
    return np.broadcast_to(total, (run.inputs.cases,))


def cumulative(run: "Run", party: str) -> Array:
    """(cases, 1 + months + late months): a party's cash since signing, which is column 0."""
    cal, cases = run.calendar, run.inputs.cases
    late = delays(run)
    extra = int(np.ceil(max(days.max() for days in late.values()) * 12 / DAYS_IN_YEAR))
    flow = np.zeros((cases, 1 + cal.months + extra))
    sign = 1.0 if party == "supplier" else -1.0
    flow[:, 0] = -(run.supplier_signing if party == "supplier" else run.buyer_signing)
    flow[:, 1 : 1 + cal.months] += _own(run, party)
    for amount, days in _payments(run):
        _add_late(flow, sign * amount, late[days] * 12 / DAYS_IN_YEAR, cal.months)
    return np.cumsum(flow, axis=1)


def _own(run: "Run", party: str) -> Array:
    if party == "supplier":
        return -run.month("supplier_cost")
    return run.month("status_quo_cost") - run.month("retained_cost") - run.month("miss_cost")


def _add_late(flow: Array, amount: Array, months_late: Array, months: int) -> None:
    """Adds `amount` by month, late by whole and part months, into `flow` from column 1 on."""
    amount = np.broadcast_to(amount, (flow.shape[0], months))
    for whole in np.unique(np.floor(months_late)).astype(int):
        part = np.where(np.floor(months_late) == whole, months_late - whole, np.nan)
        here = ~np.isnan(part)
        flow[:, 1 + whole : 1 + whole + months] += np.where(here, amount * (1 - part), 0.0)
        if np.nanmax(part) > 0:
            flow[:, 2 + whole : 2 + whole + months] += np.where(here, amount * part, 0.0)
