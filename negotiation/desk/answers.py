"""What a desk is asked and what it answers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from ..deal import Parts
from ..mending import Mend
from ..patches import Change, Patch
from ..values import Value
from .standing import Standing

Version = dict[str, int]
"""The last entry known in each space that a seat sees. Never one counter across spaces: it would
tell the other side when we worked."""


class Card(Value):
    """One deal in the list of deals: where it stands, its next gate, and who touched it last."""

    id: str
    title: str
    parties: tuple[str, ...]
    state: str
    next_gate: str
    target_signing_date: date | None
    last_change: datetime
    last_seat: str


@dataclass(frozen=True)
class ConflictRow:
    """One field that two people changed: who, what, when, and both values."""

    path: str
    mine: Any
    theirs: Any
    who: str
    when: datetime | None
    sentence: str = ""


@dataclass(frozen=True)
class Saved:
    """It is in the store. `merged`: others wrote as well, so load to see it. `changes`: what was
    undone or done again."""

    version: Version
    merged: bool = False
    changes: Patch = ()


@dataclass(frozen=True)
class Conflict:
    """Nothing was written, because these fields need a choice; `version` is theirs."""

    rows: tuple[ConflictRow, ...]
    version: Version


@dataclass(frozen=True)
class Loaded:
    """A deal as one seat sees it.

    `done` and `undone` number the gestures that it may undo and do again, the latest last: its own
    since it last tabled.
    """

    draft: Parts
    tabled: Parts
    version: Version
    conflicts: tuple[ConflictRow, ...] = ()
    done: tuple[int, ...] = ()
    undone: tuple[int, ...] = ()
    standing: Standing = field(default_factory=Standing)
    mends: tuple[Mend, ...] = ()
    """What is stored and no longer fits its limits; it is left out of `draft` and `tabled`."""


@dataclass(frozen=True)
class Event:
    """One entry of a journal, for people: who did what, when and why.

    `kind`: `created`, `saved` (own rows, or the draft), `tabled`, `agreed`, `retracted`, and for
    the journal's own housekeeping `closed` (a draft that was tabled) and `checkpoint`. An erased
    entry keeps seat and time. The changes of `agreed` say what was agreed to. The last `drafted`
    changes are of a draft: no other side hears of them, however open the book.
    """

    space: str
    seq: int
    seat: str
    at: datetime
    kind: str
    changes: Patch = ()
    reason: str = ""
    erased: bool = False
    drafted: int = 0


class Desk(Protocol):
    """How a seat at one deal loads, saves, tables and asks; `LocalDesk` says what each answers."""

    seat: str
    deal_id: str

    def at(self, deal_id: str | None = None, seat: str | None = None) -> "Desk": ...

    def deals(self) -> tuple[Card, ...]: ...

    def create(self, deal: Parts) -> "Desk": ...

    def copy(self, title: str) -> "Desk": ...

    def delete(self) -> None: ...

    def heads(self) -> Version: ...

    def load(self) -> Loaded: ...

    def save(self, changes: Mapping[str, Patch], base: Version) -> Saved | Conflict: ...

    def undo(self, passed: Collection[int] = ()) -> Saved: ...

    def redo(self, passed: Collection[int] = ()) -> Saved: ...

    def table(
        self, note: str = "", paths: tuple[str, ...] = (), known: int | None = None
    ) -> Saved | Conflict: ...

    def agree(self, paths: tuple[str, ...], note: str = "", known: int | None = None) -> Saved: ...

    def resolve(self, path: str, keep: Literal["mine", "theirs"]) -> Saved: ...

    def retract(self, seq: int, why: str = "", space: str = "shared") -> Saved: ...

    def history(self, path: str | None = None) -> tuple[Event, ...]: ...

    def story(self, path: str) -> tuple[Event, ...]: ...

    def changes_since(self, moment: datetime | None) -> tuple[Event, ...]: ...

    def sit_down(self) -> datetime | None: ...

    def last_seen(self) -> datetime | None: ...

    def chosen_seat(self, deal_id: str) -> str: ...


def packed(patch: Patch) -> list[dict[str, Any]]:
    """A patch as it stands in a journal: without what was there before."""
    return [
        change.model_dump(mode="json", exclude_defaults=True, exclude={"old"}) for change in patch
    ]


def unpacked(raw: list[dict[str, Any]]) -> Patch:
    """The patch of a journal's entry."""
    return tuple(Change.model_construct(**{"kind": "set", **change}) for change in raw)
