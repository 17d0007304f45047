"""What a desk is asked and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from ..deal import Parts
from ..patches import Change, Patch

Version = dict[str, int]
"""The last entry known in each space that a seat sees. Never one counter across spaces: it would
tell the other side when we worked."""


@dataclass(frozen=True)
class Card:
    """One deal in the list of deals."""

    id: str
    title: str
    parties: tuple[str, ...]
    state: Literal["new", "in work", "tabled"]
    target_signing_date: str | None
    last_change: datetime
    last_author: str


@dataclass(frozen=True)
class ConflictRow:
    """One field that two people changed: who, what, when, and both values."""

    path: str
    mine: Any
    theirs: Any
    who: str
    when: datetime
    sentence: str = ""


@dataclass(frozen=True)
class Saved:
    """It is in the store. `merged`: others wrote as well, so load to see it."""

    version: Version
    merged: bool = False


@dataclass(frozen=True)
class Conflict:
    """Nothing was written, because these fields need a choice; `version` is theirs."""

    rows: tuple[ConflictRow, ...]
    version: Version


@dataclass(frozen=True)
class Loaded:
    """A deal as one seat sees it."""

    draft: Parts
    tabled: Parts
    version: Version
    conflicts: tuple[ConflictRow, ...] = ()


@dataclass(frozen=True)
class Event:
    """One entry of the journal, for people: who did what, when and why.

    `kind`: created, edit (a party's own rows), draft, tabled, agreed, retracted, checkpoint.
    """

    space: str
    seq: int
    author: str
    at: datetime
    kind: str
    changes: Patch = ()
    paths: tuple[str, ...] = ()
    note: str = ""
    erased: bool = False


class Desk(Protocol):
    """How a seat at one deal loads, saves, tables and asks."""

    seat: str
    deal_id: str

    def load(self) -> Loaded: ...

    def save(self, changes: Mapping[str, Patch], base: Version) -> Saved | Conflict: ...

    def table(self, note: str = "") -> Saved | Conflict: ...

    def agree(self, paths: tuple[str, ...], note: str = "") -> Saved: ...

    def resolve(self, path: str, keep: Literal["mine", "theirs"]) -> Saved: ...

    def retract(self, seq: int, why: str = "", space: str = "shared") -> Saved: ...

    def history(self, path: str | None = None) -> tuple[Event, ...]: ...

    def story(self, path: str) -> tuple[Event, ...]: ...

    def changes_since(self, moment: datetime | None) -> tuple[Event, ...]: ...


def packed(patch: Patch) -> list[dict[str, Any]]:
    """A patch as it stands in a journal: without what was there before."""
    return [change.model_dump(mode="json", exclude_defaults=True, exclude={"old"}) for change in patch]


def unpacked(raw: list[dict[str, Any]]) -> Patch:
    """The patch of a journal's entry."""
    return tuple(Change.model_construct(**{"kind": "set", **change}) for change in raw)
