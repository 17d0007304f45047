"""What runs through the map, and what an hour of it costs each side."""

from dataclasses import replace
from typing import Any

from negotiation.deal import Parts
from negotiation.process import Rate

from .boxes import VBox
from .carried import CarriedUses
from .fields import Field
from .form import Form
from .process_view import ProcessView
from .rows import SPACE, Rows

_EVIDENCE = ("measured", "sampled", "estimated", "agreed")
VOLUME = "process.cases_per_month"
FACTS = (
    Field("process.case_name", "One case is a", help="As people at the table call it: contact, "
          "invoice, ticket."),
    Field("process.cases_per_month", "Cases", "number", unit="a month", minimum=0, maximum=1e9,
          optional=True),
    Field("process.units_per_case", "Billed as", "number", unit="resource units a case",
          minimum=1e-6, maximum=1e6),
    Field("process.lead_target_hours", "Promised within", "number", unit="working hours",
          minimum=1e-6, maximum=87_600, optional=True, help="What the customer is told."),
    Field("process.open_hours_per_day", "Open", "number", unit="hours a day", minimum=0.1,
          maximum=24),
    Field("process.open_days_per_month", "on", "number", unit="days a month", minimum=0.1,
          maximum=31),
    Field("process.hours_per_fte_month", "Paid hours", "number", unit="a month for one FTE",
          minimum=1, maximum=744, help="Full-time equivalent; a team may have its own."),
    Field("process.shrinkage", "Shrinkage", "percent", minimum=0, maximum=0.99,
          help="Paid time in which nobody can work: leave, training, breaks."),
    Field("process.occupancy", "Occupancy we aim for", "percent", minimum=0.01, maximum=1,
          help="Share of the available time spent on cases. Above 85 % queues grow fast."),
    Field("process.arrival_cv", "Evenness of arrivals", "number", minimum=0, maximum=10,
          help="Coefficient of variation: 0 like clockwork, 1 at random, more in bursts."),
)  # fmt: skip
RATES = (
    Field("lane", "Lane", "choice", width="8.5em"),
    Field("team", "Team", "choice", width="7em"),
    Field("cost_per_hour", "An hour costs", "money", minimum=0, maximum=1e6, optional=True,
          width="4em"),
    Field("currency", "Currency", width="2.5em", optional=True, help="Empty: the deal's."),
    SPACE,
    Field("evidence", "How we know", "choice", choices=_EVIDENCE, width="6.2em"),
    Field("source", "Source", width="8em", optional=True),
)  # fmt: skip


class ProcessFacts(VBox):
    """Volume, hours and rates. A rate is seen by whoever knows it, and by both in open book."""

    def __init__(self, view: ProcessView):
        state = view.state
        self._state = state
        self._form = Form(FACTS, {}, key="process.facts", label="What runs through it", state=state)
        self._form.on_edit(state.edit)
        self._rates = Rows(
            state, "process.rates", RATES, key="process.rates", shown=_entries,
            new=lambda: {"space": state.seat}, stem="rate_",
            caption="What an hour costs", add_label="Add a rate",
            empty="No rate yet. Without one the map has minutes and no money. A rate of your own "
                  "about the other side's lane is your estimate.",
            beside=("process.lanes", "process.teams", "process.steps"),
        )
        uses = CarriedUses(state, "Where the volume is used", lambda use: use.source == VOLUME)
        super().__init__([self._form, uses, self._rates])
        self.add_class("np-card").add_class("np-stack")
        state.follow(self._show, "process")

    def _show(self, deal: Parts) -> None:
        self._form.values = {field.key: deal.get(field.key) for field in FACTS}


def _entries(deal: Parts, row: Rate) -> dict[str, Any]:
    """The lanes and teams to choose from, and for what the rate stands."""
    process = deal.process
    lanes = (("", "–"), *((lane.id, lane.name) for lane in process.lanes))
    teams = (("", "every team"), *((team.id, team.name) for team in process.teams))
    step = next((s.name for s in process.steps if s.id == row.step), "")
    return {
        "_note": f"for the step “{step}” alone" if step else "",
        "_fields": {
            "lane": replace(RATES[0], choices=lanes, editable_if="_ours"),
            "team": replace(RATES[1], choices=teams, editable_if="_ours"),
        },
    }
