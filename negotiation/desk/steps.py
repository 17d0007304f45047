"""Undo and redo of one side, worked out from its own journal.

An entry `undone` or `redone` only names the gesture that it takes back or does again. What stood
there before is worked out on replay, so that no value is written a second time and a retracted one
comes back nowhere.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal

from .. import patches
from ..patches import Change, Document, Patch

Step = Literal["undone", "redone"]
_GONE = object()


@dataclass(frozen=True)
class DraftChange:
    """A change of the shared deal that one side has not tabled.

    `base` is the last shared entry that its author knew, `seq` the entry that made it (0: one that
    a checkpoint replaced).
    """

    change: Change
    base: int
    seq: int = 0


@dataclass(frozen=True)
class Gesture:
    """What one entry changed: rows of its author's own, and its draft."""

    rows: Patch
    draft: tuple[DraftChange, ...]


@dataclass
class Steps:
    """The gestures since the draft was last tabled: numbers of entries, the latest last."""

    gestures: dict[int, Gesture] = field(default_factory=dict)
    done: list[int] = field(default_factory=list)
    undone: list[int] = field(default_factory=list)

    def take(self, seq: int, gesture: Gesture) -> None:
        """A new gesture; it ends what could be done again."""
        self.gestures[seq] = gesture
        self.done.append(seq)
        self.undone.clear()

    def clear(self) -> None:
        self.gestures.clear()
        self.done.clear()
        self.undone.clear()

    def forget(self, numbers: set[int]) -> None:
        """Gestures that were tabled, and what was undone, are no longer undone or done again."""
        self.done = [seq for seq in self.done if seq not in numbers]
        self.undone.clear()

    def turn(self, step: Step, seq: int) -> Gesture | None:
        """Note that the gesture `seq` was undone or done again; None when it cannot have been."""
        source, target = self._sides(step)
        if seq not in source:
            return None
        source.remove(seq)
        target.append(seq)
        return self.gestures[seq]

    def latest(self, step: Step, passed: Collection[int]) -> int | None:
        """The gesture to undo, or to do again, next; not one of those `passed` over."""
        open_ones = (seq for seq in reversed(self._sides(step)[0]) if seq not in passed)
        return next(open_ones, None)

    def _sides(self, step: Step) -> tuple[list[int], list[int]]:
        return (self.done, self.undone) if step == "undone" else (self.undone, self.done)


def overwritten(
    step: Step, gesture: Gesture, document: Document, draft: list[DraftChange]
) -> str | None:
    """The path of a field that somebody changed after the gesture, or None."""
    rows = gesture.rows if step == "undone" else patches.invert(gesture.rows)
    for change in rows:
        if change.kind != "move" and not _stands(change, document):
            return change.path
    return next(_covered(gesture.draft, draft), None) if step == "undone" else None


def told_draft(step: Step, gesture: Gesture, draft: list[DraftChange]) -> Patch:
    """What an undone or redone gesture does to the draft, for the history.

    `new` is what an earlier draft holds there; None where the tabled value shows again.
    """
    if step == "redone":
        return tuple(item.change for item in gesture.draft)
    return tuple(
        back.model_copy(update={"old": None, "new": _drafted(back.path, draft)})
        for back in patches.invert(item.change for item in gesture.draft)
    )


def _stands(change: Change, document: Document) -> bool:
    """Whether the document still is as `change` left it."""
    found = patches.found_at(document, change.path, _GONE)
    return found is _GONE if change.kind == "remove" else found == change.new


def _covered(own: tuple[DraftChange, ...], draft: list[DraftChange]) -> Iterator[str]:
    """Places of a gesture's draft that are settled already, or that a later gesture changed."""
    for item in own:
        if item not in draft:
            yield item.change.path
            continue
        later = draft[draft.index(item) + 1 :]
        if any(
            other.seq != item.seq and patches.same_place(other.change.path, item.change.path)
            for other in later
        ):
            yield item.change.path


def _drafted(path: str, draft: list[DraftChange]) -> object:
    held = (c.change.new for c in reversed(draft) if c.change.path == path)
    return next(held, None)
