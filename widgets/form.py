"""A form: labelled single fields with unit, help, and the error where it was made."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import traitlets as tl

from . import fields
from .control import front_end
from .editing import Editing
from .fields import Field


class Form(Editing):
    """Labelled fields of one record. Each field's `key` is the path its edits are told with.

    `values` maps paths to values, and may hold `_errors` ({path: sentence}) and the entries that
    `unit_key` and `editable_if` name; assigning it repaints what changed and leaves a text that is
    being typed alone. `key` names the form within its chapter; with `state` (the chapter's
    `DealState`) what was typed and not yet saved is found again by it after a reload.
    """

    _esm = front_end("element.js", "queue.js", "fields.js", "form.js")
    _css = front_end("fields.css", "form.css")
    _events: ClassVar = {"edit": "_edit"}

    values = tl.Dict()
    label = tl.Unicode().tag(sync=True)
    fields_shown = tl.List().tag(sync=True)
    values_shown = tl.Dict().tag(sync=True)

    def __init__(
        self, fields_: Sequence[Field], values: Mapping[str, Any], *, key: str, label: str = "",
        state: Any = None,
    ):
        self.fields = tuple(fields_)
        self._by_key = {field.key: field for field in self.fields}
        super().__init__(
            state,
            values=dict(values),
            label=label,
            key=key,
            fields_shown=[fields.describe(field) for field in self.fields],
        )

    def on_edit(self, callback: Callable[[str, Any], None]) -> Callable:
        """Calls `callback(path, value)` for each finished edit; it may raise `FieldError`."""
        return self._edited.add(callback)

    @tl.observe("values")
    def _show(self, _change: Any = None) -> None:
        row = self.values
        self.values_shown = {
            "cells": {f.key: fields.show(f, row.get(f.key)) for f in self.fields},
            "units": {f.key: f.unit_in(row) for f in self.fields},
            "locked": [f.key for f in self.fields if not f.editable_in(row)],
            "errors": dict(row.get("_errors") or {}),
        }

    def _edit(self, message: dict, _buffers: list) -> None:
        field = self._by_key.get(message.get("column"))
        if field is None:
            return
        self._try(message, lambda: self._take(
            field, self.values, message.get("text"), lambda value: self._edited(field.key, value)
        ))
