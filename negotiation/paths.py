"""Where a path leads in a tree of values, and the tree with one place changed.

A path is attribute names, and row ids inside tables: `scenarios.drivers.attrition.value`. A table
is a tuple of values that have an `id`. Every function returns a new, fully checked value, or
raises `FieldError` with the path and a sentence.
"""

from collections.abc import Callable
from typing import Any

from .values import FieldError, Value, read

Edit = Callable[[Any], Any]


def get(value: Value, path: str) -> Any:
    """What stands at `path`: a field, a row, or a whole table."""
    here: Any = value
    for name in _names(path):
        here = _step(here, name, path)
    return here


def put(value: Value, path: str, new: Any) -> Value:
    """`value` with `new` at `path`."""
    return _edited(value, _names(path), lambda _: new, path, "")


def add(value: Value, table_path: str, row: Any, before: str | None = None) -> Value:
    """`value` with `row` (a value, or a mapping with an `id`) before the row `before`, or last."""
    row_id = row.get("id") if isinstance(row, dict) else row.id

    def insert(rows: tuple) -> tuple:
        _require_table(rows, table_path)
        if any(other.id == row_id for other in rows):
            raise FieldError(f"{table_path}.{row_id}", f"There is a row '{row_id}' already.")
        index = len(rows) if before is None else _index(rows, before, table_path)
        return (*rows[:index], row, *rows[index:])

    return _edited(value, _names(table_path), insert, table_path, "")


def remove(value: Value, path: str) -> Value:
    """`value` without the row at `path`."""
    table_path, _, row_id = path.rpartition(".")

    def drop(rows: tuple) -> tuple:
        _require_table(rows, table_path)
        index = _index(rows, row_id, path)
        return rows[:index] + rows[index + 1 :]

    return _edited(value, _names(table_path), drop, table_path, "")


def move(value: Value, path: str, before: str | None) -> Value:
    """`value` with the row at `path` standing before the row `before`, or last."""
    table_path, _, row_id = path.rpartition(".")

    def shift(rows: tuple) -> tuple:
        _require_table(rows, table_path)
        row = rows[_index(rows, row_id, path)]
        rest = tuple(other for other in rows if other.id != row_id)
        index = len(rest) if before in (None, row_id) else _index(rest, before, table_path)
        return (*rest[:index], row, *rest[index:])

    return _edited(value, _names(table_path), shift, table_path, "")


def is_table(value: Any) -> bool:
    """Whether `value` is a tuple of rows with ids (an empty tuple may be one)."""
    return isinstance(value, tuple) and all(
        isinstance(r, Value) and hasattr(r, "id") for r in value
    )


def _names(path: str) -> list[str]:
    if not path:
        raise FieldError(path, "A path needs at least one name, like 'terms.unit_price'.")
    return path.split(".")


def _step(here: Any, name: str, path: str) -> Any:
    if is_table(here):
        return here[_index(here, name, path)]
    fields = type(here).model_fields if isinstance(here, Value) else {}
    if name not in fields:
        known = ", ".join(fields) or "nothing inside it"
        raise FieldError(path, f"There is no field '{name}' here; there is: {known}.")
    return getattr(here, name)


def _index(rows: tuple, row_id: str, path: str) -> int:
    for index, row in enumerate(rows):
        if row.id == row_id:
            return index
    known = ", ".join(row.id for row in rows[:12]) or "none yet"
    raise FieldError(path, f"There is no row '{row_id}' here; the rows are: {known}.")


def _require_table(rows: Any, path: str) -> None:
    if not is_table(rows):
        raise FieldError(path, "This is one field, not a table: it has no rows to add or remove.")


def _edited(here: Any, names: list[str], edit: Edit, path: str, at: str) -> Any:
    """`here` (found at `at`) with `edit` done at `names` below it, checked on the way up."""
    if not names:
        return edit(here)
    name, rest = names[0], names[1:]
    below = f"{at}.{name}" if at else name
    inner = _edited(_step(here, name, path), rest, edit, path, below)
    if isinstance(here, tuple):
        index = _index(here, name, path)
        return (*here[:index], inner, *here[index + 1 :])
    try:
        return read(type(here), {**dict(here), name: inner})
    except FieldError as error:
        raise FieldError(_place(error, here, name, inner, path, at), error.sentence) from None


def _place(error: FieldError, here: Value, name: str, inner: Any, path: str, at: str) -> str:
    """The path of a refusal: rows by id instead of number, the edited field for a rule above it."""
    names = error.path.split(".") if error.path else []
    if not names or names[0] != name:
        return path
    place, value = [name], inner
    for step in names[1:]:
        if isinstance(value, tuple | list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
            step = value.get("id", step) if isinstance(value, dict) else getattr(value, "id", step)
        else:
            value = value.get(step) if isinstance(value, dict) else getattr(value, step, None)
        place.append(str(step))
    found = ".".join(([at] if at else []) + place)
    return found if len(found) > len(path) and found.startswith(path) else path
