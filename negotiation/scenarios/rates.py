"""Are the rates of the volume bands sound? Checked in every scenario and year, and named.

RRC below the variable cost: the supplier gains when volume falls. ARC below it: the supplier loses
on every further unit. Price below the RRC: the buyer gains twice when volume falls.
"""

from dataclasses import dataclass

import numpy as np

from negotiation.scenarios.engine import ratio
from negotiation.scenarios.inputs import columns
from negotiation.scenarios.study import Study


@dataclass(frozen=True)
class RateCheck:
    """One rule in one scenario and contract year; amounts are money per unit in that year."""

    case: str
    year: int
    rule: str
    left: float
    right: float
    sound: bool
    sentence: str


@dataclass(frozen=True)
class RatesOfYear:
    """Price, ARC, RRC and variable cost per unit in a scenario and year.

    `contribution_lost` is what the supplier loses on each unit that falls away at RRC;
    `indifference_share` the share of the fall at which it neither gains nor loses, at RRC and at
    ARC: a hint, not the gain-share check.
    """

    case: str
    year: int
    price: float
    arc: float
    rrc: float
    variable_cost: float | None

    @property
    def contribution_lost(self) -> float | None:
        return None if self.variable_cost is None else self.rrc - self.variable_cost

    @property
    def indifference_share_rrc(self) -> float | None:
        lost = self.contribution_lost
        return None if lost is None or self.rrc == 0 else lost / self.rrc

    @property
    def indifference_share_arc(self) -> float | None:
        if self.variable_cost is None or self.arc == 0:
            return None
        return (self.arc - self.variable_cost) / self.arc


def rates_by_year(study: Study) -> tuple[RatesOfYear, ...]:
    """Rates and variable cost in every scenario and year."""
    run, terms = study.run, study.terms
    shape = (len(study.ids), terms.years)
    index = np.broadcast_to(run.year("price_index"), shape)
    cost = np.full(shape, np.nan)
    if "supplier" in study.inputs.parties:
        paid = sum(run.year(n) for n in ("agent_cost", "technology_cost", "attrition_cost"))
        cost = np.broadcast_to(ratio(*np.broadcast_arrays(paid, run.year("handled_units"))), shape)
    return tuple(
        RatesOfYear(
            case, year + 1,
            *(float(rate * index[row, year]) for rate in (
                terms.unit_price, terms.arc_rate, terms.rrc_rate
            )),
            None if np.isnan(cost[row, year]) else float(cost[row, year]),
        )
        for row, case in enumerate(study.ids)
        for year in range(terms.years)
    )  # fmt: skip


def rate_checks(study: Study) -> tuple[RateCheck, ...]:
    """The three rules in every scenario and year; only `price over RRC` without the cost's drivers.

    Nothing is checked unless the charges follow bands.
    """
    if study.terms.pricing_model != "banded" or not study.run_ready:
        return ()
    checks = []
    for rates in rates_by_year(study):
        title = study.case(rates.case).case.title or rates.case
        where = f"{title}, year {rates.year}"
        rules = [("price over RRC", rates.price, rates.rrc, "price", "RRC",
                  "the buyer gains twice when volume falls")]  # fmt: skip
        if rates.variable_cost is not None:
            rules += [
                ("RRC over variable cost", rates.rrc, rates.variable_cost, "RRC", "variable cost",
                 "the supplier gains when volume falls"),
                ("ARC over variable cost", rates.arc, rates.variable_cost, "ARC", "variable cost",
                 "the supplier loses on every further unit"),
            ]  # fmt: skip
        for rule, left, right, left_name, right_name, effect in rules:
            sound = left >= right - 1e-12
            relation = "is at or above" if sound else "is below"
            tail = "" if sound else f": {effect}"
            sentence = (
                f"{where}: the {left_name} {left:.4g} {relation} the {right_name} "
                f"{right:.4g}{tail}."
            )
            checks.append(RateCheck(rates.case, rates.year, rule, left, right, sound, sentence))
    return tuple(checks)


def warnings(study: Study) -> tuple[str, ...]:
    """Sentences to show beside the figures: unsound rates, bands left, seats, lists held on."""
    found = [check.sentence for check in rate_checks(study) if not check.sound]
    if study.run_ready:
        found += _bands_left(study) + _short_lists(study)
    if "supplier" in study.inputs.parties:
        found += _seats(study)
    missed = any(case.misses for case in study.scenarios.cases)
    if missed and "buyer" in study.inputs.parties and not study.inputs.miss_cost.any():
        found.append(
            "The buyer's cost of a missed level is not estimated: credits alone make the buyer "
            "look richer when a level is missed."
        )
    return tuple(found)


def trigger_rates(study: Study) -> tuple[float, float] | None:
    """The exchange rates (local per deal currency) beyond which the currency clause acts.

    The first: the local currency is stronger and the buyer pays more. None in one currency.
    """
    base, collar = study.terms.fx_base_rate, study.terms.fx_collar
    return None if base is None else (base / (1 + collar), base / (1 - collar))


def _bands_left(study: Study) -> list[str]:
    months = study.run.renegotiation_month
    return [
        f"{case.title or case.id}: volume leaves the renegotiation band of "
        f"±{100 * study.terms.renegotiation_band:g} % in month {int(month)}; prices after that are "
        "due for change control."
        for case, month in zip(study.scenarios.cases, months, strict=True)
        if month
    ]


def _seats(study: Study) -> list[str]:
    run = study.run
    if study.inputs.mode("seat_basis") != "baseline":
        return []
    first = run.month("fte_needed")[0, :12]
    planned = run.month("seats")[0, :12].max()
    if first.max() <= planned * 1.01:
        return []
    return [
        f"{study.scenarios.cases[0].title}: the season needs {first.min():.0f} to "
        f"{first.max():.0f} FTE in year 1, but facility and overlay are priced for {planned:.0f}, "
        "and hiring is instant. Set the seat basis to peak to see the difference."
    ]


def _short_lists(study: Study) -> list[str]:
    found, months = [], study.terms.term_months
    for entry in study.book.entries.values():
        value = entry.row.value
        if not isinstance(value, tuple) or entry.row.name == "season" or len(value) == 1:
            continue
        wanted = columns(value, months).shape[1]
        if len(value) < wanted:
            unit = "months" if wanted == months and wanted > study.terms.years else "years"
            found.append(
                f"{entry.row.label or entry.row.id} gives {len(value)} {unit}, the term has "
                f"{wanted}: the last value holds on."
            )
    return found
