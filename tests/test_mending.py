"""A stored deal that its limits no longer allow opens all the same and names what it left out."""

import pytest

from negotiation.deal import Deal, Identity
from negotiation.desk import LocalDesk, Store
from negotiation.files.deal_file import sample
from negotiation.mending import mended
from negotiation.scenarios import Driver
from negotiation.scenarios.book import read_book
from negotiation.values import FieldError
from widgets.session import SessionBar
from widgets.state import DealState

SHRINKAGE = "scenarios.drivers.shrinkage"


@pytest.fixture
def desk():
    return LocalDesk(Store(":memory:"), "supplier").create(sample())


def store_raw(desk, space, path, new):
    """A change that today's limits refuse, as an older playbook wrote it."""
    kind = "tabled" if space == "shared" else "edit"
    body = {"kind": kind, "rows": [{"path": path, "new": new}]}
    with desk.store.writing() as journal:
        journal.append(desk.deal_id, space, desk.seat, body)


def test_a_range_outside_its_limits_is_left_out_and_the_rest_of_the_deal_opens(desk):
    before = desk.load().draft
    store_raw(desk, "supplier", f"{SHRINKAGE}.high", 1.7)
    loaded = desk.load()
    (mend,) = loaded.mends
    assert mend.path == SHRINKAGE and "must be between 0 and 0.99" in mend.sentence
    assert loaded.draft.get(f"{SHRINKAGE}.value") == before.get(f"{SHRINKAGE}.value")
    assert loaded.draft.terms == before.terms
    assert [d.id for d in loaded.draft.scenarios.drivers] == [
        d.id for d in before.scenarios.drivers
    ]


def test_a_term_outside_its_limits_falls_back_to_its_usual_value_and_is_not_tabled_by_that(desk):
    store_raw(desk, "shared", "terms.at_risk", 9)
    state = DealState(desk=desk)
    bar = SessionBar(state)
    assert state.deal.terms.at_risk == 0.12 and state.untabled == 0
    assert "At risk is stored with a value that does not fit any more" in bar.shown["message"]
    state.edit("terms.cola_cap", 0.04)
    state.table()
    (change,) = desk.story("terms.cola_cap")[-1].changes
    assert change.path == "terms.cola_cap"
    assert desk.load().mends != ()


def test_typing_the_field_anew_settles_it(desk):
    store_raw(desk, "supplier", f"{SHRINKAGE}.value", 7)
    state = DealState(desk=desk)
    assert state.mends and state.deal.get(f"{SHRINKAGE}.value") is None
    state.edit(f"{SHRINKAGE}.value", 0.31)
    again = DealState(desk=desk)
    assert again.mends == () and again.deal.get(f"{SHRINKAGE}.value") == 0.31


def test_a_note_that_is_too_long_is_left_out_as_a_whole_and_stays_stored(desk):
    store_raw(desk, "supplier", f"{SHRINKAGE}.note", "long " * 1000)
    loaded = desk.load()
    assert loaded.draft.get(f"{SHRINKAGE}.note") == ""
    assert "at most 2000 characters" in loaded.mends[0].sentence
    assert "long long" in repr(desk.history(f"{SHRINKAGE}.note"))


def test_two_terms_that_contradict_each_other_keep_one(desk):
    store_raw(desk, "shared", "terms.cola_floor", 0.2)
    loaded = desk.load()
    assert loaded.tabled.terms.cola_floor <= loaded.tabled.terms.cola_cap
    assert "index floor" in loaded.mends[0].sentence


def test_a_row_without_what_it_needs_is_left_out_and_its_neighbours_stay():
    document = sample().document()
    names = [person["id"] for person in document["start"]["people"]]
    del document["start"]["people"][1]["name"]
    found, (mend,) = mended(Deal, document)
    assert [person["id"] for person in found["start"]["people"]] == [names[0], *names[2:]]
    assert mend.path == f"start.people.{names[1]}"


def test_any_number_of_misfits_is_mended_and_each_is_told():
    document = sample().document()
    people = document["start"]["people"]
    names = [person["id"] for person in people]
    wrong = [dict(people[0], id=f"q{n}", name="x" * 500, role="y" * 500) for n in range(75)]
    wrong += [dict(people[0], id=f"r{n}", in_the_room="perhaps") for n in range(75)]
    document["start"]["people"] = [*wrong[::2], *people, *wrong[1::2]]
    document["terms"]["at_risk"] = 9
    found, mends = mended(Deal, document)
    kept = [person.id for person in Deal.read(found).start.people]
    assert [name for name in kept if name in names] == names
    assert {*kept} - {*names} == {f"r{n}" for n in range(75)}
    told = {mend.path for mend in mends}
    assert "terms.at_risk" in told
    assert told >= {f"start.people.q{n}.name" for n in range(75)}
    assert told >= {f"start.people.r{n}.in_the_room" for n in range(75)}


def test_many_rows_that_a_rule_objects_to_are_mended_one_by_one():
    document = sample().document()
    rows = document["scenarios"]["drivers"]
    shrinkage = next(row for row in rows if row["id"] == "shrinkage")
    wrong = [dict(shrinkage, id=f"w{n}", key="shrinkage", high=1.7) for n in range(120)]
    document["scenarios"]["drivers"] = [*rows, *wrong]
    found, mends = mended(Deal, document)
    assert {f"scenarios.drivers.w{n}" for n in range(120)} <= {mend.path for mend in mends}
    assert found["scenarios"]["drivers"][: len(rows)] == rows
    Deal.read(found)


def test_what_cannot_be_mended_is_a_sentence_and_the_list_of_deals_still_shows_it(desk):
    store_raw(desk, "shared", "identity.title", "")
    with pytest.raises(FieldError, match="cannot be empty"):
        desk.load()
    (card,) = desk.deals()
    assert card.state == "cannot be opened" and "identity.title" in card.next_gate


def test_a_sound_deal_is_left_as_it_is():
    document = sample().document()
    assert mended(Deal, document) == (document, ())


# --- two rows of one driver, once the book is open ---


def test_both_sides_rows_of_one_driver_are_known_and_its_owners_counts():
    store = Store(":memory:")
    deal = Deal(identity=Identity(id="care", title="Care", disclosure="open_book"))
    supplier = LocalDesk(store, "supplier").create(deal)
    buyer = supplier.at(seat="buyer")
    for desk, value in ((buyer, 0.2), (supplier, 0.3)):
        row = Driver(id="shrinkage", value=value, space=desk.seat)
        own = {"path": "scenarios.drivers.shrinkage", "kind": "add"}
        body = {"kind": "edit", "rows": [{**own, "new": row.model_dump(mode="json")}]}
        with store.writing() as journal:
            journal.append("care", desk.seat, desk.seat, body)
    for desk in (buyer, supplier):
        loaded = desk.load()
        assert [row.name for row in loaded.draft.scenarios.drivers] == ["shrinkage"] * 2
        assert read_book(loaded.draft.scenarios, desk.seat).amount("shrinkage", None) == 0.3
    state = DealState(desk=supplier)
    state.edit("scenarios.drivers.shrinkage--supplier.value", 0.35)
    assert supplier.load().draft.get("scenarios.drivers.shrinkage--supplier.value") == 0.35
    with store.reading() as journal:
        last = journal.entries("care", "supplier")[-1].body
    assert last["rows"] == [{"path": "scenarios.drivers.shrinkage.value", "new": 0.35}]


def test_the_longest_id_still_opens_when_both_sides_have_it():
    name = "x" * 40
    deal = Deal(identity=Identity(id="care", title="Care", disclosure="open_book"))
    for space in ("buyer", "supplier"):
        deal = deal.add("scenarios.drivers", Driver(id=f"{name}--{space}", space=space))
    buyer = LocalDesk(Store(":memory:")).create(deal)
    assert len(buyer.load().draft.scenarios.drivers) == 2
    with pytest.raises(ValueError):
        Driver(id=name + "x")
