"""A side's draft: its changes of the shared deal that are not tabled, laid over what is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from .. import patches
from ..deal import Parts
from ..patches import Change, Document, Patch, PatchError
from ..values import FieldError
from .answers import ConflictRow, Event
from .replay import Replay
from .steps import DraftChange

_GONE = object()


@dataclass(frozen=True)
class Draft:
    """Draft changes above the tabled document, and what was tabled meanwhile."""

    changes: tuple[DraftChange, ...]
    tabled: Document
    events: tuple[Event, ...]

    @classmethod
    def above(cls, changes: Iterable[DraftChange], shared: Replay) -> "Draft":
        told = tuple(event for event in shared.events if event.kind == "tabled")
        return cls(tuple(changes), shared.document, told)

    @property
    def document(self) -> Document:
        """The tabled document with every draft change that still finds its place."""
        document, _ = patches.apply_where_possible(self._fitted(), self.tabled)
        return document

    def deal(self, whole: Callable[[Document], Parts]) -> tuple[Parts, tuple[ConflictRow, ...]]:
        """The draft as a deal. Changes that what was tabled meanwhile has made impossible (a floor
        above the new cap) are left out and come back as rows; they stay in the journal."""
        try:
            return whole(self.document), ()
        except FieldError:
            kept, rows = self.tabled, []
        for item in self.changes:
            try:
                candidate = patches.apply((item.change,), kept)
                whole(candidate)
            except PatchError:
                continue
            except FieldError as error:
                rows.append(self._row(item.change, self._last_event(), error.sentence))
            else:
                kept = candidate
        return whole(kept), tuple(rows)

    def conflicts(self, seat: str) -> tuple[ConflictRow, ...]:
        """Fields that this draft changed, and that the other side tabled since, differently."""
        document, rows = self.document, {}
        for item in self.changes:
            for event in self.events:
                if event.seat == seat or event.seq <= item.base:
                    continue
                for clash in patches.conflicts((item.change,), event.changes):
                    if not _equal_at(document, self.tabled, clash.mine.path):
                        rows[clash.mine.path] = self._row(clash.mine, event)
        doubled = [path for path in rows if path in self._doubled]
        inside = [path for path in rows for row in doubled if path.startswith(f"{row}.")]
        both = {path: self._both_added(rows[path], document) for path in doubled}
        return tuple((rows | both)[path] for path in rows if path not in inside)

    def again(self, path: str) -> Patch:
        """The changes that hold my side's value at `path` against what is tabled now."""
        mine = tuple(c for c in self._fitted() if patches.leads_to(path, c.path))
        _, left = patches.apply_where_possible(mine, self.tabled)
        if not left:
            return mine
        return (*self._restored(path), *left)

    @property
    def _doubled(self) -> set[str]:
        """Rows that this draft adds and that the other side has tabled under the same id."""
        adds = (c.change.path for c in self.changes if c.change.kind == "add")
        return {path for path in adds if patches.found_at(self.tabled, path) is not None}

    def _fitted(self) -> Patch:
        """The changes, with a row that is there already as what this side's has otherwise."""
        doubled = self._doubled
        fitted: list[Change] = []
        for change in (item.change for item in self.changes):
            if change.kind == "add" and change.path in doubled:
                there = patches.value_at(self.tabled, change.path)
                fitted += patches.diff(there, change.new, change.path)
            else:
                fitted.append(change)
        return tuple(fitted)

    def _both_added(self, row: ConflictRow, document: Document) -> ConflictRow:
        """One choice for a row that both sides added, whatever else was changed in it since."""
        mine = patches.found_at(document, row.path)
        return replace(row, mine=mine, sentence="Both sides added this.")

    def _restored(self, path: str) -> Patch:
        """The row that the other side removed from under `path`, to be added again."""
        for event in reversed(self.events):
            for change in event.changes:
                if change.kind == "remove" and patches.same_place(change.path, path):
                    (row,) = patches.invert((change,))
                    return (row,)
        return ()

    def _last_event(self) -> Event | None:
        return self.events[-1] if self.events else None

    def _row(self, mine: Change, event: Event | None, sentence: str = "") -> ConflictRow:
        return ConflictRow(
            path=mine.path,
            mine=mine.new,
            theirs=patches.found_at(self.tabled, mine.path),
            who=event.seat if event else "",
            when=event.at if event else None,
            sentence=sentence,
        )


def laid_over(document: Document, changes: Iterable[DraftChange]) -> Draft:
    """A draft above a document whose history does not matter."""
    return Draft(tuple(changes), document, ())


def disputes(mine: Patch, events: Iterable[Event]) -> tuple[ConflictRow, ...]:
    """Where `mine` and what others wrote in `events` change the same field differently."""
    rows = {}
    for event in events:
        for clash in patches.conflicts(mine, event.changes):
            theirs = None if clash.theirs.kind == "remove" else clash.theirs.new
            rows[clash.mine.path] = ConflictRow(
                clash.mine.path, clash.mine.new, theirs, event.seat, event.at
            )
    return tuple(rows.values())


def _equal_at(one: Document, other: Document, path: str) -> bool:
    """Whether both have the same there; a row that has gone equals nothing."""
    value = patches.found_at(one, path, _GONE)
    return value is not _GONE and value == patches.found_at(other, path, _GONE)
