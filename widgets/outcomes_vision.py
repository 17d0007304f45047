"""The shared vision and its intents: what every outcome rests on."""

from typing import Any

from negotiation.deal import Parts

from .boxes import VBox
from .fields import Field
from .form import Form
from .outcomes_view import OutcomeView
from .rows import Rows

FIELDS = (
    Field("vision.statement", "Our shared vision", "textarea",
          help="One sentence that both sides would say aloud when the term ends."),
    Field("vision.horizon_years", "Looking ahead", "number", unit="years", minimum=1, maximum=20,
          decimals=0),
)  # fmt: skip
_INTENTS = (
    Field("number", "No.", "readonly"),
    Field("text", "Intent", "textarea", width="24em"),
    Field("served", "Served by", "readonly", width="12em"),
)


class OutcomeVision(VBox):
    """The vision in a sentence, and the numbered intents that outcomes refer to."""

    def __init__(self, view: OutcomeView):
        state = view.state
        self._form = Form(FIELDS, {}, key="vision", label="Vision", state=state)
        self._form.on_edit(state.edit)
        self.intents = Rows(
            state, "vision.intents", _INTENTS, new=lambda: {"text": "New intent"}, shown=_entries,
            stem="i_", reorder=True, beside=("outcomes",), caption="Intents", paste=False,
            add_label="Add an intent",
            empty="No intent yet. Which three to six promises does the vision stand on?",
        )
        super().__init__([self._form, self.intents])
        self.add_class("np-card").add_class("np-stack")
        state.follow(self._show, "vision")

    def _show(self, deal: Parts) -> None:
        self._form.values = {field.key: deal.get(field.key) for field in FIELDS}


def _entries(deal: Parts, intent: Any) -> dict:
    served = [o.text for o in deal.outcomes.outcomes if intent.id in o.intents]
    number = [row.id for row in deal.vision.intents].index(intent.id) + 1
    return {"number": number, "served": "; ".join(served) or "◐ no outcome yet"}
