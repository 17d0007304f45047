"""The one thing in a chapter that changes: edits, refusals, undo, draft and tabled."""

import pytest

from negotiation.values import FieldError
from tests.toy import toy_deal
from widgets.state import DealState

PRICE = "terms.unit_price"


def test_an_edit_is_seen_by_everyone_who_follows():
    state, seen = DealState(toy_deal()), []
    state.follow(lambda deal: seen.append(deal.terms.unit_price))
    state.edit(PRICE, 1.72)
    assert seen == [1.65, 1.72]


def test_who_follows_one_place_is_not_called_for_another():
    state, seen = DealState(toy_deal()), []
    stop = state.follow(lambda deal: seen.append(deal.terms.cap), "terms.cap")
    state.edit(PRICE, 1.72)
    state.edit("terms.cap", 0.04)
    stop()
    state.edit("terms.cap", 0.05)
    assert seen == [0.035, 0.04]


def test_an_edit_that_changes_nothing_calls_nobody():
    state, seen = DealState(toy_deal()), []
    state.observe(seen.append, "deal")
    state.edit(PRICE, 1.65)
    state.deal = toy_deal()
    assert seen == [] and not state.can_undo


def test_a_refused_edit_raises_and_the_last_valid_deal_stays():
    state = DealState(toy_deal())
    with pytest.raises(FieldError, match="not a number"):
        state.edit(PRICE, "cheap")
    assert state.deal == toy_deal() and state.saved == "saved"


def test_undo_and_redo_walk_through_the_edits_of_this_sitting():
    state = DealState(toy_deal())
    state.edit(PRICE, 1.7)
    state.remove("scenarios.drivers.attrition")
    state.undo()
    assert state.deal.get("scenarios.drivers.attrition.value") == 0.4
    state.undo()
    assert state.deal == toy_deal() and not state.can_undo
    state.redo()
    state.redo()
    assert state.deal.terms.unit_price == 1.7
    assert [d.id for d in state.deal.scenarios.drivers if d.id == "attrition"] == []


def test_a_new_edit_ends_what_could_be_redone():
    state = DealState(toy_deal())
    state.edit(PRICE, 1.7)
    state.undo()
    state.edit(PRICE, 1.8)
    assert not state.can_redo


def test_a_shared_edit_stays_in_the_draft_and_is_counted():
    state = DealState(toy_deal())
    state.edit(PRICE, 1.7)
    state.edit("scenarios.drivers.batna_price.value", 2.0)
    assert state.untabled == 1
    state.view = "tabled"
    assert state.deal.terms.unit_price == 1.65
    state.view = "draft"
    assert state.deal.terms.unit_price == 1.7


def test_what_is_tabled_is_not_edited_in_place():
    state = DealState(toy_deal())
    state.view = "tabled"
    with pytest.raises(FieldError, match="go to your draft"):
        state.edit(PRICE, 1.7)


def test_a_seat_does_not_change_the_other_partys_rows():
    state = DealState(toy_deal(), seat="buyer")
    with pytest.raises(FieldError, match="only the supplier's seat"):
        state.edit("scenarios.drivers.shrinkage.value", 0.2)
