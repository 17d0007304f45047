"""The widgets of the process chapter, without a browser."""

import pytest

from negotiation import spaces
from negotiation.deal import Deal
from negotiation.files.deal_file import sample
from widgets.process_facts import ProcessFacts
from widgets.process_view import ProcessView
from widgets.state import DealState


@pytest.fixture
def view():
    return ProcessView(DealState(sample(), "buyer"))


def test_a_rate_that_is_added_is_ones_own(view):
    facts = ProcessFacts(view)
    count = len(view.state.deal.process.rates)
    facts._rates._append()
    new = view.state.deal.process.rates
    assert len(new) == count + 1
    assert [row.space for row in new if row.id == "rate_b1"] == ["buyer"]


def test_each_seat_sees_its_own_rates_alone_while_the_book_is_closed():
    deal = sample()
    documents = spaces.split(deal.document())
    seen = Deal.read(spaces.merge(documents, "supplier", open_book=False))
    assert {row.space for row in seen.process.rates} == {"supplier"}
    assert [row.id for row in seen.process.futures] == ["joint", "shifts"]
    other = Deal.read(spaces.merge(documents, "buyer", open_book=False))
    assert [row.id for row in other.process.futures] == ["joint"]
