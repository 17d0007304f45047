"""What reading a map from a file gives, and what every reader of maps needs."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from negotiation import plain
from negotiation.process.rows import LaneParty, Process
from negotiation.values import ROW_ID, FieldError, Name, Value, problems

from .bpmn_numbers import MAP_FIELDS

PARTIES: tuple[str, ...] = get_args(LaneParty)
_NAME_CHARACTERS = next(
    limit.max_length for limit in Name.__metadata__[0].metadata if hasattr(limit, "max_length")
)
_PARTY_WORDS = {
    "customer": ("customer", "client", "consumer", "patient", "applicant", "citizen"),
    "supplier": ("supplier", "vendor", "provider", "outsourcer", "contractor", "subcontractor"),
    "buyer": ("buyer", "purchaser"),
}


@dataclass(frozen=True)
class ReadMap:
    """A process as a file gave it, and in sentences what was left out or assumed."""

    process: Process
    notes: tuple[str, ...] = ()

    @property
    def given(self) -> frozenset[str]:
        """The map's numbers that the file says; of others the process holds the default."""
        return frozenset(MAP_FIELDS) & self.process.model_fields_set


def clean(text: str | None, characters: int = _NAME_CHARACTERS) -> str:
    """One line of text without control characters, cut with an ellipsis where it is too long."""
    line = " ".join(plain.lines(text or "").split())
    return line if len(line) <= characters else line[: characters - 1].rstrip() + "…"


def new_id(wanted: str, taken: set[str], word: str = "row") -> str:
    """An id that fits the rows' pattern, is like `wanted`, and is not in `taken`; it is added."""
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", wanted).strip("-")[:56] or word
    if ROW_ID.fullmatch(wanted) and wanted not in taken:
        stem = wanted
    found, count = stem, 1
    while found in taken:
        count += 1
        found = f"{stem}-{count}"
    taken.add(found)
    return found


def party_of(name: str) -> str:
    """The party that a lane's name ends with, or "other".

    Only the last word says who it is: a pizza customer is one, a customer service is none.
    """
    words = re.findall(r"[a-z]+", name.casefold())
    last = words[-1].removesuffix("s") if words else ""
    return next((party for party, known in _PARTY_WORDS.items() if last in known), "other")


def listed(names: Iterable[str], most: int = 5) -> str:
    """Names in quotes; how many more there are after the first ones."""
    shown = [f"“{name}”" for name in names]
    more = len(shown) - most
    return ", ".join(shown[:most]) + (f" and {more} more" if more > 0 else "")


def as_process(rows: Mapping[str, Any]) -> Process:
    """The rows as a process.

    Raises `FieldError` (path "file") with a sentence naming the first row that does not fit.
    """
    for table in ("lanes", "teams", "steps", "flows", "rates"):
        ids = [row["id"] for row in rows.get(table, ()) if "id" in row]
        twice = next((row_id for row_id in ids if ids.count(row_id) > 1), None)
        if twice:
            raise FieldError("file", f"The id “{twice}” is there twice in the {table}.")
    found = problems(Process, rows)
    if found:
        path, told = found[0]
        raise FieldError("file", f"{_place(path, rows)}: {told} Nothing was taken.")
    return Process.model_validate(rows)


def _place(path: str, rows: Mapping[str, Any]) -> str:
    """Where a field stands, in words: `steps.3.handling_min` is the handling min of a step."""
    table, _, rest = path.partition(".")
    index, _, field = rest.partition(".")
    words = {"lanes": "Lane", "teams": "Team", "steps": "Step", "flows": "Arrow", "rates": "Rate"}
    if table in words and index.isdigit():
        row = rows[table][int(index)]
        fields: Mapping[str, Any] = dict(row) if isinstance(row, Value) else row
        called = clean(str(fields.get("name") or fields.get("id") or int(index) + 1), 60)
        return f"{words[table]} “{called}”" + (f", {field.replace('_', ' ')}" if field else "")
    return {
        "steps": "The map's steps",
        "flows": "The map's arrows",
        "lanes": "The map's lanes",
    }.get(table, f"The map's {table.replace('_', ' ')}")
