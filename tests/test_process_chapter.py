"""The widgets of the process chapter, without a browser."""

import pytest

from negotiation import spaces
from negotiation.deal import Deal
from negotiation.files.deal_file import sample
from widgets.process_facts import ProcessFacts
from widgets.process_futures import ProcessFutures
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


def test_the_changes_of_the_shown_future_are_told_in_words(view):
    futures = ProcessFutures(view)
    assert not futures._changes.children
    view.open_future("joint")
    assert futures._does.lines[0] == (
        "Agents refund up to 80 dollars: Arrow Above the agent's limit? → Refund or ship again: "
        "the share goes from 80 % to 95 %."
    )
    view.state.remove("process.steps.look_up")
    assert [line for line in futures._does.lines if line[0] == "no"] == [
        ("no", "One screen for order and stock: Step “look_up”: there is none on this map. "
               "This finds no place any more.")
    ]  # fmt: skip


def test_a_change_is_edited_like_any_row_and_undone(view):
    futures = ProcessFutures(view)
    view.open_future("joint")
    (table,) = futures._changes.children
    table._record("one_screen", "cost", 90_000.0)
    assert view.state.deal.get("process.futures.joint.changes.one_screen.cost") == 90_000
    view.state.undo()
    assert view.state.deal.get("process.futures.joint.changes.one_screen.cost") == 60_000
