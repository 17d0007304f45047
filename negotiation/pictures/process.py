"""The process map as SVG text: the one drawing of the page, the file, the print and the terminal.

Colours and type are classes that `process.css` beside this file explains with the theme's names, so
the same drawing serves light, dark and print. Nothing in it moves, loads or runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from negotiation.pictures.numerals import MINUS, THIN, number, share, short
from negotiation.plain import printable
from negotiation.process.layout import Band, Box, Layout, Line
from negotiation.process.layout_shapes import CAPTION_LINE, FOOT, NAME_LINE
from negotiation.process.layout_text import text_width
from negotiation.process.maps import Difference, Map, differences
from negotiation.process.rows import Flow, Step

LIGHT = {
    "paper": "#fbfaf7", "card": "#ffffff", "ink": "#23272e", "mute": "#5d6470", "line": "#e5e1d8",
    "edge": "#8d8a82", "buyer": "#1d5c87", "buyer-soft": "#e6eff5", "supplier": "#a34d13",
    "supplier-soft": "#f8ece2", "joint": "#46663a", "joint-soft": "#eaf0e5", "open": "#7d6115",
    "open-soft": "#f7f0d9", "focus": "#1a63c9",
}  # fmt: skip
DARK = {
    "paper": "#16181c", "card": "#1e2126", "ink": "#e8e6e1", "mute": "#a2a8b3", "line": "#31353c",
    "edge": "#7d828c", "buyer": "#7fb8de", "buyer-soft": "#1c2c38", "supplier": "#e3a06a",
    "supplier-soft": "#35261a", "joint": "#a3c58f", "joint-soft": "#222d1c", "open": "#d9bd6a",
    "open-soft": "#322b18", "focus": "#8ab8ff",
}  # fmt: skip
"""The theme's colours, for a drawing that leaves the page."""
_SANS = "'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"

STYLE = Path(__file__).with_name("process.css")
"""What the drawing's classes look like."""

PARTY_SIGNS = {"buyer": "●", "supplier": "■", "customer": "◆", "other": "○"}
KIND_WORDS = {
    "start": "start", "task": "task", "wait": "wait", "decision": "decision",
    "parallel": "parallel ways", "end": "end",
}  # fmt: skip
COLOURS = {
    "cost": "Cost per case", "wait": "Waiting per case", "rework": "Repeats per case",
    "load": "Load of the team",
}  # fmt: skip
_STATES = {"added": ("+", "new"), "removed": (MINUS, "gone"), "changed": ("~", "changed")}
_HIGH_LOAD = 0.85
_LOADS = {"◐ ": "◐ above 85\u202f%: queues grow", "✕ ": "✕ above 100\u202f%: more work than hours"}
_LEVELS, _MARGIN = 5, 1.0
_LEGEND_LEAST, _LEGEND_LINE = 340.0, 24.0
_CORNER, _HEAD = 7.0, 8.0


def draw(
    layout: Layout,
    map: Map,
    *,
    colour_by: str = "",
    values: Mapping[str, float] | None = None,
    unit: str = "",
    marks: Mapping[str, str] | None = None,
    other: Map | None = None,
    standalone: bool = False,
    selected: str = "",
    note: str = "",
) -> str:
    """The map as the text of an SVG document.

    `colour_by` is "", "cost", "wait", "rework" or "load"; `values` then holds each step's value:
    money (`unit` is the currency), minutes, repeats per case, share of the team's time. `marks`
    gives sentences of what is missing, by the id of a step or flow. With `other`, the map before,
    what is new, gone or changed is marked; lay out `together(other, map)` to see what is gone. A
    `standalone` drawing carries its style, for light and dark. `note` is a last line in the
    legend, such as whose figures these are.
    """
    scene = _Scene(
        layout, map, other, dict(values or {}) if colour_by else {}, colour_by, unit,
        dict(marks or {}), selected, standalone, note,
    )  # fmt: skip
    legend = _legend(scene)
    wide = max(layout.width, legend.width) + 2 * _MARGIN
    tall = layout.height + legend.height + 2 * _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="np-map" role="group" '
        f'width="{_n(wide)}" height="{_n(tall)}" viewBox="{_n(-_MARGIN)} {_n(-_MARGIN)} '
        f'{_n(wide)} {_n(tall)}" aria-label={_a(_summary(scene))}>',
        f"<title>{escape(_summary(scene))}</title>" if standalone else "",
        f"<style>{style()}</style>" if standalone else "",
        f'<rect class="np-map-paper" x="{_n(-_MARGIN)}" y="{_n(-_MARGIN)}" '
        f'width="{_n(wide)}" height="{_n(tall)}"/>' if standalone else "",
        '<g class="pm-lanes">', *(_band(band, scene) for band in layout.bands), "</g>",
        '<g class="pm-flows">', *(_flow(line, scene) for line in layout.lines), "</g>",
        '<g class="pm-steps">', *(_step(box, scene) for box in layout.boxes), "</g>",
        legend.text,
        "</svg>",
    ]  # fmt: skip
    # A row from an old file may hold what XML does not: one such character spoils it all.
    return printable("".join(parts))


def together(before: Map, after: Map) -> Map:
    """`after` with the lanes, steps and flows that are gone, each where it was, to be laid out."""
    tables = {}
    for name in ("lanes", "steps", "flows"):
        rows = list(getattr(after, name))
        known = {row.id for row in rows}
        last = -1
        for row in getattr(before, name):
            if row.id in known:
                last = next(i for i, kept in enumerate(rows) if kept.id == row.id)
            else:
                last += 1
                rows.insert(last, row)
        tables[name] = tuple(rows)
    return Map(after.process.model_copy(update=tables))


def png(svg: str, scale: float = 2.0) -> bytes:
    """A standalone drawing as a PNG picture, `scale` pixels for each of the drawing's."""
    import vl_convert  # a JavaScript engine of 60 MB: only where a picture is asked for

    return vl_convert.svg_to_png(svg, scale=scale)


@lru_cache(maxsize=1)
def style() -> str:
    """The style of a drawing that leaves the page: light, and dark where the viewer asks for it."""
    rules = STYLE.read_text(encoding="utf-8")
    rules = rules.split("*/", 1)[1].strip()
    return f"{_coloured(rules, LIGHT)}\n@media (prefers-color-scheme: dark) {{\n" + (
        f"{_coloured(rules, DARK)}\n}}"
    )


def _coloured(rules: str, colours: Mapping[str, str]) -> str:
    rules = rules.replace("var(--sans)", _SANS)
    for name, colour in colours.items():
        rules = rules.replace(f"var(--{name})", colour)
    return rules


@dataclass
class _Scene:
    """What a drawing shows, with what has been worked out about it."""

    layout: Layout
    map: Map
    other: Map | None
    values: dict[str, float]
    colour_by: str
    unit: str
    marks: dict[str, str]
    selected: str
    standalone: bool
    note: str = ""
    changes: dict[str, tuple[str, list[Difference]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for item in differences(self.other, self.map) if self.other is not None else ():
            if item.table in ("steps", "flows"):
                held = self.changes.setdefault(item.row, (item.kind, []))
                held[1].append(item)

    @property
    def most(self) -> float:
        return max(self.values.values(), default=0.0)

    def step(self, step_id: str) -> Step:
        found = self.map.step.get(step_id)
        return found if found is not None or self.other is None else self.other.step[step_id]

    def flow(self, flow_id: str) -> Flow:
        found = self.map.flow.get(flow_id)
        return found if found is not None or self.other is None else self.other.flow[flow_id]

    def state(self, row: str) -> str:
        return self.changes[row][0] if row in self.changes else ""

    def level(self, step_id: str) -> int:
        value = self.values.get(step_id)
        if value is None or value <= 0 or self.most <= 0:
            return 0
        return min(_LEVELS - 1, 1 + int((_LEVELS - 1) * value / self.most * 0.999))

    def figure(self, value: float) -> str:
        """A value with its unit, short enough for a box."""
        if self.colour_by == "load":
            return share(value, 0)
        if self.colour_by == "wait":
            return duration(value)
        if self.colour_by == "rework":
            return f"{number(value, 2)}×"
        text = short(value) if value >= 1000 else number(value, 2 if value < 100 else 0)
        return f"{text}{THIN}{self.unit}" if self.unit else text


def duration(minutes: float) -> str:
    """Minutes as people say them: "6 min", "2.5 h"; hours are working hours."""
    if minutes < 90:
        return f"{number(minutes, 0 if minutes >= 10 or minutes == int(minutes) else 1)}{THIN}min"
    return f"{number(minutes / 60, 1).removesuffix('.0')}{THIN}h"


# --- pieces ---


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _a(text: str) -> str:
    return quoteattr(text)


def _text(x: float, y: float, text: str, name: str, anchor: str = "middle") -> str:
    end = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text class="{name}" x="{_n(x)}" y="{_n(y)}"{end}>{escape(text)}</text>'


def _texts(x: float, top: float, lines: Sequence[str], gap: float, name: str) -> str:
    """Lines of text below each other, the first one's box beginning at `top`."""
    return "".join(_text(x, top + gap * (i + 0.76), text, name) for i, text in enumerate(lines))


def _summary(scene: _Scene) -> str:
    lanes = len(scene.map.lanes)
    return (
        f"Process map: {_count(len(scene.map.steps), 'step')} in {_count(lanes, 'lane')}, "
        f"{_count(len(scene.map.flows), 'arrow')}"
    )


def _count(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


# --- lanes ---


def _band(band: Band, scene: _Scene) -> str:
    lane = scene.map.lane.get(band.id) or (scene.other.lane.get(band.id) if scene.other else None)
    party = lane.party if lane else "other"
    head, vertical = band.header, scene.layout.vertical
    bar = (
        f'<rect class="pm-lane-bar" x="{_n(head.x)}" y="{_n(head.y)}" '
        f'width="{_n(head.w if vertical else 5)}" height="{_n(5 if vertical else head.h)}"/>'
    )
    said = f"{PARTY_SIGNS[party]} {party}" if lane else ""
    tall = 16.0 * len(band.lines) + (15.0 if said else 0)
    top = head.y + (head.h - tall) / 2 + (2 if vertical else 0)
    left = head.x + 16
    names = "".join(
        _text(left, top + 16 * (i + 0.76), line, "pm-lane-name", "start")
        for i, line in enumerate(band.lines)
    )
    words = _text(left, top + tall - 3, said, "pm-lane-party", "start") if said else ""
    name = lane.name if lane else " ".join(band.lines)
    return (
        f'<g class="pm-lane pm-lane-{party}" data-lane={_a(band.id)}>'
        f"{_rect(band, 'pm-lane-band')}"
        f'<g class="pm-lane-top" role="img" aria-label={_a(f"Lane {name}, {party}")}>'
        f"{_rect(head, 'pm-lane-head')}{bar}{names}{words}</g></g>"
    )


def _tip(sentence: str, scene: _Scene) -> str:
    """What a viewer shows under the pointer; the page makes it from the label itself."""
    return f"<title>{escape(sentence)}</title>" if scene.standalone else ""


def _rect(place, name: str, round: float = 0.0) -> str:
    corner = f' rx="{_n(round)}"' if round else ""
    return (
        f'<rect class="{name}" x="{_n(place.x)}" y="{_n(place.y)}" width="{_n(place.w)}" '
        f'height="{_n(place.h)}"{corner}/>'
    )


# --- flows ---


def _flow(line: Line, scene: _Scene) -> str:
    flow = scene.flow(line.id)
    state = scene.state(line.id)
    names = ["pm-flow", "pm-rework" if flow.rework else "", f"pm-{state}" if state else "",
             "pm-selected" if scene.selected == line.id else ""]  # fmt: skip
    path = _path(line.points)
    parts = [
        f'<g class="{" ".join(filter(None, names))}" data-flow={_a(line.id)} role="img" '
        f"aria-label={_a(flow_sentence(flow, scene))}>",
        _tip(flow_sentence(flow, scene), scene),
        f'<path class="pm-line" d="{path}"/>',
        f'<path class="pm-head" d="{_arrow(line.points)}"/>',
    ]
    if line.handoff:
        x, y = line.handoff
        parts.append(f'<path class="pm-handoff-mark" d="{_diamond(x, y, 5, 5)}"/>')
    if line.label:
        middle = line.label.x + line.label.w / 2
        parts.append(_texts(middle, line.label.y, line.words, 13.0, "pm-words"))
    if state:
        parts.append(_flow_state(line, state))
    if line.id in scene.marks:
        x, y = _middle(line.points)
        parts.append(_missing(x, y, scene.marks[line.id]))
    return "".join([*parts, "</g>"])


def flow_sentence(flow: Flow, scene: "_Scene") -> str:
    """A flow in words, for those who listen."""
    source, target = (scene.step(v).name for v in (flow.source, flow.target))
    said = [f"From {source} to {target}"]
    said += [flow.label] if flow.label else []
    said += [share(flow.probability, 0) + " of cases"] if flow.probability is not None else []
    said += ["rework"] if flow.rework else []
    said += [f"{scene.state(flow.id)}"] if scene.state(flow.id) else []
    said += [scene.marks[flow.id]] if flow.id in scene.marks else []
    return ", ".join(said)


def _path(points: Sequence[tuple[float, float]]) -> str:
    """A line with rounded corners that ends where its arrow's head begins."""
    shown = [*points[:-1], _toward(points[-1], points[-2], _HEAD - 2)]
    made = [f"M{_n(shown[0][0])} {_n(shown[0][1])}"]
    for i in range(1, len(shown) - 1):
        before, here, after = shown[i - 1], shown[i], shown[i + 1]
        room = min(_CORNER, _length(before, here) / 2, _length(here, after) / 2)
        a, b = _toward(here, before, room), _toward(here, after, room)
        made.append(f"L{_n(a[0])} {_n(a[1])}Q{_n(here[0])} {_n(here[1])} {_n(b[0])} {_n(b[1])}")
    made.append(f"L{_n(shown[-1][0])} {_n(shown[-1][1])}")
    return "".join(made)


def _length(a: tuple[float, float], b: tuple[float, float]) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _toward(here, there, far: float) -> tuple[float, float]:
    """`far` pixels from `here` on the way `there`, along an axis; no farther than there."""
    long = _length(here, there)
    part = min(1.0, far / long) if long else 0.0
    return here[0] + part * (there[0] - here[0]), here[1] + part * (there[1] - here[1])


def _arrow(points: Sequence[tuple[float, float]]) -> str:
    (x, y), (bx, by) = points[-1], _toward(points[-1], points[-2], _HEAD)
    dx, dy = (x - bx) * 0.45, (y - by) * 0.45
    return f"M{_n(x)} {_n(y)}L{_n(bx - dy)} {_n(by + dx)}L{_n(bx + dy)} {_n(by - dx)}Z"


def _middle(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The middle of a line's longest piece."""
    a, b = max(pairwise(points), key=lambda pair: _length(*pair))
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def _flow_state(line: Line, state: str) -> str:
    x, y = _middle(line.points)
    sign, word = _STATES[state]
    return (
        f'<g class="pm-flow-state"><title>{word}</title>'
        f'<circle class="pm-state" cx="{_n(x)}" cy="{_n(y)}" r="7"/>'
        f"{_text(x, y + 4, sign, 'pm-state-text')}</g>"
    )


# --- steps ---


def _step(box: Box, scene: _Scene) -> str:
    step, state = scene.step(box.id), scene.state(box.id)
    names = ["pm-step", f"pm-kind-{box.kind}", f"pm-{state}" if state else "",
             "pm-selected" if scene.selected == box.id else "",
             "pm-told" if box.id in scene.values else ""]  # fmt: skip
    said = step_sentence(step, scene)
    parts = [
        f'<g class="{" ".join(filter(None, names))}" data-step={_a(box.id)} '
        f'data-lane={_a(box.lane)} role="img" tabindex="0" aria-label={_a(said)}>',
        _tip(said, scene),
        _outline(box, "pm-focus", 4),
        _outline(box, "pm-shape"),
        _outline(box, f"pm-shade pm-level-{level}") if (level := scene.level(box.id)) else "",
        _sign(box),
        _name(box, _figure(step, scene)),
    ]
    if state:
        parts.append(_step_state(box, state, scene.changes[box.id][1]))
    if box.id in scene.marks:
        parts.append(_missing(*_upper_right(box), scene.marks[box.id]))
    return "".join([*parts, "</g>"])


def step_sentence(step: Step, scene: "_Scene") -> str:
    """A step in words, for those who listen."""
    lane = scene.map.lane_of(step)
    said = [step.name, f"{KIND_WORDS[step.kind]} in {lane.name}" if lane else
            f"{KIND_WORDS[step.kind]} in no lane yet"]  # fmt: skip
    said += [_minutes(step.handling_min)] if step.handling_min else []
    said += [f"after a wait of {_minutes(step.wait_min)}"] if step.wait_min else []
    if step.id in scene.values:
        title = COLOURS.get(scene.colour_by, scene.colour_by).lower()
        said.append(f"{title} {scene.figure(scene.values[step.id])}")
    said += [_STATES[scene.state(step.id)][1]] if scene.state(step.id) else []
    ways = [_way(flow, scene) for flow in scene.map.outgoing(step.id)]
    said += [f"then {', '.join(ways)}"] if ways else []
    said += [f"missing: {scene.marks[step.id]}"] if step.id in scene.marks else []
    return ", ".join(said)


def _minutes(minutes: float) -> str:
    return f"{number(minutes, 0 if minutes == int(minutes) else 1)} minutes"


def _way(flow: Flow, scene: _Scene) -> str:
    part = "" if flow.probability is None else f" {share(flow.probability, 0)}"
    return f"{scene.step(flow.target).name}{part}"


def _outline(box: Box, name: str, grow: float = 0.0) -> str:
    """The step's shape; with `grow`, as a ring that many pixels outside."""
    x, y, w, h = box.x - grow, box.y - grow, box.w + 2 * grow, box.h + 2 * grow
    middle = x + w / 2, y + h / 2
    if box.kind == "task":
        return (
            f'<rect class="{name}" x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}" '
            f'rx="{_n(9 + grow)}"/>'
        )
    if box.kind in ("decision", "parallel"):
        return f'<path class="{name}" d="{_diamond(*middle, w / 2, h / 2)}"/>'
    return f'<circle class="{name}" cx="{_n(middle[0])}" cy="{_n(middle[1])}" r="{_n(w / 2)}"/>'


def _diamond(x: float, y: float, half: float, tall: float) -> str:
    return (
        f"M{_n(x)} {_n(y - tall)}L{_n(x + half)} {_n(y)}L{_n(x)} {_n(y + tall)}"
        f"L{_n(x - half)} {_n(y)}Z"
    )


def _sign(box: Box) -> str:
    """What tells a kind apart inside its outline: a plus, a clock."""
    x, y = box.x + box.w / 2, box.y + box.h / 2
    if box.kind == "parallel":
        return f'<path class="pm-sign-line" d="M{_n(x - 9)} {_n(y)}h18M{_n(x)} {_n(y - 9)}v18"/>'
    if box.kind == "wait":
        return (
            f'<circle class="pm-ring" cx="{_n(x)}" cy="{_n(y)}" r="{_n(box.w / 2 - 4)}"/>'
            f'<path class="pm-sign-line" d="M{_n(x)} {_n(y - 10)}v10l7 4"/>'
        )
    return ""


def _figure(step: Step, scene: _Scene) -> str:
    """The one figure in a box: what it is coloured by, else its times."""
    if scene.colour_by:
        value = scene.values.get(step.id)
        return "" if value is None else f"{_warning(scene, value)}{scene.figure(value)}"
    handling = duration(step.handling_min) if step.handling_min else ""
    wait = f"◷ {duration(step.wait_min)}" if step.wait_min else ""
    return " · ".join(filter(None, (wait, handling)))


def _warning(scene: _Scene, value: float) -> str:
    """The sign of a team that has too much to do."""
    if scene.colour_by != "load":
        return ""
    return "✕ " if value > 1 else "◐ " if value > _HIGH_LOAD else ""


def _name(box: Box, figure: str) -> str:
    x, y = box.x + box.w / 2, box.y + box.h / 2
    if box.caption is not None:
        return _beside(box, figure)
    gap, name = (NAME_LINE, "pm-name") if box.kind == "task" else (CAPTION_LINE, "pm-caption")
    tall = gap * len(box.lines) + (FOOT if figure else 0)
    top = y - tall / 2
    text = _texts(x, top, box.lines, gap, name)
    return text + (_text(x, top + tall - 3, figure, "pm-figure") if figure else "")


def _beside(box: Box, figure: str) -> str:
    """The caption of a small shape: below it, or to the right where the work goes down."""
    place = box.caption
    lines, right = list(box.lines), place.x >= box.x + box.w
    x = place.x + 6 if right else place.x + place.w / 2
    end = "start" if right else "middle"
    top = place.y + (0 if right else 3)
    made = [
        _text(x, top + CAPTION_LINE * (i + 0.8), line, "pm-caption", end)
        for i, line in enumerate(lines)
    ]
    if figure:
        made.append(_text(x, top + CAPTION_LINE * (len(lines) + 0.8), figure, "pm-figure", end))
    return "".join(made)


def _upper_right(box: Box) -> tuple[float, float]:
    inward = {"task": 4.0, "decision": box.w * 0.19}.get(box.kind, box.w * 0.12)
    down = box.h * 0.15 if box.kind == "decision" else 2.0
    return box.x + box.w - inward, box.y + down


def _missing(x: float, y: float, sentence: str) -> str:
    return (
        f'<g class="pm-missing"><title>{escape(sentence)}</title>'
        f'<circle class="pm-missing-mark" cx="{_n(x)}" cy="{_n(y)}" r="8.5"/>'
        f"{_text(x, y + 4.2, '?', 'pm-missing-text')}</g>"
    )


def _step_state(box: Box, state: str, changes: Sequence[Difference]) -> str:
    sign, word = _STATES[state]
    said = f"{sign} {word}"
    wide = text_width(said, 11) + 12
    x = box.x - 4 if box.kind == "task" else box.x + box.w / 2 - wide / 2
    y = box.y - 12
    sentence = " ".join(item.sentence for item in changes)
    return (
        f'<g class="pm-step-state"><title>{escape(sentence)}</title>'
        f'<rect class="pm-state" x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="16" rx="8"/>'
        f"{_text(x + wide / 2, y + 12, said, 'pm-state-text')}</g>"
    )


# --- legend ---


@dataclass(frozen=True)
class _Legend:
    text: str
    width: float
    height: float


def _legend(scene: _Scene) -> _Legend:
    """What the signs mean, as far as they occur, in as many lines as the map's width asks for."""
    room = max(scene.layout.width, _LEGEND_LEAST)
    top, x, y, wide = scene.layout.height + 24, 4.0, 0.0, 0.0
    parts: list[str] = []
    for symbol, size, words in (*_scale(scene), *_signs(scene)):
        long = size + 6 + text_width(words, 12)
        if x + long > room and x > 4:
            x, y = 4.0, y + _LEGEND_LINE
        parts.append(f'<g transform="translate({_n(x)} {_n(top + y)})">{symbol}</g>')
        parts.append(_text(x + size + 6, top + y + 4, words, "pm-legend-text", "start"))
        x += long + 20
        wide = max(wide, x - 20)
    if not parts:
        return _Legend("", 0.0, 0.0)
    below = _n(scene.layout.height + _MARGIN)
    text = f'<g class="pm-legend" data-below="{below}">{"".join(parts)}</g>'
    return _Legend(text, wide, y + 40)


def _scale(scene: _Scene) -> list[tuple[str, float, str]]:
    if not scene.values or scene.most <= 0:
        return []
    title = COLOURS.get(scene.colour_by, scene.colour_by)
    made = [("", -6.0, f"{title}:")]
    for level in range(1, _LEVELS):
        low, high = ((level + i - 1) * scene.most / (_LEVELS - 1) for i in (0, 1))
        swatch = (
            '<rect class="pm-shape" x="0" y="-8" width="22" height="16" rx="4"/>'
            f'<rect class="pm-shade pm-level-{level} pm-legend-swatch" x="0" y="-8" width="22" '
            'height="16" rx="4"/>'
        )
        words = f"to {scene.figure(high)}"
        words = words if level == 1 else f"{scene.figure(low)} {words}"
        made.append((swatch, 22.0, words))
    return made


def _signs(scene: _Scene) -> list[tuple[str, float, str]]:
    made = []
    if any(line.handoff for line in scene.layout.lines):
        mark = f'<path class="pm-handoff-mark" d="{_diamond(5, 0, 5, 5)}"/>'
        made.append((mark, 10.0, "hand-off to another party"))
    if any(scene.flow(line.id).rework for line in scene.layout.lines):
        dash = '<g class="pm-rework"><path class="pm-line" d="M0 0h26"/></g>'
        made.append((dash, 26.0, "↺ rework"))
    if not scene.colour_by and any(step.wait_min for step in scene.map.steps):
        made.append(("", -6.0, "◷ waits first"))
    warned = {_warning(scene, value) for value in scene.values.values()}
    made += [("", -6.0, words) for sign, words in _LOADS.items() if sign in warned]
    if scene.marks:
        made.append((_missing(8.5, 0, "Something is missing"), 17.0, "something is missing"))
    for state, (sign, word) in _STATES.items():
        if any(held == state for held, _ in scene.changes.values()):
            mark = (
                f'<g class="pm-{state}"><circle class="pm-state" cx="8" cy="0" r="8"/>'
                f"{_text(8, 4, sign, 'pm-state-text')}</g>"
            )
            made.append((mark, 16.0, word))
    return [*made, ("", -6.0, scene.note)] if scene.note else made
