"""The engine against a second implementation, month by month in plain floats, on random deals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.scenarios.book import read_book
from negotiation.scenarios.engine import Run
from negotiation.scenarios.inputs import compile_inputs
from negotiation.scenarios.rows import Case, Driver, Scenarios
from negotiation.terms import Terms
from tests import oracle

METRICS = ("SL", "ABN", "CSAT", "QA", "FCR")
MONTHS = st.integers(1, 60)


def engine_run(terms, drivers, months):
    flat = {
        name: terms[name]
        for name in terms
        if name not in ("weights", "gain_threshold", "gain_share", "gain_cap")
    }
    held = Terms(
        **flat, term_months=months, pricing_model="banded", local_currency="PHP",
        metrics=[{"id": name, "weight": weight} for name, weight in terms["weights"].items()],
        gain_share={"threshold": terms["gain_threshold"], "share": terms["gain_share"],
                    "cap": terms["gain_cap"]},
    )  # fmt: skip
    rows = {
        name: value
        for name, value in drivers.items()
        if name not in ("misses", "shrinkage0", "aht0")
    }
    misses = tuple(
        {"id": f"m{n}", "month": month, "metric": metric, "earned_back": back}
        for n, (month, metric, back) in enumerate(drivers["misses"])
        if month <= months
    )
    scenarios = Scenarios(
        drivers=[Driver(id=name, value=value) for name, value in rows.items()],
        cases=[Case(id="base", probability=1.0, misses=misses)],
    )
    return Run(compile_inputs(held, scenarios, read_book(scenarios), ["base"]))


def rate(low, high):
    return st.floats(low, high, allow_nan=False).map(lambda x: round(x, 4))


@st.composite
def deals(draw):
    months = draw(MONTHS)
    years = -(-months // 12)
    price = draw(rate(0.5, 20))
    full_year = months % 12 == 0
    terms = {
        **oracle.REFERENCE_TERMS,
        "unit_price": price,
        "arc_rate": price * draw(rate(0.5, 1)),
        "rrc_rate": price * draw(rate(0.3, 0.9)),
        "deadband": draw(rate(0, 0.1)),
        "deadband_mode": draw(st.sampled_from(["cliff", "marginal"])),
        "min_commit": draw(rate(0.3, 0.85)),
        "cola_cap": draw(rate(0.01, 0.08)),
        "cola_floor": draw(rate(-0.02, 0.01)),
        "cola_carry": draw(st.sampled_from(["lost", "banked"])),
        "fx_collar": draw(rate(0.001, 0.1)),
        "fx_share": draw(rate(0, 1)),
        "fx_collar_mode": draw(st.sampled_from(["excess", "whole"])),
        "at_risk": draw(rate(0, 0.3)),
        "gain_share": draw(rate(0, 1)) if full_year else 0.0,
    }
    by_year = st.lists
    drivers = {
        **oracle.reference_case("base"),
        "baseline_units": draw(rate(100, 1e6)),
        "volume": draw(by_year(rate(0.4, 1.6), min_size=years, max_size=years)),
        "avoidance": draw(by_year(rate(0, 0.3), min_size=years, max_size=years)),
        "aht_min": draw(by_year(rate(1, 30), min_size=years, max_size=years)),
        "fx_rate": draw(by_year(rate(40, 75), min_size=years, max_size=years)),
        "wage": draw(rate(-0.02, 0.15)),
        "cpi": draw(rate(-0.01, 0.1)),
        "attrition": draw(rate(0, 1)),
        "shrinkage": draw(rate(0.05, 0.5)),
        "misses": draw(
            st.lists(
                st.tuples(st.integers(1, months), st.sampled_from(METRICS), st.booleans()),
                max_size=12,
                unique_by=lambda miss: miss[:2],
            )
        ),
    }
    drivers["shrinkage0"], drivers["aht0"] = drivers["shrinkage"], drivers["aht_min"][0]
    return terms, drivers, months


def assert_alike(terms, drivers, months):
    rows, results = oracle.run(terms, drivers, months)
    run = engine_run(terms, drivers, months)
    lines = {
        "charges": "charges",
        "fx_adjustment": "fx",
        "service_credits": "credits",
        "gain_share": "gain",
        "revenue": "revenue",
        "operating_profit": "profit",
        "saving": "saving",
    }
    scale = sum(abs(row["charges"]) for row in rows) + 1
    for line, name in lines.items():
        years = np.broadcast_to(run.year(line), (1, len(rows)))[0]
        assert years == pytest.approx([row[name] for row in rows], rel=1e-9, abs=1e-9 * scale), line
    return run, results


@settings(max_examples=150, deadline=None)
@given(deals())
def test_the_engine_and_the_plain_months_give_the_same_lines(deal):
    assert_alike(*deal)


@settings(max_examples=50, deadline=None)
@given(deals())
def test_full_years_give_the_same_present_values_and_margin(deal):
    terms, drivers, months = deal
    months = max(12, months // 12 * 12)
    years = months // 12
    drivers = {**drivers, "misses": [miss for miss in drivers["misses"] if miss[0] <= months]}
    for name in ("volume", "avoidance", "aht_min", "fx_rate"):
        drivers[name] = (drivers[name] * 5)[:years]
    run, results = assert_alike(terms, drivers, months)
    scale = abs(run.total("status_quo_cost")[0]) + 1
    assert run.buyer_npv[0] == pytest.approx(results["buyer"], abs=1e-9 * scale)
    assert run.supplier_npv[0] == pytest.approx(results["supplier"], abs=1e-9 * scale)
    assert run.term_margin[0] == pytest.approx(results["term_margin"], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("case", ["base", "best", "worst"])
def test_the_oracle_itself_meets_the_reference_deal(case):
    known = {
        "base": (5_927_362.37, 608_156.28),
        "best": (6_840_553.39, 1_243_244.68),
        "worst": (4_087_739.40, -485_928.36),
    }
    _, results = oracle.run(oracle.REFERENCE_TERMS, oracle.reference_case(case))
    assert (results["buyer"], results["supplier"]) == pytest.approx(known[case], abs=0.0051)
