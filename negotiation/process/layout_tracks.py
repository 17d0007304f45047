"""Tracks for lines that share a gutter or channel, and places for lines at a box's side."""

from collections.abc import Sequence
from dataclasses import dataclass

_OVERLAP, _TOUCH = 6, 0.5


@dataclass(slots=True)
class Piece:
    """One straight piece of a line: its level, where it runs, and where each end turns.

    `turns` are (level of the end, -1 or 1): the neighbouring piece leads to lower or higher
    places; 0 where the line ends at a box. `at` is the coordinate, once it is known.
    """

    line: int
    upright: bool
    level: int
    low: int
    high: int
    turns: tuple[tuple[int, int], tuple[int, int]]
    track: float = 0.0
    at: float = 0.0


def pieces(line: int, corners: Sequence[tuple[int, int]]) -> list[Piece]:
    """The pieces of a line, in its direction."""
    made = []
    for i in range(len(corners) - 1):
        a, b = corners[i], corners[i + 1]
        upright = a[0] == b[0]
        along, across = (1, 0) if upright else (0, 1)
        before = corners[i - 1][across] - a[across] if i else 0
        after = corners[i + 2][across] - b[across] if i + 2 < len(corners) else 0
        ends = ((a[along], _sign(before)), (b[along], _sign(after)))
        low, high = (a[along], b[along]) if a[along] < b[along] else (b[along], a[along])
        made.append(Piece(line, upright, a[across], low, high, ends))
    return made


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def give_tracks(here: list[Piece]) -> int:
    """Gives every piece of one gutter or channel its track; how many tracks there are.

    Pieces that overlap never share a track; the order saves crossings where it can. Pieces that
    overlap nobody lie in the middle.
    """
    order = _order(here)
    track: list[int] = []
    for i, piece in enumerate(order):
        before = [track[k] for k in range(i) if _meet(order[k], piece)]
        track.append(max(before, default=-1) + 1)
    count = max(track, default=-1) + 1
    for group in _groups(order):
        wide = max(track[i] for i in group) + 1
        for i in group:
            order[i].track = track[i] + (count - wide) / 2
    return count


def _meet(a: Piece, b: Piece) -> bool:
    return a.low <= b.high and b.low <= a.high


def _order(here: list[Piece]) -> list[Piece]:
    order = sorted(here, key=lambda p: (p.turns[0][1] + p.turns[1][1], p.low, p.line))
    for _ in range(len(order)):
        quiet = True
        for i in range(len(order) - 1):
            a, b = order[i], order[i + 1]
            if _meet(a, b) and _price(b, a) < _price(a, b):
                order[i], order[i + 1] = b, a
                quiet = False
        if quiet:
            break
    return order


def _price(a: Piece, b: Piece) -> float:
    """Crossings if `a` has a lower place than `b`, and overlaps of the pieces they turn into."""
    price = 0.0
    for end, way in a.turns:
        if way > 0:
            if b.low < end < b.high:
                price += 1
            elif (end, -1) in b.turns:
                price += _OVERLAP if end % 2 else _TOUCH
    for end, way in b.turns:
        if way < 0 and a.low < end < a.high:
            price += 1
    return price


def _groups(order: list[Piece]) -> list[list[int]]:
    """Places in `order` of pieces that hang together by overlapping."""
    by_low = sorted(range(len(order)), key=lambda i: order[i].low)
    groups: list[list[int]] = []
    reach = -1
    for i in by_low:
        if not groups or order[i].low > reach:
            groups.append([])
        groups[-1].append(i)
        reach = max(reach, order[i].high)
    return groups


@dataclass(slots=True)
class Port:
    """Where a piece meets a box's side: `way` -1 when the line turns to lower places, 1 to higher,
    0 when it goes straight on; `distance` is how far from the side it turns."""

    piece: Piece
    way: int
    distance: float


def spread(ports: list[Port], reach: float, gap: float) -> None:
    """Gives the pieces at one side their `at`, relative to its middle and at most `reach` from it.

    Lines that turn to lower places lie lower, the nearest outside, so that none crosses another;
    lines that go straight on keep the middle.
    """
    ports.sort(key=lambda p: (p.way, -p.way * p.distance, p.piece.line))
    straight = [i for i, port in enumerate(ports) if port.way == 0]
    middle = (straight[0] + straight[-1]) / 2 if straight else (len(ports) - 1) / 2
    widest = max(middle, len(ports) - 1 - middle)
    step = min(gap, reach / widest) if widest else 0.0
    for i, port in enumerate(ports):
        port.piece.at = (i - middle) * step


@dataclass(slots=True)
class Stretch:
    """A piece in a row or column: from where to where it runs in pixels, and how far from the
    middle it may lie."""

    piece: Piece
    start: float
    end: float
    reach: float


def part(stretches: list[Stretch], gap: float) -> None:
    """Moves pieces of one row or column that lie on top of each other apart."""
    stretches.sort(key=lambda s: (s.reach, s.piece.line))
    done: list[Stretch] = []
    for stretch in stretches:
        rivals = [o for o in done if o.start < stretch.end + 2 and stretch.start < o.end + 2]
        here = stretch.piece.at
        for place in _tries(here, stretch.reach, gap):
            if all(abs(place - rival.piece.at) >= min(gap, 5) for rival in rivals):
                stretch.piece.at = place
                break
        done.append(stretch)


def _tries(here: float, reach: float, gap: float) -> list[float]:
    """Places for a piece: where it is, then ever farther away, within its reach."""
    away = [here + sign * i * gap for i in range(1, 8) for sign in (-1, 1)]
    return [here, *(place for place in away if abs(place) <= reach)]
