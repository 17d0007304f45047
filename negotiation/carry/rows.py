"""Pins: which figure is in use where, and as what it was taken.

A number that one chapter found is used in another only when somebody takes it over. The pin
remembers what was taken; where the source has moved on since, the use is out of date until it is
taken over again. Nothing changes behind anybody's back.
"""

from typing import Annotated

from pydantic import Field

from negotiation.spaces import Space
from negotiation.values import RowId, Value


class Sourced:
    """What the name of a `source` says: behind `@` its future state, `#sure` at the end."""

    source: str

    @property
    def future(self) -> str:
        """The future state that the figure is of; empty for today's."""
        return self.source.partition("@")[2].partition("#")[0]

    @property
    def sure(self) -> bool:
        """Whether only what the owners of the changes would sign for was taken."""
        return self.source.endswith("#sure")


class Pin(Sourced, Value):
    """One figure in use elsewhere.

    `source` names the figure (`process.touch_minutes.supplier`, behind `@` the future state it is
    of, and behind that `#sure` for the part of it that its owners would sign for); `target` is the
    path that uses it, `name` what people call it there; `taken` the figure as it was, `written`
    what was put at the target.
    """

    id: RowId
    space: Space = "shared"
    source: Annotated[str, Field(min_length=1, max_length=200)]
    target: Annotated[str, Field(min_length=1, max_length=200)]
    name: Annotated[str, Field(max_length=200)] = ""
    taken: Annotated[float | tuple[float, ...], Field(title="The map said")]
    written: Annotated[float | tuple[float, ...], Field(title="The scenarios took")]

    @property
    def figure(self) -> str:
        """The figure's name, without the future state."""
        return self.source.partition("@")[0]


class Carried(Value):
    """The pins of a deal."""

    pins: Annotated[tuple[Pin, ...], Field(max_length=400)] = ()
