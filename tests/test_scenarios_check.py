"""Bad input: a sentence at the field, and findings over the whole."""

import pytest
from pydantic import ValidationError

from negotiation.scenarios.check import check, check_raw
from negotiation.scenarios.hindrance import hindrance
from negotiation.scenarios.invoice import invoice
from negotiation.scenarios.rows import Case, Driver, Floor, Miss
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
