"""What of a change of the map the scenarios take up, and what they do not.

Handling time, the buyer's work and one-off costs have drivers to go to. Time that a case merely
takes has none: nobody's bill falls when a case lies for less long.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from negotiation.carry.links import Source, party
from negotiation.process.maps import at, future_of
from negotiation.process.measure import Figures, measure
from negotiation.process.rows import Change


@dataclass(frozen=True)
class Effect:
    """One change after those before it; above 0 is less than before.

    What arrives: `handling_min`, minutes of the supplier's work in a case, and `kept_year`, money a
    year for the buyer's. `once` is the change's cost by the party that pays. What does not:
    `lead_min`, working minutes that a case is sooner done, and `other_case`, money in a case for
    the supplier's work that its minutes do not account for (material, another rate).
    """

    change: Change
    handling_min: float
    kept_year: float
    once: Mapping[str, float]
    lead_min: float
    other_case: float


def effects(deal: Any, future: str) -> tuple[Effect, ...]:
    """The effects of a future state's changes in their listed order, each at its full extent.

    Raises `FieldError` when there is no such future state.
    """
    source, process = Source(deal.process, deal.terms), deal.process
    changes = future_of(process, future).changes
    steps = [source.today, *(measure(at(process, future, c.id), source.money) for c in changes)]
    return tuple(
        _effect(change, before, after, source.cases)
        for change, (before, after) in zip(changes, pairwise(steps), strict=True)
    )


def _effect(change: Change, before: Figures, after: Figures, cases: float) -> Effect:
    def less(side: str, what: str) -> float:
        return party(before, side, what) - party(after, side, what)

    minutes, cost = less("supplier", "touch_minutes"), less("supplier", "cost")
    halves = {"both": {"buyer": change.cost / 2, "supplier": change.cost / 2}}
    return Effect(
        change=change,
        handling_min=minutes,
        kept_year=12 * cases * less("buyer", "cost"),
        once=halves.get(change.paid_by, {change.paid_by: change.cost}) if change.cost else {},
        lead_min=before.lead_minutes - after.lead_minutes,
        other_case=cost if abs(minutes) < 1e-9 else 0.0,
    )
