"""What must hold for any deal: property tests over terms, volumes and modes."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from negotiation.scenarios.drivers import KNOWN
from negotiation.scenarios.engine import Run
from negotiation.scenarios.inputs import compile_inputs
from negotiation.scenarios.settings import apply
from negotiation.scenarios.study import Parts, Study, study
from negotiation.terms import PRICING_MODELS
from tests import deals

MONEY_TERMS = ("unit_price", "arc_rate", "rrc_rate", "transition_fee")
MONEY_DRIVERS = (
    "status_quo_unit_cost", "status_quo_fixed", "retained_cost", "parallel_run",
    "technology_cost_month", "transition_cost",
)  # fmt: skip
LOCAL_MONEY = ("agent_cost_month", "facility_cost_month", "replacement_cost")

terms = st.fixed_dictionaries(
    {
        "pricing_model": st.sampled_from(PRICING_MODELS),
        "deadband_mode": st.sampled_from(["cliff", "marginal"]),
        "min_commit_mode": st.sampled_from(["rrc_floor", "take_or_pay"]),
        "fx_collar_mode": st.sampled_from(["excess", "whole"]),
        "cola_carry": st.sampled_from(["lost", "banked"]),
        "cash_timing": st.sampled_from(["year_end", "mid_period", "month_end"]),
        "earnback_cap_order": st.sampled_from(["before_cap", "after_cap"]),
        "earnback_repeat": st.sampled_from(["counts", "forgiven"]),
        "earnback_reversal": st.sampled_from(["month_of_miss", "when_earned"]),
        "repeat_growth": st.sampled_from(["same", "compound"]),
        "term_months": st.integers(1, 120),
        "start_month": st.integers(1, 12),
        "cola_first_year": st.integers(2, 4),
        "unit_price": st.floats(0.5, 5),
        "deadband": st.floats(0, 0.2),
        "min_commit": st.floats(0, 1),
        "fx_collar": st.floats(0, 0.2),
        "at_risk": st.floats(0, 0.3),
        "payment_days": st.integers(0, 120),
        "gain_share_settlement_days": st.integers(0, 90),
    }
)
seats = st.fixed_dictionaries(
    {
        "supplier.seat_basis": st.sampled_from(["baseline", "peak"]),
        "supplier.sharing_ratio": st.floats(0.5, 2),
        "supplier.hiring_lead_months": st.floats(0, 4),
        "supplier.ramp_months": st.floats(0, 6),
        "supplier.ramp_start": st.floats(0.2, 1),
        "supplier.min_monthly_change": st.floats(0, 0.1),
    }
)
many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def held(changes: dict, drivers: dict | None = None) -> Study:
    paths = {f"terms.{name}": value for name, value in changes.items()}
    return study(Parts(*deals.parts()), {**paths, **(drivers or {})})


@many
@given(terms, seats)
def test_what_the_buyer_pays_is_what_the_supplier_gets_and_years_sum_months(changes, drivers):
    run = held(changes, drivers).run
    own = run.total("status_quo_cost") - run.total("retained_cost")
    assert own - run.total("saving") == pytest.approx(run.total("revenue"), rel=1e-9)
    cost = sum(run.total(name) for name in (
        "agent_cost", "overlay_cost", "facility_cost", "technology_cost", "attrition_cost",
        "sga_cost",
    ))  # fmt: skip
    assert run.total("revenue") - cost == pytest.approx(run.total("operating_profit"), abs=0.01)
    for name in ("revenue", "saving", "fte"):
        by_month = np.broadcast_to(run.month(name), (3, run.calendar.months))
        if name != "fte":
            assert run.total(name) == pytest.approx(by_month.sum(axis=1), rel=1e-9)


@many
@given(terms, seats)
def test_cash_ends_where_profit_and_saving_end_however_late_it_is_paid(changes, drivers):
    run = held(changes, drivers).run
    profit, saving = run.supplier_profit, run.buyer_saving
    assert run.cumulative_cash("supplier")[:, -1] == pytest.approx(profit, abs=0.01)
    assert run.cumulative_cash("buyer")[:, -1] == pytest.approx(saving, abs=0.01)


@many
@given(st.lists(terms, min_size=2, max_size=4))
def test_cases_together_equal_the_same_cases_alone(rows):
    # The reference deal's three yearly values would be monthly ones in a term of three months.
    assume(all(row["term_months"] != 3 for row in rows))
    names = list(rows[0])
    stacked = {name: np.array([row[name] for row in rows]) for name in names}
    parts = deals.parts()
    first = study(Parts(*parts))
    longest = max(row["term_months"] for row in rows)
    # Misses are given for the longest term, as draws would be.
    long_terms, _ = apply(*parts, {"terms.term_months": longest})
    base = compile_inputs(long_terms, first.scenarios, first.book, ["worst"])
    together = Run(base.with_terms(stacked))
    for place, row in enumerate(rows):
        alone = held(row)
        worst = alone.place("worst")
        for name in ("buyer_npv", "supplier_npv", "term_margin", "saving_share"):
            expected = getattr(alone.run, name)[worst]
            assert getattr(together, name)[place] == pytest.approx(expected, rel=1e-7, abs=1e-4)


@many
@given(terms, st.floats(0.01, 100))
def test_another_currency_unit_scales_money_and_leaves_shares(changes, factor):
    changes = {**changes, "gain_share.threshold": 25_000.0, "gain_share.cap": 200_000.0}
    one = held(changes)
    scaled = {f"terms.{n}": getattr(one.terms, n) * factor for n in MONEY_TERMS}
    scaled |= {f"terms.gain_share.{n}": changes[f"gain_share.{n}"] * factor
               for n in ("threshold", "cap")}  # fmt: skip
    scaled |= {f"drivers.{n}": one.book.amount(n, None) * factor
               for n in (*MONEY_DRIVERS, *LOCAL_MONEY)}  # fmt: skip
    paths = {f"terms.{name}": value for name, value in changes.items()}
    other = study(Parts(*deals.parts()), {**paths, **scaled})
    for name in ("buyer_npv", "supplier_npv"):
        assert getattr(other.run, name) == pytest.approx(
            factor * getattr(one.run, name), rel=1e-8, abs=0.01 * factor
        )
    assert other.run.term_margin == pytest.approx(one.run.term_margin, abs=1e-9)
    assert other.run.saving_share == pytest.approx(one.run.saving_share, abs=1e-9)


@many
@given(terms)
def test_a_rate_that_never_moves_is_as_good_as_no_currency_clause(changes):
    flat = {"shared.fx_rate": 56.0}
    flat |= {f"scenarios.{case}.fx_rate": 56.0 for case in deals.NAMED}
    with_clause = held(changes, flat)
    without = held({**changes, "fx_base_rate": None}, flat)
    assert with_clause.run.supplier_npv == pytest.approx(without.run.supplier_npv, rel=1e-12)
    assert with_clause.run.buyer_npv == pytest.approx(without.run.buyer_npv, rel=1e-12)


@many
@given(terms, st.floats(0, 0.3))
def test_credits_never_exceed_the_amount_at_risk(changes, at_risk):
    run = held({**changes, "at_risk": at_risk, "earnback_reversal": "month_of_miss"}).run
    limit = at_risk * (run.month("charges") + run.month("fx_adjustment"))
    assert (run.month("service_credits") <= limit + 1e-6).all()


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 0.5), st.floats(0, 6), st.floats(0, 1))
def test_lead_and_ramp_never_need_fewer_people_than_the_work(change, months, start):
    drivers = {
        "supplier.hiring_lead_months": min(months, 3),
        "supplier.ramp_months": months,
        "supplier.ramp_start": start,
        "supplier.min_monthly_change": 0.0,
    }
    run = held({"term_months": 24, "deadband": change}, drivers).run
    assert (run.month("fte") >= run.month("fte_needed") - 1e-9).all()


SINGLE = [
    key for key, kind in KNOWN.items()
    if kind.shape in ("year", "month") and not key.startswith("batna")
]  # fmt: skip


@pytest.mark.parametrize("model", ["banded", "cost_plus", "fte"])
@pytest.mark.parametrize("key", SINGLE)
def test_a_number_equals_the_same_number_for_every_year_and_month(key, model):
    plain = held({"pricing_model": model})
    number = plain.book.amount(key, None)
    number = number[0] if isinstance(number, tuple) else number
    lists = [[number] * 3] + ([[number] * 36] if KNOWN[key].shape == "month" else [])
    settings_of = [{f"drivers.{key}": value} for value in (number, *lists)]
    one, *others = (held({"pricing_model": model}, settings).run for settings in settings_of)
    for other in others:
        assert other.supplier_npv == pytest.approx(one.supplier_npv, rel=1e-10)
        assert other.buyer_npv == pytest.approx(one.buyer_npv, rel=1e-10)
