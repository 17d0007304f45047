"""The engine against the reference deal, whose numbers were computed twice, independently of it.

Tolerance: 0.01 of a dollar (half a unit of the last printed digit for FTE and prices) or 1e-6.
"""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from negotiation.scenarios.engine import Run, in_blocks
from negotiation.scenarios.price import gain_share
from negotiation.scenarios.rows import Driver
from negotiation.scenarios.study import Parts, study
from tests import deals

with (Path(__file__).parent / "known" / "reference_years.csv").open() as file:
    YEARS = list(csv.DictReader(file))


@pytest.fixture(scope="module")
def reference() -> Run:
    return deals.run()


@pytest.mark.parametrize("row", YEARS, ids=lambda row: f"{row['line']}-{row['case']}")
def test_a_line_of_the_reference_table_is_met_in_every_year(reference, row):
    year = np.broadcast_to(reference.year(row["line"]), (3, 3))[deals.NAMED.index(row["case"])]
    expected = [float(row[f"year_{y}"]) for y in (1, 2, 3)]
    tolerance = 0.51e-5 if row["line"] == "unit_price" else 0.0051
    assert year == pytest.approx(expected, rel=1e-9, abs=tolerance)


TOTALS = {
    "supplier_profit": (826_430.77, 1_641_870.41, -564_058.50),
    "supplier_npv": (608_156.28, 1_243_244.68, -485_928.36),
    "buyer_saving": (7_014_180.63, 8_110_115.94, 4_778_849.01),
    "buyer_npv": (5_927_362.37, 6_840_553.39, 4_087_739.40),
}


@pytest.mark.parametrize("name", TOTALS)
def test_a_total_of_the_reference_table_is_met_in_every_scenario(reference, name):
    assert getattr(reference, name) == pytest.approx(TOTALS[name], abs=0.0051)


def test_shares_and_rises_of_the_reference_table_are_met(reference):
    assert reference.term_margin == pytest.approx([0.089260, 0.168797, -0.067113], abs=5.1e-7)
    assert reference.saving_share == pytest.approx([0.406685, 0.431129, 0.337543], abs=5.1e-7)
    assert reference.rises[:, 1] == pytest.approx([0.0266, 0.014, 0.035])
    assert reference.total("revenue") == pytest.approx(
        [8_898_725.37, 9_366_908.70, 8_044_578.39], abs=0.0051
    )


def test_volume_leaves_the_renegotiation_band_in_month_25_of_the_worst_case(reference):
    assert reference.renegotiation_month.tolist() == [0, 0, 25]


# One month of 150,000 contacts at 1.65; charges as printed in the reference's elementary vectors.
VOLUMES = [
    (1.02, "cliff", "rrc_floor", 247_500),
    (1.02, "marginal", "rrc_floor", 247_500),
    (1.10, "cliff", "rrc_floor", 247_500 + 21_000),
    (1.10, "marginal", "rrc_floor", 247_500 + 14_700),
    (0.96, "cliff", "rrc_floor", 247_500 - 6_900),
    (0.96, "marginal", "rrc_floor", 247_500 - 1_725),
    (0.70, "cliff", "rrc_floor", 247_500 - 43_125),
    (0.70, "marginal", "rrc_floor", 247_500 - 37_950),
    # At least 75 % of 247,500 is due, 185,625: 45,000 credits of 1.15 stay above it, 60,000 do not.
    (0.70, "cliff", "take_or_pay", 247_500 - 51_750),
    (0.40, "cliff", "take_or_pay", 185_625),
]


@pytest.mark.parametrize(("volume", "mode", "commit", "charges"), VOLUMES)
def test_charges_follow_the_dead_band_and_the_minimum_commitment(volume, mode, commit, charges):
    run = deals.one_month(150_000 * volume, deadband_mode=mode, min_commit_mode=commit)
    assert run.total("charges")[0] == pytest.approx(charges)


def test_the_edge_of_the_dead_band_lies_inside_it():
    assert deals.one_month(145_500).total("charges")[0] == pytest.approx(247_500)


# Charges, base rate, rate, local portion, collar, share, mode, adjustment; from the same vectors.
FX = [
    (1_000_000, 1.377, 1.300, 1.0, 0.0, 0.60, "excess", 35_538.46),
    (250_000, 56, 51.5, 0.75, 0.05, 0.5, "excess", 3_504.2476),
    (250_000, 56, 51.5, 0.75, 0.05, 0.5, "whole", 8_191.75),
    (250_000, 56, 59, 0.75, 0.05, 0.5, "excess", -79.4492),
    (250_000, 56, 54, 0.75, 0.05, 0.5, "excess", 0.0),
    (250_000, 56, 54, 0.75, 0.05, 0.5, "whole", 0.0),
]


@pytest.mark.parametrize(("charges", "base", "rate", "local", "collar", "share", "mode", "due"), FX)
def test_the_currency_clause_shares_the_move(charges, base, rate, local, collar, share, mode, due):
    run = deals.one_month(
        1000, 1000, unit_price=charges / 1000, fx_base_rate=base, fx_local_share=local,
        fx_collar=collar, fx_share=share, fx_collar_mode=mode,
    )  # fmt: skip
    moved = Run(run.inputs.with_drivers({"fx_rate": rate}))
    assert moved.total("fx_adjustment")[0] == pytest.approx(due, abs=0.0051)


def credits_of(*misses: tuple[int, int], earned: tuple = (), **terms) -> np.ndarray:
    """Credits by month on 247,500 a month; misses are (month from 0, metric from 0)."""
    months = 4
    base = deals.inputs(cases=("base",), term_months=months, fx_base_rate=None, **terms)
    flat = base.with_drivers(
        {"season": 1.0, "volume": 1.0, "avoidance": 0.0, "wage": 0.0, "cpi": 0.0}
    )
    flags, back = np.zeros((1, months, 5), bool), np.zeros((1, months, 5), bool)
    for place in misses:
        flags[0, *place] = True
    for place in earned:
        back[0, *place] = True
    return Run(replace(flat, misses=flags, earned=back if earned else None)).month(
        "service_credits"
    )[0]


SL, ABN, CSAT, QA, FCR = range(5)


def test_credits_are_weights_of_the_at_risk_amount_up_to_all_of_it():
    assert credits_of((0, SL))[0] == pytest.approx(11_880)
    assert credits_of((0, CSAT), (0, FCR))[0] == pytest.approx(29_700)
    assert credits_of((0, SL), (0, CSAT), (0, FCR))[0] == pytest.approx(29_700)


def test_a_miss_in_the_preceding_month_doubles_and_a_third_in_a_row_doubles_again():
    assert credits_of((0, CSAT), (1, CSAT))[1] == pytest.approx(29_700)
    # ABN weighs 0.2: 5,940 once, 11,880 as a repeat, the same for the third in a row.
    row = credits_of((0, ABN), (1, ABN), (2, ABN))
    assert row == pytest.approx([5_940, 11_880, 11_880, 0])
    row = credits_of((0, ABN), (1, ABN), (2, ABN), repeat_growth="compound")
    assert row == pytest.approx([5_940, 11_880, 23_760, 0])


def test_an_earned_back_miss_costs_nothing_but_counts_as_preceding():
    both = ((0, ABN), (1, ABN))
    assert credits_of(*both, earned=((0, ABN),)) == pytest.approx([0, 11_880, 0, 0])
    forgiven = credits_of(*both, earned=((0, ABN),), earnback_repeat="forgiven")
    assert forgiven == pytest.approx([0, 5_940, 0, 0])


def test_earn_back_before_the_cap_leaves_room_for_the_rest_and_after_the_cap_does_not():
    three = ((0, SL), (0, CSAT), (0, FCR))  # weights .4 .5 .5, capped at 1
    assert credits_of(*three, earned=((0, SL),))[0] == pytest.approx(29_700)
    after = credits_of(*three, earned=((0, SL),), earnback_cap_order="after_cap")[0]
    assert after == pytest.approx(29_700 * 1.0 / 1.4)


def test_a_credit_reversed_when_earned_is_paid_first_and_comes_back_later():
    paid = credits_of((0, SL), earned=((0, SL),), earnback_reversal="when_earned")
    assert paid == pytest.approx([11_880, 0, 0, -11_880])
    late = credits_of((2, SL), earned=((2, SL),), earnback_reversal="when_earned")
    assert late == pytest.approx([0, 0, 11_880, -11_880])


def test_the_dir_contract_vector_is_half_of_forty_per_cent_of_ten_per_cent():
    run = deals.one_month(
        1000, 1000, unit_price=100, at_risk=0.10, fx_base_rate=None,
        metrics=[{"id": "X", "weight": 0.5 * 0.4}],
    )  # fmt: skip
    missed = replace(run.inputs, misses=np.ones((1, 1, 1), bool), earned=None)
    assert Run(missed).total("service_credits")[0] == pytest.approx(2_000)


def test_gain_share_of_a_pool_of_60_000_is_15_750():
    run = deals.run(cases=("base",))
    assert gain_share(run.inputs, run.calendar, np.full((1, 3), 60_000.0))[0, 0] == 15_750


def test_an_unbanked_cap_is_lost_and_a_banked_one_comes_back():
    lost = deals.run(cases=("worst",)).rises[0]
    assert lost == pytest.approx([0, 0.035, 0.035])
    held = deals.inputs(cases=("worst",), cola_carry="banked")
    falling = Run(held.with_drivers({"wage": np.array([[0.0, 0.08, 0.04]]), "cpi": 0.04}))
    # year 2: .056+.012-.02 = 4.8 %, 3.5 % applied, 1.3 % banked; year 3: 2.0 % + 1.3 % = 3.3 %
    assert falling.rises[0] == pytest.approx([0, 0.035, 0.033])


def test_ten_cases_on_the_case_axis_equal_ten_runs():
    prices = np.linspace(1.4, 2.2, 10)
    modes = np.array(["cliff", "marginal"] * 5)
    models = np.array(["banded", "transaction", "fte", "cost_plus", "fixed_fee"] * 2)
    base = deals.inputs(cases=("base",))
    terms = {"unit_price": prices, "deadband_mode": modes, "pricing_model": models}
    together = Run(base.with_terms(terms))
    for i in range(10):
        alone = Run(base.with_terms({name: value[i] for name, value in terms.items()}))
        assert together.supplier_npv[i] == pytest.approx(alone.supplier_npv[0], rel=1e-12)
        assert together.buyer_npv[i] == pytest.approx(alone.buyer_npv[0], rel=1e-12)


def test_terms_of_different_length_share_the_case_axis():
    base = deals.inputs(cases=("base",))
    together = Run(base.with_terms({"term_months": np.array([18.0, 36.0, 31.0])}))
    for i, months in enumerate((18, 36, 31)):
        alone = deals.run(cases=("base",), term_months=months)
        assert together.supplier_npv[i] == pytest.approx(alone.supplier_npv[0], rel=1e-9)
        assert together.buyer_npv[i] == pytest.approx(alone.buyer_npv[0], rel=1e-9)
        assert together.term_margin[i] == pytest.approx(alone.term_margin[0], rel=1e-9)


def test_blocks_give_what_one_run_gives():
    base = deals.inputs(cases=("base",)).with_terms({"unit_price": np.linspace(1, 2, 25)})
    parts = np.concatenate([run.supplier_npv for run in in_blocks(base, 10)])
    assert parts == pytest.approx(Run(base).supplier_npv, rel=1e-12)


@pytest.mark.parametrize("name", ("harbor-luzon", "it-service-desk", "accounts-payable"))
def test_every_shipped_deal_gives_both_cases_and_its_years_sum_its_months(name):
    run = deals.run(name)
    for line in ("revenue", "saving", "operating_profit"):
        assert run.total(line) == pytest.approx(run.month(line).sum(axis=1), rel=1e-12)
    assert run.inputs.parties == {"buyer", "supplier"}
    assert np.isfinite(run.buyer_npv).all() and np.isfinite(run.supplier_npv).all()


def test_a_part_year_discounts_at_its_last_month():
    run = deals.run(cases=("base",), term_months=18)
    profit = run.year("operating_profit")[0]
    by_hand = profit[0] / 1.12 + profit[1] / 1.12**1.5 - 240_000
    assert run.supplier_npv[0] == pytest.approx(by_hand, rel=1e-12)


def test_payment_days_delay_the_supplier_and_favour_the_buyer():
    prompt, late = deals.run(cases=("base",)), deals.run(cases=("base",), payment_days=73)
    revenue = prompt.year("revenue")[0]
    # 73 days are a fifth of a year: the supplier's revenue is worth 1.12 ** -0.2 of itself.
    loss = sum(r / 1.12**y * (1 - 1.12**-0.2) for y, r in enumerate(revenue, 1))
    gain = prompt.gain_share_years[0]  # gain share is settled on its own day, not later
    loss -= sum(g / 1.12**y * (1 - 1.12**-0.2) for y, g in enumerate(gain, 1))
    assert prompt.supplier_npv[0] - late.supplier_npv[0] == pytest.approx(loss, rel=1e-9)
    assert late.buyer_npv[0] > prompt.buyer_npv[0]
    # The money itself is the same, only later.
    assert late.cumulative_cash("supplier")[0, -1] == pytest.approx(
        prompt.cumulative_cash("supplier")[0, -1]
    )


def test_a_miss_costs_the_buyer_what_the_buyer_estimates():
    plain = deals.run(cases=("base",))
    hurt = Run(replace(plain.inputs, miss_cost=np.array([[10_000.0, 0, 0, 0, 0]])))
    # Two SL misses in the base case, one of them earned back: the damage was done all the same.
    assert plain.buyer_saving[0] - hurt.buyer_saving[0] == pytest.approx(20_000)
    assert hurt.supplier_npv[0] == plain.supplier_npv[0]


def seated(units: list[float], **drivers) -> Run:
    """A supplier that needs 1 FTE per 100 units, on so many months, rate 1, wages flat."""
    months = len(units)
    base = deals.inputs(cases=("base",), term_months=months, fx_base_rate=None)
    flat = {
        "baseline_units": 1_000.0, "season": 1.0, "avoidance": 0.0, "wage": 0.0, "cpi": 0.0,
        "fx_rate": 1.0, "paid_hours_month": 100.0, "shrinkage": 0.0, "occupancy": 1.0,
        "aht_min": 60.0, "agent_cost_month": 2_000.0, "overlay_share": 0.1,
        "facility_cost_month": 300.0, "facility_growth": 0.0,
    }  # fmt: skip
    volume = np.array([units]) / 1_000
    inputs = base.with_drivers({**flat, "volume": volume, **drivers})
    place = replace(inputs.places[0], planned_units_per_fte=np.array([[100.0]]))
    return Run(replace(inputs, places=(place,)))


def test_seats_on_the_baseline_do_not_follow_the_work():
    run = seated([1_000, 2_000, 500])
    assert run.month("fte")[0] == pytest.approx([10, 20, 5])
    assert run.total("facility_cost")[0] == pytest.approx(3 * 3_000)
    assert run.total("overlay_cost")[0] == pytest.approx(3 * 2_000)


def test_seats_at_the_peak_are_shared_and_overlay_is_not():
    run = seated([1_000, 2_000, 500], seat_basis="peak", sharing_ratio=1.25)
    assert run.year("seats")[0] == pytest.approx([16])  # 20 people, 1.25 to a seat
    assert run.total("facility_cost")[0] == pytest.approx(3 * 4_800)
    assert run.total("overlay_cost")[0] == pytest.approx(3 * 4_000)  # 20 x 10 % of 2,000


def test_joiners_are_paid_before_they_start_and_covered_while_they_ramp():
    # 10 join for month 3; with a lead of 2 they are paid in months 1 and 2 already.
    run = seated([1_000, 1_000, 2_000, 2_000], hiring_lead_months=2.0)
    assert run.month("fte")[0] == pytest.approx([20, 20, 20, 20])
    # Half productive at the start, over two months: 10 x .5 missing, then 10 x .25, then none.
    run = seated([1_000, 2_000, 2_000, 2_000], ramp_months=2.0, ramp_start=0.5)
    assert run.month("fte")[0] == pytest.approx([10, 25, 22.5, 20])


def test_small_changes_of_head_count_are_not_made():
    run = seated([1_000, 1_040, 1_100, 1_090], min_monthly_change=0.05)
    assert run.month("fte")[0] == pytest.approx([10, 10, 11, 11])


def test_two_sites_share_the_volume_at_their_own_cost_and_rate():
    run = deals.run("accounts-payable", cases=("base",))
    # Year 1 by hand: handled units over productivity, times pay over the rate, per site.
    units = run.year("handled_units")[0, 0]
    lodz = 0.6 * units / (160 * 0.8 * 0.88 * 60 / 5.2) * 8_200 / 5.05
    cebu = 0.4 * units / (160 * 0.8 * 0.88 * 60 / 5.8) * 46_000 / 72.5
    assert run.year("agent_cost")[0, 0] == pytest.approx(lodz + cebu, rel=1e-12)


def test_a_fixed_fee_moves_only_outside_the_renegotiation_band():
    terms = {"pricing_model": "fixed_fee", "fixed_fee_month": 100_000.0}
    inside = deals.one_month(150_000 * 1.25, **terms)
    assert inside.total("charges")[0] == pytest.approx(100_000)
    over = deals.one_month(150_000 * 1.35, **terms)  # 15,000 contacts beyond 25 %, at 1.40
    assert over.total("charges")[0] == pytest.approx(100_000 + 21_000, abs=0.01)
    under = deals.one_month(150_000 * 0.65, **terms)  # 15,000 below 25 %, at 1.15
    assert under.total("charges")[0] == pytest.approx(100_000 - 17_250, abs=0.01)


def test_a_part_year_takes_its_part_of_threshold_and_cap():
    run = deals.run(cases=("best",), term_months=30)
    pool = run.year("gain_pool")[0]
    half = min(100_000, 0.45 * (pool[2] - 12_500))
    assert run.gain_share_years[0, 2] == pytest.approx(half)
    assert run.month("gain_share")[0, 29] == pytest.approx(half)


def test_the_contract_year_may_start_in_any_calendar_month():
    run = deals.run(cases=("base",), start_month=11)
    first = run.month("baseline_units")[0, :3] / 150_000
    assert first == pytest.approx([1.30, 1.40, 1.10])  # November, December, January


def test_monthly_values_of_a_driver_are_taken_by_month():
    by_month = tuple(1.0 + 0.01 * m for m in range(36))
    base = deals.inputs(cases=("base",))
    run = Run(base.with_drivers({"volume": np.array([by_month])}))
    assert run.month("demand_units")[0, 35] == pytest.approx(150_000 * 1.40 * 1.35)


def test_mid_period_and_month_end_discount_earlier_than_the_years_end():
    values = {
        mode: deals.run(cases=("base",), cash_timing=mode) for mode in ("mid_period", "month_end")
    }
    profit = deals.run(cases=("base",)).year("operating_profit")[0]
    mid = sum(p / 1.12 ** (y + 0.5) for y, p in enumerate(profit)) - 240_000
    assert values["mid_period"].supplier_npv[0] == pytest.approx(mid, rel=1e-12)
    months = deals.run(cases=("base",)).month("operating_profit")[0]
    end = sum(p / 1.12 ** ((m + 1) / 12) for m, p in enumerate(months)) - 240_000
    assert values["month_end"].supplier_npv[0] == pytest.approx(end, rel=1e-12)


def test_a_deal_in_one_currency_ignores_a_stray_exchange_rate():
    terms, scenarios = deals.parts("it-service-desk")
    stray = Driver(id="fx_rate", value=7.0)
    odd = scenarios.replace(drivers=(*scenarios.drivers, stray))
    one, other = (study(Parts(terms, s)).run.supplier_npv for s in (scenarios, odd))
    assert one == pytest.approx(other, rel=1e-15)


def test_values_by_year_stay_by_year_in_a_term_of_as_many_months():
    run = Run(deals.inputs(cases=("worst",), term_months=3))
    assert (run.month("demand_units") / run.month("baseline_units"))[0] == pytest.approx(0.95)


@pytest.mark.parametrize("timing", ["year_end", "mid_period", "month_end"])
def test_settlement_of_gain_share_counts_from_the_end_of_its_year(timing):
    terms = {"cash_timing": timing, "credit_settlement_days": 1e-9}
    now, late = (
        deals.run(cases=("base",), gain_share_settlement_days=days, **terms) for days in (1e-9, 90)
    )
    flows = now.year("gain_share")[0]
    assert flows.sum() > 0
    lost = sum(g * (1.12**-year - 1.12 ** -(year + 90 / 365)) for year, g in enumerate(flows, 1))
    assert now.supplier_npv[0] - late.supplier_npv[0] == pytest.approx(lost, rel=1e-6)
