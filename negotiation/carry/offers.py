"""What the process map can give the scenarios, and whether what was taken is still so.

Today's map gives volume, handling time and the cost of the work the buyer keeps. A future state
gives a scenario of its own: base, with handling time scaled and retained cost lowered from the
month each change begins, and with what the changes cost once. Each seat takes over what it may
write: its own drivers, shared ones in its draft, and its estimates of the other side while the book
is closed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from negotiation.carry.rows import Pin
from negotiation.process.maps import at, future_of, in_month
from negotiation.process.measure import Figures, measure
from negotiation.process.prices import Money
from negotiation.process.rows import Future
from negotiation.scenarios.drivers import KNOWN
from negotiation.scenarios.inputs import columns
from negotiation.scenarios.rows import Case, Driver, Override, amount_problem
from negotiation.terms import Terms
from negotiation.values import FieldError

State = Literal["new", "in use", "out of date", "overwritten"]
Figure = float | tuple[float, ...]
BASE = "base"
_CLOSE = 1e-9


@dataclass(frozen=True)
class Offer:
    """One figure of the map and the place in the scenarios that can use it.

    `figure` is what the map says now, `value` what would stand at `target`, `there` what stands
    there now. With a `problem` (a sentence) it cannot be taken over.
    """

    id: str
    source: str
    target: str
    space: str
    name: str
    words: str
    unit: str
    figure: Figure
    value: Figure
    there: Any
    state: State
    problem: str = ""


def money_of(terms: Terms) -> Money:
    """Converts rates into the deal's currency at the rate at which the price was set."""

    def factor(currency: str) -> float | None:
        if not currency:
            return 1.0
        if currency == terms.local_currency and terms.fx_base_rate:
            return 1 / terms.fx_base_rate
        return None

    return factor


def offers(deal: Any, seat: str, future: str = "") -> tuple[Offer, ...]:
    """What today's map, or a future state, can give the scenarios of this seat, in their order."""
    if not deal.process.steps:
        return ()
    desk = _Desk(deal, seat)
    found = desk.of_future(future_of(deal.process, future)) if future else desk.of_today()
    return tuple(offer for offer in found if offer is not None)


def all_offers(deal: Any, seat: str) -> tuple[Offer, ...]:
    """Today's offers, and those of each future state that this seat sees."""
    futures = ["", *(future.id for future in deal.process.futures)]
    return tuple(offer for future in futures for offer in offers(deal, seat, future))


def out_of_date(deal: Any, seat: str) -> tuple[Offer, ...]:
    """What was taken over and has moved on, or was changed by hand, since."""
    return tuple(o for o in all_offers(deal, seat) if o.state in ("out of date", "overwritten"))


def take(deal: Any, chosen: Iterable[Offer], seat: str) -> Any:
    """The deal with the offers put in their places and pinned; a future's scenario is made.

    Raises `FieldError` for an offer that cannot be taken over.
    """
    for offer in chosen:
        if offer.problem:
            raise FieldError(offer.target, offer.problem)
        deal = _pinned(_written(deal, offer, seat), offer)
    return deal


def uses(deal: Any, source: str) -> tuple[Pin, ...]:
    """Where figures whose name begins with `source` are in use."""
    return tuple(pin for pin in deal.carried.pins if pin.source.startswith(source))


# --- finding what there is to give ---


class _Desk:
    """A deal from one seat, with today's figures at hand."""

    def __init__(self, deal: Any, seat: str):
        self.deal, self.seat, self.process = deal, seat, deal.process
        self.money = money_of(deal.terms)
        self.today: Figures = measure(at(deal.process), self.money)
        self.cases = deal.process.cases_per_month or 0.0
        self.units = deal.process.units_per_case
        self.months = deal.terms.months

    def of_today(self) -> list[Offer | None]:
        unit, case = self.deal.terms.resource_unit, self.process.case_name
        touch = _party(self.today, "supplier", "touch_minutes")
        return [
            self._offer(
                "baseline_units", "process.cases_per_month", self.cases * self.units,
                words=f"{self.cases:,.6g} {case}s a month, {self.units:g} {unit} each.",
            ) if self.cases else None,
            self._offer(
                "aht_min", "process.touch_minutes.supplier", touch / self.units,
                words=f"Minutes in the supplier's lanes for one {unit}, every visit and rework "
                      "included.",
            ) if touch else None,
            self._offer(
                "retained_cost", "process.cost.buyer",
                12 * self.cases * _party(self.today, "buyer", "cost"),
                words="A year of the work in the buyer's lanes.",
            ) if self.cases and _party(self.today, "buyer", "cost") else None,
        ]  # fmt: skip

    def of_future(self, future: Future) -> list[Offer | None]:
        monthly = {month: self._figures(future, month) for month in dict.fromkeys(self.months)}
        by_month = [monthly[month] for month in self.months]
        return [
            self._handling(future, by_month),
            self._kept(future, by_month),
            self._once(future, "transition_cost", "supplier"),
            self._once(future, "parallel_run", "buyer"),
        ]

    def _figures(self, future: Future, month: str) -> Figures:
        return measure(in_month(self.process, future.id, month), self.money)

    def _handling(self, future: Future, by_month: list[Figures]) -> Offer | None:
        today = _party(self.today, "supplier", "touch_minutes")
        factors = tuple(_party(f, "supplier", "touch_minutes") / today if today else 1.0
                        for f in by_month)  # fmt: skip
        if all(abs(factor - 1) < _CLOSE for factor in factors):
            return None
        return self._offer(
            "aht_min", f"process.touch_minutes.supplier@{future.id}", factors, future,
            words=f"Handling time as in base, {100 * (factors[-1] - 1):+.1f} % once every change "
                  "has begun.",
            change=lambda base, factor: base * factor,
        )  # fmt: skip

    def _kept(self, future: Future, by_month: list[Figures]) -> Offer | None:
        today = _party(self.today, "buyer", "cost")
        saved = tuple(12 * self.cases * (_party(f, "buyer", "cost") - today) for f in by_month)
        if all(abs(amount) < 0.005 for amount in saved):
            return None
        return self._offer(
            "retained_cost", f"process.cost.buyer@{future.id}", saved, future,
            words=f"Retained cost as in base, {saved[-1]:+,.0f} a year once every change has "
                  "begun.",
            change=lambda base, delta: max(0.0, base + delta),
        )  # fmt: skip

    def _once(self, future: Future, key: str, party: str) -> Offer | None:
        shares = {party: 1.0, "both": 0.5}
        cost = sum(shares.get(change.paid_by, 0.0) * change.cost for change in future.changes)
        if not cost:
            return None
        return self._offer(
            key, f"process.cost_once.{party}@{future.id}", cost, future,
            words=f"As in base, and {cost:,.0f} for the changes; it counts at signing.",
            change=lambda base, more: base + more,
        )

    def _offer(
        self, key: str, source: str, figure: Figure, future: Future | None = None, *,
        words: str, change: Any = None,
    ) -> Offer:  # fmt: skip
        table, row, problem = self._row(key)
        place = f"{table}.{row.id if row else key}"
        value: Figure = figure
        if future is None:
            target, there = f"{place}.value", row.value if row else None
        else:
            case = case_id(future.id)
            target = f"{place}.by_scenario.{case}.value"
            there = next((o.value for o in row.by_scenario if o.id == case), None) if row else None
            base = row.at(BASE) if row else None
            if not problem and not isinstance(base, int | float | tuple):
                problem = f"Give {KNOWN[key].label.lower()} a value in the scenarios first."
            if not problem:
                value = self._changed(key, base, figure, change)
        problem = problem or amount_problem(KNOWN[key], value) or ""
        pin = self._pin(source, target)
        space = row.space if row else KNOWN[key].space
        return Offer(
            id=f"{future.id if future else 'today'}-{key}"[:60], source=source, target=target,
            space=space, name=KNOWN[key].label, words=words, unit=KNOWN[key].unit, figure=figure,
            value=value, there=there, state=_state(pin, figure, value, there), problem=problem,
        )  # fmt: skip

    def _changed(self, key: str, base: Any, figure: Figure, change: Any) -> Figure:
        """The base value after the figure: one number, or one for each month.

        A list is by month only when it has more than ten entries, so a short term's is held on.
        """
        if isinstance(figure, float):
            return change(base[0] if isinstance(base, tuple) else base, figure)
        amounts = columns(base, len(figure))[0]
        wide = [amounts[m if len(amounts) == len(figure) else min(m // 12, len(amounts) - 1)]
                for m in range(len(figure))]  # fmt: skip
        values = [float(change(amount, f)) for amount, f in zip(wide, figure, strict=True)]
        return tuple(values + [values[-1]] * (11 - len(values)))

    def _row(self, key: str) -> tuple[str, Driver | None, str]:
        """The table, the general row and, where this seat cannot write it, the sentence why."""
        kind, scenarios = KNOWN[key], self.deal.scenarios
        real = [row for row in scenarios.drivers if row.name == key and not row.site]
        sited = [row for row in scenarios.drivers if row.name == key and row.site]
        if sited and not real:
            return "scenarios.drivers", None, (
                f"{kind.label} is kept by site; put it there by hand."
            )  # fmt: skip
        if kind.space in ("shared", self.seat):
            return "scenarios.drivers", real[0] if real else None, ""
        if real:
            return "scenarios.drivers", real[0], (
                f"In open book the {kind.space}'s own figure counts; its seat takes this over."
            )
        guesses = [row for row in scenarios.estimates
                   if row.name == key and row.space == self.seat and not row.site]  # fmt: skip
        if self.seat not in ("buyer", "supplier"):
            return "scenarios.estimates", None, f"Only the {kind.space} or the other side has this."
        return "scenarios.estimates", guesses[0] if guesses else None, ""

    def _pin(self, source: str, target: str) -> Pin | None:
        pins = self.deal.carried.pins
        return next((p for p in pins if (p.source, p.target) == (source, target)), None)


def case_id(future: str) -> str:
    """The id of the scenario that a future state makes."""
    return f"f_{future}"[:40]


def _party(figures: Figures, party: str, name: str) -> float:
    sums = figures.parties.get(party)
    return getattr(sums, name) if sums else 0.0


def _state(pin: Pin | None, figure: Figure, value: Figure, there: Any) -> State:
    if pin is None:
        return "new"
    if not _same(pin.taken, figure):
        return "out of date"
    if not _same(pin.written, there):
        return "overwritten"
    return "in use" if _same(there, value) else "out of date"


def _same(one: Any, other: Any) -> bool:
    if one is None or other is None or isinstance(one, str) or isinstance(other, str):
        return one is other
    left = one if isinstance(one, tuple) else (one,)
    right = other if isinstance(other, tuple) else (other,)
    return len(left) == len(right) and all(
        abs(a - b) <= _CLOSE * max(1.0, abs(a), abs(b)) for a, b in zip(left, right, strict=True)
    )


# --- putting it there ---


def _written(deal: Any, offer: Offer, seat: str) -> Any:
    table, row_id, *rest = _parts(offer.target)
    if not any(row.id == row_id for row in deal.get(table)):
        kind = KNOWN[row_id]
        space = "shared" if kind.space == "shared" else seat
        fresh = {"id": row_id, "space": space, "label": kind.label, "unit": kind.unit}
        deal = deal.add(table, {**fresh, "source": "Process map"})
    if rest[0] == "value":
        deal = deal.set(offer.target, offer.value)
        return deal.set(f"{table}.{row_id}.source", "Process map, as it is today")
    case = rest[1]
    deal = _with_case(deal, case, offer.source.partition("@")[2])
    row = deal.get(f"{table}.{row_id}")
    others = tuple(o for o in row.by_scenario if o.id != case)
    mine = Override(id=case, value=offer.value)
    return deal.set(f"{table}.{row_id}.by_scenario", (*others, mine))


def _with_case(deal: Any, case: str, future: str) -> Any:
    """The deal with the scenario of a future state: base's misses, and no weight of its own."""
    if any(row.id == case for row in deal.scenarios.cases):
        return deal
    name = future_of(deal.process, future).name
    base = next((row for row in deal.scenarios.cases if row.id == BASE), deal.scenarios.cases[0])
    row = Case(id=case, title=name[:120], probability=0.0, misses=base.misses,
               note="Base, with the changes of this future state of the process map.")  # fmt: skip
    return deal.add("scenarios.cases", row)


def _pinned(deal: Any, offer: Offer) -> Any:
    pin = Pin(id=offer.id, space=offer.space, source=offer.source, target=offer.target,
              taken=offer.figure, written=offer.value)  # fmt: skip
    if any(row.id == pin.id for row in deal.carried.pins):
        deal = deal.remove(f"carried.pins.{pin.id}")
    return deal.add("carried.pins", pin)


def _parts(target: str) -> tuple[str, ...]:
    """`scenarios.drivers`, the row's id, and what follows."""
    part, table, *rest = target.split(".")
    return (f"{part}.{table}", *rest)
