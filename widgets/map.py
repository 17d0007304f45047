"""The process map as a control: seen, walked, drawn and changed with a mouse, a finger or keys."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import traitlets as tl

import negotiation.pictures.process as picture
from negotiation.process.layout import Layout, lay_out, layout_key
from negotiation.process.maps import Map
from negotiation.process.rows import Flow, Step
from negotiation.values import FieldError

from . import fields
from .control import Callbacks, front_end
from .editing import Editing
from .fields import Field

GONE = "This is no longer on the map."
STEP_FIELDS = (Field("name", "Name"),)
FLOW_FIELDS = (
    Field("label", "Words at the arrow"),
    Field("probability", "Share of cases", "percent", minimum=0, maximum=1, optional=True),
    Field("rework", "This is rework", "bool"),
)
_ABILITIES = ("add", "remove", "connect", "move", "edit", "open", "undo", "redo")
_MOST_REMOVED = 200


class ProcessMap(Editing):
    """A swimlane map that a person changes by hand.

    `show(map, …)` draws a map; `selected` is the id of the step or flow that is chosen, "" for
    none. What a person does arrives at the callbacks; who handles it shows the new map. A callback
    may raise `FieldError`: its sentence stands at the map. Gestures without a callback are not
    offered. `key` and `state` as for `Table`: what is typed into the map waits in the unsent queue.

    `label` says what the map shows; `empty` is the sentence for a map without steps.
    """

    _esm = front_end(
        "element.js", "queue.js", "fields.js", "map_walk.js", "map_hands.js", "map_card.js",
        "map.js",
    )
    _css = front_end("fields.css", "map.css", picture.STYLE)
    _events: ClassVar = {
        "select": "_select", "add": "_add", "remove": "_remove", "connect": "_connect",
        "move": "_move", "edit": "_edit", "open": "_open", "undo": "_undo", "redo": "_redo",
        "narrow": "_narrow",
    }  # fmt: skip

    label = tl.Unicode("Process map").tag(sync=True)
    empty = tl.Unicode().tag(sync=True)
    svg = tl.Unicode().tag(sync=True)
    vertical = tl.Bool().tag(sync=True)
    steps = tl.List().tag(sync=True)
    flows = tl.List().tag(sync=True)
    lanes = tl.List().tag(sync=True)
    card_fields = tl.Dict().tag(sync=True)
    selected = tl.Unicode().tag(sync=True)
    abilities = tl.Dict().tag(sync=True)

    def __init__(
        self,
        *,
        key: str,
        label: str = "Process map",
        state: Any = None,
        empty: str = "Nothing is on the map yet. Add the first step.",
    ):
        self._calls = {name: Callbacks() for name in (*_ABILITIES, "select", "narrow")}
        self._map: Map | None = None
        self._laid_out: tuple[tuple, Layout] | None = None
        self._told: dict[str, tuple[Any, dict]] = {}
        super().__init__(
            state,
            key=key,
            label=label,
            empty=empty,
            card_fields={
                "step": [fields.describe(field) for field in STEP_FIELDS],
                "flow": [fields.describe(field) for field in FLOW_FIELDS],
            },
        )

    def show(
        self,
        map: Map,
        *,
        vertical: bool = False,
        other: Map | None = None,
        colour_by: str = "",
        values: Mapping[str, float] | None = None,
        unit: str = "",
        marks: Mapping[str, str] | None = None,
    ) -> None:
        """Draws `map`; with `other`, the map before, its differences, too.

        The rest as for `negotiation.pictures.process.draw`. A selected row that is gone is let go.
        """
        shown = map if other is None else picture.together(other, map)
        layout = self._lay_out(shown, vertical)
        svg = picture.draw(
            layout, map, colour_by=colour_by, values=values, unit=unit, marks=marks, other=other
        )
        self._map = map
        with self.hold_sync():
            self.vertical = vertical
            self.lanes = [{"id": lane.id, "name": lane.name} for lane in map.lanes]
            self.steps = [self._step_shown(map, step) for step in map.steps]
            self.flows = [
                {"id": flow.id, "source": flow.source, "target": flow.target,
                 "cells": self._cells(flow, FLOW_FIELDS)}
                for flow in map.flows if flow not in map.dangling
            ]  # fmt: skip
            self.svg = svg
            if not self._is_there(self.selected):
                self.selected = ""

    def _lay_out(self, shown: Map, vertical: bool) -> Layout:
        """The layout, kept while nothing changes that it looks at: minutes move no box."""
        looks = (vertical, *layout_key(shown))
        if self._laid_out is None or self._laid_out[0] != looks:
            self._laid_out = looks, lay_out(shown, vertical)
        return self._laid_out[1]

    def _step_shown(self, map: Map, step: Step) -> dict:
        return {
            "id": step.id,
            "name": step.name,
            "lane": step.lane if step.lane in map.lane else "",
            "out": [flow.target for flow in map.outgoing(step.id)],
            "into": [flow.source for flow in map.incoming(step.id)],
            "cells": self._cells(step, STEP_FIELDS),
        }

    def _cells(self, row: Step | Flow, known: tuple[Field, ...]) -> dict[str, Any]:
        """What the card shows of a row, worked out once while the row stays the same object."""
        held, cells = self._told.get(row.id, (None, None))
        if held is not row:
            cells = {field.key: fields.show(field, getattr(row, field.key)) for field in known}
            self._told[row.id] = row, cells
        return cells

    def select(self, row: str) -> None:
        """Selects a step or flow by its id; "" selects nothing. Calls nobody."""
        self.selected = row if self._is_there(row) else ""

    def allow(self, **abilities: bool) -> None:
        """Offers or withholds gestures by name: `undo=False` while there is nothing to undo.

        Names: add, remove, connect, move, edit, open, undo, redo; others raise `ValueError`.
        """
        if unknown := sorted(set(abilities) - set(_ABILITIES)):
            raise ValueError(f"There is no '{unknown[0]}'; there are {', '.join(_ABILITIES)}.")
        self.abilities = {**self.abilities, **abilities}

    def on_select(self, callback: Callable[[str], None]) -> Callable:
        """Calls `callback(row)` when a person selects a step or flow, "" for nothing."""
        return self._calls["select"].add(callback)

    def on_open(self, callback: Callable[[str], None]) -> Callable:
        """Calls `callback(step)` when a person wants to edit a step beside the map (Enter)."""
        return self._on("open", callback)

    def on_narrow(self, callback: Callable[[], None]) -> Callable:
        """Calls `callback()` once, when a page first shows the map and is as narrow as a phone."""
        return self._calls["narrow"].add(callback)

    def on_add(self, callback: Callable[[str, str], str | None]) -> Callable:
        """Calls `callback(after, lane)`: a step behind `after` in `lane`; either may be "".

        The id that the callback returns is selected, and its name is offered for typing.
        """
        return self._on("add", callback)

    def on_remove(self, callback: Callable[[tuple[str, ...]], None]) -> Callable:
        """Calls `callback(ids)` with the steps and flows to remove."""
        return self._on("remove", callback)

    def on_connect(self, callback: Callable[[str, str], str | None]) -> Callable:
        """Calls `callback(source, target)`; the id that it returns is selected."""
        return self._on("connect", callback)

    def on_move(self, callback: Callable[[str, str, str | None], None]) -> Callable:
        """Calls `callback(step, lane, before)`: the step goes into `lane` and, in the table's
        order, before another step; None leaves its place."""
        return self._on("move", callback)

    def on_edit(self, callback: Callable[[str, str, Any], None]) -> Callable:
        """Calls `callback(row, field, value)`: a step's `name`, or a flow's `label`,
        `probability` (a fraction or None) or `rework`."""
        self.allow(edit=True)
        return self._edited.add(callback)

    def on_rename(self, callback: Callable[[str, str], None]) -> Callable:
        """Calls `callback(step, name)` when a step got another name in place."""

        def only_names(row: str, field: str, value: Any) -> None:
            if field == "name":
                callback(row, value)

        self.on_edit(only_names)
        return callback

    def on_undo(self, callback: Callable[[], None]) -> Callable:
        """Calls `callback()` for Ctrl+Z and the button."""
        return self._on("undo", callback)

    def on_redo(self, callback: Callable[[], None]) -> Callable:
        """Calls `callback()` for Ctrl+Y, Ctrl+Shift+Z and the button."""
        return self._on("redo", callback)

    def _on(self, name: str, callback: Callable) -> Callable:
        self.allow(**{name: True})
        return self._calls[name].add(callback)

    # --- what the page says; every field of a message is checked ---

    def _is_there(self, row: Any) -> bool:
        held = self._map
        return isinstance(row, str) and held is not None and (row in held.step or row in held.flow)

    def _is_step(self, row: Any) -> bool:
        return isinstance(row, str) and self._map is not None and row in self._map.step

    def _is_lane(self, row: Any) -> bool:
        return row == "" or (isinstance(row, str) and row in (self._map.lane if self._map else {}))

    def _may(self, name: str) -> bool:
        return self._map is not None and bool(self.abilities.get(name))

    def _do(self, message: dict, fits: bool, act: Callable[[], None]) -> None:
        """Acts and answers; what refers to a row that is gone is answered with a sentence."""
        if fits:
            self._try(message, act)
        else:
            self._answer(message, GONE)

    def _select(self, message: dict, _buffers: list) -> None:
        row = message.get("row")
        if row == "" or self._is_there(row):
            self.selected = row
            self._calls["select"](row)

    def _narrow(self, _message: dict, _buffers: list) -> None:
        self._calls["narrow"]()

    def _open(self, message: dict, _buffers: list) -> None:
        row = message.get("row")
        if self._may("open"):
            self._do(message, self._is_step(row), lambda: self._calls["open"](row))

    def _add(self, message: dict, _buffers: list) -> None:
        after, lane = message.get("after"), message.get("lane")
        if self._may("add"):
            fits = (after == "" or self._is_step(after)) and self._is_lane(lane)
            self._do(message, fits, lambda: self._choose_new("add", after, lane))

    def _connect(self, message: dict, _buffers: list) -> None:
        source, target = message.get("source"), message.get("target")
        if self._may("connect"):
            fits = self._is_step(source) and self._is_step(target)
            self._do(message, fits, lambda: self._choose_new("connect", source, target))

    def _choose_new(self, name: str, *arguments: str) -> None:
        for callback in self._calls[name]:
            new = callback(*arguments)
            if self._is_there(new):
                self.selected = new
                self._calls["select"](new)

    def _remove(self, message: dict, _buffers: list) -> None:
        rows = message.get("rows")
        if self._may("remove") and isinstance(rows, list) and 0 < len(rows) <= _MOST_REMOVED:
            fits = all(map(self._is_there, rows))
            self._do(message, fits, lambda: self._calls["remove"](tuple(rows)))

    def _move(self, message: dict, _buffers: list) -> None:
        step, lane, before = (message.get(name) for name in ("row", "lane", "before"))
        if self._may("move"):
            fits = self._is_step(step) and self._is_lane(lane)
            fits = fits and (before is None or self._is_step(before))
            self._do(message, fits, lambda: self._calls["move"](step, lane, before))

    def _undo(self, message: dict, _buffers: list) -> None:
        if self._may("undo"):
            self._try(message, self._calls["undo"])

    def _redo(self, message: dict, _buffers: list) -> None:
        if self._may("redo"):
            self._try(message, self._calls["redo"])

    def _edit(self, message: dict, _buffers: list) -> None:
        row, column = message.get("row"), message.get("column")
        if not self._may("edit"):
            return
        if not self._is_there(row):
            self._answer(message, GONE)
            return
        held, known = self._row(row)
        field = next((field for field in known if field.key == column), None)
        if field is not None:
            self._try(message, lambda: self._take_text(field, held, row, message.get("text")))

    def _row(self, row: str) -> tuple[dict, tuple[Field, ...]]:
        is_step = row in self._map.step
        held = self._map.step[row] if is_step else self._map.flow[row]
        return dict(held), STEP_FIELDS if is_step else FLOW_FIELDS

    def _take_text(self, field: Field, held: dict, row: str, typed: Any) -> None:
        if field.key == "name" and isinstance(typed, str) and not typed.strip():
            raise FieldError("name", f"A step needs a name; “{held['name']}” is kept.")
        self._take(field, held, typed, lambda value: self._edited(row, field.key, value))
