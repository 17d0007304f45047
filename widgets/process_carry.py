"""What the map gives the scenarios: taken over by a person, marked when it has moved on."""

from dataclasses import replace
from typing import Any

from negotiation.carry.offers import Offer, all_offers, take
from negotiation.deal import Parts
from negotiation.values import FieldError

from .action import Action
from .boxes import VBox
from .fields import Field, number_text
from .notes import Notes
from .process_view import ProcessView
from .scenarios_figures import Later
from .table import Table

_COLUMNS = (
    Field("take", "Take over", "bool"),
    Field("name", "What the map found", "readonly", width="13em"),
    Field("figure", "The map says", "readonly"),
    Field("there", "The scenarios have", "readonly"),
    Field("state", "", "readonly"),
)
_STATES = {
    "new": "– not taken over", "in use": "✓ in use", "out of date": "◐ out of date",
    "overwritten": "✕ changed by hand since",
}  # fmt: skip
TODAY = "Today"


class ProcessCarry(VBox):
    """One table of what today's map and each future state can give; ticked rows are taken over.

    A future state becomes a scenario of its own beside base, so both can be compared.
    """

    def __init__(self, view: ProcessView):
        self._state = view.state
        self._ticked: set[str] = set()
        self._offers: tuple[Offer, ...] = ()
        self._stale = Notes("Out of date", empty="Everything that was taken over is still so.")
        self._table = Table(
            _COLUMNS, caption="From the map to the scenarios", key="process.carry", paste=False,
            empty="Nothing yet: draw the map, and give its steps minutes.",
        )
        self._table.on_edit(self._tick)
        self._take = Action("Take over what is ticked", kind="primary", on_click=self._take_over)
        super().__init__([self._stale, self._table, self._take])
        self.add_class("np-card").add_class("np-stack")
        self._later = Later(self._show)
        self._show()
        self._state.follow(self._later, "process", "scenarios", "terms", "carried")

    def _tick(self, row: str, _column: str, value: Any) -> None:
        (self._ticked.add if value else self._ticked.discard)(row)
        self._paint()

    def _take_over(self) -> None:
        """Everything that is ticked and wanted, as one gesture that undo takes back."""
        chosen = [offer for offer in self._offers if self._wanted(offer)]
        if not chosen:
            raise FieldError("carried", "Nothing is ticked that could be taken over.")
        self._state.replace(take(self._state.deal, chosen, self._state.seat))
        self._ticked.clear()
        count = len(chosen)
        self._take.message = (
            f"{count} {'figure is' if count == 1 else 'figures are'} in the scenarios now."
        )

    def _wanted(self, offer: Offer) -> bool:
        return not offer.problem and offer.state != "in use" and offer.id in self._ticked

    def _show(self) -> None:
        self._offers = all_offers(self._state.deal, self._state.seat)
        self._paint()

    def _paint(self) -> None:
        deal = self._state.deal
        self._table.rows = tuple(self._row(deal, offer) for offer in self._offers)
        self._stale.lines = tuple(
            ("work", _moved(deal, offer)) for offer in self._offers
            if offer.state in ("out of date", "overwritten")
        )
        self._take.disabled = not any(self._wanted(offer) for offer in self._offers)

    def _row(self, deal: Parts, offer: Offer) -> dict:
        locked = bool(offer.problem) or offer.state == "in use"
        unit = _unit(deal, offer)
        box = replace(_COLUMNS[0], kind="readonly") if locked else _COLUMNS[0]
        return {
            "id": offer.id,
            "take": "" if locked else self._wanted(offer),
            "name": f"{_of(deal, offer)}: {offer.name}",
            "figure": "–" if offer.problem else _shown(offer.value, unit),
            "there": _shown(offer.there, unit),
            "state": "✕ not from this seat" if offer.problem else _STATES[offer.state],
            "_note": offer.problem or offer.words,
            "_fields": {"take": box},
            "_muted": bool(offer.problem),
        }


def _of(deal: Parts, offer: Offer) -> str:
    """Which map the figure is of, in the words of whoever named it."""
    future = offer.source.partition("@")[2]
    return next((row.name for row in deal.process.futures if row.id == future), TODAY)


def _unit(deal: Parts, offer: Offer) -> str:
    """The driver's unit, with the deal's currency for money."""
    return offer.unit.replace("money", deal.identity.currency)


def _moved(deal: Parts, offer: Offer) -> str:
    unit = _unit(deal, offer)
    if offer.state == "overwritten":
        return f"{offer.name} was taken from the map and has been changed in the scenarios since."
    return (
        f"{offer.name} has moved on since it was taken over: the map leads to "
        f"{_shown(offer.value, unit)}, the scenarios have {_shown(offer.there, unit)}."
    )


def _shown(value: Any, unit: str) -> str:
    """A number with its unit; a path by month as where it begins and where it ends."""
    if isinstance(value, tuple):
        ends = dict.fromkeys((_number(value[0]), _number(value[-1])))
        return f"{' → '.join(ends)} {unit}"
    return f"{_number(value)} {unit}" if isinstance(value, int | float) else "nothing yet"


def _number(value: float) -> str:
    return number_text(value, 0 if abs(value) >= 1000 else 2)
