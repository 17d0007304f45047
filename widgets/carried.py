"""Figures of the map in use in the scenarios: how each use stands, told at both of its ends."""

import math
from collections.abc import Callable, Iterable
from typing import Any

from negotiation.carry.links import Source
from negotiation.carry.offer import Offer, without
from negotiation.carry.offers import all_offers, let_go, take, used
from negotiation.deal import Parts

from .action import Action
from .boxes import HBox, VBox
from .fields import number_text
from .notes import Notes
from .scenarios_figures import Later
from .state import DealState

RESTS_ON = ("process", "scenarios", "terms", "carried")
SIGNS = {"in use": "ok", "out of date": "work", "overwritten": "no", "gone": "wait"}


def used_of(state: DealState) -> tuple[Offer, ...]:
    """Every use of the map's figures that this seat sees."""
    if not state.deal.carried.pins:
        return ()
    return _once(state, ("used",), lambda deal: used(deal, state.seat, source_of(state)))


def offers_of(state: DealState, sure: bool = False) -> tuple[Offer, ...]:
    """What today's map and each future state can give this seat: with all of its effect, or what
    the owners of its changes would sign for."""
    key = ("offers", sure)
    return _once(state, key, lambda deal: all_offers(deal, state.seat, sure, source_of(state)))


def source_of(state: DealState) -> Source:
    """The deal's map in figures, one for all widgets while process and terms stay as they are."""
    process, terms = rests_on = (state.deal.process, state.deal.terms)
    known, found = state.worked_out.get(("source",), (rests_on, None))
    if found is None or known[0] is not process or known[1] is not terms:
        found = Source(process, terms, found)
        state.worked_out[("source",)] = (rests_on, found)
    return found


def _once(
    state: DealState, question: tuple, find: Callable[[Parts], tuple[Offer, ...]]
) -> tuple[Offer, ...]:
    """What `find` says of the deal, found once while the parts it rests on stay as they are."""
    rests_on = (state.seat, *(getattr(state.deal, part) for part in RESTS_ON))
    known, found = state.worked_out.get(question, (None, ()))
    if known != rests_on:
        found = find(state.deal)
        state.worked_out[question] = (rests_on, found)
    return found


def unit_of(deal: Parts, offer: Offer) -> str:
    """The driver's unit, with the deal's currency for money."""
    return offer.unit.replace("money", deal.identity.currency)


def shown(value: Any, unit: str) -> str:
    """A number with its unit; a path by month as where it begins and where it ends."""
    if isinstance(value, tuple):
        ends = dict.fromkeys((_number(value[0]), _number(value[-1])))
        return f"{' → '.join(ends)} {unit}"
    return f"{_number(value)} {unit}" if isinstance(value, int | float) else "nothing"


def _number(value: float) -> str:
    return number_text(value, 0 if abs(value) >= 1000 else 2)


def of_future(deal: Parts, offer: Offer) -> str:
    """The future state that a figure is of, in the words of whoever named it; empty for today."""
    named = {row.id: row.name for row in deal.process.futures}
    return named.get(offer.future, "") if offer.future else ""


def doubt(deal: Parts, offer: Offer) -> str:
    """What is wrong with a use, at the cell that it fills; nothing while it stands."""
    if offer.state == "out of date" and _unknown(offer):
        return offer.problem
    if offer.state == "out of date":
        moved = "the map or base has moved on; they lead" if offer.future else (
            "the map has moved on; it leads")  # fmt: skip
        return f"From the process map, out of date: {moved} to {_value(deal, offer)}."
    if offer.state == "overwritten":
        return f"Changed by hand since it was taken from the process map ({_value(deal, offer)})."
    return offer.problem if offer.state == "gone" else ""


def _unknown(offer: Offer) -> bool:
    """Whether the map leads to no figure any more, since a loop of it never ends."""
    parts = offer.figure if isinstance(offer.figure, tuple) else (offer.figure,)
    return any(math.isnan(part) for part in parts)


def use_words(deal: Parts, offer: Offer) -> str:
    """A use that has its source, as the chapter says it that the figure comes from."""
    state = of_future(deal, offer)
    which = f"{offer.name} of “{state}”" if state else offer.name
    there = shown(offer.there, unit_of(deal, offer))
    if offer.state == "in use":
        return f"{which}: in use in the scenarios, {there}."
    if offer.state == "overwritten":
        return f"{which}: the scenarios have {there} now, changed by hand since it was taken over."
    if _unknown(offer):
        return f"{which} has moved on since it was taken over, to no figure. {offer.problem}"
    return (
        f"{which} has moved on since it was taken over: the map leads to {_value(deal, offer)}, "
        f"the scenarios have {there}."
    )


def told(deal: Parts, found: Iterable[Offer]) -> tuple[tuple[str, str], ...]:
    """Uses as signs and sentences; those that lost the same source are one sentence."""
    found = tuple(found)
    lines = [(SIGNS[o.state], use_words(deal, o)) for o in found if o.state != "gone"]
    lost = [offer for offer in found if offer.state == "gone"]
    for place, problem in dict.fromkeys((_scenario(deal, o), o.problem) for o in lost):
        names = [o.name for o in lost if (_scenario(deal, o), o.problem) == (place, problem)]
        of = f" of the scenario “{place}”" if place else ""
        lines.append((SIGNS["gone"], f"{', '.join(names)}{of}: {problem}"))
    return tuple(lines)


def _scenario(deal: Parts, offer: Offer) -> str:
    """The title of the scenario that a figure is in; empty for a driver's own value."""
    _, _, rest = offer.target.partition(".by_scenario.")
    case = rest.partition(".")[0]
    return next((row.title or row.id for row in deal.scenarios.cases if row.id == case), "")


def _value(deal: Parts, offer: Offer) -> str:
    return shown(offer.value, unit_of(deal, offer))


def remove(state: DealState, path: str) -> None:
    """Remove a row with the pins of what it used, as one gesture."""
    pins = without(state.deal, (path,), state.seat)
    deal = state.deal.remove(path)
    state.replace(deal if pins == deal.carried.pins else deal.set("carried.pins", pins))


class CarriedUses(Notes):
    """Where the figures beside it are in use; hidden while nothing of them is.

    `wanted` picks the uses that are told here.
    """

    def __init__(self, state: DealState, title: str, wanted: Callable[[Offer], bool]):
        super().__init__(title)
        self._state, self._wanted = state, wanted
        self._later = Later(self._look)
        self._look()
        state.follow(self._later, *RESTS_ON)

    def _look(self) -> None:
        deal = self._state.deal
        found = [offer for offer in used_of(self._state) if self._wanted(offer)]
        self.lines = told(deal, found)
        self.layout.display = None if found else "none"


class CarriedHere(VBox):
    """What the scenarios took from the map and no longer agrees with it, and what to do about it.

    Hidden while nothing was taken over. `on_change(found)` is told the uses whenever they change.
    """

    def __init__(self, state: DealState, on_change: Callable[[tuple[Offer, ...]], None]):
        self._state, self._tell = state, on_change
        self._found: tuple[Offer, ...] = ()
        self._notes = Notes("From the process map")
        self._again = Action("Take over again", kind="primary", on_click=self._take)
        self._forget = Action("Keep the values as our own", on_click=self._let_go)
        row = HBox([self._again, self._forget])
        row.add_class("np-row")
        super().__init__([self._notes, row])
        self.add_class("np-card").add_class("np-stack")
        self.layout.display = "none"
        self._later = Later(self._look)
        state.follow(self._later, *RESTS_ON)
        state.observe(self._later, "seat")

    def _look(self) -> None:
        found = used_of(self._state)
        if found != self._found:
            self._found = found
            self._show()
            self._tell(found)

    def _show(self) -> None:
        deal = self._state.deal
        stale = self._stale()
        lines = [*told(deal, stale)]
        count = len(self._found) - len(stale)
        if count:
            words = "1 figure comes" if count == 1 else f"{count} figures come"
            lines.append(("ok", f"{words} from the map as it is."))
        self._notes.lines = tuple(lines)
        self.layout.display = None if self._found else "none"
        self._again.layout.display = None if self._takeable() else "none"
        self._forget.layout.display = None if stale else "none"

    def _stale(self) -> list[Offer]:
        ours = ("shared", self._state.seat)
        return [o for o in self._found if o.state != "in use" and o.space in ours]

    def _takeable(self) -> list[Offer]:
        return [offer for offer in self._stale() if not offer.problem]

    def _take(self) -> None:
        state = self._state
        state.replace(take(state.deal, self._takeable(), state.seat))

    def _let_go(self) -> None:
        """The values stay; nothing is said of the map beside them any more."""
        state = self._state
        state.edit("carried.pins", let_go(state.deal, self._stale(), state.seat))
