"""The traceable invoice: lines in cents that add up and show their numbers."""

from decimal import Decimal

import pytest

from negotiation.scenarios.invoice import cents, invoice
from negotiation.scenarios.study import Parts, study
from negotiation.values import FieldError
from tests import deals

ALL = ("harbor-luzon", "it-service-desk", "accounts-payable")


@pytest.fixture(scope="module")
def reference():
    return study(Parts(*deals.parts()))


def test_month_23_is_the_invoice_that_the_reference_prints(reference):
    found = invoice(reference, 23)
    amounts = {line.id: line.amount for line in found.lines}
    assert amounts == {
        "base-charge": Decimal("330308.55"),
        "rrc": Decimal("-9208.60"),
        "credit-SL": Decimal("-15412.80"),
    }
    assert found.total == Decimal("305687.15")
    assert (found.year, found.calendar_month) == (2, 11)
    assert found.facts["baseline_units"] == pytest.approx(195_000)
    assert found.facts["handled_units"] == pytest.approx(187_200)
    assert found.facts["unit_price"] == pytest.approx(1.69389)
    assert found.facts["charges"] == pytest.approx(321_099.95, abs=0.005)
    assert found.facts["at_risk"] == pytest.approx(38_531.99, abs=0.005)
    rrc = found.lines[1]
    assert rrc.numbers["units"] == pytest.approx(-7_800)
    assert rrc.numbers["rate"] * rrc.numbers["index"] == pytest.approx(1.18059, abs=5e-6)
    assert rrc.worked == "-7,800.00 × 1.15 × 1.026600 = -9,208.60"


@pytest.mark.parametrize("deal", ALL)
@pytest.mark.parametrize("case", deals.NAMED)
def test_every_month_adds_up_to_the_engine_within_a_cent_a_line(deal, case):
    held = study(Parts(*deals.parts(deal)))
    for month in range(1, held.terms.term_months + 1):
        found = invoice(held, month, case)
        exact = found.facts["charges"] + found.facts["fx_adjustment"]
        exact += found.facts["gain_share"] - found.facts["service_credits"]
        assert found.total == sum(line.amount for line in found.lines)
        assert float(found.total) == pytest.approx(exact, abs=0.005 * len(found.lines) + 1e-6)


MODELS = ["per_unit", "fte", "cost_plus", "fixed_fee"]


@pytest.mark.parametrize("model", MODELS)
def test_other_pricing_models_are_invoiced_with_their_own_lines(model):
    held = study(Parts(*deals.parts()), pricing=model)
    found = invoice(held, 25, "worst")
    exact = held.run.month("revenue")[2, 24]
    assert float(found.total) == pytest.approx(exact, abs=0.02)


def test_a_fixed_fee_is_the_one_of_the_scenario_that_is_invoiced():
    held = study(
        Parts(*deals.parts()),
        ["terms.pricing_model=fixed_fee", "terms.renegotiation_band=5",
         "scenarios.worst.baseline_units=100000"],
    )  # fmt: skip
    (fee, *_), month = invoice(held, 1, "worst").lines, held.run.month("charges")[2, 0]
    assert (fee.id, float(fee.amount)) == ("fee", 165_000.0) and month == 165_000.0


def test_take_or_pay_shows_what_lifts_the_charges_to_the_minimum():
    held = study(
        Parts(*deals.parts()),
        ["terms.min_commit_mode=take_or_pay", "scenarios.worst.volume=0.4"],
    )
    found = invoice(held, 1, "worst")
    # 75 % of 165,000 contacts at 1.65 is due before currency and credits.
    charges = sum(line.amount for line in found.lines if line.id != "fx")
    assert charges == Decimal("204187.50")
    assert "minimum-commitment" in {line.id for line in found.lines}


def test_gain_share_is_invoiced_in_the_last_month_of_its_year(reference):
    found = invoice(reference, 24)
    assert {line.id: line.amount for line in found.lines}["gain-share"] == Decimal("27001.12")
    assert "gain-share" not in {line.id for line in invoice(reference, 23).lines}


def test_a_capped_month_shows_every_miss_and_the_cap(reference):
    found = invoice(reference, 23, "worst")  # SL .4, CSAT .5, FCR .5: 1.4 times the at-risk amount
    by_id = {line.id: float(line.amount) for line in found.lines}
    at_risk = found.facts["at_risk"]
    assert by_id["credit-cap"] == pytest.approx(0.4 * at_risk, abs=0.01)
    credits = sum(amount for name, amount in by_id.items() if name.startswith("credit-"))
    assert credits == pytest.approx(-at_risk, abs=0.03)


def test_cents_are_rounded_half_up_away_from_zero():
    assert cents(0.125) == Decimal("0.13")
    assert cents(-0.125) == Decimal("-0.13")
    assert cents(1.005) == Decimal("1.01")  # the binary 1.00499999999999989 means 1.005
    assert cents(2.674) == Decimal("2.67")


@pytest.mark.parametrize("month", [0, 37, -1])
def test_a_month_outside_the_term_is_refused_with_the_months_there_are(reference, month):
    with pytest.raises(FieldError, match="months 1 to 36"):
        invoice(reference, month)


def test_an_unknown_scenario_is_refused_with_those_there_are(reference):
    with pytest.raises(FieldError, match="base, best, worst"):
        invoice(reference, 1, "dream")


def test_a_compound_repeat_is_invoiced_with_its_compound_factor():
    held = study(
        Parts(*deals.parts()),
        ['scenarios.base.misses=[[1,"ABN"],[2,"ABN"],[3,"ABN"]]', "terms.repeat_growth=compound"],
    )
    assert invoice(held, 3).lines[-1].numbers["repeat"] == 4
    assert invoice(held, 2).lines[-1].numbers["repeat"] == 2
