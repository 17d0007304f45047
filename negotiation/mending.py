"""A stored deal that its limits no longer allow: what does not fit is left out, the rest is kept.

Limits change as the playbook grows, and a deal that was right when it was written has to open all
the same. Nothing that is stored changes here: only what is shown falls back to the field's first
state, and a sentence names it until somebody corrects it.
"""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from .patches import Document
from .values import FieldError, Value, sentence

_KEPT = ("id", "space", "key")

Place = tuple[int | str, ...]


@dataclass(frozen=True)
class Mend:
    """One place that was left out: its path with row ids in it, and what did not fit."""

    path: str
    sentence: str


def mended(kind: type[Value], document: Document) -> tuple[Document, tuple[Mend, ...]]:
    """`document` as a `kind` takes it, and what was left out for that.

    A field falls back to its default; a row without the field it needs is left out as a whole.
    Raises `FieldError` where neither helps. Each round takes something out, so it comes to an end.
    """
    document, told = deepcopy(document), []
    while errors := _errors(kind, document):
        told += _round(kind, document, errors, told)
    return document, tuple(told)


def _round(
    kind: type[Value], document: Document, errors: list[Any], told: list[Mend]
) -> list[Mend]:
    """Leave out what every error of one look objects to, the last row first: so the places of the
    rows before it stay true."""
    found: list[Mend] = []
    gone: list[Place] = []
    placed = {_existing(document, error["loc"]): error for error in reversed(errors)}
    for place in sorted(placed, key=_order, reverse=True):
        if any(place[: len(root)] == root for root in gone):
            continue
        mend = Mend(_path(document, place), sentence(placed[place]))
        root = _leave_out(kind, document, place, placed[place])
        if root is None:
            # That a field is missing may come of leaving it out: what did not fit there says more.
            missing = ".".join(map(str, placed[place]["loc"]))
            cause = next((one for one in told if one.path == missing), mend)
            raise FieldError(cause.path, cause.sentence)
        gone.append(root)
        found.append(mend)
    return found[::-1]


def _order(place: Place) -> list[tuple[bool, int | str]]:
    """Rows by their number and fields by their name."""
    return [(isinstance(name, str), name) for name in place]


def _errors(kind: type[Value], document: Document) -> list[Any]:
    try:
        kind.model_validate(document)
    except ValidationError as error:
        return error.errors()
    return []


def _existing(document: Document, place: Place) -> Place:
    """The part of an error's place that the document has; the rest names kinds of a union."""
    here: Any = document
    for depth, name in enumerate(place):
        try:
            here = here[name]
        except (KeyError, IndexError, TypeError):
            return place[:depth]
    return place


def _leave_out(kind: type[Value], document: Document, place: Place, error: Any) -> Place | None:
    """Take what does not fit out of `document`; returns what was taken out or changed, or None
    when nothing can be."""
    if error["type"] == "missing":
        return _drop_row(document, place)
    here = _at(document, place)
    if isinstance(here, dict):
        return place if _clear_fields(kind, document, place) else _drop_row(document, place)
    while place and isinstance(place[-1], int):
        place = place[:-1]
    if not place:
        return None
    holder = _at(document, place[:-1])
    del holder[place[-1]]
    return place


def _clear_fields(kind: type[Value], document: Document, place: Place) -> bool:
    """Leave out the one number or list, else the fewest from the last, that a rule objects to."""
    holder = _at(document, place)
    names = [name for name in reversed(holder) if name not in _KEPT and _is_amount(holder[name])]
    for name in names:
        value = holder.pop(name)
        if not _objects(kind, document, place):
            return True
        holder[name] = value
    taken = {}
    for name in (*names, *(n for n in list(holder) if isinstance(holder[n], bool))):
        taken[name] = holder.pop(name)
        if not _objects(kind, document, place):
            return True
    holder.update(taken)
    return False


def _drop_row(document: Document, place: Place) -> Place | None:
    """Leave out the innermost row of a table that holds `place`; returns its place."""
    while place and not isinstance(place[-1], int):
        place = place[:-1]
    if not place:
        return None
    del _at(document, place[:-1])[place[-1]]
    return place


def _objects(kind: type[Value], document: Document, place: Place) -> bool:
    return any(item["loc"][: len(place)] == place for item in _errors(kind, document))


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float | list) and not isinstance(value, bool)


def _at(document: Document, place: Place) -> Any:
    here: Any = document
    for name in place:
        here = here[name]
    return here


def _path(document: Document, place: Place) -> str:
    names, here = [], document
    for name in place:
        here = here[name]
        row = isinstance(name, int) and isinstance(here, dict)
        names.append(str(here.get("id", name)) if row else str(name))
    return ".".join(names)
