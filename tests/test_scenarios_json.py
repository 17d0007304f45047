"""The answers of the command line: plain JSON with the glossary's keys, from a whole deal."""

import json

import pytest

from negotiation import spaces
from negotiation.deal import Deal
from negotiation.scenarios.answers import evaluate_answer, invoice_answer, simulate_answer
from tests import deals

ALL = ("harbor-luzon", "it-service-desk", "accounts-payable")


def deal(name: str = "harbor-luzon", seat: str | None = None) -> Deal:
    stored = json.loads((deals.DEALS / f"{name}.json").read_text())["spaces"]
    return Deal.read(spaces.merge(stored, seat))


def test_the_answer_of_the_reference_deal_has_the_keys_that_are_promised():
    answer = evaluate_answer(deal())
    base = answer["scenarios"]["base"]
    assert base["supplier"]["npv"] == pytest.approx(608_156.28, abs=0.0051)
    assert base["buyer"]["npv"] == pytest.approx(5_927_362.37, abs=0.0051)
    assert base["supplier"]["term_margin"] == pytest.approx(0.08926, abs=5e-6)
    assert base["buyer"]["saving_share"] == pytest.approx(0.406685, abs=5e-7)
    assert base["buyer"]["saving"] == pytest.approx(7_014_180.63, abs=0.0051)
    assert base["joint"]["npv"] == pytest.approx(608_156.28 + 5_927_362.37, abs=0.01)
    assert base["years"][1]["gain_share"] == pytest.approx(27_001.12, abs=0.0051)
    assert base["supplier"]["years"][2]["fte"] == pytest.approx(141.65, abs=0.0051)
    assert [year["year_margin"] for year in base["years"]] == pytest.approx(
        [0.109, 0.1247, 0.1256], abs=5e-4
    )
    assert answer["scenarios"]["worst"]["hindrance"] == {"buyer": "holds", "supplier": "hinders"}
    assert answer["scenarios"]["worst"]["renegotiation_month"] == 25
    assert answer["zopa"]["base"]["supplier"] == pytest.approx(1.5003, abs=5e-5)
    assert answer["equity_index"] == pytest.approx(0.605, abs=5e-4)
    fair = answer["pricing_models"]["transaction"]["base"]
    assert fair["supplier"]["term_margin"] == pytest.approx(0.0809, abs=5e-5)


@pytest.mark.parametrize("seat", [None, "buyer", "supplier"])
@pytest.mark.parametrize("name", ALL)
def test_every_answer_of_every_seat_is_json_without_nan(name, seat):
    held = deal(name, seat)
    for answer in (
        evaluate_answer(held, seat=seat),
        simulate_answer(held, 300, 1, seat=seat),
        invoice_answer(held, 5, seat=seat),
    ):
        json.dumps(answer, allow_nan=False)


def test_a_seat_without_the_others_rows_gets_null_and_the_reason():
    answer = evaluate_answer(deal("accounts-payable", "supplier"), seat="supplier")
    assert answer["scenarios"]["base"]["buyer"] is None
    assert answer["scenarios"]["base"]["hindrance"]["buyer"] == "not known"
    assert "status quo" in answer["missing"]["buyer"]
    assert answer["equity_index"] is None


def test_what_a_seat_is_answered_does_not_depend_on_rows_it_cannot_see():
    seen = evaluate_answer(deal("accounts-payable", "buyer"), seat="buyer")
    stored = json.loads((deals.DEALS / "accounts-payable.json").read_text())["spaces"]
    for row in stored["supplier"]["scenarios.drivers"]:
        if row["id"] == "aht_min":
            row["value"] = [9.9, 9.9]
    other = Deal.read(spaces.merge(stored, "buyer"))
    assert evaluate_answer(other, seat="buyer") == seen


def test_the_same_seed_gives_the_same_simulation_and_another_does_not():
    held = deal()
    one, same, other = (simulate_answer(held, 400, seed) for seed in (7, 7, 8))
    assert one == same != other


def test_settings_and_one_scenario_reach_the_answer():
    answer = evaluate_answer(deal(), settings=["terms.fx_collar=0.02"], scenario="worst")
    assert list(answer["scenarios"]) == ["worst"]
    margin = answer["scenarios"]["worst"]["supplier"]["term_margin"]
    assert margin == pytest.approx(-0.0581, abs=5e-5)


def test_an_empty_deal_answers_with_what_is_missing():
    empty = Deal.read({"identity": {"id": "new", "title": "New"}})
    answer = evaluate_answer(empty)
    assert "baseline" in answer["missing"]["buyer"]
    assert answer["scenarios"]["base"]["years"] == []
    assert simulate_answer(empty)["figures"] == {}


def test_the_invoice_answer_adds_up_in_cents():
    answer = invoice_answer(deal(), 23)
    assert answer["total"] == 305_687.15
    assert round(sum(line["amount"] for line in answer["lines"]), 2) == answer["total"]
