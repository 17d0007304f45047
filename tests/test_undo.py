"""Undo that outlives the page: a side's gestures are in its journal, and so is their undoing."""

from datetime import timedelta

import pytest

from negotiation.desk import LocalDesk, Store
from negotiation.files.deal_file import sample
from negotiation.values import FieldError
from tests.test_desk import Clock, edit
from tests.toy import ToyDeal, price_that_both_changed, toy_deal
from widgets.session import SessionBar
from widgets.state import DealState

PRICE = "terms.unit_price"
CAP = "terms.cap"
BATNA = "scenarios.drivers.batna_price.value"
WAGE = "scenarios.drivers.wage.value"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def desk(clock):
    return LocalDesk(Store(":memory:", clock=clock), kind=ToyDeal).create(toy_deal())


def numbers(desk):
    loaded = desk.load()
    return len(loaded.done), len(loaded.undone)


def test_a_page_that_is_opened_anew_undoes_what_an_earlier_page_did(desk):
    first = DealState(desk=desk)
    first.edit(PRICE, 1.7)
    first.edit_many([(CAP, 0.05), (BATNA, 1.9)])
    again = DealState(desk=desk)
    assert again.can_undo and not again.can_redo
    again.undo()
    assert (again.deal.terms.cap, again.deal.get(BATNA)) == (0.035, 2.1)
    again.undo()
    assert again.deal.terms.unit_price == 1.65 and not again.can_undo
    assert again.untabled == 0


def test_what_was_undone_is_done_again_in_another_page(desk):
    first = DealState(desk=desk)
    first.remove("scenarios.drivers.batna_price")
    first.edit(PRICE, 1.7)
    first.undo()
    first.undo()
    assert first.deal.get(BATNA) == 2.1
    again = DealState(desk=desk)
    again.redo()
    again.redo()
    assert again.deal.terms.unit_price == 1.7 and not again.can_redo
    assert [d.id for d in again.deal.scenarios.drivers if d.id == "batna_price"] == []
    again.undo()
    again.undo()
    assert again.deal == first.deal


def test_a_row_that_changed_hands_comes_back_into_its_old_space(desk):
    state = DealState(desk=desk)
    state.edit("scenarios.drivers.attrition.space", "buyer")
    again = DealState(desk=desk)
    again.undo()
    assert again.deal.get("scenarios.drivers.attrition.space") == "shared"
    assert again.deal == DealState(desk=desk).deal


def test_a_new_gesture_ends_what_any_page_could_do_again(desk):
    one, other = DealState(desk=desk), DealState(desk=desk)
    one.edit(PRICE, 1.7)
    one.undo()
    other.look()
    assert other.can_redo
    one.edit(CAP, 0.05)
    other.redo()
    assert "cannot be done again" in other.message
    assert (other.deal.terms.unit_price, other.deal.terms.cap) == (1.65, 0.05)


def test_two_pages_take_back_each_others_gestures_once(desk):
    one, other = DealState(desk=desk), DealState(desk=desk)
    one.edit(PRICE, 1.7)
    other.edit(CAP, 0.05)
    # `one` has not looked, and takes back the newest gesture all the same, not its own older one.
    assert [change.path for change in one.undo()] == [CAP]
    assert (one.deal.terms.unit_price, one.deal.terms.cap) == (1.7, 0.035)
    assert numbers(desk) == (1, 1)
    assert [change.path for change in other.undo()] == [PRICE]
    assert one.undo() == () and "cannot be undone" in one.message
    assert numbers(desk) == (0, 2)
    assert [change.path for change in one.redo()] == [PRICE]


def test_the_bar_says_what_an_undo_took_back_wherever_it_was_done():
    desk = LocalDesk(Store(":memory:")).create(sample())
    state = DealState(desk=desk)
    bar, other = SessionBar(state), DealState(desk=desk)
    state.edit("process.occupancy", 0.8)
    other.edit("process.shrinkage", 0.2)
    other.add("start.people", {"id": "kim", "name": "Kim", "party": "buyer", "space": "buyer"})
    bar._receive(bar, {"event": "undo"}, [])
    assert bar.shown["message"] == "Undone: “Kim”."
    bar._receive(bar, {"event": "undo"}, [])
    assert bar.shown["message"] == "Undone: Shrinkage."
    assert (state.deal.process.occupancy, state.deal.process.shrinkage) == (
        0.8, sample().process.shrinkage,
    )  # fmt: skip
    bar._receive(bar, {"event": "redo"}, [])
    assert bar.shown["message"] == "Done again: Shrinkage."
    state.edit("terms.cola_cap", 0.04)
    assert bar.shown["message"] == ""


def test_a_field_that_a_colleague_changed_since_goes_back_step_by_step(desk):
    mine = DealState(desk=desk)
    mine.edit(CAP, 0.05)
    mine.edit(BATNA, 1.9)
    DealState(desk=desk).edit(BATNA, 1.8)
    for value in (1.9, 2.1):
        mine.undo()
        assert (mine.deal.get(BATNA), mine.deal.terms.cap, mine.message) == (value, 0.05, "")
    mine.undo()
    assert mine.deal.terms.cap == 0.035


def test_a_gesture_under_one_that_was_passed_over_is_not_undone(desk):
    edit(desk, (BATNA, 1.9))
    edit(desk, (BATNA, 1.8))
    with pytest.raises(FieldError, match="changed the same field"):
        desk.undo(passed=desk.load().done[-1:])
    assert desk.load().draft.get(BATNA) == 1.8 and numbers(desk) == (2, 0)


def test_undoing_leaves_what_the_other_side_tabled_meanwhile(desk):
    again = price_that_both_changed(desk)
    assert [row.path for row in again.conflicts] == [PRICE]
    again.undo()
    assert (again.deal.terms.unit_price, again.conflicts, again.untabled) == (1.8, [], 0)
    again.redo()
    assert [row.path for row in again.conflicts] == [PRICE]


def test_an_undo_that_would_make_the_deal_impossible_is_refused_and_writes_nothing(desk):
    mine, theirs = DealState(desk=desk), DealState(desk=desk.at(seat="supplier"))
    mine.edit(CAP, 0.2)
    mine.edit("terms.floor", 0.1)
    before = desk.load().version
    with pytest.raises(FieldError, match="above the cap"):
        desk.undo(passed=desk.load().done[-1:])
    assert desk.load().version == before
    assert theirs.deal.terms.cap == 0.035


def test_tabling_and_another_seat_begin_with_nothing_to_undo(desk):
    state = DealState(desk=desk)
    state.edit(PRICE, 1.7)
    state.edit(BATNA, 1.9)
    assert not DealState(desk=desk.at(seat="supplier")).can_undo
    state.table()
    assert not state.can_undo and not DealState(desk=desk).can_undo


def test_a_choice_between_two_values_is_not_undone_and_ends_the_undo_of_its_field(desk):
    again = price_that_both_changed(desk)
    again.resolve(PRICE, "mine")
    again.undo()
    assert "cannot be undone" in again.message and again.deal.terms.unit_price == 1.5


def test_the_entry_of_an_undo_holds_no_value_and_a_retracted_one_stays_away(desk):
    edit(desk, (BATNA, 7.7717))
    secret = desk.load().version["buyer"]
    edit(desk, (BATNA, 1.9))
    desk.undo()
    assert desk.load().draft.get(BATNA) == 7.7717
    with desk.store.reading() as journal:
        *_, last = journal.entries("toy", "buyer")
    assert {key for key in last.body if key != "schema"} == {"kind", "of"}
    desk.retract(secret, "not for this deal", "buyer")
    assert desk.load().draft.get(BATNA) == 2.1
    assert "7.7717" not in repr((desk.history(), desk.load()))
    assert desk.verify() == []


def test_what_others_of_a_side_undid_is_a_change_that_can_be_disputed(desk):
    one = DealState(desk=desk)
    one.edit(PRICE, 1.6)
    other = DealState(desk=desk)
    one.undo()
    other.edit(PRICE, 1.7)
    (row,) = other.conflicts
    assert (row.mine, row.theirs) == (1.7, 1.65)


def test_retention_keeps_a_gesture_as_long_as_its_undo(clock):
    desk = LocalDesk(Store(":memory:", clock=clock), kind=ToyDeal).create(
        toy_deal(retention_months=1)
    )
    edit(desk, (CAP, 0.05))
    edit(desk, (BATNA, 1.9))
    clock.moment += timedelta(days=60)
    desk.undo()
    before = desk.load()
    desk.apply_retention()
    after = desk.load()
    assert (after.draft, after.tabled) == (before.draft, before.tabled)
    desk.redo()
    assert desk.load().draft.get(BATNA) == 1.9


def test_without_a_desk_undo_is_of_this_sitting():
    state = DealState(toy_deal())
    state.edit(PRICE, 1.7)
    state.undo()
    assert state.can_redo and not DealState(toy_deal()).can_undo
