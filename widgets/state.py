"""DealState: the one thing in a chapter that changes. Widgets write to it and follow it."""

from collections.abc import Callable, Iterable
from typing import Any

import traitlets as tl

from negotiation import patches, spaces
from negotiation.deal import Deal, Parts, difference
from negotiation.values import FieldError

Patches = dict[str, patches.Patch]


class DealState(tl.HasTraits):
    """A deal as one seat works on it, saved to its desk after each edit has been shown.

    Without a desk nothing is stored: for samples, tests and trying out.
    """

    deal = tl.Instance(Parts, help="What is shown: the draft or what is tabled, as `view` says.")
    view = tl.Enum(("draft", "tabled"), "draft")
    seat = tl.Enum(spaces.SEATS, "buyer")
    version = tl.Dict(help="The last entry known in each space that this seat sees.")
    saved = tl.Enum(("saved", "saving", "offline", "failed"), "saved")
    message = tl.Unicode(help="A sentence for the person, or nothing.")
    conflicts = tl.List(help="Fields that wait for a choice: path, mine, theirs, who, when.")
    untabled = tl.Int(help="How many changes of this side's draft the other side has not seen.")

    def __init__(self, deal: Parts, seat: str = "buyer"):
        self._tabled = deal
        self._draft = deal
        self._undone: list[Patches] = []
        self._done: list[Patches] = []
        super().__init__(deal=deal, seat=seat)
        self.observe(self._show, "view")

    # --- what widgets call ---

    def edit(self, path: str, value: Any) -> None:
        """Set one field. Raises `FieldError` if the value does not fit; then nothing has changed."""
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

    def undo(self) -> None:
        """Take back the last edit of this sitting, and only that."""
        self._replay(self._done, self._undone, "undo")

    def redo(self) -> None:
        """Do again what was undone last."""
        self._replay(self._undone, self._done, "redo")

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

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
        changes = difference(self._draft, deal)
        if not changes:
            return
        self._may_change(changes)
        self._done.append(changes)
        self._undone.clear()
        self._accept(deal, changes)

    def _may_change(self, changes: Patches) -> None:
        for space, patch in changes.items():
            if space not in (spaces.SHARED, self.seat):
                raise FieldError(
                    patch[0].path,
                    f"This belongs to the {space}; only the {space}'s seat changes it.",
                )

    def _accept(self, deal: Parts, changes: Patches) -> None:
        self._draft = deal
        self._show()

    def _replay(self, source: list[Patches], target: list[Patches], word: str) -> None:
        if not source:
            return
        changes = {space: patches.invert(patch) for space, patch in source[-1].items()}
        try:
            deal = self._draft.patched(changes)
        except FieldError as error:
            self.message = f"Cannot {word}: {error.sentence}"
            source.pop()
            return
        source.pop()
        target.append(changes)
        self._accept(deal, changes)

    def _show(self, change: Any = None) -> None:
        shared = difference(self._tabled, self._draft).get(spaces.SHARED, ())
        self.untabled = len(shared)
        self.deal = self._draft if self.view == "draft" else self._tabled


def _at(deal: Deal | None, path: str) -> Any:
    try:
        return None if deal is None else deal.get(path)
    except FieldError:
        return None
