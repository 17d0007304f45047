"""A table of the deal as people edit it: each gesture goes to the state, the state paints it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from negotiation.deal import Parts
from negotiation.values import FieldError

from .fields import Field
from .ids import fresh_id
from .state import DealState
from .table import Table

OURS, THEIRS = "ours", "theirs"
SPACE = Field(
    "space", "Who sees it", "choice",
    choices=(("shared", "both sides"), (OURS, "our side"), (THEIRS, "the other side")),
)


class Rows(Table):
    """The rows at `path` of `state.deal`, edited in place.

    `only` picks the rows that show; `shown(deal, row)` gives entries besides the row's own fields,
    for read-only columns and notes; `new()` the fields of a fresh row (without one, rows cannot be
    added). A column `space` says in words who sees a row; rows of the other side, which an open
    book shows, cannot be edited. The rows are painted anew when their part of the deal changes, or
    one of the paths `beside` it. Other options are those of `Table`.
    """

    def __init__(
        self,
        state: DealState,
        path: str,
        columns: Sequence[Field],
        *,
        only: Callable[[Any], bool] = lambda row: True,
        shown: Callable[[Parts, Any], dict] = lambda deal, row: {},
        new: Callable[[], dict] | None = None,
        stem: str = "",
        key: str = "",
        beside: Sequence[str] = (),
        **options: Any,
    ):
        self._path, self._only, self._entries, self._new, self._stem = path, only, shown, new, stem
        super().__init__(
            [replace(column, editable_if=column.editable_if or "_ours") for column in columns],
            key=key or path, add=new is not None, remove=new is not None, state=state, **options,
        )
        self.on_edit(self._record)
        self.on_add(self._append)
        self.on_remove(self._drop)
        self.on_move(lambda row_id, before: state.move(f"{path}.{row_id}", before))
        self.on_paste(self._record_many)
        state.follow(self._follow, path.partition(".")[0], "identity", *beside)
        state.observe(lambda _change: self._follow(state.deal), "seat")

    def _record(self, row_id: str, column: str, value: Any) -> None:
        if self._find(row_id) is not None:
            self._state.edit(f"{self._path}.{row_id}.{column}", self._held(column, value))

    def _append(self) -> None:
        self._state.add(self._path, self._fresh(self._state.deal))

    def _drop(self, row_id: str) -> None:
        self._state.remove(f"{self._path}.{row_id}")

    def _record_many(self, edits: tuple, new_rows: tuple) -> None:
        """All of a pasted rectangle in one gesture, or nothing."""
        pairs = [(f"{self._path}.{row_id}.{column}", self._held(column, value))
                 for row_id, column, value in edits]
        trial = self._state.deal.set_many(pairs)
        for cells in new_rows:
            held = {column: self._held(column, value) for column, value in cells.items()}
            trial = trial.add(self._path, self._fresh(trial) | held)
        self._state.replace(trial)

    def _fresh(self, deal: Parts) -> dict:
        return {"id": fresh_id(deal.get(self._path), self._stem, self._state.seat)} | self._new()

    def _held(self, column: str, value: Any) -> Any:
        if column != "space" or value == "shared":
            return value
        if value == OURS:
            return self._state.seat
        raise FieldError(f"{self._path}.space", "Nobody puts a row into the other side's notes.")

    def _follow(self, deal: Parts) -> None:
        try:
            rows = deal.get(self._path)
        except FieldError:
            # A table inside a row that was removed; undo may bring it back.
            rows = ()
        self.rows = tuple(
            self._fields(row) | self._entries(deal, row) for row in rows if self._only(row)
        )

    def _fields(self, row: Any) -> dict:
        """The row's own fields, with its space in words of this seat."""
        cells = dict(row)
        space = cells.get("space", "shared")
        if space != "shared":
            cells["space"] = OURS if space == self._state.seat else THEIRS
        theirs = cells.get("space") == THEIRS
        return cells | {"_ours": not theirs, "_fixed": theirs}
