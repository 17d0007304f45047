"""The list of own deals: open, copy, delete, start a new one or take a sample."""

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

import traitlets as tl

from negotiation import start
from negotiation.deal import Deal, Identity
from negotiation.desk import Card, free_id
from negotiation.files.data import sample_ids
from negotiation.files.deal_file import sample
from negotiation.terms import Terms
from negotiation.values import FieldError, read

from .action import Action
from .boxes import VBox
from .clock import clock
from .control import Control, front_end
from .fields import Field
from .fold import Fold
from .form import Form
from .sheet import SIGNS
from .start_form import CURRENCY_HELP
from .state import DealState

STATE_SIGNS = {"late": "no", "ready to sign": "ok"}
NEW = (
    Field("title", "Title", help="Such as “Voice care 2027”."),
    Field("buyer", "Buyer"),
    Field("supplier", "Supplier", help="If you do not know it yet, leave it as it is."),
    Field("currency", "Currency", help=CURRENCY_HELP),
    Field("start_month", "First month of service", "month"),
    Field("term_months", "Term", "number", unit="months", minimum=1, maximum=120, decimals=0),
)


class DealList(VBox):
    """Every deal on this machine with its state and next gate, and the ways to another one."""

    def __init__(self, state: DealState, *, today: date | None = None):
        self._state, self._today = state, clock(today)
        self._table = DealTable()
        self._new = Fold("Start a new deal", lambda: [NewDeal(self._create, self._today)])
        self._samples = Fold("Open a sample", self._sample_actions)
        super().__init__([self._table, self._new, self._samples])
        self.add_class("np-card").add_class("np-stack")
        self._table.on("open", lambda deal_id: state.sit(deal_id=deal_id))
        self._table.on("copy", self._copy)
        self._table.on("delete", self._delete)
        state.observe(self._show, ["version", "seat"])
        self._show()

    def _show(self, _change: Any = None) -> None:
        desk = self._state.desk
        self._table.here = self._state.deal.identity.id
        self._table.cards = desk.deals() if desk else ()
        self._new.layout.display = self._samples.layout.display = None if desk else "none"

    def _sample_actions(self) -> list[Action]:
        return [
            Action(sample(name).identity.title, on_click=lambda name=name: self._open_sample(name))
            for name in sample_ids()
        ]

    def _create(self, deal: Deal) -> None:
        desk = self._desk()
        taken = [card.id for card in desk.deals()]
        deal = deal.set("identity.id", free_id(deal.identity.title, taken))
        desk.create(deal)
        self._table.go(deal.identity.id)

    def _open_sample(self, name: str) -> None:
        """A sample is stored as a deal of one's own; opened again, it is as one left it."""
        desk = self._desk()
        if not desk.has(name):
            desk.create(start.retold(sample(name), self._today()))
        self._table.go(name)

    def _copy(self, deal_id: str) -> None:
        found = next(card for card in self._table.cards if card.id == deal_id)
        copied = self._desk().at(deal_id).copy(f"{found.title[:100]}, copy")
        self._table.go(copied.deal_id)

    def _delete(self, deal_id: str) -> None:
        if deal_id == self._state.deal.identity.id:
            raise FieldError("identity.id", "You are in this deal; open another one first.")
        self._desk().at(deal_id).delete()
        self._show()

    def _desk(self) -> Any:
        if self._state.desk is None:
            raise FieldError("identity.id", "Nothing is stored here, so there is no other deal.")
        return self._state.desk


class NewDeal(VBox):
    """A form for a new deal, checked field by field; nothing exists until it is created."""

    def __init__(self, create: Callable[[Deal], None], today: Callable[[], date]):
        self._create = create
        following = today().year + 1
        self._blank = {"title": "", "buyer": "Buyer", "supplier": "Supplier", "currency": "USD",
                       "start_month": f"{following}-01", "term_months": 36}
        self._form = Form(NEW, dict(self._blank), key="deals.new", label="A new deal")
        self._action = Action("Create the deal", kind="primary", on_click=self._finish)
        super().__init__([self._form, self._action])
        self._form.on_edit(self._record)

    def _record(self, key: str, value: Any) -> None:
        """Refuses what no deal could hold, at the field that was typed into."""
        wanted = {**self._form.values, key: value}
        _deal({**wanted, "title": wanted["title"] or "Untitled"})
        self._form.values = wanted

    def _finish(self) -> None:
        if not self._form.values["title"]:
            self._form.values = {**self._form.values,
                                 "_errors": {"title": "Give the deal a title first."}}
            raise FieldError("title", "Give the deal a title first.")
        deal = _deal(self._form.values)
        self._form.values = dict(self._blank)
        self._create(deal)


def _deal(values: dict) -> Deal:
    parties = [{"id": role, "role": role, "name": values[role]} for role in ("buyer", "supplier")]
    cover = {key: values[key] for key in ("title", "currency")}
    terms = {key: values[key] for key in ("start_month", "term_months")}
    identity = read(Identity, {"id": "new", "parties": parties, **cover})
    return Deal(identity=identity, terms=read(Terms, terms))


class DealTable(Control):
    """The cards of all deals; a page of ours opens them by link, any other in place."""

    _esm = front_end("element.js", "stack.js", "start_deals.js")
    _css = front_end("fields.css", "table.css", "sheet.css", "start_deals.css")
    _events: ClassVar = {"open": "_act", "copy": "_act", "delete": "_act"}

    cards = tl.Tuple()
    here = tl.Unicode().tag(sync=True)
    message = tl.Unicode().tag(sync=True)
    cards_shown = tl.List().tag(sync=True)

    def __init__(self, cards: tuple[Card, ...] = (), here: str = ""):
        self._acts: dict[str, Callable[[str], None]] = {}
        super().__init__(cards=tuple(cards), here=here)

    def on(self, event: str, act: Callable[[str], None]) -> None:
        """Calls `act(deal_id)` when a person asks for `open`, `copy` or `delete`."""
        self._acts[event] = act

    def go(self, deal_id: str) -> None:
        """Takes the page to a deal; without addresses of ours it comes back as `open`."""
        self.send({"event": "go", "deal": deal_id})

    @tl.observe("cards")
    def _show(self, _change: Any = None) -> None:
        self.cards_shown = [_shown(card) for card in self.cards]

    def _act(self, message: dict, _buffers: list) -> None:
        act, deal_id = self._acts.get(message["event"]), message.get("deal")
        if act is None or not isinstance(deal_id, str):
            return
        try:
            self.message = ""
            act(deal_id)
        except FieldError as error:
            self.message = error.sentence


def _shown(card: Card) -> dict:
    sign = STATE_SIGNS.get(card.state, "work")
    return {
        "id": card.id,
        "title": card.title,
        "parties": " and ".join(card.parties),
        "state": card.state,
        "sign": sign,
        "glyph": SIGNS[sign],
        "gate": card.next_gate,
        "signing": start.long_day(card.target_signing_date) if card.target_signing_date else "–",
        "touched": f"{start.short_day(card.last_change)}, {card.last_seat}",
    }
