"""Places and values of a deal in the words that its chapters use for them."""

import re
from datetime import date
from typing import Any

from negotiation.calendars import MONTHS, long_day
from negotiation.deal import Deal, Parts
from negotiation.process.maps import at, sentence_of
from negotiation.process.rows import Edit
from negotiation.scenarios import Driver, known
from negotiation.start.brief import row_name
from negotiation.values import FieldError, Value, read

from .fields import number_text
from .scenarios_terms import said, term_field

_UNITS = {
    "days": "days",
    "hours": "hours",
    "every_days": "days",
    "retention_months": "months",
    "minutes": "minutes",
}
_EDIT = re.compile(
    r"(?P<change>process\.futures\.(?P<future>[^.]+)\.changes\.(?P<id>[^.]+))"
    r"\.edits\.(?P<edit>[^.]+)(\.(?P<field>.+))?"
)
_SHARE_NAMES = ("probability", "share")
_AMOUNTS = ("value", "low", "mode", "high")


def place_words(deal: Parts, path: str) -> str:
    """What people call the place at `path`: a field's label, after its row's name if it has one."""
    words, here = [], deal
    if inside := _EDIT.fullmatch(path):
        # What an edit does is told by its value.
        path = inside["change"]
    for name in path.split("."):
        below = _below(here, name)
        if isinstance(here, tuple):
            words.append(_row_words(name) if below is None else _row_words(below))
        elif not isinstance(below, tuple | Value):
            title = _title(here, name)
            words.append(title[:1].lower() + title[1:] if words else title)
        here = below
    return ": ".join(word for word in words if word) or path


def value_words(deal: Parts, path: str, value: Any, other: Any = None) -> str:
    """`value` as the field at `path` would show it, with its unit; "nothing" for none.

    Beside an `other` row, a row is told by the fields in which it differs.
    """
    if inside := _EDIT.fullmatch(path):
        return _edit_words(deal, inside, value)
    if value is None or value == "" or value == [] or value == ():
        return "nothing"
    if isinstance(value, dict):
        return _differing(deal, path, value, other or value) or _row_words(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    holder, name = _holder(deal, path)
    if isinstance(deal, Deal) and path.startswith("terms.") and holder is not None:
        return _term_words(deal, holder, name, value)
    if isinstance(value, list | tuple):
        return "; ".join(value_words(deal, path, item) for item in value)
    if isinstance(value, int | float):
        return _number_words(deal, path, holder, name, value)
    return _text_words(str(value))


def _edit_words(deal: Parts, inside: re.Match, value: Any) -> str:
    """What an edit of a future state does to the map that its change meets."""
    if inside["field"] is None:
        fields = value
    else:
        held = dict(_found(deal, f"{inside['change']}.edits.{inside['edit']}") or {})
        name, _, below = inside["field"].partition(".")
        fields = held | {name: {**held.get("value", {}), below: value} if below else value}
    if not fields or "op" not in fields:
        return "nothing"
    changes = ["", *(row.id for row in _found(deal, inside["change"].rpartition(".")[0]) or ())]
    if inside["id"] not in changes:
        return "nothing"
    before = changes[changes.index(inside["id"]) - 1]
    return sentence_of(read(Edit, fields), at(deal.process, inside["future"], before))


def _term_words(deal: Deal, holder: Value, name: str, value: Any) -> str:
    if name == "start_month":
        return f"{MONTHS[int(value[5:]) - 1]} {value[:4]}"
    return said(term_field(holder, name, deal), value)


def _differing(deal: Parts, path: str, row: dict, other: dict) -> str:
    """The fields of a row in which it differs from another, with their values."""
    holder = _found(deal, path)
    return "; ".join(
        f"{_title(holder, name)}: {value_words(deal, f'{path}.{name}', value)}"
        for name, value in row.items() if value != other.get(name)
    )  # fmt: skip


def _number_words(deal: Parts, path: str, holder: Any, name: str, value: float) -> str:
    row = _driver(deal, path)
    if row is not None and name in _AMOUNTS:
        return _driver_words(deal, row, name, value)
    if name == "value" and getattr(holder, "measure", None) in ("margin", "saving"):
        return f"{number_text(value, None, 'percent')} %"
    if name == "value" and getattr(holder, "measure", None) == "cash":
        return f"{deal.identity.currency} {number_text(value)}"
    if name in _SHARE_NAMES:
        return f"{number_text(value, None, 'percent')} %"
    return f"{number_text(value)} {_UNITS.get(name, '')}".rstrip()


def _driver_words(deal: Parts, row: Driver, name: str, value: float) -> str:
    kind = known(row.name)
    unit = kind.unit if kind else row.unit
    if name != "value" and row.range_is == "factor":
        return f"{number_text(value)} times the value"
    if unit.startswith("fraction") or unit == "per year" or "over head count" in unit:
        return f"{number_text(value, None, 'percent')} %"
    local = kind is not None and kind.money == "local"
    currency = deal.terms.local_currency if local else None
    unit = unit.removeprefix("local ").replace("money", currency or deal.identity.currency)
    return f"{number_text(value)} {unit}".rstrip()


def _driver(deal: Parts, path: str) -> Driver | None:
    """The driver row in or below which `path` leads."""
    names = path.split(".")
    row = _found(deal, ".".join(names[:3])) if len(names) > 3 else None
    return row if isinstance(row, Driver) else None


def _text_words(text: str) -> str:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return long_day(date.fromisoformat(text))
    plain = text.replace("_", " ") if re.fullmatch(r"[a-z]+(_[a-z]+)+", text) else text
    return plain if len(plain) <= 120 else f"{plain[:117]}…"


def _row_words(row: Any) -> str:
    """A row's label or a known driver's; else what people call it, in quotation marks."""
    if isinstance(row, str):
        return f"“{row}”"
    get = row.get if isinstance(row, dict) else lambda name: getattr(row, name, None)
    kind = known(str(get("key") or get("id")))
    return get("label") or (kind.label if kind else row_name(row))


def _title(here: Any, name: str) -> str:
    """A field's own title; none for the value of a driver, which the row's name says already."""
    if isinstance(here, Driver) and name == "value":
        return ""
    fields = type(here).model_fields if isinstance(here, Value) else {}
    title = fields[name].title if name in fields else None
    return title or name.replace("_", " ").capitalize()


def _below(here: Any, name: str) -> Any:
    if isinstance(here, tuple):
        return next((row for row in here if getattr(row, "id", None) == name), None)
    return getattr(here, name, None)


def _holder(deal: Parts, path: str) -> tuple[Any, str]:
    above, _, name = path.rpartition(".")
    return (_found(deal, above) if above else deal), name


def _found(deal: Parts, path: str) -> Any:
    try:
        return deal.get(path)
    except FieldError:
        return None
