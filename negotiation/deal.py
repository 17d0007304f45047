"""The deal: one frozen value that holds what one seat sees at one moment."""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from . import patches, paths, spaces
from .carry import Carried
from .outcomes import Outcomes
from .process import Process
from .scenarios import Scenarios
from .start import Start
from .terms import Terms
from .values import ROW_ID, FieldError, Name, Value, read
from .vision import Vision


class Parts(Value):
    """A tree of parts in which every place has a path; the mechanics of a `Deal`.

    Tables are put in order by space on creation (see `negotiation.spaces`), and ids of rows are
    checked: unique in their table; letters, digits, `_` and `-`.
    """

    def get(self, path: str) -> Any:
        """What stands at `path`: a field, a row, or a whole table."""
        return paths.get(self, path)

    def set(self, path: str, value: Any) -> Self:
        """The deal with `value` at `path`; raises `FieldError` with the last valid value kept."""
        return paths.put(self, path, value)

    def set_many(self, pairs: Iterable[tuple[str, Any]]) -> Self:
        """The deal with several fields set at once, checked only together.

        For fields that limit each other, such as a floor and a cap that both move.
        """
        changes = [patches.Change(path=path, new=_plain(value)) for path, value in pairs]
        try:
            return self.read(patches.apply(changes, self.document()))
        except patches.PatchError as error:
            raise FieldError(error.path, error.sentence) from None

    def add(self, table_path: str, row: Any, before: str | None = None) -> Self:
        """The deal with `row` in the table, before the row with the id `before`, or last."""
        return paths.add(self, table_path, row, before)

    def remove(self, path: str) -> Self:
        """The deal without the row at `path`."""
        return paths.remove(self, path)

    def move(self, path: str, before: str | None) -> Self:
        """The deal with the row at `path` standing before the row `before`, or last."""
        return paths.move(self, path, before)

    def document(self) -> patches.Document:
        """The deal as JSON values: mappings, lists, text, numbers."""
        return self.model_dump(mode="json")

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """The deal of a document; raises `FieldError` whose path has row ids in it."""
        try:
            return read(cls, document)
        except FieldError as error:
            raise FieldError(_by_id(document, error.path), error.sentence) from None

    @classmethod
    def completed(cls, document: Mapping[str, Any]) -> patches.Document:
        """`document`, written before some part or table existed, with those in their first state.

        What is stored stays as it was written; a change of a new table needs a place to land.
        """
        return _completed(cls, document)

    def patched(self, changes: Mapping[str, patches.Patch]) -> Self:
        """The deal after patches by space, as `difference` gives them."""
        documents = spaces.split(self.document())
        try:
            for space, patch in changes.items():
                documents[space] = patches.apply(patch, documents[space])
        except patches.PatchError as error:
            raise FieldError(error.path, error.sentence) from None
        return self.read(spaces.merge(documents))

    @model_validator(mode="after")
    def _rows_are_named_and_in_order(self) -> Self:
        for name in type(self).model_fields:
            part = getattr(self, name)
            if isinstance(part, Value) and not any(part is known for known in _IN_ORDER):
                _check_ids(part, name)
                # The one place that writes into a frozen value: it is still being made.
                self.__dict__[name] = ordered = _ordered(part)
                _IN_ORDER.append(ordered)
        return self


# Parts that were checked of late: an edit makes one new part and keeps the others as they are.
_IN_ORDER: deque[Value] = deque(maxlen=64)


def _check_ids(part: Value, name: str) -> None:
    for path, rows in spaces.rows_of(part, name):
        ids = [row.id for row in rows]
        if len(set(ids)) < len(ids):
            twice = next(i for i in ids if ids.count(i) > 1)
            raise ValueError(f"{path} has two rows with the id '{twice}'; ids are unique.")
        odd = next((i for i in ids if not ROW_ID.fullmatch(i)), None)
        if odd is not None:
            raise ValueError(
                f"{path} has a row with the id '{odd}'; an id has letters, digits, _ and -."
            )


def difference(old: Parts, new: Parts) -> dict[str, patches.Patch]:
    """The changes from `old` to `new` by space; spaces without changes are left out."""
    return spaces.differences(spaces.split(old.document()), spaces.split(new.document()))


def _ordered(value: Any) -> Any:
    """`value` with every table inside it in order by space; the same object when nothing moves."""
    if isinstance(value, Value):
        moved = {}
        for name in type(value).model_fields:
            inner = getattr(value, name)
            ordered = _ordered(inner)
            if ordered is not inner:
                moved[name] = ordered
        return value.model_copy(update=moved) if moved else value
    if paths.is_table(value) and value:
        rows = tuple(_ordered(row) for row in spaces.in_order(value))
        return value if all(a is b for a, b in zip(rows, value, strict=True)) else rows
    return value


def _completed(kind: type[Value], document: Mapping[str, Any]) -> patches.Document:
    whole = dict(document)
    for name, field in kind.model_fields.items():
        first = None if field.is_required() else field.get_default(call_default_factory=True)
        if name not in whole and not field.is_required():
            whole[name] = _plain(first)
        elif isinstance(first, Value) and isinstance(whole[name], Mapping):
            whole[name] = _completed(type(first), whole[name])
    return whole


def _plain(value: Any) -> Any:
    """A value as it stands in a document."""
    if isinstance(value, Value):
        return value.model_dump(mode="json")
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _by_id(document: Any, path: str) -> str:
    """`path` with the numbers of rows replaced by their ids."""
    names, here = [], document
    for name in path.split(".") if path else []:
        if isinstance(here, list | tuple) and name.isdigit() and int(name) < len(here):
            here = here[int(name)]
            name = str(here.get("id", name)) if isinstance(here, dict) else name
        else:
            here = here.get(name) if isinstance(here, dict) else None
        names.append(name)
    return ".".join(names)


def _deal_id(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", text):
        raise ValueError(f"'{text}' cannot name a deal; use small letters, digits and hyphens.")
    return text


def _currency(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise ValueError(f"'{text}' is not a currency; write three capital letters such as USD.")
    return text


Currency = Annotated[str, AfterValidator(_currency)]


class Party(Value):
    """One side of the deal: the buyer or a supplier, under the name it signs with."""

    id: str
    role: Literal["buyer", "supplier"]
    name: Name


class Identity(Value):
    """Which deal this is: the facts on its cover."""

    id: Annotated[str, AfterValidator(_deal_id)]
    title: Name
    parties: tuple[Party, ...] = (
        Party(id="buyer", role="buyer", name="Buyer"),
        Party(id="supplier", role="supplier", name="Supplier"),
    )
    currency: Currency = "USD"
    """ISO 4217 code of the currency in which the deal is priced."""
    target_signing_date: date | None = None
    disclosure: Literal["closed", "open_book"] = "closed"
    """`open_book`: both parties see each other's private rows. It takes both to open the book."""
    retention_months: Annotated[int, Field(ge=1, le=240)] | None = None
    """How long what was typed is kept in the history; None keeps it until the deal is deleted."""

    @model_validator(mode="after")
    def _two_sides(self) -> Self:
        roles = [party.role for party in self.parties]
        if roles.count("buyer") != 1 or "supplier" not in roles:
            raise ValueError("A deal has exactly one buyer and at least one supplier.")
        return self

    def party(self, role: str) -> Party:
        """The first party in that role."""
        return next(party for party in self.parties if party.role == role)


class Deal(Parts):
    """What one seat sees of a deal at one moment: one part per topic.

    A deal never changes: `set`, `add`, `remove` and `move` give a new one, checked as a whole.
    """

    schema_version: Literal[1] = 1
    identity: Identity
    start: Start = Start()
    vision: Vision = Vision()
    process: Process = Process()
    outcomes: Outcomes = Outcomes()
    terms: Terms = Terms()
    scenarios: Scenarios = Scenarios()
    carried: Carried = Carried()
