"""The map at one state: today's, and the futures that are kept as edits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.process import Change, Edit, Flow, Future, Lane, Process, Step, gestures
from negotiation.process.maps import (
    Map,
    at,
    differences,
    edits_between,
    in_month,
    lost_edits,
    moved_words,
    record,
    sentence_of,
)
from negotiation.values import FieldError


def small(**more):
    return Process(
        lanes=(Lane(id="desk", name="Front desk", party="supplier"),
               Lane(id="office", name="Back office", party="buyer")),
        steps=(Step(id="s", name="Call", lane="desk", kind="start"),
               Step(id="t", name="Solve", lane="desk", handling_min=6),
               Step(id="a", name="Approve", lane="office", handling_min=2, wait_min=60),
               Step(id="e", name="Done", lane="desk", kind="end")),
        flows=(Flow(id="f1", source="s", target="t"), Flow(id="f2", source="t", target="a"),
               Flow(id="f3", source="a", target="e")),
        **more,
    )  # fmt: skip


def future(*changes):
    return small(futures=(Future(id="f", name="Ours", changes=changes),))


REMOVE_APPROVAL = Change(
    id="c1",
    name="No approval below 50 dollars",
    edits=(
        Edit(id="e1", op="remove", table="steps", row="a"),
        Edit(id="e2", op="add", table="flows", row="f9", value={"source": "t", "target": "e"}),
    ),
)
FASTER = Change(
    id="c2",
    name="Knowledge base",
    edits=(
        Edit(id="e1", op="set", table="steps", row="t", field="handling_min", value=5),
        Edit(id="e2", op="set", table="steps", row="a", field="wait_min", value=30),
    ),
)


def test_changes_are_made_in_their_order_up_to_the_one_asked_for():
    process = future(REMOVE_APPROVAL, FASTER)
    assert at(process, "f", "").step["a"].wait_min == 60
    assert [s.id for s in at(process, "f", "c1").steps] == ["s", "t", "e"]
    after = at(process, "f")
    assert after.step["t"].handling_min == 5
    assert [(f.source, f.target) for f in after.flows] == [("s", "t"), ("t", "e")]


def test_in_a_month_stand_the_changes_that_have_begun():
    early = REMOVE_APPROVAL.model_copy(update={"date": "2027-04"})
    late = FASTER.model_copy(update={"date": "2028-01"})
    process = future(late, early)
    assert "a" in in_month(process, "f", "2027-03").step
    assert "a" not in in_month(process, "f", "2027-04").step
    assert in_month(process, "f", "2027-12").step["t"].handling_min == 6
    assert in_month(process, "f", "2028-01").step["t"].handling_min == 5


def test_an_edit_of_a_step_that_is_gone_is_left_out_and_named():
    lost = lost_edits(future(REMOVE_APPROVAL, FASTER), "f")
    assert [(change.id, edit.id) for change, edit in lost] == [("c2", "e2")]


def test_a_value_that_does_not_fit_a_field_is_lost_and_breaks_nothing():
    bad = Change(id="c", name="x", edits=(
        Edit(id="e1", op="set", table="steps", row="t", field="handling_min", value=-1),
        Edit(id="e2", op="set", table="steps", row="t", field="nonsense", value=1),
        Edit(id="e3", op="set", table="steps", row="t", field="id", value="other"),
        Edit(id="e4", op="add", table="steps", row="t", value={"name": "again"}),
    ))  # fmt: skip
    process = future(bad)
    assert at(process, "f").steps == process.steps
    assert len(lost_edits(process, "f")) == 4


def test_a_future_or_change_that_is_not_there_is_a_sentence():
    process = future(FASTER)
    with pytest.raises(FieldError, match="no future state 'g'; there are: f"):
        at(process, "g")
    with pytest.raises(FieldError, match="no change 'c7'"):
        at(process, "f", "c7")


def test_differences_are_told_in_words():
    process = future(REMOVE_APPROVAL, FASTER)
    told = [d.sentence for d in differences(at(process), at(process, "f"))]
    assert told == [
        "Step “Solve”: handling goes from 6 min to 5 min.",
        "Step “Approve” is gone.",
        "Arrow Solve → Approve is gone.",
        "Arrow Approve → Done is gone.",
        "Arrow Solve → Done is new.",
    ]
    assert sentence_of(FASTER.edits[0], at(process)) == told[0]


def test_what_is_drawn_on_a_change_becomes_its_edits_and_leaves_the_others():
    process = future(REMOVE_APPROVAL, FASTER)
    before = at(process, "f", "c1").process
    quicker = Step(id="t", name="Solve", lane="desk", handling_min=4)
    drawn = before.model_copy(update={"steps": tuple(
        quicker if s.id == "t" else s for s in before.steps)})  # fmt: skip
    new = record(process, "f", "c2", Map(drawn))
    changes = new.futures[0].changes
    assert changes[0] == REMOVE_APPROVAL
    assert [(e.op, e.row, e.field, e.value) for e in changes[1].edits] == [
        ("set", "t", "handling_min", 4.0)
    ]
    assert at(new, "f").step["t"].handling_min == 4


def test_the_id_of_an_edit_says_what_it_touches():
    process = future(REMOVE_APPROVAL)
    found = edits_between(at(process), at(process, "f"))
    assert [edit.id for edit in found] == ["add-flows-f9", "remove-steps-a"]
    (quicker,) = edits_between(at(process), gestures.put(at(process), "steps", "t", "wait_min", 3))
    assert (quicker.id, quicker.was, quicker.value) == ("steps-t-wait_min", None, 3)


def test_an_edit_that_stays_as_it_was_keeps_its_id_and_what_it_was_drawn_on():
    process = future(FASTER)
    meets = at(process, "f")
    new = record(process, "f", "c2", gestures.put(meets, "steps", "t", "name", "Answer"))
    edits = {edit.id: edit for edit in new.futures[0].changes[0].edits}
    assert edits.keys() == {"e1", "e2", "steps-t-name"}
    assert edits["steps-t-name"].was == "Solve"
    today = gestures.put(at(new), "steps", "t", "name", "Look").process
    assert moved_words(edits["steps-t-name"], Map(today)) == (
        "It was drawn on Solve; what it meets now is Look."
    )
    assert moved_words(edits["steps-t-name"], Map(new)) == ""
    assert moved_words(edits["e1"], Map(today)) == ""
    again = record(today, "f", "c2", gestures.put(at(today, "f"), "steps", "t", "owner", "Ada"))
    assert {e.id: e.was for e in again.futures[0].changes[0].edits}["steps-t-name"] == "Solve"


def test_edits_of_a_row_that_could_not_be_added_leave_the_other_row_of_its_id_alone():
    robot = Change(id="c1", name="Robot", edits=(
        Edit(id="e1", op="add", table="steps", row="a", value={"name": "Robot check"}),
        Edit(id="e2", op="add", table="flows", row="f9", value={"source": "t", "target": "a"}),
    ))  # fmt: skip
    slower = Change(id="c2", name="Slower", edits=(
        Edit(id="e1", op="set", table="steps", row="a", field="handling_min", value=99),
        Edit(id="e2", op="set", table="flows", row="f1", field="target", value="a"),
        Edit(id="e3", op="remove", table="steps", row="a"),
        Edit(id="e4", op="set", table="steps", row="t", field="handling_min", value=1),
    ))  # fmt: skip
    process = future(robot, slower)
    after = at(process, "f")
    assert (after.step["a"], after.flows) == (at(process).step["a"], at(process).flows)
    assert after.step["t"].handling_min == 1
    lost = [(change.id, edit.id) for change, edit in lost_edits(process, "f")]
    assert lost == [("c1", "e1"), ("c1", "e2"), ("c2", "e1"), ("c2", "e2"), ("c2", "e3")]


def test_a_change_that_would_hold_too_much_is_refused_in_words():
    many = tuple(Step(id=f"n{n}", name=f"N{n}") for n in range(401))
    process = future(FASTER)
    with pytest.raises(FieldError, match="A change holds at most 400 edits, and this would make"):
        record(process, "f", "c2", Map(process.model_copy(update={"steps": many})))


names = st.sampled_from("abcdef")
steps = st.lists(
    st.builds(Step, id=names, name=st.sampled_from(["one", "two"]), lane=names,
              handling_min=st.one_of(st.none(), st.integers(0, 9).map(float))),
    unique_by=lambda row: row.id, max_size=6,
)  # fmt: skip


@st.composite
def processes(draw):
    rows = draw(steps)
    ids = [row.id for row in rows] or ["a"]
    flows = draw(st.lists(
        st.builds(Flow, id=names, source=st.sampled_from(ids), target=st.sampled_from(ids),
                  probability=st.sampled_from([None, 0.2, 0.8])),
        unique_by=lambda row: row.id, max_size=6,
    ))  # fmt: skip
    return Process(steps=tuple(rows), flows=tuple(flows))


@settings(max_examples=200, deadline=None)
@given(processes(), processes())
def test_the_edits_between_two_maps_lead_from_one_to_the_other(before, after):
    change = Change(id="c", name="all", edits=edits_between(Map(before), Map(after)))
    start = before.model_copy(update={"futures": (Future(id="f", name="f", changes=(change,)),)})
    reached = at(start, "f")
    for table in ("lanes", "teams", "steps", "flows"):
        assert {r.id: r for r in getattr(reached, table)} == {
            r.id: r for r in getattr(Map(after), table)
        }
    assert not lost_edits(start, "f")
    assert len({edit.id for edit in change.edits}) == len(change.edits)
