"""The seat: for whom the person at this laptop speaks."""

from typing import Any

from negotiation.spaces import SEATS

from .boxes import VBox
from .fields import Field
from .form import Form
from .notes import Notes
from .state import DealState


class SeatPicker(VBox):
    """Shows the seat that is taken, what it sees, and lets the person take another."""

    def __init__(self, state: DealState):
        self._state = state
        self._box = VBox([])
        self._words = Notes("")
        super().__init__([self._box, self._words])
        self.add_class("np-card").add_class("np-stack")
        state.observe(self._show, ["deal", "seat", "standing"])
        self._show()

    def _sit(self, _key: str, seat: str) -> None:
        self._state.sit(seat)

    def _show(self, _change: Any = None) -> None:
        """Parties may be renamed, and the names are the choices: then the form is made anew."""
        names = self._names()
        if not self._box.children or self._box.children[0].fields[0].choices != names:
            field = Field("seat", "You sit as", "choice", choices=names)
            form = Form((field,), {}, key="start.seat", label="Your seat")
            form.on_edit(self._sit)
            self._box.children = (form,)
        self._box.children[0].values = {"seat": self._state.seat}
        self._words.lines = (self._sees(),)

    def _names(self) -> tuple[tuple[str, str], ...]:
        identity = self._state.deal.identity
        parties = {role: identity.party(role).name for role in ("buyer", "supplier")}
        return tuple((seat, f"{seat}, {parties[seat]}" if seat in parties else seat)
                     for seat in SEATS)

    def _sees(self) -> str:
        seat = self._state.seat
        if self._state.book_open:
            return "The book is open: every seat reads both sides' rows. You change your own."
        if seat == "facilitator":
            return "You see what is shared and how far both are, never a side's own rows."
        other = "supplier" if seat == "buyer" else "buyer"
        name = self._state.deal.identity.party(other).name
        return f"You see what is shared and your side's own rows, never those of {name}."
