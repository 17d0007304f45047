"""A starter library: outcomes and measures of other deals of the kind, to take and to change."""

from typing import Any

import ipywidgets as ipw

from negotiation.deal import Parts
from negotiation.files.outcome_lists import Suggestion, library
from negotiation.outcomes import Objective
from negotiation.values import FieldError

from .action import Action
from .boxes import VBox
from .fields import Field
from .fold import Fold
from .outcomes_view import OutcomeView
from .table import Table

_COLUMNS = (
    Field("take", "Take", "bool"),
    Field("name", "Outcome", "readonly", width="18em"),
    Field("measures", "Measures that come with it", "readonly", width="22em"),
)


class OutcomeLibrary(VBox):
    """Outcomes by area of work; those ticked are added with their objectives and measures."""

    def __init__(self, view: OutcomeView):
        self._state = view.state
        self._ticked: set[str] = set()
        super().__init__([Fold("Take outcomes from the library", self._make)])
        self.add_class("np-card").add_class("np-stack")

    def _make(self) -> list[ipw.Widget]:
        areas = list(dict.fromkeys(found.area for found in library()))
        self.area = ipw.Dropdown(description="Work", options=areas)
        self.table = Table(_COLUMNS, caption="Outcomes in the library", key="outcomes.library",
                           paste=False)  # fmt: skip
        self.table.on_edit(self._tick)
        self.act = Action("Add what is ticked", kind="primary", on_click=self._take)
        self.area.observe(self._show, "value")
        self._state.follow(self._show, "outcomes")
        return [self.area, self.table, self.act]

    def _tick(self, row: str, _column: str, value: Any) -> None:
        (self._ticked.add if value else self._ticked.discard)(row)
        self._show()

    def _show(self, _change: Any = None) -> None:
        there = {row.id for row in self._state.deal.outcomes.outcomes}
        rows = [_row(s, self._ticked, there) for s in library() if s.area == self.area.value]
        self.table.rows = tuple(rows)

    def _take(self) -> None:
        """One gesture for all that is ticked; undo takes it back."""
        deal, taken = self._state.deal, 0
        for found in library():
            if found.outcome.id in self._ticked and all(
                row.id != found.outcome.id for row in deal.outcomes.outcomes
            ):
                deal, taken = with_suggestion(deal, found), taken + 1
        if not taken:
            raise FieldError("library", "Tick an outcome first.")
        self._ticked.clear()
        self._state.replace(deal)
        self.act.message = (
            f"{taken} {'outcome was' if taken == 1 else 'outcomes were'} added, without levels: "
            "those are yours. Undo takes it back."
        )


def with_suggestion(deal: Parts, found: Suggestion) -> Parts:
    """The deal with the outcome, and an objective for each of its measures, at the end."""
    deal = deal.add("outcomes.outcomes", found.outcome)
    for words, measure in found.measures:
        objective = Objective(id=measure.id, outcome=found.outcome.id, text=words)
        if all(row.id != measure.id for row in deal.outcomes.objectives):
            deal = deal.add("outcomes.objectives", objective)
        if all(row.id != measure.id for row in deal.outcomes.measures):
            deal = deal.add("outcomes.measures", measure.replace(objective=measure.id))
    return deal


def _row(found: Suggestion, ticked: set[str], there: set[str]) -> dict:
    here = found.outcome.id in there
    return {
        "id": found.outcome.id, "name": found.outcome.text,
        "take": here or found.outcome.id in ticked,
        "measures": "; ".join(measure.name for _, measure in found.measures),
        "_note": "already in the roadmap" if here else "", "_muted": here,
    }
