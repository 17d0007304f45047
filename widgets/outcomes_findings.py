"""What is missing in the roadmap, each sentence with the way to its field."""

from typing import Any, ClassVar

import traitlets as tl

from negotiation.outcomes import Finding

from .boxes import VBox
from .control import Callbacks, Control, front_end
from .outcomes_view import OutcomeView


class Pointers(Control):
    """Sentences that are links to the fields they are about.

    A field is the input of a form whose key is the path, or the cell of the table whose key is the
    path's beginning. `on_follow` hears the path first, so that the field can be brought up.
    """

    _esm = front_end("pointers.js")
    _css = front_end("notes.css", "pointers.css")
    _events: ClassVar = {"follow": "_follow"}

    title = tl.Unicode().tag(sync=True)
    empty = tl.Unicode().tag(sync=True)
    lines = tl.List().tag(sync=True)

    def __init__(self, title: str, *, empty: str):
        self._followed = Callbacks()
        super().__init__(title=title, empty=empty)

    def on_follow(self, callback: Any) -> Any:
        """Calls `callback(path)` when a person asks for the field of a sentence."""
        return self._followed.add(callback)

    def _follow(self, message: dict, _buffers: list) -> None:
        path = message.get("path")
        if any(line["path"] == path for line in self.lines):
            self._followed(path)


class OutcomeFindings(VBox):
    """Everything that is still missing, and how far the roadmap is."""

    def __init__(self, view: OutcomeView):
        self._view = view
        self.pointers = Pointers(
            "Still open", empty="✓ Nothing is missing: every outcome can be seen by both sides."
        )
        self.pointers.on_follow(view.choose)
        super().__init__([self.pointers])
        self.add_class("np-card").add_class("np-stack")
        view.observe(self._show, "findings")
        self._show()

    def _show(self, _change: Any = None) -> None:
        outcomes = self._view.state.deal.outcomes
        if not outcomes.outcomes and not outcomes.measures:
            self.pointers.lines = [
                {"path": "outcomes.outcomes", "text": "Begin with one sentence: what will be true "
                 "in three years that is not true today? Add it as an outcome."}
            ]  # fmt: skip
            return
        self.pointers.lines = [_line(finding) for finding in self._view.findings]


def _line(finding: Finding) -> dict:
    return {"path": finding.path, "text": finding.sentence}
