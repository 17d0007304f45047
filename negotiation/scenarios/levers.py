"""Risk levers: one term changed, and what each party's expected and worst cases make of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from negotiation.scenarios.hindrance import hindrance, overall
from negotiation.scenarios.rows import OwnLever, Scenarios
from negotiation.scenarios.settings import apply
from negotiation.scenarios.study import PARTIES, Study
from negotiation.terms import Terms
from negotiation.values import FieldError

ALL_PRICES = "all_prices"


@dataclass(frozen=True)
class Lever:
    """A change of terms with a name; `settings` are paths and values."""

    label: str
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class LeverEffect:
    """What a lever does, against the terms as they stand.

    `buyer` and `supplier` are changes of the probability-weighted net present value;
    `worst_margin` is the supplier's margin in the worst case with the lever, `points` its
    change in percentage points. `by_case` maps a scenario's id to the changes of `buyer` and
    `supplier` (net present value) in it; a party that is not known is left out.
    `efficiency`: points gained per 100,000 of the buyer's expected value; None where no ratio makes
    sense, with the reason in `sentence`. `reach` says which tests change their word.
    """

    lever: Lever
    buyer: float | None
    supplier: float | None
    worst_margin: float | None
    points: float | None
    by_case: Mapping[str, Mapping[str, float]]
    efficiency: float | None
    reach: tuple[str, ...]
    sentence: str


def usual_levers(terms: Terms) -> tuple[Lever, ...]:
    """One step in each direction on the terms that move risk."""
    price = terms.unit_price
    factors = {f"{100 * by:+.0f} %": 1 + by for by in (0.05, -0.05)}
    levers = [
        Lever(f"All prices {name}", _priced(terms, price * factor))
        for name, factor in factors.items()
    ]
    if terms.fx_base_rate is not None:
        levers += [
            Lever("FX collar 2 %", {"terms.fx_collar": 0.02}),
            Lever("FX borne by the buyer", {"terms.fx_collar": 0.0, "terms.fx_share": 1.0}),
            Lever("FX borne by the supplier", {"terms.fx_share": 0.0}),
        ]
    levers += [
        Lever("Index cap one point higher", {"terms.cola_cap": terms.cola_cap + 0.01}),
        Lever("Excess index banked", {"terms.cola_carry": "banked"}),
        Lever("At risk two thirds", {"terms.at_risk": terms.at_risk * 2 / 3}),
        Lever("At risk a quarter more", {"terms.at_risk": min(1.0, terms.at_risk * 1.25)}),
        Lever("Minimum commitment 90 %", {"terms.min_commit": 0.90}),
        Lever("Minimum commitment 60 %", {"terms.min_commit": 0.60}),
        Lever("RRC 15 % lower", {"terms.rrc_rate": terms.rrc_rate * 0.85}),
    ]
    if terms.gain_share.share:
        more = min(1.0, terms.gain_share.share + 0.15)
        levers.append(Lever(f"Gain share {100 * more:.0f} %", {"terms.gain_share.share": more}))
    return tuple(levers)


def price_lever(terms: Terms, unit_price: float) -> Lever:
    """Another unit price, with ARC, RRC and a fixed fee moving in proportion."""
    return Lever(f"Unit price {unit_price:g}", _priced(terms, unit_price))


def own_lever(terms: Terms, row: OwnLever) -> Lever:
    """The step a person typed, as a lever; raises `FieldError` for a value that does not fit."""
    path = f"scenarios.levers.{row.id}.value"
    if row.value is None:
        raise FieldError(path, "This step has no value yet.")
    if row.term == ALL_PRICES:
        if not isinstance(row.value, float) or row.value < 0:
            raise FieldError(path, "The new unit price must be a number of 0 or more.")
        if not terms.unit_price:
            raise FieldError(path, "Without a unit price the others cannot move in proportion.")
        return Lever(f"All prices with the unit price at {row.value:g}", _priced(terms, row.value))
    settings = {f"terms.{row.term}": row.value}
    try:
        apply(terms, Scenarios(), settings)
    except FieldError as error:
        raise FieldError(path, error.sentence) from None
    title, unit = _term_words(terms, row.term)
    return Lever(f"{title} {_value_words(row.value, unit)}", settings)


def _term_words(terms: Terms, path: str) -> tuple[str, str]:
    """Title and unit of the term at `path` below `terms`, a metric's with the metric's name."""
    here: Any = terms
    *above, name = path.split(".")
    for part in above:
        rows = here if isinstance(here, tuple) else ()
        here = next((row for row in rows if row.id == part), None) or getattr(here, part)
    field = type(here).model_fields[name]
    owner = f"{here.title or here.id}: " if hasattr(here, "id") else ""
    return f"{owner}{field.title or name}", (field.json_schema_extra or {}).get("unit", "")


def _value_words(value: float | str, unit: str) -> str:
    if isinstance(value, str):
        return value.replace("_", " ")
    return f"{100 * value:g} %" if unit.startswith("fraction") else f"{value:g}"


def _priced(terms: Terms, unit_price: float) -> dict[str, Any]:
    factor = unit_price / terms.unit_price if terms.unit_price else 1.0
    changes = {
        "terms.unit_price": unit_price,
        "terms.arc_rate": terms.arc_rate * factor,
        "terms.rrc_rate": terms.rrc_rate * factor,
    }
    if terms.fixed_fee_month is not None:
        changes["terms.fixed_fee_month"] = terms.fixed_fee_month * factor
    return changes


def lever_table(
    study: Study, levers: Sequence[Lever] | None = None, worst: str = "worst"
) -> tuple[LeverEffect, ...]:
    """The effect of each lever, the most efficient first; `usual_levers` when none are given."""
    chosen = usual_levers(study.terms) if levers is None else levers
    effects = [_effect(study, lever, worst) for lever in chosen]
    return tuple(sorted(effects, key=lambda e: (e.efficiency is None, -(e.efficiency or 0.0))))


def _effect(study: Study, lever: Lever, worst: str) -> LeverEffect:
    terms, scenarios = apply(study.terms, study.scenarios, lever.settings)
    after = Study(terms, scenarios, study.book)
    changes = {party: _change(study, after, party) for party in PARTIES}
    margins = [_margin(each, worst) for each in (study, after)]
    points = None if None in margins else 100 * (margins[1] - margins[0])
    efficiency, sentence = _efficiency(changes["buyer"], points)
    return LeverEffect(
        lever, changes["buyer"], changes["supplier"], margins[1], points, _by_case(study, after),
        efficiency, _reach(study, after), sentence,
    )  # fmt: skip


def _change(before: Study, after: Study, party: str) -> float | None:
    values = before.weighted(party), after.weighted(party)
    return None if None in values else values[1] - values[0]


def _by_case(before: Study, after: Study) -> dict[str, dict[str, float]]:
    return {
        case: {
            party: after.case(case).of(party).amounts["npv"]
            - before.case(case).of(party).amounts["npv"]
            for party in PARTIES if party in before.parties and party in after.parties
        }
        for case in before.ids
    }  # fmt: skip


def _margin(study: Study, worst: str) -> float | None:
    if "supplier" not in study.parties or worst not in study.ids:
        return None
    return study.case(worst).supplier.amounts["term_margin"]


def _efficiency(buyer: float | None, points: float | None) -> tuple[float | None, str]:
    if buyer is None or points is None:
        return None, "Both parties' cases and a worst case are needed to compare cost and effect."
    if abs(points) < 1e-9 and abs(buyer) < 0.005:
        return None, "Costs the buyer nothing and moves the supplier's worst case by nothing."
    if abs(points) < 1e-9:
        return None, f"Moves the buyer by {buyer:+,.0f} and the supplier's worst case by nothing."
    if abs(buyer) < 0.005:
        return None, f"Costs the buyer nothing and moves the worst case by {points:+.2f} points."
    if (buyer > 0) == (points > 0):
        word = "better" if buyer > 0 else "worse"
        return None, f"Both are {word} off: {buyer:+,.0f} for the buyer, {points:+.2f} points."
    efficiency = points / (-buyer / 100_000)
    return efficiency, f"{points:+.2f} points for {buyer:+,.0f} of the buyer's expected value."


def _reach(before: Study, after: Study) -> tuple[str, ...]:
    old, new = hindrance(before), hindrance(after)
    sentences = []
    for case in before.ids:
        for party in PARTIES:
            words = overall(old, case, party), overall(new, case, party)
            if words[0] != words[1]:
                title = before.case(case).case.title or case
                sentences.append(f"{title}, {party}: {words[0]} → {words[1]}")
    return tuple(sentences)
