"""Figures of maps small enough to work out by hand."""

import json
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.process.maps import Map
from negotiation.process.measure import measure
from negotiation.process.prices import prices
from negotiation.process.rows import Lane, Rate, Team
from tests.process_toys import toy

LANES = (Lane(id="front", name="Front", party="buyer"), Lane(id="back", name="B", party="supplier"))


def work(minutes, wait=0.0, lane="front", **more):
    return {"handling_min": minutes, "wait_min": wait, "lane": lane, **more}


def rate(row, hour, **more):
    return Rate(id=row, cost_per_hour=hour, **more)


def loop(**process):
    """Ten minutes in front, then thirty behind after an hour's wait, redone in a fifth of cases."""
    steps = {
        "s": {"lane": "front"}, "e": {"lane": "front"}, "d": {"lane": "back"},
        "a": work(10, team="clerks", value_add="VA"),
        "b": work(30, 60, "back", team="agents", material_cost=2.0),
    }  # fmt: skip
    teams = (
        Team(id="clerks", name="Clerks", lane="front", people=4),
        Team(id="agents", name="Agents", lane="back", people=10),
    )
    hours = (rate("r1", 30.0, lane="front"), rate("r2", 20.0, lane="back"))
    figures = {"cases_per_month": 1_680, "shrinkage": 0.0, "occupancy": 0.8, "rates": hours,
               "hours_per_fte_month": 160, "lanes": LANES, "teams": teams} | process  # fmt: skip
    return toy("s>a", "a>b", "b>d", "d>b 0.2 rework", "d>e 0.8", steps=steps, **figures)


# --- cost and time ---


def test_cost_and_time_are_visits_times_what_a_visit_takes():
    found = measure(loop())
    assert found.touch_minutes == pytest.approx(10 + 1.25 * 30)
    assert found.wait_minutes == pytest.approx(1.25 * 60)
    assert found.lead_minutes == pytest.approx(122.5)
    assert found.cost_per_case == pytest.approx(5 + 1.25 * (10 + 2))
    assert found.efficiency == pytest.approx(47.5 / 122.5)
    assert found.value_share == pytest.approx(10 / 122.5)


def test_rework_costs_what_the_repeats_cost():
    found = measure(loop())
    assert found.rework_cost == pytest.approx(0.25 * 12)
    assert found.rework_minutes == pytest.approx(0.25 * 90)


def test_rework_through_a_step_of_its_own_costs_that_step_too():
    # Kept in the first-pass network, `fix` would swallow 0.3 of the cases there.
    around = toy(
        "s>a", "a>d", "d>fix 0.3", "fix>a 1 rework", "d>pay 0.7", "pay>e",
        steps={i: work(60) for i in ("a", "fix", "pay")},
        lanes=LANES, rates=(rate("r", 1.0, lane="front"),),
    )  # fmt: skip
    # 1 / 0.7 visits of a, 0.3 / 0.7 of fix; a case that goes right at once takes a and pay.
    assert measure(around).cost_per_case == pytest.approx(1 / 0.7 + 0.3 / 0.7 + 1)
    assert measure(around).rework_cost == pytest.approx(2 * 0.3 / 0.7)


def test_hand_offs_are_arrows_taken_from_lane_to_lane():
    # front > back once, and back > front once at the end; the loop stays behind.
    assert measure(loop()).handoffs == pytest.approx(2)


def test_branches_that_meet_in_another_lane_hand_over_together():
    # Front hands out to both branches behind (two arrows), and takes the case back once.
    steps = {i: {"lane": "front"} for i in ("s", "p", "j", "e")}
    steps |= {i: {"lane": "back"} for i in ("a", "b")}
    found = measure(toy("s>p", "p>a", "p>b", "a>j", "b>j", "j>e", steps=steps, lanes=LANES))
    assert found.handoffs == pytest.approx(3)


def test_the_spread_of_the_lead_time_adds_what_every_visit_adds():
    steps = {"a": work(10, handling_cv=0.5), "b": work(20, 30, handling_cv=1.0, wait_cv=2.0)}
    found = measure(toy("s>a", "a>b", "b>e", steps=steps))
    assert found.lead_sd == pytest.approx((5**2 + 20**2 + 60**2) ** 0.5)


def test_parts_by_lane_party_and_evidence_add_up_to_the_whole():
    found = measure(loop())
    assert sum(step.cost for step in found.steps.values()) == pytest.approx(found.cost_per_case)
    assert sum(lane.cost for lane in found.lanes.values()) == pytest.approx(found.cost_per_case)
    assert found.parties["supplier"].cost == pytest.approx(15)
    assert sum(found.evidence.values()) == pytest.approx(found.cost_per_case)


# --- branches side by side ---


def test_side_by_side_only_the_longest_branch_counts_for_the_lead_time():
    minutes = {"a": work(10), "b": work(25), "c": work(5), "t": work(7)}
    found = measure(
        toy("s>p", "p>a", "p>b", "b>c", "a>j", "c>j", "j>t", "t>e", steps=minutes, lanes=LANES)
    )
    assert found.touch_minutes == pytest.approx(47)
    assert found.lead_minutes == pytest.approx(37)
    assert isnan(found.lead_sd)
    assert any("lower bound" in sentence for sentence in found.warnings)


def test_a_split_within_a_split_counts_its_own_longest_branch():
    minutes = {"b": work(10), "c": work(20), "t": work(15)}
    arrows = ("s>p1", "p1>p2", "p2>b", "p2>c", "b>j2", "c>j2", "j2>j1", "p1>t", "t>j1", "j1>e")
    assert measure(toy(*arrows, steps=minutes)).lead_minutes == pytest.approx(20)


def test_a_loop_around_branches_repeats_the_longest():
    minutes = {"a": work(10), "b": work(30)}
    around = toy(
        "s>p", "p>a", "p>b", "a>j", "b>j", "j>d", "d>p 0.5 rework", "d>e 0.5", steps=minutes
    )
    assert measure(around).lead_minutes == pytest.approx(60)


def test_branches_that_do_not_meet_cleanly_are_added_up_and_said():
    minutes = {"a": work(10), "b": work(30)}
    found = measure(toy("s>p", "p>a", "p>b", "a>t", "b>t", "t>e", steps=minutes | {"t": work(1)}))
    assert found.lead_minutes == pytest.approx(42)
    assert any("do not meet cleanly" in sentence for sentence in found.warnings)


# --- people ---


def test_people_needed_and_load_are_counted_for_the_team_over_all_its_steps():
    # The trap: no step of the team is above 100 %, together they are at 140 %.
    steps = {i: work(20, team="desk") for i in "abcd"}
    found = measure(
        toy("s>a", "a>b", "b>c", "c>d", "d>e", steps=steps | {"d": work(20, team="desk")},
            teams=(Team(id="desk", name="Desk", people=2),), cases_per_month=336,
            hours_per_fte_month=160, shrinkage=0.0, occupancy=0.7)
    )  # fmt: skip
    desk = found.teams["desk"]
    assert desk.hours == pytest.approx(448)
    assert desk.utilisation == pytest.approx(1.4)
    assert desk.needed == pytest.approx(4.0)
    assert desk.capacity == pytest.approx(240)
    assert desk.word == "impossible"
    assert any("2 people, the numbers say 4.0" in sentence for sentence in found.warnings)


def test_time_away_lowers_what_a_team_can_bear():
    whole, part = measure(loop()), measure(loop(shrinkage=0.3))
    assert part.utilisation["agents"] == pytest.approx(whole.utilisation["agents"] / 0.7)
    assert part.teams["agents"].needed == pytest.approx(whole.teams["agents"].needed / 0.7)
    assert whole.utilisation["agents"] == pytest.approx(1680 * 1.25 * 0.5 / 1600)


def test_the_bottleneck_is_the_team_with_the_highest_load():
    found = measure(loop())
    assert found.bottleneck == "agents"
    assert found.capacity == pytest.approx(1600 / 0.625)


def test_teams_without_work_are_no_bottleneck():
    found = measure(loop(teams=(Team(id="idle", name="Idle", people=3),)))
    assert found.utilisation == {"idle": 0}
    assert found.bottleneck == "" and found.capacity is None


def test_a_team_above_85_per_cent_is_busy_at_85_it_is_not():
    def word(cases):
        return measure(loop(cases_per_month=cases)).teams["agents"].word

    assert (word(2176), word(2177), word(2560), word(2561)) == ("", "busy", "busy", "impossible")


def test_littles_law_and_the_time_for_each_case():
    # Little 1961: 1,680 cases in 168 hours are 10 an hour; at 122.5 minutes each 20.4 are at work.
    found = measure(loop(open_hours_per_day=8, open_days_per_month=21))
    assert found.wip == pytest.approx(10 * 122.5 / 60)
    assert found.takt_minutes == pytest.approx(6.0)


def test_work_that_explains_todays_people_within_a_tenth_is_believed():
    def doubted(cases):
        return any("measure volume" in w for w in measure(loop(cases_per_month=cases)).warnings)

    fte_for_a_case = (10 / 60 + 0.625) / 160 / 0.8
    exact = 14 / fte_for_a_case
    assert [doubted(exact * x) for x in (0.89, 0.91, 1.09, 1.11)] == [True, False, False, True]


def test_without_volume_nothing_is_said_about_people():
    found = measure(loop(cases_per_month=None))
    assert found.fte_needed is None and found.wip is None and found.workload_share is None
    assert found.utilisation == {}
    assert found.cost_per_case > 0


def test_yield_and_automation():
    steps = {"a": work(30, error_rate=0.1, automation_share=0.5), "b": work(30, error_rate=0.2)}
    found = measure(toy("s>a", "a>b", "b>e", steps=steps, cases_per_month=100))
    assert found.rolled_yield == pytest.approx(0.72)
    assert found.automation_hours == pytest.approx(25)
    assert measure(loop()).rolled_yield is None


def test_an_error_on_a_way_that_half_the_cases_take_hits_half_of_them():
    steps = {"a": work(1, error_rate=0.36), "b": work(1), "c": work(1, error_rate=0.5)}
    found = measure(toy("s>d", "d>a 0.5", "d>b 0.5", "a>c", "b>c", "c>e", steps=steps))
    assert found.rolled_yield == pytest.approx(0.5 * (0.5 * 0.64 + 0.5))


def test_errors_of_branches_side_by_side_multiply():
    steps = {"a": work(1, error_rate=0.1), "b": work(1, error_rate=0.2)}
    found = measure(toy("s>p", "p>a", "p>b", "a>j", "b>j", "j>e", steps=steps))
    assert found.rolled_yield == pytest.approx(0.72)


# --- money ---


def test_the_most_particular_rate_wins_then_the_owners_own_then_the_shared_one():
    rows = [
        rate("guess", 1, lane="back", space="buyer"),
        rate("shared", 2, lane="back"),
        rate("own", 3, lane="back", space="supplier"),
        rate("team", 4, team="agents", space="buyer"),
        rate("step", 5, step="b", space="buyer"),
    ]
    for count in range(1, 6):
        assert prices(loop(rates=tuple(rows[:count]))).hour["b"] == count
        assert prices(loop(rates=tuple(reversed(rows[:count])))).hour["b"] == count
    assert "a" not in prices(loop(rates=tuple(rows))).hour


def test_rates_in_another_currency_are_converted_or_left_out_and_said():
    around = loop(
        rates=(rate("r1", 30, lane="front"), rate("r2", 1000, lane="back", currency="PHP"))
    )
    assert measure(around, lambda code: 0.02).cost_per_case == pytest.approx(5 + 1.25 * 12)
    found = measure(around)
    assert found.cost_per_case == pytest.approx(5 + 1.25 * 2)
    assert any("PHP" in sentence for sentence in found.warnings)
    assert any("No rate is seen for “b”" in sentence for sentence in found.warnings)
    assert found.unpriced_share == pytest.approx(37.5 / 47.5)


def test_the_share_of_cost_that_rests_on_estimates_counts_the_weaker_of_step_and_rate():
    around = loop(rates=(rate("r1", 30, lane="front", evidence="measured"),
                         rate("r2", 20, lane="back", evidence="agreed")))  # fmt: skip
    steps = tuple(s.model_copy(update={"evidence": "measured"}) for s in around.steps)
    measured = Map(around.process.model_copy(update={"steps": steps}))
    found = measure(measured)
    assert found.estimated_share == 0
    assert found.evidence["agreed"] == pytest.approx(15)
    assert measure(around).estimated_share == pytest.approx(1)


# --- what is printed ---


def test_the_printed_figures_are_plain_and_have_the_promised_names():
    printed = measure(loop()).as_dict()
    names = {"cost_per_case", "touch_minutes", "wait_minutes", "lead_minutes", "rework_cost",
             "handoffs", "visits", "utilisation", "warnings"}  # fmt: skip
    assert names <= printed.keys()
    assert printed["visits"]["b"] == pytest.approx(1.25)
    assert set(printed["utilisation"]) == {"clerks", "agents"}
    assert json.loads(json.dumps(printed, allow_nan=False)) == printed


def test_a_loop_that_never_ends_has_no_figures_and_says_which():
    around = loop()
    flows = tuple(f for f in around.flows if f.target != "e")
    found = measure(Map(around.process.model_copy(update={"flows": flows})))
    assert found.as_dict()["cost_per_case"] is None
    assert "never ends: “d” and “b”" in found.warnings[0]
    json.dumps(found.as_dict(), allow_nan=False)


def test_a_map_without_anything_has_figures_of_nothing():
    printed = measure(toy()).as_dict()
    assert printed["cost_per_case"] == 0
    assert printed["efficiency"] is None


@given(st.floats(0.01, 0.9), st.floats(1, 100), st.floats(0, 500), st.floats(1, 200))
def test_twice_the_rates_is_twice_the_cost_and_time_does_not_move(r, minutes, wait, hour):
    def of(factor):
        return measure(
            toy("s>a", "a>d", f"d>a {r} rework", f"d>e {1 - r}", steps={"a": work(minutes, wait)},
                lanes=LANES, rates=(rate("r", factor * hour, lane="front"),))
        )  # fmt: skip

    assert of(2).cost_per_case == pytest.approx(2 * of(1).cost_per_case)
    assert of(2).lead_minutes == of(1).lead_minutes == pytest.approx((minutes + wait) / (1 - r))
