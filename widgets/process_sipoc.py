"""The form before the map: from whom what comes, what happens, what goes to whom."""

from negotiation.deal import Parts
from negotiation.process.sipoc import seed
from negotiation.values import FieldError

from .action import Action
from .boxes import VBox
from .fields import Field
from .process_view import ProcessView
from .rows import Rows

_FORM = (
    Field("supplier", "Supplier", width="10em", optional=True, help="Who hands it in."),
    Field("input", "Input", width="13em", optional=True),
    Field("step", "What happens", width="13em", optional=True),
    Field("output", "Output", width="13em", optional=True),
    Field("customer", "Customer", width="10em", optional=True, help="Who gets it."),
)


class ProcessSipoc(VBox):
    """Suppliers, inputs, process, outputs, customers; on request they become lanes and steps."""

    def __init__(self, view: ProcessView):
        self._state = view.state
        form = Rows(
            self._state, "process.sipoc", _FORM, key="process.sipoc", new=dict, reorder=True,
            stem="sipoc_", caption="Before the map", add_label="Add a line",
            empty="Nothing yet. One line for each kind of input is enough.",
        )
        self._seed = Action("Begin the map from this form", on_click=self._begin)
        super().__init__([form, self._seed])
        self.add_class("np-card").add_class("np-stack")
        self._state.follow(self._show, "process")

    def _begin(self) -> None:
        before = self._state.deal.process
        after = seed(before)
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
