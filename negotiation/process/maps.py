"""The map at one state: as it is today, or after the changes of a future state.

    process ──at(process)──► today's Map
    process ──at(process, future, through)──► the Map after that future's changes, in their order

A future state is kept as edits, so the difference between two maps can be told line by line, and
each change can be costed, dated, and become a clause.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from negotiation.process.ids import joined_id
from negotiation.process.rows import (
    MOST_EDITS,
    Change,
    Edit,
    Flow,
    Future,
    Lane,
    Process,
    Rate,
    Step,
    Team,
)
from negotiation.values import FieldError, Value, read

Table = Literal["lanes", "teams", "steps", "flows"]
TABLES: Mapping[str, type[Value]] = {"lanes": Lane, "teams": Team, "steps": Step, "flows": Flow}
_POINTS_AT = {"lane": "lanes", "team": "teams", "source": "steps", "target": "steps"}
"""Fields that name a row of another table."""
_ROW_WORDS = {"lanes": "lane", "teams": "team", "steps": "step", "flows": "arrow"}


@dataclass(frozen=True)
class Map:
    """Lanes, teams, steps and flows at one state, with the numbers of the process around them."""

    process: Process

    @property
    def lanes(self) -> tuple[Lane, ...]:
        return self.process.lanes

    @property
    def teams(self) -> tuple[Team, ...]:
        return self.process.teams

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.process.steps

    @property
    def flows(self) -> tuple[Flow, ...]:
        return self.process.flows

    @property
    def rates(self) -> tuple[Rate, ...]:
        return self.process.rates

    @cached_property
    def lane(self) -> dict[str, Lane]:
        """Lanes by id."""
        return {row.id: row for row in self.lanes}

    @cached_property
    def team(self) -> dict[str, Team]:
        """Teams by id."""
        return {row.id: row for row in self.teams}

    @cached_property
    def step(self) -> dict[str, Step]:
        """Steps by id."""
        return {row.id: row for row in self.steps}

    @cached_property
    def flow(self) -> dict[str, Flow]:
        """Flows by id."""
        return {row.id: row for row in self.flows}

    def lane_of(self, step: Step | str) -> Lane | None:
        """The lane a step stands in; None when it has none that exists."""
        row = self.step.get(step) if isinstance(step, str) else step
        return self.lane.get(row.lane) if row else None

    def team_of(self, step: Step | str) -> Team | None:
        """The team that does a step; None when it has none that exists."""
        row = self.step.get(step) if isinstance(step, str) else step
        return self.team.get(row.team) if row else None

    def outgoing(self, step_id: str) -> tuple[Flow, ...]:
        """The flows out of a step that lead to a step of this map, in table order."""
        return self._ends[0].get(step_id, ())

    def incoming(self, step_id: str) -> tuple[Flow, ...]:
        """The flows into a step that come from a step of this map, in table order."""
        return self._ends[1].get(step_id, ())

    @cached_property
    def dangling(self) -> tuple[Flow, ...]:
        """Flows with an end that is not there."""
        return tuple(f for f in self.flows if not {f.source, f.target} <= self.step.keys())

    @cached_property
    def _ends(self) -> tuple[dict[str, tuple[Flow, ...]], dict[str, tuple[Flow, ...]]]:
        out: dict[str, tuple[Flow, ...]] = {}
        into: dict[str, tuple[Flow, ...]] = {}
        for flow in self.flows:
            if {flow.source, flow.target} <= self.step.keys():
                out[flow.source] = (*out.get(flow.source, ()), flow)
                into[flow.target] = (*into.get(flow.target, ()), flow)
        return out, into


def at(process: Process, future: str = "", through: str | None = None) -> Map:
    """The map today, or after a future state's changes.

    `future` is the id of a future state; empty is today. `through` is the last change that is made:
    None makes all of them, an empty text none. Edits that no longer find their place (the step was
    removed from today's map since) are left out; `lost_edits` names them. With a row that cannot
    be added go all edits of it and those that point at it: a row of that id is another one.
    Raises `FieldError` for a future or change that is not there.
    """
    if not future:
        return Map(process)
    return Map(_changed(process, future_of(process, future), through)[0])


def in_month(process: Process, future: str, month: str) -> Map:
    """The map in a calendar month ("2027-04"), after those changes that have begun by then.

    A change without a date counts as begun. They are made in the listed order, whatever their
    dates.
    """
    state = future_of(process, future)
    some = state.model_copy(update={"changes": begun(state, month)})
    return Map(_changed(process, some, None)[0])


def begun(future: Future, month: str) -> tuple[Change, ...]:
    """The changes that have begun by a calendar month, in the listed order."""
    return tuple(change for change in future.changes if change.date <= month)


def lost_edits(process: Process, future: str) -> tuple[tuple[Change, Edit], ...]:
    """The edits of a future state that no longer find their place on today's map."""
    return tuple(_changed(process, future_of(process, future), None)[1])


def future_of(process: Process, future: str) -> Future:
    """The future state with this id; raises `FieldError` when there is none."""
    for row in process.futures:
        if row.id == future:
            return row
    names = ", ".join(row.id for row in process.futures) or "none yet"
    raise FieldError("process.futures", f"There is no future state '{future}'; there are: {names}.")


@dataclass(frozen=True)
class Difference:
    """One thing that two maps do not share. `field` is empty for a row that came or went."""

    table: Table
    row: str
    kind: Literal["added", "removed", "changed"]
    field: str
    before: Any
    after: Any
    sentence: str


def differences(before: Map, after: Map) -> tuple[Difference, ...]:
    """What changed from one map to another, table by table, each with its sentence."""
    return tuple(found for table in TABLES for found in _table_differences(table, before, after))


def edits_between(before: Map, after: Map) -> tuple[Edit, ...]:
    """The edits that make `after` out of `before`.

    A removed step takes its flows with it, so those are not named again. Flows come first: one
    that was led elsewhere must have left the step before the step goes.
    """
    edits: list[Edit] = []
    here = before
    while found := sorted(differences(here, after), key=lambda d: d.table != "flows"):
        gone = {d.row for d in found if (d.table, d.kind) == ("steps", "removed")}
        new = [_edit(item) for item in found if not _hangs_on(item, gone)]
        edits += new
        # A second round brings the arrows that end at a removed step and yet are there.
        here = Map(_made(here.process, new))
    return tuple(edits)


def record(process: Process, future: str, change: str, after: Map) -> Process:
    """The process whose `change` of `future` now leads to `after`.

    What a person draws while a change is open becomes that change's edits; those that do the same
    as before stay as they were noted, and those of later changes stay as they are. Raises
    `FieldError` when there is no such future or change, or the change would hold too many edits.
    """
    state = future_of(process, future)
    ids = [row.id for row in state.changes]
    if change not in ids:
        raise FieldError(
            f"process.futures.{future}.changes", f"There is no change '{change}' in this state."
        )
    index = ids.index(change)
    start = _changed(process, state, ids[index - 1] if index else "")[0]
    noted = {_place(edit): edit for edit in state.changes[index].edits}
    edits = tuple(
        old if (old := noted.get(_place(edit))) and old.value == edit.value else edit
        for edit in edits_between(Map(start), after)
    )
    if len(edits) > MOST_EDITS:
        raise FieldError(
            f"process.futures.{future}.changes.{change}.edits",
            f"A change holds at most {MOST_EDITS} edits, and this would make {len(edits)}. Bring a "
            "whole map in while today's map is shown, or split it into several changes.",
        )
    changes = tuple(
        row.model_copy(update={"edits": edits}) if row.id == change else row
        for row in state.changes
    )
    new = state.model_copy(update={"changes": changes})
    futures = tuple(new if row.id == future else row for row in process.futures)
    return process.model_copy(update={"futures": futures})


def sentence_of(edit: Edit, around: Map) -> str:
    """What an edit does, in words; `around` is the map that gives names to ids."""
    before = _row(around, edit.table, edit.row)
    if edit.op == "add":
        return _sentence(edit.table, "added", "", None, edit.value, around, edit.row)
    if edit.op == "remove":
        return _sentence(edit.table, "removed", "", before, None, around, edit.row)
    if before is None:
        return f"{_ROW_WORDS[edit.table].capitalize()} “{edit.row}”: there is none on this map."
    old = getattr(before, edit.field, None)
    return _sentence(edit.table, "changed", edit.field, old, edit.value, around, edit.row)


def touched(edit: Edit) -> set[tuple[str, str]]:
    """The row that an edit touches and those it points at, each as (table, id)."""
    values = edit.value if edit.op == "add" else {edit.field: edit.value}
    pointed = {
        (table, values[name]) for name, table in _POINTS_AT.items()
        if isinstance(values.get(name), str)
    }  # fmt: skip
    return {(edit.table, edit.row), *pointed}


def moved_words(edit: Edit, meets: Map) -> str:
    """A sentence where an edit was drawn on another value than it meets now; else nothing.

    `meets` is the map before the edit's change.
    """
    row = _row(meets, edit.table, edit.row)
    if edit.op != "set" or edit.was is None or row is None:
        return ""
    now = getattr(row, edit.field, None)
    if now == edit.was:
        return ""
    was, now = _shown(edit.field, edit.was, meets), _shown(edit.field, now, meets)
    return f"It was drawn on {was}; what it meets now is {now}."


# --- applying ---


def _changed(
    process: Process, future: Future, through: str | None
) -> tuple[Process, list[tuple[Change, Edit]]]:
    """The process after the changes through one of them, and the edits that found no place."""
    ids = [change.id for change in future.changes]
    if through and through not in ids:
        raise FieldError(
            f"process.futures.{future.id}.changes", f"There is no change '{through}' in this state."
        )
    last = len(ids) if through is None else ids.index(through) + 1 if through else 0
    tables = {name: list(getattr(process, name)) for name in TABLES}
    lost, never = [], set()
    for change in future.changes[:last]:
        for edit in change.edits:
            if touched(edit) & never or not _apply(edit, tables):
                lost.append((change, edit))
                if edit.op == "add":
                    never.add((edit.table, edit.row))
    return process.model_copy(update={name: tuple(rows) for name, rows in tables.items()}), lost


def _apply(edit: Edit, tables: dict[str, list]) -> bool:
    """Make one edit in `tables`; False when it finds no place or does not fit there."""
    rows, kind = tables[edit.table], TABLES[edit.table]
    index = next((i for i, row in enumerate(rows) if row.id == edit.row), None)
    if edit.op == "add":
        if index is not None:
            return False
        row = _read(kind, {**edit.value, "id": edit.row})
        if row is None:
            return False
        rows.append(row)
        return True
    if index is None:
        return False
    if edit.op == "remove":
        rows.pop(index)
        if edit.table == "steps":
            tables["flows"] = [f for f in tables["flows"] if edit.row not in (f.source, f.target)]
        return True
    if edit.field not in kind.model_fields or edit.field == "id":
        return False
    row = _read(kind, {**dict(rows[index]), edit.field: edit.value})
    if row is not None:
        rows[index] = row
    return row is not None


def _read(kind: type[Value], fields: Mapping[str, Any]) -> Any:
    try:
        return read(kind, fields)
    except FieldError:
        return None


def _made(process: Process, edits: Iterable[Edit]) -> Process:
    tables = {name: list(getattr(process, name)) for name in TABLES}
    for edit in edits:
        _apply(edit, tables)
    return process.model_copy(update={name: tuple(rows) for name, rows in tables.items()})


# --- comparing ---


def _hangs_on(item: Difference, gone: set[str]) -> bool:
    """Whether this is an arrow that comes or goes at a step that goes."""
    if item.table != "flows" or item.kind == "changed":
        return False
    row = item.before if item.kind == "removed" else item.after
    return bool({row.source, row.target} & gone)


def _table_differences(table: Table, before: Map, after: Map) -> Iterator[Difference]:
    old = {row.id: row for row in getattr(before, table)}
    new = {row.id: row for row in getattr(after, table)}
    for row_id, row in old.items():
        if row_id not in new:
            words = _sentence(table, "removed", "", row, None, before, row_id)
            yield Difference(table, row_id, "removed", "", row, None, words)
        elif new[row_id] != row:
            for name in type(row).model_fields:
                was, now = getattr(row, name), getattr(new[row_id], name)
                if was != now:
                    words = _sentence(table, "changed", name, was, now, after, row_id)
                    yield Difference(table, row_id, "changed", name, was, now, words)
    for row_id, row in new.items():
        if row_id not in old:
            words = _sentence(table, "added", "", None, row, after, row_id)
            yield Difference(table, row_id, "added", "", None, row, words)


def _edit(item: Difference) -> Edit:
    """The edit of a difference.

    Its id says what it touches, so that people who draw on one change at the same time meet where
    they touch the same thing, and nowhere else.
    """
    table, row = item.table, item.row
    if item.kind == "removed":
        return Edit(id=joined_id("remove", table, row), op="remove", table=table, row=row)
    if item.kind == "added":
        fields = item.after.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
        return Edit(id=joined_id("add", table, row), op="add", table=table, row=row, value=fields)
    return Edit(
        id=joined_id(table, row, item.field), op="set", table=table, row=row, field=item.field,
        value=item.after, was=item.before,
    )  # fmt: skip


def _place(edit: Edit) -> tuple[str, str, str, str]:
    return edit.op, edit.table, edit.row, edit.field


# --- words ---

_FIELD_WORDS = {
    "name": "the name", "lane": "the lane", "team": "the team", "kind": "the kind",
    "handling_min": "handling", "wait_min": "the wait", "wait_cause": "the cause of the wait",
    "material_cost": "material", "value_add": "the kind of value", "error_rate": "the error rate",
    "automation_share": "automation", "probability": "the share", "people": "the people",
    "party": "the party", "source": "the beginning", "target": "the end", "scope": "the scope",
    "max_repeats": "the most repeats", "rework": "rework",
}  # fmt: skip
_SHARES = {"probability", "error_rate", "automation_share"}
_UNITS = {"handling_min": " min", "wait_min": " min", "people": " FTE"}


def _sentence(
    table: str, kind: str, field: str, before: Any, after: Any, around: Map, row_id: str
) -> str:
    row = before if kind == "removed" else after if kind == "added" else None
    what = f"{_ROW_WORDS[table].capitalize()} {_title(table, row_id, row, around)}"
    if kind == "added" and table == "steps":
        lane = around.lane.get(_part(row, "lane") or "")
        return f"{what} is new" + (f" in {lane.name}." if lane else ".")
    if kind != "changed":
        return f"{what} is {'new' if kind == 'added' else 'gone'}."
    word = _FIELD_WORDS.get(field, field.replace("_", " "))
    was, now = _shown(field, before, around), _shown(field, after, around)
    return f"{what}: {word} goes from {was} to {now}."


def _title(table: str, row_id: str, row: Any, around: Map) -> str:
    if table == "flows":
        flow = row or around.flow.get(row_id)
        ends = [_part(flow, "source"), _part(flow, "target")]
        return " → ".join(around.step[e].name if e in around.step else "?" for e in ends)
    found = row or _row(around, table, row_id)
    return f"“{_part(found, 'name') or row_id}”"


def _part(row: Any, name: str) -> Any:
    return row.get(name) if isinstance(row, Mapping) else getattr(row, name, None)


def _row(around: Map, table: str, row_id: str) -> Any:
    return {"lanes": around.lane, "teams": around.team, "steps": around.step,
            "flows": around.flow}[table].get(row_id)  # fmt: skip


def _shown(field: str, value: Any, around: Map) -> str:
    if value is None or value == "":
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field in _SHARES:
        return f"{100 * value:.4g} %"
    if field == "lane" and value in around.lane:
        return around.lane[value].name
    if field == "team" and value in around.team:
        return around.team[value].name
    if field in ("source", "target") and value in around.step:
        return around.step[value].name
    if isinstance(value, int | float):
        return f"{value:,.6g}{_UNITS.get(field, '')}"
    return str(value)


def named_ids(process: Process) -> frozenset[str]:
    """The ids of every row of today's map, and of every row that an edit of a future names."""
    today = (row.id for table in TABLES for row in getattr(process, table))
    edited = (
        edit.row for future in process.futures for change in future.changes
        for edit in change.edits
    )  # fmt: skip
    return frozenset((*today, *edited))
