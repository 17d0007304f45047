"""Who stands to what is tabled, what the rail says of it, and a draft that is tabled in part."""

from datetime import timedelta

import pytest

from negotiation.desk import LocalDesk, Store
from negotiation.files.deal_file import sample
from negotiation.start import change_sentence
from negotiation.values import FieldError
from tests.test_desk import Clock, edit
from tests.toy import ToyDeal, toy_deal
from widgets.session import SessionBar
from widgets.session_rail import Rail
from widgets.state import DealState
from widgets.words import place_words, value_words

PRICE = "terms.unit_price"
CAP = "terms.cap"
PARTS = ("terms", "scenarios")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def buyer(clock):
    store = Store(":memory:", clock=clock)
    return LocalDesk(store, kind=ToyDeal).create(toy_deal(retention_months=12))


@pytest.fixture
def supplier(buyer):
    return buyer.at(seat="supplier")


def sides(desk, parts=PARTS):
    return set(desk.load().standing.agreed_by(parts))


def test_nobody_stands_to_a_new_deal_and_each_side_agrees_for_itself(buyer, supplier):
    assert sides(buyer) == set()
    buyer.agree(PARTS)
    assert sides(supplier) == {"buyer"}
    supplier.agree(PARTS)
    assert sides(buyer) == {"buyer", "supplier"}


def test_agreeing_to_one_part_is_not_agreeing_to_the_chapter(buyer):
    buyer.agree(("terms",))
    assert sides(buyer) == set() and sides(buyer, ("terms",)) == {"buyer"}


def test_who_tables_something_proposes_it_and_the_other_side_has_to_agree_anew(buyer, supplier):
    buyer.agree(PARTS)
    supplier.agree(PARTS)
    edit(supplier, (PRICE, 1.8))
    supplier.table()
    assert sides(buyer) == {"supplier"}
    buyer.agree(PARTS)
    assert sides(buyer) == {"buyer", "supplier"}


def test_nobody_agrees_to_what_it_has_not_read(buyer, supplier):
    known = buyer.load().version["shared"]
    edit(supplier, (PRICE, 1.8))
    supplier.table()
    with pytest.raises(FieldError, match="newer is tabled"):
        buyer.agree(PARTS, known=known)
    buyer.agree(("identity",), known=known)
    state = DealState(desk=buyer)
    edit(supplier, (PRICE, 1.9))
    supplier.table()
    state.agree(PARTS)
    assert "newer is tabled" in state.message and sides(buyer) == {"supplier"}
    assert state.deal.terms.unit_price == 1.9


def test_a_retraction_ends_the_agreement_to_what_is_left(buyer, supplier):
    edit(buyer, (PRICE, 1.8))
    buyer.table()
    supplier.agree(PARTS)
    tabled = next(e.seq for e in buyer.history() if e.kind == "tabled")
    buyer.retract(tabled, "by mistake")
    assert sides(buyer) == set()


def test_agreement_outlives_the_entries_that_retention_erases(buyer, supplier, clock):
    edit(buyer, (PRICE, 1.8))
    buyer.table()
    supplier.agree(PARTS)
    clock.moment += timedelta(days=400)
    assert "erased" in buyer.apply_retention()
    assert sides(buyer) == {"buyer", "supplier"}


def test_a_part_of_the_draft_is_tabled_alone_and_the_rest_stays_a_draft(buyer, supplier):
    edit(buyer, (CAP, 0.05))
    edit(buyer, ("identity.disclosure", "open_book"))
    buyer.table("let us see", ("identity.disclosure",))
    assert supplier.load().tabled.identity.disclosure == "open_book"
    assert supplier.load().tabled.get(CAP) == 0.035
    assert buyer.load().draft.get(CAP) == 0.05
    assert len(buyer.load().done) == 1
    buyer.undo(buyer.load().done[-1])
    assert buyer.load().draft.get(CAP) == 0.035


def test_a_part_that_is_no_valid_deal_alone_is_not_tabled(buyer):
    edit(buyer, (CAP, 0.2))
    edit(buyer, ("terms.floor", 0.1))
    with pytest.raises(FieldError, match="above the cap"):
        buyer.table("", ("terms.floor",))
    assert buyer.load().tabled.get("terms.floor") == 0.0


# --- the rail ---


@pytest.fixture
def harbor(clock):
    return LocalDesk(Store(":memory:", clock=clock)).create(sample())


def said(desk):
    found = Rail(DealState(desk=desk)).chapters()["08_scenarios"]
    return found["state"], found["word"]


def test_the_rail_says_for_whose_agreement_a_chapter_waits(harbor):
    supplier = harbor.at(seat="supplier")
    assert said(harbor) == ("work", "in work")
    edit(harbor, (PRICE, 1.7))
    assert said(harbor) == ("work", "in work, 1 change not tabled")
    harbor.table()
    assert said(harbor) == ("waiting", "waits for Luzon Care's agreement")
    assert said(supplier) == ("waiting", "waits for your agreement")
    assert said(harbor.at(seat="facilitator"))[1] == "waits for Luzon Care's agreement"
    supplier.agree(PARTS)
    assert said(harbor) == said(supplier) == ("agreed", "agreed by both")
    edit(supplier, (PRICE, 1.75))
    assert said(supplier)[0] == "work" and said(harbor)[0] == "agreed"


def test_the_rail_says_that_a_conflict_waits_for_a_choice(harbor):
    edit(harbor, (PRICE, 1.5))
    supplier = harbor.at(seat="supplier")
    edit(supplier, (PRICE, 1.8))
    supplier.table()
    assert said(harbor) == ("waiting", "waits for your choice in 1 field")


def test_a_chapter_that_both_agreed_to_offers_no_second_agreement(harbor):
    bar = SessionBar(DealState(desk=harbor))
    assert bar.shown["chapters"]["08_scenarios"]["can_agree"]
    bar._receive(bar, {"event": "agree", "chapter": "08_scenarios", "note": 7}, [])
    bar._receive(bar, {"event": "agree", "chapter": "nowhere"}, [])
    assert not bar.shown["chapters"]["08_scenarios"]["can_agree"]
    assert bar.shown["chapters"]["00_start"]["can_agree"]
    observer = SessionBar(DealState(desk=harbor.at(seat="facilitator")))
    assert not observer.shown["chapters"]["00_start"]["can_agree"]


def test_the_short_path_folds_the_chapters_it_leaves_out(harbor):
    state = DealState(desk=harbor)
    rail = Rail(state)
    assert "01_request" not in rail.folded()
    state.edit("start.short_path", True)
    assert "01_request" in rail.folded() and "08_scenarios" not in rail.folded()


def test_an_agreement_is_told_by_the_chapters_title_and_in_the_brief(harbor):
    harbor.sit_down()
    state = DealState(desk=harbor)
    state.last_seen = harbor.last_seen()
    bar = SessionBar(state)
    supplier = harbor.at(seat="supplier")
    supplier.agree(PARTS, "for three years")
    state.look()
    bar._show()
    assert bar.shown["news"] == "Since you last sat here: Luzon Care agreed to Scenarios"
    supplier.agree((PRICE,))
    *_, act = harbor.story(PRICE)
    told = [change_sentence(state.deal, act, change) for change in act.changes]
    assert told[0].endswith("Luzon Care agreed to Terms › Unit price at 1.65.")
    chapter = harbor.story("scenarios")[-1]
    told = change_sentence(state.deal, chapter, chapter.changes[1])
    assert told.endswith("Luzon Care agreed to Scenarios. Reason: for three years.")


# --- words for a place and a value ---


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        ("terms.cola_cap", 0.03, "Index cap", "3 %"),
        (PRICE, 1.6, "Unit price", "1.6 USD per contact"),
        ("terms.start_month", "2027-04", "First month of service", "April 2027"),
        ("terms.pricing_model", "cost_plus", "Pricing model", "cost plus"),
        ("terms.fixed_fee_month", None, "Fixed monthly fee", "nothing"),
        ("scenarios.drivers.wage.value", [0, 0.06, 0.05], "Local wage rise", "0 %; 6 %; 5 %"),
        ("scenarios.drivers.retained_cost.value", 210000, "Retained organisation",
         "210,000 USD per year"),
        ("scenarios.drivers.agent_cost_month.high", 52000, "Agent cost: high",
         "52,000 PHP per FTE-month"),
        ("scenarios.cases.base.probability", 0.6, "“Base”: probability", "60 %"),
        ("identity.target_signing_date", "2027-03-01", "Target signing date",
         "1 March 2027"),
        ("identity.disclosure", "open_book", "Disclosure", "open book"),
        ("start.short_path", True, "Short path", "yes"),
    ],
)  # fmt: skip
def test_a_disputed_value_reads_as_its_chapter_shows_it(path, value, place, words):
    deal = sample()
    assert (place_words(deal, path), value_words(deal, path, value)) == (place, words)
