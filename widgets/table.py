"""A table that people edit: real inputs in a real table, one event per finished gesture."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

import traitlets as tl

from negotiation.values import FieldError

from . import fields
from .control import Callbacks, front_end
from .editing import Editing
from .fields import Field

PASTE_LIMIT_BYTES = 2_000_000
PASTE_LIMIT_CELLS = 5_000
TOO_TALL = "The rectangle is taller than the table. Nothing was pasted."
TOO_WIDE = "The rectangle is wider than the table. Nothing was pasted."


class Table(Editing):
    """Rows of fields that a person edits.

    `rows` is a tuple of dicts, each with a unique `id` and the columns' keys; optionally `_errors`
    ({column: sentence}), `_doubts` (the same about a value that is taken and looks wrong), `_note`
    (a line under the first cell), `_muted`, `_fixed` (it is neither removed nor moved), and
    `_fields` ({column: Field}) where this row's cell is typed in another way than its column: a
    table of terms has a rate in one row and a choice in the next. Assigning `rows` repaints what
    changed and leaves a text that is being typed alone.

    `key` names the table within its chapter; with `state` (the chapter's `DealState`) what was
    typed and not yet saved is found again by it after a reload.
    Callbacks may raise `FieldError`; its sentence then stands at the cell, with the value kept.
    """

    _esm = front_end("element.js", "queue.js", "fields.js", "stack.js", "table.js")
    _css = front_end("fields.css", "table.css")
    _events: ClassVar = {"edit": "_edit", "add": "_add", "remove": "_remove", "move": "_move",
               "paste": "_paste"}

    rows = tl.Tuple()
    caption = tl.Unicode().tag(sync=True)
    empty = tl.Unicode().tag(sync=True)
    columns_shown = tl.List().tag(sync=True)
    rows_shown = tl.List().tag(sync=True)
    abilities = tl.Dict().tag(sync=True)

    def __init__(
        self,
        columns: Sequence[Field],
        rows: Iterable[dict] = (),
        *,
        caption: str,
        key: str,
        add: bool = False,
        remove: bool = False,
        reorder: bool = False,
        empty: str = "Nothing here yet.",
        paste: bool = True,
        add_label: str = "Add a row",
        state: Any = None,
    ):
        self.columns = tuple(columns)
        self._by_key = {column.key: column for column in self.columns}
        self._added, self._removed = Callbacks(), Callbacks()
        self._moved, self._pasted = Callbacks(), Callbacks()
        super().__init__(
            state,
            rows=tuple(rows),
            caption=caption,
            key=key,
            empty=empty,
            columns_shown=[fields.describe(column) for column in self.columns],
            abilities={
                "add": add_label if add else "", "remove": remove, "reorder": reorder,
                "paste": paste, "paste_bytes": PASTE_LIMIT_BYTES, "paste_cells": PASTE_LIMIT_CELLS,
            },
        )

    def on_edit(self, callback: Callable[[str, str, Any], None]) -> Callable:
        """Calls `callback(row_id, column_key, value)` for each finished edit."""
        return self._edited.add(callback)

    def on_add(self, callback: Callable[[], None]) -> Callable:
        """Calls `callback()` when a person asks for a new row."""
        return self._added.add(callback)

    def on_remove(self, callback: Callable[[str], None]) -> Callable:
        """Calls `callback(row_id)` when a person removes a row."""
        return self._removed.add(callback)

    def on_move(self, callback: Callable[[str, str | None], None]) -> Callable:
        """Calls `callback(row_id, before)`: the row goes before that row, to the end when None."""
        return self._moved.add(callback)

    def on_paste(self, callback: Callable[[tuple, tuple], None]) -> Callable:
        """Calls `callback(edits, new_rows)` for a pasted rectangle whose every cell could be read.

        `edits` are (row_id, column_key, value) for rows that exist, `new_rows` dicts for those
        below the last (only when the table can add). Without a callback each edit goes to
        `on_edit` and new rows are refused.
        """
        return self._pasted.add(callback)

    def _field(self, column: Field, row: dict) -> Field:
        return (row.get("_fields") or {}).get(column.key, column)

    @tl.observe("rows")
    def _show(self, _change: Any = None) -> None:
        self.rows_shown = [self._shown(row) for row in self.rows]

    def _shown(self, row: dict) -> dict:
        own = row.get("_fields") or {}
        here = [self._field(column, row) for column in self.columns]
        return {
            "id": str(row["id"]),
            "fields": {key: fields.describe(field) for key, field in own.items()},
            "cells": {f.key: fields.show(f, row.get(f.key)) for f in here},
            "units": {f.key: f.unit_in(row) for f in here},
            "locked": [f.key for f in here if not f.editable_in(row)],
            "errors": dict(row.get("_errors") or {}),
            "doubts": dict(row.get("_doubts") or {}),
            "fixed": bool(row.get("_fixed")),
            "note": str(row.get("_note") or ""),
            "muted": bool(row.get("_muted")),
        }

    def _find(self, row_id: Any) -> dict | None:
        return next((row for row in self.rows if str(row["id"]) == row_id), None)

    def _edit(self, message: dict, _buffers: list) -> None:
        row, column = self._find(message.get("row")), self._by_key.get(message.get("column"))
        if column is None:
            return
        if row is None:
            self._answer(message, "This row is gone: it was removed meanwhile.")
            return

        def tell(value: Any) -> None:
            self._edited(row["id"], column.key, value)

        field = self._field(column, row)
        self._try(message, lambda: self._take(field, row, message.get("text"), tell))

    def _add(self, message: dict, _buffers: list) -> None:
        if self.abilities["add"]:
            self._try(message, self._added)

    def _remove(self, message: dict, _buffers: list) -> None:
        row = self._find(message.get("row"))
        if self.abilities["remove"] and row is not None and not row.get("_fixed"):
            self._try(message, lambda: self._removed(row["id"]))

    def _move(self, message: dict, _buffers: list) -> None:
        row, before = self._find(message.get("row")), self._find(message.get("before"))
        if self.abilities["reorder"] and row is not None and not row.get("_fixed"):
            self._try(message, lambda: self._moved(row["id"], before and before["id"]))

    def _paste(self, message: dict, _buffers: list) -> None:
        if self.abilities["paste"]:
            self._try(message, lambda: self._take_paste(message))

    def _take_paste(self, message: dict) -> None:
        text = message.get("text")
        if not isinstance(text, str) or len(text.encode()) > PASTE_LIMIT_BYTES:
            raise FieldError(self.key, too_big_to_paste())
        edits, new_rows = self._read_paste(message, text)
        if self._pasted:
            self._pasted(edits, new_rows)
            return
        if new_rows:
            raise FieldError(self.key, TOO_TALL)
        for edit in edits:
            self._edited(*edit)

    def _read_paste(self, message: dict, text: str) -> tuple[tuple, tuple]:
        """Every cell of the rectangle, read, or a `FieldError` that names the first that is not."""
        lines = [line.split("\t") for line in text.rstrip("\r\n").splitlines()]
        if sum(map(len, lines)) > PASTE_LIMIT_CELLS:
            raise FieldError(self.key, too_big_to_paste())
        ids, keys = [str(row["id"]) for row in self.rows], [c.key for c in self.columns]
        if message.get("row") not in ids or message.get("column") not in keys:
            raise FieldError(self.key, "Click the cell where the rectangle should begin.")
        top, left = ids.index(message["row"]), keys.index(message["column"])
        edits, new_rows = [], []
        for down, line in enumerate(lines):
            if left + len(line) > len(self.columns):
                raise FieldError(self.key, TOO_WIDE)
            row = self.rows[top + down] if top + down < len(self.rows) else None
            cells = self._read_line(line, left, row, top + down + 1)
            if row is None:
                new_rows.append(cells)
            else:
                edits += [(row["id"], key, value) for key, value in cells.items()]
        if new_rows and not self.abilities["add"]:
            raise FieldError(self.key, TOO_TALL)
        return tuple(edits), tuple(new_rows)

    def _read_line(self, line: list[str], left: int, row: dict | None, number: int) -> dict:
        cells = {}
        for column, text in zip(self.columns[left:], line, strict=False):
            column = column if row is None else self._field(column, row)
            if row is not None and not column.editable_in(row):
                if text.strip() in ("", str(fields.show(column, row.get(column.key)))):
                    continue
                raise FieldError(self.key, f"Row {number}: {column.label} cannot be changed here. "
                                           "Nothing was pasted.")
            try:
                cells[column.key] = fields.read_cell(column, text)
            except FieldError as error:
                raise FieldError(
                    self.key, f"Row {number}, {column.label}: {error.sentence} Nothing was pasted."
                ) from None
        return cells


def too_big_to_paste() -> str:
    """Why a rectangle is refused."""
    return (f"A paste holds up to {PASTE_LIMIT_CELLS:,} cells and "
            f"{PASTE_LIMIT_BYTES // 1_000_000} MB; use the file import for more. "
            "Nothing was pasted.")
