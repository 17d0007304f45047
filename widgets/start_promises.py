"""The handshake log: what the principals already promised each other."""


from negotiation.deal import Parts
from negotiation.start import Promise
from negotiation.values import FieldError

from .boxes import VBox
from .fields import Field
from .notes import Notes
from .rows import SPACE, Rows
from .state import DealState

SAID = (
    Field("what", "What was promised", width="17em"),
    Field("promised_by", "By", width="8em"),
    Field("promised_to", "To", width="8em"),
    Field("on", "When", "date", optional=True),
)
KEPT = (
    Field("what", "Promise", "readonly"),
    Field("keep_as", "To be kept as", width="14em",
          help="A term, such as terms.cola_cap, or plain words."),
    Field("status", "Status", "choice",
          choices=("open", "in the terms", "kept", "disputed", "dropped")),
    SPACE,
)
SIGNS = {"disputed": "no", "open": "work"}


class HandshakeLog(VBox):
    """Early promises, each with the term that will hold it."""

    def __init__(self, state: DealState):
        said = Rows(
            state, "start.promises", SAID, key="promises.said", reorder=True, stem="h_",
            new=lambda: {"what": "New promise"},
            caption="Handshake log", add_label="Add a promise",
            empty="Nothing yet. What was said over dinner that somebody still counts on?",
        )
        self._kept = Rows(
            state, "start.promises", KEPT, key="promises.kept", shown=_entries,
            caption="What becomes of each",
        )
        self._open = Notes("Without a place", empty="Every promise has a place or an end.")
        super().__init__([said, self._kept, self._open])
        self.add_class("np-card").add_class("np-stack")
        state.follow(self._show, "start")

    def _show(self, deal: Parts) -> None:
        shown = None if deal.start.promises else "none"
        self._open.layout.display = self._kept.layout.display = shown
        self._open.lines = tuple(
            (SIGNS[promise.status], _sentence(promise)) for promise in deal.start.promises
            if promise.status == "disputed" or (promise.status == "open" and not promise.keep_as)
        )


def _sentence(promise: Promise) -> str:
    if promise.status == "disputed":
        return f"“{promise.what}” is disputed; settle it before the price."
    return f"“{promise.what}” has no place in the terms yet."


def _entries(deal: Parts, promise: Promise) -> dict:
    """What the term says today, where the promise names one by its path."""
    if not promise.keep_as.startswith("terms."):
        return {}
    try:
        return {"_note": f"the term says {deal.get(promise.keep_as)}"}
    except FieldError:
        return {"_note": f"there is no term {promise.keep_as}"}
