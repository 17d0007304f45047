"""A seat at a stored deal: saving, merging, tabling, agreeing, forgetting, asking."""

from datetime import UTC, datetime, timedelta

import pytest

from negotiation import spaces
from negotiation.deal import difference
from negotiation.desk import Conflict, LocalDesk, Saved, StoreError
from negotiation.files.deal_file import sample
from negotiation.spaces import SHARED
from negotiation.store import Store, tables
from negotiation.values import FieldError
from tests.toy import ToyDeal, toy_deal
from widgets.session import SessionBar
from widgets.state import DealState

PRICE = "terms.unit_price"
VOLUME = "scenarios.drivers.volume.value"
BATNA = "scenarios.drivers.batna_price.value"


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.moment = datetime(2026, 1, 5, 9, tzinfo=UTC)

    def __call__(self):
        self.moment += timedelta(seconds=1)
        return self.moment


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def buyer(clock):
    store = Store(":memory:", clock=clock)
    return LocalDesk(store, kind=ToyDeal).create(toy_deal())


@pytest.fixture
def supplier(buyer):
    return buyer.at(seat="supplier")


def save(desk, loaded, *pairs):
    deal = loaded.draft
    for path, value in pairs:
        deal = deal.set(path, value)
    return desk.save(difference(loaded.draft, deal), loaded.version)


def edit(desk, *pairs):
    answer = save(desk, desk.load(), *pairs)
    assert isinstance(answer, Saved)
    return answer


def test_a_deal_comes_back_as_it_was_stored(buyer):
    seen = spaces.merge(spaces.split(toy_deal().document()), "buyer")
    assert buyer.load().draft == buyer.load().tabled == ToyDeal.read(seen)


def test_own_rows_are_saved_at_once_and_shared_fields_into_the_draft(buyer, supplier):
    edit(buyer, (PRICE, 1.72), (BATNA, 2.05))
    assert buyer.load().draft.get(BATNA) == buyer.load().tabled.get(BATNA) == 2.05
    assert buyer.load().draft.get(PRICE) == 1.72
    assert buyer.load().tabled.get(PRICE) == 1.65
    assert supplier.load().draft.get(PRICE) == 1.65


def test_tabling_shows_the_draft_to_the_other_side_with_its_reason(buyer, supplier):
    edit(buyer, (PRICE, 1.72))
    buyer.table("for a longer term")
    assert supplier.load().draft.get(PRICE) == 1.72
    assert buyer.load().tabled.get(PRICE) == 1.72
    (event,) = supplier.story(PRICE)
    assert (event.seat, event.kind, event.reason) == ("buyer", "tabled", "for a longer term")
    assert (event.changes[0].old, event.changes[0].new) == (1.65, 1.72)


def test_a_row_stored_before_one_of_its_fields_existed_is_tabled_field_by_field(clock):
    documents = spaces.split(sample().document())
    for case in documents[SHARED]["scenarios"]["cases"]:
        del case["space"], case["note"]
    store = Store(":memory:", clock=clock)
    with store.writing() as journal:
        journal.create_deal("old")
        for space, document in documents.items():
            if document:
                journal.append("old", space, "buyer", {"kind": "created", "document": document})
    buyer = LocalDesk(store, deal_id="old")
    state = DealState(desk=buyer)
    assert state.untabled == 0
    state.edit("scenarios.cases.worst.probability", 0.2)
    state.edit("scenarios.cases.worst.note", "Two stores close.")
    state.table()
    for seat in ("buyer", "supplier"):
        worst = buyer.at(seat=seat).load().draft.get("scenarios.cases.worst")
        assert (worst.probability, worst.note) == (0.2, "Two stores close.")


def test_tabling_nothing_writes_nothing(buyer):
    before = buyer.load().version
    assert buyer.table().version == before


def test_two_writers_of_different_fields_merge_and_nothing_is_lost(buyer):
    mine, theirs = buyer.load(), buyer.load()
    save(buyer, theirs, (VOLUME, 160_000))
    answer = save(buyer, mine, (PRICE, 1.7))
    assert answer.merged
    draft = buyer.load().draft
    assert (draft.get(VOLUME), draft.get(PRICE)) == (160_000, 1.7)


def test_two_writers_of_the_same_field_are_told_who_what_and_when(buyer, clock):
    mine, theirs = buyer.load(), buyer.load()
    save(buyer, theirs, (PRICE, 1.6))
    when = clock.moment
    answer = save(buyer, mine, (PRICE, 1.7))
    assert isinstance(answer, Conflict)
    (row,) = answer.rows
    assert (row.path, row.mine, row.theirs, row.who, row.when) == (PRICE, 1.7, 1.6, "buyer", when)
    assert buyer.load().draft.get(PRICE) == 1.6
    again = save(buyer, buyer.load(), (PRICE, 1.7))
    assert isinstance(again, Saved) and buyer.load().draft.get(PRICE) == 1.7


def test_a_field_that_was_tabled_by_the_other_side_meanwhile_waits_for_a_choice(buyer, supplier):
    edit(buyer, (PRICE, 1.5))
    edit(supplier, (PRICE, 1.8))
    supplier.table()
    (row,) = buyer.load().conflicts
    assert (row.path, row.mine, row.theirs, row.who) == (PRICE, 1.5, 1.8, "supplier")
    assert isinstance(buyer.table(), Conflict)


def test_taking_theirs_drops_my_draft_of_that_field_only(buyer, supplier):
    edit(buyer, (PRICE, 1.5), ("terms.cap", 0.05))
    edit(supplier, (PRICE, 1.8))
    supplier.table()
    buyer.resolve(PRICE, "theirs")
    loaded = buyer.load()
    assert loaded.conflicts == ()
    assert (loaded.draft.get(PRICE), loaded.draft.get("terms.cap")) == (1.8, 0.05)


def test_keeping_mine_keeps_it_and_lets_it_be_tabled(buyer, supplier):
    edit(buyer, (PRICE, 1.5))
    edit(supplier, (PRICE, 1.8))
    supplier.table()
    buyer.resolve(PRICE, "mine")
    assert isinstance(buyer.table(), Saved)
    assert supplier.load().tabled.get(PRICE) == 1.5


def test_an_edit_in_a_row_that_the_other_side_removed_can_bring_the_row_back(buyer, supplier):
    edit(buyer, (VOLUME, 170_000))
    loaded = supplier.load()
    removed = loaded.draft.remove("scenarios.drivers.volume")
    supplier.save(difference(loaded.draft, removed), loaded.version)
    supplier.table()
    (row,) = buyer.load().conflicts
    assert row.path == VOLUME and row.mine == 170_000
    buyer.resolve(VOLUME, "mine")
    assert buyer.load().draft.get(VOLUME) == 170_000
    assert buyer.load().conflicts == ()


def test_a_draft_that_no_longer_fits_is_kept_and_named(buyer, supplier):
    edit(buyer, ("terms.floor", 0.03))
    edit(supplier, ("terms.cap", 0.02))
    supplier.table()
    loaded = buyer.load()
    (row,) = loaded.conflicts
    assert row.path == "terms.floor" and "above the cap" in row.sentence
    assert loaded.draft.terms.floor == 0.0
    edit(supplier, ("terms.cap", 0.04))
    supplier.table()
    assert buyer.load().draft.terms.floor == 0.03


def test_a_seat_cannot_save_into_the_other_partys_space(supplier):
    loaded = supplier.load()
    everything = toy_deal()
    changes = difference(everything, everything.set(BATNA, 9.9))
    with pytest.raises(FieldError, match="belongs to the buyer"):
        supplier.save(changes, loaded.version)


def test_one_side_alone_never_opens_the_book(buyer, supplier):
    edit(buyer, ("identity.disclosure", "open_book"))
    buyer.table()
    assert "shrinkage" not in [d.id for d in buyer.load().draft.scenarios.drivers]
    supplier.agree(("identity.disclosure",))
    assert "shrinkage" in [d.id for d in buyer.load().draft.scenarios.drivers]
    assert "batna_price" in [d.id for d in supplier.load().draft.scenarios.drivers]


def sees_the_suppliers_rows(desk):
    return "shrinkage" in [d.id for d in desk.load().draft.scenarios.drivers]


@pytest.mark.parametrize("tabled", [False, True])
def test_a_copy_does_not_open_a_book_that_one_side_wanted_open(buyer, tabled):
    edit(buyer, ("identity.disclosure", "open_book"))
    if tabled:
        buyer.table()
    copy = buyer.copy("Again")
    assert not sees_the_suppliers_rows(copy)
    assert sees_the_suppliers_rows(copy.at(seat="supplier"))


def test_a_copy_of_an_open_book_is_open(clock):
    deal = toy_deal(disclosure="open_book")
    buyer = LocalDesk(Store(":memory:", clock=clock), kind=ToyDeal).create(deal)
    assert sees_the_suppliers_rows(buyer.copy("Again"))


def test_an_open_book_shows_rows_and_never_what_the_other_side_only_drafts(clock):
    deal = toy_deal(disclosure="open_book")
    buyer = LocalDesk(Store(":memory:", clock=clock), kind=ToyDeal).create(deal)
    supplier = buyer.at(seat="supplier")
    edit(supplier, (PRICE, 7.7717))
    edit(supplier, (PRICE, 7.7718), ("scenarios.drivers.wage.value", 46_000))
    supplier.undo()
    supplier.redo()
    for seat in ("buyer", "facilitator"):
        told = repr((buyer.at(seat=seat).history(), buyer.at(seat=seat).changes_since(None)))
        assert "46000" in told
        assert "7.771" not in told
    assert "7.7717" in repr(supplier.history())


def test_consent_to_a_closed_book_cannot_be_turned_into_one_to_an_open_book(buyer, supplier):
    edit(buyer, ("identity.disclosure", "open_book"))
    buyer.table()
    edit(buyer, ("identity.disclosure", "closed"))
    buyer.table()
    closing = buyer.load().version["shared"]
    supplier.agree(("identity.disclosure",))
    with pytest.raises(FieldError, match="opens or closes the book"):
        buyer.retract(closing)
    assert not sees_the_suppliers_rows(buyer)


def test_who_agreed_stands_in_the_story_of_a_term(buyer, supplier):
    edit(buyer, (PRICE, 1.7))
    buyer.table()
    supplier.agree((PRICE,), "if the term stays")
    event = buyer.story(PRICE)[-1]
    assert (event.seat, event.kind, event.reason) == ("supplier", "agreed", "if the term stays")
    assert event.changes[0].new == 1.7


def test_what_was_tabled_by_mistake_is_retracted_with_a_trace(buyer, supplier):
    edit(buyer, (PRICE, 7.7717))
    buyer.table("by mistake")
    seq = buyer.load().version["shared"]
    buyer.retract(seq, "wrong file")
    assert supplier.load().tabled.get(PRICE) == 1.65
    erased, trace = supplier.history()[-2:]
    assert erased.erased and erased.seat == "buyer" and erased.changes == ()
    assert trace.kind == "retracted" and trace.reason == "wrong file"
    assert buyer.verify() == []


def test_later_changes_do_not_repeat_a_retracted_value(buyer, supplier):
    edit(buyer, (PRICE, 7.7717))
    buyer.table()
    seq = buyer.load().version["shared"]
    edit(supplier, (PRICE, 1.8))
    supplier.table()
    buyer.retract(seq)
    assert supplier.load().tabled.get(PRICE) == 1.8
    assert "7.7717" not in str([e.changes for e in supplier.history()])


def test_only_what_one_wrote_oneself_can_be_retracted(buyer, supplier):
    edit(buyer, (PRICE, 1.7))
    buyer.table()
    with pytest.raises(FieldError, match="Only what this seat wrote"):
        supplier.retract(2)
    with pytest.raises(FieldError, match="nothing in this entry"):
        buyer.retract(1)


def test_retention_erases_old_history_and_keeps_what_the_deal_says(clock):
    store = Store(":memory:", clock=clock)
    deal = toy_deal(retention_months=12)
    buyer = LocalDesk(store, kind=ToyDeal).create(deal)
    supplier = buyer.at(seat="supplier")
    edit(buyer, (PRICE, 1.7), (BATNA, 2.0))
    buyer.table("old reason")
    edit(buyer, ("terms.cap", 0.04))
    clock.moment += timedelta(days=400)
    edit(buyer, (VOLUME, 160_000))
    before = buyer.load()
    assert "erased" in buyer.apply_retention()
    after = buyer.load()
    assert (after.draft, after.tabled) == (before.draft, before.tabled)
    assert "old reason" not in [event.reason for event in buyer.history()]
    assert buyer.verify() == []
    assert buyer.apply_retention() == ""
    buyer.table()
    assert supplier.load().tabled.get("terms.cap") == 0.04


@pytest.mark.parametrize("edits", [0, 3])
def test_retention_does_not_tell_how_much_the_other_side_worked(clock, edits):
    store = Store(":memory:", clock=clock)
    buyer = LocalDesk(store, kind=ToyDeal).create(toy_deal(retention_months=1))
    for value in range(edits):
        edit(buyer.at(seat="supplier"), ("scenarios.drivers.wage.value", 46_000 + value))
    clock.moment += timedelta(days=60)
    assert buyer.apply_retention().startswith("2 entries")
    with buyer.store.reading() as journal:
        theirs = journal.entries("toy", "supplier")
    assert {entry.author for entry in theirs[1:]} <= {"supplier"}
    assert all(entry.body is not None for entry in theirs)
    if edits:
        assert buyer.at(seat="supplier").apply_retention().startswith(f"{edits + 1} entries")


def test_a_seat_verifies_what_it_sees_and_hears_nothing_of_the_other_sides_entries(buyer, supplier):
    edit(supplier, ("scenarios.drivers.wage.value", 46_000))
    with buyer.store.writing() as journal:
        changed = tables.entries.update().where(
            tables.entries.c.space == "supplier", tables.entries.c.seq == 2
        )
        journal._connection.execute(changed.values(author="buyer"))
    assert buyer.verify() == []
    assert [problem.space for problem in supplier.verify()] == ["supplier"]


def test_retention_does_not_open_a_book_that_one_side_wanted_open(clock):
    store = Store(":memory:", clock=clock)
    buyer = LocalDesk(store, kind=ToyDeal).create(toy_deal(retention_months=1))
    edit(buyer, ("identity.disclosure", "open_book"))
    buyer.table()
    clock.moment += timedelta(days=60)
    buyer.apply_retention()
    assert "shrinkage" not in [d.id for d in buyer.load().draft.scenarios.drivers]


def test_what_others_did_since_i_sat_here_is_told_and_my_own_acts_are_not(buyer, supplier, clock):
    assert buyer.sit_down() is None
    left = clock.moment
    edit(buyer, ("terms.cap", 0.05))
    edit(supplier, (PRICE, 1.8), ("scenarios.drivers.wage.value", 46_000))
    supplier.table()
    assert buyer.sit_down() == left
    (event,) = buyer.changes_since(left)
    assert (event.seat, event.kind) == ("supplier", "tabled")
    assert [change.path for change in event.changes] == [PRICE]


def test_the_list_of_deals_is_created_copied_and_deleted(buyer):
    copy = buyer.copy("Toy, second try")
    assert copy.deal_id == "toy-second-try"
    assert {card.id for card in buyer.deals()} == {"toy", "toy-second-try"}
    edit(copy, (BATNA, 1.9))
    assert buyer.load().draft.get(BATNA) == 2.1
    copy.delete()
    assert [card.title for card in buyer.deals()] == ["Toy"]


def test_a_copy_holds_the_private_rows_of_every_side(buyer):
    copy = buyer.copy("Again")
    assert "shrinkage" in [d.id for d in copy.at(seat="supplier").load().draft.scenarios.drivers]


def test_the_last_deal_and_its_seat_are_remembered(buyer, supplier):
    supplier.sit_down()
    assert buyer.last_deal() == "toy" and buyer.chosen_seat("toy") == "supplier"


def test_a_seat_never_reads_a_byte_of_the_other_side_in_a_closed_deal(clock):
    canary = "CANARY-51c9"
    deal = toy_deal().add(
        "scenarios.drivers", {"id": canary, "source": canary, "space": "supplier"}
    )
    buyer = LocalDesk(Store(":memory:", clock=clock), kind=ToyDeal).create(deal)
    supplier = buyer.at(seat="supplier")
    edit(supplier, (f"scenarios.drivers.{canary}.value", 7317.25), (PRICE, 7317.5))
    for seat in ("buyer", "facilitator"):
        desk = buyer.at(seat=seat)
        everything = str((desk.load(), desk.history(), desk.changes_since(None), desk.deals()))
        assert canary not in everything and "7317" not in everything
        assert "supplier" not in desk.load().version
    assert canary in str(supplier.load())


def everything_the_buyer_receives(private_price, private_edits):
    """One walk of both sides; returns all that the buyer and the facilitator are given on it."""
    clock = Clock()
    deal = toy_deal().set("scenarios.drivers.wage.value", private_price)
    buyer = LocalDesk(Store(":memory:", clock=clock), kind=ToyDeal).create(deal)
    supplier = buyer.at(seat="supplier")
    edit(buyer, (VOLUME, 160_000), (BATNA, 2.05))
    buyer.table("our volume")
    for value in private_edits:
        # The clock is set back: that the supplier worked at all must not show anywhere.
        before = clock.moment
        edit(supplier, ("scenarios.drivers.shrinkage.value", value))
        clock.moment = before
    edit(supplier, (PRICE, 1.8))
    supplier.table("our price")
    received = []
    for desk in (buyer, buyer.at(seat="facilitator")):
        desk.sit_down()
        state = DealState(desk=desk)
        received += [repr(desk.load()), repr(desk.history()), repr(desk.deals())]
        received += [repr(state.version), repr(SessionBar(state).shown)]
    return received


def test_what_a_seat_receives_does_not_depend_on_the_other_sides_private_values():
    one = everything_the_buyer_receives(45_000, [0.31])
    other = everything_the_buyer_receives(61_000, [0.2, 0.25, 0.35])
    assert one == other


def test_a_deal_written_by_a_newer_playbook_is_a_sentence(buyer):
    with buyer.store.writing() as journal:
        journal.append("toy", "buyer", "buyer", {"schema": 99, "kind": "edit"})
    with pytest.raises(StoreError, match="newer playbook"):
        buyer.load()


def test_a_deal_stored_before_a_chapter_existed_takes_what_is_written_there():
    deal, store = sample(), Store(":memory:")
    older = spaces.split(deal.document())
    older[SHARED] = {k: v for k, v in older[SHARED].items() if k not in ("process", "carried")}
    with store.writing() as journal:
        journal.create_deal(deal.identity.id)
        for space, document in older.items():
            body = {"kind": "created", "document": document}
            journal.append(deal.identity.id, space, "buyer", body)
    state = DealState(desk=LocalDesk(store, "buyer", deal.identity.id))
    state.add("process.lanes", {"id": "front", "name": "Front office"})
    state.edit("process.case_name", "call")
    state.table()
    found = LocalDesk(store, "supplier", deal.identity.id).load().tabled
    assert [lane.id for lane in found.process.lanes] == ["front"]
    assert found.process.case_name == "call"
