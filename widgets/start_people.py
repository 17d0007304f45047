"""People: who is in the room, who decides from outside, and who keeps contact."""

from datetime import date

from negotiation import start
from negotiation.deal import Parts

from .boxes import VBox
from .clock import clock
from .fields import Field
from .fold import Fold
from .notes import Notes
from .rows import SPACE, Rows
from .state import DealState
from .table import Table

WHO = (
    Field("name", "Name", width="9em"),
    Field("party", "Side", "choice", choices=("buyer", "supplier")),
    Field("role", "Role", width="7em"),
    Field("function", "Function", width="12em"),
    SPACE,
)
CONTACT = (
    Field("name", "Person", "readonly"),
    Field("stance", "Stance", "choice", choices=("supports", "neutral", "against", "unknown")),
    Field("kept_by", "Who keeps contact", width="8em"),
    Field("every_days", "Every", "number", unit="days", minimum=0, maximum=366, decimals=0,
          width="3.5em"),
    Field("last_contact", "Last spoken", "date", optional=True),
    Field("note", "Note", width="9em"),
)


class People(VBox):
    """Three tables: at the table, not in the room, and what our side alone notes about each."""

    def __init__(self, state: DealState, *, today: date | None = None):
        self._state, self._today = state, clock(today)
        self._inside = Rows(
            state, "start.people", WHO, key="people.inside", only=lambda row: row.in_the_room,
            new=lambda: {"name": "New person", "party": self._side(), "space": "shared"},
            stem="p_", caption="In the room", add_label="Add somebody",
            empty="Nobody yet. Who sits at the table, on both sides?",
        )
        self._outside = Rows(
            state, "start.people", WHO, key="people.outside", only=lambda row: not row.in_the_room,
            new=lambda: {"name": "New person", "party": self._side(), "in_the_room": False,
                         "space": state.seat},
            stem="p_", caption="Not in the room", add_label="Add somebody outside",
            empty="Nobody yet. Think of sponsor, legal, HR, a works council, finance.",
        )
        self._contacts = Table(
            CONTACT, caption="Contact and stance", key="start.contacts",
            empty="Add people above; then say who keeps contact and how often.", state=state,
        )
        self._late = Notes("Who waits for a call", empty="Nobody waits for a call from us.")
        private = Fold("Contact and stance, for our side's eyes only", lambda: [self._contacts])
        super().__init__([self._inside, self._outside, self._late, private])
        self.add_class("np-card").add_class("np-stack")
        self._contacts.on_edit(self._record)
        state.follow(self._show, "start")
        state.observe(lambda _change: self._show(state.deal), "seat")

    def _side(self) -> str:
        return self._state.seat if self._state.seat in ("buyer", "supplier") else "buyer"

    def _keeps_up_with(self, person: start.Person) -> bool:
        """Colleagues at the table are met daily, and the other side's own notes are not ours."""
        colleague = person.in_the_room and person.party == self._state.seat
        return not colleague and person.space in ("shared", self._state.seat)

    def _record(self, person_id: str, column: str, value: object) -> None:
        """Writes into the note that our side has about a person, or into a first one."""
        seat = self._state.seat
        known = [note for note in self._state.deal.start.contacts
                 if note.person == person_id and note.space == seat]
        if known:
            self._state.edit(f"start.contacts.{known[0].id}.{column}", value)
        else:
            first = start.empty_contact(person_id, seat)
            self._state.add("start.contacts", first.replace(**{column: value}))

    def _show(self, deal: Parts) -> None:
        today = self._today()
        found = start.contacts(deal.start, self._state.seat, today)
        self._contacts.rows = tuple(_row(due) for due in found if self._keeps_up_with(due.person))
        late = start.overdue_sentences(deal.start, self._state.seat, today)
        self._late.lines = tuple(("no", sentence) for sentence in late)


def _row(due: start.Due) -> dict:
    following = "" if due.next_contact is None else f"next {start.short_day(due.next_contact)}"
    if due.never:
        following = "◐ not spoken to yet"
    elif due.overdue_days:
        following = f"✕ due {start.short_day(due.next_contact)}"
    return {**dict(due.contact), "id": due.person.id, "name": due.person.name, "_note": following}
