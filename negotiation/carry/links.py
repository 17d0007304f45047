"""Which figure of the process map goes to which driver of the scenarios, and as what.

A link is one line of that list. Today's figure is the driver's value; a future state's is what its
scenario does to base: a factor on handling time, an amount on money.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from negotiation.carry.offer import Figure
from negotiation.process.bridge import paid
from negotiation.process.maps import begun
from negotiation.process.measure import Figures
from negotiation.process.measured import Measured
from negotiation.process.prices import Exchange
from negotiation.process.rows import Future, Process
from negotiation.terms import Terms


def money_of(terms: Terms) -> Exchange:
    """Converts rates into the deal's currency at the rate at which the price was set."""

    def factor(currency: str) -> float | None:
        if not currency:
            return 1.0
        if currency == terms.local_currency and terms.fx_base_rate:
            return 1 / terms.fx_base_rate
        return None

    return factor


@dataclass(frozen=True)
class Extent:
    """A future state with all of its effect, or (`sure`) what its changes' owners would sign for.

    The latter weighs what each change adds to those before it with its confidence. What the changes
    cost is paid in full either way.
    """

    future: Future
    sure: bool = False


class Source:
    """A process measured under the terms of a deal: today, and by month of a future state.

    `before` is the one of the deal before an edit, whose work is used where it still holds.
    """

    def __init__(self, process: Process, terms: Terms, before: "Source | None" = None):
        self.process, self.terms = process, terms
        self.measured = Measured(process, money_of(terms), before and before.measured)
        self.cases = process.cases_per_month or 0.0

    @property
    def today(self) -> Figures:
        """The figures of today's map."""
        return self.measured.today

    def states(self, future: Future, month: str) -> list[Figures]:
        """Today's figures and those after each change that has begun by a calendar month."""
        ids = tuple(change.id for change in begun(future, month))
        return [self.measured.after(future.id, ids[:count]) for count in range(len(ids) + 1)]

    def by_month(self, extent: Extent, side: str, what: str) -> tuple[float, ...]:
        """A sum over the lanes of one party in each month of the term."""
        return tuple(self._in_month(extent, month, side, what) for month in self.terms.months)

    def _in_month(self, extent: Extent, month: str, side: str, what: str) -> float:
        changes = begun(extent.future, month)
        if not extent.sure:
            ids = tuple(change.id for change in changes)
            return party(self.measured.after(extent.future.id, ids), side, what)
        amounts = [party(found, side, what) for found in self.states(extent.future, month)]
        return amounts[0] + sum(
            change.confidence * (after - before)
            for change, (before, after) in zip(changes, pairwise(amounts), strict=True)
        )

    def endless(self, extent: Extent | None) -> str:
        """The sentence about a loop that never ends, today or once the changes have begun."""
        found = [self.today]
        if extent:
            found += [each for month in dict.fromkeys(c.date for c in extent.future.changes)
                      for each in self.states(extent.future, month)]  # fmt: skip
        return next((figures.endless for figures in found if figures.endless), "")


@dataclass(frozen=True)
class Link:
    """One figure of the map and the driver that can use it.

    `figure` finds it (None asks for today), `words` tells it. A future state's goes on base by
    `change`, and is cut off at `least`; one that is `neutral` changes nothing and is not offered.
    Without `needs_base` a driver without a value counts as 0.
    """

    source: str
    key: str
    figure: Callable[[Source, Extent | None], Figure]
    words: Callable[[Source, Extent | None, Figure], str]
    neutral: float = 0.0
    change: Callable[[float, float], float] = lambda _base, figure: figure
    least: float = -math.inf
    needs_base: bool = True


def party(figures: Figures, name: str, what: str) -> float:
    """A sum over the lanes of one party, 0 when it has none."""
    sums = figures.parties.get(name)
    return getattr(sums, what) if sums else 0.0


def _volume(source: Source, _extent: Extent | None) -> float:
    return source.cases * source.process.units_per_case


def _handling(source: Source, _extent: Extent | None) -> float:
    return party(source.today, "supplier", "touch_minutes") / source.process.units_per_case


def _kept(source: Source, _extent: Extent | None) -> float:
    return 12 * source.cases * party(source.today, "buyer", "cost")


def _handling_factors(source: Source, extent: Extent) -> Figure:
    today = party(source.today, "supplier", "touch_minutes")
    minutes = source.by_month(extent, "supplier", "touch_minutes")
    return tuple(each / today if today else 1.0 for each in minutes)


def _kept_more(source: Source, extent: Extent) -> Figure:
    """Money a year that the buyer's work costs more than today, by month; below 0 it is less."""
    today = party(source.today, "buyer", "cost")
    more = (12 * source.cases * (x - today) for x in source.by_month(extent, "buyer", "cost"))
    # Less than a cent a year is nothing; it would be what rounding leaves over.
    return tuple(0.0 if abs(amount) < 0.005 else amount for amount in more)


def once(source: Source, extent: Extent, payer: str) -> float:
    """What the changes of a future state that begin within the term cost a party once."""
    return float(sum(paid(change)[payer] for change in begun(extent.future, _last(source))))


def _last(source: Source) -> str:
    return source.terms.months[-1]


# --- in words ---


def _handling_words(source: Source, extent: Extent, factors: Figure) -> str:
    return (
        f"Handling time as in base, {100 * (factors[-1] - 1):+.1f} % once every change has begun."
        + _extent_words(source, extent)
    )


def _kept_words(source: Source, extent: Extent | None, figure: Figure) -> str:
    if extent is None:
        return "A year of the work in the buyer's lanes." + _free_words([source.today])
    then = tuple(change.id for change in begun(extent.future, _last(source)))
    found = [source.today, source.measured.after(extent.future.id, then)]
    return (
        f"Retained cost as in base, {figure[-1]:+,.0f} a year once every change has begun."
        + _extent_words(source, extent) + _free_words(found)
    )  # fmt: skip


def _once_words(payer: str) -> Callable[[Source, Extent, Figure], str]:
    def words(source: Source, extent: Extent, figure: Figure) -> str:
        first = source.terms.months[0]
        waits = [f"“{change.name}” begins in {change.date}"
                 for change in begun(extent.future, _last(source))
                 if paid(change)[payer] and change.date > first]  # fmt: skip
        told = ", and ".join(["it counts at signing", *waits[:1]]) + "".join(
            f", {each}" for each in waits[1:])  # fmt: skip
        return (
            f"As in base, and {figure:,.0f} for the changes, paid in full; {told}."
            + _after_term(source, extent)
        )

    return words


def _extent_words(source: Source, extent: Extent) -> str:
    """How much of the effect is meant, and which changes are outside the term."""
    doubted = ", ".join(
        f"“{change.name}” {100 * change.confidence:.4g} %"
        for change in begun(extent.future, _last(source)) if change.confidence < 1
    )  # fmt: skip
    told = ""
    if extent.sure:
        told = " The part that the owners of the changes would sign for"
        told += f": {doubted}." if doubted else ": all of it."
    elif doubted:
        told = f" All of the effect; its owners would sign for less: {doubted}."
    return told + _after_term(source, extent)


def _after_term(source: Source, extent: Extent) -> str:
    """The sentence about changes that begin after the term: nothing of them counts."""
    late = [f"“{change.name}” begins in {change.date}"
            for change in extent.future.changes if change.date > _last(source)]  # fmt: skip
    return f" Left out, since it is after the term: {', '.join(late)}." if late else ""


def _free_words(found: list[Figures]) -> str:
    """The sentence about the buyer's work without a rate: it is in no sum."""
    names = dict.fromkeys(name for each in found for name in each.unpriced.get("buyer", ()))
    which = ", ".join(f"“{name}”" for name in names)
    return f" No rate is seen for {which}: that work counts as free." if which else ""


def _plus(base: float, more: float) -> float:
    return base + more


TODAY = (
    Link("process.cases_per_month", "baseline_units", _volume, lambda source, *_: (
        f"{source.cases:,.6g} {source.process.case_name}s a month, "
        f"{source.process.units_per_case:g} {source.terms.resource_unit} each.")),
    Link("process.touch_minutes.supplier", "aht_min", _handling, lambda source, *_: (
        f"Minutes in the supplier's lanes for one {source.terms.resource_unit}, every visit and "
        "rework included.")),
    Link("process.cost.buyer", "retained_cost", _kept, _kept_words),
)  # fmt: skip
FUTURE = (
    Link("process.touch_minutes.supplier", "aht_min", _handling_factors, _handling_words,
         neutral=1.0, change=lambda base, factor: base * factor),
    Link("process.cost.buyer", "retained_cost", _kept_more, _kept_words, change=_plus, least=0.0),
    Link("process.cost_once.supplier", "transition_cost",
         lambda source, extent: once(source, extent, "supplier"), _once_words("supplier"),
         change=_plus, needs_base=False),
    Link("process.cost_once.buyer", "parallel_run",
         lambda source, extent: once(source, extent, "buyer"), _once_words("buyer"),
         change=_plus, needs_base=False),
)  # fmt: skip
BY_SOURCE = {
    (link.source, bool(future)): link
    for future, links in enumerate((TODAY, FUTURE)) for link in links
}  # fmt: skip
"""Links by the name of their figure, and whether it is a future state's."""
