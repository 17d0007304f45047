"""The wait for a team, estimated from its people and its load."""

from math import isinf

import pytest

from negotiation.process.measure import measure
from negotiation.process.queues import waiting
from negotiation.process.rows import Team
from negotiation.process.waits import team_queue, wait_estimate
from negotiation.values import FieldError
from tests.process_toys import toy


def desk(people, cases, **steps):
    """A team that is there 160 hours a month, while it is open; shrinkage aside."""
    arrows = ["s>a", "a>b", "b>e"] if len(steps) == 2 else ["s>a", "a>e"]
    return toy(
        *arrows, steps={k: {"team": "t", **v} for k, v in steps.items()},
        teams=(Team(id="t", name="T", people=people),), cases_per_month=cases, shrinkage=0.0,
        hours_per_fte_month=160, open_hours_per_day=8, open_days_per_month=20,
    )  # fmt: skip


def queue(around):
    return team_queue(around, measure(around), "t")


def test_a_team_with_random_work_waits_as_erlang_c_says():
    found = queue(desk(10, 160 * 120, a={"handling_min": 4, "handling_cv": 1.0}))
    assert (found.agents, found.load) == (10, pytest.approx(8))
    assert found.wait_min == pytest.approx(waiting(10, 2.0, 4.0).answer_min)


def test_work_of_two_steps_varies_by_step_too():
    # Twice one minute or five, always the same: mean 3, standard deviation 2.
    found = queue(desk(1, 160 * 5, a={"handling_min": 1}, b={"handling_min": 5}))
    assert found.handling_min == pytest.approx(3)
    assert found.handling_cv == pytest.approx(2 / 3)
    assert found.arrivals_per_min == pytest.approx(10 / 60)
    # Pollaczek and Khinchine: load 1/2, so 3 minutes times (1 + 4/9) / 2.
    assert found.wait_min == pytest.approx(3 * (1 + 4 / 9) / 2)


def test_a_team_with_too_much_work_waits_for_ever():
    assert isinf(queue(desk(1, 160 * 60, a={"handling_min": 2})).wait_min)


@pytest.mark.parametrize(
    ("people", "cases", "minutes"), [(0.5, 10, 5), (None, 10, 5), (2, None, 5), (2, 10, None)]
)
def test_nothing_is_estimated_from_what_is_not_known(people, cases, minutes):
    assert queue(desk(people, cases, a={"handling_min": minutes})) is None


def estimate(around):
    return wait_estimate(around, measure(around), "a")


def test_an_estimated_wait_says_that_it_is_one_and_how_it_was_worked_out():
    found = estimate(desk(10, 160 * 120, a={"handling_min": 4, "handling_cv": 1.0}))
    wait = waiting(10, 2.0, 4.0).answer_min
    assert found.fields["wait_min"] == pytest.approx(wait, rel=0.05)
    assert found.fields["wait_evidence"] == "estimated" and "evidence" not in found.fields
    assert found.fields["source"] == found.sentence == (
        "Wait from the load of T: 10 there at a time, 80% busy, 120 pieces an hour of 4 min each "
        "(Allen and Cunneen)."
    )


@pytest.mark.parametrize(
    ("people", "words"), [(6, "more work than people"), (0, "needs the step's team, its people")]
)
def test_a_wait_that_cannot_be_estimated_is_refused_in_a_sentence(people, words):
    with pytest.raises(FieldError, match=words):
        estimate(desk(people, 160 * 120, a={"handling_min": 4}))
