"""Terms and drivers as files and as cells of a spreadsheet, out and in."""

from typing import Any

from negotiation.files import drivers, tables

from .action import Download, Upload
from .boxes import HBox, VBox
from .fields import Field
from .form import Form
from .notes import Notes
from .state import DealState

CELLS = Field(
    "cells", "Cells from a spreadsheet, with their header line", "textarea",
    help="The header names the columns: path, value, case worst and so on. The cells are taken in "
    "when you leave the box, or with Ctrl+Enter; use a file for more than 20,000 characters.",
)
_NOTHING = "Nothing differs: what is in it is already here."


class ScenarioFiles(VBox):
    """Hands the terms and drivers out as CSV or XLSX, and takes them back as one gesture."""

    def __init__(self, state: DealState, **kwargs: Any):
        self._state = state
        out = HBox([
            Download("Download as XLSX", self._name("xlsx"), lambda: drivers.to_xlsx(state.deal)),
            Download("Download as CSV", self._name("csv"), lambda: drivers.to_csv(state.deal)),
            Upload("Take in a file", ".csv,.xlsx", tables.FILE_BYTES, self._take),
        ])
        out.add_class("np-row")
        self.cells = Form((CELLS,), {CELLS.key: ""}, key="scenarios/cells", state=state)
        self.cells.on_edit(self._paste)
        self._pasted = Notes("", empty="")
        super().__init__([out, self.cells, self._pasted], **kwargs)
        self.add_class("np-card")
        self.add_class("np-stack")
        self.add_class("np-noprint")

    def _name(self, kind: str) -> Any:
        return lambda: f"{self._state.deal.identity.id}-drivers.{kind}"

    def _paste(self, _key: str, text: str) -> None:
        """Cells that were taken leave the box; cells that are refused stay, with the reason."""
        self._pasted.lines = ()
        if text:
            self._pasted.lines = (self._take("pasted", text.encode()),)

    def _take(self, name: str, content: bytes) -> str:
        """Takes every change of the file, or none; the sentence says how many."""
        pairs = drivers.read(self._state.deal, name, content)
        if not pairs:
            return _NOTHING
        self._state.edit_many(pairs)
        terms = sum(path.startswith("terms.") for path, _ in pairs)
        word = "term" if terms == 1 else "terms"
        parts = [f"{terms} {word}" if terms else "", "drivers" if len(pairs) > terms else ""]
        return f"Taken in: {' and '.join(filter(None, parts))}. Undo takes it back."

