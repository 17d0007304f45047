"""What is selected on the map, field by field, beside it."""

from collections.abc import Callable
from typing import ClassVar

import traitlets as tl

from negotiation.pictures.process import KIND_WORDS
from negotiation.process import Flow, Step, gestures
from negotiation.process.maps import Map
from negotiation.process.waits import wait_estimate
from negotiation.values import FieldError

from .action import Action
from .boxes import VBox
from .control import Control, front_end
from .fields import Field
from .fold import Fold
from .form import Form
from .process_figures import figures_of
from .process_tables import CAUSES, EVIDENCE, KINDS, MINUTES, VALUES, WAIT_EVIDENCE
from .process_view import ProcessView

_SCOPES = (("", "not said"), ("in", "in scope"), ("retained", "stays with the buyer"),
           ("out", "out"))  # fmt: skip


class PanelHead(Control):
    """The heading of the panel, with a button that closes it."""

    _esm = front_end("panel_head.js")
    _css = front_end("panel_head.css")
    _events: ClassVar = {"close": "_close"}

    kind = tl.Unicode().tag(sync=True)
    name = tl.Unicode().tag(sync=True)

    def __init__(self, on_close: Callable[[], None]):
        self._on_close = on_close
        super().__init__()

    def _close(self, _message: dict, _buffers: list) -> None:
        self._on_close()


class ProcessPanel(VBox):
    """What is selected on the map, field by field, beside it."""

    def __init__(self, view: ProcessView):
        self._view = view
        self._shown: tuple | None = None
        self._forms: tuple[Form, ...] = ()
        self._head = PanelHead(on_close=lambda: view.set_trait("selected", ""))
        self._estimate = Action("Estimate the wait from the team's load", on_click=self._wait)
        super().__init__([])
        self.add_class("np-panel").add_class("np-stack")
        view.observe(self._follow, ["selected", "map"])
        self._follow()

    def _follow(self, _change: object = None) -> None:
        """New forms for another row; the same forms follow the row they show."""
        around, row = self._view.map, self._view.selected
        held = around.step.get(row) or around.flow.get(row)
        shown = (row, around.lanes, around.teams, tuple((s.id, s.name) for s in around.steps))
        if shown != self._shown:
            self._shown = shown
            self._build(around, row, held)
        for form in self._forms:
            form.values = dict(held) if held else {}
        if held is not None:
            self._head.kind, self._head.name = _heading(around, held)
            self._offer(around, held)

    def _offer(self, around: Map, held: Step | Flow) -> None:
        """The estimate is offered where the step's team and its people are known."""
        team = around.team_of(held) if isinstance(held, Step) else None
        known = bool(team and team.people and around.process.cases_per_month)
        self._estimate.layout.display = None if known else "none"

    def _wait(self) -> None:
        """Fills in the wait that the load of the team makes likely, and how it was worked out."""
        view, row = self._view, self._view.selected
        estimate = wait_estimate(view.map, figures_of(view), row)
        view.draw(lambda here: gestures.put_many(here, "steps", row, estimate.fields))
        self._estimate.message = estimate.sentence

    def _build(self, around: Map, row: str, held: Step | Flow | None) -> None:
        self._estimate.message = ""
        if held is None:
            self._forms = ()
            self.children = ()
            return
        groups = _step_fields(around) if isinstance(held, Step) else _flow_fields(around)
        table = "steps" if isinstance(held, Step) else "flows"
        self._forms = tuple(
            self._form(table, row, fields, words, held) for words, fields in groups
        )
        main, *more = self._forms
        folds = [Fold(form.label, lambda form=form: [form]) for form in more]
        estimate = [self._estimate] if isinstance(held, Step) else []
        self.children = (self._head, main, *estimate, *folds)

    def _form(self, table: str, row: str, fields: tuple, words: str, held: Step | Flow) -> Form:
        form = Form(fields, dict(held), key=f"process.{table}.{row}", label=words,
                    state=self._view.state)  # fmt: skip

        def record(field: str, value: object) -> None:
            if field == "name" and not value:
                raise FieldError("name", "A step needs a name.")
            if (table, field) == ("steps", "lane") and value:
                self._view.draw(lambda here: gestures.move_step(here, row, lane=value))
            else:
                self._view.put(table, row, field, value)

        form.on_edit(record)
        return form


def _heading(around: Map, held: Step | Flow) -> tuple[str, str]:
    """What kind of thing is selected, and its name."""
    if isinstance(held, Step):
        lane = around.lane_of(held)
        return f"{KIND_WORDS[held.kind].capitalize()} in {lane.name if lane else 'no lane yet'}", \
            held.name
    ends = (around.step.get(end) for end in (held.source, held.target))
    return "Arrow", " → ".join(step.name if step else "a step that is gone" for step in ends)


def _step_fields(around: Map) -> tuple[tuple[str, tuple[Field, ...]], ...]:
    lanes = (("", "no lane yet"), *((lane.id, lane.name) for lane in around.lanes))
    teams = (("", "no team"), *((team.id, team.name) for team in around.teams))
    spread = {"minimum": 0, "maximum": 10, "help": "Coefficient of variation: 0 always the same."}
    return (
        ("The step", (
            Field("name", "Name"),
            Field("kind", "Kind", "choice", choices=KINDS),
            Field("lane", "Lane", "choice", choices=lanes),
            Field("team", "Team", "choice", choices=teams),
            Field("handling_min", "Handling", "number", unit="min", **MINUTES),
            Field("wait_min", "Wait before it", "number", unit="min", **MINUTES),
            Field("wait_cause", "It waits for", "choice", choices=CAUSES),
            Field("evidence", "How we know", "choice", choices=EVIDENCE),
            Field("wait_evidence", "And the wait", "choice", choices=WAIT_EVIDENCE),
            Field("source", "Source", optional=True),
        )),
        ("Spread, cost and value", (
            Field("handling_cv", "Handling varies", "number", **spread),
            Field("wait_cv", "The wait varies", "number", **spread),
            Field("material_cost", "Material", "money", minimum=0, maximum=1e9),
            Field("value_add", "Who needs it", "choice", choices=VALUES),
            Field("error_rate", "Errors", "percent", minimum=0, maximum=1, optional=True),
            Field("automation_share", "Could run by itself", "percent", minimum=0, maximum=1),
        )),
        ("Scope, owner and notes", (
            Field("scope", "Scope", "choice", choices=_SCOPES),
            Field("owner", "Owner", optional=True),
            Field("system", "System", optional=True),
            Field("data_class", "Data", optional=True, help="Such as: personal."),
            Field("pain", "What hurts", "textarea", optional=True),
            Field("note", "Note", "textarea", optional=True),
        )),
    )  # fmt: skip


def _flow_fields(around: Map) -> tuple[tuple[str, tuple[Field, ...]], ...]:
    steps = tuple((step.id, step.name) for step in around.steps)
    return (
        ("The arrow", (
            Field("source", "From", "choice", choices=steps),
            Field("target", "To", "choice", choices=steps),
            Field("probability", "Share of cases", "percent", minimum=0, maximum=1, optional=True),
            Field("label", "Words at the arrow", optional=True),
            Field("rework", "This is rework", "bool"),
            Field("max_repeats", "At most", "number", unit="times", minimum=0, maximum=1000,
                  decimals=0, optional=True),
            Field("evidence", "How we know", "choice", choices=EVIDENCE),
        )),
    )  # fmt: skip
