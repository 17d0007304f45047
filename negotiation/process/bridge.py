"""From today's map to a future one, change by change: what each saves, costs, and for whom.

The changes are made one after another in the order in which the future state lists them, so each
counts what it adds to those before; another order gives another split of the same total. Where the
parties dispute the split, `shapley` takes the mean over all orders.

Hard savings are money: less work at its rate, less material. Soft ones are time a case takes;
nobody's bill falls because of them, and a customer may well care more.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import factorial

import numpy as np

from negotiation.arrays import Array
from negotiation.process.maps import future_of
from negotiation.process.measure import Figures
from negotiation.process.measured import Measured
from negotiation.process.prices import Exchange, own_currency
from negotiation.process.rows import Change, Process

MOST_CHANGES = 8
"""Shapley's shares are worked out for at most so many changes: 2^8 maps."""


@dataclass(frozen=True)
class Saving:
    """What one change adds to those before it. Above 0 is better than before.

    Hard: `cost_per_case` and its parts `by_party` (whose lane the work is in), `rework_cost`,
    `touch_minutes` and its parts `touch_by_party`, and `fte`, which is None without a
    volume. Soft: `wait_minutes` and `lead_minutes`. `handoffs` are fewer changes of lane.
    `cases_per_month` is the map's, None when it is not known.
    """

    change: Change
    cost_per_case: float
    rework_cost: float
    touch_minutes: float
    wait_minutes: float
    lead_minutes: float
    handoffs: float
    fte: float | None
    by_party: Mapping[str, float]
    touch_by_party: Mapping[str, float]
    cases_per_month: float | None

    @property
    def per_month(self) -> float | None:
        """Money saved in a month at full effect; None without a volume."""
        return None if self.cases_per_month is None else self.cost_per_case * self.cases_per_month

    @property
    def per_year(self) -> float | None:
        """Money saved in twelve months at full effect."""
        return None if self.per_month is None else 12 * self.per_month

    @property
    def sure_per_month(self) -> float | None:
        """The part of a month's saving that the change's owner would sign for."""
        return None if self.per_month is None else self.change.confidence * self.per_month

    @property
    def payback_months(self) -> float | None:
        """Months until what is sure has paid back the one-off cost; None when it never does."""
        sure = self.sure_per_month
        return self.change.cost / sure if sure and sure > 0 else None

    @property
    def word(self) -> str:
        """Which kind of saving it is: "hard", "soft", "hard and soft", or "none"."""
        kinds = [("hard", self.cost_per_case), ("soft", self.lead_minutes)]
        return " and ".join(kind for kind, amount in kinds if amount > 1e-9) or "none"


@dataclass(frozen=True)
class Bridge:
    """Savings in the order of the future state, between the figures of today and of then."""

    before: Figures
    after: Figures
    savings: tuple[Saving, ...]

    @property
    def cost_per_case(self) -> float:
        """The whole hard saving per case: the sum of all changes."""
        return self.before.cost_per_case - self.after.cost_per_case

    @property
    def lead_minutes(self) -> float:
        """The whole soft saving: working minutes of mean lead time."""
        return self.before.lead_minutes - self.after.lead_minutes

    @property
    def per_month(self) -> float | None:
        """Money saved in a month when all changes have their full effect; None without a volume."""
        return _total([saving.per_month for saving in self.savings])

    @property
    def per_year(self) -> float | None:
        """Money saved in twelve months when all changes have their full effect."""
        return None if self.per_month is None else 12 * self.per_month

    @property
    def sure_per_month(self) -> float | None:
        """The part of `per_month` that the owners of the changes would sign for."""
        return _total([saving.sure_per_month for saving in self.savings])

    @property
    def one_off(self) -> dict[str, float]:
        """What the changes cost once, by the party that pays; "both" pay half each."""
        each = [paid(saving.change) for saving in self.savings]
        return {party: sum(part[party] for part in each) for party in ("buyer", "supplier")}

    @property
    def by_party(self) -> dict[str, float]:
        """The hard saving per case by the party whose work it is."""
        parties = dict.fromkeys(party for s in self.savings for party in s.by_party)
        return {p: sum(s.by_party.get(p, 0.0) for s in self.savings) for p in parties}

    def path(self, months: Sequence[str], cases: Sequence[float], sure: bool = True) -> Array:
        """(months,): money saved in each month, for `cases` in each.

        `months` are calendar months such as 2027-04; a change counts from its month on, one without
        a month from the first. `sure` weighs each with its confidence. The unit saving of a change
        is taken as the same at every volume.
        """
        saved = np.zeros(len(months))
        for saving in self.savings:
            begun = np.array([month >= saving.change.date for month in months], float)
            weight = saving.change.confidence if sure else 1.0
            saved += weight * saving.cost_per_case * begun * np.asarray(cases, float)
        return saved


def paid(change: Change) -> dict[str, float]:
    """What a change costs the buyer and the supplier once; "both" pay half each."""
    half = change.cost / 2
    if change.paid_by == "both":
        return {"buyer": half, "supplier": half}
    return {"buyer": 0.0, "supplier": 0.0} | {change.paid_by: change.cost}


def bridge(
    process: Process, future: str, money: Exchange = own_currency, measured: Measured | None = None
) -> Bridge:
    """The savings of a future state, change by change in the listed order.

    `measured` is the same process under the same money, where some of it is measured already.
    Raises `FieldError` when there is no such future state.
    """
    measured = measured or Measured(process, money)
    changes = future_of(process, future).changes
    ids = tuple(change.id for change in changes)
    figures = [measured.after(future, ids[:count]) for count in range(len(ids) + 1)]
    savings = tuple(
        _saving(change, before, after)
        for change, (before, after) in zip(changes, pairwise(figures), strict=True)
    )
    return Bridge(figures[0], figures[-1], savings)


def shapley(
    process: Process,
    future: str,
    money: Exchange = own_currency,
    of: Callable[[Figures], float] = lambda figures: figures.cost_per_case,
    measured: Measured | None = None,
) -> dict[str, float]:
    """Each change's part in the saving of a figure: the mean over all orders (Shapley 1953).

    The parts add up to the whole, two changes that do the same get the same, one that does nothing
    gets nothing. `of` says which figure, by default the cost per case. An edit that needs a step
    which another change adds has no effect in the orders where that one comes later.
    Raises `ValueError` for more than eight changes.
    """
    changes = future_of(process, future).changes
    count = len(changes)
    if count > MOST_CHANGES:
        raise ValueError(
            f"There are {count} changes; a fair split is worked out for at most {MOST_CHANGES}."
        )
    measured = measured or Measured(process, money)
    value = {
        chosen: of(measured.after(future, tuple(changes[place].id for place in chosen)))
        for size in range(count + 1)
        for chosen in combinations(range(count), size)
    }
    return {change.id: _share(place, count, value) for place, change in enumerate(changes)}


def _share(place: int, count: int, value: Mapping[tuple[int, ...], float]) -> float:
    """The mean of what `place` saves when it joins each set of the others."""
    total = 0.0
    for chosen in value:
        if place not in chosen:
            joined = tuple(sorted((*chosen, place)))
            orders = factorial(len(chosen)) * factorial(count - len(chosen) - 1)
            total += orders / factorial(count) * (value[chosen] - value[joined])
    return total


def _saving(change: Change, before: Figures, after: Figures) -> Saving:
    parties = dict.fromkeys((*before.parties, *after.parties))
    return Saving(
        change=change,
        cost_per_case=before.cost_per_case - after.cost_per_case,
        rework_cost=before.rework_cost - after.rework_cost,
        touch_minutes=before.touch_minutes - after.touch_minutes,
        wait_minutes=before.wait_minutes - after.wait_minutes,
        lead_minutes=before.lead_minutes - after.lead_minutes,
        handoffs=before.handoffs - after.handoffs,
        fte=_less(before.fte_needed, after.fte_needed),
        by_party={p: _part(before, p, "cost") - _part(after, p, "cost") for p in parties},
        touch_by_party={
            p: _part(before, p, "touch_minutes") - _part(after, p, "touch_minutes") for p in parties
        },
        cases_per_month=after.cases_per_month,
    )


def _part(figures: Figures, party: str, what: str) -> float:
    return getattr(figures.parties[party], what) if party in figures.parties else 0.0


def _less(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else before - after


def _total(amounts: list[float | None]) -> float | None:
    return None if None in amounts else float(sum(amounts))
