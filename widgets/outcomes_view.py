"""What the widgets of the outcomes chapter share: the chosen measure, and what is still missing."""

import traitlets as tl

from negotiation.deal import Parts
from negotiation.files.outcome_lists import how_words
from negotiation.outcomes import Measure, check

from .state import DealState


class OutcomeView(tl.HasTraits):
    """The measure that a page shows in full (its id, "" when there is none), and the findings."""

    chosen = tl.Unicode()
    findings = tl.Tuple()

    def __init__(self, state: DealState):
        self.state = state
        super().__init__()
        state.follow(self._show, "outcomes", "vision")

    @property
    def measure(self) -> Measure | None:
        """The chosen measure as it stands in the deal."""
        rows = self.state.deal.outcomes.measures
        return next((row for row in rows if row.id == self.chosen), None)

    def choose(self, path: str) -> None:
        """Shows the measure that `path` leads into; other paths choose nothing."""
        parts = path.split(".")
        if parts[:2] == ["outcomes", "measures"] and len(parts) > 2:
            self.chosen = parts[2]

    def _show(self, deal: Parts) -> None:
        ids = [row.id for row in deal.outcomes.measures]
        if self.chosen not in ids:
            self.chosen = ids[0] if ids else ""
        self.findings = check(deal.outcomes, deal.vision, how_words())
