"""A table to read: numbers, signs with words, and a sentence that says what it means."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import traitlets as tl

from .control import Control, front_end
from .fields import number_text

SIGNS = {"ok": "✓", "no": "✕", "work": "◐", "wait": "–"}


@dataclass(frozen=True)
class SheetColumn:
    """One column to read: `kind` text, number, percent (holds a share) or money."""

    key: str
    label: str
    kind: str = "text"
    unit: str = ""
    decimals: int | None = None
    party: str = ""


class Sheet(Control):
    """A read-only table with caption and, under it, the sentence that says what it means for both.

    `columns` are `SheetColumn`s or (key, label[, kind]) tuples. A cell of `rows` is text, a number,
    None, or a dict {"text" or "value", "sign": ok|no|work|wait, "party": buyer|supplier|joint,
    "strong": bool, "note": str}. A sign is always shown together with its text. A row may hold
    `_strong` (a total) and `_muted`.
    """

    _esm = front_end("element.js", "stack.js", "sheet.js")
    _css = front_end("fields.css", "table.css", "sheet.css")

    rows = tl.Tuple()
    caption = tl.Unicode().tag(sync=True)
    sentence = tl.Unicode().tag(sync=True)
    sentence_sign = tl.Enum(("", *SIGNS), "").tag(sync=True)
    empty = tl.Unicode("Nothing to show yet.").tag(sync=True)
    columns_shown = tl.List().tag(sync=True)
    rows_shown = tl.List().tag(sync=True)

    def __init__(
        self, caption: str, columns: Sequence[Any], rows: Iterable[dict] = (), sentence: str = "",
        **traits: Any,
    ):
        self.columns = _columns(columns)
        super().__init__(
            caption=caption, rows=tuple(rows), sentence=sentence,
            columns_shown=_described(self.columns), **traits,
        )

    def show(
        self, rows: Iterable[dict], sentence: str | None = None, *, sign: str | None = None,
        caption: str | None = None, columns: Sequence[Any] | None = None,
    ) -> None:
        """New rows, and whatever else is given, in one message to the page."""
        with self.hold_sync():
            if columns is not None:
                self.columns = _columns(columns)
                self.columns_shown = _described(self.columns)
                self._paint()
            if caption is not None:
                self.caption = caption
            if sentence is not None:
                self.sentence = sentence
            if sign is not None:
                self.sentence_sign = sign
            self.rows = tuple(rows)

    @tl.observe("rows")
    def _paint(self, _change: Any = None) -> None:
        self.rows_shown = [
            {
                "cells": [_cell(column, row.get(column.key)) for column in self.columns],
                "strong": bool(row.get("_strong")),
                "muted": bool(row.get("_muted")),
            }
            for row in self.rows
        ]


def _columns(columns: Sequence[Any]) -> tuple[SheetColumn, ...]:
    return tuple(c if isinstance(c, SheetColumn) else SheetColumn(*c) for c in columns)


def _described(columns: Sequence[SheetColumn]) -> list[dict]:
    return [
        {"label": c.label, "numeric": c.kind != "text", "unit": c.unit, "party": c.party}
        for c in columns
    ]


def _cell(column: SheetColumn, raw: Any) -> dict:
    cell = raw if isinstance(raw, dict) else {"value": raw}
    text = cell.get("text")
    if text is None:
        text = _text(column, cell.get("value"))
    sign = cell.get("sign") or ""
    return {
        "text": str(text),
        "sign": sign if sign in SIGNS else "",
        "glyph": SIGNS.get(sign, ""),
        "party": cell.get("party") or column.party,
        "strong": bool(cell.get("strong")),
        "note": str(cell.get("note") or ""),
    }


def _text(column: SheetColumn, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    decimals = 1 if column.kind == "percent" and column.decimals is None else column.decimals
    text = number_text(value, decimals, column.kind)
    return f"{text} %" if column.kind == "percent" else text


