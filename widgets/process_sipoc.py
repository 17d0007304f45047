"""The form before the map: from whom what comes, what happens, what goes to whom."""

from negotiation.deal import Parts
from negotiation.process.sipoc import seed
from negotiation.values import FieldError

from .action import Action
from .boxes import VBox
from .fields import Field
from .fold import Fold
from .process_view import ProcessView
from .rows import Rows

_FORM = (
    Field("supplier", "Supplier", width="8em", optional=True, help="Who hands it in."),
    Field("input", "Input", width="9.5em", optional=True),
    Field("step", "What happens", width="9.5em", optional=True),
    Field("output", "Output", width="9.5em", optional=True),
    Field("customer", "Customer", width="8em", optional=True, help="Who gets it."),
)


class ProcessSipoc(VBox):
    """Suppliers, inputs, process, outputs, customers; on request they become lanes and steps."""

    def __init__(self, view: ProcessView):
        self._view, self._state = view, view.state
        form = Rows(
            self._state, "process.sipoc", _FORM, key="process.sipoc", new=dict, reorder=True,
            stem="sipoc_", caption="Before the map", add_label="Add a line",
            empty="Nothing yet. One line for each kind of input is enough.",
        )
        self._seed = Action("Begin the map from this form", on_click=self._begin)
        fold = Fold("The form before the map", lambda: [form, self._seed])
        super().__init__([fold])
        self.add_class("np-card").add_class("np-stack")
        if not self._state.deal.process.steps:
            fold.unfold()
        self._state.follow(self._show, "process")

    def _begin(self) -> None:
        before = self._state.deal.process
        after = seed(before, self._view.new_id)
        pairs = [
            (f"process.{table}", getattr(after, table))
            for table in ("lanes", "steps", "flows")
            if getattr(after, table) != getattr(before, table)
        ]
        if not pairs:
            raise FieldError("process.sipoc", "The map has all of this already.")
        self._state.edit_many(pairs)
        lanes = len(after.lanes) - len(before.lanes)
        self._seed.message = f"{lanes} new {'lane' if lanes == 1 else 'lanes'}" + (
            "." if before.steps else f" and {len(after.steps)} steps are on the map."
        )

    def _show(self, deal: Parts) -> None:
        self._seed.label = (
            "Add the lanes that the map lacks" if deal.process.steps
            else "Begin the map from this form"
        )  # fmt: skip
        self._seed.disabled = not deal.process.sipoc
