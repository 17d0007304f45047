"""The return brief: what changed since this seat last sat here, what waits, and how it came so."""

from datetime import date
from typing import Any

from negotiation import start
from negotiation.deal import Parts

from .boxes import VBox
from .clock import clock
from .fields import Field
from .form import Form
from .notes import Notes
from .session_rail import Rail
from .state import DealState

STORIES = 200


class ReturnBrief(VBox):
    """Read first on opening. A successor chooses a term and reads its story."""

    def __init__(self, state: DealState, *, today: date | None = None):
        self._state, self._today, self._rail = state, clock(today), Rail(state)
        self._changed = Notes("Since you last sat here", empty="Nobody has changed anything since.")
        self._waiting = Notes("Waits for you", empty="Nothing waits for you.")
        self._choice = VBox([])
        self._story = Notes("")
        super().__init__([self._changed, self._waiting, self._choice, self._story])
        self.add_class("np-card").add_class("np-stack")
        state.follow(self._show_waiting)
        state.observe(self._sat_down, "seat")
        state.observe(lambda _change: self._show_waiting(state.deal), ["standing", "conflicts"])
        self._sat_down()

    def _sat_down(self, _change: Any = None) -> None:
        """Told once on sitting down: what this person changes now is no news to them."""
        state = self._state
        acts = state.changes_since() if state.last_seen else ()
        found = start.brief(state.deal, acts, state.seat, self._today())
        self._changed.lines = found.changed
        if state.last_seen is None:
            self._changed.empty = "You sit here for the first time."
        self._show_waiting(state.deal)
        self._offer_stories()

    def _show_waiting(self, deal: Parts) -> None:
        found = (
            *self._rail.waits_for_us(), *start.waiting(deal, self._state.seat, self._today())
        )  # fmt: skip
        self._waiting.lines = tuple(("work", sentence) for sentence in found)

    def _offer_stories(self) -> None:
        """Every place that has a history, by the name that people give it."""
        history = self._state.desk.history() if self._state.desk else ()
        told = [act for act in history if act.kind in start.VERBS]
        paths = sorted({change.path for act in told for change in act.changes})[:STORIES]
        names = tuple((path, start.label(self._state.deal, path)) for path in paths)
        form = Form((Field("story", "The story of", "choice", choices=names, optional=True),),
                    {"story": None}, key="start.story", label="For a successor")
        form.on_edit(self._tell)
        self._choice.children = (form,) if names else ()
        self._story.lines, self._story.layout.display = (), "none"

    def _tell(self, _key: str, path: str | None) -> None:
        acts = self._state.desk.story(path) if path else ()
        self._choice.children[0].values = {"story": path}
        self._story.title = f"How it came so: {start.label(self._state.deal, path)}" if path else ""
        self._story.lines = start.story(self._state.deal, path, acts) if path else ()
        self._story.layout.display = None if path else "none"
