"""How wide a text is and where it breaks, without a font at hand.

Widths are those of a wide sans face (DejaVu Sans), so that a name fits in whatever face the
reader's system has.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

_EM = {
    **dict.fromkeys(" .,", 0.318), **dict.fromkeys("ijl|", 0.29), **dict.fromkeys("IJ:;", 0.32),
    **dict.fromkeys("'’‘", 0.30), **dict.fromkeys("frt", 0.40), **dict.fromkeys("()[]!/\\-", 0.385),
    **dict.fromkeys("cksvxyz", 0.57), **dict.fromkeys("m", 0.974), **dict.fromkeys("w", 0.818),
    **dict.fromkeys("MOQDGHNU@&", 0.78), **dict.fromkeys("W%", 0.97),
    **dict.fromkeys("EFLPTYZ", 0.62), "\u202f": 0.2, "…": 1.0, "↺": 0.84,
}  # fmt: skip
_LOWER, _OTHER, _WIDE = 0.62, 0.69, 1.05
_BREAKS = "-/_"


@lru_cache(maxsize=4096)
def _em(character: str) -> float:
    known = _EM.get(character)
    if known is not None:
        return known
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return _WIDE
    return _LOWER if character.islower() or character.isdigit() else _OTHER


@lru_cache(maxsize=8192)
def text_width(text: str, size: float) -> float:
    """Width of `text` in pixels at a font of `size` pixels; rather too much than too little."""
    return sum(map(_em, text)) * size


def wrap(text: str, room: float | Callable[[int], float], size: float, lines: int) -> list[str]:
    """`text` in at most `lines` lines that fit into `room` pixels, or into `room(line)`.

    Breaks between words, after hyphens, slashes and underscores, and inside a word that is too long
    for any line. What does not fit ends in an ellipsis.
    """
    width_of = room if callable(room) else lambda _line: room
    left = _pieces(" ".join(_words(text)))
    made: list[str] = []
    while left and len(made) < lines:
        line = _fill(left, width_of(len(made)), size)
        made.append(line.rstrip())
    if left:
        made[-1] = _cut(f"{made[-1]} {''.join(left)}", width_of(len(made) - 1), size)
    return made


def fits(text: str, room: float | Callable[[int], float], size: float, lines: int) -> bool:
    """Whether `wrap` shows the whole text without breaking a word."""
    made = wrap(text, room, size, lines)
    given = _words(text)
    whole = "".join(_words("".join(made))) == "".join(given)
    return whole and all(_words(line)[-1] in given or line[-1] in _BREAKS for line in made)


def _words(text: str) -> list[str]:
    """Split where a line may break: a thin space keeps a number and its unit together."""
    return re.findall(r"[^ \t\r\n]+", text)


def _pieces(text: str) -> list[str]:
    """What a line may hold or leave to the next one: words with the space or hyphen behind them."""
    pieces, start = [], 0
    for i, character in enumerate(text):
        if character == " " or (character in _BREAKS and i - start > 2):
            pieces.append(text[start : i + 1])
            start = i + 1
    return [*pieces, text[start:]] if start < len(text) else pieces


def _fill(left: list[str], room: float, size: float) -> str:
    """Takes as many pieces from `left` as fit; part of the first when even that is too long."""
    line = ""
    while left and text_width((line + left[0]).rstrip(), size) <= room:
        line += left.pop(0)
    if not line:
        count = _count(left[0], room, size)
        line, left[0] = left[0][:count], left[0][count:]
    return line


def _count(word: str, room: float, size: float) -> int:
    """How many characters of `word` fit; at least one."""
    count = 1
    while count < len(word) and text_width(word[: count + 1], size) <= room:
        count += 1
    return count


def _cut(text: str, room: float, size: float) -> str:
    if text_width(text + "…", size) <= room:
        return text + "…"
    return text[: _count(text, room - text_width("…", size), size)].rstrip() + "…"
