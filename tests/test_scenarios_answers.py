"""What stands on the engine, against the numbers the reference deal prints."""

import pytest

from negotiation.scenarios import hindrance as hindrances
from negotiation.scenarios.gain import gain_check
from negotiation.scenarios.levers import Lever, lever_table, price_lever
from negotiation.scenarios.price_range import equity_index, price_ranges
from negotiation.scenarios.pricing import models
from negotiation.scenarios.rates import rate_checks, rates_by_year, trigger_rates, warnings
from negotiation.scenarios.rows import Driver
from negotiation.scenarios.simulate import simulate, simulating
from negotiation.scenarios.study import Parts, Study, study
from negotiation.scenarios.tornado import tornado
from negotiation.values import FieldError
from tests import deals


@pytest.fixture(scope="module")
def reference() -> Study:
    return study(Parts(*deals.parts()))


def test_the_worst_case_hinders_the_supplier_and_not_the_buyer(reference):
    verdicts = hindrances.hindrance(reference)
    words = {
        (case, party): hindrances.overall(verdicts, case, party)
        for case in deals.NAMED
        for party in ("buyer", "supplier")
    }
    assert words.pop(("worst", "supplier")) == "hinders"
    assert set(words.values()) == {"holds"}
    red = next(v for v in verdicts if v.word == "hinders")
    assert (red.sign, red.measure) == ("✗", "margin")
    assert red.sentence == "Worst: the supplier's term margin is -6.7 %, below its floor of 5.0 %."


def test_a_floor_for_one_scenario_replaces_the_general_one():
    desk = study(Parts(*deals.parts("it-service-desk")))
    floors = {f.measure: f.value for f in hindrances.floors_of(desk, "supplier", "worst")}
    assert floors == {"margin": 0.0, "cash": -400_000.0}
    assert [f.value for f in hindrances.floors_of(desk, "supplier", "base")] == [0.06]


def test_prices_that_work_for_both_start_where_the_supplier_breaks_even(reference):
    base, *_ = price_ranges(reference)
    assert base.view == "base" and base.works
    assert base.supplier == pytest.approx(1.5003, abs=5e-5)
    assert base.buyer == pytest.approx(2.10, abs=1e-9)
    at_margin = price_ranges(reference, margin=0.05)[0].supplier
    scaled = price_lever(reference.terms, at_margin).settings
    assert study(Parts(*deals.parts()), scaled).case("base").supplier.amounts[
        "term_margin"
    ] == pytest.approx(0.05, abs=1e-9)


def test_without_a_bid_the_buyer_compares_with_the_status_quo():
    terms, scenarios = deals.parts()
    kept = tuple(row for row in scenarios.drivers if row.id != "batna_price")
    left = tuple(row for row in scenarios.estimates if row.id != "batna_price")
    alone = study(Parts(terms, scenarios.replace(drivers=kept, estimates=left)))
    found = price_ranges(alone)[0]
    assert found.alternative == "status_quo"
    at = study(Parts(terms, scenarios), price_lever(terms, found.buyer).settings)
    assert at.case("base").buyer.amounts["npv"] == pytest.approx(0, abs=0.01)


def test_transaction_pricing_of_the_reference_is_its_bands_without_gain_share(reference):
    base = models(reference)["transaction"][0]
    assert base.supplier_term_margin == pytest.approx(0.0809, abs=5e-5)
    assert base.buyer_npv == pytest.approx(5_996_133, abs=0.5)


def test_capacity_pricing_equals_unit_pricing_at_the_planned_productivity(reference):
    # In year 1 of the base case handle time is the planned one, so both charge the same per unit.
    by_unit = study(Parts(*deals.parts()), pricing="per_unit").case("base").years[0]
    by_fte = study(Parts(*deals.parts()), pricing="fte").case("base").years[0]
    assert by_fte["charges"] == pytest.approx(by_unit["charges"])


def test_cost_plus_earns_its_fee_on_cost_whatever_happens():
    for case in study(Parts(*deals.parts()), ["terms.at_risk=0"], pricing="cost_plus").cases:
        for year in case.years:
            cost = year["revenue"] - year["operating_profit"] - year["sga_cost"]
            assert year["operating_profit"] == pytest.approx(0.10 * cost)


def test_ten_per_cent_of_volume_moves_both_parties_as_printed(reference):
    (bar,) = tornado(reference, spread=0.10, keys=["volume"])
    assert bar.controlled_by == "buyer"
    assert bar.supplier == pytest.approx((-32_572, 94_027), abs=0.5)
    assert bar.buyer == pytest.approx((-948_952, 882_920), abs=0.5)


def test_the_tornado_is_sorted_by_who_controls_the_driver(reference):
    order = [bar.controlled_by for bar in tornado(reference)]
    assert order == sorted(order, key=["buyer", "supplier", "both", "nobody"].index)


def test_levers_cost_and_reach_what_the_reference_prints(reference):
    collar = Lever("FX collar 2 %", {"terms.fx_collar": 0.02})
    first, second = lever_table(reference, [price_lever(reference.terms, 1.72), collar])
    assert first.lever == collar
    assert first.buyer == pytest.approx(-9_626, abs=0.5)
    assert first.supplier == pytest.approx(8_460, abs=0.5)
    assert first.worst_margin == pytest.approx(-0.0581, abs=5e-5)
    assert first.efficiency == pytest.approx(9.33, abs=0.005)
    assert second.buyer == pytest.approx(-319_634, abs=0.5)
    assert second.supplier == pytest.approx(279_922, abs=0.5)
    assert second.worst_margin == pytest.approx(-0.0279, abs=5e-5)
    assert second.efficiency == pytest.approx(1.23, abs=0.005)


def test_a_lever_says_which_test_it_turns_and_one_without_effect_says_so(reference):
    levers = [
        Lever("Cheaper", price_lever(reference.terms, 1.55).settings),
        Lever("Nothing", {"terms.pool": 3}),
    ]
    cheaper, nothing = lever_table(reference, levers)
    assert cheaper.reach == ("Base, supplier: holds → hinders",)
    assert nothing.efficiency is None
    assert nothing.sentence.startswith("Costs the buyer nothing")


def test_the_equity_index_of_the_tabled_terms_is_as_printed(reference):
    assert equity_index(reference) == pytest.approx(0.605, abs=5e-4)


def test_the_simulation_meets_the_printed_odds_and_quantiles(reference):
    result = simulate(reference, 5_000, 20_260)
    margin = next(c for c in result.chances if c.measure == "margin")
    assert margin.chance == pytest.approx(0.167, abs=5e-4)
    assert list(result.quantiles("term_margin").values()) == pytest.approx(
        [0.0376, 0.0896, 0.1416], abs=1e-4
    )
    assert list(result.quantiles("buyer_npv").values()) == pytest.approx(
        [4_763_000, 5_626_000, 6_406_000], abs=600
    )
    assert result.places["worst"]["term_margin"] < 0.01 < 0.9 < result.places["best"]["buyer_npv"]


def test_a_simulation_reports_its_progress_and_can_be_left(reference):
    steps = simulating(reference, 5_000, 1)
    assert (next(steps).done, next(steps).result) == (2_000, None)
    assert next(steps).result.draws == 5_000


def test_correlation_ties_the_currency_to_the_wage():
    import numpy as np

    from negotiation.scenarios.simulate import drawn

    held = study(Parts(*deals.parts()), ["shared.fx_wage_correlation=0.8"])
    inputs = drawn(held, "base", 20_000, np.random.default_rng(3))
    wage = inputs.driver("wage")[:, 0]
    move = np.log(inputs.driver("fx_rate")[:, 0] / 56)
    # A normal score mixed with weight .8; the wage itself is triangular, so slightly less.
    assert np.corrcoef(wage, move)[0, 1] == pytest.approx(0.8, abs=0.03)


def test_rates_of_the_base_and_worst_case_are_checked_by_year(reference):
    rates = {(r.case, r.year): r for r in rates_by_year(reference)}
    first, last = rates["base", 1], rates["worst", 3]
    assert first.variable_cost == pytest.approx(1.003401, abs=5e-7)
    assert first.contribution_lost == pytest.approx(0.146599, abs=5e-7)
    assert first.indifference_share_rrc == pytest.approx(0.127477, abs=5e-7)
    assert first.indifference_share_arc == pytest.approx(0.283285, abs=5e-7)
    assert (last.rrc, last.variable_cost) == pytest.approx((1.23, 1.46), abs=0.005)
    unsound = {(c.case, c.year, c.rule) for c in rate_checks(reference) if not c.sound}
    assert ("worst", 3, "RRC over variable cost") in unsound
    assert not any(case == "base" for case, _, _ in unsound)


def test_warnings_name_the_band_left_and_the_seats_the_season_needs(reference):
    text = " ".join(warnings(reference))
    assert "leaves the renegotiation band of ±25 % in month 25" in text
    assert "134 to 221 FTE" in text
    assert trigger_rates(reference) == pytest.approx((53.33, 58.95), abs=0.005)


def test_more_avoidance_that_earns_less_is_flagged_where_the_dead_band_is_left(reference):
    base = gain_check(reference)[0]
    first = base.stretches[0]
    # Just outside the 3 % cliff all 3.5 % of 1.8 million contacts are credited at 1.15.
    assert (first.year, first.start, first.stop) == (1, pytest.approx(0.03), pytest.approx(0.035))
    assert (base.profit_with >= base.profit_without).all()


def test_one_side_alone_gets_its_own_case_and_a_sentence_for_the_other():
    alone = study(Parts(*deals.parts("accounts-payable", "buyer")), seat="buyer")
    assert alone.case("base").buyer.basis == "own"
    assert alone.case("base").supplier is None
    assert "handle time" in alone.missing("supplier")
    assert alone.case("base").joint_npv is None
    everything = study(Parts(*deals.parts("accounts-payable")))
    assert (
        alone.case("base").buyer.amounts["npv"] == everything.case("base").buyer.amounts["npv"]
    )


def test_estimates_stand_in_for_what_is_not_disclosed_and_say_so():
    closed = study(Parts(*deals.parts("harbor-luzon", "buyer")), seat="buyer")
    supplier = closed.case("base").supplier
    assert supplier.basis == "estimate"
    assert supplier.amounts["npv"] != pytest.approx(608_156.28, abs=1)
    opened = study(Parts(*deals.parts("harbor-luzon")), seat="buyer")
    assert opened.case("base").supplier.basis == "disclosed"


@pytest.mark.parametrize(
    ("setting", "hint"),
    [
        ("terms.fx_colar=0.02", "terms.fx_collar"),
        ("supplier.shrinkige=0.3", "supplier.shrinkage"),
        ("scenarios.wrst.attrition=1", "scenarios.worst"),
        ("supplier.shrinkage=1.3", "between 0 and 0.99"),
        ("terms.unit_price=abc", "not a number"),
        ("shared.season=[1,2]", "12 factors"),
        ("shared.season=0.5", "add up to 12"),
        ('scenarios.base.misses=[[2,"XYZ"]]', "There is no metric 'XYZ'; there are: SL"),
        ('scenarios.base.misses=[[2,"SL"],[2,"SL",true]]', "given twice"),
        ("terms.cola_cap=-0.1", "floor"),
        ("nowhere.x=1", "starts with one of"),
        ("terms.fx_collar", "path=value"),
    ],
)
def test_a_setting_that_does_not_fit_is_refused_with_a_hint(setting, hint):
    with pytest.raises(FieldError) as caught:
        study(Parts(*deals.parts()), [setting])
    assert hint in caught.value.sentence


@pytest.mark.parametrize(
    ("setting", "same"),
    [
        ("terms.fx.collar=0.02", "terms.fx_collar=0.02"),
        ("terms.gain_share.share=0.3", "terms.gain.share.share=0.3"),
        ("buyer.discount=0.1", "buyer.buyer_discount=0.1"),
        ("volume.baseline_units=160000", "shared.baseline.units=160000"),
    ],
)
def test_dots_and_underscores_mean_the_same(setting, same):
    plain, one, other = (
        [case.buyer.amounts for case in study(Parts(*deals.parts()), settings).cases]
        for settings in ([], [setting], [same])
    )
    assert plain != one == other


def test_a_general_value_leaves_the_overrides_of_single_scenarios_alone(reference):
    changed = study(Parts(*deals.parts()), ["supplier.attrition=0.5"])
    npv = {case.case.id: case.supplier.amounts["npv"] for case in changed.cases}
    assert npv["base"] < reference.case("base").supplier.amounts["npv"]
    assert npv["worst"] == reference.case("worst").supplier.amounts["npv"]


@pytest.mark.parametrize("setting", ["supplier.shrinkage=0.31", "scenarios.worst.shrinkage=0.4"])
def test_a_setting_reaches_a_row_that_has_an_id_of_its_own(setting):
    terms, scenarios = deals.parts()
    rows = tuple(
        row.replace(id="d5", key="shrinkage") if row.id == "shrinkage" else row
        for row in scenarios.drivers
    )
    renamed = scenarios.replace(drivers=rows)
    one, other = (
        [case.supplier.amounts for case in study(Parts(terms, held), [setting]).cases]
        for held in (scenarios, renamed)
    )
    assert one == other


@pytest.mark.parametrize("setting", ["supplier.shrinkage=null", "shared.fx_rate=null"])
def test_values_of_single_scenarios_do_not_stand_in_for_the_general_one(setting):
    terms, scenarios = deals.parts()
    held = study(Parts(terms, scenarios.replace(estimates=())), [setting])
    name = "shrinkage" if "shrinkage" in setting else "exchange rate"
    assert name in held.missing("supplier")
    assert held.case("base").supplier is None


@pytest.mark.parametrize(
    ("range_is", "low", "high"), [("value", 0.2, 1.4), ("value", -0.1, 0.4), ("factor", 0.9, 3.5),
                                  ("factor", -1.0, 1.1)],
)  # fmt: skip
def test_a_range_ends_where_the_driver_can_be(range_is, low, high):
    with pytest.raises(ValueError, match=r"range does not fit|at least 0"):
        Driver(id="shrinkage", value=0.3, low=low, high=high, range_is=range_is, simulated=True)
    assert Driver(id="shrinkage", value=0.3, low=0.25, high=0.35, simulated=True)


def test_a_short_list_holds_its_last_value_and_says_so():
    longer = study(Parts(*deals.parts()), ["terms.term_months=48"])
    demand = [year["demand_units"] for year in longer.case("worst").years]
    assert demand[3] == demand[2] == pytest.approx(1_260_000)
    assert any("the last value holds on" in text for text in warnings(longer))


def test_one_estimate_among_own_figures_makes_an_estimate():
    terms, scenarios = deals.parts("harbor-luzon", "buyer")
    own = tuple(row for row in scenarios.drivers if row.id != "wage")
    guess = scenarios.drivers[0].model_copy(update={"id": "wage", "value": 0.05, "space": "buyer"})
    mixed = study(
        Parts(terms, scenarios.replace(drivers=own, estimates=(*scenarios.estimates, guess))),
        seat="buyer",
    )
    assert mixed.case("base").buyer.basis == "estimate"


def test_the_widest_bar_of_each_controller_comes_first(reference):
    bars = [bar for bar in tornado(reference) if bar.controlled_by == "supplier"]
    assert [bar.swing for bar in bars] == sorted((bar.swing for bar in bars), reverse=True)


def test_a_fixed_fee_without_a_unit_price_has_its_range_as_a_fee():
    terms, scenarios = deals.parts("it-service-desk")
    fee = terms.fixed_fee_month or 100_000.0
    free = terms.replace(unit_price=0.0, arc_rate=0.0, rrc_rate=0.0, fixed_fee_month=fee)
    base = price_ranges(study(Parts(free, scenarios)))[0]
    assert (base.supplier, base.buyer) == (None, None)
    assert "monthly fee" in base.sentence and "works for both" in base.sentence
    least = float(base.sentence.split("from ")[1].split(" to ")[0].replace(",", ""))
    at = study(Parts(free.replace(fixed_fee_month=least), scenarios))
    assert at.case("base").supplier.amounts["npv"] == pytest.approx(0, abs=40)


def test_no_price_at_all_is_a_sentence_and_no_range():
    terms, scenarios = deals.parts()
    ranges = price_ranges(study(Parts(terms.replace(unit_price=0.0, rrc_rate=0.0), scenarios)))
    assert {r.sentence for r in ranges} == {
        "The unit price is 0, so there is no price to search from: enter one first."
    }
