"""Rows that several people add at once, rows that go, and what their ids tell."""

import re

import pytest

from negotiation.desk import LocalDesk
from negotiation.files.deal_file import sample
from negotiation.process import Raci, Rate, SipocLine, gestures
from negotiation.process.ids import joined_id
from negotiation.process.maps import TABLES, at, named_ids
from negotiation.store import Store
from widgets.process_drawing import ProcessDrawing
from widgets.process_duties import ProcessDuties
from widgets.process_facts import ProcessFacts
from widgets.process_sipoc import ProcessSipoc
from widgets.process_tables import STEPS, MapRows
from widgets.process_view import ProcessView
from widgets.session import _told_conflict
from widgets.state import DealState


@pytest.fixture
def desk():
    closed = sample().set("identity.disclosure", "closed")
    return LocalDesk(Store(":memory:"), "buyer").create(closed)


def page(desk, seat="buyer"):
    return ProcessView(DealState(desk=desk.at(seat=seat)))


def behind(view, step, name):
    """A new step behind another, drawn and named on the map that a page shows."""
    new = view.draw(lambda here: gestures.add_step(here, after=step, new_id=view.new_id))
    view.put("steps", new, "name", name)
    return new


def names(view):
    return {step.name for step in view.map.steps}


def test_both_sides_add_a_step_and_both_steps_stand(desk):
    buyer, supplier = page(desk), page(desk, "supplier")
    behind(buyer, "identify", "Buyer's step")
    behind(supplier, "reason", "Supplier's step")
    buyer.state.table()
    supplier.state.look()
    assert not supplier.state.conflicts
    supplier.state.table()
    assert not supplier.state.untabled
    buyer.state.look()
    assert {"Buyer's step", "Supplier's step"} <= names(buyer)


def test_two_pages_of_one_side_add_a_step_and_both_steps_stand(desk):
    one, other = page(desk), page(desk)
    behind(one, "identify", "One")
    behind(other, "reason", "Other")
    assert not other.state.conflicts
    assert {"One", "Other"} <= names(other)


def test_both_sides_add_a_change_to_a_shared_future_state_and_both_stand(desk):
    buyer, supplier = page(desk), page(desk, "supplier")
    for view, name in ((buyer, "Buyer's idea"), (supplier, "Supplier's idea")):
        view.open_future("joint")
        view.add_change(name)
    buyer.state.table()
    supplier.state.look()
    assert not supplier.state.conflicts
    changes = supplier.state.deal.get("process.futures.joint.changes")
    assert {"Buyer's idea", "Supplier's idea"} <= {change.name for change in changes}


def on_a_change(desk, seat="buyer", change="one_screen"):
    view = page(desk, seat)
    view.open_future("joint", change)
    return view


def test_two_pages_of_one_side_draw_on_one_change_and_both_strokes_stand(desk):
    one, other = on_a_change(desk), on_a_change(desk)
    one.put("steps", "identify", "handling_min", 0.4)
    other.put("steps", "reason", "handling_min", 0.7)
    assert not other.state.conflicts
    assert other.map.step["identify"].handling_min == 0.4
    assert other.map.step["reason"].handling_min == 0.7


def test_both_sides_draw_on_one_change_and_both_strokes_stand(desk):
    buyer, supplier = on_a_change(desk), on_a_change(desk, "supplier")
    buyer.put("steps", "identify", "handling_min", 0.4)
    supplier.put("steps", "reason", "handling_min", 0.7)
    buyer.state.table()
    supplier.state.look()
    assert not supplier.state.conflicts
    assert supplier.map.step["identify"].handling_min == 0.4
    assert supplier.map.step["reason"].handling_min == 0.7


def test_the_same_field_drawn_twice_on_one_change_asks_in_sentences(desk):
    one, other = on_a_change(desk), on_a_change(desk)
    one.put("steps", "identify", "handling_min", 0.4)
    other.put("steps", "identify", "handling_min", 0.2)
    (told,) = [_told_conflict(other.state, row) for row in other.state.conflicts]
    today = "Step “Confirm who calls”: handling goes from 0.7 min to"
    assert (told["mine_words"], told["theirs_words"]) == (f"{today} 0.2 min.", f"{today} 0.4 min.")
    assert told["label"].endswith("“One screen for order and stock”")
    one.put("steps", "identify", "handling_min", 0.3)
    late = on_a_change(desk)
    one.put("steps", "identify", "handling_min", 0.35)
    late.put("steps", "identify", "handling_min", 0.1)
    (told,) = [_told_conflict(late.state, row) for row in late.state.conflicts]
    assert (told["mine_words"], told["theirs_words"]) == (f"{today} 0.1 min.", f"{today} 0.35 min.")


@pytest.mark.parametrize(("keep", "stands"), [("mine", 0.2), ("theirs", 0.4)])
def test_the_choice_between_two_strokes_of_one_side_stands(desk, keep, stands):
    one, other = on_a_change(desk), on_a_change(desk)
    one.put("steps", "identify", "handling_min", 0.4)
    other.put("steps", "identify", "handling_min", 0.2)
    other.state.resolve(other.state.conflicts[0].path, keep)
    assert not other.state.conflicts
    assert on_a_change(desk).map.step["identify"].handling_min == stands


def test_an_id_does_not_tell_how_many_rows_a_side_keeps_to_itself(desk):
    view = page(desk)
    rates = ProcessFacts(view)._rates
    rates._append()
    rates._append()
    ids = [row.id for row in view.state.deal.process.rates if row.id.startswith("rate_b")]
    assert len(set(ids)) == 2
    assert all(len(row) == len("rate_b") + 5 for row in ids)
    assert not {"rate_b1", "rate_b2"} & set(ids)
    own, shared = view.add_future("Ours", own=True), view.add_future("For both")
    assert not {own, shared} & {"future_b1", "future_b2"}


def today(view):
    return {row.id for table in TABLES for row in getattr(view.today, table)}


def test_whatever_way_a_row_comes_onto_the_map_its_id_is_nobody_else_s(desk):
    view = page(desk)
    known = today(view)
    drawing = ProcessDrawing(view)
    drawing._map._add({"after": "identify", "lane": ""}, [])
    (step,) = {row.id for row in view.map.steps} - known
    drawing._map._connect({"source": step, "target": "solved"}, [])
    drawing._add_lane()
    rows = MapRows(view, "steps", STEPS, key="steps", caption="Steps",
                   new=lambda _here: {"name": "Typed", "lane": ""})  # fmt: skip
    rows._added()
    rows._edited(view.map.steps[-1].id, "next", "Contact closed")
    view.state.add("process.sipoc", SipocLine(id="line", supplier="Somebody else"))
    ProcessSipoc(view)._begin()
    new = today(view) - known
    shape = re.compile(r"(s|f|l|lane)b[a-z2-9]{5}")
    assert [row for row in new if not shape.fullmatch(row)] == []
    assert {shape.fullmatch(row)[1] for row in new} == {"s", "f", "l", "lane"}


def test_a_new_row_takes_no_id_that_a_future_state_uses(desk, monkeypatch):
    view = page(desk)
    view.add_future("Later")
    new = behind(view, "identify", "Robot check")
    view.open_future("")
    drawn = iter([new, new, "sb_other", "fb_one", "fb_two"])
    monkeypatch.setattr("widgets.process_view.fresh_id", lambda *_: next(drawn))
    assert new in named_ids(view.state.deal.process)
    assert behind(view, "reason", "Human sign-off") == "sb_other"
    later = at(view.state.deal.process, view.state.deal.process.futures[-1].id)
    assert later.step[new].name == "Robot check"
    assert later.step["sb_other"].name == "Human sign-off"


def with_duties_and_rates(view, step):
    """A page on whose map a step has a duty, a shared rate and a rate of the page's own side."""
    process = view.state.deal.process
    view.state.edit_many([
        ("process.raci", (*process.raci, Raci(id="rx", step=step, role=process.roles[0].id,
                                              letter="A"))),
        ("process.rates", (*process.rates, Rate(id="both", step=step, cost_per_hour=999),
                           Rate(id="own", step=step, cost_per_hour=9, space="buyer"))),
    ])  # fmt: skip


def about(view, step):
    process = view.state.deal.process
    return [row.id for row in (*process.raci, *process.rates) if row.step == step]


def test_a_step_that_goes_takes_its_duties_and_shared_rates_and_undo_brings_them_back(desk):
    view = page(desk)
    new = behind(view, "identify", "Old")
    with_duties_and_rates(view, new)
    view.draw(lambda here: gestures.remove(here, (new,)))
    assert about(view, new) == ["own"]
    assert behind(view, "identify", "Brand new") != new
    view.state.undo()
    view.state.undo()
    view.state.undo()
    assert set(about(view, new)) == {"rx", "both", "own"}
    assert "Old" in names(view)


def test_a_role_that_goes_takes_its_duties(desk):
    view = page(desk)
    role = view.state.deal.process.roles[0].id
    with_duties_and_rates(view, "identify")
    ProcessDuties(view)._roles._removed(role)
    process = view.state.deal.process
    assert role not in [row.id for row in process.roles] + [row.role for row in process.raci]
    view.state.undo()
    assert role in [row.role for row in view.state.deal.process.raci]


def test_where_a_removed_step_was_named_is_said(desk):
    view = page(desk)
    measure = view.state.deal.outcomes.measures[0]
    view.state.edit(f"outcomes.measures.{measure.id}.steps", ("look_up",))
    view.draw(lambda here: gestures.remove(here, ("look_up",)))
    assert view.state.message == (
        f"“Look up order and stock” is gone from today's map, and the measure “{measure.name}” "
        "and the future state “What we would build together” name it. Undo brings it back."
    )
    new = behind(view, "identify", "Nobody's")
    view.draw(lambda here: gestures.remove(here, (new,)))
    assert view.state.message == ""


def test_an_id_that_is_made_of_parts_fits_and_stays_apart_from_others():
    assert joined_id("steps", "reason", "handling_min") == "steps-reason-handling_min"
    long = [joined_id("set", "x" * 60, field) for field in ("handling_min", "handling_cv")]
    assert [len(row) for row in long] == [64, 64]
    assert long[0] != long[1]
