"""Bad input: a sentence at the field, and findings over the whole."""

import pytest
from pydantic import ValidationError

from negotiation.scenarios.book import read_book
from negotiation.scenarios.check import check, check_raw
from negotiation.scenarios.drivers import KNOWN
from negotiation.scenarios.hindrance import hindrance
from negotiation.scenarios.invoice import invoice
from negotiation.scenarios.rows import Case, Driver, Floor, Miss, Override
from negotiation.scenarios.simulate import simulate
from negotiation.scenarios.study import Parts, study
from negotiation.values import FieldError, read
from tests import deals

ALL = ("harbor-luzon", "it-service-desk", "accounts-payable")


@pytest.mark.parametrize("name", ALL)
def test_the_shipped_deals_have_nothing_to_find(name):
    assert check(*deals.parts(name)) == ()


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ({"id": "volume", "value": -0.5}, "between 0 and 20"),
        ({"id": "baseline_units", "value": 0}, "more than 0"),
        ({"id": "season", "value": [1.0] * 11 + [2.0]}, "add up to 13, not to 12"),
        ({"id": "season", "value": [1.0] * 11}, "12 factors"),
        ({"id": "wage", "value": "five"}, "not a number"),
        ({"id": "wage", "value": [0.05] * 36}, "steps once a year"),
        ({"id": "parallel_run", "value": [1, 2]}, "takes one number"),
        ({"id": "seat_basis", "value": "sofa"}, "baseline, peak"),
        ({"id": "attrition", "value": 0.3, "by_scenario": {"worst": -1}}, "between 0 and 5"),
        ({"id": "attrition", "value": 0.3, "low": 0.5, "high": 0.2}, "rise in this order"),
        ({"id": "attrition", "value": 0.3, "simulated": True}, "needs low and high"),
        ({"id": "fx", "key": "fx_rate", "value": 0}, "more than 0"),
    ],
)
def test_a_driver_that_does_not_fit_is_refused_with_a_sentence(row, part):
    with pytest.raises(FieldError) as caught:
        read(Driver, row)
    assert part in caught.value.sentence


def test_a_floor_names_a_period_there_is():
    with pytest.raises(ValidationError):
        Floor(id="x", period="year_11")


@pytest.mark.parametrize(
    ("changes", "path", "part"),
    [
        ({"rrc_rate": 1.70}, "terms.rrc_rate", "above the price"),
        ({"cola_w_us": 0.4}, "terms.cola_w_us", "add up to 1.1"),
        ({"pool": 1.5}, "terms.metrics", "more than the pool"),
        ({"fx_base_rate": None}, "terms.fx_base_rate", "no base rate"),
        ({"renegotiation_band": 0.02}, "terms.renegotiation_band", "wider"),
        ({"term_months": 12}, "scenarios.cases.base.misses.m23-SL", "after the term"),
    ],
)
def test_terms_that_do_not_fit_together_are_found(changes, path, part):
    terms, scenarios = deals.parts()
    found = dict(check(terms.replace(**changes), scenarios))
    assert part in found[path]


def test_probabilities_sites_and_unknown_names_are_found():
    terms, scenarios = deals.parts("accounts-payable")
    cases = (*scenarios.cases, Case(id="own", probability=0.2))
    drivers = (*scenarios.drivers, Driver(id="moon", value=1.0))
    sites = (scenarios.sites[0],)
    odd = scenarios.replace(cases=cases, drivers=drivers, sites=sites)
    found = dict(check(terms, odd))
    assert "add up to 1.2" in found["scenarios.cases"]
    assert "it is a note only" in found["scenarios.drivers.moon"]
    assert "add up to 0.6" in found["scenarios.sites"]


def test_a_side_alone_is_told_what_the_others_case_lacks():
    found = dict(check(*deals.parts("it-service-desk", "buyer"), "buyer"))
    assert "supplier's case is not computed" in found["scenarios.drivers.aht_min"]


def test_raw_input_lists_every_field_that_does_not_fit():
    terms, scenarios = deals.parts()
    raw = {**terms.model_dump(), "unit_price": "abc", "at_risk": 2}
    paths = [finding.path for finding in check_raw(raw, scenarios.model_dump())]
    assert paths == ["terms.unit_price", "terms.at_risk"]


def test_numbers_pasted_as_text_are_read_and_words_are_not():
    assert read(Driver, {"id": "wage", "value": " 0.05 "}).value == 0.05
    assert read(Driver, {"id": "wage", "value": ["0.05", "0.06"]}).value == (0.05, 0.06)
    with pytest.raises(FieldError, match="not a number"):
        read(Driver, {"id": "wage", "value": "1,000"})


@pytest.mark.parametrize(("draws", "seed"), [(0, 1), (100_001, 1), (100, -1)])
def test_draws_and_seeds_that_do_not_fit_are_refused(draws, seed):
    with pytest.raises(FieldError, match=r"(does|do) not fit"):
        simulate(study(Parts(*deals.parts())), draws, seed)


def test_a_scenario_keeps_off_names_that_mean_something():
    with pytest.raises(FieldError, match="weighted"):
        read(Case, {"id": "weighted"})


def test_a_floor_for_a_year_after_the_term_counts_for_nothing_and_is_told():
    terms, scenarios = deals.parts()
    late = scenarios.replace(floors=(Floor(id="a", period="year_4", value=0.05),))
    assert ("scenarios.floors.a.period", "Year 4 is after the term of 36 months.") in check(
        terms, late
    )
    words = {v.word for v in hindrance(study(Parts(terms, late))) if v.party == "supplier"}
    assert words == {"not known"}


def test_a_miss_entered_twice_is_told_and_credited_once():
    terms, scenarios = deals.parts()
    twice = tuple(Miss(id=name, month=4, metric="SL") for name in ("x", "y"))
    case = scenarios.cases[0].replace(misses=twice)
    held = scenarios.replace(cases=(case, *scenarios.cases[1:]))
    assert any("at most once a month" in sentence for _, sentence in check(terms, held))
    lines = invoice(study(Parts(terms, held)), 4).lines
    assert [line.id for line in lines if line.amount < 0] == ["credit-SL"]
    assert "earn-back" not in {line.id for line in lines}


def with_drivers(name="harbor-luzon", site="", **values):
    terms, scenarios = deals.parts(name)
    rows = tuple(
        row.replace(value=values[row.name]) if row.name in values and row.site == site else row
        for row in scenarios.drivers
    )
    return terms, scenarios.replace(drivers=rows)


@pytest.mark.parametrize(
    ("changes", "path", "part"),
    [
        ({"unit_price": 165.0}, "terms.unit_price", "127 times the supplier's cost of a unit"),
        ({"unit_price": 0.03}, "terms.unit_price", "1/103 of what a unit costs today"),
        ({"at_risk": 0.0012}, "terms.at_risk", "0.12 % is hardly meant"),
        ({"cola_cap": 0.4}, "terms.cola_cap", "40 % a year is hardly meant"),
        ({"fx_collar": 0.6}, "terms.fx_collar", "lets no charge ever move"),
    ],
)
def test_a_term_that_is_allowed_and_absurd_is_told_at_its_field(changes, path, part):
    terms, scenarios = deals.parts()
    found = [f.sentence for f in check(terms.replace(**changes), scenarios) if f.path == path]
    assert any(part in sentence for sentence in found)


@pytest.mark.parametrize(
    ("values", "path", "part"),
    [
        # 45,000 PHP at 56 are about 800 USD: somebody typed dollars into the pesos' field.
        ({"agent_cost_month": 800.0}, "agent_cost_month.value", "then it is 44,800 PHP"),
        ({"fx_rate": 1 / 56}, "fx_rate.value", "looks turned around"),
        ({"aht_min": 360.0}, "aht_min.value", "360 seconds are 6 minutes"),
        ({"aht_min": 0.05}, "aht_min.value", "0.05 hours are 3 minutes"),
        ({"occupancy": 0.97}, "occupancy.value", "at 97 %"),
        ({"shrinkage": 0.003}, "shrinkage.value", "0.3 % is hardly meant"),
        ({"wage": 4.0}, "wage.value", "400 % a year"),
        ({"volume": (1.0, 9.5, 1.0)}, "volume.value", "9.5 times the baseline"),
        ({"paid_hours_month": 40.0}, "paid_hours_month.value", "hours a week"),
    ],
)
def test_a_driver_in_the_wrong_unit_or_currency_is_told_at_its_field(values, path, part):
    assert part in dict(check(*with_drivers(**values)))[f"scenarios.drivers.{path}"]


def test_a_strange_value_of_one_scenario_is_told_at_that_scenario():
    terms, scenarios = deals.parts()
    rows = tuple(
        row.replace(by_scenario=(Override(id="worst", value=384.0),)) if row.name == "aht_min"
        else row for row in scenarios.drivers
    )  # fmt: skip
    found = dict(check(terms, scenarios.replace(drivers=rows)))
    assert "look like seconds" in found["scenarios.drivers.aht_min.by_scenario.worst"]
    assert "scenarios.drivers.aht_min.value" not in found


def test_a_floor_above_everything_is_told():
    terms, scenarios = deals.parts()
    odd = scenarios.replace(floors=(Floor(id="a", value=5.0),))
    assert "500 % is never reached" in dict(check(terms, odd))["scenarios.floors.a.value"]


@pytest.mark.parametrize(
    ("row", "part"),
    [
        (Driver(id="sga-cebu", key="sga", site="cebu", value=0.04), "one value for the whole deal"),
        (Driver(id="occ", key="occupancy", site="moon", value=0.8), "There is no site 'moon'"),
    ],
)
def test_a_site_row_that_no_figure_reads_is_told(row, part):
    terms, scenarios = deals.parts("accounts-payable")
    found = dict(check(terms, scenarios.replace(drivers=(*scenarios.drivers, row))))
    assert part in found[f"scenarios.drivers.{row.id}"]


def test_the_flag_for_sites_is_what_the_engine_does():
    """A site's own row moves a figure exactly where the flag says that it is used."""
    terms, scenarios = deals.parts("accounts-payable")
    before = study(Parts(terms, scenarios)).case("base")
    for kind in KNOWN.values():
        if kind.shape in ("mode", "season"):
            continue
        old = read_book(scenarios).amount(kind.key, "base", "lodz")
        start = old[0] if isinstance(old, tuple) else old or 0.1 * min(1.0, kind.most)
        own = Driver(id="own", key=kind.key, site="lodz", value=min(kind.most, start * 1.1))
        kept = tuple(r for r in scenarios.drivers if (r.name, r.site) != (kind.key, "lodz"))
        after = study(Parts(terms, scenarios.replace(drivers=(*kept, own)))).case("base")
        moved = any(before.of(p).amounts != after.of(p).amounts for p in ("buyer", "supplier"))
        if moved:
            assert kind.at_site, kind.key
        elif kind.at_site:
            assert kind.key in ("technology_cost_month", "replacement_cost", "facility_growth",
                                "facility_cost_month", "overlay_share"), kind.key  # fmt: skip


def test_a_baseline_at_sites_alone_is_no_baseline():
    terms, scenarios = deals.parts("accounts-payable")
    rows = [row for row in scenarios.drivers if row.name != "baseline_units"]
    rows += [Driver(id=f"b-{s.id}", key="baseline_units", site=s.id, value=1000.0)
             for s in scenarios.sites]  # fmt: skip
    found = study(Parts(terms, scenarios.replace(drivers=tuple(rows))))
    assert "baseline" in found.missing("buyer")


def test_exchange_rates_of_sites_alone_leave_the_charges_without_one():
    terms, scenarios = deals.parts("accounts-payable")
    rows = [row for row in scenarios.drivers if row.name != "fx_rate"]
    rows += [Driver(id=f"fx-{s.id}", key="fx_rate", site=s.id, value=5.0) for s in scenarios.sites]
    found = study(Parts(terms, scenarios.replace(drivers=tuple(rows))))
    assert "exchange rate" in found.missing("supplier")


def test_an_index_on_site_wages_alone_is_told():
    terms, scenarios = deals.parts("accounts-payable")
    rows = [row for row in scenarios.drivers if row.name != "wage"]
    rows += [Driver(id=f"w-{s.id}", key="wage", site=s.id, value=0.05) for s in scenarios.sites]
    found = dict(check(terms, scenarios.replace(drivers=tuple(rows))))
    assert "The index clause takes the general" in found["scenarios.drivers.w-lodz"]


@pytest.mark.parametrize(
    ("model", "mode", "told"),
    [
        ("banded", "rrc_floor", False), ("banded", "take_or_pay", False),
        ("transaction", "take_or_pay", False), ("transaction", "rrc_floor", True),
        ("fte", "take_or_pay", True), ("cost_plus", "rrc_floor", True),
        ("fixed_fee", "take_or_pay", True),
    ],
)  # fmt: skip
def test_a_commitment_that_changes_no_charge_is_told_exactly_where_it_changes_none(
    model, mode, told
):
    terms, scenarios = deals.parts()
    terms = terms.replace(pricing_model=model, min_commit_mode=mode)
    assert ("terms.min_commit" in dict(check(terms, scenarios))) is told
    figures = [
        study(Parts(terms.replace(min_commit=part), scenarios)).case("worst").buyer.amounts["npv"]
        for part in (0.0, 0.95)
    ]
    assert (figures[0] == figures[1]) is told


def test_a_drawn_factor_is_checked_against_every_scenario_and_site():
    terms, scenarios = deals.parts("accounts-payable")
    rows = tuple(row for row in scenarios.drivers if row.name != "occupancy")
    general = Driver(id="occupancy", value=0.80, low=0.9, high=1.1, range_is="factor",
                     simulated=True, by_scenario=(Override(id="best", value=0.92),))  # fmt: skip
    at_site = Driver(id="occ-cebu", key="occupancy", site="cebu", value=0.94, simulated=True,
                     low=0.9, high=1.0)  # fmt: skip
    found = dict(check(terms, scenarios.replace(drivers=(*rows, general, at_site))))
    assert "Times 1.1" in found["scenarios.drivers.occupancy.by_scenario.best"]
    assert "1.034" in found["scenarios.drivers.occ-cebu.value"]
    assert "draws from the row without a site" in found["scenarios.drivers.occ-cebu"]


@pytest.mark.parametrize(
    ("path", "value"), [("terms.unit_price", True), ("scenarios.worst.wage", (0.1, True))]
)
def test_true_and_false_are_no_numbers_in_a_what_if(path, value):
    with pytest.raises(FieldError, match="true and false are no values") as caught:
        study(Parts(*deals.parts()), {path: value})
    assert caught.value.path == path
    with pytest.raises(FieldError):
        study(Parts(*deals.parts()), ["terms.fx_collar=true"])


def test_an_earned_back_miss_may_still_be_said_with_true():
    found = study(Parts(*deals.parts()), ['scenarios.base.misses=[[2,"SL",true]]'])
    assert found.scenarios.cases[0].misses[0].earned_back
