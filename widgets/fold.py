"""A part of a chapter that is folded away until somebody asks for it."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import ipywidgets as ipw
import traitlets as tl

from .boxes import VBox
from .control import Control, front_end


class FoldButton(Control):
    """The line one presses; says whether the part below it is open."""

    _esm = front_end("fold.js")
    _css = front_end("fold.css")
    _events: ClassVar = {"toggle": "_toggle"}

    label = tl.Unicode().tag(sync=True)
    is_open = tl.Bool(False).tag(sync=True)

    def _toggle(self, _message: dict, _buffers: list) -> None:
        self.is_open = not self.is_open


class Fold(VBox):
    """A button that reads `label`, and under it, once pressed, the parts.

    `make` builds them when they are first asked for, so that a folded part costs the page nothing.
    """

    def __init__(self, label: str, make: Callable[[], Sequence[ipw.Widget]], **kwargs: Any):
        self._make = make
        self._button = FoldButton(label=label)
        self._body = VBox()
        self._body.add_class("np-stack")
        self._body.layout.display = "none"
        super().__init__([self._button, self._body], **kwargs)
        self.add_class("np-fold")
        self._button.observe(self._turn, "is_open")

    @property
    def label(self) -> str:
        """What the line says."""
        return self._button.label

    @label.setter
    def label(self, words: str) -> None:
        self._button.label = words

    @property
    def is_open(self) -> bool:
        """Whether the parts show."""
        return self._button.is_open

    def unfold(self) -> None:
        """Shows the parts."""
        self._button.is_open = True

    def _turn(self, change: Any) -> None:
        if change.new and not self._body.children:
            self._body.children = tuple(self._make())
        self._body.layout.display = None if change.new else "none"
