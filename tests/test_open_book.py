"""The two acts of the deal room that take both sides: opening the book and accepting the rules."""

from datetime import date

import pytest

from negotiation.deal import Deal, Identity
from negotiation.desk import LocalDesk, Store
from negotiation.files.deal_file import sample
from negotiation.scenarios import Driver
from negotiation.values import FieldError
from widgets.session_rail import Rail
from widgets.start import GroundRules, OpenBook, ReturnBrief, SeatPicker
from widgets.state import DealState

ROWS = "scenarios.drivers"


@pytest.fixture
def buyer():
    deal = Deal(identity=Identity(id="care", title="Care"))
    for space, key in (("buyer", "batna_price"), ("supplier", "shrinkage")):
        deal = deal.add(ROWS, Driver(id=key, value=0.5, space=space))
    return DealState(desk=LocalDesk(Store(":memory:")).create(deal))


@pytest.fixture
def supplier(buyer):
    return DealState(desk=buyer.desk.at(seat="supplier"))


def press(widget, name):
    action = next(child for child in widget.children if getattr(child, "label", "") == name)
    action._receive(action, {"event": "click"}, [])
    return action


def says(widget):
    return " ".join(line["text"] for line in widget._lines.lines_shown)


def rows_seen(state):
    state.look()
    return {driver.id for driver in state.deal.scenarios.drivers}


def test_one_side_proposes_the_other_opens_and_either_closes_again(buyer, supplier):
    ours, theirs = OpenBook(buyer), OpenBook(supplier)
    ours._keep_reason("reason", "one model for both")
    press(ours, "Propose to open the book")
    assert ours.phase == "proposed by us" and "has not answered" in says(ours)
    assert rows_seen(supplier) == {"shrinkage"}
    assert theirs.phase == "proposed to us"
    assert "one model for both" in says(theirs) and "cannot be unseen" in says(theirs)
    press(theirs, "Open the book")
    assert rows_seen(buyer) == rows_seen(supplier) == {"batna_price", "shrinkage"}
    assert ours.phase == theirs.phase == "open" and "since Supplier agreed" in says(ours)
    press(theirs, "Close the book")
    assert rows_seen(buyer) == {"batna_price"} and ours.phase == "closed"


def test_a_proposal_is_declined_with_a_reason_only(buyer, supplier):
    press(OpenBook(buyer), "Propose to open the book")
    supplier.look()
    theirs = OpenBook(supplier)
    assert "Say why first" in press(theirs, "Decline").message
    assert theirs.phase == "proposed to us"
    theirs._keep_reason("reason", "not before the term sheet")
    press(theirs, "Decline")
    buyer.look()
    ours = OpenBook(buyer)
    assert ours.phase == "closed"
    assert "Supplier closed it, declined" in says(ours) and "term sheet" in says(ours)


def test_a_proposal_leaves_the_rest_of_the_draft_alone_and_can_be_taken_back(buyer, supplier):
    buyer.edit("terms.unit_price", 9.0)
    ours = OpenBook(buyer)
    press(ours, "Propose to open the book")
    supplier.look()
    assert supplier.deal.terms.unit_price == 1.0 and buyer.untabled == 1
    press(ours, "Take the proposal back")
    supplier.look()
    assert OpenBook(supplier).phase == "closed"


def test_agreeing_to_the_chapter_does_not_open_the_book(buyer, supplier):
    press(OpenBook(buyer), "Propose to open the book")
    supplier.look()
    supplier.agree(("identity", "start"))
    assert rows_seen(supplier) == {"shrinkage"}
    word = Rail(supplier).chapters()["00_start"]["word"]
    assert word.startswith("open book waits for your answer")
    waits = [line["text"] for line in ReturnBrief(supplier)._waiting.lines_shown]
    assert waits[0] == "Deal room: open book waits for your answer."


def test_a_reason_that_was_not_shown_to_the_other_side_is_kept_for_the_next_press(buyer, supplier):
    theirs = OpenBook(supplier)
    press(theirs, "Propose to open the book")
    buyer.look()
    ours = OpenBook(buyer)
    ours._keep_reason("reason", "for the term sheet")
    press(theirs, "Take the proposal back")
    press(theirs, "Propose to open the book")
    press(ours, "Open the book")
    assert "newer is tabled" in buyer.message and not buyer.book_open
    assert ours._form.values == {"reason": "for the term sheet"}


def test_the_facilitator_reads_the_proposal_and_has_nothing_to_press(buyer):
    press(OpenBook(buyer), "Propose to open the book")
    book = OpenBook(DealState(desk=buyer.desk.at(seat="facilitator")))
    assert book.phase == "proposed" and book.children == (book._lines,)


def test_a_proposal_alone_does_not_let_the_seat_picker_say_that_the_book_is_open(buyer):
    press(OpenBook(buyer), "Propose to open the book")
    assert "never those of" in SeatPicker(buyer)._words.lines[0]


def test_a_deal_created_open_is_open_and_a_deal_without_a_desk_has_no_buttons():
    assert OpenBook(DealState(sample())).children[1:] == ()
    desk = LocalDesk(Store(":memory:")).create(sample())
    book = OpenBook(DealState(desk=desk))
    assert book.phase == "open" and "when the deal was created" in says(book)


def test_accepting_the_rules_is_shown_to_the_other_side_at_once_with_name_and_day(buyer, supplier):
    rules = GroundRules(buyer, today=date(2027, 3, 1))
    press(rules, "Take the proposed rules")
    buyer.edit("terms.unit_price", 9.0)
    assert "Write your name first" in press(rules, "Accept the rules as they stand").message
    rules._keep_name("by", "Ana Cruz")
    press(rules, "Accept the rules as they stand")
    theirs = GroundRules(supplier)
    supplier.look()
    told = [line["text"] for line in theirs._open.lines_shown]
    assert told[0] == "Buyer accepted every rule; Ana Cruz, 1 March 2027."
    assert told[1].startswith("Supplier has not yet accepted")
    assert supplier.deal.terms.unit_price == 1.0


def test_the_book_is_not_proposed_while_the_tabled_deal_is_shown(buyer):
    book = OpenBook(buyer)
    buyer.view = "tabled"
    assert "go to your draft" in press(book, "Propose to open the book").message
    with pytest.raises(FieldError):
        buyer.edit("identity.disclosure", "open_book")
