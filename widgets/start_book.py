"""The open book: proposed by one side, opened or declined by the other, closed by either."""

from typing import Any, Literal

from negotiation.calendars import long_day
from negotiation.deal import Parts
from negotiation.desk import Event
from negotiation.values import FieldError

from .action import Action
from .boxes import VBox
from .fields import Field
from .form import Form
from .notes import Notes
from .state import DealState

DISCLOSURE = "identity.disclosure"
OTHER = {"buyer": "supplier", "supplier": "buyer"}
REASON = Field("reason", "Reason", help="The other side reads it. It is needed to decline.")
Phase = Literal["closed", "proposed by us", "proposed to us", "proposed", "open"]


class OpenBook(VBox):
    """Says where the book stands and what each side reads; a party proposes, agrees, closes.

    Each press is shown to the other side at once, whatever else is in the draft.
    """

    def __init__(self, state: DealState):
        self._state, self._reason = state, ""
        self._known: tuple[Any, Event | None] = (None, None)
        self._lines = Notes("The open book")
        self._form = Form((REASON,), {"reason": ""}, key="start.book", label="The open book")
        self._propose = Action(
            "Propose to open the book", on_click=lambda: self._table("open_book"),
            confirm="The other side sees the proposal at once. Nothing opens until it agrees.",
        )
        self._agree = Action("Open the book", kind="primary", on_click=self._open)
        self._decline = Action("Decline", on_click=self._refuse)
        self._withdraw = Action("Take the proposal back", on_click=lambda: self._table("closed"))
        self._close = Action(
            "Close the book", kind="danger", on_click=lambda: self._table("closed"),
            confirm="Each side's rows are hidden again. What was seen cannot be unseen.",
        )
        self._buttons = {
            "closed": (self._propose,),
            "proposed to us": (self._agree, self._decline),
            "proposed by us": (self._withdraw,),
            "open": (self._close,),
        }
        super().__init__([self._lines])
        self.add_class("np-card").add_class("np-stack")
        self._form.on_edit(self._keep_reason)
        state.follow(self._show, "identity")
        state.observe(lambda _change: self._show(state.deal), ["seat", "standing", "version"])

    @property
    def phase(self) -> Phase:
        """Where the book stands for this seat."""
        state = self._state
        if state.book_open:
            return "open"
        if state.tabled.identity.disclosure == "closed":
            return "closed"
        if state.seat not in OTHER:
            return "proposed"
        return "proposed by us" if state.seat in state.standing.consent else "proposed to us"

    def _keep_reason(self, _key: str, value: str) -> None:
        self._reason = value
        self._form.values = {"reason": value}

    def _table(self, disclosure: str) -> None:
        """Show a proposal, or its end, to the other side."""
        self._state.edit(DISCLOSURE, disclosure)
        self._done(self._state.table(self._reason, (DISCLOSURE,)))

    def _open(self) -> None:
        self._done(self._state.agree((DISCLOSURE,), self._reason))

    def _refuse(self) -> None:
        if not self._reason:
            raise FieldError("reason", "Say why first: the other side reads it.")
        self._table("closed")

    def _done(self, told: bool) -> None:
        if told:
            self._keep_reason("reason", "")

    def _show(self, deal: Parts) -> None:
        phase, seat = self.phase, self._state.seat
        party = seat in OTHER and self._state.desk is not None
        pressed = (self._form, *self._buttons.get(phase, ())) if party else ()
        shown = (self._lines, *pressed)
        if self.children != shown:
            self.children = shown
        if party:
            self._agree.confirm = f"{_what_each_sees(deal, seat)} What is seen cannot be unseen."
        self._lines.lines = (_standing(deal, phase, seat, self._last()), *_meaning(deal, seat))

    def _last(self) -> Event | None:
        """The last act about the book; asked of the desk only when something was tabled."""
        if self._state.desk is None:
            return None
        version = self._state.version.get("shared"), self._state.deal.identity.id
        if version != self._known[0]:
            acts = self._state.desk.story(DISCLOSURE)
            told = (act for act in reversed(acts) if any(c.path == DISCLOSURE for c in act.changes))
            self._known = version, next(told, None)
        return self._known[1]


def _standing(deal: Parts, phase: Phase, seat: str, last: Event | None) -> tuple[str, str]:
    who = deal.identity.party(last.seat).name if last and last.seat in OTHER else "One side"
    when = f" on {long_day(last.at.date())}" if last else ""
    reason = f" Reason: {last.reason.rstrip('.')}." if last and last.reason else ""
    if phase == "open":
        since = f" since {who} agreed{when}" if last else ", as it was when the deal was created"
        return "ok", f"The book is open{since}.{reason}"
    if phase == "closed":
        told = f" {who} closed it, declined or took the proposal back{when}.{reason}"
        return "", f"The book is closed.{told if last else ''}"
    if phase == "proposed by us":
        other = deal.identity.party(OTHER[seat]).name
        return "wait", f"We proposed{when} to open the book; {other} has not answered.{reason}"
    ask = " It opens only if you agree." if phase == "proposed to us" else ""
    return "work", f"{who} proposed{when} to open the book.{reason}{ask}"


def _meaning(deal: Parts, seat: str) -> tuple[str, ...]:
    closing = "Either side can close it again; what was seen cannot be unseen."
    return (_what_each_sees(deal, seat), closing)


def _what_each_sees(deal: Parts, seat: str) -> str:
    rows = "own drivers, estimates, floors, people outside the room, contact notes and promises"
    if seat in OTHER:
        other = deal.identity.party(OTHER[seat]).name
        return (
            f"In an open book {other} reads our {rows}, and we read theirs; the facilitator reads "
            "both. Each side still changes only its own."
        )
    names = [deal.identity.party(role).name for role in OTHER]
    return f"In an open book {names[0]}, {names[1]} and you read both sides' {rows}."
