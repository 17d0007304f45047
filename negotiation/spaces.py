"""Who sees which row: a deal's document taken apart by space, and put together for one seat.

A row that carries a `space` other than `shared` belongs to that party alone. The shared document is
the whole deal without such rows; a party's own document is a mapping from table path to its rows
there. In every table shared rows come first and then each space's rows, so that the place of a row
says nothing about rows that its reader must not see.

Two sides that cannot see each other may give two rows the same id. Where both become visible, the
private one is shown with its space behind its id (`d5--buyer`), and loses that when it is stored. A
row that is known by its id where it has no `key` (a driver) keeps the id as its key meanwhile.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from .patches import Document, Patch, copied, diff, is_table
from .values import Value

SHARED = "shared"
SPACES = (SHARED, "buyer", "supplier", "facilitator")
SEATS = ("buyer", "supplier", "facilitator")
Space = Literal["shared", "buyer", "supplier", "facilitator"]
PartySpace = Literal["shared", "buyer", "supplier"]
"""The space of a row that only a party can have to itself."""

Seat = Literal["buyer", "supplier", "facilitator"]


def split(document: Document) -> dict[str, Document]:
    """One document per space; each space of `SPACES` is there, if only empty."""
    documents: dict[str, Document] = {space: {} for space in SPACES}
    documents[SHARED] = _without_private(document, "", documents)
    return documents


def merge(
    documents: Mapping[str, Document], seat: str | None = None, open_book: bool = False
) -> Document:
    """The document that `seat` may see; without a seat, everything.

    A party sees shared rows, its own and, in open book, the other party's. The facilitator sees
    shared rows and its own, and both parties' in open book. A party's row inside a shared row that
    has been removed is not shown.
    """
    result = copied(documents[SHARED])
    for space in SPACES[1:]:
        if seat is None or space in visible_spaces(seat, open_book):
            for table_path, rows in documents.get(space, {}).items():
                table = _find(result, table_path.split("."))
                if table is not None:
                    taken = {row["id"] for row in table}
                    table.extend(_distinct(row, space, taken) for row in rows)
    return result


def differences(old: Mapping[str, Document], new: Mapping[str, Document]) -> dict[str, Patch]:
    """The changes between two sets of documents, by space; spaces without any are left out."""
    found = {space: diff(old[space], new[space]) for space in SPACES}
    return {space: patch for space, patch in found.items() if patch}


def visible_spaces(seat: str, open_book: bool) -> tuple[str, ...]:
    """The spaces that `seat` may read, `shared` first."""
    others = ("buyer", "supplier") if open_book else ()
    return tuple(space for space in SPACES if space in (SHARED, seat, *others))


def in_order(rows: tuple) -> tuple:
    """The rows of a table with shared ones first, then each space's, else in the order given."""
    return tuple(sorted(rows, key=lambda row: SPACES.index(getattr(row, "space", SHARED))))


def rows_of(value: Value, path: str = "") -> Iterator[tuple[str, tuple]]:
    """Every table below `value`, as (path, rows), outermost first."""
    for name in type(value).model_fields:
        inner = getattr(value, name)
        where = f"{path}.{name}" if path else name
        if isinstance(inner, Value):
            yield from rows_of(inner, where)
        elif isinstance(inner, tuple) and inner and all(hasattr(row, "id") for row in inner):
            yield where, inner
            for row in inner:
                yield from rows_of(row, f"{where}.{row.id}")


def _space(row: Document) -> str:
    return row.get("space") or SHARED


def _distinct(row: Document, space: str, taken: set[str]) -> Document:
    if row["id"] not in taken:
        return copied(row)
    known = {"key": row["id"]} if row.get("key") == "" else {}
    return {**copied(row), **known, "id": f"{row['id']}--{space}"}


def _as_stored(row: Document) -> Document:
    """A private row as its own space holds it, without the mark of a double id."""
    row_id = row["id"].removesuffix(f"--{_space(row)}")
    known = {"key": ""} if row_id != row["id"] and row.get("key") == row_id else {}
    return {**copied(row), **known, "id": row_id}


def _without_private(value: Any, path: str, documents: dict[str, Document]) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_private(inner, f"{path}.{key}" if path else key, documents)
            for key, inner in value.items()
        }
    if not is_table(value):
        return copied(value)
    kept = []
    for row in value:
        if _space(row) == SHARED:
            kept.append(_without_private(row, f"{path}.{row['id']}", documents))
        else:
            documents[_space(row)].setdefault(path, []).append(_as_stored(row))
    return kept


def _find(value: Any, names: list[str]) -> list[Document] | None:
    for name in names:
        if isinstance(value, list):
            value = next((row for row in value if row["id"] == name), None)
        else:
            value = value.get(name) if isinstance(value, dict) else None
    return value
