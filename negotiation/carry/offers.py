"""What the process map can give the scenarios, and whether what was taken is still so.

Today's map gives volume, handling time and the cost of the work the buyer keeps. A future state
gives a scenario of its own: base, with handling time scaled and retained cost lowered from the
month each change begins, and with what the changes cost once. Each seat takes over what it may
write: its own drivers, shared ones in its draft, and its estimates of the other side while the book
is closed. The scenario of a future state that only one side sees is that side's own, too.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Any
from zlib import crc32

from negotiation.carry.links import BY_SOURCE, FUTURE, TODAY, Extent, Link, Source
from negotiation.carry.offer import Figure, Offer, pin_at, pinned, same, state_of
from negotiation.carry.rows import Pin
from negotiation.process.maps import future_of
from negotiation.process.rows import Future
from negotiation.scenarios.drivers import KNOWN
from negotiation.scenarios.inputs import columns
from negotiation.scenarios.rows import Case, Driver, Override, amount_problem
from negotiation.values import FieldError

BASE = "base"
FROM_TODAY = "Process map, as it is today"
OWN_BY_SITE = "{} is kept by site; put it there by hand."
GONE = "The future state it was taken from is gone. What stands here stays until you change it."
EMPTY = "The map it was taken from is empty. What stands here stays until you change it."
SHOWN = (
    "{} is shared: its value in this scenario would show the other side a future state that only "
    "you see. Share the future state first, or keep this driver to yourselves."
)
NO_PLACE = "The scenario or driver that used it is gone."


def offers(
    deal: Any, seat: str, future: str = "", sure: bool = False, source: Source | None = None
) -> tuple[Offer, ...]:
    """What today's map, or a future state, can give the scenarios of this seat, in their order.

    With `sure` only the part of a future state's effect that its owners would sign for. `source` is
    this deal's, where some of its map is measured already. Raises `FieldError` for a future state
    that is not there.
    """
    extent = Extent(future_of(deal.process, future), sure) if future else None
    return tuple(_Desk(deal, seat, source).of(extent)) if deal.process.steps else ()


def all_offers(
    deal: Any, seat: str, sure: bool = False, source: Source | None = None
) -> tuple[Offer, ...]:
    """Today's offers, and those of each future state that this seat sees."""
    if not deal.process.steps:
        return ()
    desk = _Desk(deal, seat, source)
    extents = (Extent(future, sure) for future in deal.process.futures)
    return tuple(offer for extent in (None, *extents) for offer in desk.of(extent))


def used(deal: Any, seat: str, source: Source | None = None) -> tuple[Offer, ...]:
    """Every figure of the map that is in use in what this seat sees, and how the use stands.

    Only maps that something was taken from are measured: nothing, when nothing was.
    """
    desk = _Desk(deal, seat, source)
    return tuple(desk.of_pin(pin) for pin in deal.carried.pins if _link(pin) is not None)


def out_of_date(deal: Any, seat: str) -> tuple[Offer, ...]:
    """What was taken over and has moved on, was changed by hand, or lost its source, since."""
    return tuple(offer for offer in used(deal, seat) if offer.state != "in use")


def take(deal: Any, chosen: Iterable[Offer], seat: str) -> Any:
    """The deal with the offers put in their places and pinned; a future's scenario is made.

    Today's figures are put in first: a scenario of a future state builds on base as it then is.
    Raises `FieldError` for an offer that cannot be taken over.
    """
    chosen = sorted(chosen, key=lambda offer: offer.future != "")
    for offer in chosen:
        if offer.problem:
            raise FieldError(offer.target, offer.problem)
    source = Source(deal.process, deal.terms)
    for kind in dict.fromkeys((offer.future, offer.sure) for offer in chosen):
        fresh = {offer.id: offer for offer in offers(deal, seat, *kind, source)}
        for offer in chosen:
            if (offer.future, offer.sure) == kind:
                now = fresh.get(offer.id, offer)
                deal = pinned(_written(deal, now, seat), now)
    return deal


def let_go(deal: Any, chosen: Iterable[Offer], seat: str) -> tuple[Pin, ...]:
    """The pins that stay when these uses are forgotten; the values stay where they are."""
    gone = {(offer.source, offer.target) for offer in chosen}
    return tuple(
        pin for pin in deal.carried.pins
        if (pin.source, pin.target) not in gone or pin.space not in ("shared", seat)
    )  # fmt: skip


def case_id(future: str) -> str:
    """The id of the scenario that a future state makes."""
    name = f"f_{future}"
    return name if len(name) <= 40 else f"{name[:31]}_{crc32(future.encode()):08x}"


def unshared(deal: Any, seat: str) -> tuple[Case, ...]:
    """This seat's own scenarios of future states that both sides see by now."""
    shown = {case_id(row.id) for row in deal.process.futures if row.space == "shared"}
    cases = deal.scenarios.cases
    return tuple(case for case in cases if case.space == seat and case.id in shown)


def share(deal: Any, seat: str) -> Any:
    """The deal with those scenarios for both sides; values in a side's own drivers stay there."""
    for case in unshared(deal, seat):
        deal = deal.set(f"scenarios.cases.{case.id}.space", "shared")
    return deal


class _Desk:
    """A deal from one seat, and the figures its map gives."""

    def __init__(self, deal: Any, seat: str, source: Source | None = None):
        self.deal, self.seat = deal, seat
        self.source = source or Source(deal.process, deal.terms)

    def of(self, extent: Extent | None) -> Iterator[Offer]:
        """What today's map (None) or a future state gives, driver by driver."""
        state = extent.future if extent else None
        for link in FUTURE if extent else TODAY:
            figure = link.figure(self.source, extent)
            source = _source(link, extent)
            offered = any(not same(link.neutral, part) for part in _parts(figure))
            for table, row, problem in self._places(link.key, state):
                offer = self._offer(link, source, extent, figure, table, row, problem)
                if offered or offer.state != "new":
                    yield offer

    def of_pin(self, pin: Pin) -> Offer:
        """The use that a pin remembers, as it stands now."""
        link, extent = _link(pin), None
        table, row_id, *rest = _split(pin.target)
        row = next((r for r in self.deal.get(table) if r.id == row_id), None)
        cases = {case.id for case in self.deal.scenarios.cases}
        if row is None or (len(rest) == 3 and rest[1] not in cases):
            return _gone(pin, link, row, NO_PLACE, None)
        there = _standing(row, rest[1] if len(rest) == 3 else "")
        if pin.future:
            state = next((f for f in self.deal.process.futures if f.id == pin.future), None)
            if state is None:
                return _gone(pin, link, row, GONE, there)
            extent = Extent(state, pin.sure)
        if not self.deal.process.steps:
            return _gone(pin, link, row, EMPTY, there)
        figure = link.figure(self.source, extent)
        problem = self._not_ours(link.key, extent.future if extent else None, row.space)
        return self._offer(link, pin.source, extent, figure, table, row, problem)

    def _offer(
        self, link: Link, source: str, extent: Extent | None, figure: Figure,
        table: str, row: Driver | None, problem: str,
    ) -> Offer:  # fmt: skip
        kind, state = KNOWN[link.key], extent.future if extent else None
        case = case_id(state.id) if state else ""
        row_id = row.id if row else link.key
        place = f"{table}.{row_id}"
        target = f"{place}.by_scenario.{case}.value" if case else f"{place}.value"
        there = _standing(row, case) if row else None
        if any(math.isnan(part) for part in _parts(figure)):
            problem, value, told = problem or self.source.endless(extent), figure, ""
        else:
            put = _put_today(figure, there) if extent is None else _put(link, row, figure)
            if put is None:
                problem = problem or f"Give {kind.label.lower()} a value in the scenarios first."
            value, told = put or (_rounded(figure), "")
            problem = problem or amount_problem(kind, value) or ""
            told = link.words(self.source, extent, figure) + told + self._twin(source, target)
        standing = state_of(pin_at(self.deal, source, target), figure, value, there)
        return Offer(
            id=f"{state.id if state else 'today'}-{row_id}"[:56], source=source, target=target,
            space=row.space if row else self._space(link.key), name=_name(kind.label, row),
            words=told, unit=kind.unit, figure=figure, value=value,
            there=there, state=standing, problem=problem,
        )  # fmt: skip

    def _twin(self, source: str, target: str) -> str:
        """What is said where the other extent of the same figure stands at the target."""
        mine = {f"{source}#sure": "the part its owners would sign for",
                source.removesuffix("#sure"): "all of the effect"}  # fmt: skip
        for pin in self.deal.carried.pins:
            if pin.target == target and pin.source != source and pin.source in mine:
                return f" The scenarios have {mine[pin.source]}; taking this over replaces it."
        return ""

    def _places(self, key: str, state: Future | None) -> list[tuple[str, Driver | None, str]]:
        """Table and row of each place for a driver, and why this seat cannot write it.

        A scenario of a future state has a value beside each of the driver's rows, the sites' own
        included; today's figure goes to the row of every site.
        """
        scenarios, kind = self.deal.scenarios, KNOWN[key]
        table, rows = "drivers", [row for row in scenarios.drivers if row.name == key]
        if not rows and kind.space not in ("shared", self.seat):
            table = "estimates"
            rows = [r for r in scenarios.estimates if r.name == key and r.space == self.seat]
        general = [row for row in rows if not row.site]
        found = rows if state else general
        if rows and not found:
            problem = OWN_BY_SITE.format(kind.label)
            return [(f"scenarios.{table}", None, problem)]
        return [
            (f"scenarios.{table}", row, self._not_ours(key, state, row.space if row else ""))
            for row in found or [None]
        ]

    def _not_ours(self, key: str, state: Future | None, space: str) -> str:
        """Why this seat cannot write the driver's row of that space ("" for a row to be made)."""
        owner = KNOWN[key].space
        if state and state.space not in ("shared", self.seat):
            return f"This future state is the {state.space}'s own; its seat takes it over."
        if space and space not in ("shared", self.seat):
            return f"In open book the {space}'s own figure counts; its seat takes this over."
        if state and state.space != "shared" and (space or self._space(key)) == "shared":
            return SHOWN.format(KNOWN[key].label)
        if not space and self.seat == "facilitator" and owner != "shared":
            return f"Only the {owner} or the other side has this."
        return ""

    def _space(self, key: str) -> str:
        return "shared" if KNOWN[key].space == "shared" else self.seat


def _link(pin: Pin) -> Link | None:
    """The link that a pin is of; None for one that another pair of chapters made."""
    return BY_SOURCE.get((pin.figure, bool(pin.future)))


def _source(link: Link, extent: Extent | None) -> str:
    """The name of a link's figure, as `Pin` has it."""
    if extent is None:
        return link.source
    return f"{link.source}@{extent.future.id}{'#sure' if extent.sure else ''}"


def _gone(pin: Pin, link: Link, row: Driver | None, problem: str, there: Any) -> Offer:
    kind = KNOWN[link.key]
    return Offer(
        id=pin.id, source=pin.source, target=pin.target, space=pin.space,
        name=_name(kind.label, row), words=problem, unit=kind.unit, figure=pin.taken,
        value=pin.written, there=there, state="gone", problem=problem,
    )  # fmt: skip


def _name(label: str, row: Driver | None) -> str:
    return f"{label}, {row.site}" if row and row.site else label


def _standing(row: Driver, case: str) -> Any:
    """What stands in a driver's row: its value, or the one of a scenario, None without one."""
    if not case:
        return row.value
    return next((override.value for override in row.by_scenario if override.id == case), None)


def _parts(figure: Figure) -> tuple[float, ...]:
    return figure if isinstance(figure, tuple) else (figure,)


def _rounded(figure: Figure) -> Figure:
    """Seven digits: people read what was written, and nobody knows a cost or a minute closer."""
    if isinstance(figure, tuple):
        return tuple(float(f"{part:.7g}") for part in figure)
    return float(f"{figure:.7g}")


Put = tuple[Figure, str]
"""What would stand at a place, and what is to be said about that."""


def _put_today(figure: float, there: Any) -> Put:
    """Today's figure; a path that stands there keeps its shape and begins at the figure."""
    first = _rounded(figure)
    if not isinstance(there, tuple):
        return first, ""
    if not there[0]:
        return first, " The path that stands there begins at 0: one number replaces it."
    path = _rounded(tuple(first / there[0] * part for part in there))
    ends = f"{path[0]:,.6g} to {path[-1]:,.6g}"
    return path, f" The path that stands there keeps its shape, scaled: {ends}."


def _put(link: Link, row: Driver | None, figure: Figure) -> Put | None:
    """A future state's figure on base, and what had to be cut off; None without a base."""
    base = row.at(BASE) if row else None
    base = 0.0 if base is None and not link.needs_base else base
    if not isinstance(base, int | float | tuple):
        return None
    raw = _changed(link, base, figure)
    cut = max(link.least - part for part in _parts(raw))
    if cut <= 0.005:
        return _rounded(raw), ""
    kept = tuple(max(link.least, part) for part in _parts(raw))
    told = f" Base has less than that: {cut:,.0f} of it would lie below 0 and is cut off."
    return _rounded(kept if isinstance(raw, tuple) else kept[0]), told


def _changed(link: Link, base: Any, figure: Figure) -> Figure:
    """The base value after the figure: one number, or one for each month.

    A list is by month only when it has more than ten entries, so a short term's is held on.
    """
    if isinstance(figure, float):
        return link.change(base[0] if isinstance(base, tuple) else base, figure)
    amounts = columns(base, len(figure))[0]
    wide = [amounts[m if len(amounts) == len(figure) else min(m // 12, len(amounts) - 1)]
            for m in range(len(figure))]  # fmt: skip
    values = [float(link.change(amount, f)) for amount, f in zip(wide, figure, strict=True)]
    return tuple(values + [values[-1]] * (11 - len(values)))


# --- putting it there ---


def _written(deal: Any, offer: Offer, seat: str) -> Any:
    table, row_id, *rest = _split(offer.target)
    if not any(row.id == row_id for row in deal.get(table)):
        kind = KNOWN[row_id]
        fresh = {"id": row_id, "space": offer.space, "label": kind.label, "unit": kind.unit}
        deal = deal.add(table, {**fresh, "source": "" if rest[0] == "value" else "Process map"})
    if rest[0] == "value":
        typed = deal.get(f"{table}.{row_id}.source")
        deal = deal.set(offer.target, offer.value)
        return deal.set(f"{table}.{row_id}.source", _source_text(typed))
    case = rest[1]
    deal = _with_case(deal, case, future_of(deal.process, offer.future))
    row = deal.get(f"{table}.{row_id}")
    others = tuple(o for o in row.by_scenario if o.id != case)
    mine = Override(id=case, value=offer.value)
    return deal.set(f"{table}.{row_id}.by_scenario", (*others, mine))


def _source_text(typed: str) -> str:
    """The source of a value taken from today's map, behind what somebody typed there before."""
    if FROM_TODAY.casefold() in typed.casefold():
        return typed
    joined = f"{typed[:360]}; {FROM_TODAY[0].lower()}{FROM_TODAY[1:]}"
    return joined if typed else FROM_TODAY


def _with_case(deal: Any, case: str, future: Future) -> Any:
    """The deal with the scenario of a future state: base's misses, and no weight of its own.

    It is seen by whoever sees the future state; once that is shared, so is its scenario.
    """
    rows = {row.id: row for row in deal.scenarios.cases}
    if case in rows:
        shared = future.space == "shared" and rows[case].space != "shared"
        return deal.set(f"scenarios.cases.{case}.space", "shared") if shared else deal
    base = rows.get(BASE, deal.scenarios.cases[0])
    row = Case(id=case, space=future.space, title=future.name, like=base.id, probability=0.0,
               misses=base.misses,
               note="Base, with the changes of this future state of the process map.")  # fmt: skip
    return deal.add("scenarios.cases", row)


def _split(target: str) -> tuple[str, ...]:
    """`scenarios.drivers`, the row's id, and what follows."""
    part, table, *rest = target.split(".")
    return (f"{part}.{table}", *rest)
