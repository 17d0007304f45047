"""Fields that people type into: how a value is written, and what a typed text means."""

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from negotiation import plain
from negotiation.values import FieldError

Kind = Literal[
    "text", "textarea", "number", "percent", "money", "choice", "month", "date", "bool", "list",
    "readonly",
]
TEXT_LIMIT = 20_000
_NUMERIC = ("number", "percent", "money")


@dataclass(frozen=True)
class Field:
    """One field of a form, or one column of a table.

    `kind` says how it is typed. `percent` holds a share (0.05) and shows 5; `money` shows two
    decimals; `month` holds "2027-04", `date` a date or its ISO text (and gives the text back);
    `list` holds plain numbers, shown with semicolons. `minimum`, `maximum` and `below` (which the
    value has to stay under) are in the held unit.
    `choices` are values or (value, label) pairs. `decimals=0` on a number takes whole numbers only.
    `unit_key` and `editable_if` name the row's entry that holds the unit, or says that the field
    may be edited. An `optional` field may be left empty and then holds None (text: "").
    """

    key: str
    label: str
    kind: Kind = "text"
    unit: str = ""
    unit_key: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    below: float | None = None
    choices: Sequence[Any] = ()
    width: str = ""
    help: str = ""
    decimals: int | None = None
    editable_if: str | None = None
    optional: bool = False

    def options(self) -> list[tuple[Any, str]]:
        """The choices as (value, label) pairs."""
        return [c if isinstance(c, tuple) else (c, str(c)) for c in self.choices]

    def unit_in(self, row: dict) -> str:
        """The unit shown beside the value in `row`."""
        if self.kind == "percent":
            return "%"
        return str(row.get(self.unit_key) or "") if self.unit_key else self.unit

    def editable_in(self, row: dict) -> bool:
        """Whether a person may type here in `row`."""
        return self.kind != "readonly" and (self.editable_if is None or bool(row[self.editable_if]))


Column = Field


def describe(field: Field) -> dict:
    """What the front end needs to know of `field`."""
    return {
        "key": field.key,
        "label": field.label,
        "kind": field.kind,
        "numeric": field.kind in _NUMERIC,
        "unit": "%" if field.kind == "percent" else field.unit,
        "help": field.help,
        "width": field.width,
        "choices": [label for _, label in field.options()],
    }


def show(field: Field, value: Any) -> str | bool:
    """`value` as it stands in the field: separators, the field's decimals, a share as per cent.

    A choice is shown as the place of its option in `field.options()`, "" when it is none of them.
    """
    if field.kind == "bool":
        return bool(value)
    if value is None:
        return ""
    if field.kind == "choice":
        places = [str(i) for i, (option, _) in enumerate(field.options()) if option == value]
        return places[0] if places else ""
    if field.kind == "list":
        return "; ".join(number_text(v) if _is_number(v) else str(v) for v in value)
    if _is_number(value) and field.kind in (*_NUMERIC, "readonly"):
        return number_text(value, field.decimals, field.kind)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def number_text(value: float, decimals: int | None = None, kind: str = "number") -> str:
    """A number with thousands separators and a true minus; as many decimals as it needs when None.

    `kind` "percent" multiplies by 100; "money" has two decimals unless told otherwise.
    """
    if not math.isfinite(value):
        return "–"
    shown = value * 100 if kind == "percent" else value
    if decimals is None and kind == "money":
        decimals = 2 if round(shown, 2) == round(shown, 6) else 4
    text = f"{shown:,.{6 if decimals is None else decimals}f}"
    if decimals is None:
        text = text.rstrip("0").rstrip(".")
    if not re.search("[1-9]", text):
        text = text.lstrip("-")
    return text.replace("-", "\N{MINUS SIGN}")


def read(field: Field, typed: Any) -> Any:
    """What `typed` (text, or a truth value for `bool`) means in `field`.

    Control characters and marks of direction are left out; a text area keeps its lines and tabs.
    Raises `FieldError` with the sentence to show at the field.
    """
    if field.kind == "bool":
        if isinstance(typed, bool):
            return typed
        raise FieldError(field.key, f"{field.label} is yes or no.")
    if not isinstance(typed, str) or len(typed) > TEXT_LIMIT:
        raise FieldError(field.key, f"{field.label} takes up to {TEXT_LIMIT:,} characters.")
    text = (plain.lines if field.kind == "textarea" else plain.line)(typed).strip()
    if field.kind in ("text", "textarea"):
        return text
    if not text:
        if field.optional:
            return None
        raise FieldError(field.key, f"{field.label} cannot be empty.")
    return _READERS[field.kind](field, text)


def read_cell(field: Field, text: str) -> Any:
    """What a cell copied from a spreadsheet means: choices by label, truth by word.

    Raises as `read` does.
    """
    word = plain.line(text).strip().casefold()
    if field.kind == "choice":
        labels = [label.casefold() for _, label in field.options()]
        if word in labels:
            return field.options()[labels.index(word)][0]
        raise FieldError(field.key, f"“{_short(text)}” is not one of: {_labels(field)}.")
    if field.kind == "bool":
        words = {"true": True, "yes": True, "1": True, "x": True, "✓": True}
        words |= {"false": False, "no": False, "0": False, "": False}
        if word in words:
            return words[word]
        raise FieldError(field.key, f"“{_short(text)}” is neither yes nor no.")
    return read(field, text)


def parse_number(text: str) -> Decimal:
    """The number that `text` writes: "1,234.5", "1.234,5", "1 234,5", "(5)", "−5 %", "USD 1.65".

    A single comma before exactly three digits groups thousands, any other single comma is a decimal
    comma; a single point is a decimal point. Raises `ValueError` when it is not a number.
    """
    bare = re.sub(r"[\s'’\u00a0\u202f]", "", text).replace("\N{MINUS SIGN}", "-")
    bare = re.sub(r"^([A-Z]{3}|[$€£¥₱₹])|([A-Z]{3}|[$€£¥₱₹])$", "", bare).removesuffix("%")
    if bare.startswith("(") and bare.endswith(")"):
        bare = "-" + bare[1:-1]
    point = _decimal_mark(bare)
    group = {".": ",", ",": "."}.get(point, ",." if point is None else "")
    whole, _, part = bare.rpartition(point) if point and point in bare else (bare, "", "")
    if any(mark in whole for mark in group) and not re.fullmatch(
        rf"[+-]?\d{{1,3}}([{re.escape(group)}]\d{{3}})+", whole
    ):
        raise ValueError(f"“{_short(text)}” is not a number")
    plain = "".join(c for c in whole if c not in group) + ("." + part if part else "")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", plain):
        raise ValueError(f"“{_short(text)}” is not a number")
    try:
        return Decimal(plain)
    except InvalidOperation:
        raise ValueError(f"“{_short(text)}” is not a number") from None


def _decimal_mark(bare: str) -> str | None:
    """The mark before the decimals, None when every mark groups thousands."""
    points, commas = bare.count("."), bare.count(",")
    if points and commas:
        return "." if bare.rfind(".") > bare.rfind(",") else ","
    if points == 1:
        return "."
    if commas == 1 and not re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", bare):
        return ","
    return None


_CURRENCY = re.compile(r"^[A-Z]{3}(?![A-Za-z])|(?<![A-Za-z])[A-Z]{3}$")


def _has_other_unit(field: Field, text: str) -> bool:
    """Whether per cent or a currency was typed into a field of another unit.

    A field whose unit the row holds takes what is typed as being in that unit.
    """
    unit = field.unit_in({})
    if not unit:
        return False
    if text.endswith("%"):
        return "%" not in unit
    code = _CURRENCY.search(text)
    return bool(code) and code[0] not in unit


def _number(field: Field, text: str) -> float | int:
    try:
        number = parse_number(text)
    except ValueError as error:
        raise FieldError(field.key, f"{error}; write it like {_example(field)}.") from None
    if _has_other_unit(field, text):
        unit = field.unit_in({})
        raise FieldError(field.key, f"“{_short(text)}” has another unit: here it is {unit}.")
    if field.kind == "percent":
        number /= 100
    if field.kind == "number" and field.decimals == 0 and number != int(number):
        raise FieldError(field.key, f"“{_short(text)}” is not a whole number.")
    value = int(number) if field.kind == "number" and field.decimals == 0 else float(number)
    low, high, below = field.minimum, field.maximum, field.below
    if (low is not None and value < low) or (high is not None and value > high) or (
        below is not None and value >= below
    ):
        raise FieldError(field.key, f"{_with_unit(field, value)} is outside {allowed(field)}.")
    return value


def allowed(field: Field) -> str:
    """The range a number may have, in words: "0 to 100 %", "0 or more", "0 to under 100 %"."""
    limits = (field.minimum, field.maximum if field.below is None else field.below)
    low, high = (None if limit is None else str(show(field, limit)) for limit in limits)
    unit = f" {field.unit_in({})}".rstrip()
    if field.below is not None:
        return f"{low} to under {high}{unit}" if low is not None else f"under {high}{unit}"
    if low is None:
        return f"{high}{unit} or less"
    return f"{low}{unit} or more" if high is None else f"{low} to {high}{unit}"


def kept(field: Field, row: dict) -> str:
    """The half-sentence that says which value stays: "75 % is kept"; empty where there is none."""
    value = row.get(field.key)
    if value is None or value == "" or field.kind == "bool":
        return ""
    if field.kind == "choice":
        text = next((label for option, label in field.options() if option == value), "")
    else:
        text = _short(f"{show(field, value)} {field.unit_in(row)}".rstrip())
    return f"{text} is kept" if text else ""


def refusal(sentence: str, field: Field, row: dict) -> str:
    """`sentence` followed by which value is kept."""
    stays = kept(field, row)
    return f"{sentence.rstrip().rstrip('.')}; {stays}." if stays else sentence


def _with_unit(field: Field, value: float) -> str:
    return f"{show(field, value)} {field.unit_in({})}".rstrip()


def _example(field: Field) -> str:
    return {"percent": "3.5", "money": "1.65"}.get(
        field.kind, "12" if field.decimals == 0 else "1,234.5"
    )


def _choice(field: Field, text: str) -> Any:
    options = field.options()
    if text.isdecimal() and int(text) < len(options):
        return options[int(text)][0]
    raise FieldError(field.key, f"Choose one of: {_labels(field)}.")


def _labels(field: Field) -> str:
    return ", ".join(label for _, label in field.options())


def _month(field: Field, text: str) -> str:
    match = re.fullmatch(r"(\d{4})[-/.](\d{1,2})", text)
    if not match or not 1 <= int(match[2]) <= 12 or int(match[1]) < 1900:
        raise FieldError(field.key, f"“{_short(text)}” is not a month; write it like 2027-04.")
    return f"{match[1]}-{int(match[2]):02d}"


def _date(field: Field, text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise FieldError(
            field.key, f"“{_short(text)}” is not a date; write it like 2027-04-30."
        ) from None


def _list(field: Field, text: str) -> tuple[float, ...]:
    parts = [part for part in re.split(r"[;\t\n]|\s{2,}", text) if part.strip()]
    if len(parts) == 1:
        if re.fullmatch(r"[+-]?\d{1,3}( \d{3})+([.,]\d+)?", text):
            raise FieldError(
                field.key,
                f"“{_short(text)}” may be one number or several; write one number without spaces, "
                "and separate several with semicolons.",
            )
        parts = text.split(", ") if ", " in text else text.split()
    try:
        return tuple(float(parse_number(part)) for part in parts)
    except ValueError as error:
        raise FieldError(field.key, f"{error}; separate numbers with semicolons.") from None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "…"


_READERS = {
    "number": _number,
    "percent": _number,
    "money": _number,
    "choice": _choice,
    "month": _month,
    "date": _date,
    "list": _list,
}
