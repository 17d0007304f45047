"""A deal's places, rows, spaces and refusals."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation import spaces
from negotiation.deal import Identity, difference
from negotiation.values import FieldError
from tests.toy import Driver, Note, ToyDeal, ToyScenarios, toy_deal

row_ids = st.sampled_from([f"r{i}" for i in range(9)])
some_space = st.sampled_from(spaces.SPACES)
notes = st.lists(
    st.builds(Note, id=row_ids, text=st.text(max_size=3), space=some_space),
    max_size=3,
    unique_by=lambda row: row.id,
).map(tuple)
drivers = st.lists(
    st.builds(Driver, id=row_ids, value=st.floats(0, 9), space=some_space, notes=notes),
    max_size=6,
    unique_by=lambda row: row.id,
).map(tuple)
deals = st.builds(lambda rows: ToyDeal(scenarios=ToyScenarios(drivers=rows)), drivers)


def ids(deal):
    return [row.id for row in deal.scenarios.drivers]


def test_a_path_reaches_fields_rows_and_rows_inside_rows():
    deal = toy_deal()
    assert deal.get("terms.unit_price") == 1.65
    assert deal.get("scenarios.drivers.attrition.value") == 0.4
    assert deal.get("scenarios.drivers.volume.notes.n1.text") == "counted by the switch"


def test_setting_a_field_gives_a_new_deal_and_leaves_the_old_one():
    deal = toy_deal()
    assert (
        deal.set("scenarios.drivers.attrition.value", 0.6).get("scenarios.drivers.attrition.value")
        == 0.6
    )
    assert deal == toy_deal()


def test_setting_what_is_there_gives_an_equal_deal():
    assert toy_deal().set("terms.unit_price", 1.65) == toy_deal()


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        ("terms.unit_price", "abc", "terms.unit_price", "is not a number"),
        ("terms.unit_price", -1, "terms.unit_price", "must be more than 0"),
        (
            "scenarios.drivers.attrition.value",
            -1,
            "scenarios.drivers.attrition.value",
            "at least 0",
        ),
        ("terms.floor", 0.05, "terms.floor", "above the cap"),
        ("terms.nothing", 1, "terms.nothing", "there is: unit_price"),
        ("scenarios.drivers.ghost.value", 1, "scenarios.drivers.ghost.value", "no row 'ghost'"),
        ("identity.retention_months", 0, "identity.retention_months", "at least 1"),
    ],
)
def test_a_refusal_names_the_field_and_what_is_allowed(path, value, place, words):
    with pytest.raises(FieldError) as refused:
        toy_deal().set(path, value)
    assert refused.value.path == place
    assert words in refused.value.sentence


def test_a_bad_row_is_refused_at_its_field_by_its_id():
    with pytest.raises(FieldError) as refused:
        toy_deal().add("scenarios.drivers", {"id": "aht", "value": -6})
    assert refused.value.path == "scenarios.drivers.aht.value"


def test_a_second_row_with_the_same_id_is_refused():
    with pytest.raises(FieldError, match="a row 'volume' already"):
        toy_deal().add("scenarios.drivers", {"id": "volume"})


def test_an_id_with_a_dot_is_refused_because_paths_are_cut_at_dots():
    with pytest.raises(FieldError, match="letters, digits"):
        toy_deal().add("scenarios.drivers", {"id": "a.b"})


def test_a_floor_and_a_cap_that_move_together_are_checked_together():
    deal = toy_deal().set_many([("terms.floor", 0.05), ("terms.cap", 0.06)])
    assert (deal.terms.floor, deal.terms.cap) == (0.05, 0.06)


def test_a_field_that_does_not_exist_is_refused_among_several_as_well():
    with pytest.raises(FieldError, match="no 'nothing' here"):
        toy_deal().set_many([("terms.cap", 0.05), ("terms.nothing", 1)])


def test_a_whole_table_and_a_field_of_its_new_row_are_set_in_one_gesture():
    rows = (*toy_deal().scenarios.drivers, Driver(id="aht", value=6))
    deal = toy_deal().set_many(
        [("scenarios.drivers", rows), ("scenarios.drivers.aht.source", "audit")]
    )
    assert deal.get("scenarios.drivers.aht.source") == "audit"


def test_rows_are_added_moved_and_removed_by_id():
    deal = toy_deal().add("scenarios.drivers", {"id": "aht", "value": 6}, before="attrition")
    assert ids(deal)[:3] == ["volume", "aht", "attrition"]
    deal = deal.move("scenarios.drivers.aht", before="volume")
    assert ids(deal)[:3] == ["aht", "volume", "attrition"]
    assert "aht" not in ids(deal.remove("scenarios.drivers.aht"))


def test_private_rows_stand_after_shared_ones_wherever_they_were_put():
    deal = toy_deal().add("scenarios.drivers", {"id": "first", "space": "buyer"}, before="volume")
    assert ids(deal)[:4] == ["volume", "attrition", "first", "batna_price"]


@given(deals)
def test_the_documents_of_all_spaces_make_the_whole_deal_again(deal):
    assert ToyDeal.read(spaces.merge(spaces.split(deal.document()))) == deal


@given(deals, deals)
def test_patches_by_space_turn_one_deal_into_the_other(old, new):
    changes = difference(old, new)
    # A private note inside a shared row goes out of sight when somebody removes the row.
    hidden = {space for space in changes if space != "shared"} and {
        row.id for row in old.scenarios.drivers if row.space == "shared" and row.notes
    } - {row.id for row in new.scenarios.drivers if row.space == "shared"}
    if not hidden:
        assert old.patched(changes) == new


@given(deals, st.sampled_from(spaces.SEATS))
def test_in_a_closed_deal_a_seat_sees_shared_rows_and_its_own_only(deal, seat):
    seen = ToyDeal.read(spaces.merge(spaces.split(deal.document()), seat))
    for row in seen.scenarios.drivers:
        assert row.space in ("shared", seat)
        if row.space == "shared":
            assert {note.space for note in row.notes} <= {"shared", seat}


def test_no_byte_of_the_suppliers_rows_is_in_the_buyers_closed_deal():
    canary = "CANARY-7f3a"
    deal = (
        toy_deal()
        .add(
            "scenarios.drivers",
            {"id": canary, "value": 7317.25, "space": "supplier", "source": canary},
        )
        .add("scenarios.drivers.volume.notes", {"id": canary, "text": canary, "space": "supplier"})
    )
    documents = spaces.split(deal.document())
    for seat in ("buyer", "facilitator"):
        text = json.dumps(spaces.merge(documents, seat))
        assert canary not in text and "7317" not in text
    assert canary in json.dumps(spaces.merge(documents, "supplier"))
    assert canary in json.dumps(spaces.merge(documents, "buyer", open_book=True))
    assert canary not in json.dumps(documents["shared"])


def test_rows_with_one_id_in_two_spaces_are_told_apart_and_stored_as_they_were():
    documents = spaces.split(toy_deal(disclosure="open_book").document())
    for space in ("buyer", "supplier"):
        row = Driver(id="attrition", value=0.5, space=space).model_dump(mode="json")
        documents[space]["scenarios.drivers"].append(row)
    deal = ToyDeal.read(spaces.merge(documents))
    names = {"attrition", "attrition--buyer", "attrition--supplier"}
    assert names <= {row.id for row in deal.scenarios.drivers}
    assert spaces.split(deal.document()) == documents
    changed = deal.set("scenarios.drivers.attrition--buyer.value", 0.6)
    (change,) = difference(deal, changed)["buyer"]
    assert (change.path, change.new) == ("scenarios.drivers.attrition.value", 0.6)
    assert deal.patched({"buyer": (change,)}) == changed


def test_shared_changes_never_name_a_private_row():
    new = toy_deal().add("scenarios.drivers", {"id": "aht"})
    (change,) = difference(toy_deal(), new)["shared"]
    assert change.before is None


def test_a_deal_needs_one_buyer_and_a_supplier():
    with pytest.raises(ValueError, match="exactly one buyer"):
        Identity(id="x", title="X", parties=())
