"""From columns, rows and routes to pixels.

Everything here is told with the work going right: `x` across the columns, `y` down the rows.
`Frame` turns it round for a vertical map.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from negotiation.process.layout_columns import columns
from negotiation.process.layout_routes import BOTTOM, LEFT, RIGHT, Path, Site, paths
from negotiation.process.layout_rows import rows
from negotiation.process.layout_shapes import Shape, inset, reach
from negotiation.process.layout_tracks import (
    Piece,
    Port,
    Stretch,
    give_tracks,
    part,
    pieces,
    spread,
)
from negotiation.process.rows import Flow, Step

Point = tuple[float, float]
Ends = Sequence[tuple[int, int]]
"""Places of each flow's two steps in the table."""
Level = tuple[bool, int]
"""A gutter or column (True) or a channel or row, by its level."""
TRACK, PORT = 12.0, 14.0
_GUTTER, _GUTTER_PAD = 30.0, 14.0
_CHANNEL, _CHANNEL_PAD = 14.0, 9.0
_BAND_LEAST = 84.0
_FREE_REACH = 22.0
_MANY_WAYS = 3


@dataclass(frozen=True)
class Sizes:
    """A box in the frame: half its size along and across the work, and what its caption takes."""

    along: float
    across: float
    caption_along: float
    caption_across: float


@dataclass(frozen=True)
class Frame:
    """What depends on the direction: sizes of boxes, the header, the room for words in a gutter."""

    vertical: bool

    def sizes(self, shape: Shape) -> Sizes:
        if self.vertical:
            return Sizes(shape.h / 2, shape.w / 2, shape.caption_h / 2, shape.caption_w)
        return Sizes(shape.w / 2, shape.h / 2, shape.caption_w / 2, shape.caption_h)

    @property
    def header(self) -> float:
        return 54.0 if self.vertical else 120.0

    @property
    def band_least(self) -> float:
        return 150.0 if self.vertical else _BAND_LEAST

    def words(self, size: tuple[float, float], along: bool) -> float:
        """Room for words of this size, along the work or across it."""
        return size[1] + 4 if self.vertical == along else size[0] + 4


@dataclass
class Built:
    """Centres of the boxes, corners of the lines, and where each lane begins and ends."""

    columns: list[int]
    rows: list[int]
    centres: list[Point]
    lines: list[list[Point]]
    crossings: list[Point | None]
    bands: list[tuple[float, float]]
    width: float
    height: float


def build(
    steps: Sequence[Step],
    lanes: Sequence[int],
    lane_count: int,
    shapes: Sequence[Shape],
    flows: Sequence[Flow],
    ends: Sequence[tuple[int, int]],
    room: Sequence[tuple[float, float]],
    vertical: bool,
) -> Built:
    """The whole geometry, in the frame of the work going right."""
    frame = Frame(vertical)
    column = _columns(steps, lanes, flows, ends)
    row, counts = rows(lanes, column, _links(flows, ends), lane_count)
    grid = _Grid(column, counts)
    sites = [
        Site(2 * c + 1, grid.level(lane, r), s.pointed, s.caption_h > 0, step.kind != "task")
        for c, r, lane, s, step in zip(column, row, lanes, shapes, steps, strict=True)
    ]
    size = (2 * grid.columns + 1, grid.height)
    found = paths(sites, ends, grid.levels, size)
    rule = _Ruler(grid, sites, [frame.sizes(s) for s in shapes], shapes, frame)
    lines = rule.measure(found, ends, room)
    crossings = [
        _entry(points, rule.bands[lanes[t]]) for points, (_, t) in zip(lines, ends, strict=True)
    ]
    centres = [(rule.x[site.x], rule.y[site.y]) for site in sites]
    return Built(column, row, centres, lines, crossings, rule.bands, rule.width, rule.height)


def _columns(
    steps: Sequence[Step], lanes: Sequence[int], flows: Sequence[Flow], ends: Ends
) -> list[int]:
    forth = [pair for pair, flow in zip(ends, flows, strict=True) if not flow.rework]
    back = [pair for pair, flow in zip(ends, flows, strict=True) if flow.rework]
    return columns([step.kind == "start" for step in steps], lanes, forth, back)


def _links(flows: Sequence[Flow], ends: Ends) -> list[tuple[int, int, float]]:
    ways: dict[int, int] = defaultdict(int)
    for source, _ in ends:
        ways[source] += 1
    return [
        (s, t, flow.probability if flow.probability is not None else 1 / ways[s])
        for (s, t), flow in zip(ends, flows, strict=True)
        if not flow.rework
    ]


def _entry(points: list[Point], band: tuple[float, float]) -> Point | None:
    """Where a line last comes into a band, if it comes from outside."""
    for (xa, ya), (xb, yb) in zip(reversed(points[:-1]), reversed(points[1:]), strict=True):
        for border in band:
            if xa == xb and min(ya, yb) < border < max(ya, yb):
                return xa, border
    return None


class _Grid:
    """Levels of rows and channels; see `layout_routes`."""

    def __init__(self, column: list[int], counts: list[int]):
        self.counts = counts
        self.columns = max(column, default=-1) + 1
        self.first = [2 * (sum(counts[:lane]) + lane) for lane in range(len(counts))]
        self.height = self.first[-1] + 2 * counts[-1] + 1
        self.levels = {self.level(lane, r) for lane, n in enumerate(counts) for r in range(n)}

    def level(self, lane: int, row: int) -> int:
        return self.first[lane] + 2 * row + 1


class _Ruler:
    """Turns levels into pixels once it is known how many lines share each gutter and channel."""

    def __init__(
        self, grid: _Grid, sites: Sequence[Site], sizes: Sequence[Sizes], shapes: Sequence[Shape],
        frame: Frame,
    ):  # fmt: skip
        self.grid, self.sites, self.sizes, self.frame = grid, sites, sizes, frame
        self.kinds = [shape.kind for shape in shapes]
        self.x: dict[int, float] = {}
        self.y: dict[int, float] = {}
        self.bands: list[tuple[float, float]] = []

    def measure(
        self, found: Sequence[Path], ends: Ends, room: Sequence[Point]
    ) -> list[list[Point]]:
        made = [pieces(i, path.corners) for i, path in enumerate(found)]
        shared: dict[Level, list[Piece]] = defaultdict(list)
        for piece in (p for line in made for p in line):
            shared[piece.upright, piece.level].append(piece)
        tracks = {key: give_tracks(here) for key, here in sorted(shared.items()) if key[1] % 2 == 0}
        words = self._words(found, ends, room)
        self._set_columns(tracks, words, self._fans(found, ends, room))
        self._set_rows(tracks, words)
        self._place_tracks(shared, tracks)
        self._place_ports(made, found, ends)
        self._part(made, shared, found, ends)
        return [self._points(line, p, e) for line, p, e in zip(made, found, ends, strict=True)]

    def _words(
        self, found: Sequence[Path], ends: Ends, room: Sequence[Point]
    ) -> dict[Level, float]:
        """Room for words that each gutter (True) and channel keeps for lines beginning there."""
        need: dict[Level, float] = defaultdict(float)
        for path, (source, _), size in zip(found, ends, room, strict=True):
            if size[0]:
                across = path.leaves in (RIGHT, LEFT)
                site, step = self.sites[source], 1 if path.leaves in (RIGHT, BOTTOM) else -1
                key = (across, (site.x if across else site.y) + step)
                need[key] = max(need[key], self.frame.words(size, across))
        return need

    def _fans(self, found: Sequence[Path], ends: Ends, room: Sequence[Point]) -> set[int]:
        """Gutters behind a step that many ways with words leave on one side: there is no room
        between the lines where they begin, so words come behind the tracks, where each line is
        alone."""
        ways: dict[int, int] = defaultdict(int)
        for path, (source, _), size in zip(found, ends, room, strict=True):
            ways[source] += bool(size[0]) and path.leaves == RIGHT
        return {self.sites[v].x + 1 for v, count in ways.items() if count >= _MANY_WAYS}

    def _set_columns(
        self, tracks: dict[Level, int], need: dict[Level, float], fans: set[int]
    ) -> None:
        half = [22.0] * self.grid.columns
        for site, size in zip(self.sites, self.sizes, strict=True):
            c = site.x // 2
            half[c] = max(half[c], size.along, size.caption_along)
        at, self.track_x = self.frame.header, {}
        for gutter in range(self.grid.columns + 1):
            count = tracks.get((True, 2 * gutter), 0)
            least = _GUTTER if 0 < gutter < self.grid.columns else _GUTTER_PAD
            words = need.get((True, 2 * gutter), 0.0)
            wide = max(least, words + TRACK * max(0, count - 1) + 2 * _GUTTER_PAD)
            middle = at + (0.0 if 2 * gutter in fans else words) + (wide - words) / 2
            self.track_x[2 * gutter] = middle - TRACK * (count - 1) / 2
            self.x[2 * gutter] = middle
            at += wide
            if gutter < self.grid.columns:
                self.x[2 * gutter + 1] = at + half[gutter]
                at += 2 * half[gutter]
        self.width = at

    def _set_rows(self, tracks: dict[Level, int], need: dict[Level, float]) -> None:
        above: dict[int, float] = defaultdict(lambda: 30.0)
        below: dict[int, float] = defaultdict(lambda: 30.0)
        for site, size in zip(self.sites, self.sizes, strict=True):
            above[site.y] = max(above[site.y], size.across)
            below[site.y] = max(below[site.y], size.across + size.caption_across)
        at, self.track_y = 0.0, {}
        for lane, count in enumerate(self.grid.counts):
            first = self.grid.first[lane]
            tall = self._channels(first, count, tracks, need)
            rows_tall = sum(above[y] + below[y] for y in range(first + 1, first + 2 * count, 2))
            spare = max(0.0, self.frame.band_least - sum(tall) - rows_tall)
            start = at
            at += spare / 2
            for i, height in enumerate(tall):
                channel = first + 2 * i
                many = tracks.get((False, channel), 0)
                self.y[channel] = at + height / 2
                self.track_y[channel] = self.y[channel] - TRACK * (many - 1) / 2
                at += height
                if i < count:
                    self.y[channel + 1] = at + above[channel + 1]
                    at += above[channel + 1] + below[channel + 1]
            at += spare / 2
            self.bands.append((start, at))
        self.height = at

    @staticmethod
    def _channels(
        first: int, count: int, tracks: dict[Level, int], need: dict[Level, float]
    ) -> list[float]:
        """How tall the channels of a lane are."""
        made = []
        for key in ((False, first + 2 * i) for i in range(count + 1)):
            lines = TRACK * max(0, tracks.get(key, 0) - 1) + 2 * _CHANNEL_PAD
            made.append(max(_CHANNEL, lines + max(0.0, need.get(key, 0.0) - _CHANNEL_PAD)))
        return made

    def _place_tracks(self, shared: dict[Level, list[Piece]], tracks: dict[Level, int]) -> None:
        for upright, level in tracks:
            start = self.track_x[level] if upright else self.track_y[level]
            for piece in shared[upright, level]:
                piece.at = start + TRACK * piece.track

    def _half(self, v: int, side: str) -> tuple[float, float]:
        """Half the box's size towards a side, and half the side's length."""
        size = self.sizes[v]
        if side in (RIGHT, LEFT):
            return size.along, size.across
        return size.across, size.along

    def _place_ports(self, made: list[list[Piece]], found: Sequence[Path], ends: Ends) -> None:
        sides: dict[tuple[int, str], list[Port]] = defaultdict(list)
        for line, path, (source, target) in zip(made, found, ends, strict=True):
            sides[source, path.leaves].append(self._port(line, 0, source))
            sides[target, path.enters].append(self._port(line, -1, target))
        order = sorted(sides, key=lambda key: (len(sides[key]), key))
        for v, side in order:
            _, half = self._half(v, side)
            spread(sides[v, side], reach(self.kinds[v], half), PORT)

    def _port(self, line: list[Piece], end: int, v: int) -> Port:
        """How the piece at one end of a line meets its box."""
        piece = line[end]
        if len(line) == 1:
            return Port(piece, 0, 0.0)
        site, turn = self.sites[v], line[1 if end == 0 else -2]
        far_end = piece.turns[1 if end == 0 else 0]
        middle = self.x[site.x] if turn.upright else self.y[site.y]
        at = turn.at if turn.level % 2 == 0 else (self.x if turn.upright else self.y)[turn.level]
        return Port(piece, far_end[1], abs(at - middle))

    def _part(
        self, made: list[list[Piece]], shared: dict[Level, list[Piece]], found: Sequence[Path],
        ends: Ends,
    ) -> None:  # fmt: skip
        """Moves lines in one row or column apart that would lie on top of each other."""
        for (_, level), here in shared.items():
            if level % 2 and len(here) > 1:
                part([self._stretch(p, made, found, ends) for p in here], 7.0)

    def _stretch(
        self, piece: Piece, made: list[list[Piece]], found: Sequence[Path], ends: Ends
    ) -> Stretch:
        line, (source, target) = made[piece.line], ends[piece.line]
        limits, free = [], _FREE_REACH
        for end, v, side in (
            (0, source, found[piece.line].leaves),
            (-1, target, found[piece.line].enters),
        ):
            if line[end] is piece:
                limits.append(self._border(v, side))
                free = min(free, reach(self.kinds[v], self._half(v, side)[1]))
        if len(line) == 1:
            free = 0.0
        i = next(k for k, p in enumerate(line) if p is piece)
        for k in (i - 1, i + 1):
            if 0 <= k < len(line):
                limits.append(self._at(line[k]))
        return Stretch(piece, min(limits), max(limits), free)

    def _border(self, v: int, side: str) -> float:
        site, (half, _) = self.sites[v], self._half(v, side)
        middle = self.x[site.x] if side in (RIGHT, LEFT) else self.y[site.y]
        return middle + half if side in (RIGHT, BOTTOM) else middle - half

    def _at(self, piece: Piece) -> float:
        """A piece's coordinate: its track, or the middle of its row or column and a bit."""
        if piece.level % 2 == 0:
            return piece.at
        return (self.x if piece.upright else self.y)[piece.level] + piece.at

    def _points(self, line: list[Piece], path: Path, ends: tuple[int, int]) -> list[Point]:
        ways = [self._at(piece) for piece in line]
        first = self._start(ends[0], path.leaves, line[0])
        last = self._start(ends[1], path.enters, line[-1])
        between = [
            (ways[i], ways[i + 1]) if line[i].upright else (ways[i + 1], ways[i])
            for i in range(len(line) - 1)
        ]
        return [first, *between, last]

    def _start(self, v: int, side: str, piece: Piece) -> Point:
        """Where a piece meets the outline of its box."""
        half, across = self._half(v, side)
        deep = inset(self.kinds[v], half, across, piece.at)
        border, sign = self._border(v, side), 1 if side in (RIGHT, BOTTOM) else -1
        there = border - sign * deep
        return (there, self._at(piece)) if side in (RIGHT, LEFT) else (self._at(piece), there)
