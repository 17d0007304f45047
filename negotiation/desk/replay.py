"""From the entries of a space to the document they make, and to events with their old values."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .. import patches
from ..patches import Change, Document, Patch, PatchError
from ..store import Entry
from .answers import Event, packed, unpacked


@dataclass(frozen=True)
class DraftChange:
    """A change of the shared deal that one side has not tabled; `base` is the last shared entry
    that its author knew."""

    change: Change
    base: int


@dataclass
class Replay:
    """A space as its entries make it. `events` tell how it came about, oldest first."""

    document: Document = field(default_factory=dict)
    draft: list[DraftChange] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    seq: int = 0


def replay(entries: Iterable[Entry]) -> Replay:
    """Replay a space from its latest checkpoint; older entries only become events."""
    entries = list(entries)
    start, through = _start(entries)
    result = Replay()
    if start is not None:
        result.document = start["document"]
        result.draft = [DraftChange(c, start.get("base", 0)) for c in unpacked(start.get("draft", []))]
    for entry in entries:
        result.events.append(_event(entry, result, counts=entry.seq > through))
        result.seq = entry.seq
    return result


def checkpoint(state: Replay) -> dict[str, Any]:
    """The body of an entry from which the space can be replayed without those before it."""
    base = min((item.base for item in state.draft), default=0)
    return {
        "kind": "checkpoint",
        "through": state.seq,
        "document": state.document,
        "draft": packed(tuple(item.change for item in state.draft)),
        "base": base,
    }


def _start(entries: list[Entry]) -> tuple[dict[str, Any] | None, int]:
    """The body to start from, and the number of the last entry that it contains."""
    for entry in reversed(entries):
        if entry.body and entry.body["kind"] == "checkpoint":
            return entry.body, entry.body["through"]
    first = entries[0] if entries else None
    if first and first.body and first.body["kind"] == "created":
        return first.body, first.seq
    return None, 0


def _event(entry: Entry, state: Replay, counts: bool) -> Event:
    body = entry.body or {"kind": "retracted"}
    told = {"note": body.get("note", ""), "paths": tuple(body.get("paths", ()))}
    changes = unpacked(body.get("rows", []))
    if counts:
        changes = _settled(changes, state.document)
        _draft(body, state)
    kind = "draft" if body.get("draft") and not changes else body["kind"]
    if kind == "draft":
        changes = unpacked(body["draft"])
    return Event(
        space=entry.space,
        seq=entry.seq,
        author=entry.author,
        at=entry.at,
        kind=kind,
        changes=changes,
        erased=entry.body is None,
        **told,
    )


def _settled(changes: Patch, document: Document) -> Patch:
    """Make the changes, with what stood there before; one whose row was retracted is left out."""
    made = []
    for change in changes:
        try:
            made.append(patches.settle(change, document))
        except PatchError:
            continue
    return tuple(made)


def _draft(body: dict[str, Any], state: Replay) -> None:
    if body["kind"] == "tabled" and "rows" not in body:
        state.draft.clear()
    for path in body.get("drop", []):
        state.draft = [item for item in state.draft if not _at_or_below(item.change.path, path)]
    base = body.get("base", 0)
    state.draft += [DraftChange(change, base) for change in unpacked(body.get("draft", []))]


def _at_or_below(path: str, place: str) -> bool:
    return path == place or path.startswith(place + ".")
