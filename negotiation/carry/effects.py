"""What of a change of the map the scenarios take up, and what they do not.

Handling time, the buyer's work and one-off costs have drivers to go to. Time that a case merely
takes has none: nobody's bill falls when a case lies for less long.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from negotiation.carry.links import Source
from negotiation.process.bridge import Saving, bridge, paid
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


def effects(deal: Any, future: str, source: Source | None = None) -> tuple[Effect, ...]:
    """The effects of a future state's changes in their listed order, each at its full extent.

    `source` is this deal's, where some of its map is measured already. Raises `FieldError` when
    there is no such future state.
    """
    source = source or Source(deal.process, deal.terms)
    found = bridge(deal.process, future, measured=source.measured)
    return tuple(_effect(saving, source.cases) for saving in found.savings)


def _effect(saving: Saving, cases: float) -> Effect:
    minutes = saving.touch_by_party.get("supplier", 0.0)
    return Effect(
        change=saving.change,
        handling_min=minutes,
        kept_year=12 * cases * saving.by_party.get("buyer", 0.0),
        once={party: cost for party, cost in paid(saving.change).items() if cost},
        lead_min=saving.lead_minutes,
        other_case=saving.by_party.get("supplier", 0.0) if abs(minutes) < 1e-9 else 0.0,
    )
