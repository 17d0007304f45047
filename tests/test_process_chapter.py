"""The widgets of the process chapter, without a browser."""

import pytest

from negotiation import spaces
from negotiation.deal import Deal
from negotiation.files.deal_file import sample
from negotiation.values import FieldError
from widgets.process_carry import ProcessCarry
from widgets.process_drawing import ProcessDrawing
from widgets.process_duties import ProcessDuties
from widgets.process_facts import ProcessFacts
from widgets.process_figures import ProcessFigures
from widgets.process_futures import ProcessFutures
from widgets.process_panel import ProcessPanel
from widgets.process_savings import ProcessSavings
from widgets.process_sipoc import ProcessSipoc
from widgets.process_spread import ProcessSpread
from widgets.process_staffing import ProcessStaffing
from widgets.process_tables import ProcessTables
from widgets.process_today import ProcessToday
from widgets.process_view import ProcessView
from widgets.state import DealState


@pytest.fixture
def view():
    return ProcessView(DealState(sample(), "buyer"))


def test_the_panel_says_what_is_selected_and_lets_it_go(view):
    panel = ProcessPanel(view)
    assert not panel.children
    view.selected = "approve"
    assert (panel._head.kind, panel._head.name) == ("Task in Order desk", "Approve the refund")
    panel._head._receive(None, {"event": "close"}, [])
    assert view.selected == ""
    assert not panel.children


def test_a_wait_is_estimated_from_the_load_of_the_team_and_says_so(view):
    panel = ProcessPanel(view)
    view.selected = "reason"
    panel._estimate._receive(None, {"event": "click"}, [])
    step = view.state.deal.get("process.steps.reason")
    assert (step.evidence, step.wait_evidence, step.wait_min > 0) == ("measured", "estimated", True)
    assert step.source == f"{panel._estimate.message} Else: Call records, October 2025"
    view.state.undo()
    assert view.state.deal.get("process.steps.reason").evidence != "estimated"


def test_a_rate_that_is_added_is_ones_own(view):
    facts = ProcessFacts(view)
    count = len(view.state.deal.process.rates)
    facts._rates._append()
    new = view.state.deal.process.rates
    assert len(new) == count + 1
    assert [row.space for row in new if row.id.startswith("rate_b")] == ["buyer"]


def test_each_seat_sees_its_own_rates_alone_while_the_book_is_closed():
    deal = sample()
    documents = spaces.split(deal.document())
    seen = Deal.read(spaces.merge(documents, "supplier", open_book=False))
    assert {row.space for row in seen.process.rates} == {"supplier"}
    assert [row.id for row in seen.process.futures] == ["joint", "shifts"]
    other = Deal.read(spaces.merge(documents, "buyer", open_book=False))
    assert [row.id for row in other.process.futures] == ["joint"]


def test_the_changes_of_the_shown_future_are_told_in_words(view):
    futures = ProcessFutures(view)
    assert not futures._changes.children
    view.open_future("joint")
    assert futures._does.lines[0] == (
        "Agents refund up to 80 dollars: Arrow Above the agent's limit? → Refund or ship again: "
        "the share goes from 80 % to 95 %."
    )
    view.state.remove("process.steps.look_up")
    assert [line for line in futures._does.lines if line[0] == "no"] == [
        ("no", "One screen for order and stock: Step “look_up”: there is none on this map. "
               "This finds no place any more.")
    ]  # fmt: skip


def test_a_change_that_was_drawn_on_another_value_than_today_s_says_so(view):
    futures = ProcessFutures(view)
    view.add_future("Quicker")
    view.put("steps", "identify", "handling_min", 0.5)
    (line,) = futures._does.lines
    assert line == "First change: Step “Confirm who calls”: handling goes from 0.7 min to 0.5 min."
    view.state.edit("process.steps.identify.handling_min", 0.3)
    assert futures._does.lines == ((
        "work", "First change: Step “Confirm who calls”: handling goes from 0.3 min to 0.5 min. "
        "It was drawn on 0.7 min; what it meets now is 0.3 min.",
    ),)  # fmt: skip


def test_a_change_is_edited_like_any_row_and_undone(view):
    futures = ProcessFutures(view)
    view.open_future("joint")
    (table,) = futures._changes.children
    table._record("one_screen", "cost", 90_000.0)
    assert view.state.deal.get("process.futures.joint.changes.one_screen.cost") == 90_000
    view.state.undo()
    assert view.state.deal.get("process.futures.joint.changes.one_screen.cost") == 60_000


def test_what_is_ticked_is_taken_over_in_one_gesture(view):
    carry = ProcessCarry(view)
    rows = {row["id"]: row for row in carry._table.rows}
    assert rows["joint-retained_cost"]["state"] == "– not taken over"
    assert rows["joint-aht_min"]["state"] == "✕ not from this seat"
    before = view.state.deal
    with pytest.raises(FieldError, match="Nothing is ticked"):
        carry._take_over()
    carry._tick("joint-retained_cost", "take", True)
    carry._take_over()
    assert carry._take.message == "1 figure is in the scenarios now."
    states = {row["id"]: row["state"] for row in carry._table.rows}
    assert states["joint-retained_cost"] == "✓ in use"
    assert "today-baseline_units" not in [pin.id for pin in view.state.deal.carried.pins]
    view.state.undo()
    assert view.state.deal == before


def test_a_number_that_moved_on_is_named(view):
    carry = ProcessCarry(view)
    carry._tick("today-retained_cost", "take", True)
    carry._take_over()
    view.put("steps", "approve", "handling_min", 8.0)
    assert any("has moved on since it was taken over" in line for _, line in carry._stale.lines)


def test_figures_stand_today_beside_the_shown_future(view):
    figures = ProcessFigures(view)
    cost = figures._keys.rows[0]
    assert (cost["today"], cost["future"]) == ("1.00\u202fUSD", "")
    view.open_future("joint")
    assert figures._keys.rows[0]["future"] == "0.85\u202fUSD"
    assert figures._keys.sentence == (
        "The map says 22 people in Resolution team, the numbers say 29: one of them is wrong."
    )


def test_a_promise_says_what_callers_who_hang_up_change(view):
    """640 calls an hour of 5.05 minutes are 53.87 erlang; busy for 85 % at most, that is 63.4, so
    64 agents. Where callers leave, 63 do: they are busy with those who stayed alone."""
    staffing = ProcessStaffing(view)
    assert [(row["callers"], row["agents"]) for row in staffing._answers.rows] == [
        ("wait for ever", 64), ("hang up", 63),
    ]  # fmt: skip
    view.state.edit("process.queues.voice_peak.agents", 40)
    assert staffing._answers.rows[0]["level"]["sign"] == "no"
    assert "cannot do this work" in staffing._words.lines[0][1]


def test_letters_are_typed_into_the_matrix_and_others_are_refused(view):
    matrix = ProcessDuties(view)
    assert matrix._open.lines == (("work", "Nobody is accountable for “Work the complaint out”."),)
    matrix._record("work_out", "role:res_lead", "r, a")
    assert matrix._open.lines == ()
    raci = view.state.deal.process.raci
    held = {(row.role, row.letter) for row in raci if row.step == "work_out"}
    assert {("res_lead", "R"), ("res_lead", "A"), ("order_lead", "C")} <= held
    with pytest.raises(FieldError, match="“X” is none of the four letters"):
        matrix._record("work_out", "role:res_lead", "RX")
    matrix._record("work_out", "scope", "out")
    assert view.state.deal.get("process.steps.work_out.scope") == "out"


def test_the_form_begins_the_map_and_later_adds_lanes_alone():
    state = DealState(Deal.read({**sample().document(), "process": {}}), "buyer")
    form = ProcessSipoc(ProcessView(state))
    assert form._seed.disabled
    state.add("process.sipoc", {"id": "x", "supplier": "Customer", "step": "Answer",
                                "output": "Answer given", "customer": "Customer"})  # fmt: skip
    form._begin()
    assert [step.kind for step in state.deal.process.steps] == ["start", "task", "end"]
    with pytest.raises(FieldError, match="has all of this already"):
        form._begin()
    state.undo()
    assert state.deal.process.steps == ()


def _unfolded(tables):
    tables.children[0].unfold()
    return tables.children[0]._body.children


def test_the_table_of_steps_is_the_map_and_its_ways_on_are_typed_in_words(view):
    steps, _lanes, _more = _unfolded(ProcessTables(view))
    rows = {row["id"]: row for row in steps.rows}
    assert rows["solved"]["next"] == (
        'Contact closed: 92 % "yes"; Find the reason: 8 % "calls again" (rework)'
    )
    ids = {flow.id for flow in view.map.outgoing("solved")}
    steps._record("solved", "next", "Contact closed: 90 %; find the reason: 10 % (rework)")
    assert [f.probability for f in view.map.outgoing("solved")] == [0.9, 0.1]
    assert {flow.id for flow in view.map.outgoing("solved")} == ids
    with pytest.raises(FieldError, match="No step is called “Nowhere”"):
        steps._record("solved", "next", "Nowhere")
    with pytest.raises(FieldError, match="is the start; nothing leads to it"):
        steps._record("solved", "next", "Customer calls")


def test_pasted_steps_may_lead_to_steps_further_down():
    view = ProcessView(DealState(Deal.read({**sample().document(), "process": {}}), "buyer"))
    steps, folded, _more = _unfolded(ProcessTables(view))
    lanes, _teams = folded._body.children
    lanes._record_many((), ({"name": "Desk", "party": "supplier"},))
    (lane,) = [row.id for row in view.map.lanes]
    steps._record_many((), (
        {"name": "Call", "lane": lane, "kind": "start", "next": "Answer"},
        {"name": "Answer", "lane": lane, "handling_min": 5.0, "next": "Done: 90 %; Answer: 10 %"},
        {"name": "Done", "lane": lane, "kind": "end"},
    ))  # fmt: skip
    names = {step.id: step.name for step in view.map.steps}
    assert [(names[f.source], names[f.target]) for f in view.map.flows] == [
        ("Call", "Answer"), ("Answer", "Done"), ("Answer", "Answer"),
    ]  # fmt: skip
    view.state.undo()
    assert not view.map.steps


def test_a_lane_that_goes_leaves_its_steps_on_the_map(view):
    _steps, folded, _more = _unfolded(ProcessTables(view))
    folded.unfold()
    lanes, _teams = folded._body.children
    lanes._drop("resolution")
    assert view.map.step["work_out"].lane == ""
    assert view.map.team["resolvers"].lane == ""


def test_savings_are_what_hands_work_out_from_the_sample():
    """By hand, 150,000 contacts a month. An agent's hour costs 473 PHP and one of resolution 560
    PHP at 56 PHP per USD, the order desk's 35.40 USD. Minutes of one pass: 3.998 of agents and
    0.88 of resolution today; with one screen 3.59; with the call-back 1.04 of resolution."""
    hours, agent, resolution, desk = 150_000 / 60, 473 / 56, 560 / 56, 35.4
    limit = hours * 0.26 * (0.20 - 0.05) * 4 / 0.92 * desk
    screen = hours * (0.26 * (0.5 + 0.3) + 0.2) / 0.92 * agent
    approvals = 0.26 * 0.05 * 4
    call_back = hours * (
        agent * 3.59 * (1 / 0.92 - 1 / 0.95)
        + resolution * (0.88 / 0.92 - 1.04 / 0.95)
        + desk * approvals * (1 / 0.92 - 1 / 0.95)
    )
    view = ProcessView(DealState(sample(), "buyer"))
    *changes, together = ProcessSavings(view)._table.rows
    by_hand = [limit, screen, call_back]
    assert [row["month"] for row in changes] == pytest.approx(by_hand)
    assert together["sure"] == pytest.approx(0.9 * limit + 0.8 * screen + 0.7 * call_back)
    assert changes[1]["payback"] == f"{60_000 / (0.8 * screen):.1f}\u202fmo."
    assert changes[2]["payback"] == "not by money"


def test_savings_are_told_change_by_change_and_add_up(view):
    savings = ProcessSavings(view)
    *changes, together = savings._table.rows
    assert [round(row["month"]) for row in changes] == [15_007, 9_365, -695]
    assert together["month"] == pytest.approx(sum(row["month"] for row in changes))
    savings._show_split()
    fair = savings._fair.rows
    assert sum(row["fair"] for row in fair) == pytest.approx(together["month"])
    without = sample().process.replace(futures=())
    state = DealState(sample().replace(process=without), "buyer")
    assert ProcessSavings(ProcessView(state))._table.rows == ()


def test_lead_times_are_run_on_request_and_out_of_date_once_the_map_moves(view):
    spread = ProcessSpread(view, cases=500, seed=3)
    assert not spread._kept.rows
    spread.run()
    assert [row["share"] for row in spread._kept.rows] == [
        "half", "four in five", "nineteen in twenty",
    ]  # fmt: skip
    assert not spread.stale
    view.put("steps", "work_out", "wait_min", 60.0)
    assert spread.stale


def test_an_empty_map_cannot_be_simulated_and_says_so():
    view = ProcessView(DealState(Deal.read({**sample().document(), "process": {}}), "buyer"))
    with pytest.raises(FieldError):
        ProcessSpread(view).run()


def test_the_page_forgets_the_savings_of_a_future_that_is_gone(view):
    savings = ProcessSavings(view)
    assert "What we would build together" in savings._chart.label
    for row in list(view.state.deal.process.futures):
        if row.space == "shared":
            view.state.remove(f"process.futures.{row.id}")
    told = str(savings._table.get_state()) + str(savings._chart.get_state())
    assert "build together" not in told


def test_a_future_state_for_both_sides_opens_when_it_is_added(view):
    futures = ProcessFutures(view)
    states = futures.children[0]
    states._added()
    assert view.state.deal.get(f"process.futures.{view.future}").name == "New future state"
    view.state.edit(f"process.futures.{view.future}.name", "Our idea")
    (table,) = futures._changes.children
    assert table.caption == "Changes of “Our idea”"


def test_without_roles_nobody_answers_for_a_step(view):
    without = sample().process.replace(roles=(), raci=())
    matrix = ProcessDuties(ProcessView(DealState(sample().replace(process=without), "buyer")))
    assert matrix._open.lines == (
        ("work", "No role is named yet, so nobody answers for any step."),
    )


def test_a_map_without_minutes_has_nothing_to_quote():
    view = ProcessView(DealState(Deal.read({**sample().document(), "process": {}}), "buyer"))
    figures = ProcessFigures(view)
    assert "no step has handling minutes yet" in figures._keys.rows[0]["means"]
    assert figures._unsure.empty == "There is nothing to quote yet."


def test_a_simulation_says_when_a_team_is_too_full_for_it(view):
    spread = ProcessSpread(view, cases=300)
    spread.run()
    assert "Resolution team would make them: longer" in spread._kept.sentence


@pytest.mark.parametrize("seat", ["buyer", "supplier"])
def test_a_drawing_of_money_that_leaves_the_page_says_whose_own_rates_it_rests_on(seat):
    deal = sample()
    seen = tuple(rate for rate in deal.process.rates if rate.space in ("shared", seat))
    page = ProcessDrawing(ProcessView(DealState(deal.set("process.rates", seen), seat)))
    own = f"Contains the {seat}'s own rates"
    assert "own rates" not in page._svg().decode()
    page._colour.value = "cost"
    assert own in page._svg().decode()
    assert "own rates" not in page._map.svg
    page._colour.value = "wait"
    assert "own rates" not in page._svg().decode()


def test_a_drawing_of_money_by_shared_rates_alone_says_nothing_of_own_ones():
    deal = sample()
    shared = tuple(rate.replace(space="shared") for rate in deal.process.rates)
    page = ProcessDrawing(ProcessView(DealState(deal.set("process.rates", shared), "buyer")))
    page._colour.value = "cost"
    assert "pm-level-1" in page._svg().decode() and "own rates" not in page._svg().decode()


def test_today_stands_beside_the_shown_future_when_asked_for(view):
    drawing = ProcessDrawing(view)
    today = next(part for part in drawing.children if isinstance(part, ProcessToday))
    assert today.layout.display == "none"
    view.open_future("joint")
    assert today.layout.display is None
    assert not today._map.svg
    today.unfold()
    assert "Look up order" in today._map.svg
    assert today._cost.value.startswith("Today a case takes 6.2 minutes of work and 1.0 hours")


def test_a_future_state_without_an_open_change_is_there_to_look_at(view):
    drawing = ProcessDrawing(view)
    view.open_future("joint", "")
    assert not drawing._map.abilities["add"]
    view.open_future("joint", "one_screen")
    assert drawing._map.abilities["add"]
