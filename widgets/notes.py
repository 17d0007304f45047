"""Sentences under a heading, each with a sign when it has a state."""

from collections.abc import Iterable
from typing import Any

import traitlets as tl

from .control import Control, front_end
from .sheet import SIGNS

WORDS = {"ok": "holds", "no": "late", "work": "open", "wait": "waits"}


class Notes(Control):
    """A short list of sentences to read.

    `lines` holds sentences, or (sign, sentence) pairs with a sign of ok, no, work or wait; a sign
    is shown with its glyph and, to a screen reader, its word. `empty` is said when there is none.
    """

    _esm = front_end("notes.js")
    _css = front_end("notes.css")

    title = tl.Unicode().tag(sync=True)
    empty = tl.Unicode("Nothing.").tag(sync=True)
    lines_shown = tl.List().tag(sync=True)
    lines = tl.Tuple()

    def __init__(self, title: str, lines: Iterable[Any] = (), *, empty: str = "Nothing."):
        super().__init__(title=title, empty=empty, lines=tuple(lines))

    @tl.observe("lines")
    def _show(self, _change: Any = None) -> None:
        self.lines_shown = [_line(line) for line in self.lines]


def _line(line: Any) -> dict:
    sign, text = ("", line) if isinstance(line, str) else line
    return {"text": text, "sign": sign, "glyph": SIGNS.get(sign, ""), "word": WORDS.get(sign, "")}
