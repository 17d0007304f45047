"""The supplier's side: people, seats and their cost.

Formulas 1, 2 and 8 of the reference deal. Costs in local currency are paid at the month's rate.
Nothing here knows charges; SG&A is added where charges are known.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from negotiation.scenarios.arrays import Array, Calendar, choose, uses
from negotiation.scenarios.inputs import Inputs, Place, units_per_fte


@dataclass(frozen=True)
class Rates:
    """Cost rates of one site in deal currency, by year or month.

    `fte` are paid per FTE-month (agent, technology, attrition), `facility` per seat-month,
    `overlay` per head of the overlay's basis. `units_per_fte` is the productivity.
    """

    units_per_fte: Array
    fte: Mapping[str, Array]
    overlay: Array
    facility: Array


def rates(run: Inputs, cal: Calendar, place: Place) -> Rates:
    """The cost rates of a site."""
    def at(key: str) -> Array:
        return run.driver(key, place)

    def times(*factors: Array) -> Array:
        wide = any(x.shape[1] not in (1, cal.years) for x in factors)
        product = np.ones((1, 1))
        for factor in factors:
            product = product * (cal.by_month(factor) if wide else factor)
        return product

    wage, cpi = cal.growth(at("wage")), cal.growth(at("cpi"))
    local = 1 / at("fx_rate") if "fx_rate" in run.drivers else np.ones((1, 1))
    paid = times(wage, local)
    agent = times(at("agent_cost_month"), paid)
    parts = {k: cal.by_month(at(k)) for k in ("paid_hours_month", "shrinkage", "occupancy")}
    parts["aht_min"] = at("aht_min")
    if any(x.shape[1] == cal.months and cal.months > 1 for x in parts.values()):
        parts = {k: cal.by_month(v) for k, v in parts.items()}
    return Rates(
        units_per_fte=units_per_fte(parts),
        fte={
            "agent_cost": agent,
            "technology_cost": times(at("technology_cost_month"), cpi),
            "attrition_cost": times(at("attrition") / 12, at("replacement_cost"), paid),
        },
        overlay=times(at("overlay_share"), agent),
        facility=times(at("facility_cost_month"), cal.growth(at("facility_growth")), local),
    )


def head_count(run: Inputs, needed: Array) -> Array:
    """Paid FTE by month for the FTE needed, with hysteresis, hiring lead and ramp.

    Changes smaller than `min_monthly_change` of the head count are not made, unless people are
    short by that much. A new agent is paid `hiring_lead_months` before handling anything; while the
    ramp lasts, its missing productivity is filled by others. Month 1's people come from the
    transition and are ready.
    """
    step = run.driver("min_monthly_change")
    lead, ramp = run.driver("hiring_lead_months"), run.driver("ramp_months")
    if not (step.any() or lead.any() or ramp.any()):
        return needed
    rows = max(needed.shape[0], step.shape[0], lead.shape[0], ramp.shape[0])
    staff = np.array(np.broadcast_to(needed, (rows, needed.shape[1])))
    for month in range(1, staff.shape[1]):
        before, wanted = staff[:, month - 1], staff[:, month]
        small = np.abs(wanted - before) < step[:, 0] * before
        staff[:, month] = np.where(small & (wanted > 0), before, wanted)
    joiners = np.zeros_like(staff)
    joiners[:, 1:] = np.maximum(0.0, np.diff(staff, axis=1))
    return staff + _in_training(joiners, lead) + _ramp_cover(joiners, ramp, run)


def _in_training(joiners: Array, lead: Array) -> Array:
    """People paid in the months before they start; a part month counts in part."""
    paid = np.zeros_like(joiners)
    for ahead in range(1, int(np.ceil(lead.max())) + 1):
        part = np.clip(lead - (ahead - 1), 0.0, 1.0)
        paid[:, :-ahead] += joiners[:, ahead:] * part
    return paid


def _ramp_cover(joiners: Array, ramp: Array, run: Inputs) -> Array:
    """FTE that fill in for joiners who are not yet fully productive."""
    start = run.driver("ramp_start")
    cover = np.zeros_like(joiners)
    for age in range(min(int(np.ceil(ramp.max())), joiners.shape[1])):
        missing = np.where(age < ramp, (1 - start) * (1 - age / np.maximum(ramp, 1e-9)), 0.0)
        cover[:, age:] += joiners[:, : joiners.shape[1] - age] * missing
    return cover


@dataclass(frozen=True)
class Site:
    """One site's people for certain units: paid FTE, heads under overlay, seats, and its rates."""

    rates: Rates
    needed: Array
    fte: Array
    overlay_heads: Array
    seats: Array

    def line(self, name: str, cal: Calendar) -> Array:
        """One cost line by month."""
        if name == "overlay_cost":
            return cal.by_month(self.rates.overlay) * self.overlay_heads
        if name == "facility_cost":
            return cal.by_month(self.rates.facility) * self.seats
        return cal.by_month(self.rates.fte[name]) * self.fte

    def cost(self, cal: Calendar) -> Array:
        """All lines by month: rates are added up first, which saves passes over (cases, months)."""
        per_fte = sum(cal.by_month(rate) for rate in _common(list(self.rates.fte.values()), cal))
        fixed = cal.by_month(self.rates.overlay) * self.overlay_heads
        fixed = fixed + cal.by_month(self.rates.facility) * self.seats
        return self.fte * per_fte + fixed


def _common(parts: list[Array], cal: Calendar) -> list[Array]:
    """Rates that share their columns, added up by year before they are spread over months."""
    yearly = [x for x in parts if x.shape[1] in (1, cal.years)]
    monthly = [x for x in parts if x.shape[1] not in (1, cal.years)]
    total = [sum(yearly[1:], yearly[0])] if yearly else []
    return [*total, *monthly]


def site(run: Inputs, cal: Calendar, place: Place, its_rates: Rates, units: Array) -> Site:
    """People and seats of a site for `units` of the whole deal, by month."""
    needed = units * cal.by_month(place.share / its_rates.units_per_fte)
    fte = head_count(run, needed)
    planned = cal.by_month(run.driver("baseline_units")) * place.share / place.planned_units_per_fte
    planned = planned * cal.active

    def peak() -> Array:
        starts = np.arange(0, cal.months, 12)
        return cal.by_month(np.maximum.reduceat(fte, starts, axis=1)) * cal.active

    basis = run.mode("seat_basis")
    heads = choose(basis, {"baseline": lambda: planned, "peak": peak})
    seats = heads
    if uses(basis, "peak"):
        shared = np.where(run.mode_is("seat_basis", "peak"), run.driver("sharing_ratio"), 1.0)
        seats = heads / shared
    return Site(its_rates, needed, fte, heads, seats)
