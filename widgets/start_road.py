"""The road to signature: steps to edit, and when each has to begin."""

from datetime import date

import ipywidgets as ipw

from negotiation import start
from negotiation.deal import Parts
from negotiation.files.lists import read_list
from negotiation.pictures import start as pictures
from negotiation.values import FieldError

from .action import Action
from .boxes import VBox
from .chart import VegaChart
from .clock import clock
from .fields import Field
from .fold import Fold
from .notes import Notes
from .rows import SPACE, Rows
from .sheet import Sheet
from .state import DealState

WHEN = (
    Field("name", "Step", width="15em"),
    Field("id", "No.", "readonly"),
    Field("owner", "Owner", "choice", choices=("buyer", "supplier", "both")),
    Field("days", "Lasts", "number", unit="days", minimum=1, maximum=400, decimals=0,
          width="3.5em"),
    Field("after", "After no.", width="5em", help="such as t1, t3"),
    Field("done", "Done on", "date", optional=True),
)
WHO = (
    Field("name", "Step", "readonly"),
    Field("kind", "Kind", "choice", choices=("work", "approval", "sitting")),
    Field("who", "By whom", width="15em"),
    Field("hours", "Effort", "number", unit="h", minimum=0, maximum=10_000, width="4em"),
    SPACE,
)
EFFORT = (("side", "Owner"), ("steps", "Steps", "number"), ("approvals", "Approvals", "number"),
          ("sittings", "Sittings", "number"), ("hours", "Effort", "number", "h"))


class RoadToSignature(VBox):
    """Counts the steps back from the signing date and says what decides it.

    `today` gives the day that slack is measured from.
    """

    def __init__(self, state: DealState, *, today: date | None = None):
        self._state, self._today = state, clock(today)
        self._known: tuple[Parts | None, dict[str, start.Step]] = (None, {})
        self._verdict = Notes("Does it fit?")
        empty = pictures.road_data(start.road(start.Start(), self._today(), self._today()))
        self._chart = VegaChart(pictures.road(empty), label="The road to signature")
        self._steps = Rows(
            state, "start.tasks", WHEN, key="tasks.when", shown=self._entries,
            new=lambda: {"name": "New step"}, reorder=True,
            caption="Steps to signature", add_label="Add a step",
            empty="No step yet. Take the route's proposal, or add your own.",
        )
        self._effort = Sheet("What it costs in hours", EFFORT, empty="No step yet.")
        self._propose = Action("Take the route's proposal", on_click=self._take_proposal)
        change = Fold("Change, add or finish steps", lambda: [self._steps, self._propose])
        cost = Fold("Who does each step, and what it costs in hours", self._make_cost)
        super().__init__([self._verdict, self._chart, change, cost])
        if not state.deal.start.tasks:
            change.unfold()
        self.add_class("np-card").add_class("np-stack")
        state.follow(self._show, "start", "identity")

    def _make_cost(self) -> list[ipw.Widget]:
        who = Rows(self._state, "start.tasks", WHO, key="tasks.who", caption="Who does each step")
        return [who, self._effort]

    def _take_proposal(self) -> None:
        tasks = start.template_tasks(read_list("tasks"), self._state.deal.start.route)
        self._state.edit("start.tasks", (*self._private_tasks(), *tasks))

    def _private_tasks(self) -> tuple:
        return tuple(task for task in self._state.deal.start.tasks if task.space != "shared")

    def _entries(self, deal: Parts, task: start.Task) -> dict:
        step = self._dates(deal).get(task.id)
        note = ""
        if step is not None:
            days = [start.short_day(day) for day in (step.latest_start, step.latest_finish)]
            note = f"{' to '.join(days)}, {pictures.slack_text(step)}"
        return {"after": ", ".join(task.after), "_note": note, "_muted": task.done is not None}

    def _dates(self, deal: Parts) -> dict[str, start.Step]:
        if self._known[0] is not deal:
            found = start.road_of(deal, self._today())
            self._known = deal, {step.task.id: step for step in found.steps} if found else {}
        return self._known[1]

    def _show(self, deal: Parts) -> None:
        self._propose.confirm = (
            "This replaces the shared steps below. Go on?" if deal.start.tasks else None
        )
        self._effort.show(_effort_rows(deal))
        try:
            found = start.road(deal.start, _target(deal, self._today()), self._today())
        except FieldError as error:
            self._verdict.lines = (("no", error.sentence),)
            return
        self._verdict.lines = _verdict(deal, found)
        self._chart.layout.display = None if found.steps else "none"
        self._chart.update(pictures.road_data(found), label=start.road_verdict(found))


def _target(deal: Parts, today: date) -> date:
    found = start.road_of(deal, today)
    return found.target if found else today


def _verdict(deal: Parts, found: start.Road) -> tuple:
    sign = "no" if found.late else "ok" if found.steps else "work"
    lines = [(sign, start.road_verdict(found))]
    if deal.identity.target_signing_date is None and found.signature:
        lines = [("work", f"No signing date is set. Without one the earliest is "
                          f"{start.long_day(found.signature)}; set it on the cover above.")]
    return (*lines, *(("work", problem) for problem in found.problems))


def _effort_rows(deal: Parts) -> list[dict]:
    hours, rows = start.hours_by_side(deal.start.tasks), []
    for side in hours:
        own = [task for task in deal.start.tasks if task.owner == side]
        kinds = [task.kind for task in own]
        rows.append({"side": {"text": side, "party": side if side != "both" else "joint"},
                     "steps": len(own), "approvals": kinds.count("approval"),
                     "sittings": kinds.count("sitting"), "hours": hours[side]})
    counts = ("steps", "approvals", "sittings", "hours")
    total = {key: sum(row[key] for row in rows) for key in counts}
    return [*rows, {"side": "together", **total, "_strong": True}] if total["steps"] else []
