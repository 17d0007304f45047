"""Staffing and waits against published figures, closed forms and other programs."""

from math import factorial, inf, isinf
from statistics import NormalDist

import ciw
import numpy as np
import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from negotiation.process.queues import (
    agents_needed,
    allen_cunneen,
    erlang_a,
    erlang_b,
    erlang_c,
    pert,
    pert_draws,
    waiting,
)

agent_counts = st.integers(1, 60)
loads = st.floats(0.01, 80)


# --- Erlang B and C ---


@pytest.mark.parametrize(
    ("agents", "load", "blocked"),
    # Printed tables of Erlang B (for instance ITU-D Teletraffic Handbook, table of the load that
    # is carried at a grade of service): the load at which 1 % or 0.1 % is blocked.
    [(1, 0.0101, 0.01), (5, 1.361, 0.01), (10, 4.461, 0.01), (20, 12.03, 0.01), (10, 3.092, 0.001),
     (50, 37.90, 0.01), (100, 84.06, 0.01)],
)  # fmt: skip
def test_erlang_b_blocks_what_printed_tables_say(agents, load, blocked):
    assert erlang_b(agents, load) == pytest.approx(blocked, rel=2e-3)


@given(agent_counts, loads)
def test_the_recursion_of_erlang_b_is_the_formula(agents, load):
    terms = [load**k / factorial(k) for k in range(agents + 1)]
    assert erlang_b(agents, load) == pytest.approx(terms[-1] / sum(terms), rel=1e-9)


def test_thousands_of_agents_do_not_overflow():
    assert 0 < erlang_b(5_000, 5_000) < 0.02
    # Halfin and Whitt 1981: 1 / (1 + b F(b) / f(b)) with b = (n - a) / sqrt(n), F and f normal.
    b, normal = 100 / 5_000**0.5, NormalDist()
    limit = 1 / (1 + b * normal.cdf(b) / normal.pdf(b))
    assert erlang_c(5_000, 4_900) == pytest.approx(limit, rel=0.02)


def test_erlang_c_of_ten_agents_with_load_eight():
    # The right values; a public page of formulas prints 0.337 and 86 % for the same inputs.
    found = waiting(10, 8 / 4, 4.0, within_min=20 / 60)
    assert found.chance == pytest.approx(0.40918, abs=5e-6)
    assert found.service_level == pytest.approx(0.65364, abs=5e-6)
    assert found.answer_min == pytest.approx(0.40918 * 4 / 2, abs=5e-5)
    assert found.occupancy == pytest.approx(0.8)


def test_eighty_in_twenty_seconds_takes_eleven_agents_for_load_eight():
    assert agents_needed(2.0, 4.0, 0.80, 20 / 60).agents == 11


def test_six_hundred_calls_an_hour_of_six_minutes_take_67_agents():
    found = agents_needed(600 / 60, 6.0, 0.80, 20 / 60)
    assert found.agents == 67
    assert found.waiting.service_level == pytest.approx(0.80897, abs=5e-6)
    assert found.waiting.occupancy == pytest.approx(0.89552, abs=5e-6)


def test_a_hundred_calls_in_half_an_hour_of_ten_minutes_take_forty_agents():
    assert agents_needed(100 / 30, 10.0, 0.80, 20 / 60).agents == 40


def test_one_agent_waits_as_the_queue_of_one_does():
    # M/M/1: the chance to wait is the load, the mean wait is load / (1 - load) x handling.
    found = waiting(1, 0.8 / 5, 5.0)
    assert found.chance == pytest.approx(0.8)
    assert found.answer_min == pytest.approx(0.8 / 0.2 * 5)


def test_a_load_that_is_too_high_never_comes_to_rest():
    found = waiting(10, 2.0, 5.0, within_min=1.0)
    assert (found.chance, found.service_level, found.occupancy) == (1.0, 0.0, 1.0)
    assert isinf(found.answer_min)


def test_limits_on_occupancy_and_time_away_ask_for_more_people():
    free = agents_needed(10.0, 6.0, 0.80, 20 / 60)
    held = agents_needed(10.0, 6.0, 0.80, 20 / 60, occupancy=0.85, shrinkage=0.30)
    assert held.agents == 71  # 60 / 71 = 84.5 %; 60 / 70 = 85.7 %
    assert held.paid == pytest.approx(71 / 0.70)
    assert free.paid == free.agents


@given(st.floats(0.1, 30), st.floats(0.5, 10), st.floats(0.05, 0.99), st.floats(0, 2))
def test_one_agent_fewer_breaks_the_promise(arrivals, handling, level, within):
    found = agents_needed(arrivals, handling, level, within)
    assert found.waiting.service_level >= level
    if found.agents > 1:
        assert waiting(found.agents - 1, arrivals, handling, within).service_level < level


@pytest.mark.parametrize("figures", [(1.0, 0.0), (0.8, 1.0)])
def test_a_promise_to_everybody_is_refused(figures):
    level, shrinkage = figures
    with pytest.raises(ValueError, match="below 1"):
        agents_needed(1.0, 1.0, level, 0.3, shrinkage=shrinkage)


@pytest.mark.parametrize("patience", [None, 2.0])
def test_nobody_is_needed_where_nobody_comes_or_nobody_has_to_be_answered(patience):
    for arrivals, level in ((0.0, 0.8), (2.0, 0.0), (0.0, 0.0)):
        found = agents_needed(arrivals, 4.0, level, 20 / 60, patience_min=patience)
        assert (found.agents, found.paid) == (0, 0)
    # Who never leaves has to be served: then the limit on occupancy asks for people.
    assert agents_needed(2.0, 4.0, 0.0, 20 / 60, occupancy=0.8).agents == 10


# --- Erlang A ---


def test_erlang_c_overstates_the_wait_where_callers_hang_up():
    # 48 calls a minute of one minute, 50 agents: 20.8 s by C; with two minutes of patience 3.7 s,
    # and 3.1 % leave (Garnett, Mandelbaum and Reiman 2002, table 1).
    assert 60 * waiting(50, 48.0, 1.0).answer_min == pytest.approx(20.8, abs=0.05)
    found = waiting(50, 48.0, 1.0, patience_min=2.0)
    assert 60 * found.answer_min == pytest.approx(3.7, abs=0.05)
    assert found.abandoned == pytest.approx(0.031, abs=5e-4)


def test_who_is_as_patient_as_work_is_long_makes_a_queue_of_endless_agents():
    # With patience equal to handling time every state k has the death rate k: Poisson(load).
    found = erlang_a(10, 8 / 4, 4.0, patience_min=4.0)
    below = sum(8.0**k / factorial(k) for k in range(10)) * np.exp(-8.0)
    assert found.chance == pytest.approx(1 - below, rel=1e-12)


@given(st.integers(1, 30), st.floats(0.1, 0.95), st.floats(0, 2))
def test_endless_patience_leads_to_erlang_c(agents, share, within):
    arrivals = share * agents / 3.0
    patient = erlang_a(agents, arrivals, 3.0, 1e9, within)
    never = waiting(agents, arrivals, 3.0, within)
    assert patient.chance == pytest.approx(never.chance, rel=1e-5)
    assert patient.answer_min == pytest.approx(never.answer_min, rel=1e-5)
    assert patient.service_level == pytest.approx(never.service_level, rel=1e-5)


@given(st.integers(1, 30), st.floats(0.1, 60))
def test_no_patience_at_all_leads_to_erlang_b(agents, load):
    found = erlang_a(agents, load / 3.0, 3.0, 1e-9)
    assert found.abandoned == pytest.approx(erlang_b(agents, load), rel=1e-6)


@given(st.integers(1, 30), st.floats(0.1, 60), st.floats(0.1, 20))
def test_those_who_leave_are_those_who_are_not_served(agents, load, patience):
    found = erlang_a(agents, load / 3.0, 3.0, patience, within_min=1e6)
    assert found.service_level == pytest.approx(1 - found.abandoned, abs=1e-9)
    assert found.abandoned == pytest.approx(found.answer_min / patience, rel=1e-9)
    assert 0 <= found.occupancy <= 1 + 1e-12


@given(st.integers(1, 20), st.floats(0.1, 30), st.floats(0.1, 20), st.floats(0, 3))
def test_more_time_to_answer_answers_more(agents, load, patience, within):
    less = erlang_a(agents, load / 3.0, 3.0, patience, within).service_level
    more = erlang_a(agents, load / 3.0, 3.0, patience, within + 0.5).service_level
    assert 1 - erlang_a(agents, load / 3.0, 3.0, patience).chance - 1e-12 <= less <= more + 1e-12


def test_fewer_agents_keep_the_promise_when_callers_hang_up():
    held = agents_needed(48.0, 1.0, 0.80, 20 / 60)
    left = agents_needed(48.0, 1.0, 0.80, 20 / 60, patience_min=2.0)
    assert left.agents < held.agents
    below = waiting(left.agents - 1, 48.0, 1.0, 20 / 60, patience_min=2.0)
    assert below.service_level < 0.80


def test_the_search_for_agents_passes_over_queues_without_end():
    found = agents_needed(16_000.0, 1.0, 0.80, 20 / 60, patience_min=1_440.0)
    assert found.waiting.service_level >= 0.80
    assert 15_500 < found.agents < 16_500


def test_more_agents_than_anybody_has_are_not_searched_for():
    with pytest.raises(ValueError, match="more than 100,000 agents"):
        agents_needed(16_000.0, 10_000.0, 0.80, 20 / 60)


def test_too_much_patience_for_too_few_agents_is_said():
    with pytest.raises(ValueError, match="without end"):
        erlang_a(10, 20.0, 1.0, 1e9)


@pytest.mark.parametrize("bad", [(-1, 1.0), (200_000, 1.0), (5, inf), (5, -1.0)])
def test_what_is_no_queue_is_refused(bad):
    with pytest.raises(ValueError):
        erlang_b(*bad)


# --- other programs ---


def test_erlang_a_agrees_with_a_simulation_by_ciw():
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(4.0)],
        service_distributions=[ciw.dists.Exponential(1.0)],
        number_of_servers=[4],
        reneging_time_distributions=[ciw.dists.Exponential(1 / 2.0)],
    )
    ciw.seed(11)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(8_000)
    records = [r for r in simulation.get_all_records() if r.arrival_date > 50]
    left = np.mean([r.record_type == "renege" for r in records])
    soon = np.mean([r.record_type == "service" and r.waiting_time <= 0.3 for r in records])
    exact = erlang_a(4, 4.0, 1.0, 2.0, within_min=0.3)
    # About 32,000 calls that depend on each other: one standard error is near 0.4 points.
    assert left == pytest.approx(exact.abandoned, abs=0.012)
    assert soon == pytest.approx(exact.service_level, abs=0.016)


def test_erlang_c_agrees_with_a_simulation_by_simpy():
    rng, waits = np.random.default_rng(5), []
    env = simpy.Environment()
    agents = simpy.Resource(env, capacity=3)

    def call(env):
        came = env.now
        with agents.request() as turn:
            yield turn
            waits.append(env.now - came)
            yield env.timeout(rng.exponential(4.0))

    def calls(env):
        for gap in rng.exponential(8 / 3, 40_000):
            yield env.timeout(gap)
            env.process(call(env))

    env.process(calls(env))
    env.run()
    exact = waiting(3, 3 / 8, 4.0, within_min=1.0)
    # About every twelfth call is independent: one standard error of the share is near 0.7 points.
    assert np.mean(np.array(waits) <= 1.0) == pytest.approx(exact.service_level, abs=0.025)
    assert np.mean(waits) == pytest.approx(exact.answer_min, rel=0.1)


# --- Allen-Cunneen, PERT ---


def test_allen_cunneen_is_pollaczek_and_khinchine_for_one_agent():
    # M/D/1 waits half as long as M/M/1: 0.8 / (2 x 0.2) x 5 = 10 minutes.
    assert allen_cunneen(1, 0.8, 5.0, 1.0, 0.0) == pytest.approx(10.0)
    assert allen_cunneen(1, 0.8, 5.0, 1.0, 1.0) == pytest.approx(20.0)
    # M/G/1 with a coefficient of variation of 2: (1 + 4) / 2 times as long as M/M/1.
    assert allen_cunneen(1, 0.8, 5.0, 1.0, 2.0) == pytest.approx(50.0)


def test_allen_cunneen_is_erlang_c_for_random_calls():
    assert allen_cunneen(10, 8.0, 4.0) == pytest.approx(waiting(10, 2.0, 4.0).answer_min)
    assert isinf(allen_cunneen(8, 8.0, 4.0))


def test_three_points_make_a_mean_and_a_spread():
    found = pert(2, 5, 14)
    assert (found.mean, found.sd) == (6.0, 2.0)
    assert found.cv == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="rise"):
        pert(5, 2, 14)


def test_pert_draws_keep_the_mean_and_the_ends():
    draws = pert_draws(2, 5, 14, 40_000, np.random.default_rng(1))
    sd = np.sqrt((6 - 2) * (14 - 6) / 7)
    assert draws.min() >= 2 and draws.max() <= 14
    assert draws.mean() == pytest.approx(6.0, abs=4 * sd / 200)
    assert draws.std() == pytest.approx(sd, rel=0.02)
    assert set(pert_draws(3, 3, 3, 5, np.random.default_rng(1))) == {3.0}
