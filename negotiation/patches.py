"""Field-level changes between two documents: find, apply, undo, and compare them.

A *document* is what a part looks like in JSON: mappings of fields, and *tables*, which are lists of
mappings that each carry an `id`. A *path* leads through both: `terms.unit_price`,
`scenarios.drivers.attrition.value`. A list without ids is one field. A mapping's key may itself
hold dots (a party's own document is keyed by table paths), so the longest key that fits is taken.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from marshal import dumps
from typing import Any, Literal, NamedTuple

from pydantic import JsonValue

from .values import Value

Document = dict[str, Any]


class Change(Value):
    """One step at one place.

    `set`: the field had `old` and has `new`. `add` and `remove`: the row (in `new`, or in `old`)
    stands before the row with the id `before`, or last. `move`: the row stood before the row with
    the id `old` and now stands before `new`; None is the end of the table.
    """

    path: str
    kind: Literal["set", "add", "remove", "move"] = "set"
    old: JsonValue = None
    new: JsonValue = None
    before: str | None = None


Patch = tuple[Change, ...]


class Clash(NamedTuple):
    """Two changes that cannot both stand: somebody has to choose."""

    mine: Change
    theirs: Change


class PatchError(ValueError):
    """A change leads to a place that the document does not have."""

    def __init__(self, path: str, sentence: str):
        super().__init__(f"{path}: {sentence}")
        self.path = path
        self.sentence = sentence


def diff(old: Document, new: Document, path: str = "") -> Patch:
    """The changes that turn `old` into `new`, in the order in which they apply.

    A table that is absent counts as an empty one. `path` is where both stand, when they are part
    of a document.
    """
    return tuple(_mapping_changes(path, old, new))


def copied(value: Any) -> Any:
    """A copy of a document, or of a part of one, that shares no mapping and no list with it."""
    if isinstance(value, dict):
        return {key: copied(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [copied(inner) for inner in value]
    return tuple(copied(inner) for inner in value) if isinstance(value, tuple) else value


def apply(patch: Iterable[Change], document: Document) -> Document:
    """`document` after `patch`; the given document stays as it is.

    A row whose neighbour has gone is put last. Raises `PatchError` where a change finds no place.
    """
    result = copied(document)
    for change in patch:
        settle(change, result)
    return result


def apply_where_possible(patch: Iterable[Change], document: Document) -> tuple[Document, Patch]:
    """`document` after every change of `patch` that finds its place, and the changes left over."""
    result, left = copied(document), []
    for change in patch:
        try:
            settle(change, result)
        except PatchError:
            left.append(change)
    return result, tuple(left)


def settle(change: Change, document: Document) -> Change:
    """Make one change in `document` itself; returns it with what stood there until now.

    A journal keeps only what is new, so that what was retracted is nowhere repeated as `old`.
    """
    return _SETTLE[change.kind](document, change)


def invert(patch: Iterable[Change]) -> Patch:
    """The patch that undoes `patch`."""
    return tuple(_inverse(change) for change in reversed(tuple(patch)))


def conflicts(mine: Iterable[Change], theirs: Iterable[Change]) -> tuple[Clash, ...]:
    """Pairs of changes to the same field, or to a row that the other side removed.

    Changes with the same outcome agree, and a row's place in its table disputes nothing but another
    place.
    """
    theirs = tuple(theirs)
    return tuple(Clash(m, t) for m in mine for t in theirs if _clash(m, t))


def value_at(document: Document, path: str) -> Any:
    """What stands at `path`; raises `PatchError` when nothing does."""
    value: Any = document
    parts = path.split(".")
    while parts:
        value, parts = _enter(value, parts, path)
    return value


def found_at(document: Document, path: str, default: Any = None) -> Any:
    """What stands at `path`, or `default` when nothing does."""
    try:
        return value_at(document, path)
    except PatchError:
        return default


def leads_to(path: str, place: str) -> bool:
    """Whether `place` is at `path` or below it."""
    return path == place or place.startswith(path + ".")


def same_place(path: str, other: str) -> bool:
    """Whether one of the two paths leads to, or through, the other."""
    return leads_to(path, other) or leads_to(other, path)


def is_table(value: Any) -> bool:
    """Whether `value` is a list of rows with ids (an empty list may be one)."""
    return isinstance(value, list) and all(isinstance(r, dict) and "id" in r for r in value)


# --- finding changes ---


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _changes(path: str, old: Any, new: Any) -> Iterator[Change]:
    if _identical(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _mapping_changes(path, old, new)
    elif is_table(old) and is_table(new):
        yield from _table_changes(path, old, new)
    elif not _same(old, new):
        yield Change(path=path, old=old, new=new)


def _mapping_changes(path: str, old: Document, new: Document) -> Iterator[Change]:
    odd = [(old.get(key, []), new.get(key, [])) for key in old.keys() ^ new.keys()]
    if path and not all(is_table(a) and is_table(b) for a, b in odd):
        yield Change(path=path, old=old, new=new)
        return
    for key in [*old, *(key for key in new if key not in old)]:
        yield from _changes(_join(path, key), old.get(key, []), new.get(key, []))


def _identical(old: Any, new: Any) -> bool:
    """Whether two documents hold the very same values, found without a walk in Python.

    `==` alone takes True for 1; the bytes tell them apart.
    """
    return old is new or (old == new and dumps(old, 2) == dumps(new, 2))


def _same(old: Any, new: Any) -> bool:
    # 1 == True and 1 == 1.0 in Python; to the reader of a field only the first two differ.
    return old == new and isinstance(old, bool) == isinstance(new, bool)


def _table_changes(path: str, old: list[Document], new: list[Document]) -> Iterator[Change]:
    olds, news = {row["id"]: row for row in old}, {row["id"]: row for row in new}
    for row_id, row in olds.items():
        if row_id in news and not _identical(row, news[row_id]):
            yield from _mapping_changes(_join(path, row_id), row, news[row_id])
    yield from _place_changes(path, olds, news)


def _place_changes(
    path: str, olds: dict[str, Document], news: dict[str, Document]
) -> Iterator[Change]:
    """Rows removed; then, from the last row to the first, added, moved or left standing."""
    places = list(olds)
    for row_id in [row_id for row_id in olds if row_id not in news]:
        before = _next(places, row_id)
        places.remove(row_id)
        yield Change(path=_join(path, row_id), kind="remove", old=olds[row_id], before=before)
    order = list(news)
    fixed = {order[i] for i in _longest_rising([order.index(row_id) for row_id in places])}
    before = None
    for row_id in reversed(news):
        where = _join(path, row_id)
        if row_id not in olds:
            yield Change(path=where, kind="add", new=news[row_id], before=before)
            _insert(places, row_id, before)
        elif row_id not in fixed:
            stood_before = _next(places, row_id)
            places.remove(row_id)
            _insert(places, row_id, before)
            if stood_before != before:
                yield Change(path=where, kind="move", old=stood_before, new=before)
        before = row_id


def _longest_rising(numbers: list[int]) -> list[int]:
    """The longest rising subsequence: the rows that need not move."""
    tails: list[int] = []
    chains: list[list[int]] = []
    for number in numbers:
        at = bisect_left(tails, number)
        chain = [*(chains[at - 1] if at else []), number]
        tails[at : at + 1], chains[at : at + 1] = [number], [chain]
    return chains[-1] if chains else []


def _next(places: list[str], row_id: str) -> str | None:
    after = places.index(row_id) + 1
    return places[after] if after < len(places) else None


def _insert(places: list[str], row_id: str, before: str | None) -> None:
    places.insert(places.index(before) if before in places else len(places), row_id)


# --- applying changes ---


def _enter(value: Any, parts: list[str], path: str) -> tuple[Any, list[str]]:
    """One step down: the longest key of a mapping, or the row with the id."""
    if isinstance(value, dict):
        for length in range(len(parts), 0, -1):
            key = ".".join(parts[:length])
            if key in value and (length == len(parts) or isinstance(value[key], dict | list)):
                return value[key], parts[length:]
    elif is_table(value):
        for row in value:
            if row["id"] == parts[0]:
                return row, parts[1:]
    raise PatchError(path, f"There is no '{parts[0]}' here any more.")


def _set(document: Document, change: Change) -> Change:
    parent_path, _, name = change.path.rpartition(".")
    parent = value_at(document, parent_path) if parent_path else document
    newer = isinstance(parent, dict) and "id" in parent  # a row stored before it had this field
    if not isinstance(parent, dict) or (name not in parent and not newer):
        raise PatchError(change.path, f"There is no '{name}' here any more.")
    old, parent[name] = parent.get(name), copied(change.new)
    return _told(change, old=old)


def _add(document: Document, change: Change) -> Change:
    table_path, _, row_id = change.path.rpartition(".")
    # A party's own document lists only the tables in which it has rows already.
    if all("." in key for key in document) and found_at(document, table_path) is None:
        document[table_path] = []
    table = _table(document, table_path)
    if _index(table, row_id) is not None:
        raise PatchError(change.path, f"There is a row '{row_id}' already.")
    _put(table, copied(change.new), change.before)
    return change


def _remove(document: Document, change: Change) -> Change:
    table_path, _, row_id = change.path.rpartition(".")
    table = _table(document, table_path)
    row, before = _take(table, row_id, change.path)
    return _told(change, old=row, before=before)


def _move(document: Document, change: Change) -> Change:
    table_path, _, row_id = change.path.rpartition(".")
    table = _table(document, table_path)
    row, before = _take(table, row_id, change.path)
    _put(table, row, change.new)
    return _told(change, old=before)


_SETTLE = {"set": _set, "add": _add, "remove": _remove, "move": _move}


def _told(change: Change, **old: Any) -> Change:
    return change.model_copy(update=old)


def _table(document: Document, path: str) -> list[Document]:
    table = value_at(document, path)
    if not is_table(table):
        raise PatchError(path, "This is one field, not a table.")
    return table


def _index(table: list[Document], row_id: Any) -> int | None:
    return next((i for i, row in enumerate(table) if row["id"] == row_id), None)


def _take(table: list[Document], row_id: str, path: str) -> tuple[Document, str | None]:
    """Take a row out of its table: the row, and the id of the one it stood before."""
    index = _index(table, row_id)
    if index is None:
        raise PatchError(path, f"There is no row '{row_id}' here any more.")
    row = table.pop(index)
    return row, table[index]["id"] if index < len(table) else None


def _put(table: list[Document], row: Document, before: Any) -> None:
    index = _index(table, before)
    table.insert(len(table) if index is None else index, row)


# --- undoing and comparing ---


def _inverse(change: Change) -> Change:
    kind = {"add": "remove", "remove": "add"}.get(change.kind, change.kind)
    return Change(path=change.path, kind=kind, old=change.new, new=change.old, before=change.before)


def _clash(mine: Change, theirs: Change) -> bool:
    if not same_place(mine.path, theirs.path):
        return False
    if "move" in (mine.kind, theirs.kind) and "remove" not in (mine.kind, theirs.kind):
        return mine.kind == theirs.kind and mine.path == theirs.path and mine.new != theirs.new
    same = (mine.path, mine.kind) == (theirs.path, theirs.kind)
    return not (same and (mine.kind == "remove" or _same(mine.new, theirs.new)))
