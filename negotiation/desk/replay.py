"""From the entries of a space to the document they make, and to events with their old values."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .. import patches
from ..patches import Change, Document, Patch, PatchError
from ..store import Entry
from .answers import Event, packed, unpacked
from .standing import Standing, places
from .steps import DraftChange, Gesture, Step, Steps, told_draft

DISCLOSURE = "identity.disclosure"


@dataclass
class Replay:
    """A space as its entries make it. `events` tell how it came about, oldest first."""

    document: Document = field(default_factory=dict)
    draft: list[DraftChange] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    seq: int = 0
    consent: set[str] = field(default_factory=lambda: {"buyer", "supplier"})
    """Who agreed to the disclosure that is tabled; what a deal is created with, both did."""
    steps: Steps = field(default_factory=Steps)
    """What this side may undo and do again."""
    standing: Standing = field(default_factory=Standing)
    through: int = 0
    """The last entry that a checkpoint replaced."""


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
        result.standing = Standing.read(start.get("standing", {}))
    result.through = through
    for entry in entries:
        follow(entry, result, counts=entry.seq > through)
    return result


def follow(entry: Entry, state: Replay, counts: bool = True) -> None:
    """Let `state` go on by one entry; one that does not count only becomes an event."""
    state.events.append(_event(entry, state, counts))
    state.seq = entry.seq


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
        "standing": state.standing.document(),
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
    kind = body["kind"]
    changes, drafts = _changes(body, state, counts)
    if counts:
        _follow(body, entry, changes, state)
    return Event(
        space=entry.space,
        seq=entry.seq,
        seat=entry.author,
        at=entry.at,
        kind="saved" if kind in ("edit", "undone", "redone") else kind,
        changes=changes + drafts,
        reason=body.get("note", ""),
        erased=entry.body is None,
        drafted=len(drafts),
    )


def _changes(body: dict[str, Any], state: Replay, counts: bool) -> tuple[Patch, Patch]:
    """What an entry changes, made in the state's document if it counts; and of the draft."""
    if body["kind"] == "agreed":
        return _as_it_stands(body["paths"], state.document), ()
    if body["kind"] in ("undone", "redone"):
        return _turn(body["kind"], body["of"], state) if counts else ((), ())
    changes = unpacked(body.get("rows", []))
    drafts = unpacked(body.get("draft", [])) if body["kind"] == "edit" else ()
    return _settled(changes, state.document) if counts else changes, drafts


def _turn(step: Step, seq: int, state: Replay) -> tuple[Patch, Patch]:
    """Take a gesture back or do it again; nothing when its entry was erased."""
    gesture = state.steps.turn(step, seq)
    if gesture is None:
        return (), ()
    if step == "undone":
        state.draft = [item for item in state.draft if item.seq != seq]
        made = _settled(patches.invert(gesture.rows), state.document)
    else:
        # With the base it had: what was tabled since still asks for a choice.
        state.draft += gesture.draft
        made = _settled(gesture.rows, state.document)
        state.steps.gestures[seq] = Gesture(made, gesture.draft)
    return made, told_draft(step, gesture, state.draft)


def _as_it_stands(paths: list[str], document: Document) -> Patch:
    """What was agreed to, with its value where it is one field: a part is named, not copied."""
    found = [(path, patches.found_at(document, path)) for path in paths]
    return tuple(
        Change(path=path, new=None if isinstance(value, dict) or patches.is_table(value) else value)
        for path, value in found
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


def _follow(body: dict[str, Any], entry: Entry, changes: Patch, state: Replay) -> None:
    """What an entry means for the draft, for undo and for who stands to what."""
    kind = body["kind"]
    if kind == "closed":
        _close(body.get("paths"), state)
    elif kind == "edit":
        _edit(body, entry.seq, changes, state)
    elif kind == "retracted" and max(body.get("of", [0])) > state.through:
        state.standing.shaken()
    elif kind in ("tabled", "agreed"):
        state.standing.follow(kind, entry.author, places(kind, body, changes))
        if any(change.path == DISCLOSURE for change in changes):
            earlier = state.consent if kind == "agreed" else set()
            state.consent = {entry.author} | earlier


def _close(paths: list[str] | None, state: Replay) -> None:
    """The draft was tabled: all of it, or what lies at `paths`."""
    if paths is None:
        state.draft.clear()
        state.steps.clear()
        return
    gone = [c for c in state.draft if any(patches.leads_to(p, c.change.path) for p in paths)]
    state.draft = [item for item in state.draft if item not in gone]
    state.steps.forget({item.seq for item in gone})


def _edit(body: dict[str, Any], seq: int, changes: Patch, state: Replay) -> None:
    """One gesture, or the choice that settles a conflict; a choice is not undone."""
    for path in body.get("drop", []):
        state.draft = [c for c in state.draft if not patches.leads_to(path, c.change.path)]
    base = body.get("base", 0)
    fresh = tuple(DraftChange(change, base, seq) for change in unpacked(body.get("draft", [])))
    state.draft += fresh
    if "drop" not in body:
        state.steps.take(seq, Gesture(changes, fresh))
