"""What a hand does on the map: each gesture takes a `Map` and gives the next one.

Gestures keep the map whole: a step put behind another takes over its way on, and a step taken out
of a line closes the line again. Those that make rows take `new_id(rows, stem)`, which makes an id
that no row has: where several people draw at once, each must make ids that nobody else makes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from negotiation.process.ids import NewId, free_id
from negotiation.process.maps import TABLES, Map, Table
from negotiation.process.rows import Flow, Lane, Step
from negotiation.values import FieldError, Value, read

NEW_NAMES = {
    "start": "Start", "task": "New step", "wait": "Wait", "decision": "Which way?",
    "parallel": "At the same time", "end": "End",
}  # fmt: skip


def add_step(
    around: Map, after: str = "", lane: str = "", kind: str = "task", name: str = "",
    new_id: NewId = free_id,
) -> tuple[Map, str]:  # fmt: skip
    """A new step behind `after` (in its lane unless told otherwise), and its id.

    Where `after` had one way on, the new step stands in it; from a step with several ways on, or
    none, a new arrow leads to it. Without `after` it stands alone in `lane`, or in the first one.
    Raises `FieldError` when `after` or `lane` is not there, or nothing can follow an end.
    """
    before = _step(around, after) if after else None
    if before is not None:
        _leads_on(before)
    if lane and lane not in around.lane:
        raise FieldError("process.lanes", f"There is no lane '{lane}'.")
    home = lane or (before.lane if before else around.lanes[0].id if around.lanes else "")
    row = read(Step, {
        "id": new_id(around.steps, "s"), "name": name or NEW_NAMES.get(kind, "New step"),
        "lane": home, "kind": kind,
        "team": before.team if before and before.lane == home and kind == "task" else "",
    })  # fmt: skip
    index = around.steps.index(before) + 1 if before else len(around.steps)
    steps = (*around.steps[:index], row, *around.steps[index:])
    flows = around.flows
    if before is not None:
        flows = _spliced(around, before, row, new_id)
    return _with(around, steps=steps, flows=flows), row.id


def remove(around: Map, ids: tuple[str, ...]) -> Map:
    """The map without the steps and flows of these ids, closed where a step stood in a line.

    A step with one way in and one way out leaves an arrow between its neighbours.
    """
    here = around
    for row_id in ids:
        if row_id in here.step:
            here = _without_step(here, row_id)
        elif row_id in here.flow:
            here = _with(here, flows=tuple(f for f in here.flows if f.id != row_id))
        else:
            raise FieldError("process", f"There is nothing called '{row_id}' on the map.")
    return here


def connect(
    around: Map, source: str, target: str, new_id: NewId = free_id
) -> tuple[Map, str]:
    """A new arrow, and its id. Raises `FieldError` where there is one already, or none may be."""
    start, goal = _step(around, source), _step(around, target)
    _leads_on(start)
    _leads_to(goal)
    if any(f.target == target for f in around.outgoing(source)):
        raise FieldError(
            "process.flows", f"An arrow from “{start.name}” to “{goal.name}” is there already."
        )
    row = Flow(id=new_id(around.flows, "f"), source=source, target=target)
    return _with(around, flows=(*around.flows, row)), row.id


def lead_on(
    around: Map, source: str, ways: Iterable[Mapping[str, Any]], new_id: NewId = free_id
) -> Map:
    """The step with these ways on and no others; each way is the fields of a flow, `target` first.

    An arrow to the same step keeps its id. Raises `FieldError` as `connect` does.
    """
    start = _step(around, source)
    known = {flow.target: flow for flow in around.outgoing(source)}
    led = {flow.id for flow in known.values()}
    rest = [flow for flow in around.flows if flow.id not in led]
    place = min((around.flows.index(f) for f in known.values()), default=len(rest))
    made: list[Flow] = []
    for fields in ways:
        goal = _step(around, fields["target"])
        _leads_on(start)
        _leads_to(goal)
        if any(flow.target == goal.id for flow in made):
            raise FieldError("process.flows", f"“{goal.name}” is named twice.")
        row_id = known[goal.id].id if goal.id in known else new_id((*around.flows, *made), "f")
        made.append(read(Flow, {"id": row_id, "source": source, **fields}, "process.flows"))
    return _with(around, flows=(*rest[:place], *made, *rest[place:]))


def move_step(around: Map, step: str, lane: str = "", before: str | None = None) -> Map:
    """The step in another lane, or before another step of the table (None leaves its place).

    A step that changes its lane leaves its team.
    """
    row = _step(around, step)
    if lane and lane not in around.lane:
        raise FieldError("process.lanes", f"There is no lane '{lane}'.")
    if lane and lane != row.lane:
        row = row.replace(lane=lane, team="")
    if before is None or before == step:
        return _with(around, steps=tuple(row if s.id == step else s for s in around.steps))
    _step(around, before)
    others = [s for s in around.steps if s.id != step]
    index = [s.id for s in others].index(before)
    return _with(around, steps=(*others[:index], row, *others[index:]))


def add_lane(
    around: Map, name: str = "New lane", party: str = "other", new_id: NewId = free_id
) -> tuple[Map, str]:
    """A new lane below the others, and its id."""
    row = read(Lane, {"id": new_id(around.lanes, "l"), "name": name, "party": party})
    return _with(around, lanes=(*around.lanes, row)), row.id


def put(around: Map, table: Table, row: str, field: str, value: Any) -> Map:
    """The map with one field of a row set. Raises `FieldError` with the field's path."""
    return put_many(around, table, row, {field: value})


def put_many(around: Map, table: Table, row: str, values: Mapping[str, Any]) -> Map:
    """The map with several fields of a row set. Raises `FieldError` with the field's path."""
    rows = getattr(around, table)
    if row not in {r.id for r in rows}:
        raise FieldError(f"process.{table}.{row}", "This is no longer on the map.")

    def changed(found: Value) -> Value:
        fields = {**dict(found), **values}
        return read(TABLES[table], fields, f"process.{table}.{row}")

    return _with(around, **{table: tuple(changed(r) if r.id == row else r for r in rows)})


def move_row(around: Map, table: Table, row: str, before: str | None) -> Map:
    """A row of a table before another one, or last."""
    rows = getattr(around, table)
    moving = next(r for r in rows if r.id == row)
    others = [r for r in rows if r.id != row]
    index = next((i for i, r in enumerate(others) if r.id == before), len(others))
    return _with(around, **{table: (*others[:index], moving, *others[index:])})


def remove_row(around: Map, table: Table, row: str) -> Map:
    """The map without a row of a table.

    Steps of a lane that goes stay, in no lane yet; those of a team that goes have none.
    """
    if table in ("steps", "flows"):
        return remove(around, (row,))
    rows = tuple(r for r in getattr(around, table) if r.id != row)
    key = table.removesuffix("s")
    steps = tuple(s.replace(**{key: ""}) if getattr(s, key) == row else s for s in around.steps)
    teams = around.teams if table == "teams" else tuple(
        t.replace(lane="") if t.lane == row else t for t in around.teams
    )  # fmt: skip
    return _with(around, **{"steps": steps, "teams": teams, table: rows})


def _with(around: Map, **tables: tuple) -> Map:
    return replace(around, process=around.process.model_copy(update=tables))


def _step(around: Map, step: str) -> Step:
    if step not in around.step:
        raise FieldError("process.steps", f"There is no step '{step}' on this map.")
    return around.step[step]


def _leads_on(step: Step) -> None:
    if step.kind == "end":
        raise FieldError(f"process.steps.{step.id}", f"“{step.name}” is an end; nothing follows.")


def _leads_to(step: Step) -> None:
    if step.kind == "start":
        raise FieldError(
            f"process.steps.{step.id}", f"“{step.name}” is the start; nothing leads to it."
        )


def _spliced(around: Map, before: Step, row: Step, new_id: NewId) -> tuple[Flow, ...]:
    """The flows with `row` behind `before`: in its one way on, or at the end of a new arrow."""
    ways = around.outgoing(before.id)
    new = Flow(id=new_id(around.flows, "f"), source=before.id, target=row.id)
    if len(ways) != 1 or row.kind == "end":
        return (*around.flows, new)
    (way,) = ways
    led_on = way.replace(source=row.id, probability=None, label="")
    first = new.replace(probability=way.probability, label=way.label)
    return tuple(x for f in around.flows for x in ((first, led_on) if f is way else (f,)))


def _without_step(around: Map, step: str) -> Map:
    into = [f for f in around.incoming(step) if f.source != step]
    out = [f for f in around.outgoing(step) if f.target != step]
    flows = tuple(f for f in around.flows if step not in (f.source, f.target))
    if len(into) == 1 and len(out) == 1 and into[0].source != out[0].target:
        there = any((f.source, f.target) == (into[0].source, out[0].target) for f in flows)
        if not there:
            bridge = into[0].replace(target=out[0].target, rework=into[0].rework or out[0].rework)
            place = around.flows.index(into[0])
            kept = [f for f in around.flows[:place] if f in flows]
            flows = (*kept, bridge, *flows[len(kept):])
    return _with(around, steps=tuple(s for s in around.steps if s.id != step), flows=flows)
