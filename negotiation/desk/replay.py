"""From the entries of a space to the document they make, and to events with their old values."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .. import patches
from ..patches import Change, Document, Patch, PatchError
from ..store import Entry
from .answers import Event, packed, unpacked

DISCLOSURE = "identity.disclosure"


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
    consent: set[str] = field(default_factory=lambda: {"buyer", "supplier"})
    """Who agreed to the disclosure that is tabled; what a deal is created with, both did."""


def replay(
    entries: Iterable[Entry], completed: Callable[[Document], Document] = lambda found: found
) -> Replay:
    """Replay a space from its latest checkpoint; older entries only become events.

    `completed` gives the document it starts from the parts that it was written without.
    """
    entries = list(entries)
    start, through = _start(entries)
    result = Replay()
    if start is not None:
        result.document = completed(start["document"])
        base = start.get("base", 0)
        result.draft = [DraftChange(change, base) for change in unpacked(start.get("draft", []))]
        result.consent = set(start.get("consent", result.consent))
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
        "consent": sorted(state.consent),
    }


def decides_the_book(body: dict[str, Any]) -> bool:
    """Whether an entry tables the disclosure, or agrees to it."""
    tabled = [change.path for change in unpacked(body.get("rows", []))]
    return DISCLOSURE in (*tabled, *body.get("paths", []))


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
    changes = unpacked(body.get("rows", []))
    if body["kind"] == "agreed":
        changes = _as_it_stands(body["paths"], state.document)
    elif counts:
        changes = _settled(changes, state.document)
    if counts:
        _follow(body, entry.author, changes, state)
    return Event(
        space=entry.space,
        seq=entry.seq,
        seat=entry.author,
        at=entry.at,
        kind="saved" if body["kind"] == "edit" else body["kind"],
        changes=changes
        + (unpacked(body["draft"]) if body["kind"] == "edit" and "draft" in body else ()),
        reason=body.get("note", ""),
        erased=entry.body is None,
    )


def _as_it_stands(paths: list[str], document: Document) -> Patch:
    found = [(path, patches.found_at(document, path)) for path in paths]
    return tuple(Change(path=path, new=value) for path, value in found)


def _settled(changes: Patch, document: Document) -> Patch:
    """Make the changes, with what stood there before; one whose row was retracted is left out."""
    made = []
    for change in changes:
        try:
            made.append(patches.settle(change, document))
        except PatchError:
            continue
    return tuple(made)


def _follow(body: dict[str, Any], author: str, changes: Patch, state: Replay) -> None:
    """What an entry means for the draft and for the consent to open the book."""
    if body["kind"] == "closed":
        state.draft.clear()
    elif body["kind"] == "edit":
        for path in body.get("drop", []):
            state.draft = [c for c in state.draft if not patches.leads_to(path, c.change.path)]
        base = body.get("base", 0)
        state.draft += [DraftChange(change, base) for change in unpacked(body.get("draft", []))]
    elif any(change.path == DISCLOSURE for change in changes):
        state.consent = {author} | (state.consent if body["kind"] == "agreed" else set())
