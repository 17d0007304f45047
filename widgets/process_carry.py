"""What the map gives the scenarios: taken over by a person, marked when it has moved on."""

from dataclasses import replace
from typing import Any

import ipywidgets as ipw

from negotiation.carry.offer import Offer
from negotiation.carry.offers import let_go, share, take, unshared
from negotiation.deal import Parts
from negotiation.values import FieldError

from .action import Action
from .boxes import HBox, VBox
from .carried import RESTS_ON, of_future, offers_of, shown, told, unit_of, used_of
from .fields import Field
from .notes import Notes
from .process_view import ProcessView
from .scenarios_figures import Later
from .table import Table

_COLUMNS = (
    Field("take", "Take over", "bool"),
    Field("name", "What the map found", "readonly", width="13em"),
    Field("figure", "The map says", "readonly"),
    Field("there", "The scenarios have", "readonly"),
    Field("state", "How it stands", "readonly"),
)
_STATES = {
    "new": "– not taken over", "in use": "✓ in use", "out of date": "◐ out of date",
    "overwritten": "✕ changed by hand since",
}  # fmt: skip
TODAY = "Today"
_EXTENTS = (("all of its effect", False), ("the part its owner would sign for", True))
_ALONE = "Both sides see the future state “{}” now; only we see the scenario made from it."


class ProcessCarry(VBox):
    """One table of what today's map and each future state can give; ticked rows are taken over.

    A future state becomes a scenario of its own beside base, so both can be compared.
    """

    def __init__(self, view: ProcessView):
        self._state = view.state
        self._ticked: set[str] = set()
        self._offers: tuple[Offer, ...] = ()
        self._stale = Notes("Out of date", empty="Everything that was taken over is still so.")
        self._extent = ipw.Dropdown(description="Of each change", options=_EXTENTS, value=False)
        self._extent.add_class("np-wide")
        self._extent.observe(lambda _: self._show(), "value")
        self._table = Table(
            _COLUMNS, caption="From the map to the scenarios", key="process.carry", paste=False,
            empty="Nothing yet: draw the map, and give its steps minutes.",
        )
        self._table.on_edit(self._tick)
        self._take = Action("Take over what is ticked", kind="primary", on_click=self._take_over)
        self._keep = Action("Keep those values without the map", on_click=self._let_go)
        self._open = Action("Show those scenarios to both sides", on_click=self._share)
        acts = HBox([self._take, self._keep, self._open])
        acts.add_class("np-row")
        super().__init__([self._stale, self._extent, self._table, acts])
        self.add_class("np-card").add_class("np-stack")
        self._later = Later(self._show)
        self._show()
        self._state.follow(self._later, *RESTS_ON)

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

    def _let_go(self) -> None:
        """Uses whose future state or place is gone are forgotten; their values stay."""
        self._state.edit("carried.pins", let_go(self._state.deal, self._gone(), self._state.seat))

    def _share(self) -> None:
        """The scenario follows its future state, which both sides see by now."""
        self._state.replace(share(self._state.deal, self._state.seat))

    def _gone(self) -> list[Offer]:
        ours = ("shared", self._state.seat)
        return [o for o in used_of(self._state) if o.state == "gone" and o.space in ours]

    def _wanted(self, offer: Offer) -> bool:
        return not offer.problem and offer.state != "in use" and offer.id in self._ticked

    def _show(self) -> None:
        self._offers = offers_of(self._state, self._extent.value)
        self._paint()

    def _paint(self) -> None:
        deal = self._state.deal
        self._table.rows = tuple(self._row(deal, offer) for offer in self._offers)
        moved = [offer for offer in used_of(self._state) if offer.state != "in use"]
        alone = unshared(deal, self._state.seat)
        self._stale.lines = (*told(deal, moved), *(("work", _ALONE.format(c.title)) for c in alone))
        changes = [change for future in deal.process.futures for change in future.changes]
        doubted = self._extent.value or any(change.confidence < 1 for change in changes)
        self._extent.layout.display = None if doubted else "none"
        self._open.layout.display = None if alone else "none"
        self._keep.layout.display = None if self._gone() else "none"
        self._take.disabled = not any(self._wanted(offer) for offer in self._offers)

    def _row(self, deal: Parts, offer: Offer) -> dict:
        locked = bool(offer.problem) or offer.state == "in use"
        unit = unit_of(deal, offer)
        box = replace(_COLUMNS[0], kind="readonly") if locked else _COLUMNS[0]
        return {
            "id": offer.id,
            "take": "" if locked else self._wanted(offer),
            "name": f"{of_future(deal, offer) or TODAY}: {offer.name}",
            "figure": "–" if offer.problem else shown(offer.value, unit),
            "there": shown(offer.there, unit),
            "state": "✕ not from this seat" if offer.problem else _STATES[offer.state],
            "_note": offer.problem or offer.words,
            "_fields": {"take": box},
            "_muted": bool(offer.problem),
        }
