"""The drivers by owner: shared, our own, our estimates of theirs, and theirs in open book."""

from collections.abc import Iterable
from typing import Any

import ipywidgets as ipw

from negotiation.carry.offer import Offer
from negotiation.scenarios import KNOWN, Driver, Known, known

from .action import Action
from .boxes import HBox, VBox
from .carried import CarriedHere, doubt, remove
from .fields import Field, number_text
from .fold import Fold
from .notes import Notes
from .scenarios_figures import PARTIES, findings, offer, study_of
from .state import DealState
from .table import Table

OTHER = {"buyer": "supplier", "supplier": "buyer"}
# Words in a driver's unit that say its number is a share, which people read as per cent.
_SHARES = ("fraction", "per year", "over head count")
_CAPTIONS = {
    "shared": "Shared: both sides see and may change these",
    "own": "Our own: the other side sees them only in open book",
    "estimates": "Our estimates of theirs: only we see these",
    "theirs": "Theirs, disclosed: open book",
}
_EMPTY = {
    "shared": "No shared driver yet.",
    "own": "Nothing of our own yet. Add the drivers of our side below.",
    "estimates": "No estimate yet. Add what you believe about the other side, with a source.",
    "theirs": "",
}


class ScenarioDrivers(VBox):
    """Edits every driver the seat may change, by owner, with values per scenario and evidence."""

    def __init__(self, state: DealState, **kwargs: Any):
        self._state = state
        self._columns: tuple[Field, ...] = ()
        self._groups = {name: _Group(state, name) for name in _CAPTIONS}
        self._choice = ipw.Dropdown(description="Driver")
        self._add = Action("Add this driver", on_click=self._add_driver)
        chooser = HBox([self._choice, self._add])
        chooser.add_class("np-row")
        self._folds = {
            name: Fold(_CAPTIONS[name], lambda name=name: [self._groups[name]])
            for name in ("estimates", "theirs")
        }
        self._lacking = Notes("What both cases still wait for")
        self._fill = Action("Add estimates for what is missing", kind="primary",
                            on_click=self._add_missing)
        self._wait = VBox([self._lacking, self._fill])
        self._wait.add_class("np-card").add_class("np-stack")
        self._carried = CarriedHere(state, self._mark)
        first = [self._carried, self._groups["shared"], self._groups["own"]]
        super().__init__([self._wait, *first, *self._folds.values(), chooser], **kwargs)
        self.add_class("np-stack")
        state.follow(self._show, "scenarios.drivers", "scenarios.estimates", "scenarios.cases",
                     "terms", "identity")
        state.observe(lambda _: self._show(state.deal), "seat")

    def _add_driver(self) -> None:
        kind = KNOWN[self._choice.value]
        seat = self._state.seat
        estimated = kind.space not in ("shared", seat)
        table = "estimates" if estimated else "drivers"
        space = seat if estimated else kind.space
        self._state.add(f"scenarios.{table}", Driver(id=kind.key, space=space))

    def _mark(self, found: tuple[Offer, ...]) -> None:
        """Says at each value that came from the process map how that use stands."""
        uses = {offer.target: offer for offer in found}
        for group in self._groups.values():
            group.uses = uses
            group.show(self._state.deal)

    def _show(self, deal: Any) -> None:
        for group in self._groups.values():
            group.show(deal)
        there = {row.name for row in (*deal.scenarios.drivers, *deal.scenarios.estimates)}
        absent = [kind for key, kind in KNOWN.items() if key not in there]
        offer(self._choice, [
            (f"{kind.label} ({_owner_words(kind, self._state.seat)})", kind.key) for kind in absent
        ])
        self._add.disabled = not absent or self._state.seat == "facilitator"
        self._show_missing(deal)

    def _add_missing(self) -> None:
        """An empty row for every driver without which a case cannot be computed, in one gesture."""
        deal, seat = self._state.deal, self._state.seat
        self._state.edit_many(missing_rows(deal, seat, lacking(deal, self._state)))
        self._folds["estimates"].unfold()

    def _show_missing(self, deal: Any) -> None:
        """Which case waits for which drivers, and the button where rows for them are missing."""
        seat = self._state.seat
        wanted = lacking(deal, self._state)
        # A facilitator has no drivers of its own and estimates nobody's.
        rows = seat in OTHER and bool(missing_rows(deal, seat, wanted))
        self._wait.layout.display = None if wanted else "none"
        self._fill.layout.display = None if rows else "none"
        self._lacking.lines = tuple(_lacking_line(kinds, party, rows, seat)
                                    for party, kinds in wanted.items())


def lacking(deal: Any, state: DealState) -> dict[str, list[Known]]:
    """The drivers that each party's case waits for; a party whose case is there is left out."""
    study = study_of(state, deal)
    needs_fx = deal.terms.local_currency is not None or deal.terms.fx_base_rate is not None
    found = {party: study.book.missing(party, needs_fx) for party in PARTIES}
    return {party: kinds for party, kinds in found.items() if kinds}


def missing_rows(
    deal: Any, seat: str, wanted: dict[str, list[Known]]
) -> list[tuple[str, tuple[Driver, ...]]]:
    """Both driver tables with an empty row for each driver that is wanted and has none yet."""
    added: dict[str, list[Driver]] = {"drivers": [], "estimates": []}
    kinds = dict.fromkeys(kind for found in wanted.values() for kind in found)
    for kind in kinds:
        mine = kind.space in ("shared", seat)
        table = "drivers" if mine else "estimates"
        space = kind.space if mine else seat
        rows = getattr(deal.scenarios, table)
        if any(row.name == kind.key and row.space == space for row in rows):
            continue
        if any(row.id == kind.key for row in rows):
            added[table].append(Driver(id=f"{kind.key}-{space}", key=kind.key, space=space))
        else:
            added[table].append(Driver(id=kind.key, space=space))
    return [
        (f"scenarios.{table}", (*getattr(deal.scenarios, table), *rows))
        for table, rows in added.items() if rows
    ]


def _lacking_line(
    kinds: list[Known], party: str, rows_missing: bool, seat: str
) -> tuple[str, str]:
    """What a party's case waits for, and what to do next."""
    names = ", ".join(kind.label.lower() for kind in kinds)
    start = f"The {party}'s case cannot be computed yet; nobody has entered {names}."
    if seat not in OTHER:
        return "wait", f"{start} The two sides enter them."
    if rows_missing:
        return "wait", (
            f"{start} The button adds an empty row for each: write what you believe, and its "
            "source. Only your side sees what it estimates of the other."
        )
    where = _CAPTIONS["estimates"].partition(":")[0].lower() if party != seat else "the tables"
    return "work", f"{start} Their rows wait for a value under {where} below."


class _Group(VBox):
    """The drivers of one owner: values, and folded below them ranges, sources and evidence."""

    def __init__(self, state: DealState, name: str):
        self._state, self._name = state, name
        self.uses: dict[str, Offer] = {}
        """What came from the process map, by the path of its place."""
        self._values: Table | None = None
        self._cases: tuple[tuple[str, str], ...] = ()
        self._ranges: Table | None = None
        self._fold = Fold("Ranges, sources, owners, evidence", self._make_ranges)
        super().__init__()
        self.add_class("np-card")
        self.add_class("np-stack")

    def _make_ranges(self) -> list[Table]:
        title = _CAPTIONS[self._name].partition(":")[0]
        self._ranges = Table(
            _range_columns(), caption=f"{title}: ranges and evidence",
            key=f"scenarios/ranges/{self._name}", state=self._state, empty="No driver here.",
        )
        self._ranges.on_edit(self._record)
        self.show(self._state.deal)
        return [self._ranges]

    def _record(self, row_id: str, column: str, value: Any) -> None:
        table = "estimates" if self._name == "estimates" else "drivers"
        path = f"scenarios.{table}.{row_id}"
        row = self._state.deal.get(path)
        if column == "value":
            self._state.edit(f"{path}.value", _held(row, value))
        elif column.startswith("case "):
            self._state.edit(f"{path}.by_scenario", _overridden(row, column[5:], value))
        else:
            emptied = value is None and column in _TEXTS
            self._state.edit(f"{path}.{column}", "" if emptied else value)

    def _remove(self, row_id: str) -> None:
        table = "estimates" if self._name == "estimates" else "drivers"
        remove(self._state, f"scenarios.{table}.{row_id}")

    def show(self, deal: Any) -> None:
        """Paints the drivers that belong here; a group without rows or meaning is hidden."""
        rows = list(_rows_of(deal.scenarios, self._name, self._state.seat))
        hidden = not rows and (self._name == "theirs" or (self._state.seat == "facilitator"
                               and self._name != "shared"))
        self.layout.display = "none" if hidden else None
        self._rebuild(_cases_shown(deal.scenarios))
        can_edit = self._name != "theirs"
        told = findings(self._state, deal)
        table = "estimates" if self._name == "estimates" else "drivers"
        self._values.rows = tuple(
            self._told_row(row, deal, told, f"scenarios.{table}.{row.id}", can_edit) for row in rows
        )
        if self._ranges is not None:
            self._ranges.rows = tuple(_range_row(row, can_edit) for row in rows)

    def _told_row(
        self, row: Driver, deal: Any, told: dict[str, str], path: str, can_edit: bool
    ) -> dict[str, Any]:
        """A row with what stands out in it, and what of it came from the process map."""
        cells = _value_row(row, deal, self._cases, can_edit)
        doubts, sound = _told(told, path), []
        names = {"value": "the value", **{f"case {case}": f"“{t}”" for case, t in self._cases}}
        for column, words in names.items():
            use = self.uses.get(_place(path, column))
            if use is None:
                continue
            if use.state == "in use":
                sound.append(words)
            else:
                doubts[column] = " ".join(filter(None, (doubts.get(column), doubt(deal, use))))
        if sound:
            cells["_note"] += f" · from the process map ✓: {', '.join(sound)}"
        return cells | {"_doubts": doubts}

    def _rebuild(self, cases: tuple[tuple[str, str], ...]) -> None:
        """A table for other scenarios: its columns are the scenarios."""
        if self._values is not None and cases == self._cases:
            return
        self._cases = cases
        old, self._values = self._values, Table(
            _value_columns(cases), caption=_CAPTIONS[self._name],
            key=f"scenarios/drivers/{self._name}", state=self._state, empty=_EMPTY[self._name],
            remove=self._name != "theirs",
        )
        self._values.on_edit(self._record)
        self._values.on_remove(self._remove)
        self.children = (self._values, self._fold)
        if old is not None:
            old.close()


def _told(told: dict[str, str], path: str) -> dict[str, str]:
    """The findings about one row by the column they are shown at."""
    found = {}
    for where, sentence in told.items():
        start, _, rest = where.removeprefix(path).partition(".")
        if not where.startswith(path) or start:
            continue
        case = rest.removeprefix("by_scenario.")
        found["value" if rest in ("", "value") else f"case {case}"] = sentence
    return found


def _place(path: str, column: str) -> str:
    """The path of a cell of a driver's row."""
    if column == "value":
        return f"{path}.value"
    return f"{path}.by_scenario.{column.removeprefix('case ')}.value"


_TEXTS = ("source", "owner", "evidence", "note")


def _rows_of(scenarios: Any, name: str, seat: str) -> Iterable[Driver]:
    if name == "estimates":
        return (row for row in scenarios.estimates if row.space == seat)
    space = {"shared": "shared", "own": seat}.get(name, OTHER.get(seat, ""))
    return (row for row in scenarios.drivers if row.space == space)


def _cases_shown(scenarios: Any) -> tuple[tuple[str, str], ...]:
    """(id, title) of every scenario that may differ; "base" only where a driver says so."""
    rows = (*scenarios.drivers, *scenarios.estimates)
    used = {override.id for row in rows for override in row.by_scenario}
    return tuple(
        (case.id, case.title or case.id) for case in scenarios.cases
        if case.id != "base" or "base" in used
    )


def _value_columns(cases: tuple[tuple[str, str], ...]) -> tuple[Field, ...]:
    return (
        Field("label", "Driver", "readonly"),
        Field("value", "Value", "list", optional=True, width="9em"),
        *(Field(f"case {case}", title, "list", optional=True, width="9em",
                help="empty: as Value, or as in the scenario it builds on")
          for case, title in cases),
    )  # fmt: skip


def _range_columns() -> tuple[Field, ...]:
    factor = (("value", "in its unit"), ("factor", "times the value"))
    control = (("buyer", "buyer"), ("supplier", "supplier"), ("both", "both"), ("nobody", "nobody"))
    return (
        Field("label", "Driver", "readonly"),
        Field("low", "Low", "number", optional=True, width="6em"),
        Field("mode", "Most likely", "number", optional=True, width="6em"),
        Field("high", "High", "number", optional=True, width="6em"),
        Field("range_is", "Range is", "choice", choices=factor),
        Field("simulated", "Drawn", "bool"),
        Field("source", "Source", optional=True),
        Field("owner", "Owner", optional=True),
        Field("controlled_by", "Controlled by", "choice", choices=control, optional=True),
        Field("evidence", "Evidence", optional=True),
    )


def is_share(row: Driver) -> bool:
    """Whether the driver's number is a share that people read as per cent."""
    kind = known(row.name)
    unit = row.unit or (kind.unit if kind else "")
    return any(word in unit for word in _SHARES) and "money" not in unit and "misses" not in unit


def unit_text(row: Driver, deal: Any) -> str:
    """The driver's unit as people say it, in the deal's currencies."""
    kind = known(row.name)
    unit = row.unit or (kind.unit if kind else "")
    local = deal.terms.local_currency or deal.identity.currency
    unit = unit.replace("local money", local).replace("money", deal.identity.currency)
    unit = unit.replace("local per deal currency", f"{local} per {deal.identity.currency}")
    unit = unit.replace("per unit", f"per {deal.terms.resource_unit}")
    return unit.replace("fraction", "%", 1) if is_share(row) and "fraction" in unit else (
        f"% {unit}" if is_share(row) else unit
    )


def label_text(row: Driver) -> str:
    """The driver's name as people say it, with its site."""
    kind = known(row.name)
    label = row.label or (kind.label if kind else row.name)
    return label if row.site.casefold() in label.casefold() else f"{label}, {row.site}"


def _value_row(
    row: Driver, deal: Any, cases: tuple[tuple[str, str], ...], can_edit: bool
) -> dict[str, Any]:
    kind = known(row.name)
    overrides = {item.id: item.value for item in row.by_scenario}
    cells = {"value": row.value, **{f"case {case}": overrides.get(case) for case, _ in cases}}
    fields = {key: _cell_field(key, kind, can_edit) for key in cells}
    return {
        "id": row.id, "label": label_text(row), "_note": unit_text(row, deal),
        "_fields": {key: field for key, field in fields.items() if field is not None},
        **{key: _shown(row, amount, can_edit) for key, amount in cells.items()},
    }


def _cell_field(key: str, kind: Known | None, can_edit: bool) -> Field | None:
    """Another kind of cell than a list of numbers: a mode, or one that is only read."""
    if not can_edit:
        return Field(key, "Value", "readonly")
    if kind is not None and kind.shape == "mode":
        choices = [(mode, mode.replace("_", " ")) for mode in kind.modes]
        return Field(key, "Value", "choice", choices=choices, optional=True)
    return None


def _shown(row: Driver, amount: Any, can_edit: bool) -> Any:
    if amount is None or isinstance(amount, str):
        return amount
    numbers = amount if isinstance(amount, tuple) else (amount,)
    cells = tuple(number * (100 if is_share(row) else 1) for number in numbers)
    return cells if can_edit else "; ".join(number_text(cell) for cell in cells)


def _held(row: Driver, typed: Any) -> Any:
    """What was typed, as the model holds it: one number alone, several as a tuple."""
    if typed is None or isinstance(typed, str):
        return typed or None
    numbers = tuple(round(x / 100, 14) if is_share(row) else x for x in typed)
    return numbers if len(numbers) > 1 else numbers[0]


def _overridden(row: Driver, case: str, typed: Any) -> tuple[dict[str, Any], ...]:
    """The driver's values in single cases after an edit; an empty cell takes the value back."""
    values = {item.id: item.value for item in row.by_scenario}
    values[case] = _held(row, typed)
    return tuple({"id": key, "value": value} for key, value in values.items() if value is not None)


def _range_row(row: Driver, can_edit: bool) -> dict[str, Any]:
    cells = {column.key: getattr(row, column.key) for column in _range_columns()[1:]}
    cells["controlled_by"] = row.controller
    locked = {} if can_edit else {
        key: Field(key, key, "readonly") for key in cells
    }
    return {"id": row.id, "label": label_text(row), "_fields": locked, **cells}


def _owner_words(kind: Known, seat: str) -> str:
    if kind.space == "shared":
        return "shared"
    return "our own" if kind.space == seat else "our estimate of theirs"
