"""The list of deals: one card for each."""

from datetime import date

from ..deal import Deal, Parts
from ..start import next_gate, state_word
from .answers import Card
from .replay import Replay


def card(kind: type[Parts], shared: Replay, own: Replay, today: date) -> Card:
    """A deal's card from its tabled document; `today` decides what is overdue."""
    identity = shared.document["identity"]
    deal = kind.read(shared.document)
    state, gate = "", ""
    if isinstance(deal, Deal):
        found = next_gate(deal, today)
        state, gate = state_word(found), found.sentence
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
