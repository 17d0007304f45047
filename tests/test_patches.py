"""Changes between documents: found, applied, undone, compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation import patches
from negotiation.patches import Change, PatchError

ids = st.sampled_from([f"r{i}" for i in range(7)])
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.floats(-5, 5),
    st.text(max_size=3),
    st.lists(st.integers(0, 3), max_size=3),
)


def tables(rows):
    return st.lists(rows, max_size=6, unique_by=lambda row: row["id"])


notes = tables(st.fixed_dictionaries({"id": ids, "text": plain}))
drivers = tables(st.fixed_dictionaries({"id": ids, "value": plain, "notes": notes}))
documents = st.fixed_dictionaries(
    {
        "terms": st.fixed_dictionaries({"price": plain, "cap": plain}),
        "scenarios": st.fixed_dictionaries({"drivers": drivers}),
    }
)


@given(documents, documents)
def test_a_difference_turns_the_old_document_into_the_new_one(old, new):
    assert patches.apply(patches.diff(old, new), old) == new


@given(documents, documents)
def test_an_inverted_patch_brings_the_old_document_back(old, new):
    patch = patches.diff(old, new)
    assert patches.apply(patches.invert(patch), patches.apply(patch, old)) == old


@given(documents)
def test_a_document_differs_from_itself_in_nothing(document):
    assert patches.diff(document, document) == ()


@given(documents, documents, documents)
def test_changes_that_do_not_clash_all_survive_a_merge_in_either_order(base, mine, theirs):
    a, b = patches.diff(base, mine), patches.diff(base, theirs)
    if patches.conflicts(a, b):
        return
    # Where both did the same, the second one finds nothing left to do.
    ab, _ = patches.apply_where_possible(b, patches.apply(a, base))
    ba, _ = patches.apply_where_possible(a, patches.apply(b, base))
    assert _without_order(ab) == _without_order(ba)


def _without_order(value):
    if isinstance(value, dict):
        return {key: _without_order(inner) for key, inner in value.items()}
    if patches.is_table(value):
        return {row["id"]: _without_order(row) for row in value}
    return value


def test_one_edited_cell_is_one_change_with_its_path():
    old = {"scenarios": {"drivers": [{"id": "wage", "value": 0.055}, {"id": "aht", "value": 6.0}]}}
    new = {"scenarios": {"drivers": [{"id": "wage", "value": 0.08}, {"id": "aht", "value": 6.0}]}}
    assert patches.diff(old, new) == (
        Change(path="scenarios.drivers.wage.value", old=0.055, new=0.08),
    )


def test_moving_the_last_of_five_rows_to_the_top_is_one_change():
    rows = [{"id": name} for name in "abcde"]
    old, new = {"t": rows}, {"t": [rows[-1], *rows[:-1]]}
    assert patches.diff(old, new) == (Change(path="t.e", kind="move", old=None, new="a"),)


def test_a_list_of_numbers_is_one_field():
    changes = patches.diff({"seasons": [1.0, 2.0]}, {"seasons": [1.0, 3.0]})
    assert changes == (Change(path="seasons", old=[1.0, 2.0], new=[1.0, 3.0]),)


def test_true_and_one_are_different_values():
    assert len(patches.diff({"a": 1}, {"a": True})) == 1


def test_two_edits_of_different_fields_of_a_row_do_not_clash():
    mine = Change(path="t.r1.value", old=1, new=2)
    theirs = Change(path="t.r1.source", old="", new="audit")
    assert patches.conflicts([mine], [theirs]) == ()


def test_two_edits_of_the_same_field_clash_unless_they_agree():
    mine = Change(path="t.r1.value", old=1, new=2)
    theirs = Change(path="t.r1.value", old=1, new=3)
    assert patches.conflicts([mine], [theirs]) == ((mine, theirs),)
    assert patches.conflicts([mine], [mine]) == ()


def test_an_edit_inside_a_row_clashes_with_the_removal_of_that_row():
    mine = Change(path="t.r1.value", old=1, new=2)
    theirs = Change(path="t.r1", kind="remove", old={"id": "r1", "value": 1})
    assert len(patches.conflicts([mine], [theirs])) == 1


def test_rows_with_similar_names_do_not_clash():
    assert not patches.same_place("t.r1.value", "t.r1.value2")


def test_a_change_without_a_place_says_which():
    with pytest.raises(PatchError, match="'r9' here any more"):
        patches.apply([Change(path="t.r9.value", old=1, new=2)], {"t": [{"id": "r1", "value": 1}]})


def test_changes_without_a_place_are_handed_back_and_the_others_applied():
    lost = Change(path="t.r9.value", old=1, new=2)
    kept = Change(path="t.r1.value", old=1, new=2)
    document, left = patches.apply_where_possible([lost, kept], {"t": [{"id": "r1", "value": 1}]})
    assert document == {"t": [{"id": "r1", "value": 2}]}
    assert left == (lost,)
