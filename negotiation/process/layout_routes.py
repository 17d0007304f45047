"""Which way every line takes: through gutters between columns, channels between rows, free cells.

Places are levels. Across the columns: gutter, column, gutter, column, ...; down the rows: for each
lane channel, row, channel, ..., row, channel, then the lane's border. Even levels are gutters and
channels, where lines get tracks of their own; odd ones are columns, rows and borders. A line is a
list of corners (x level, y level), so that no line can run through a box whatever the sizes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

Corner = tuple[int, int]
Ends = tuple[int, int]
RIGHT, LEFT, TOP, BOTTOM = "right", "left", "top", "bottom"

_BEND, _CROSSING, _DOWN = 2.5, 4.0, 0.6
_BACKWARDS = 4.0
"""What it costs to leave a box where lines come in, or to come in where they leave."""
_CHANNELS = 10


@dataclass(frozen=True)
class Path:
    """A line's corners, and the sides of the boxes it leaves and enters."""

    corners: tuple[Corner, ...]
    leaves: str
    enters: str


@dataclass(frozen=True)
class Site:
    """A box to route around: its levels, whether it is pointed (a diamond or circle), and whether
    its name hangs below it, where no line may leave."""

    x: int
    y: int
    pointed: bool
    hanging: bool
    branching: bool


def paths(sites: Sequence[Site], ends: Sequence[Ends], rows: set[int], size: Ends) -> list[Path]:
    """A path for each pair of places in `sites`.

    `rows` are the y levels that are rows; `size` how many x and y levels there are.
    """
    router = _Router(sites, rows, size)
    found: dict[int, Path] = {}
    for i in sorted(range(len(ends)), key=lambda i: (*_turn(sites, ends[i]), i)):
        found[i] = router.route(*ends[i])
    return [found[i] for i in range(len(ends))]


def _turn(sites: Sequence[Site], ends: Ends) -> tuple[int, int]:
    """When a line is routed: straight ones, then those that lead on, then those that lead back."""
    source, target = sites[ends[0]], sites[ends[1]]
    across, down = target.x - source.x, abs(target.y - source.y)
    rank = 2 if across <= 0 else 1 if down else 0
    return rank, abs(across) + down


def _between(a: int, b: int) -> int:
    """Bits of the levels strictly between `a` and `b`."""
    low, high = (a, b) if a < b else (b, a)
    return ((1 << (high - low - 1)) - 1) << (low + 1) if high > low + 1 else 0


_WAY = {RIGHT: (1, 0), LEFT: (-1, 0), TOP: (0, -1), BOTTOM: (0, 1)}


def _is_plain(corners: Sequence[Corner], leaves: str, enters: str) -> bool:
    """Whether a way starts and ends on the sides it says and turns at every corner."""
    (x0, y0), (x1, y1) = corners[0], corners[1]
    (x2, y2), (x3, y3) = corners[-2], corners[-1]
    out, into = _WAY[leaves], _WAY[enters]
    if (x1 - x0) * out[0] + (y1 - y0) * out[1] <= 0:
        return False
    if (x2 - x3) * into[0] + (y2 - y3) * into[1] <= 0:
        return False
    upright = x0 == x1
    for i in range(1, len(corners) - 1):
        if (corners[i][0] == corners[i + 1][0]) == upright:
            return False
        upright = not upright
    return True


class _Router:
    def __init__(self, sites: Sequence[Site], rows: set[int], size: Ends):
        width, height = size
        self.sites = sites
        self.rows = rows
        self.row_taken = [0 if y in rows or y % 2 == 0 else -1 for y in range(height)]
        self.column_taken = [0] * width
        self.upright = [[0] * width for _ in range(height)]
        self.level = [[0] * height for _ in range(width)]
        self.on_side: dict[tuple[int, str], int] = {}
        for site in sites:
            self.row_taken[site.y] |= 1 << site.x
            self.column_taken[site.x] |= 1 << site.y

    def route(self, source: int, target: int) -> Path:
        best, least = None, float("inf")
        s, t = self.sites[source], self.sites[target]
        straight = abs(s.x - t.x) + _DOWN * abs(s.y - t.y)
        for leaves, enters, turns in self._ways(s, t):
            # No way is shorter than the straight one: most are passed over unseen.
            at_least = straight + _BEND * len(turns)
            if at_least >= least:
                continue
            manners = self._manners(source, target, leaves, enters)
            if at_least + manners >= least:
                continue
            corners = self._corners(source, target, leaves, enters, turns)
            if corners is None:
                continue
            cost = self._cost(corners) + manners
            if cost < least - 1e-9:
                best, least = Path(corners, leaves, enters), cost
        self._take(source, target, best)
        return best

    def _ways(self, s: Site, t: Site) -> Iterator[tuple[str, str, tuple[int, ...]]]:
        if s is t:
            yield RIGHT, TOP, (s.x + 1, s.y - 1)
        elif s.x < t.x:
            yield from self._forth(s, t)
        else:
            yield from self._back(s, t)

    def _forth(self, s: Site, t: Site) -> Iterator[tuple[str, str, tuple[int, ...]]]:
        first, last = s.x + 1, t.x - 1
        if s.y == t.y:
            yield RIGHT, LEFT, ()
        else:
            yield RIGHT, LEFT, (first,)
            if last != first:
                yield RIGHT, LEFT, (last,)
            down = t.y > s.y
            leave, enter = (BOTTOM, TOP) if down else (TOP, BOTTOM)
            yield leave, LEFT, (t.y,)
            yield RIGHT, enter, (t.x,)
        for side, y in self._beside(s):
            yield side, LEFT, (y, last)
            yield side, side, (y,)
        for side, y in self._beside(t):
            yield RIGHT, side, (first, y)
            if s.y != t.y:
                yield TOP if y < s.y else BOTTOM, side, (y,)
        if last != first:
            for y in self._channels(s, t):
                yield RIGHT, LEFT, (first, y, last)

    def _back(self, s: Site, t: Site) -> Iterator[tuple[str, str, tuple[int, ...]]]:
        first, last = s.x + 1, t.x - 1
        if s.x == t.x:
            yield RIGHT, RIGHT, (first,)
            yield LEFT, LEFT, (last,)
            yield (BOTTOM, TOP, ()) if t.y > s.y else (TOP, BOTTOM, ())
        elif s.y != t.y:
            yield LEFT, BOTTOM if s.y > t.y else TOP, (t.x,)
            yield BOTTOM if t.y > s.y else TOP, RIGHT, (t.y,)
        for side, y in self._beside(s):
            yield side, LEFT, (y, last)
            for enter in (TOP, BOTTOM):
                yield side, enter, (y,)
        for side, y in self._beside(t):
            yield RIGHT, side, (first, y)
            for leave in (TOP, BOTTOM):
                yield leave, side, (y,)
        for y in self._channels(s, t):
            yield RIGHT, LEFT, (first, y, last)

    @staticmethod
    def _beside(site: Site) -> tuple[tuple[str, int], ...]:
        """The sides that look at channels, each with its channel."""
        return ((TOP, site.y - 1), (BOTTOM, site.y + 1))

    def _channels(self, s: Site, t: Site) -> list[int]:
        """Levels that a long line may run along: around both boxes, and free rows between them."""
        low, high = min(s.y, t.y) - 1, max(s.y, t.y) + 1
        near = [y for y in (s.y - 1, s.y + 1, t.y - 1, t.y + 1)]
        between = [y for y in range(low, high + 1) if y % 2 == 0 or y in self.rows]
        return list(dict.fromkeys(near + between))[: _CHANNELS + 4]

    def _corners(
        self, source: int, target: int, leaves: str, enters: str, turns: tuple[int, ...]
    ) -> tuple[Corner, ...] | None:
        """The corners of a way, or None where a box or a line is in it."""
        s, t = self.sites[source], self.sites[target]
        x, y, across = s.x, s.y, leaves in (RIGHT, LEFT)
        made = [(x, y)]
        for turn in turns:
            x, y = (turn, y) if across else (x, turn)
            made.append((x, y))
            across = not across
        for _ in range(2):
            there = (t.x, y) if across else (x, t.y)
            if there != (x, y):
                x, y = there
                made.append(there)
            across = not across
        return tuple(made) if _is_plain(made, leaves, enters) and self._is_free(made) else None

    def _is_free(self, corners: list[Corner]) -> bool:
        last = len(corners) - 2
        for i, ((xa, ya), (xb, yb)) in enumerate(pairwise(corners)):
            if ya == yb:
                if ya % 2 and self.row_taken[ya] & _between(xa, xb):
                    return False
            elif xa % 2 and self.column_taken[xa] & _between(ya, yb):
                return False
            if i < last and xb % 2 and yb % 2:
                taken = self.row_taken[yb] >> xb & 1 or self.column_taken[xb] >> yb & 1
                if taken:
                    return False
        return True

    def _cost(self, corners: tuple[Corner, ...]) -> float:
        cost = _BEND * (len(corners) - 2)
        for (xa, ya), (xb, yb) in pairwise(corners):
            if ya == yb:
                low, high = (xa, xb) if xa < xb else (xb, xa)
                cost += high - low + _CROSSING * sum(self.upright[ya][low + 1 : high])
            else:
                low, high = (ya, yb) if ya < yb else (yb, ya)
                cost += _DOWN * (high - low) + _CROSSING * sum(self.level[xa][low + 1 : high])
        return cost

    def _manners(self, source: int, target: int, leaves: str, enters: str) -> float:
        """What is paid for leaving and entering at unusual or crowded sides."""
        s, t = self.sites[source], self.sites[target]
        if BOTTOM in (leaves if s.hanging else "", enters if t.hanging else ""):
            return float("inf")
        cost = _BACKWARDS * ((leaves == LEFT) + (enters == RIGHT))
        cost += (0.0 if s.branching else 2.0) * (leaves in (TOP, BOTTOM))
        cost += (0.5 if t.branching else 1.5) * (enters in (TOP, BOTTOM))
        for v, site, side in ((source, s, leaves), (target, t, enters)):
            cost += (2.5 if site.pointed else 1.0) * self.on_side.get((v, side), 0)
        return cost

    def _take(self, source: int, target: int, path: Path) -> None:
        for key in ((source, path.leaves), (target, path.enters)):
            self.on_side[key] = self.on_side.get(key, 0) + 1
        corners = path.corners
        for (xa, ya), (xb, yb) in pairwise(corners):
            if ya == yb:
                low, high = (xa, xb) if xa < xb else (xb, xa)
                for x in range(low + 1, high):
                    self.level[x][ya] += 1
                if ya % 2:
                    self.row_taken[ya] |= _between(xa, xb)
            else:
                low, high = (ya, yb) if ya < yb else (yb, ya)
                for y in range(low + 1, high):
                    self.upright[y][xa] += 1
                if xa % 2:
                    self.column_taken[xa] |= _between(ya, yb)
        for x, y in corners[1:-1]:
            if x % 2 and y % 2:
                self.row_taken[y] |= 1 << x
                self.column_taken[x] |= 1 << y
