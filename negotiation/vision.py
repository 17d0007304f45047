"""The shared vision: what both sides want to be able to say, and the intents it stands on."""

from typing import Annotated

from pydantic import Field

from negotiation.values import RowId, Value


class Intent(Value):
    """One statement of intent; every outcome rests on at least one."""

    id: RowId
    text: Annotated[str, Field(max_length=400)] = ""


class Vision(Value):
    """The vision part of a deal."""

    statement: Annotated[str, Field(max_length=800)] = ""
    horizon_years: Annotated[int, Field(ge=1, le=20)] = 3
    intents: Annotated[tuple[Intent, ...], Field(max_length=20)] = ()
