"""A traceable invoice: every line with its formula and its numbers, in cents, adding up.

The engine is unrounded; each line is rounded half up to cents, and the total is the sum of lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from negotiation.scenarios.arrays import Array
from negotiation.scenarios.engine import Run
from negotiation.scenarios.price import volume_adjustment
from negotiation.scenarios.study import Study
from negotiation.values import FieldError

CENT = Decimal("0.01")


@dataclass(frozen=True)
class InvoiceLine:
    """One line: `formula` in words, `worked` the same with its numbers, `numbers` by name."""

    id: str
    title: str
    formula: str
    worked: str
    numbers: Mapping[str, float]
    amount: Decimal


@dataclass(frozen=True)
class Invoice:
    """The invoice of one contract month in one scenario.

    `facts` are figures the lines use (units, price, index, charges, at-risk amount), unrounded.
    """

    case: str
    month: int
    year: int
    calendar_month: int
    lines: tuple[InvoiceLine, ...]
    facts: Mapping[str, float]

    @property
    def total(self) -> Decimal:
        """Sum of the lines."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))


def cents(amount: float) -> Decimal:
    """An amount rounded half up, away from zero; the computer's own noise is taken off first."""
    return Decimal(str(round(amount, 7))).quantize(CENT, ROUND_HALF_UP)


def invoice(study: Study, month: int, case: str | None = None) -> Invoice:
    """The invoice of contract month `month` (from 1) in a scenario, usually the base.

    Raises `FieldError` for a month outside the term, an unknown scenario, or charges that follow a
    cost nobody has disclosed or estimated.
    """
    months = study.terms.term_months
    if not 1 <= month <= months:
        raise FieldError("month", f"Month {month} is outside the term of months 1 to {months}.")
    case = case or study.first
    place = study.place(case)
    needs_cost = study.terms.pricing_model in ("fte", "cost_plus")
    if not study.book.has("baseline_units") or (needs_cost and not study.parties):
        raise FieldError("month", study.missing("supplier") or "The baseline is missing.")
    facts = _facts(study, month, place)
    lines = [
        *_charges(study, facts, place),
        *_currency(study, facts),
        *_credits(study, facts, case, month),
        *_gain(study, facts, place, month),
    ]
    start = study.terms.calendar_month
    return Invoice(
        case, month, -(-month // 12), (start + month - 2) % 12 + 1, tuple(lines), facts
    )


def _facts(study: Study, month: int, place: int) -> dict[str, float]:
    run = study.run
    names = (
        "baseline_units", "demand_units", "handled_units", "unit_price", "price_index", "charges",
        "fx_adjustment", "service_credits", "gross_credits", "gain_share",
    )  # fmt: skip
    facts = {name: _at(run, name, place, month) for name in names}
    baseline = facts["baseline_units"]
    facts["deviation"] = (facts["handled_units"] - baseline) / baseline if baseline else 0.0
    facts["at_risk"] = study.terms.at_risk * (facts["charges"] + facts["fx_adjustment"])
    if study.terms.fx_base_rate is not None:
        facts["fx_rate"] = _driver(study, "fx_rate", place, month)
    if study.terms.pricing_model == "cost_plus":
        facts["sga"] = _driver(study, "sga", place, month)
    return facts


def _at(run: Run, name: str, place: int, month: int) -> float:
    return _pick(run.month(name), place, month)


def _driver(study: Study, key: str, place: int, month: int) -> float:
    return _pick(study.run.calendar.by_month(study.inputs.driver(key)), place, month)


def _pick(values: Array, place: int, month: int) -> float:
    """One case and month of an array in which an axis of 1 stands for all."""
    return float(values[min(place, values.shape[0] - 1), min(month, values.shape[1]) - 1])


def _line(id: str, title: str, formula: str, worked: str, amount: float, **numbers) -> InvoiceLine:
    rounded = cents(amount)
    return InvoiceLine(id, title, formula, f"{worked} = {rounded:,.2f}", numbers, rounded)


def _charges(study: Study, facts: Mapping[str, float], place: int) -> list[InvoiceLine]:
    model = study.terms.pricing_model
    if model == "banded":
        return _banded(study, facts, place)
    if model == "transaction":
        return _by_unit(study, facts)
    if model == "fixed_fee":
        return _fixed_fee(study, facts, place)
    charges, price = facts["charges"], facts["unit_price"]
    if model == "fte":
        units = charges / price if price else 0.0
        return [
            _line("capacity", "Capacity used", "units at the planned productivity × price",
                  f"{units:,.2f} × {price:.5f}", charges, units=units, price=price)
        ]  # fmt: skip
    fee, sga = study.terms.cost_plus_fee, facts["sga"]
    cost = charges * (1 - sga) / (1 + fee)
    return [
        _line("cost-plus", "Open-book cost and fee", "cost × (1 + fee) ÷ (1 − SG&A)",
              f"{cost:,.2f} × {1 + fee:g} ÷ {1 - sga:g}", charges, cost=cost, fee=fee, sga=sga)
    ]  # fmt: skip


def _by_unit(study: Study, facts: Mapping[str, float]) -> list[InvoiceLine]:
    price, units = facts["unit_price"], facts["handled_units"]
    lines = [
        _line("unit-charge", "Units handled", "units × price", f"{units:,.2f} × {price:.5f}",
              units * price, units=units, price=price)
    ]  # fmt: skip
    return lines + _commitment(study, facts, units * price)


def _commitment(study: Study, facts: Mapping[str, float], before: float) -> list[InvoiceLine]:
    """What lifts the charges to the minimum commitment under take or pay."""
    lift = facts["charges"] - before
    if lift < 1e-6:
        return []
    part, price = study.terms.min_commit, facts["unit_price"]
    baseline = facts["baseline_units"]
    worked = f"{part:g} × {baseline:,.2f} × {price:.5f} − {before:,.2f}"
    return [
        _line("minimum-commitment", "Minimum commitment",
              "minimum × baseline × price − charges before it", worked, lift,
              minimum=part, baseline=baseline, price=price)
    ]  # fmt: skip


def _fixed_fee(study: Study, facts: Mapping[str, float], place: int) -> list[InvoiceLine]:
    index, fee = facts["price_index"], _pick(study.inputs.monthly_fee(), place, 1)
    lines = [
        _line("fee", "Monthly fee", "fee × index", f"{fee:,.2f} × {index:.6f}", fee * index,
              fee=fee, index=index)
    ]  # fmt: skip
    outside = facts["charges"] - fee * index
    if abs(outside) > 1e-6:
        rate = study.terms.arc_rate if outside > 0 else study.terms.rrc_rate
        units = outside / (rate * index)
        lines.append(
            _line("outside-band", "Units outside the renegotiation band", "units × rate × index",
                  f"{units:,.2f} × {rate:g} × {index:.6f}", outside, units=units, rate=rate,
                  index=index)
        )  # fmt: skip
    return lines


def _banded(study: Study, facts: Mapping[str, float], place: int) -> list[InvoiceLine]:
    terms, price, index = study.terms, facts["unit_price"], facts["price_index"]
    baseline, units = facts["baseline_units"], facts["handled_units"]
    base = baseline * price
    lines = [
        _line("base-charge", "Baseline charge", "baseline × price",
              f"{baseline:,.2f} × {price:.5f}", base, baseline=baseline, price=price)
    ]  # fmt: skip
    one = study.inputs.take(np.array([place]))
    adjustment = volume_adjustment(one, np.array([[baseline]]), np.array([[units]])).item() * index
    if abs(adjustment) > 1e-9:
        name, rate = ("ARC", terms.arc_rate) if adjustment > 0 else ("RRC", terms.rrc_rate)
        counted = adjustment / (rate * index)
        title = f"{name}: {100 * facts['deviation']:+.1f} % of baseline"
        lines.append(
            _line(name.lower(), title, f"units counted × {name} × index",
                  f"{counted:,.2f} × {rate:g} × {index:.6f}", adjustment, units=counted,
                  rate=rate, index=index, deadband=terms.deadband)
        )  # fmt: skip
    return lines + _commitment(study, facts, base + adjustment)


def _currency(study: Study, facts: Mapping[str, float]) -> list[InvoiceLine]:
    terms = study.terms
    if terms.fx_base_rate is None or abs(facts["fx_adjustment"]) < 1e-9:
        return []
    move = terms.fx_base_rate / facts["fx_rate"] - 1
    shared = abs(move) - (terms.fx_collar if terms.fx_collar_mode == "excess" else 0.0)
    sign = "" if move > 0 else "−"
    worked = (
        f"{facts['charges']:,.2f} × {terms.fx_local_share:g} × {sign}{shared:.6f} × "
        f"{terms.fx_share:g}"
    )
    return [_line("fx", f"Currency: {facts['fx_rate']:g} against {terms.fx_base_rate:g}",
                  "charges × local portion × shared move × share", worked, facts["fx_adjustment"],
                  charges=facts["charges"], move=move, collar=terms.fx_collar,
                  rate=facts["fx_rate"])]  # fmt: skip


def _credits(
    study: Study, facts: Mapping[str, float], case: str, month: int
) -> list[InvoiceLine]:
    """One line a miss at its gross credit, then the cap, then what earn-back takes away."""
    terms = study.terms
    charged = facts["charges"] + facts["fx_adjustment"]
    lines, gross = [], 0.0
    # Of two rows that say the same the last counts, as in the engine.
    misses = {m.metric: m for m in study.case(case).case.misses if m.month == month}
    weights = {metric.id: metric for metric in terms.metrics}
    for miss in misses.values():
        if miss.metric not in weights:
            continue
        metric = weights[miss.metric]
        factor = _repeat(study, case, miss.metric, month)
        amount = terms.at_risk * charged * metric.weight * factor
        gross += amount
        back = ", earned back later" if miss.earned_back else ""
        worked = f"−{terms.at_risk:g} × {charged:,.2f} × {metric.weight:g} × {factor:g}"
        lines.append(_line(f"credit-{metric.id}", f"{metric.title or metric.id} missed{back}",
                           "− at risk × charges × weight × repeat", worked, -amount,
                           at_risk=terms.at_risk, charges=charged, weight=metric.weight,
                           repeat=factor))  # fmt: skip
    capped = min(gross, facts["at_risk"])
    if gross - capped > 1e-9:
        lines.append(_line("credit-cap", "Cap of the month's credits",
                           "credits − at-risk amount", f"{gross:,.2f} − {capped:,.2f}",
                           gross - capped, at_risk_amount=facts["at_risk"]))  # fmt: skip
    returned = capped - facts["service_credits"]
    if abs(returned) > 1e-9:
        lines.append(_line("earn-back", "Credits earned back", "credits − credits that stay",
                           f"{capped:,.2f} − {facts['service_credits']:,.2f}",
                           returned))  # fmt: skip
    return lines


def _repeat(study: Study, case: str, metric: str, month: int) -> float:
    """The factor of a miss: how many months in a row the metric was missed before."""
    terms = study.terms
    missed = {
        m.month for m in study.case(case).case.misses
        if m.metric == metric and not (m.earned_back and terms.earnback_repeat == "forgiven")
    }  # fmt: skip
    streak = 0
    while month - 1 - streak in missed:
        streak += 1
    if not streak:
        return 1.0
    return terms.repeat_multiplier ** (streak if terms.repeat_growth == "compound" else 1)


def _gain(
    study: Study, facts: Mapping[str, float], place: int, month: int
) -> list[InvoiceLine]:
    if abs(facts["gain_share"]) < 1e-9:
        return []
    share, year = study.terms.gain_share, -(-month // 12)
    pool = _pick(study.run.year("gain_pool"), place, year)
    part = study.run.calendar.months_in_year[0, year - 1] / 12
    threshold, cap = share.threshold * part, share.cap * part
    return [
        _line("gain-share", f"Gain share of contract year {year}",
              "share × (pool − threshold), at most the cap",
              f"{share.share:g} × ({pool:,.2f} − {threshold:,.2f}), at most {cap:,.2f}",
              facts["gain_share"], share=share.share, pool=pool, threshold=threshold, cap=cap)
    ]  # fmt: skip
