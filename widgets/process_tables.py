"""The map as tables: what the drawing shows, to type, paste and read without it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from negotiation.files.map_next import can_be_written, ways, written
from negotiation.process import gestures
from negotiation.process.maps import TABLES, Map
from negotiation.process.rows import Evidence, Kind, WaitCause
from negotiation.values import FieldError, read

from .boxes import VBox
from .fields import Field
from .fold import Fold
from .process_view import ProcessView
from .table import Table

KINDS = tuple((k, k) for k in get_args(Kind))
CAUSES = tuple((c, c or "not said") for c in get_args(WaitCause))
VALUES = (("VA", "the customer pays for it"), ("BVA", "the business needs it"),
          ("NVA", "nobody needs it"))  # fmt: skip
EVIDENCE = get_args(Evidence)
WAIT_EVIDENCE = (("", "as the handling"), *EVIDENCE)
MINUTES = {"minimum": 0, "maximum": 5_256_000, "optional": True}
STEPS = (
    Field("name", "Step", width="13em"),
    Field("lane", "Lane", "choice", width="8.5em"),
    Field("kind", "Kind", "choice", choices=KINDS, width="6.5em"),
    Field("handling_min", "Handling, min", "number", width="3.2em", **MINUTES),
    Field("wait_min", "Wait, min", "number", width="3.2em", **MINUTES),
    Field("next", "Then", optional=True, width="13em",
          help="Steps by name, such as: Approve: 80 %; Clarify: 20 % (rework)."),
)  # fmt: skip
DETAILS = (
    Field("name", "Step", "readonly"),
    Field("team", "Team", "choice", width="9em"),
    Field("wait_cause", "It waits for", "choice", choices=CAUSES, width="7em"),
    Field("handling_cv", "Handling varies", "number", minimum=0, maximum=10, width="3.5em",
          help="Coefficient of variation: 0 always the same, 1 very uneven."),
    Field("wait_cv", "Wait varies", "number", minimum=0, maximum=10, width="3.5em"),
    Field("material_cost", "Material", "money", minimum=0, maximum=1e9, width="5em"),
    Field("error_rate", "Errors", "percent", minimum=0, maximum=1, optional=True, width="3em"),
    Field("automation_share", "Could run by itself", "percent", minimum=0, maximum=1,
          width="3em"),
)  # fmt: skip
WORDS = (
    Field("name", "Step", "readonly"),
    Field("value_add", "Who needs it", "choice", choices=VALUES, width="9em"),
    Field("evidence", "How we know", "choice", choices=EVIDENCE, width="6.5em"),
    Field("wait_evidence", "And the wait", "choice", choices=WAIT_EVIDENCE, width="6.5em"),
    Field("source", "Source", optional=True, width="10em"),
    Field("owner", "Owner", optional=True, width="7em"),
    Field("system", "System", optional=True, width="7em"),
    Field("data_class", "Data", optional=True, width="5em", help="Such as: personal."),
)
LANES = (
    Field("name", "Lane", width="14em"),
    Field("party", "Of the", "choice", choices=("buyer", "supplier", "customer", "other")),
)
TEAMS = (
    Field("name", "Team", width="14em"),
    Field("lane", "Lane", "choice", width="9em"),
    Field("people", "People", "number", minimum=0, maximum=1e6, optional=True, unit="FTE"),
    Field("hours_per_fte_month", "Paid hours", "number", minimum=1, maximum=744, optional=True,
          unit="a month", help="Empty: as for the whole map."),
)  # fmt: skip


class MapRows(Table):
    """One table of the shown map; an edit goes where the drawing's edits go.

    `shown(map, row)` gives entries besides the row's fields, `new(map)` the fields of a fresh row.
    """

    def __init__(
        self, view: ProcessView, table: str, columns: Sequence[Field], *,
        shown: Callable[[Map, Any], Mapping[str, Any]] = lambda around, row: {},
        new: Callable[[Map], dict] | None = None, **options: Any,
    ):  # fmt: skip
        self._view, self._table, self._shown_besides, self._new = view, table, shown, new
        super().__init__(columns, add=new is not None, remove=new is not None, state=view.state,
                         **options)  # fmt: skip
        self.on_edit(self._record)
        self.on_add(lambda: view.draw(self._with_new))
        self.on_remove(self._drop)
        self.on_move(lambda row, before: view.draw(lambda here: _moved(here, table, row, before)))
        self.on_paste(self._record_many)
        view.observe(self._follow, "map")
        self._follow()

    def _record(self, row: str, column: str, value: Any) -> None:
        self._view.draw(lambda here: self._put(here, row, column, value))

    def _record_many(self, edits: tuple, new_rows: tuple) -> None:
        """A pasted rectangle in one gesture; ways on are led last, when every step is there."""

        def pasted(here: Map) -> Map:
            added = []
            for cells in new_rows:
                here, row = self._with_new(here)
                added += [(row, column, value) for column, value in cells.items()]
            for row, column, value in sorted((*edits, *added), key=lambda e: e[1] == "next"):
                here = self._put(here, row, column, value)
            return here

        self._view.draw(pasted)

    def _put(self, here: Map, row: str, column: str, value: Any) -> Map:
        if column == "next":
            return gestures.lead_on(
                here, row, _led(here, row, value or ""), new_id=self._view.new_id
            )
        if (self._table, column) == ("steps", "lane"):
            return gestures.move_step(here, row, lane=value) if value else gestures.put(
                here, "steps", row, "lane", ""
            )  # fmt: skip
        return gestures.put(here, self._table, row, column, value)

    def _with_new(self, here: Map) -> tuple[Map, str]:
        rows = getattr(here, self._table)
        row = {"id": self._view.new_id(rows, self._table[0]), **self._new(here)}
        fresh = read(TABLES[self._table], row, f"process.{self._table}")
        process = here.process.model_copy(update={self._table: (*rows, fresh)})
        return Map(process), fresh.id

    def _drop(self, row: str) -> None:
        self._view.draw(lambda here: gestures.remove_row(here, self._table, row))

    def _follow(self, _change: Any = None) -> None:
        here = self._view.map
        choices = {"lane": _choices(here.lanes, "no lane yet"),
                   "team": _choices(here.teams, "no team")}  # fmt: skip
        # A pasted new row is read by the table's own columns, which must offer today's lanes.
        self.columns = tuple(
            replace(c, choices=choices[c.key]) if c.key in choices else c for c in self.columns
        )
        self._by_key = {column.key: column for column in self.columns}
        fields = {c.key: c for c in self.columns if c.key in choices}
        self.rows = tuple(
            {**dict(row), "_fields": fields, **self._shown_besides(here, row)}
            for row in getattr(here, self._table)
        )


class ProcessTables(VBox):
    """Steps with what follows them, and folded away: lanes, teams, and what else a step has."""

    def __init__(self, view: ProcessView):
        lanes = Fold("Lanes and teams", lambda: [
            MapRows(view, "lanes", LANES, key="process.lanes", caption="Lanes", reorder=True,
                    new=lambda here: {"name": "New lane"}, add_label="Add a lane",
                    empty="No lane yet: one for each function that touches a case."),
            MapRows(view, "teams", TEAMS, key="process.teams", caption="Teams", reorder=True,
                    new=lambda here: {"name": "New team"}, add_label="Add a team",
                    empty="No team yet. People who share several steps are one team."),
        ])  # fmt: skip
        more = Fold("More about each step", lambda: [
            MapRows(view, "steps", DETAILS, key="process.steps.details",
                    caption="Teams, spread and value"),
            MapRows(view, "steps", WORDS, key="process.steps.words",
                    caption="How we know, and who owns it"),
        ])  # fmt: skip
        super().__init__([Fold("The map as tables", lambda: [_steps(view), lanes, more])])
        self.add_class("np-card").add_class("np-stack")
        if not view.map.steps:
            self.children[0].unfold()
            lanes.unfold()


def _steps(view: ProcessView) -> MapRows:
    return MapRows(
        view, "steps", STEPS, key="process.steps", caption="Steps", reorder=True,
        shown=lambda here, row: {"next": _next(here, row.id)},
        new=lambda here: {"name": "New step", "lane": here.lanes[0].id if here.lanes else ""},
        add_label="Add a step", empty="No step yet. Add one, or paste a list of steps.",
    )


def _choices(rows: Sequence[Any], none: str) -> tuple:
    return (("", none), *((row.id, row.name) for row in rows))


def _next(here: Map, step: str) -> str:
    """The ways on in words. How we know them is kept beside, not typed."""
    return "; ".join(
        written(flow.replace(evidence="estimated"), _name(here, flow.target))
        for flow in here.outgoing(step)
    )


def _name(here: Map, step: str) -> str:
    """The step's name where it is the only one of that name and reads back, else its id."""
    name = here.step[step].name
    alone = sum(row.name.casefold() == name.casefold() for row in here.steps) == 1
    return name if alone and can_be_written(name) else step


def _led(here: Map, step: str, text: str) -> list[dict]:
    """The ways of a typed cell as fields of flows; a name that no step has is refused.

    A share that stays as it was keeps its evidence; another one is an estimate until it is shown.
    """
    known = {(f.target, f.probability): f.evidence for f in here.outgoing(step)}
    found = []
    try:
        entries = list(ways(text))
    except ValueError as error:
        raise FieldError("process.flows", str(error)) from None
    for way in entries:
        ids = [row.id for row in here.steps if row.name.casefold() == way.target.casefold()]
        if way.target in here.step:
            ids = [way.target]
        if len(ids) != 1:
            why = "Several steps are" if ids else "No step is"
            raise FieldError(
                "process.flows", f"{why} called “{way.target}”; write a step's name as it stands "
                "in the first column.",
            )  # fmt: skip
        found.append({
            "target": ids[0], "probability": way.probability, "label": way.label,
            "rework": way.rework, "max_repeats": way.max_repeats,
            "evidence": known.get((ids[0], way.probability), way.evidence),
        })  # fmt: skip
    return found


def _moved(here: Map, table: str, row: str, before: str | None) -> Map:
    if table == "steps" and before is not None:
        return gestures.move_step(here, row, before=before)
    return gestures.move_row(here, table, row, before)
