"""The list of deals: one card for each."""

from datetime import date

from ..deal import Deal, Parts
from ..mending import mended
from ..patches import Document
from ..start import next_gate, state_word
from ..values import FieldError
from .answers import Card
from .replay import Replay


def card(kind: type[Parts], shared: Replay, own: Replay, today: date) -> Card:
    """A deal's card from its tabled document; `today` decides what is overdue."""
    identity = shared.document["identity"]
    state, gate = _next(kind, shared.document, today)
    last = max((*shared.events, *own.events), key=lambda event: event.at)
    return Card(
        id=identity["id"],
        title=identity["title"],
        parties=tuple(party["name"] for party in identity["parties"]),
        state=state,
        next_gate=gate,
        target_signing_date=identity["target_signing_date"],
        last_change=last.at,
        last_seat=last.seat,
    )


def _next(kind: type[Parts], document: Document, today: date) -> tuple[str, str]:
    """State and next gate; a deal that cannot be read is listed all the same, and says why."""
    try:
        deal = kind.read(mended(kind, document)[0])
    except FieldError as error:
        return "cannot be opened", f"{error.path}: {error.sentence}"
    if not isinstance(deal, Deal):
        return "", ""
    found = next_gate(deal, today)
    return state_word(found), found.sentence
