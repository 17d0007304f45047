"""open_deal(): which deal, which seat, loaded from and saved to its desk; and the bar above it."""

import asyncio
import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import traitlets as tl
from IPython import get_ipython
from IPython.display import display

from negotiation.deal import Deal, Parts
from negotiation.desk import ConflictRow, Event, LocalDesk, Store, StoreError
from negotiation.files.data import sample_ids
from negotiation.files.deal_file import SAMPLE, read_deal, sample
from negotiation.patches import Change, Patch
from negotiation.spaces import SEATS
from negotiation.start import retold
from negotiation.values import FieldError

from .control import Control, front_end
from .session_rail import PARTS, Rail, chapter_title
from .state import DealState, conflict_words
from .words import place_words, value_words


def open_deal(deal: str | Path | None = None, seat: str | None = None) -> DealState:
    """The deal to work on, with the session bar shown above it.

    Which deal: the argument (an id, or a deal file), else `PLAYBOOK_DEAL`, else the deal opened
    last on this machine, else the sample. Which seat: the argument, else the one taken last at this
    deal. `PLAYBOOK_STORE` names another store; `:memory:` keeps nothing. Raises `FieldError` for a
    deal that does not exist.
    """
    state = _state(deal, seat)
    if get_ipython() is not None:
        display(SessionBar(state))
    return state


class SessionBar(Control):
    """Deal, seat, draft or tabled, saved or not, undo, news and conflicts.

    In the playbook's page it fills the page's own bar and rail; elsewhere it shows itself in place.
    """

    _esm = front_end("element.js", "session.js")
    _css = front_end("session.css")
    _events: ClassVar[Mapping[str, str]] = {
        "seat": "_sit",
        "view": "_turn",
        "table": "_table",
        "agree": "_agree",
        "undo": "_undo",
        "redo": "_redo",
        "resolve": "_resolve",
        "retry": "_retry",
        "look": "_look",
    }
    _followed = (
        "deal", "view", "seat", "version", "saved", "message", "conflicts", "untabled", "standing",
    )  # fmt: skip

    shown = tl.Dict().tag(sync=True)

    def __init__(self, state: DealState):
        self._state = state
        self._known: dict[str, int] | None = None
        self._news = ""
        self._rail = Rail(state)
        self._due = False
        self._acts = 0  # tabled or agreed here: until then the page keeps the note beside it
        super().__init__(shown=self._as_shown())
        state.observe(self._show_soon, self._followed)

    def _show_soon(self, _change: Any = None) -> None:
        """Paint once after a gesture, however many of its traits changed."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._show()
            return
        if not self._due:
            self._due = True
            loop.call_soon(self._show)

    def _show(self) -> None:
        self._due = False
        self.shown = self._as_shown()

    def _as_shown(self) -> dict[str, Any]:
        state = self._state
        identity = state.deal.identity
        return {
            "deal": identity.id,
            "title": identity.title,
            "parties": {seat: _party(state.deal, seat) for seat in SEATS},
            "seat": state.seat,
            "view": state.view,
            "untabled": state.untabled,
            "saved": state.saved,
            "stored": state.desk is not None,
            "version": _version_words(state),
            "message": state.message or _mended(state),
            "can_undo": state.can_undo,
            "can_redo": state.can_redo,
            "acts": self._acts,
            "news": self._told_news(),
            "conflicts": [_told_conflict(state, row) for row in state.conflicts],
            "chapters": self._rail.chapters(),
            "folded": self._rail.folded(),
        }

    def _told_news(self) -> str:
        """The news, asked for again only when somebody else has written."""
        own = self._state.seat
        known = {space: seq for space, seq in self._state.version.items() if space != own}
        known["seat"] = SEATS.index(own)
        if known != self._known:
            self._known, self._news = known, _news(self._state)
        return self._news

    # --- what the person does; every message is checked, a browser may send anything ---

    def _sit(self, message: dict, _buffers: list) -> None:
        if message.get("seat") in SEATS:
            self._state.sit(message["seat"])

    def _turn(self, message: dict, _buffers: list) -> None:
        if message.get("view") in ("draft", "tabled"):
            self._state.view = message["view"]

    def _table(self, message: dict, _buffers: list) -> None:
        note = message.get("note")
        self._acts += self._state.table(note[:2_000] if isinstance(note, str) else "")
        self._show()

    def _agree(self, message: dict, _buffers: list) -> None:
        parts, note = PARTS.get(str(message.get("chapter"))), message.get("note")
        if parts and self._state.seat != "facilitator":
            self._acts += self._state.agree(parts, note[:2_000] if isinstance(note, str) else "")
        self._show()

    def _undo(self, _message: dict, _buffers: list) -> None:
        self._try(lambda: self._tell_step("Undone", self._state.undo))

    def _redo(self, _message: dict, _buffers: list) -> None:
        self._try(lambda: self._tell_step("Done again", self._state.redo))

    def _resolve(self, message: dict, _buffers: list) -> None:
        known = [row.path for row in self._state.conflicts]
        if message.get("path") in known and message.get("keep") in ("mine", "theirs"):
            self._try(lambda: self._state.resolve(message["path"], message["keep"]))

    def _retry(self, _message: dict, _buffers: list) -> None:
        self._state.retry()

    def _look(self, _message: dict, _buffers: list) -> None:
        self._state.look()

    def _tell_step(self, word: str, step: Callable[[], Patch]) -> None:
        """Take the step and name what it changed: it may lie in another chapter."""
        before = self._state.deal
        if changes := step():
            self._state.message = f"{word}: {_changed_places(before, self._state.deal, changes)}."

    def _try(self, act) -> None:
        try:
            act()
        except FieldError as error:
            self._state.message = error.sentence
        self._show()


def _state(deal: str | Path | None, seat: str | None) -> DealState:
    desk = LocalDesk(Store(os.environ.get("PLAYBOOK_STORE")))
    wanted = str(deal or os.environ.get("PLAYBOOK_DEAL") or "")
    try:
        deal_id = _stored(desk, wanted)
        desk = desk.at(deal_id, seat or desk.chosen_seat(deal_id))
        last_seen = desk.sit_down()
        forgotten = desk.apply_retention()
        state = DealState(desk=desk)
    except StoreError as error:
        return _unstored(wanted, seat, error)
    state.last_seen = last_seen
    state.message = forgotten
    return state


def _stored(desk: LocalDesk, wanted: str) -> str:
    """The id of the wanted deal, stored first if it is a sample or a file."""
    if wanted.endswith(".json"):
        found = read_deal(wanted)
        return _once(desk, found)
    deal_id = wanted or desk.last_deal() or SAMPLE
    if desk.has(deal_id):
        return deal_id
    if deal_id in sample_ids():
        return _once(desk, retold(sample(deal_id), date.today()))
    known = ", ".join([*(card.id for card in desk.deals()), *sample_ids()])
    raise FieldError("identity.id", f"There is no deal '{deal_id}'; there is: {known}.")


def _once(desk: LocalDesk, deal: Deal) -> str:
    if not desk.has(deal.identity.id):
        desk.create(deal)
    return deal.identity.id


def _unstored(wanted: str, seat: str | None, error: StoreError) -> DealState:
    """Work goes on without a store, as far as it can, and the bar says why."""
    if wanted.endswith(".json"):
        deal = read_deal(wanted)
    elif wanted in ("", *sample_ids()):
        deal = sample(wanted or SAMPLE)
    else:
        raise error
    state = DealState(deal, seat or "buyer")
    state.saved = "failed"
    state.message = f"{error.sentence} Until then, what you type lasts as long as this page."
    return state


# --- words for the bar ---


def _party(deal: Parts, seat: str) -> str:
    return next((party.name for party in deal.identity.parties if party.role == seat), "")


def _version_words(state: DealState) -> str:
    """One number a person can compare: what is tabled, and one's own entries."""
    if not state.version:
        return ""
    return f"{state.version.get('shared', 0)}.{state.version.get(state.seat, 0)}"


def _news(state: DealState) -> str:
    events = [event for event in state.changes_since() if event.kind in ("tabled", "agreed")]
    if state.last_seen is None or not events:
        return ""
    last = events[-1]
    who = _party(state.deal, last.seat) or f"the {last.seat}"
    if last.kind == "agreed":
        return f"Since you last sat here: {who} agreed to {_agreed(state.deal, last)}"
    events = [event for event in events if event.kind == "tabled"]
    count = sum(len(event.changes) for event in events)
    fields = "1 field" if count == 1 else f"{count} fields"
    return f"Since you last sat here: {fields} {last.kind} by {who}"


def _changed_places(before: Parts, after: Parts, changes: Patch) -> str:
    """The first two places that changed."""
    told = list(dict.fromkeys(_changed_place(before, after, change) for change in changes))
    more = f" and {len(told) - 2} more" if len(told) > 2 else ""
    return f"{', '.join(told[:2])}{more}"


def _changed_place(before: Parts, after: Parts, change: Change) -> str:
    """A place in words; a row that went is called as it was, even if this page never showed it."""
    if change.kind != "remove":
        return place_words(after, change.path)
    gone = change.old
    return value_words(after, change.path, gone) if gone else place_words(before, change.path)


def _agreed(deal: Parts, event: Event) -> str:
    """A chapter by its title, anything else by its own words."""
    places = tuple(change.path for change in event.changes)
    chapter = next((one for one, parts in PARTS.items() if parts == places), None)
    return chapter_title(chapter) if chapter else ", ".join(place_words(deal, p) for p in places)


def _mended(state: DealState) -> str:
    """What is stored and no longer fits its limits, until somebody corrects it."""
    if not state.mends:
        return ""
    first, more = state.mends[0], len(state.mends) - 1
    rest = f" The same is true of {more} more." if more else ""
    return (
        f"{place_words(state.deal, first.path)} is stored with a value that does not fit any more "
        f"and is left out: {first.sentence.rstrip('.')}. Type it anew; what was stored is kept."
        f"{rest}"
    )


def _told_conflict(state: DealState, row: ConflictRow) -> dict[str, Any]:
    """A conflict with its field's label, and both values as that field shows them."""
    deal = state.deal
    who = _party(deal, row.who) or (row.who and f"the {row.who}")
    own = row.who == state.seat
    return {
        **conflict_words(row),
        "label": place_words(deal, row.path),
        "mine_words": value_words(deal, row.path, row.mine, row.theirs),
        "theirs_words": value_words(deal, row.path, row.theirs, row.mine),
        "by": f"{who}, in another page of your side" if own else who,
    }
