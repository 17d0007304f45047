"""Which figure of the process map goes to which driver of the scenarios, and as what.

A link is one line of that list. Today's figure is the driver's value; a future state's is what its
scenario does to base: a factor on handling time, an amount on money.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from negotiation.carry.offer import Figure
from negotiation.process.maps import at, begun, in_month
from negotiation.process.measure import Figures, measure
from negotiation.process.prices import Money
from negotiation.process.rows import Future, Process
from negotiation.terms import Terms


def money_of(terms: Terms) -> Money:
    """Converts rates into the deal's currency at the rate at which the price was set."""

    def factor(currency: str) -> float | None:
        if not currency:
            return 1.0
        if currency == terms.local_currency and terms.fx_base_rate:
            return 1 / terms.fx_base_rate
        return None

    return factor


class Source:
    """A process measured under the terms of a deal: today, and by month of a future state.

    A map is measured once for each set of changes that have begun, and not before it is asked for.
    """

    def __init__(self, process: Process, terms: Terms):
        self.process, self.terms = process, terms
        self.money = money_of(terms)
        self.cases = process.cases_per_month or 0.0
        self._measured: dict[tuple[str, tuple[str, ...]], Figures] = {}

    @cached_property
    def today(self) -> Figures:
        """The figures of today's map."""
        return measure(at(self.process), self.money)

    def in_month(self, future: Future, month: str) -> Figures:
        """The figures in a calendar month, after the changes that have begun by then."""
        changes = tuple(change.id for change in begun(future, month))
        if not changes:
            return self.today
        if (future.id, changes) not in self._measured:
            figures = measure(in_month(self.process, future.id, month), self.money)
            self._measured[future.id, changes] = figures
        return self._measured[future.id, changes]


@dataclass(frozen=True)
class Link:
    """One figure of the map and the driver that can use it.

    `figure` finds it (None asks for today), `words` tells it. A future state's goes on base by
    `change`; one that is `neutral` changes nothing and is not offered. Without `needs_base` a
    driver without a value counts as 0.
    """

    source: str
    key: str
    figure: Callable[[Source, Future | None], Figure]
    words: Callable[[Source, Figure], str]
    neutral: float = 0.0
    change: Callable[[float, float], float] = lambda _base, figure: figure
    needs_base: bool = True


def party(figures: Figures, name: str, what: str) -> float:
    """A sum over the lanes of one party, 0 when it has none."""
    sums = figures.parties.get(name)
    return getattr(sums, what) if sums else 0.0


def _volume(source: Source, _future: Future | None) -> float:
    return source.cases * source.process.units_per_case


def _handling(source: Source, _future: Future | None) -> float:
    return party(source.today, "supplier", "touch_minutes") / source.process.units_per_case


def _kept(source: Source, _future: Future | None) -> float:
    return 12 * source.cases * party(source.today, "buyer", "cost")


def _handling_factors(source: Source, future: Future) -> Figure:
    today = party(source.today, "supplier", "touch_minutes")
    return tuple(
        party(source.in_month(future, month), "supplier", "touch_minutes") / today if today else 1.0
        for month in source.terms.months
    )


def _kept_more(source: Source, future: Future) -> Figure:
    """Money a year that the buyer's work costs more than today, by month; below 0 it is less."""
    today = party(source.today, "buyer", "cost")
    more = (party(source.in_month(future, m), "buyer", "cost") - today for m in source.terms.months)
    # Less than a cent a year is nothing; it would be what rounding leaves over.
    return tuple(
        amount if abs(amount) >= 0.005 else 0.0 for amount in (12 * source.cases * x for x in more)
    )


def once(future: Future, payer: str) -> float:
    """What the changes of a future state cost a party once; "both" pay half each."""
    shares = {payer: 1.0, "both": 0.5}
    return float(sum(shares.get(change.paid_by, 0.0) * change.cost for change in future.changes))


def _once_words(_source: Source, figure: Figure) -> str:
    return f"As in base, and {figure:,.0f} for the changes; it counts at signing."


def _plus(base: float, more: float) -> float:
    return base + more


TODAY = (
    Link("process.cases_per_month", "baseline_units", _volume, lambda source, _: (
        f"{source.cases:,.6g} {source.process.case_name}s a month, "
        f"{source.process.units_per_case:g} {source.terms.resource_unit} each.")),
    Link("process.touch_minutes.supplier", "aht_min", _handling, lambda source, _: (
        f"Minutes in the supplier's lanes for one {source.terms.resource_unit}, every visit and "
        "rework included.")),
    Link("process.cost.buyer", "retained_cost", _kept,
         lambda _source, _: "A year of the work in the buyer's lanes."),
)  # fmt: skip
FUTURE = (
    Link("process.touch_minutes.supplier", "aht_min", _handling_factors,
         lambda _, factors: (f"Handling time as in base, {100 * (factors[-1] - 1):+.1f} % once "
                             "every change has begun."),
         neutral=1.0, change=lambda base, factor: base * factor),
    Link("process.cost.buyer", "retained_cost", _kept_more,
         lambda _, more: (f"Retained cost as in base, {more[-1]:+,.0f} a year once every change "
                          "has begun."),
         change=lambda base, more: max(0.0, base + more)),
    Link("process.cost_once.supplier", "transition_cost",
         lambda _, future: once(future, "supplier"), _once_words, change=_plus,
         needs_base=False),
    Link("process.cost_once.buyer", "parallel_run",
         lambda _, future: once(future, "buyer"), _once_words, change=_plus,
         needs_base=False),
)  # fmt: skip
BY_SOURCE = {
    (link.source, bool(future)): link
    for future, links in enumerate((TODAY, FUTURE)) for link in links
}  # fmt: skip
"""Links by the name of their figure, and whether it is a future state's."""
