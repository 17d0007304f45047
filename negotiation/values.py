"""What every value of the model is: frozen, checked on creation, compared by content."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

ROW_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Ids of rows made by two sides can carry a space behind them (see `negotiation.spaces`).
RowId = Annotated[str, Field(pattern=f"^{ROW_ID.pattern}$")]
Reference = Annotated[str, Field(max_length=64)]
"""The id of a row elsewhere in the deal, which may be gone; empty where there is none."""

Name = Annotated[str, Field(min_length=1, max_length=120)]
Line = Annotated[str, Field(max_length=200)]
Text = Annotated[str, Field(max_length=2_000)]


class FieldError(ValueError):
    """A field does not take what it was given.

    `path` names the field (`terms.unit_price`); `sentence` says what is wrong and what is allowed,
    and is what people read.
    """

    def __init__(self, path: str, sentence: str):
        super().__init__(f"{path}: {sentence}")
        self.path = path
        self.sentence = sentence


class Value(BaseModel):
    """A frozen value: tables are tuples of rows, unknown fields and non-finite numbers are refused.

    Lists are accepted where a tuple is asked for, so that JSON can be read; what is held is always
    a tuple, so two values are equal when their contents are.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True
    )

    def replace(self, **changes: Any) -> Self:
        """A copy with `changes`, checked like a new value.

        Raises `FieldError` with the name of the first field that does not fit.
        """
        return read(type(self), {**dict(self), **changes})


V = TypeVar("V", bound=Value)


def read(kind: type[V], raw: Any, path: str = "") -> V:
    """`raw` (a mapping, for instance from JSON) as a `kind`.

    Raises `FieldError`: its path is `path` followed by the place inside `raw`.
    """
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        raise FieldError(_path(path, first["loc"]), sentence(first)) from None


def problems(kind: type[Value], raw: Any, path: str = "") -> list[tuple[str, str]]:
    """Every (path, sentence) that keeps `raw` from being a `kind`; empty when it is one."""
    try:
        kind.model_validate(raw)
    except ValidationError as error:
        return [(_path(path, item["loc"]), sentence(item)) for item in error.errors()]
    return []


def sentence(error: Mapping[str, Any]) -> str:
    """One pydantic error as a sentence: what was given, and what is allowed."""
    kind, context = error["type"], error.get("ctx", {})
    given = _shown(error.get("input"))
    limits = {
        "greater_than": "must be more than {gt}",
        "greater_than_equal": "must be at least {ge}",
        "less_than": "must be less than {lt}",
        "less_than_equal": "must be at most {le}",
        "literal_error": "must be one of {expected}",
        "too_short": "needs at least {min_length} entries",
        "too_long": "takes at most {max_length} entries",
        "string_too_long": "takes at most {max_length} characters",
        "string_too_short": "needs at least {min_length} characters",
    }
    if kind == "string_too_short" and context.get("min_length") == 1:
        return "This cannot be empty."
    if kind in limits:
        context = {name: _shown(limit) if name in ("gt", "ge", "lt", "le") else limit
                   for name, limit in context.items()}  # fmt: skip
        return f"{given} does not fit: it {limits[kind].format(**context)}."
    if kind == "missing":
        return "This field is missing."
    if kind == "extra_forbidden":
        return "There is no field of this name."
    if kind in ("float_parsing", "float_type", "finite_number", "decimal_parsing"):
        return f"{given} is not a number; write it like 1.65 (a point, no thousands separators)."
    if kind in ("int_parsing", "int_type", "int_from_float"):
        return f"{given} is not a whole number."
    if kind == "value_error":
        return str(context.get("error", error["msg"]))
    return f"{given} does not fit: {re.sub('^Input ', 'it ', error['msg'])}."


def _shown(given: Any) -> str:
    if isinstance(given, float) and given.is_integer():
        text = f"{given:,.0f}"
    else:
        text = repr(given) if isinstance(given, str) else str(given)
    return text if len(text) <= 40 else text[:37] + "..."


def _path(path: str, places: tuple[int | str, ...]) -> str:
    return ".".join(part for part in (path, *map(str, places)) if part)
