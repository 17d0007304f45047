"""Where everything on the map stands: boxes, bands of lanes, lines and their words, in pixels.

The layout is made for lanes: columns by the order of work (`layout_columns`), rows within each lane
(`layout_rows`), lines through gutters that hold no box (`layout_routes`), tracks of their own
(`layout_tracks`), words where nothing is covered (`layout_labels`). It is worked out with the work
going right; a vertical map is the same with both axes changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from negotiation.process import layout_labels
from negotiation.process.layout_build import Built, Frame, build
from negotiation.process.layout_shapes import NAME_SIZE, Shape, shape
from negotiation.process.layout_text import wrap
from negotiation.process.maps import Map
from negotiation.process.rows import Flow, Lane

Point = tuple[float, float]
NO_LANE = "No lane yet"
_BOLD = 1.12
"""How much wider bold type is."""


@dataclass(frozen=True)
class Rect:
    """A rectangle by its upper left corner and its size."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True)
class Box:
    """A step: its outline's rectangle, its lane ("" for none yet), column and row of the lane, the
    lines of its name, and the rectangle of its caption where the name stands outside."""

    id: str
    kind: str
    x: float
    y: float
    w: float
    h: float
    lane: str
    column: int
    row: int
    lines: tuple[str, ...]
    caption: Rect | None = None


@dataclass(frozen=True)
class Band:
    """A lane: its rectangle with the header, the header's own, the lines of its name."""

    id: str
    x: float
    y: float
    w: float
    h: float
    header: Rect
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A flow: its corners from outline to outline, its words line by line and where they stand, and
    where it comes into a lane of another party."""

    id: str
    points: tuple[Point, ...]
    words: tuple[str, ...] = ()
    label: Rect | None = None
    handoff: Point | None = None


@dataclass(frozen=True)
class Layout:
    """The whole map: lanes in order, steps and flows in the table's order."""

    width: float
    height: float
    vertical: bool
    bands: tuple[Band, ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def lay_out(map: Map, vertical: bool = False) -> Layout:
    """The drawing's geometry: always the same for the same map.

    No box lies over another, no line runs through a box. Flows of steps that are not there are left
    out; steps without a lane stand in a band of their own at the end.
    """
    lanes = _lanes(map)
    place = {lane.id if lane else "": i for i, lane in enumerate(lanes)}
    homes = [place[lane.id if (lane := map.lane_of(step)) else ""] for step in map.steps]
    shapes = [shape(step) for step in map.steps]
    known = {step.id: i for i, step in enumerate(map.steps)}
    flows = [flow for flow in map.flows if flow.source in known and flow.target in known]
    words = [layout_labels.words(flow, map.step[flow.source].kind == "decision") for flow in flows]
    room = [layout_labels.size(lines) for lines in words]
    ends = [(known[flow.source], known[flow.target]) for flow in flows]
    built = build(map.steps, homes, len(lanes), shapes, flows, ends, room, vertical)
    boxes = _boxes(map, lanes, homes, shapes, built, vertical)
    return Layout(
        *_turned((built.width, built.height), vertical),
        vertical,
        _bands(lanes, built, vertical),
        boxes,
        _lines(map, flows, words, room, boxes, built, vertical),
    )


def layout_key(map: Map) -> tuple:
    """What `lay_out` looks at: two maps with equal keys have the same layout."""
    return (
        tuple((lane.id, lane.name, lane.party) for lane in map.lanes),
        tuple((step.id, step.name, step.kind, step.lane) for step in map.steps),
        tuple(
            (flow.id, flow.source, flow.target, flow.label, flow.probability, flow.rework)
            for flow in map.flows
        ),
    )


def _lanes(map: Map) -> list[Lane | None]:
    """The lanes in order; None at the end for steps without one, and for a map without lanes."""
    homeless = not map.lanes or any(map.lane_of(step) is None for step in map.steps)
    return [*map.lanes, None] if homeless else list(map.lanes)


def _turned(point: Point, vertical: bool) -> Point:
    return (point[1], point[0]) if vertical else point


def _boxes(
    map: Map, lanes: Sequence[Lane | None], homes: Sequence[int], shapes: Sequence[Shape],
    built: Built, vertical: bool,
) -> tuple[Box, ...]:  # fmt: skip
    made = []
    for i, step in enumerate(map.steps):
        x, y = _turned(built.centres[i], vertical)
        size, lane = shapes[i], lanes[homes[i]]
        made.append(Box(
            step.id, step.kind, x - size.w / 2, y - size.h / 2, size.w, size.h,
            lane.id if lane else "", built.columns[i], built.rows[i], size.lines,
            _caption(size, x, y, vertical),
        ))  # fmt: skip
    return tuple(made)


def _caption(size: Shape, x: float, y: float, vertical: bool) -> Rect | None:
    """Below the outline; beside it where the work goes down."""
    if not size.caption_h:
        return None
    if vertical:
        return Rect(x + size.w / 2, y - size.caption_h / 2, size.caption_w, size.caption_h)
    return Rect(x - size.caption_w / 2, y + size.h / 2, size.caption_w, size.caption_h)


def _bands(lanes: Sequence[Lane | None], built: Built, vertical: bool) -> tuple[Band, ...]:
    made = []
    head = Frame(vertical).header
    for lane, (start, end) in zip(lanes, built.bands, strict=True):
        name = lane.name if lane else NO_LANE
        if vertical:
            x, y, w, h = start, 0.0, end - start, built.width
            header = Rect(x, y, w, head)
        else:
            x, y, w, h = 0.0, start, built.width, end - start
            header = Rect(x, y, head, h)
        lines = wrap(name, header.w - 24, _BOLD * NAME_SIZE, 2 if vertical else 4)
        made.append(Band(lane.id if lane else "", x, y, w, h, header, tuple(lines)))
    return tuple(made)


def _lines(
    map: Map, flows: Sequence[Flow], words: Sequence[tuple[str, ...]],
    room: Sequence[Point], boxes: Sequence[Box], built: Built, vertical: bool,
) -> tuple[Line, ...]:  # fmt: skip
    points = [[_turned(p, vertical) for p in line] for line in built.lines]
    solid = [(b.x, b.y, b.w, b.h) for b in boxes]
    solid += [(c.x, c.y, c.w, c.h) for b in boxes if (c := b.caption)]
    size = _turned((built.width, built.height), vertical)
    places = layout_labels.place(points, room, solid, size)
    made = []
    for i, flow in enumerate(flows):
        entry = built.crossings[i] if _changes_party(map, flow) else None
        made.append(Line(
            flow.id, tuple(points[i]), words[i],
            Rect(*places[i]) if places[i] else None,
            _turned(entry, vertical) if entry else None,
        ))  # fmt: skip
    return tuple(made)


def _changes_party(map: Map, flow: Flow) -> bool:
    """Whether the work goes from one party's lane into another's."""
    source, target = map.lane_of(flow.source), map.lane_of(flow.target)
    return bool(source and target and source.party != target.party)
