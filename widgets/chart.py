"""Any Altair chart in the page: in the theme's colours, as wide as its card, and told in words."""

import json
import math
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

import traitlets as tl

from negotiation.pictures import runtime

from .control import Callbacks, Control, front_end, token

_SELECTION_LIMIT = 10_000


class VegaChart(Control):
    """A Vega-Lite chart that fills its card; an edit sends it new data, never a new drawing.

    `chart` is an Altair chart or a Vega-Lite dict. `label` says in words what the picture shows.
    `data` maps the names of the chart's named datasets to rows (dicts or a data frame); a chart
    with one dataset of its own may leave it out. Colours in the chart are names of the theme
    ("buyer", "supplier", "joint", "open", "stop", "ink", "mute", "line" and their "-soft" kin).
    `height` is in pixels, of one plot. What a person selects arrives in `signals` and at
    `on_select`; `params` sets the chart's own parameters.
    """

    _esm = front_end("chart_look.js", "chart_fit.js", "chart_twin.js", "chart.js")
    _css = front_end("chart.css")
    _events: ClassVar = {"select": "_select", "runtime": "_send_runtime"}

    label = tl.Unicode().tag(sync=True)
    spec = tl.Dict().tag(sync=True)
    data = tl.Dict().tag(sync=True)
    params = tl.Dict().tag(sync=True)
    height = tl.Int(allow_none=True).tag(sync=True)
    runtime_url = tl.Unicode().tag(sync=True)
    signals = tl.Dict()

    def __init__(
        self, chart: Any, *, label: str, data: Any = None, height: int | None = None,
        params: Mapping[str, Any] | None = None,
    ):
        self._selected = Callbacks()
        spec, own = _taken_apart(chart)
        super().__init__(
            label=label, spec=spec, data={**own, **_datasets(data, own)}, height=height,
            params=dict(params or {}), runtime_url=os.environ.get("PLAYBOOK_RUNTIME_URL", ""),
        )

    def update(self, data: Any, *, label: str | None = None) -> None:
        """Shows new data: {dataset name: rows}, or rows alone where there is one dataset."""
        with self.hold_sync():
            if label is not None:
                self.label = label
            self.data = {**self.data, **_datasets(data, self.data)}

    def redraw(self, chart: Any, *, label: str | None = None) -> None:
        """Another drawing in the same place: for what data alone cannot change."""
        spec, own = _taken_apart(chart)
        with self.hold_sync():
            if label is not None:
                self.label = label
            self.spec, self.data = spec, own

    def on_select(self, callback: Callable[[str, Any], None]) -> Callable:
        """Calls `callback(name, value)` after a brush or click: {field: [low, high] or values}."""
        return self._selected.add(callback)

    def _select(self, message: dict, _buffers: list) -> None:
        name, value = message.get("name"), message.get("value")
        if name not in _selections(self.spec) or not _is_selection(value):
            return
        self.signals = {**self.signals, name: value}
        self._selected(name, value)

    def _send_runtime(self, message: dict, _buffers: list) -> None:
        """For pages that our launcher does not serve: the runtime travels once, as bytes."""
        answer = {"event": "runtime", "token": token(message)}
        try:
            content = runtime.runtime_text().encode()
        except (OSError, ValueError) as error:  # the page says so; its console says why
            self.send({**answer, "why": str(error)}, [])
        else:
            self.send(answer, [content])


def _taken_apart(chart: Any) -> tuple[dict, dict]:
    """The chart's specification without data, and its own datasets; a lone one is named "data"."""
    spec = dict(chart if isinstance(chart, Mapping) else _specification(chart))
    own = dict(spec.pop("datasets", {}))
    if len(own) == 1:
        (name,) = own
        spec = _renamed(spec, name)
        own = {"data": own[name]}
    return spec, own


def _specification(chart: Any) -> Mapping[str, Any]:
    from negotiation.pictures.grammar import written  # imports Altair, as the chart has done

    return written(chart)


def _renamed(part: Any, name: str) -> Any:
    """`part` with its references to the dataset `name` turned to "data"."""
    if isinstance(part, Mapping):
        return {
            key: {**value, "name": "data"}
            if key == "data" and isinstance(value, Mapping) and value.get("name") == name
            else _renamed(value, name)
            for key, value in part.items()
        }
    return [_renamed(item, name) for item in part] if isinstance(part, list) else part


def _datasets(data: Any, known: Mapping[str, Any]) -> dict[str, list[dict]]:
    if data is None:
        return {}
    if isinstance(data, Mapping):
        return {name: _rows(rows) for name, rows in data.items()}
    if len(known) > 1:
        raise ValueError(f"Name the dataset to change; this chart has {', '.join(sorted(known))}.")
    return {next(iter(known), "data"): _rows(data)}


def _rows(rows: Iterable[Any]) -> list[dict]:
    """Rows as JSON can carry them: a missing or infinite number is null."""
    if hasattr(rows, "to_json"):
        return json.loads(rows.to_json(orient="records", date_format="iso"))
    return [{key: _plain(value) for key, value in dict(row).items()} for row in rows]


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _selections(part: Any) -> set[str]:
    """Names of every parameter in the specification that a person selects with."""
    if isinstance(part, list):
        return set().union(*map(_selections, part))
    if not isinstance(part, Mapping):
        return set()
    own = {p["name"] for p in part.get("params", ()) if isinstance(p, Mapping) and "select" in p}
    return own.union(*(_selections(value) for value in part.values()))


def _is_selection(value: Any) -> bool:
    """A selection as Vega-Lite tells it: per field a list of numbers, texts or truth values."""
    if not isinstance(value, dict) or len(value) > 20:
        return False
    return all(
        isinstance(items, list)
        and len(items) <= _SELECTION_LIMIT
        and all(item is None or isinstance(item, (str, int, float, bool)) for item in items)
        for items in value.values()
    )
