"""The requirements roadmap as one table, out and in: a line for each intent, outcome and so on.

`row` says what a line is, `id` which one, `of` the ids of what it serves (an outcome's intents, an
objective's outcome, a measure's objective), `text` its words. A file changes the lines it names,
adds those whose id is new, and leaves the rest.
"""

from typing import Any

from negotiation.deal import Parts
from negotiation.files import tables
from negotiation.outcomes import Measure, Objective, Outcome
from negotiation.values import FieldError, Value
from negotiation.vision import Intent

_TABLES: dict[str, tuple[str, type[Value]]] = {
    "intent": ("vision.intents", Intent),
    "outcome": ("outcomes.outcomes", Outcome),
    "objective": ("outcomes.objectives", Objective),
    "measure": ("outcomes.measures", Measure),
}
_OF = {"outcome": "intents", "objective": "outcome", "measure": "objective"}
_LISTS = ("intents", "steps")
_NUMBERS = ("minimum", "target", "baseline", "tolerance")
_RENAMED = {"id", "text", "name", *_OF.values()}
_FIELDS = tuple(dict.fromkeys(
    name for _, kind in _TABLES.values() for name in kind.model_fields if name not in _RENAMED
))  # fmt: skip
COLUMNS = ("row", "id", "of", "text", *_FIELDS)
NEEDED = ("row", "id", "text")


def to_csv(deal: Parts) -> bytes:
    """The roadmap as CSV; proportions as fractions (0.9 is 90 %)."""
    return tables.write_csv(COLUMNS, _rows(deal))


def to_xlsx(deal: Parts) -> bytes:
    """The roadmap as a workbook of one sheet."""
    return tables.write_xlsx("Roadmap", COLUMNS, _rows(deal))


def take(deal: Parts, file_name: str, content: bytes) -> Parts:
    """`deal` with every line of the file in it; raises `FieldError` and changes nothing."""
    for line in tables.read(file_name, content, NEEDED):
        kind = _kind(line)
        try:
            deal = _taken(deal, _TABLES[kind][0], _fields(kind, line.cells))
        except FieldError as error:
            sentence = f"{line.place}: {error.sentence} Nothing was taken in."
            raise FieldError("file", sentence) from None
    return deal


def _taken(deal: Parts, table: str, fields: dict[str, Any]) -> Parts:
    if all(row.id != fields["id"] for row in deal.get(table)):
        return deal.add(table, fields)
    path = f"{table}.{fields['id']}"
    return deal.set_many((f"{path}.{name}", value) for name, value in fields.items())


def _kind(line: tables.Line) -> str:
    kind = tables.text(line.cells.get("row")).casefold()
    if kind not in _TABLES:
        raise FieldError("file", f"{line.place}: “{kind}” is not one of: {', '.join(_TABLES)}.")
    return kind


def _fields(kind: str, cells: dict[str, tables.Cell]) -> dict[str, Any]:
    """The row's fields that the line has cells for; an empty cell empties its field."""
    names = {"text": "name" if kind == "measure" else "text"} | {"of": _OF.get(kind, "")}
    model = _TABLES[kind][1].model_fields
    found = {}
    for column, cell in cells.items():
        name = names.get(column, column)
        if name in model:
            found[name] = _value(name, cell, model[name].default)
    return found


def _value(name: str, cell: tables.Cell, first: Any) -> Any:
    words = tables.text(cell)
    if name in _LISTS:
        return tuple(part.strip() for part in words.split(";") if part.strip())
    if name == "window_count" or name in _NUMBERS:
        try:
            number = tables.number(cell) if words else None
        except ValueError as error:
            raise FieldError(name, f"{name}: {error}.") from None
        return int(number) if name == "window_count" and number is not None else number
    return words if words or not isinstance(first, str) else first


def _rows(deal: Parts) -> list[list[tables.Cell]]:
    return [_row(kind, row) for kind, (path, _) in _TABLES.items() for row in deal.get(path)]


def _row(kind: str, row: Value) -> list[tables.Cell]:
    of = getattr(row, _OF[kind]) if kind in _OF else ""
    text = row.name if isinstance(row, Measure) else row.text
    return [kind, row.id, _cell(of), text, *(_cell(getattr(row, name, None)) for name in _FIELDS)]


def _cell(value: Any) -> tables.Cell:
    if isinstance(value, tuple):
        return "; ".join(value)
    return float(value) if isinstance(value, (int, float)) else value
