"""The words beside a line, and where they stand: near its beginning, covering nothing."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from negotiation.process.layout_text import text_width, wrap
from negotiation.process.rows import Flow

SIZE, LINE = 11.5, 13.0
REWORK = "↺ rework"
_ROOM = 84.0
_GAP = 3.0
_ON_BOX, _ON_WORDS, _ON_LINE, _AWAY = 1000.0, 300.0, 18.0, 0.04

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
    strokes, whose = _strokes(lines)
    taken = len(boxes) + len(strokes)
    solid = np.vstack((_corners(boxes), strokes, np.full((len(lines), 4), np.nan)))
    prices = np.repeat((_ON_BOX, _ON_LINE, _ON_WORDS), (len(boxes), len(strokes), len(lines)))
    owner = np.concatenate((np.full(len(boxes), -1), whose, np.full(len(lines), -1)))
    found: list[Place | None] = []
    for i, (points, (w, h)) in enumerate(zip(lines, sizes, strict=True)):
        if not w:
            found.append(None)
            continue
        tries = _tries(points, w, h)
        here = np.concatenate((tries[:, :2], tries[:, :2] + (w, h)), axis=1)
        price = np.where(owner == i, 0.0, prices)
        cost = tries[:, 2] + _paid(here, solid, price)
        outside = (here[:, :2] < 0).any(1) | (here[:, 2] > within[0]) | (here[:, 3] > within[1])
        best = int(np.argmin(cost + _ON_BOX * outside))
        solid[taken + i] = here[best]
        found.append((float(here[best, 0]), float(here[best, 1]), w, h))
    return found


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


def _paid(here: np.ndarray, others: np.ndarray, prices: np.ndarray) -> np.ndarray:
    """What each rectangle pays for the others that it meets."""
    low, high = here[:, :2].min(0), here[:, 2:].max(0)
    near = np.flatnonzero(
        (others[:, 0] < high[0]) & (others[:, 1] < high[1])
        & (others[:, 2] > low[0]) & (others[:, 3] > low[1])
    )  # fmt: skip
    those = others[near]
    meet = (
        (here[:, 0, None] < those[:, 2]) & (here[:, 1, None] < those[:, 3])
        & (here[:, 2, None] > those[:, 0]) & (here[:, 3, None] > those[:, 1])
    )  # fmt: skip
    return meet @ prices[near]


def _tries(points: Sequence[tuple[float, float]], w: float, h: float) -> np.ndarray:
    """Places beside each piece of a line: x, y, and what is paid for being far from the start."""
    made, walked = [], 0.0
    for (xa, ya), (xb, yb) in pairwise(points):
        flat = ya == yb
        start, end, size = (xa, xb, w) if flat else (ya, yb, h)
        long = abs(end - start)
        squeezed = 0.3 * max(0.0, size + 8 - long)
        for part in _PARTS:
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
