"""What every control of ours is: the browser sends events, only Python changes what is shown."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets as tl

from .assets import Module, Style
from .boxes import LateLayout

_TOKEN_LIMIT = 80


def front_end(*names: str | Path) -> Module | Style:
    """The files of these names as one: anywidget takes one module and one sheet.

    Given as the trait that anywidget would otherwise declare anew for each instance.
    """
    return Module(*names) if str(names[0]).endswith(".js") else Style(*names)


class Control(LateLayout, anywidget.AnyWidget):
    """An anywidget whose synced traits a browser cannot change.

    A browser may send any trait of any widget it sees, so none is accepted: what a person does
    arrives as a message `{"event": name, ...}` and goes to the method that `_events` names. That
    method checks every field of the message; a message that does not fit is dropped.
    """

    _events: Mapping[str, str] = {}
    _anywidget_id = tl.Unicode().tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self.on_msg(self._receive)

    @tl.default("_anywidget_id")
    def _kind(self) -> str:
        return f"{type(self).__module__}.{type(self).__name__}"

    def add_traits(self, **traits: tl.TraitType) -> None:
        """Declares only what the class has not: a class of its own for every instance is dear."""
        missing = {name: trait for name, trait in traits.items() if not self.has_trait(name)}
        if missing:
            super().add_traits(**missing)

    def set_state(self, sync_data: dict) -> None:
        """Ignores what the browser sends: state travels from Python to the browser only."""

    def _receive(self, _widget: Any, message: Any, buffers: list) -> None:
        name = message.get("event") if isinstance(message, dict) else None
        method = self._events.get(name) if isinstance(name, str) else None
        if method is not None:
            getattr(self, method)(message, buffers)


def token(message: Mapping[str, Any]) -> str:
    """The message's own mark, given back with the answer; empty when it has none that fits."""
    mark = message.get("token")
    return mark if isinstance(mark, str) and len(mark) <= _TOKEN_LIMIT else ""


class Callbacks(list):
    """Functions to call in the order they came."""

    def add(self, function: Callable) -> Callable:
        """Remembers `function` and gives it back, so that it can be used as a decorator."""
        self.append(function)
        return function

    def __call__(self, *arguments: Any) -> None:
        for function in self:
            function(*arguments)
