"""Who stands to what is tabled, what the rail says of it, and a draft that is tabled in part."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.carry.offers import all_offers, take
from negotiation.deal import Deal
from negotiation.desk import LocalDesk, Store
from negotiation.files.deal_file import sample
from negotiation.files.lists import read_list
from negotiation.start import change_sentence
from negotiation.values import FieldError
from tests.test_desk import Clock, edit
from tests.toy import ToyDeal, toy_deal
from widgets import session_rail as chapters
from widgets.session import SessionBar
from widgets.session_rail import Rail
from widgets.state import DealState
from widgets.words import place_words, value_words

PRICE = "terms.unit_price"
CAP = "terms.cap"
PARTS = ("terms", "scenarios")
CHAPTER = chapters.PARTS["08_scenarios"]


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
    assert "newer is tabled" in state.message and sides(buyer, (PRICE,)) == {"supplier"}
    assert state.deal.terms.unit_price == 1.9


def test_who_tables_one_field_stands_to_no_other(buyer, supplier):
    edit(supplier, (PRICE, 9.99))
    supplier.table()
    edit(buyer, (CAP, 0.04))
    buyer.table()
    supplier.agree(PARTS)
    assert sides(buyer) == sides(buyer, ("terms",)) == sides(buyer, (PRICE,)) == {"supplier"}
    assert sides(buyer, (CAP,)) == {"buyer", "supplier"}
    buyer.agree((PRICE,))
    assert sides(buyer, (PRICE,)) == {"buyer", "supplier"}
    assert sides(buyer, ("terms",)) == {"supplier"}


def test_who_moves_or_edits_a_row_does_not_stand_to_what_else_is_in_it(buyer, supplier):
    row = "scenarios.drivers.training"
    state = DealState(desk=supplier)
    state.add("scenarios.drivers", {"id": "training", "value": 7.0, "source": "ours"})
    state.table()
    mine = DealState(desk=buyer)
    mine.move(row, "volume")
    mine.edit(f"{row}.source", "theirs")
    mine.table()
    assert sides(buyer, (f"{row}.value",)) == {"supplier"}
    assert sides(buyer, (f"{row}.source",)) == {"buyer"}
    supplier.agree((row,))
    assert sides(buyer, (row,)) == {"supplier"}
    mine.remove(row)
    mine.table()
    assert sides(buyer, (row,)) == {"buyer"}


def test_nobody_tables_beside_what_it_has_not_read(buyer, supplier):
    mine = DealState(desk=buyer)
    mine.edit(CAP, 0.04)
    edit(supplier, (PRICE, 9.99))
    supplier.table()
    mine.table()
    assert "newer is tabled" in mine.message
    assert (mine.deal.terms.unit_price, mine.deal.terms.cap, mine.untabled) == (9.99, 0.04, 1)
    assert mine.table() and mine.message == ""
    assert supplier.load().tabled.get(CAP) == 0.04 and sides(buyer, (PRICE,)) == {"supplier"}


def test_the_bar_keeps_the_note_of_an_act_that_was_refused(buyer, supplier):
    mine = DealState(desk=buyer)
    bar = SessionBar(mine)
    mine.edit(CAP, 0.04)
    edit(supplier, (PRICE, 9.99))
    supplier.table()
    bar._receive(bar, {"event": "table", "note": "for three years"}, [])
    assert bar.shown["acts"] == 0
    bar._receive(bar, {"event": "table", "note": "for three years"}, [])
    assert bar.shown["acts"] == 1


def test_what_lies_elsewhere_is_tabled_although_the_page_has_not_read_all(buyer, supplier):
    known = buyer.load().version["shared"]
    edit(supplier, (PRICE, 1.8))
    supplier.table()
    edit(buyer, ("identity.disclosure", "open_book"))
    with pytest.raises(FieldError, match="read it, then table yours"):
        buyer.table(known=known)
    buyer.table("", ("identity.disclosure",), known)
    assert supplier.load().tabled.identity.disclosure == "open_book"


FIELDS = (PRICE, CAP, "scenarios.drivers.volume.value", "scenarios.drivers.attrition.value")
ACTS = st.lists(
    st.tuples(
        st.sampled_from(("buyer", "supplier")),
        st.sampled_from(("edit", "edit", "table", "table one", "agree", "agree one", "look")),
        st.sampled_from(FIELDS),
        st.integers(1, 3),
    ),
    min_size=4,
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(ACTS)
def test_both_stand_only_to_what_each_tabled_or_read_and_agreed_to(acts):
    desk = LocalDesk(Store(":memory:"), kind=ToyDeal).create(toy_deal())
    pages = {seat: DealState(desk=desk.at(seat=seat)) for seat in ("buyer", "supplier")}
    witnessed = {field: {} for field in FIELDS}  # field -> seat -> the value it said yes to
    for seat, act, field, number in acts:
        page, one = pages[seat], (field,)
        # What the page shows as tabled when its seat acts, and what it would publish.
        read, mine = page.tabled, page.deal
        before = desk.load()
        if act == "edit":
            page.edit(field, round(number / 50, 2))
        elif act == "look":
            page.look()
        elif act.startswith("table"):
            page.table("", one if act == "table one" else ())
        else:
            page.agree(one if act == "agree one" else PARTS)
        after = desk.load()
        written = after.version["shared"] != before.version["shared"]
        for place in FIELDS if written else ():
            if act.startswith("table") and after.tabled.get(place) != before.tabled.get(place):
                assert mine.get(place) == after.tabled.get(place)
                witnessed[place][seat] = mine.get(place)
            elif act in ("agree", "agree one") and place in (FIELDS if act == "agree" else one):
                witnessed[place][seat] = read.get(place)
        for place in FIELDS:
            now = after.tabled.get(place)
            for party in after.standing.agreed_by((place,)):
                assert witnessed[place].get(party) == now
        if len(after.standing.agreed_by(PARTS)) == 2:
            assert all(len(after.standing.agreed_by((place,))) == 2 for place in FIELDS)
    for page in pages.values():
        page.look()
    for page in pages.values():
        page.agree(PARTS)
    assert desk.load().standing.agreed_by(PARTS) == {"buyer", "supplier"}


def test_a_retraction_ends_the_agreement_to_what_is_left(buyer, supplier):
    edit(buyer, (PRICE, 1.8))
    buyer.table()
    supplier.agree(PARTS)
    tabled = next(e.seq for e in buyer.history() if e.kind == "tabled")
    buyer.retract(tabled, "by mistake")
    assert sides(buyer) == set()


def test_agreement_outlives_the_entries_that_retention_erases(buyer, supplier, clock):
    buyer.agree(PARTS)
    edit(buyer, (PRICE, 1.8))
    buyer.table()
    supplier.agree(PARTS)
    edit(supplier, (CAP, 0.04))
    supplier.table()
    clock.moment += timedelta(days=400)
    assert "erased" in buyer.apply_retention()
    assert sides(buyer) == {"supplier"}
    assert sides(buyer, (PRICE, "scenarios")) == {"buyer", "supplier"}
    buyer.agree((CAP,))
    assert sides(buyer) == {"buyer", "supplier"}


def test_a_part_of_the_draft_is_tabled_alone_and_the_rest_stays_a_draft(buyer, supplier):
    edit(buyer, (CAP, 0.05))
    edit(buyer, ("identity.disclosure", "open_book"))
    buyer.table("let us see", ("identity.disclosure",))
    assert supplier.load().tabled.identity.disclosure == "open_book"
    assert supplier.load().tabled.get(CAP) == 0.035
    assert buyer.load().draft.get(CAP) == 0.05
    assert len(buyer.load().done) == 1
    buyer.undo()
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
    # Harbor & Pine stands to its price and has not agreed to the rest yet.
    assert said(harbor) == ("waiting", "waits for your and Luzon Care's agreement")
    assert said(supplier) == ("waiting", "waits for your and Harbor & Pine's agreement")
    harbor.agree(CHAPTER)
    assert said(harbor) == ("waiting", "waits for Luzon Care's agreement")
    assert said(supplier) == ("waiting", "waits for your agreement")
    assert said(harbor.at(seat="facilitator"))[1] == "waits for Luzon Care's agreement"
    supplier.agree(CHAPTER)
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


def test_every_part_of_a_deal_is_tabled_and_agreed_to_in_one_chapter():
    settled = [part for parts in chapters.PARTS.values() for part in parts]
    assert sorted(settled) == sorted({*Deal.model_fields} - {"schema_version"})
    assert chapters.PARTS["07_outcomes"] == ("outcomes", "vision")
    rows = [
        {**row, "available": "yes"} if row["id"] == "04_vision" else row
        for row in read_list("chapters")
    ]
    with_vision = chapters.settled_in(rows)
    assert (with_vision["04_vision"], with_vision["07_outcomes"]) == (("vision",), ("outcomes",))


def test_a_pin_is_tabled_with_the_scenarios_and_the_rail_counts_it(harbor):
    state = DealState(desk=harbor)
    state.edit("process.cases_per_month", 160_000.0)
    offers = [o for o in all_offers(state.deal, "buyer") if "baseline_units" in o.target]
    state.replace(take(state.deal, offers, "buyer"))
    assert state.drafted(("carried",)) and state.drafted(CHAPTER) == state.untabled - 1
    assert said_of(state, "08_scenarios").endswith(f"{state.drafted(CHAPTER)} changes not tabled")
    for parts in chapters.PARTS.values():
        state.table("", parts)
    assert state.untabled == 0


def test_a_new_line_of_the_sipoc_leaves_the_agreement_to_the_map(harbor):
    supplier, process = harbor.at(seat="supplier"), chapters.PARTS["06_process"]
    harbor.agree(process)
    supplier.agree(process)
    state = DealState(desk=harbor)
    assert said_of(state, "06_process") == "agreed by both"
    state.add("process.sipoc", {"id": "letters", "input": "Letters"})
    state.table()
    assert sides(harbor, ("process.steps", "process.lanes")) == {"buyer", "supplier"}
    assert said_of(state, "06_process") == "waits for Luzon Care's agreement"
    supplier.agree(("process.sipoc",))
    state.look()
    assert said_of(state, "06_process") == "agreed by both"


def test_a_chapter_that_is_agreed_to_table_by_table_is_agreed(harbor):
    state = DealState(desk=harbor)
    tables = [f"process.{name}" for name in type(state.deal.process).model_fields]
    for seat in ("buyer", "supplier"):
        for table in tables:
            assert said_of(state, "06_process") != "agreed by both"
            harbor.at(seat=seat).agree((table,))
            state.look()
    assert said_of(state, "06_process") == "agreed by both"


def said_of(state, chapter):
    return Rail(state).chapters()[chapter]["word"]


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
    supplier.agree(CHAPTER, "for three years")
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
