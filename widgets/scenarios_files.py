"""Terms and drivers as files and as cells of a spreadsheet, out and in."""

from typing import Any

import ipywidgets as ipw

from negotiation.files import drivers, tables
from negotiation.values import FieldError

from .action import Action, Download, Upload
from .state import DealState

_NOTHING = "Nothing in it differs from what is here."


class ScenarioFiles(ipw.VBox):
    """Hands the terms and drivers out as CSV or XLSX, and takes them back as one gesture."""

    def __init__(self, state: DealState, **kwargs: Any):
        self._state = state
        out = ipw.HBox([
            Download("Download as XLSX", self._name("xlsx"), lambda: drivers.to_xlsx(state.deal)),
            Download("Download as CSV", self._name("csv"), lambda: drivers.to_csv(state.deal)),
            Upload("Take in a file", ".csv,.xlsx", tables.FILE_BYTES, self._take),
        ])
        out.add_class("np-row")
        self._cells = ipw.Textarea(
            description="Cells from a spreadsheet, with their header line",
            placeholder="path\tvalue\tcase worst", rows=3,
            style={"description_width": "initial"},
        )
        paste = Action("Take in these cells", on_click=self._paste)
        self._pasted = paste
        super().__init__([out, self._cells, paste], **kwargs)
        self.add_class("np-card")
        self.add_class("np-stack")

    def _name(self, kind: str) -> Any:
        return lambda: f"{self._state.deal.identity.id}-drivers.{kind}"

    def _paste(self) -> None:
        if not self._cells.value.strip():
            raise FieldError("file", "Paste cells with their header: “path”, “value”.")
        self._pasted.message = self._take("pasted", self._cells.value.encode())
        self._cells.value = ""

    def _take(self, name: str, content: bytes) -> str:
        """Takes every change of the file, or none; the sentence says how many."""
        pairs = drivers.read(self._state.deal, name, content)
        if not pairs:
            return _NOTHING
        self._state.edit_many(pairs)
        terms = sum(path.startswith("terms.") for path, _ in pairs)
        parts = [f"{terms} terms" if terms else "", "drivers" if len(pairs) > terms else ""]
        return f"Taken in: {' and '.join(filter(None, parts))}. Undo takes it back."

