"""The words beside a line, and where they stand: near its beginning, covering nothing, and nearer
to their own line than to any other."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from negotiation.process.layout_text import text_width, wrap
from negotiation.process.rows import Flow

SIZE, LINE = 11.5, 13.0
REWORK = "↺ rework"
_ROOM = 84.0
_GAP = 3.0
_ON_BOX, _ON_WORDS, _ON_LINE, _AWAY = 1000.0, 300.0, 60.0, 0.06
_CLOSE, _NEARER, _NEAR = 6.0, 45.0, 14.0
"""Words closer than `_CLOSE` pixels to a foreign line could be read as its own, which costs
`_NEARER`; up to `_NEAR` pixels they pay less and less."""
_REGRET = 2.0
"""From what price on words ask those that took their place to move."""

_PARTS = (0.0, 0.25, 0.5, 0.8)
"""How far along a piece its words are tried."""

Place = tuple[float, float, float, float]
"""x, y, width, height."""


def words(flow: Flow, chosen: bool) -> tuple[str, ...]:
    """What stands at a flow, line by line: its label, that it is rework, and its share.

    `chosen` says whether it leaves a decision. Elsewhere "always" and "never" go without saying: a
    step simply leads on, and a message takes no case along.
    """
    told = flow.probability is not None and (chosen or 0 < flow.probability < 1)
    share = f"{100 * flow.probability:.3g}\u202f%" if told else ""
    name = f"↺ {flow.label}" if flow.rework and flow.label else flow.label
    text = " ".join(part for part in (name or (REWORK if flow.rework else ""), share) if part)
    return tuple(wrap(text, _ROOM, SIZE, 3))


def size(lines: Sequence[str]) -> tuple[float, float]:
    """Width and height of words; nothing when there are none."""
    if not lines:
        return 0.0, 0.0
    return max(text_width(line, SIZE) for line in lines) + 2, LINE * len(lines)


def place(
    lines: Sequence[Sequence[tuple[float, float]]],
    sizes: Sequence[tuple[float, float]],
    boxes: Sequence[Place],
    within: tuple[float, float],
) -> list[Place | None]:
    """Where the words of each line stand; None for a line without words.

    `boxes` are never covered while there is another place; words and lines as little as possible.
    `within` is the map's size.
    """
    room = _Room(lines, sizes, boxes, within)
    wordy = [i for i, (w, _) in enumerate(sizes) if w]
    for i in wordy:
        room.put(i)
    regrets = {i: room.regret(i) for i in wordy}
    for i in sorted(wordy, key=lambda i: (-regrets[i], i)):
        if regrets[i] > _REGRET:
            room.ask(i)
    return [room.at(i) for i in range(len(lines))]


class _Room:
    """Places tried for the words of each line, what each costs, and who stands where."""

    def __init__(self, lines, sizes, boxes, within):
        strokes, whose = _strokes(lines)
        self.sizes, self.count = sizes, len(boxes)
        self.solid = np.vstack((_corners(boxes), strokes))
        self.whose = np.concatenate((np.full(len(boxes), -1), whose))
        self.words = np.full((len(lines), 4), np.nan)
        self.tries: dict[int, np.ndarray] = {}
        self.alone: dict[int, np.ndarray] = {}
        self.chosen: dict[int, int] = {}
        for i, (points, (w, h)) in enumerate(zip(lines, sizes, strict=True)):
            if w:
                self._try(i, points, w, h, within)

    def _try(self, i: int, points, w: float, h: float, within: tuple[float, float]) -> None:
        found = _tries(points, w, h)
        here = np.concatenate((found[:, :2], found[:, :2] + (w, h)), axis=1)
        outside = (here[:, :2] < 0).any(1) | (here[:, 2] > within[0]) | (here[:, 3] > within[1])
        self.tries[i] = here
        near = _near(here, self.solid, _NEAR)
        near = near[self.whose[near] != i]
        is_box = near < self.count
        gap = _gaps(here, self.solid[near])
        paid = np.where(gap < 0, np.where(is_box, _ON_BOX, _ON_LINE + _NEARER), _aside(gap, is_box))
        self.alone[i] = found[:, 2] + _ON_BOX * outside + paid.sum(1)

    def put(self, i: int) -> None:
        """The cheapest place beside the words that stand already."""
        here, cost = self.tries[i], self.alone[i]
        near = _near(here, self.words)
        near = near[near != i]
        if near.size:
            cost = cost + _ON_WORDS * (_gaps(here, self.words[near]) < 0).sum(1)
        self._take(i, int(np.argmin(cost)))

    def _take(self, i: int, place: int) -> None:
        self.chosen[i] = place
        self.words[i] = self.tries[i][place]

    def regret(self, i: int) -> float:
        """How much dearer the place is than the best one without other words."""
        cost = self.alone[i][self.chosen[i]] + _ON_WORDS * self._met_by(self.words[i], i).size
        return float(cost - self.alone[i].min())

    def _met_by(self, place: np.ndarray, i: int) -> np.ndarray:
        met = _near(place[None, :], self.words)
        return met[met != i]

    def ask(self, i: int) -> None:
        """Takes the best place; those who stand there look for another, if that is worth it."""
        best = int(np.argmin(self.alone[i]))
        moved = [i, *map(int, self._met_by(self.tries[i][best], i))]
        before = {k: self.chosen[k] for k in moved}
        paid = sum(self.regret(k) for k in moved)
        self._take(i, best)
        for k in moved[1:]:
            self.put(k)
        if sum(self.regret(k) for k in moved) >= paid:
            for k, place in before.items():
                self._take(k, place)

    def at(self, i: int) -> Place | None:
        if i not in self.chosen:
            return None
        x, y = self.words[i, :2]
        return float(x), float(y), *self.sizes[i]


def _corners(places: Sequence[Place]) -> np.ndarray:
    if not places:
        return np.empty((0, 4))
    made = np.array(places, dtype=float)
    made[:, 2:] += made[:, :2]
    return made


def _strokes(lines: Sequence[Sequence[tuple[float, float]]]) -> tuple[np.ndarray, np.ndarray]:
    """Every straight piece of every line as a flat rectangle, and whose it is."""
    made = [
        (i, min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
        for i, points in enumerate(lines)
        for a, b in pairwise(points)
    ]
    table = np.array(made, dtype=float).reshape(-1, 5)
    return table[:, 1:], table[:, 0]


def _gaps(here: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Pixels between each rectangle and each other, the larger of across and down; less than
    nothing where they meet."""
    across = np.maximum(others[:, 0] - here[:, 2, None], here[:, 0, None] - others[:, 2])
    down = np.maximum(others[:, 1] - here[:, 3, None], here[:, 1, None] - others[:, 3])
    return np.maximum(across, down)


def _near(here: np.ndarray, others: np.ndarray, by: float = 0.0) -> np.ndarray:
    """Which of the others come nearer than `by` pixels to where any of the rectangles lies."""
    low, high = here[:, :2].min(0) - by, here[:, 2:].max(0) + by
    return np.flatnonzero(
        (others[:, 0] < high[0]) & (others[:, 1] < high[1])
        & (others[:, 2] > low[0]) & (others[:, 3] > low[1])
    )  # fmt: skip


def _aside(gap: np.ndarray, is_box: np.ndarray) -> np.ndarray:
    """What words pay for lying so many pixels beside foreign lines; beside a box, nothing."""
    paid = np.maximum(0.0, _NEAR - gap) + _NEARER * (gap < _CLOSE)
    return np.where(is_box, 0.0, paid)


def _tries(points: Sequence[tuple[float, float]], w: float, h: float) -> np.ndarray:
    """Places beside each piece of a line: x, y, and what is paid for being far from the start."""
    made, walked = [], 0.0
    for (xa, ya), (xb, yb) in pairwise(points):
        flat = ya == yb
        start, end, size = (xa, xb, w) if flat else (ya, yb, h)
        long = abs(end - start)
        squeezed = 0.3 * max(0.0, size + 8 - long)
        for part in _PARTS if long > size + 24 else _PARTS[:1]:
            away = part * max(0.0, long - size - 8) + 4
            at = start + away if end > start else start - away - size
            paid = _AWAY * (walked + away) + squeezed
            if flat:
                made += [
                    (at, ya - h - _GAP + 1, paid),
                    (at, ya + _GAP, paid + 1.5),
                    (at, ya - h / 2, paid + 16),
                ]
            else:
                made += [
                    (xa + _GAP + 1, at, paid + 2),
                    (xa - w - _GAP - 1, at, paid + 2.5),
                    (xa - w / 2, at, paid + 18),
                ]
        walked += long
    return np.array(made)
