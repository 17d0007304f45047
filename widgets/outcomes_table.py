"""Outcomes and their objectives: what both want to be true, and what has to go well for it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from negotiation.deal import Parts
from negotiation.values import FieldError

from .boxes import VBox
from .fields import Field
from .outcomes_view import OutcomeView
from .rows import Rows
from .state import DealState

VALUE_KINDS = (
    ("", "choose"), ("fewer_transactions", "fewer transactions"),
    ("total_cost", "lower total cost"), ("revenue", "revenue or market share"), ("cash", "cash"),
    ("quality", "quality"), ("time", "time"),
)  # fmt: skip
_OUTCOMES = (
    Field("text", "What is true then", "textarea", width="14em"),
    Field("beneficiary", "Who is better off", "textarea", width="8.5em"),
    Field("value_kind", "Kind of value", "choice", choices=VALUE_KINDS, width="10em"),
    Field("intents", "Intents", width="3.5em"),
    Field("owner", "Owner", "textarea", width="7em"),
)
_OBJECTIVES = (
    Field("text", "What has to go well", "textarea", width="16em"),
    Field("outcome", "For the outcome", "choice", choices=(("", "choose"),), width="25em"),
)


class OutcomeTable(VBox):
    """Three to six outcomes; under each, as rows of a second table, its objectives."""

    def __init__(self, view: OutcomeView):
        state = view.state
        self.outcomes = OutcomeRows(state)
        self.objectives = Rows(
            state, "outcomes.objectives", _OBJECTIVES, shown=_choices, stem="b_", reorder=True,
            new=lambda: {"text": "New objective", "outcome": _last_outcome(state)},
            caption="Objectives", add_label="Add an objective",
            empty="No objective yet. What has to go well for an outcome to come true?",
        )
        super().__init__([self.outcomes, self.objectives])
        self.add_class("np-card").add_class("np-stack")
        view.observe(lambda _: self._mark(view), "findings")
        self._mark(view)

    def _mark(self, view: OutcomeView) -> None:
        """The objectives need an outcome to be for."""
        self.objectives.layout.display = None if view.state.deal.outcomes.outcomes else "none"


class OutcomeRows(Rows):
    """The outcomes; their intents are typed by number."""

    def __init__(self, state: DealState):
        super().__init__(
            state, "outcomes.outcomes", _OUTCOMES, shown=_numbers, beside=("vision",), stem="o_",
            new=lambda: {"text": "New outcome"}, reorder=True, caption="Desired outcomes",
            add_label="Add an outcome",
            empty="No outcome yet. What will both sides want to be true? Or take some from the "
                  "library below.",
        )  # fmt: skip

    def _held(self, column: str, value: Any) -> Any:
        if column != "intents":
            return super()._held(column, value)
        return numbered(value, [intent.id for intent in self._state.deal.vision.intents])


def numbered(typed: str, ids: Sequence[str]) -> tuple[str, ...]:
    """The ids at the places that are typed: "1, 3"; raises `FieldError` for a place without one."""
    places = re.findall(r"[^\s,;]+", typed)
    wrong = next((p for p in places if not p.isdecimal() or not 1 <= int(p) <= len(ids)), None)
    if wrong is not None:
        allowed = f"1 to {len(ids)}" if ids else "none yet; write the intents first"
        raise FieldError("intents", f"“{wrong[:20]}” is no intent; there is {allowed}.")
    return tuple(dict.fromkeys(ids[int(place) - 1] for place in places))


def _numbers(deal: Parts, outcome: Any) -> dict:
    ids = [intent.id for intent in deal.vision.intents]
    return {"intents": ", ".join(str(ids.index(i) + 1) for i in outcome.intents if i in ids)}


def _choices(deal: Parts, _objective: Any) -> dict:
    """Every outcome as a choice; one that was removed is no longer among them."""
    options = [("", "choose"), *((o.id, o.text) for o in deal.outcomes.outcomes)]
    return {"_fields": {"outcome": replace(_OBJECTIVES[1], choices=options)}}


def _last_outcome(state: DealState) -> str:
    rows = state.deal.outcomes.outcomes
    return rows[-1].id if rows else ""
