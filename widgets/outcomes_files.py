"""The roadmap as a file of one table, out and in."""

from typing import Any

from negotiation.files import roadmap, tables

from .action import Download, Upload
from .boxes import HBox, VBox
from .outcomes_view import OutcomeView


class OutcomeFiles(VBox):
    """Hands the roadmap out as XLSX or CSV, and takes it back as one gesture."""

    def __init__(self, view: OutcomeView):
        self._state = state = view.state
        out = HBox([
            Download("Download as XLSX", self._name("xlsx"), lambda: roadmap.to_xlsx(state.deal)),
            Download("Download as CSV", self._name("csv"), lambda: roadmap.to_csv(state.deal)),
            Upload("Take in a file", ".csv,.xlsx", tables.FILE_BYTES, self._take),
        ])
        out.add_class("np-row")
        super().__init__([out])
        self.add_class("np-card")

    def _name(self, kind: str) -> Any:
        return lambda: f"{self._state.deal.identity.id}-roadmap.{kind}"

    def _take(self, name: str, content: bytes) -> str:
        """Takes every line of the file, or none."""
        taken = roadmap.take(self._state.deal, name, content)
        if taken == self._state.deal:
            return "Nothing in it differs from what is here."
        self._state.replace(taken)
        return "The roadmap was taken in. Undo takes it back."
