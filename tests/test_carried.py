"""A figure of the map in use in the scenarios, as both chapters tell it."""

import pytest

from negotiation.carry.effects import effects
from negotiation.carry.offers import all_offers, offers, take
from negotiation.deal import Deal
from negotiation.files.deal_file import sample
from widgets import carried
from widgets.process_carry import ProcessCarry
from widgets.process_facts import ProcessFacts
from widgets.process_figures import ProcessFigures
from widgets.process_futures import ProcessFutures
from widgets.process_view import ProcessView
from widgets.scenarios_cases import ScenarioCases
from widgets.scenarios_drivers import ScenarioDrivers
from widgets.state import DealState


@pytest.fixture
def state():
    """The supplier, with everything taken over that it may take."""
    deal = sample()
    chosen = [o for o in all_offers(deal, "supplier") if not o.problem]
    return DealState(take(deal, chosen, "supplier"), "supplier")


def own(drivers):
    return {row["id"]: row for row in drivers._groups["own"]._values.rows}


def shows(widget):
    return widget.layout.display != "none"


def test_nothing_is_worked_out_or_shown_where_nothing_was_taken_over(monkeypatch):
    monkeypatch.setattr(carried, "used", None)
    drivers = ScenarioDrivers(DealState(sample(), "supplier"))
    assert not shows(drivers._carried)
    assert own(drivers)["aht_min"]["_note"] == "minutes per contact"


def test_a_driver_s_row_says_what_of_it_came_from_the_map(state):
    row = own(ScenarioDrivers(state))["aht_min"]
    assert row["_note"] == (
        "minutes per contact · from the process map ✓: the value, “What we would build together”"
    )
    assert row["_doubts"] == {}


def test_a_number_of_the_map_that_moves_is_told_at_the_driver_and_taken_over_again(state):
    drivers = ScenarioDrivers(state)
    state.edit("process.steps.reason.handling_min", 1.2)
    doubt = own(drivers)["aht_min"]["_doubts"]["value"]
    assert doubt == (
        "From the process map, out of date: the map has moved on; it leads to 6.22 → 6.01 "
        "minutes per unit."
    )
    assert shows(drivers._carried._again)
    drivers._carried._take()
    assert own(drivers)["aht_min"]["_doubts"] == {}
    assert not shows(drivers._carried._again)
    state.undo()
    assert own(drivers)["aht_min"]["_doubts"]["value"] == doubt


def test_a_value_changed_by_hand_since_says_so_and_may_be_kept_as_ones_own(state):
    drivers = ScenarioDrivers(state)
    drivers._groups["own"]._record("aht_min", "value", (6.5,))
    row = own(drivers)["aht_min"]
    assert "Changed by hand since it was taken from the process map" in row["_doubts"]["value"]
    drivers._carried._let_go()
    assert own(drivers)["aht_min"]["_doubts"] == {}
    assert state.deal.get("scenarios.drivers.aht_min.value") == 6.5
    assert "scenarios.drivers.aht_min.value" not in {p.target for p in state.deal.carried.pins}


def test_a_removed_driver_takes_its_pins_along_and_brings_them_back_with_it(state):
    drivers = ScenarioDrivers(state)
    before = state.deal
    drivers._groups["own"]._remove("aht_min")
    assert not [p for p in state.deal.carried.pins if "aht_min" in p.target]
    state.undo()
    assert state.deal == before


def test_a_removed_scenario_takes_its_pins_along(state):
    cases = ScenarioCases(state)
    notes = {row["id"]: row["_note"] for row in cases._table.rows}
    assert notes["f_joint"] == "from the process map: “What we would build together”"
    assert notes["worst"] == ""
    cases._remove("f_joint")
    assert not [p for p in state.deal.carried.pins if "f_joint" in p.target]
    assert [p for p in state.deal.carried.pins if "f_shifts" in p.target]


def test_a_scenario_whose_future_state_went_says_so_in_both_chapters(state):
    view = ProcessView(state)
    cases, carry = ScenarioCases(state), ProcessCarry(view)
    state.remove("process.futures.joint")
    notes = {row["id"]: row["_note"] for row in cases._table.rows}
    assert "its future state is gone from the process map" in notes["f_joint"]
    assert carry._stale.lines == ((
        "wait", "Handle time, Transition spend of the scenario “What we would build together”: The "
        "future state it was taken from is gone. What stands here stays until you change it."),)
    assert shows(carry._keep)
    carry._let_go()
    assert carry._stale.lines == () and not shows(carry._keep)
    assert state.deal.get("scenarios.drivers.aht_min.by_scenario.f_joint.value")


def test_the_map_s_chapter_says_where_a_figure_is_used(state):
    view = ProcessView(state)
    volume = ProcessFacts(view).children[1]
    figures = ProcessFigures(view).children[1]
    assert volume.lines == (
        ("ok", "Baseline: in use in the scenarios, 150,000 units per month."),
    )
    state.edit("process.cases_per_month", 160_000)
    assert volume.lines[0][0] == "work"
    told = "Handle time: in use in the scenarios, 6.00 → 5.80 minutes per unit."
    assert ("ok", told) in figures.lines
    nobody = ProcessView(DealState(sample(), "supplier"))
    assert not shows(ProcessFigures(nobody).children[1])


def test_each_change_says_which_of_its_effects_reach_the_scenarios():
    """By hand, at 150,000 contacts: the order desk approves .26·(.2 - .05)/.92 less often, 4 min
    at 35.4 an hour; "one screen" takes (.26·.8 + .2)/.92 = .443 min out of the supplier's work."""
    limit, screen, back = effects(sample(), "joint")
    assert limit.kept_year == pytest.approx(12 * 150_000 * 0.26 * 0.15 / 0.92 * 4 / 60 * 35.4)
    assert limit.handling_min == pytest.approx(0)
    assert screen.handling_min == pytest.approx(0.408 / 0.92)
    assert screen.once == {"buyer": 30_000, "supplier": 30_000}
    assert back.once == {"supplier": 20_000} and back.lead_min > 0


def test_a_person_chooses_between_all_of_an_effect_and_what_its_owner_would_sign_for(state):
    fresh = DealState(sample(), "supplier")
    carry = ProcessCarry(ProcessView(fresh))
    assert shows(carry._extent) and not shows(carry._open)
    notes = {row["id"]: row for row in carry._table.rows}
    assert "its owners would sign for less" in notes["joint-aht_min"]["_note"]
    carry._extent.value = True
    sure = {row["id"]: row for row in carry._table.rows}["joint-aht_min"]
    assert sure["figure"] != notes["joint-aht_min"]["figure"]
    carry._tick("joint-aht_min", "take", True)
    carry._take_over()
    (pin,) = fresh.deal.carried.pins
    assert pin.sure
    assert {row["id"]: row for row in carry._table.rows}["joint-aht_min"]["state"] == "✓ in use"


def test_a_scenario_is_shown_to_both_sides_after_its_future_state_was(state):
    state = DealState(sample().set("process.futures.joint.space", "supplier"), "supplier")
    state.replace(take(state.deal, [
        offer for offer in offers(state.deal, "supplier", "joint") if not offer.problem
    ], "supplier"))  # fmt: skip
    carry = ProcessCarry(ProcessView(state))
    assert not shows(carry._open)
    state.edit("process.futures.joint.space", "shared")
    assert shows(carry._open) and "only we see the scenario" in carry._stale.lines[-1][1]
    carry._share()
    assert not shows(carry._open)
    assert state.deal.get("scenarios.cases.f_joint.space") == "shared"


def test_widgets_of_one_deal_share_its_figures_and_another_deal_has_its_own(state):
    first = carried.source_of(state)
    state.edit("scenarios.drivers.aht_min.value", 6.4)
    assert carried.source_of(state) is first
    state.edit("process.steps.reason.handling_min", 1.2)
    assert carried.source_of(state) is not first
    assert carried.source_of(DealState(sample(), "supplier")) is not first


def test_the_list_of_changes_tells_money_that_arrives_from_time_that_does_not():
    view = ProcessView(DealState(sample(), "buyer"))
    futures = ProcessFutures(view)
    assert futures._arrives.lines == ()
    view.open_future("joint")
    signs = [sign for sign, _ in futures._arrives.lines]
    assert signs == ["ok", "wait"] * 3
    first, time, *_ = [words for _, words in futures._arrives.lines]
    assert "from 2027-04: 180,078\u202fUSD less a year for the buyer's own work" in first
    assert "5,000\u202fUSD once for the buyer" in first
    assert "No scenario counts that" in time


def test_a_change_that_makes_the_supplier_s_work_dearer_by_material_is_left_to_people():
    edits = [{"id": "e1", "op": "set", "table": "steps", "row": "answer",
              "field": "material_cost", "value": 0.5}]  # fmt: skip
    document = sample().document()
    document["process"]["futures"] = [
        {"id": "m", "name": "Letters", "changes": [{"id": "c", "name": "Post", "edits": edits}]}
    ]
    view = ProcessView(DealState(Deal.read(document), "supplier"))
    futures = ProcessFutures(view)
    view.open_future("m")
    assert futures._arrives.lines == ((
        "wait", "Post: material or rates in the supplier's lanes change. Put that into the "
        "supplier's drivers by hand."),)  # fmt: skip
