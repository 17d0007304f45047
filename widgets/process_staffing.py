"""How many people a promise takes, when callers wait for ever and when they hang up."""

from typing import Any

from negotiation.deal import Parts
from negotiation.process import Queue
from negotiation.process.queues import Staffing, Waiting, agents_needed, waiting

from .boxes import VBox
from .fields import Field
from .fold import Fold
from .notes import Notes
from .process_view import ProcessView
from .rows import Rows
from .sheet import Sheet, SheetColumn

_PROMISES = (
    Field("name", "Queue and hour", width="13em"),
    Field("arrivals_per_hour", "Callers an hour", "number", minimum=0, maximum=1e6, width="4em"),
    Field("handling_min", "Handling, min", "number", minimum=0.01, maximum=10_000, width="3.5em"),
    Field("answered_share", "Answered", "percent", minimum=0, maximum=0.999, width="3em"),
    Field("within_s", "within, s", "number", minimum=0, maximum=86_400, width="3em"),
    Field("patience_s", "hang up after, s", "number", minimum=0.1, maximum=86_400, width="3.5em",
          optional=True, help="Mean patience; empty when nobody ever hangs up."),
    Field("agents", "On duty", "number", minimum=0, maximum=100_000, decimals=0, optional=True,
          width="3.5em", help="Empty asks how many it takes."),
)  # fmt: skip
_ANSWERS = (
    SheetColumn("queue", "Queue"), SheetColumn("callers", "When callers"),
    SheetColumn("agents", "On duty", "number"), SheetColumn("paid", "Paid for it", "number"),
    SheetColumn("level", "In time", "percent", decimals=1),
    SheetColumn("answer", "Mean answer, s", "number", decimals=1),
    SheetColumn("gone", "Hang up", "percent", decimals=1),
    SheetColumn("busy", "Occupancy", "percent", decimals=1),
)  # fmt: skip
PATIENT, LEAVE = "wait for ever", "hang up"


class ProcessStaffing(VBox):
    """Promises of answer times, and the people each takes: Erlang C, and A where callers leave."""

    def __init__(self, view: ProcessView):
        self._state = view.state
        promises = Rows(
            self._state, "process.queues", _PROMISES, key="process.queues", new=self._fresh,
            caption="Promises", add_label="Add a promise", stem="q_", reorder=True,
            empty="No promise yet. Add one where people or documents queue for a team.",
        )
        self._answers = Sheet("What they take", _ANSWERS, empty="Add a promise first.")
        self._words = Notes("Read", empty="With a patience you see what hanging up changes.")
        parts = [promises, self._answers, self._words]
        super().__init__([Fold("How many people a promise takes", lambda: parts)])
        self.add_class("np-card").add_class("np-stack")
        self._state.follow(self._show, "process")

    def _fresh(self) -> dict:
        """A promise for today's volume, spread evenly over the open hours."""
        process = self._state.deal.process
        hours = process.open_hours_per_day * process.open_days_per_month
        busiest = next((s for s in process.steps if s.handling_min), None)
        return {
            "name": "New queue",
            "arrivals_per_hour": round((process.cases_per_month or 0.0) / hours, 1),
            "handling_min": busiest.handling_min if busiest else 5.0,
        }

    def _show(self, deal: Parts) -> None:
        rows, words = [], []
        for queue in deal.process.queues:
            found = _answers(queue, deal.process.shrinkage, deal.process.occupancy)
            rows += [_row(queue, callers, staff) for callers, staff in found.items()]
            words += _words(queue, found)
        self._answers.show(rows)
        self._words.lines = tuple(words)


def _answers(queue: Queue, shrinkage: float, occupancy: float) -> dict[str, Staffing | str]:
    """By how callers behave: what the promise takes, or a sentence why nothing can be said."""
    patience = {PATIENT: None} | ({LEAVE: queue.patience_s / 60} if queue.patience_s else {})
    return {word: _staffing(queue, p, shrinkage, occupancy) for word, p in patience.items()}


def _staffing(
    queue: Queue, patience_min: float | None, shrinkage: float, occupancy: float
) -> Staffing | str:
    each_min, within = queue.arrivals_per_hour / 60, queue.within_s / 60
    try:
        if queue.agents is not None:
            met = waiting(queue.agents, each_min, queue.handling_min, within, patience_min)
            return Staffing(queue.agents, queue.agents / (1 - shrinkage), met)
        return agents_needed(
            each_min, queue.handling_min, queue.answered_share, within, occupancy=occupancy,
            shrinkage=shrinkage, patience_min=patience_min,
        )  # fmt: skip
    except ValueError as error:
        return str(error)


def _row(queue: Queue, callers: str, staff: Staffing | str) -> dict[str, Any]:
    row: dict[str, Any] = {"queue": queue.name, "callers": callers}
    if isinstance(staff, str):
        return row | {"agents": {"text": staff, "sign": "no"}}
    met: Waiting = staff.waiting
    holds = met.service_level >= queue.answered_share
    return row | {
        "agents": staff.agents, "paid": round(staff.paid, 1),
        "level": {"value": met.service_level, "sign": "ok" if holds else "no"},
        "answer": met.answer_min * 60, "gone": met.abandoned, "busy": met.occupancy,
    }  # fmt: skip


def _words(queue: Queue, found: dict[str, Staffing | str]) -> list:
    patient, leave = found.get(PATIENT), found.get(LEAVE)
    lines: list = []
    if isinstance(patient, Staffing) and isinstance(leave, Staffing) and queue.agents is None:
        more = patient.agents - leave.agents
        if more > 0:
            lines.append((
                "work", f"{queue.name}: whoever leaves hanging up out of the sum puts {more} more "
                        f"{'person' if more == 1 else 'people'} on duty, and somebody pays them.",
            ))  # fmt: skip
    if isinstance(patient, Staffing) and patient.waiting.answer_min == float("inf"):
        lines.append(("no", f"{queue.name}: {queue.agents} on duty cannot do this work; the queue "
                            "grows until somebody hangs up."))  # fmt: skip
    return lines
