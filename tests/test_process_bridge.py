"""Savings change by change, worked out by hand."""

from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.process.bridge import MOST_CHANGES, bridge, paid, shapley
from negotiation.process.graph import chain
from negotiation.process.measured import Measured
from negotiation.process.rows import Change, Edit, Future, Lane, Process, Rate, Team
from negotiation.values import FieldError
from tests.process_toys import toy

LANES = (Lane(id="buy", name="Buyer", party="buyer"), Lane(id="sup", name="S", party="supplier"))
RATES = (Rate(id="r1", lane="buy", cost_per_hour=60), Rate(id="r2", lane="sup", cost_per_hour=30))


def to(table, row, field, value):
    return Edit(id=f"{row}-{field}", op="set", table=table, row=row, field=field, value=value)


def change(row, *edits, **more):
    return Change(id=row, name=row, edits=edits, **more)


FASTER = change("faster", to("steps", "b", "handling_min", 20), cost=6_000, paid_by="supplier",
                date="2027-04", confidence=0.5)  # fmt: skip
RIGHT = (to("flows", "f3", "probability", 0.1), to("flows", "f4", "probability", 0.9))
BETTER = change("better", *RIGHT, cost=1_000, date="2027-06")
SOONER = change("sooner", to("steps", "b", "wait_min", 15))


def process(*changes, **fields) -> Process:
    """Six minutes of the buyer, forty of the supplier after an hour, redone in a fifth of cases."""
    steps = {
        "a": {"handling_min": 6, "lane": "buy"},
        "b": {"handling_min": 40, "wait_min": 60, "lane": "sup", "team": "crew"},
        "d": {"lane": "sup"},
    }
    figures = {"lanes": LANES, "rates": RATES, "cases_per_month": 1_000.0, "shrinkage": 0.0,
               "occupancy": 1.0, "teams": (Team(id="crew", name="Crew", lane="sup"),)}  # fmt: skip
    return toy(
        "s>a", "a>b", "b>d", "d>b 0.2 rework", "d>e 0.8", steps=steps,
        futures=(Future(id="then", name="Then", changes=changes),), **figures | fields,
    ).process  # fmt: skip


def test_each_change_counts_what_it_adds_to_those_before_it():
    # b costs 20 a visit at 1.25 visits; then 10; then 10 at 1 / 0.9 visits.
    found = bridge(process(FASTER, BETTER), "then")
    assert [s.cost_per_case for s in found.savings] == pytest.approx([12.5, 12.5 - 10 / 0.9])
    # The other way round the better first time right saves on forty minutes, not on twenty.
    turned = bridge(process(BETTER, FASTER), "then")
    assert [s.cost_per_case for s in turned.savings] == pytest.approx([25 - 20 / 0.9, 10 / 0.9])
    assert turned.cost_per_case == pytest.approx(found.cost_per_case)


def test_states_that_lead_cases_the_same_ways_share_their_chain(monkeypatch):
    """Today, faster and sooner have one chain, better another; a new wait makes none anew."""
    counted = []

    def counting(around):
        counted.append(around)
        return chain(around)

    monkeypatch.setattr("negotiation.process.measured.chain", counting)
    map_ = process(FASTER, SOONER, BETTER)
    first = Measured(map_)
    found = bridge(map_, "then", measured=first)
    assert found == bridge(map_, "then") and len(counted) == 2 + 2
    counted.clear()
    edited = process(FASTER, change("later", to("steps", "b", "wait_min", 90)), BETTER)
    then = bridge(edited, "then", measured=Measured(edited, before=first))
    assert then.savings[1].lead_minutes < 0 and not counted


def test_a_change_is_paid_by_one_side_or_half_by_each():
    assert paid(FASTER) == {"buyer": 0.0, "supplier": 6_000}
    assert paid(BETTER) == {"buyer": 500, "supplier": 500}


def test_a_saving_is_counted_by_month_and_year_and_weighed_with_its_confidence():
    (faster, _) = bridge(process(FASTER, BETTER), "then").savings
    assert faster.per_month == pytest.approx(12_500)
    assert faster.per_year == pytest.approx(150_000)
    assert faster.sure_per_month == pytest.approx(6_250)
    assert faster.payback_months == pytest.approx(0.96)
    assert faster.fte == pytest.approx(1_000 * 25 / 60 / 160)
    assert faster.by_party == pytest.approx({"buyer": 0, "supplier": 12.5})


def test_money_is_hard_and_time_is_soft():
    found = bridge(process(FASTER, SOONER, change("nothing")), "then")
    assert [s.word for s in found.savings] == ["hard and soft", "soft", "none"]
    assert found.savings[1].lead_minutes == pytest.approx(1.25 * 45)
    assert found.savings[1].cost_per_case == 0
    assert found.savings[1].payback_months is None


def test_one_off_cost_is_paid_by_whom_the_change_says():
    assert bridge(process(FASTER, BETTER), "then").one_off == {"buyer": 500, "supplier": 6_500}


def test_work_that_moves_to_the_other_side_is_one_sides_saving_and_the_others_cost():
    moved = change("moved", to("steps", "a", "lane", "sup"))
    found = bridge(process(moved), "then")
    assert found.by_party == pytest.approx({"buyer": 6, "supplier": -3})
    assert found.cost_per_case == pytest.approx(3)


def test_savings_begin_in_the_month_of_their_change():
    found = bridge(process(FASTER, BETTER, SOONER), "then")
    months = ["2027-03", "2027-04", "2027-05", "2027-06"]
    better = 12.5 - 10 / 0.9
    expected = np.array([0, 6.25, 6.25, 6.25 + better]) * [100, 100, 200, 100]
    assert found.path(months, [100, 100, 200, 100]) == pytest.approx(expected)
    assert found.path(["2027-04"], [1], sure=False) == pytest.approx([12.5])


def test_without_volume_there_are_savings_per_case_only():
    found = bridge(process(FASTER, cases_per_month=None), "then")
    assert found.per_month is None and found.per_year is None and found.sure_per_month is None
    assert found.savings[0].fte is None
    assert found.cost_per_case == pytest.approx(12.5)


def test_a_future_state_that_is_not_there_is_refused():
    with pytest.raises(FieldError, match="no future state"):
        bridge(process(), "gone")


# --- shares in dispute ---


def test_two_changes_that_help_each_other_share_what_only_both_bring():
    # Values worked out above: alone 12.5 and 25 - 20/0.9; together 25 - 10/0.9.
    alone, other, both = 12.5, 25 - 20 / 0.9, 25 - 10 / 0.9
    found = shapley(process(FASTER, BETTER), "then")
    assert found["faster"] == pytest.approx((alone + both - other) / 2)
    assert found["better"] == pytest.approx((other + both - alone) / 2)


shares = st.lists(st.floats(0, 40), min_size=1, max_size=4)


@settings(max_examples=25, deadline=None)
@given(shares, st.floats(0.05, 0.3))
def test_shares_add_up_to_the_whole_and_equal_changes_get_equal_shares(minutes, redone):
    changes = [change(f"m{n}", to("steps", "b", "handling_min", m)) for n, m in enumerate(minutes)]
    changes += [change("twin", to("flows", "f3", "probability", redone)), change("nothing")]
    changes += [change("twin2", to("flows", "f3", "probability", redone))]
    deal = process(*changes)
    found = shapley(deal, "then")
    assert sum(found.values()) == pytest.approx(bridge(deal, "then").cost_per_case, abs=1e-9)
    assert found["twin"] == pytest.approx(found["twin2"], abs=1e-9)
    assert found["nothing"] == pytest.approx(0, abs=1e-9)


def test_shares_are_the_mean_over_every_order():
    changes = (FASTER, BETTER, change("both", to("steps", "b", "handling_min", 10),
                                      to("flows", "f3", "probability", 0.15)))  # fmt: skip

    def value(names):
        kept = [c for c in changes if c.id in names]
        return bridge(process(*kept), "then").cost_per_case

    expected = dict.fromkeys(("faster", "better", "both"), 0.0)
    for order in permutations(expected):
        for place, name in enumerate(order):
            added = value(order[: place + 1]) - value(order[:place])
            expected[name] += added / factorial(3)
    assert shapley(process(*changes), "then") == pytest.approx(expected)


def test_shares_of_another_figure_and_of_too_many_changes():
    found = shapley(process(SOONER, FASTER), "then", of=lambda figures: figures.lead_minutes)
    assert found == pytest.approx({"sooner": 1.25 * 45, "faster": 1.25 * 20})
    many = [change(f"c{n}") for n in range(MOST_CHANGES + 1)]
    with pytest.raises(ValueError, match="at most 8"):
        shapley(process(*many), "then")
