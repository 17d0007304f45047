"""The one thing in a chapter that changes: edits, refusals, undo, draft and tabled."""

import asyncio
import json
from unittest.mock import Mock

import pytest

from negotiation.desk import LocalDesk, Store, StoreError
from negotiation.files.deal_file import (
    SAMPLE,
    deal_from_json,
    deal_to_json,
    sample,
    write_deal,
)
from negotiation.values import FieldError
from tests.toy import ToyDeal, price_that_both_changed, toy_deal
from widgets.session import SessionBar, open_deal
from widgets.state import DealState

PRICE = "terms.unit_price"
BATNA = "scenarios.drivers.batna_price.value"


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


# --- at a desk ---


@pytest.fixture
def desk():
    return LocalDesk(Store(":memory:"), kind=ToyDeal).create(toy_deal())


def test_an_edit_is_stored_and_found_again(desk):
    DealState(desk=desk).edit(PRICE, 1.7)
    assert DealState(desk=desk).deal.terms.unit_price == 1.7


def test_in_a_running_kernel_an_edit_is_shown_before_it_is_saved(desk):
    async def gesture():
        state, told = DealState(desk=desk), []
        state.observe(lambda change: told.append(state.saved), "deal")
        state.edit(PRICE, 1.7)
        assert (told, state.saved) == (["saving"], "saving")
        await asyncio.sleep(0)
        assert state.saved == "saved"

    asyncio.run(gesture())


def test_each_gesture_is_one_entry_of_the_journal(desk):
    state = DealState(desk=desk)
    state.edit_many([("terms.floor", 0.05), ("terms.cap", 0.06), (BATNA, 2.0)])
    state.undo()
    events = [event for event in desk.history() if event.kind == "saved"]
    assert [len(event.changes) for event in events] == [3, 3]
    assert DealState(desk=desk).deal == DealState(desk=desk.at()).deal


def test_tabling_empties_the_draft_and_shows_it_to_the_other_seat(desk):
    state = DealState(desk=desk)
    state.edit(PRICE, 1.7)
    state.table("as we said")
    assert state.untabled == 0
    assert DealState(desk=desk.at(seat="supplier")).deal.terms.unit_price == 1.7


def test_without_a_desk_tabling_moves_the_draft_into_what_is_tabled():
    state = DealState(toy_deal())
    state.edit(PRICE, 1.7)
    state.table()
    state.view = "tabled"
    assert (state.untabled, state.deal.terms.unit_price) == (0, 1.7)


def test_own_rows_show_in_what_is_tabled_as_well(desk):
    state = DealState(desk=desk)
    state.edit(BATNA, 1.9)
    state.view = "tabled"
    assert state.deal.get(BATNA) == 1.9


def test_the_edit_of_a_colleague_is_merged_into_what_is_shown(desk):
    mine, theirs = DealState(desk=desk), DealState(desk=desk)
    theirs.edit("terms.cap", 0.05)
    mine.edit(PRICE, 1.7)
    assert (mine.deal.terms.cap, mine.deal.terms.unit_price) == (0.05, 1.7)


def test_a_look_finds_what_others_wrote(desk):
    mine, theirs = DealState(desk=desk), DealState(desk=desk.at(seat="supplier"))
    theirs.edit(PRICE, 1.8)
    theirs.table()
    mine.look()
    assert mine.deal.terms.unit_price == 1.8


@pytest.mark.parametrize(("keep", "price"), [("mine", 1.7), ("theirs", 1.6)])
def test_the_same_field_asks_and_both_values_are_at_hand(desk, keep, price):
    mine, theirs = DealState(desk=desk), DealState(desk=desk)
    theirs.edit(PRICE, 1.6)
    mine.edit_many([(PRICE, 1.7), ("terms.cap", 0.05)])
    (row,) = mine.conflicts
    assert (row.mine, row.theirs, row.who, mine.saved) == (1.7, 1.6, "buyer", "failed")
    assert mine.deal.terms.cap == 0.05
    mine.resolve(PRICE, keep)
    assert (mine.conflicts, mine.saved) == ([], "saved")
    assert DealState(desk=desk).deal.terms.unit_price == mine.deal.terms.unit_price == price


def test_a_field_tabled_by_the_other_side_asks_on_opening_and_is_settled_by_a_choice(desk):
    again = price_that_both_changed(desk)
    assert [row.path for row in again.conflicts] == [PRICE]
    again.table()
    assert "choose" in again.message
    again.resolve(PRICE, "theirs")
    assert (again.conflicts, again.deal.terms.unit_price, again.untabled) == ([], 1.8, 0)


def test_changing_the_seat_changes_what_is_seen(desk):
    state = DealState(desk=desk)
    state.sit("supplier")
    names = [driver.id for driver in state.deal.scenarios.drivers]
    assert state.seat == "supplier" and "shrinkage" in names and "batna_price" not in names
    assert not state.can_undo


def test_going_to_another_deal_takes_the_seat_that_was_last_taken_there(desk):
    desk.copy("Other").at("other", "supplier").sit_down()
    state = DealState(desk=desk)
    state.edit(PRICE, 1.7)
    state.sit(deal_id="other")
    assert (state.deal.identity.title, state.seat) == ("Other", "supplier")
    assert state.deal.terms.unit_price == 1.65 and not state.can_undo


def test_when_the_disk_fails_the_screen_keeps_what_was_typed_and_a_retry_saves_it(desk):
    state = DealState(desk=desk)
    full = StoreError("The disk is full: make room, and it will be saved.")
    save, desk.save = desk.save, Mock(side_effect=full)
    state.edit(PRICE, 1.7)
    state.edit("terms.cap", 0.05)
    assert (state.saved, state.deal.terms.unit_price) == ("failed", 1.7)
    assert "disk is full" in state.message
    desk.save = save
    state.retry()
    assert state.saved == "saved"
    found = DealState(desk=desk).deal
    assert (found.terms.unit_price, found.terms.cap) == (1.7, 0.05)


# --- opening ---


def test_the_sample_is_opened_when_nothing_else_is_asked_for(monkeypatch):
    state = open_deal()
    assert (state.deal.identity.id, state.seat) == (SAMPLE, "buyer")


def test_a_deal_that_does_not_exist_is_a_sentence_with_those_that_do():
    with pytest.raises(FieldError, match=f"no deal 'nowhere'.*{SAMPLE}"):
        open_deal("nowhere")


def test_the_last_deal_and_seat_are_opened_again(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYBOOK_STORE", str(tmp_path / "deals.sqlite"))
    open_deal("it-service-desk", "supplier").edit("terms.unit_price", 2.0)
    state = open_deal()
    assert (state.deal.identity.id, state.seat) == ("it-service-desk", "supplier")
    assert state.deal.terms.unit_price == 2.0


def test_a_deal_file_is_taken_into_the_store_once(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYBOOK_STORE", str(tmp_path / "deals.sqlite"))
    deal = sample().set("identity.id", "mine")
    write_deal(deal, tmp_path / "mine.json")
    open_deal(tmp_path / "mine.json").edit("terms.unit_price", 1.9)
    assert open_deal(tmp_path / "mine.json").deal.terms.unit_price == 1.9


def test_without_a_place_to_write_the_sample_opens_and_the_bar_says_why(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PLAYBOOK_STORE", str(tmp_path / "file" / "deals.sqlite"))
    state = open_deal()
    assert state.saved == "failed" and "cannot be used" in state.message
    state.edit("terms.unit_price", 1.9)
    assert (state.deal.terms.unit_price, state.saved) == (1.9, "failed")
    assert "as long as this page" in state.message


def test_a_deal_file_gives_the_same_deal_and_the_same_bytes_again():
    data = deal_to_json(sample())
    assert deal_from_json(data) == sample()
    assert deal_to_json(deal_from_json(data)) == data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe", "not a deal file"),
        (b"[" * 100_000, "not a deal file"),
        (b"[1]", "its format is not"),
        (b'{"format": "negotiation-playbook/deal", "schema": 2}', "newer playbook"),
        (b'{"format": "negotiation-playbook/deal", "schema": 1}', "no shared part"),
    ],
)
def test_what_is_no_deal_file_is_refused_with_a_sentence(data, words):
    with pytest.raises(FieldError, match=words):
        deal_from_json(data, "offer.json")


# --- the session bar ---


def test_the_bar_shows_deal_seat_and_what_is_not_tabled():
    state = DealState(sample())
    bar = SessionBar(state)
    state.edit("terms.unit_price", 1.9)
    assert (bar.shown["title"], bar.shown["seat"]) == (state.deal.identity.title, "buyer")
    assert (bar.shown["untabled"], bar.shown["can_undo"]) == (1, True)


def test_the_bar_takes_gestures_and_ignores_what_makes_no_sense(desk):
    state = DealState(desk=desk)
    bar = SessionBar(state)
    for message in (
        {"event": "seat", "seat": "thief"},
        {"event": "view", "view": 7},
        {"event": "resolve", "path": PRICE, "keep": "mine"},
        {"event": "undo"},
        {"event": "nothing"},
        "text",
    ):
        bar._receive(bar, message, [])
    assert (state.seat, state.view) == ("buyer", "draft")
    state.edit(PRICE, 1.7)
    bar._receive(bar, {"event": "table", "note": "so be it"}, [])
    bar._receive(bar, {"event": "seat", "seat": "supplier"}, [])
    assert state.seat == "supplier" and state.deal.terms.unit_price == 1.7


def test_the_bar_tells_what_the_other_side_did_since(desk):
    state = DealState(desk=desk)
    desk.sit_down()
    state.last_seen = desk.last_seen()
    bar = SessionBar(state)
    other = DealState(desk=desk.at(seat="supplier"))
    other.edit(PRICE, 1.8)
    other.table()
    bar._receive(bar, {"event": "look"}, [])
    assert bar.shown["news"] == "Since you last sat here: 1 field tabled by Supplier"


def test_the_bar_shows_a_conflict_with_both_values(desk):
    mine, theirs = DealState(desk=desk), DealState(desk=desk)
    bar = SessionBar(mine)
    theirs.edit(PRICE, 1.6)
    mine.edit(PRICE, 1.7)
    (row,) = bar.shown["conflicts"]
    assert (row["mine"], row["theirs"], row["who"]) == (1.7, 1.6, "buyer")
    json.dumps(bar.shown)
