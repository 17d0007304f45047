"""How large every step is drawn, and where its outline is."""

from dataclasses import dataclass
from functools import lru_cache

from negotiation.process.layout_text import fits, wrap
from negotiation.process.rows import Step

NAME_SIZE, CAPTION_SIZE = 13.0, 12.0
NAME_LINE, CAPTION_LINE = 16.0, 14.0
FOOT = 15.0
"""Room for one figure, kept free whether or not one is shown: the map does not jump."""
_TASK_WIDTH, _TASK_PAD = 132.0, 8.0
_DIAMONDS = ((112.0, 70.0), (140.0, 86.0), (172.0, 104.0), (196.0, 118.0))
_MARK = {"start": 36.0, "end": 36.0, "wait": 40.0, "parallel": 44.0}
_CAPTION_WIDTH = 104.0


@dataclass(frozen=True)
class Shape:
    """A step's outline (`w` by `h`), the lines of its name, and the room its caption takes."""

    kind: str
    w: float
    h: float
    lines: tuple[str, ...]
    caption_w: float = 0.0
    caption_h: float = 0.0

    @property
    def pointed(self) -> bool:
        """Whether the outline is a diamond or a circle."""
        return self.kind != "task"


def shape(step: Step) -> Shape:
    """The shape of a step: its name inside a task or decision, and below the others."""
    return _shape(step.kind, step.name)


@lru_cache(maxsize=2048)
def _shape(kind: str, name: str) -> Shape:
    if kind == "task":
        lines = wrap(name, _TASK_WIDTH - 2 * _TASK_PAD, NAME_SIZE, 4)
        return Shape("task", _TASK_WIDTH, 14 + NAME_LINE * max(2, len(lines)) + FOOT, tuple(lines))
    if kind == "decision":
        return _diamond(name)
    size = _MARK[kind]
    lines = wrap(name, _CAPTION_WIDTH, CAPTION_SIZE, 3)
    foot = CAPTION_LINE if kind == "wait" else 0.0
    tall = 4 + CAPTION_LINE * len(lines) + foot
    return Shape(kind, size, size, tuple(lines), _CAPTION_WIDTH, tall)


def _diamond(name: str) -> Shape:
    """The smallest diamond that holds the whole name and a figure below it, or the largest."""
    for width, height in _DIAMONDS:
        for count in (1, 2, 3):
            if fits(name, _rooms(width, height, count), CAPTION_SIZE, count):
                lines = wrap(name, _rooms(width, height, count), CAPTION_SIZE, count)
                return Shape("decision", width, height, tuple(lines))
    lines = wrap(name, _rooms(width, height, 3), CAPTION_SIZE, 3)
    return Shape("decision", width, height, tuple(lines))


def _rooms(width: float, height: float, count: int):
    """The room of each line in a diamond that holds `count` lines and a figure below them."""
    top = -(count * CAPTION_LINE + FOOT - 4) / 2

    def room(line: int) -> float:
        edge = max(abs(top + line * CAPTION_LINE), abs(top + (line + 1) * CAPTION_LINE))
        return max(20.0, width * (1 - edge / (height / 2)))

    return room


def inset(kind: str, along: float, across: float, away: float) -> float:
    """How far inside its bounding side an outline is, `away` pixels from the side's middle.

    `along` is half the size in the direction of the line, `across` half the size of the side.
    """
    part = min(1.0, abs(away) / across)
    if kind in ("decision", "parallel"):
        return along * part
    if kind == "task":
        return 0.0
    return along * (1 - (1 - part * part) ** 0.5)


def reach(kind: str, across: float) -> float:
    """How far from the middle of its side a line may meet an outline."""
    return across - 12 if kind == "task" else 0.55 * across
