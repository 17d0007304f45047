"""Simulated cases against the matrix, closed forms and SimPy; seeds are fixed."""

import numpy as np
import pytest
import simpy

from negotiation.process.graph import chain
from negotiation.process.measure import measure
from negotiation.process.simulate import BLOCK, simulate, simulating
from tests.process_toys import toy


def work(minutes, wait=0.0, cv=1.0, wait_cv=1.0):
    return {"handling_min": minutes, "wait_min": wait, "handling_cv": cv, "wait_cv": wait_cv}


def claims(limit=""):
    """A branching map with two loops, one within the other."""
    return toy(
        "s>a", "a>d1", "d1>a 0.2 rework", "d1>b 0.5", "d1>c 0.3", "b>d2", "c>d2",
        "d2>fix 0.25", f"fix>a 1 rework {limit}", "d2>e 0.75",
        steps={"a": work(10, 30), "b": work(20, cv=0.5), "c": work(5, 200), "fix": work(8, 0, 0)},
        lead_target_hours=4.0,
    )  # fmt: skip


@pytest.mark.parametrize("limit", ["", "1", "2"])
def test_mean_spread_and_visits_are_those_of_the_matrix(limit):
    around = claims(limit)
    exact, found = measure(around), simulate(around, 40_000, 3)
    assert found.mean == pytest.approx(exact.lead_minutes, abs=4 * found.standard_error)
    assert found.sd == pytest.approx(exact.lead_sd, rel=0.03)
    assert found.visits == pytest.approx(chain(around).visits, abs=0.03)


def test_a_case_waits_for_the_latest_of_its_branches():
    # The later of two exponential times of mean 10 is 10 x (1 + 1/2) on average; of three x 11/6.
    for branches, latest in ((2, 15), (3, 55 / 3)):
        names = "abc"[:branches]
        arrows = ["s>p", *(f"p>{x}" for x in names), *(f"{x}>j" for x in names), "j>e"]
        around = toy(*arrows, steps={x: work(10) for x in names})
        found = simulate(around, 40_000, 1)
        assert found.mean == pytest.approx(latest, abs=4 * found.standard_error)
        assert measure(around).lead_minutes == pytest.approx(10)
        assert found.visits == pytest.approx(np.ones(len(around.steps)))


def test_branches_that_end_apart_make_a_case_last_as_long_as_the_latest():
    around = toy("s>p", "p>a", "p>b", "a>e1", "b>e2", steps={"a": work(10), "b": work(10)})
    found = simulate(around, 40_000, 1)
    assert found.mean == pytest.approx(15, abs=4 * found.standard_error)


def test_a_loop_around_branches_and_a_branch_that_skips_a_step():
    around = toy(
        "s>p", "p>d", "d>a 0.4", "d>j 0.6", "a>j", "p>b", "b>j", "j>d2", "d2>p 0.3 rework",
        "d2>e 0.7", steps={"a": work(10), "b": work(7)},
    )  # fmt: skip
    found = simulate(around, 40_000, 2)
    assert found.visits == pytest.approx(chain(around).visits, abs=0.03)
    # Each round lasts as long as b, or the later of a and b: 7 + 0.4 x (E max - 7).
    latest = 10 + 7 - 1 / (1 / 10 + 1 / 7)
    expected = (0.6 * 7 + 0.4 * latest) / 0.7
    assert found.mean == pytest.approx(expected, abs=4 * found.standard_error)


def test_a_limit_within_a_branch_that_is_repeated_is_approximate_in_the_matrix_and_said():
    around = toy("s>p", "p>a", "a>a 0.5 rework 1", "a>j 0.5", "p>b", "b>j", "j>d",
                 "d>p 0.5 rework", "d>e 0.5", steps={"a": work(1)})  # fmt: skip
    visits = dict(zip(chain(around).ids, simulate(around, 20_000, 1).visits, strict=True))
    # Two rounds on average, and one repeat unless a case never repeats: with k rounds in 0.5^k of
    # the cases that is the sum of 0.5^k x 0.5^k, a third.
    assert visits["a"] == pytest.approx(2 + 1 - 1 / 3, abs=0.03)
    assert any("are approximate" in w for w in measure(around).warnings)


def test_a_join_whose_branch_ended_elsewhere_goes_on_with_what_came():
    around = toy("s>p", "p>d", "d>j 0.5", "d>e1 0.5", "p>b", "b>j", "j>e2", steps={"b": work(5)})
    found = simulate(around, 4_000, 1)
    assert dict(zip(chain(around).ids, found.visits, strict=True))["e2"] == pytest.approx(1)


def test_percentiles_are_those_of_an_exponential_time():
    found = simulate(toy("s>a", "a>e", steps={"a": work(60)}, lead_target_hours=2), 100_000, 5)
    for name, share in (("p50", 0.5), ("p80", 0.8), ("p95", 0.95)):
        assert found.quantiles()[name] == pytest.approx(-60 * np.log(1 - share), rel=0.02)
    assert found.within == pytest.approx(1 - np.exp(-2), abs=0.005)


def test_nineteen_of_twenty_simulations_enclose_the_percentile():
    around, exact = toy("s>a", "a>e", steps={"a": work(60)}), -60 * np.log(0.2)
    found = [simulate(around, 400, seed).interval(80) for seed in range(200)]
    assert 182 <= sum(low <= exact <= high for low, high in found) <= 199


def test_times_have_the_mean_and_the_variation_of_their_step():
    steps = {"a": work(20, 90, cv=0.3, wait_cv=2.0)}
    found = simulate(toy("s>a", "a>e", steps=steps), 100_000, 4)
    assert found.mean == pytest.approx(110, abs=4 * found.standard_error)
    assert found.sd == pytest.approx((6**2 + 180**2) ** 0.5, rel=0.03)
    assert found.within is None


def test_without_variation_every_case_takes_the_same():
    found = simulate(toy("s>a", "a>e", steps={"a": work(20, 5, 0, 0)}), 100)
    assert set(found.minutes) == {25.0}
    assert found.sd == 0


def by_simpy(around, cases, seed):
    """Lead times of the same map as a process of SimPy: one process a case, one each branch."""
    rng, env, leads = np.random.default_rng(seed), simpy.Environment(), []
    step = around.step

    def minutes(mean, cv):
        return rng.gamma(1 / cv**2, mean * cv**2) if mean and cv else mean or 0.0

    def walk(place, stop):
        while place != stop:
            row = step[place]
            yield env.timeout(
                minutes(row.wait_min, row.wait_cv) + minutes(row.handling_min, row.handling_cv)
            )
            flows = around.outgoing(place)
            if row.kind == "parallel" and len(flows) > 1:
                branches = [env.process(walk(flow.target, "j")) for flow in flows]
                yield env.all_of(branches)
                place = "j"
            elif flows:
                shares = [1.0 if f.probability is None else f.probability for f in flows]
                place = flows[rng.choice(len(flows), p=shares)].target
            else:
                return

    def case():
        begin = env.now
        yield env.process(walk("s", None))
        leads.append(env.now - begin)

    for _ in range(cases):
        env.process(case())
    env.run()
    return np.array(leads)


@pytest.mark.parametrize(
    "around",
    [
        claims(),
        toy(
            "s>p", "p>a", "p>b", "b>d", "d>c 0.4", "d>j 0.6", "c>j", "a>j", "j>d2",
            "d2>p 0.2 rework", "d2>e 0.8",
            steps={"a": work(30, 10, 0.5), "b": work(12, 20), "c": work(40, 0, 0.8)},
        ),
    ],
    ids=["loops", "branches"],
)  # fmt: skip
def test_lead_times_are_distributed_as_simpy_finds(around):
    ours, theirs = simulate(around, 50_000, 8).minutes, by_simpy(around, 5_000, 9)
    error = (ours.var() / 50_000 + theirs.var() / 5_000) ** 0.5
    assert ours.mean() == pytest.approx(theirs.mean(), abs=4 * error)
    # Kolmogorov and Smirnov: with 5,000 cases two samples of one distribution are nearly never
    # further apart than 0.03.
    points = np.sort(theirs)
    apart = np.abs(
        np.searchsorted(np.sort(ours), points) / ours.size - np.arange(points.size) / points.size
    )
    assert apart.max() < 0.03


def test_a_seed_gives_the_same_cases_and_another_seed_others():
    first, again, other = (simulate(claims(), 500, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.minutes, again.minutes)
    assert not np.array_equal(first.minutes, other.minutes)


def test_a_simulation_tells_how_far_it_is_and_can_be_left():
    steps = list(simulating(claims(), 2 * BLOCK + 1, 1))
    assert [(p.done, p.result is None) for p in steps] == [
        (BLOCK, True), (2 * BLOCK, True), (2 * BLOCK + 1, False),
    ]  # fmt: skip
    assert steps[-1].result.minutes.size == 2 * BLOCK + 1


@pytest.mark.parametrize(
    ("around", "cases", "words"),
    [
        (toy(), 10, "nothing is drawn"),
        (toy("s>a", "a>b", "b>a"), 10, "never ends: “a” and “b”"),
        (toy("s>a", "a>a 0.99999 rework", "a>e 0.00001"), 10, "at most 10,000"),
        (claims(), 0, "from 1 to 1,000,000"),
    ],
)
def test_what_cannot_be_simulated_is_said(around, cases, words):
    with pytest.raises(ValueError, match=words):
        simulate(around, cases)
