"""Gestures on the map, and where the page puts them: today's map, or a change of a future."""

import pytest

from negotiation.files.deal_file import sample
from negotiation.process import Flow, Lane, Process, Step, gestures
from negotiation.process.maps import Map, at
from negotiation.values import FieldError
from widgets.process_view import ProcessView
from widgets.state import DealState


def line():
    return Map(Process(
        lanes=(Lane(id="a", name="A"), Lane(id="b", name="B")),
        steps=(Step(id="s", name="Start", lane="a", kind="start"),
               Step(id="t", name="Task", lane="a"), Step(id="e", name="End", lane="b", kind="end")),
        flows=(Flow(id="f1", source="s", target="t"), Flow(id="f2", source="t", target="e")),
    ))  # fmt: skip


def arrows(found):
    return [(f.source, f.target) for f in found.flows]


def test_a_step_put_behind_another_stands_in_its_way_on():
    after, new = gestures.add_step(line(), after="t")
    assert arrows(after) == [("s", "t"), ("t", new), (new, "e")]
    assert [s.id for s in after.steps] == ["s", "t", new, "e"]
    assert after.step[new].lane == "a"


def test_a_step_behind_a_fork_gets_an_arrow_of_its_own():
    forked, other = gestures.add_step(line(), lane="b")
    forked, _ = gestures.connect(forked, "t", other)
    after, new = gestures.add_step(forked, after="t", lane="b")
    assert ("t", new) in arrows(after)
    assert not after.outgoing(new)
    assert after.step[new].lane == "b"


def test_a_step_taken_out_of_a_line_closes_it():
    after = gestures.remove(line(), ("t",))
    assert arrows(after) == [("s", "e")]


def test_a_step_added_and_taken_out_again_leaves_the_line_as_it_was():
    after, new = gestures.add_step(line(), after="t")
    assert arrows(gestures.remove(after, (new,))) == arrows(line())


def test_arrows_that_cannot_be_are_refused_in_words():
    with pytest.raises(FieldError, match="“End” is an end; nothing follows"):
        gestures.connect(line(), "e", "t")
    with pytest.raises(FieldError, match="is the start; nothing leads to it"):
        gestures.connect(line(), "t", "s")
    with pytest.raises(FieldError, match="is there already"):
        gestures.connect(line(), "s", "t")
    with pytest.raises(FieldError, match="no step 'x'"):
        gestures.connect(line(), "s", "x")


def test_a_step_moves_to_another_lane_and_leaves_its_team():
    around = gestures.put(line(), "steps", "t", "team", "people")
    after = gestures.move_step(around, "t", lane="b")
    assert (after.step["t"].lane, after.step["t"].team) == ("b", "")
    assert [s.id for s in gestures.move_step(line(), "t", before="s").steps] == ["t", "s", "e"]


def test_a_field_that_does_not_fit_is_named_by_its_path():
    with pytest.raises(FieldError) as refused:
        gestures.put(line(), "steps", "t", "handling_min", -3)
    assert refused.value.path == "process.steps.t.handling_min"


# --- the page ---


@pytest.fixture
def view():
    return ProcessView(DealState(sample(), "buyer"))


def test_drawing_on_today_changes_the_draft_and_can_be_undone(view):
    count = len(view.map.steps)
    new = view.draw(lambda here: gestures.add_step(here, after="refund"))
    assert new in view.map.step
    assert len(view.state.deal.process.steps) == count + 1
    view.state.undo()
    assert len(view.map.steps) == count


def test_drawing_on_a_future_changes_the_open_change_alone(view):
    steps, flows = view.today.steps, view.today.flows
    view.open_future("joint", "one_screen")
    view.put("steps", "identify", "handling_min", 0.5)
    assert view.map.step["identify"].handling_min == 0.5
    assert (view.today.steps, view.today.flows) == (steps, flows)
    change = view.state.deal.get("process.futures.joint.changes.one_screen")
    assert ("identify", "handling_min", 0.5) in [(e.row, e.field, e.value) for e in change.edits]
    assert at(view.state.deal.process, "joint").step["look_up"].handling_min == 1.4


def test_without_an_open_change_a_future_takes_nothing_and_says_so(view):
    view.open_future("joint", "")
    with pytest.raises(FieldError, match="belongs to one of its changes"):
        view.draw(lambda here: gestures.remove(here, ("refund",)))


def test_a_future_for_ones_own_eyes_lives_in_ones_own_space(view):
    new = view.add_future("Ours", own=True)
    assert view.state.deal.get(f"process.futures.{new}").space == "buyer"
    (first,) = view.state.deal.get(f"process.futures.{new}").changes
    assert (view.future, view.change) == (new, first.id)
    view.state.undo()
    assert (view.future, view.change) == ("", "")
