"""DealState: the one thing in a chapter that changes. Widgets write to it and follow it."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any, Literal

import traitlets as tl

from negotiation import patches, spaces
from negotiation.deal import Parts
from negotiation.desk import Conflict, ConflictRow, Desk, Event, Loaded, Saved, Standing, StoreError
from negotiation.mending import Mend
from negotiation.spaces import SHARED
from negotiation.values import FieldError

Patches = dict[str, patches.Patch]
Documents = dict[str, patches.Document]


class DealState(tl.HasTraits):
    """A deal as one seat works on it, saved to its desk after each edit has been shown.

    Give it a desk at a deal, or a deal alone: then nothing is stored (samples, tests, trying out).
    """

    deal = tl.Instance(Parts, help="What is shown: the draft or what is tabled, as `view` says.")
    view = tl.Enum(("draft", "tabled"), "draft")
    seat = tl.Enum(spaces.SEATS, "buyer")
    version = tl.Dict(help="The last entry known in each space that this seat sees.")
    saved = tl.Enum(("saved", "saving", "offline", "failed"), "saved")
    message = tl.Unicode(help="A sentence for the person, or nothing.")
    conflicts = tl.List(help="`ConflictRow`s: fields that wait for a choice.")
    standing = tl.Instance(Standing, (), help="Who stands to what is tabled.")
    untabled = tl.Int(help="How many changes of this side's draft the other side has not seen.")

    def __init__(self, deal: Parts | None = None, seat: str = "buyer", desk: Desk | None = None):
        self.desk = desk
        self.last_seen: datetime | None = None
        self.mends: tuple[Mend, ...] = ()
        self.worked_out: dict[tuple, tuple[tuple, Any]] = {}
        """By question: what the latest answer rests on, and the answer, for widgets that share it.
        """
        self._pending: list[Patches] = []
        self._held: dict[str, tuple[str, patches.Change]] = {}
        self._forget_edits()
        super().__init__(seat=desk.seat if desk else seat)
        if desk is not None:
            loaded = desk.load()
            self.version, self.conflicts = loaded.version, list(loaded.conflicts)
            self._know(loaded)
            self._take(loaded.tabled, loaded.draft)
        elif deal is not None:
            self._take(deal, deal)
        else:
            raise ValueError("A DealState needs a deal, or a desk at one.")
        self.observe(self._show, "view")

    # --- what widgets call: edits ---

    def edit(self, path: str, value: Any) -> None:
        """Set one field. Raises `FieldError`, with nothing changed, if the value does not fit."""
        self._commit(self._open_draft(path).set(path, value))

    def edit_many(self, pairs: Iterable[tuple[str, Any]]) -> None:
        """Set several fields as one gesture; they are checked together."""
        pairs = list(pairs)
        if pairs:
            self._commit(self._open_draft(pairs[0][0]).set_many(pairs))

    def add(self, table_path: str, row: Any, before: str | None = None) -> None:
        """Add a row before the row with the id `before`, or last."""
        self._commit(self._open_draft(table_path).add(table_path, row, before))

    def remove(self, path: str) -> None:
        """Remove a row."""
        self._commit(self._open_draft(path).remove(path))

    def move(self, path: str, before: str | None) -> None:
        """Put a row before the row with the id `before`, or last."""
        self._commit(self._open_draft(path).move(path, before))

    def replace(self, deal: Parts) -> None:
        """Take `deal` as the draft in one gesture, for a file that was read."""
        self._open_draft("identity")
        self._commit(deal)

    def undo(self) -> patches.Patch:
        """Take back this side's last gesture since it tabled, in whichever page it was made.

        Returns what changed by that, which may lie in another chapter. What cannot be undone stays:
        `message` says so, and the next undo takes the gesture before. Without a desk it is the
        last edit of this sitting.
        """
        if self.desk is None:
            return self._replay(self._done, self._undone, "undone")
        return self._step(self.desk.undo, "undone")

    def redo(self) -> patches.Patch:
        """Do again what was undone last; returns what changed."""
        if self.desk is None:
            return self._replay(self._undone, self._done, "done again")
        return self._step(self.desk.redo, "done again")

    @property
    def tabled(self) -> Parts:
        """The deal as both sides know it, with this seat's own rows as they are now."""
        if self._tabled is None:
            documents = {**self._documents, SHARED: self._tabled_shared}
            self._tabled = self._draft.read(spaces.merge(documents))
        return self._tabled

    @property
    def book_open(self) -> bool:
        """Whether both parties read each other's rows now; a proposal alone opens nothing."""
        if self.desk is None:
            return getattr(self.deal.identity, "disclosure", "") == "open_book"
        return self.standing.book_open

    @property
    def can_undo(self) -> bool:
        return bool(self._done or self._pending or self._open_steps(0))

    @property
    def can_redo(self) -> bool:
        return bool(self._undone or (not self._pending and self._open_steps(1)))

    # --- what widgets call: the other side ---

    def table(self, note: str = "", paths: Iterable[str] = ()) -> bool:
        """Publish the draft to the other side, with a reason; with `paths`, only what lies there.

        When something newer is tabled, nothing is published: it is shown, and `message` says so.
        Without a desk there is no other side, and the whole draft counts as tabled. Returns
        whether it was done, so that a reason that was not published is kept.
        """
        self._write()
        if self._pending:
            return False
        if self.desk is None:
            self._forget_edits()
            self._take(self._draft, self._draft)
            return True
        known = self.version.get(SHARED, 0)
        answer = self._ask(lambda: self.desk.table(note, tuple(paths), known))
        if isinstance(answer, Conflict):
            self.conflicts = list(answer.rows)
            self.message = "Before it is tabled, choose what the fields below shall be."
            return False
        return self._acted(answer)

    def agree(self, paths: Iterable[str], note: str = "") -> bool:
        """Note that this seat agrees to what is tabled at `paths`, as it is shown here.

        `message` says so when something newer is tabled; without a desk there is nobody to tell.
        Returns whether it was done.
        """
        if self.desk is None:
            return False
        known = self.version.get(SHARED, 0)
        return self._acted(self._ask(lambda: self.desk.agree(tuple(paths), note, known)))

    def _acted(self, answer: Saved | None) -> bool:
        """After an act before the other side; one that was refused shows what is newer."""
        if answer is None:
            self.look()
            return False
        self.message = ""
        self._load()
        return True

    def drafted(self, paths: Iterable[str]) -> int:
        """How many changes of this side's draft lie at `paths`."""
        paths = tuple(paths)
        return sum(
            any(patches.leads_to(place, change.path) for place in paths) for change in self._drafts
        )

    def resolve(self, path: str, keep: Literal["mine", "theirs"]) -> None:
        """Choose, for one field in `conflicts`."""
        held = self._held.pop(path, None)
        if held is None:
            if self._ask(lambda: self.desk.resolve(path, keep)) is not None:
                self._load()
            return
        space, change = held
        self.conflicts = [row for row in self.conflicts if row.path != path]
        if keep == "mine":
            self._commit(self._draft.patched({space: self._over(space, change)}))
        self._settle()

    def look(self) -> None:
        """See whether others wrote meanwhile, and show it; cheap, so a page may call it often."""
        if self.desk is None or self._pending or self._held:
            return
        version = self._ask(self.desk.heads)
        if version is not None and version != self.version:
            self._load()

    def sit(self, seat: str | None = None, deal_id: str | None = None) -> None:
        """Change the seat, or go to another deal of the same desk, to the seat last taken there."""
        self._write()
        if self._pending:
            return
        if self.desk is None:
            self.seat = seat or self.seat
            return
        if deal_id is not None and seat is None:
            seat = self.desk.chosen_seat(deal_id)
        self.desk = self.desk.at(deal_id, seat)
        self._forget_edits()
        self._held.clear()
        self.last_seen = self._ask(self.desk.sit_down)
        with self.hold_trait_notifications():
            self.seat = self.desk.seat
            self._load()

    def changes_since(self) -> tuple[Event, ...]:
        """What others did since this seat last sat here; everything at a first visit."""
        return self.desk.changes_since(self.last_seen) if self.desk else ()

    def retry(self) -> None:
        """Try again to save what could not be saved."""
        self._write()

    def follow(self, show: Callable[[Parts], None], *paths: str) -> Callable[[], None]:
        """Call `show(deal)` now and whenever the deal, or one of `paths`, changes.

        Returns a function that stops it.
        """

        def changed(change: Any) -> None:
            if not paths or any(_at(change.old, p) != _at(change.new, p) for p in paths):
                show(change.new)

        self.observe(changed, "deal")
        show(self.deal)
        return lambda: self.unobserve(changed, "deal")

    # --- how an edit lands ---

    def _open_draft(self, path: str) -> Parts:
        if self.view == "tabled":
            raise FieldError(
                path, "You are looking at what is tabled; go to your draft to change it."
            )
        return self._draft

    def _commit(self, deal: Parts) -> None:
        documents = spaces.split(deal.document())
        changes = spaces.differences(self._documents, documents)
        if not changes:
            return
        self._may_change(changes)
        if self.desk is None:
            self._done.append(changes)
            self._undone.clear()
        self._accept(deal, documents, changes)

    def _may_change(self, changes: Patches) -> None:
        for space, patch in changes.items():
            if space not in (SHARED, self.seat):
                raise FieldError(
                    patch[0].path,
                    f"This belongs to the {space}; only the {space}'s seat changes it.",
                )

    def _accept(self, deal: Parts, documents: Documents, changes: Patches) -> None:
        if self.desk is not None:
            self._pending.append(changes)
            self.saved, self.message = "saving", ""
        self._draft, self._documents = deal, documents
        if changes.keys() - {SHARED}:
            self._tabled = None
        self._show()
        if self.desk is not None:
            self._write_after_repaint()

    def _replay(self, source: list[Patches], target: list[Patches], word: str) -> patches.Patch:
        if not source:
            return ()
        changes = {space: patches.invert(patch) for space, patch in source.pop().items()}
        try:
            deal = self._open_draft("identity").patched(changes)
        except FieldError as error:
            self.message = f"This cannot be {word}: {error.sentence}"
            return ()
        target.append(changes)
        self._accept(deal, spaces.split(deal.document()), changes)
        return tuple(change for patch in changes.values() for change in patch)

    def _over(self, space: str, change: patches.Change) -> patches.Patch:
        """The held change; a row that both added as what this page's has otherwise."""
        there = patches.found_at(self._documents[space], change.path)
        if change.kind == "add" and there is not None:
            return patches.diff(there, change.new, change.path)
        return (change,)

    def _step(self, turn: Callable[[Collection[int]], Saved], word: str) -> patches.Patch:
        """Undo or redo at the desk, which knows the gestures of every page of this side and
        chooses the newest: this page may not have looked."""
        self._open_draft("identity")
        self._write()
        at = 0 if word == "undone" else 1
        if self._pending or self._held or not self._open_steps(at):
            return ()
        changes, refused, self.message = (), False, ""
        try:
            changes = turn([seq for side, seq in self._refused_steps if side == at]).changes
            self._refused_steps.clear()
        except FieldError as error:
            self.message = f"This cannot be {word}: {error.sentence}"
            refused = True
        except StoreError as error:
            self.message = error.sentence
            return ()
        self._load()
        if refused and self._open_steps(at):
            self._refused_steps.add((at, self._open_steps(at)[-1]))
        return changes

    def _open_steps(self, at: int) -> list[int]:
        """The gestures to undo (0) or to redo (1) that were not refused already."""
        return [seq for seq in self._steps[at] if (at, seq) not in self._refused_steps]

    def _forget_edits(self) -> None:
        self._done: list[Patches] = []
        self._undone: list[Patches] = []
        self._steps: tuple[tuple[int, ...], tuple[int, ...]] = (), ()
        self._refused_steps: set[tuple[int, int]] = set()

    def _know(self, loaded: Loaded) -> None:
        self.standing, self.mends = loaded.standing, loaded.mends
        self._steps = loaded.done, loaded.undone

    # --- what is shown ---

    def _take(self, tabled: Parts, draft: Parts) -> None:
        self._tabled: Parts | None = tabled
        self._draft = draft
        self._documents = spaces.split(draft.document())
        told = self._documents if tabled is draft else spaces.split(tabled.document())
        self._tabled_shared = told[SHARED]
        self._show()

    def _untabled(self) -> Patches:
        return {SHARED: patches.diff(self._tabled_shared, self._documents[SHARED])}

    def _show(self, change: Any = None) -> None:
        self._drafts = self._untabled()[SHARED]
        self.untabled = len(self._drafts)
        self.deal = self._draft if self.view == "draft" else self.tabled

    # --- saving ---

    def _write_after_repaint(self) -> None:
        try:
            asyncio.get_running_loop().call_soon(self._write)
        except RuntimeError:
            self._write()

    def _write(self) -> None:
        """Save every pending gesture in its order; what fails stays pending."""
        merged = False
        while self._pending:
            answer = self._ask(lambda: self.desk.save(self._pending[0], self.version))
            if answer is None:
                return
            if isinstance(answer, Conflict):
                self._hold(answer)
                merged = True
                continue
            self._pending.pop(0)
            self.version = answer.version
            self._steps = (*self._steps[0], answer.version[self.seat]), ()
            merged = merged or answer.merged
        if merged:
            self._load()
        self._settle()

    def _ask(self, question: Callable[[], Any]) -> Any:
        """The desk's answer; None, with a sentence in `message`, when the store cannot."""
        try:
            return question()
        except (StoreError, FieldError) as error:
            self.message = error.sentence
            if self._pending:
                self.saved = "failed"
            return None

    def _hold(self, conflict: Conflict) -> None:
        """Put the disputed changes of the first gesture aside, so that the others are saved."""
        disputed = {row.path for row in conflict.rows}
        rest: Patches = {}
        for space, patch in self._pending[0].items():
            for item in patch:
                if item.path in disputed:
                    self._held[item.path] = (space, item)
                else:
                    rest[space] = (*rest.get(space, ()), item)
        self._pending[:1] = [rest] if rest else []
        self.version = conflict.version
        others = [row for row in self.conflicts if row.path not in disputed]
        self.conflicts = [*others, *conflict.rows]

    def _settle(self) -> None:
        if self._held:
            # Not "saved": the page must keep what was typed until somebody has chosen.
            self.saved = "failed"
            self.message = "Somebody changed the same field. Choose which value shall stand."
        elif not self._pending:
            self.saved = "saved"

    def _load(self) -> None:
        loaded = self._ask(self.desk.load)
        if loaded is None:
            return
        held = [row for row in self.conflicts if row.path in self._held]
        with self.hold_trait_notifications():
            self.version = loaded.version
            self.conflicts = [*held, *loaded.conflicts]
            self._know(loaded)
            self._take(loaded.tabled, loaded.draft)


def conflict_words(row: ConflictRow) -> dict[str, Any]:
    """A conflict as the page shows it."""
    return {
        "path": row.path,
        "mine": row.mine,
        "theirs": row.theirs,
        "who": row.who,
        "when": row.when.isoformat() if row.when else "",
        "sentence": row.sentence,
    }


def _at(deal: Parts | None, path: str) -> Any:
    try:
        return None if deal is None else deal.get(path)
    except FieldError:
        return None
