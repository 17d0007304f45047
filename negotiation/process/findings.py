"""What a finding about a map is, and how it names things."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from negotiation.process.maps import Map

Level = Literal["drawing", "time", "resources", "money", "duties"]


class Finding(NamedTuple):
    """A field and what to do about it.

    `level` says what suffers: the drawing itself, its times, people, money, or who has which duty.
    `row` is the id of the step, flow, team, lane or rate it is about, empty for the whole map.
    """

    path: str
    level: Level
    sentence: str
    row: str = ""


def name(around: Map, step: str) -> str:
    """A step as a sentence names it."""
    return f"“{around.step[step].name}”"


def names(words: Iterable[str], most: int = 4) -> str:
    """Some words as a sentence lists them: the first few, then how many more."""
    listed = list(words)
    if len(listed) > most:
        return ", ".join(listed[:most]) + f" and {len(listed) - most} more"
    return ", ".join(listed[:-1]) + (" and " if len(listed) > 1 else "") + "".join(listed[-1:])
