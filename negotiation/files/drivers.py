"""Terms and drivers out as one table, and back: CSV, XLSX, or cells pasted from a spreadsheet.

One line per term or driver. `path` names it; a line whose driver is not in the deal yet adds it; a
term or driver without a line stays as it is. A file holds what the seat that wrote it sees.
"""

from collections.abc import Iterator
from typing import Any, get_args

from negotiation.scenarios.rows import Amount, Driver
from negotiation.terms import Terms
from negotiation.values import FieldError, Value

from . import tables
from .tables import Cell, Line

_CASE = "case "
_NUMBERS = ("low", "mode", "high")
_TEXTS = (
    "label",
    "unit",
    "key",
    "site",
    "space",
    "range_is",
    "source",
    "owner",
    "controlled_by",
    "evidence",
    "note",
)
_HEADER = (
    "path",
    "label",
    "unit",
    "value",
    *_NUMBERS,
    "range_is",
    "simulated",
    "source",
    "owner",
    "controlled_by",
    "evidence",
    "note",
    "space",
    "site",
    "key",
)
_TABLES = ("drivers", "estimates")
Pairs = list[tuple[str, Any]]


def to_csv(deal: Any) -> bytes:
    """Every term and driver of `deal` (parts `terms` and `scenarios`) as CSV."""
    return tables.write_csv(_header(deal), _rows(deal))


def to_xlsx(deal: Any) -> bytes:
    """Every term and driver of `deal` as a workbook of one sheet."""
    return tables.write_xlsx("Terms and drivers", _header(deal), _rows(deal))


def read(deal: Any, file_name: str, content: bytes) -> Pairs:
    """What the file changes in `deal`, as (path, value) pairs to be set together; [] for nothing.

    Raises `FieldError` with path "file" for a file that cannot be taken, naming line and column. A
    deal that the values do not fit is refused where the pairs are set.
    """
    lines = tables.read(file_name, content, ("path", "value"))
    pairs: Pairs = []
    touched: dict[str, tuple[Driver, ...]] = {}
    for line in lines:
        path = tables.text(line.cells["path"])
        part, _, rest = path.partition(".")
        table, _, row_id = rest.partition(".")
        if part == "terms" and rest:
            pairs += _term_change(deal.terms, path, line)
        elif part == "scenarios" and table in _TABLES and row_id and "." not in row_id:
            rows = touched.get(table, getattr(deal.scenarios, table))
            touched[table] = _with_driver(rows, row_id, deal, line)
        else:
            raise _at(
                line,
                "path",
                f"“{path}” names no term or driver; a path is like "
                "terms.unit_price or scenarios.drivers.attrition",
            )
    for table, rows in touched.items():
        if rows != getattr(deal.scenarios, table):
            pairs.append((f"scenarios.{table}", rows))
    return pairs


# --- out


def _header(deal: Any) -> list[str]:
    return [*_HEADER[:4], *(f"{_CASE}{case.id}" for case in deal.scenarios.cases), *_HEADER[4:]]


def _rows(deal: Any) -> Iterator[list[Cell]]:
    width = len(_header(deal))
    for path, title, unit, value in _terms(deal.terms):
        yield ([path, title, unit, value] + [None] * width)[:width]
    cases = [case.id for case in deal.scenarios.cases]
    for table in _TABLES:
        for row in getattr(deal.scenarios, table):
            overrides = {each.id: each.value for each in row.by_scenario}
            yield [
                f"scenarios.{table}.{row.id}",
                row.label,
                row.unit,
                _written(row.value),
                *(_written(overrides.get(case)) for case in cases),
                row.low,
                row.mode,
                row.high,
                row.range_is,
                "yes" if row.simulated else "no",
                row.source,
                row.owner,
                row.controlled_by,
                row.evidence,
                row.note,
                row.space,
                row.site,
                row.key,
            ]


def _terms(terms: Terms) -> Iterator[tuple[str, str, str, Cell]]:
    """(path, title, unit, value) of every single term; tables and inner parts by their fields."""
    for path, owner, name in _fields("terms", terms):
        field = type(owner).model_fields[name]
        unit = (field.json_schema_extra or {}).get("unit", "")
        value = getattr(owner, name)
        yield f"{path}.{name}", field.title or name, unit, _written(value)


def _fields(path: str, part: Value) -> Iterator[tuple[str, Value, str]]:
    for name in type(part).model_fields:
        inner = getattr(part, name)
        if isinstance(inner, Value):
            yield from _fields(f"{path}.{name}", inner)
        elif isinstance(inner, tuple):
            for row in inner:
                yield from _fields(f"{path}.{name}.{row.id}", row)
        elif name != "id":
            yield path, part, name


def _written(amount: Any) -> Cell:
    if isinstance(amount, tuple):
        return "; ".join(repr(float(x)) for x in amount)
    return amount if amount is None or isinstance(amount, str) else float(amount)


# --- in


def _at(line: Line, column: str, problem: str) -> FieldError:
    return FieldError("file", f"{line.place.capitalize()}, {column}: {problem}. Nothing was taken.")


def _term_change(terms: Terms, path: str, line: Line) -> Pairs:
    for inner, owner, name in _fields("terms", terms):
        if f"{inner}.{name}" == path:
            old = getattr(owner, name)
            new = _term_value(type(owner).model_fields[name].annotation, line)
            return [] if _same(old, new) else [(path, new)]
    raise _at(line, "path", f"there is no term “{path}”")


def _term_value(annotation: Any, line: Line) -> Any:
    """The cell as a term of this type: a word, a whole number or a number; empty is None."""
    kinds = set(get_args(annotation)) or {annotation}
    cell = line.cells["value"]
    if kinds & {str} or all(isinstance(kind, str) for kind in kinds):
        found = tables.text(cell)
        return found if found or type(None) not in kinds else None
    if not tables.text(cell):
        if type(None) in kinds:
            return None
        raise _at(line, "value", "this term needs a number")
    value = _number(line, "value")
    return int(value) if int in kinds and value.is_integer() else value


def _with_driver(
    rows: tuple[Driver, ...], row_id: str, deal: Any, line: Line
) -> tuple[Driver, ...]:
    """`rows` with the driver of `line` changed, or added at the end."""
    old = next((row for row in rows if row.id == row_id), None)
    try:
        new = (old or Driver(id=row_id)).replace(**_driver_changes(old, deal, line))
    except FieldError as error:
        raise _at(line, error.path or "value", error.sentence.rstrip(".")) from None
    except ValueError as error:
        raise _at(line, "path", str(error).splitlines()[0]) from None
    return tuple(new if row is old else row for row in rows) if old else (*rows, new)


def _driver_changes(old: Driver | None, deal: Any, line: Line) -> dict[str, Any]:
    """The driver's fields that the line gives; an empty cell empties an optional field."""
    changes: dict[str, Any] = {}
    for name in _TEXTS:
        if name in line.cells:
            found = tables.text(line.cells[name])
            changes[name] = found or type(old or Driver(id="x")).model_fields[name].default
    for name in _NUMBERS:
        if name in line.cells:
            empty = not tables.text(line.cells[name])
            changes[name] = None if empty else _number(line, name)
    if "simulated" in line.cells:
        changes["simulated"] = _yes(line)
    changes["value"] = _amount(line, "value")
    changes["by_scenario"] = _overrides(old, deal, line)
    if old is not None:
        return {
            name: getattr(old, name) if _same(getattr(old, name), new) else new
            for name, new in changes.items()
        }
    return changes


def _overrides(old: Driver | None, deal: Any, line: Line) -> tuple[dict[str, Any], ...]:
    """Values in single cases: from the line where it has the case's column, else as they were."""
    values = {row.id: row.value for row in old.by_scenario} if old else {}
    for case in deal.scenarios.cases:
        column = f"{_CASE}{case.id}".casefold()
        if column in line.cells:
            values[case.id] = _amount(line, column)
    return tuple(
        {"id": case, "value": value} for case, value in values.items() if value is not None
    )


def _number(line: Line, column: str) -> float:
    try:
        return tables.number(line.cells[column])
    except ValueError as error:
        raise _at(line, column, str(error)) from None


def _amount(line: Line, column: str) -> Amount:
    """A number, several separated by semicolons, a mode word, or nothing."""
    cell = line.cells[column]
    found = tables.text(cell)
    if not found:
        return None
    if isinstance(cell, float):
        return cell
    if found.replace("_", "").isalpha():
        return found
    try:
        numbers = tuple(tables.number(part) for part in found.split(";") if part.strip())
    except ValueError as error:
        raise _at(line, column, f"{error}; several are separated by semicolons") from None
    return numbers if ";" in found else numbers[0]


def _yes(line: Line) -> bool:
    word = tables.text(line.cells["simulated"]).casefold()
    if word not in ("yes", "no", ""):
        raise _at(line, "simulated", f"“{word}” is neither yes nor no")
    return word == "yes"


def _same(old: Any, new: Any) -> bool:
    """Whether a file means the old value, however it was written down.

    A spreadsheet keeps 15 digits of a number, a cell no spaces around its text, a list of one
    number is that number, and an empty cell of a scenario is no value there.
    """
    if isinstance(old, tuple) and isinstance(new, float):
        return len(old) == 1 and _same(old[0], new)
    if isinstance(old, tuple) and isinstance(new, tuple):
        plain = [row.model_dump() if isinstance(row, Value) else row for row in old]
        plain = [row for row in plain if not (isinstance(row, dict) and row["value"] is None)]
        return len(plain) == len(new) and all(map(_same, plain, new))
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_same(old[key], new[key]) for key in old)
    if isinstance(old, float) and isinstance(new, float):
        return abs(old - new) <= 1e-14 * max(abs(old), abs(new))
    if isinstance(old, str) and isinstance(new, str):
        return old.strip() == new.strip()
    return old == new
