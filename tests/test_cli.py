"""The command line gives the reference deal's numbers, and its mistakes are sentences."""

import json
from pathlib import Path

import pytest

from serve.cli import main

DEAL = str(Path(__file__).parent.parent / "data" / "deals" / "harbor-luzon.json")


@pytest.fixture
def ask(capsys):
    def run(*words):
        assert main(words) == 0
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def complaint(capsys):
    def run(*words):
        assert main(words) == 1
        return capsys.readouterr().err.strip()

    return run


def test_evaluate_gives_both_cases_of_every_scenario(ask):
    scenarios = ask("evaluate", DEAL, "--json")["scenarios"]
    assert scenarios["base"]["supplier"]["npv"] == pytest.approx(608_156.28, abs=0.01)
    assert scenarios["worst"]["buyer"]["npv"] == pytest.approx(4_087_739.40, abs=0.01)
    assert scenarios["worst"]["supplier"]["term_margin"] == pytest.approx(-0.067113, abs=1e-6)
    assert scenarios["best"]["buyer"]["saving_share"] == pytest.approx(0.431129, abs=1e-6)
    assert scenarios["base"]["years"][2]["gain_share"] == pytest.approx(57_470.04, abs=0.01)


def test_settings_reach_terms_and_one_scenario_is_enough(ask):
    answer = ask("evaluate", DEAL, "--scenario", "worst", "--set", "terms.fx_collar=0.02", "--json")
    assert list(answer["scenarios"]) == ["worst"]
    # Risk lever "FX collar 2 %" of the reference deal: worst margin -5.81 %.
    assert answer["scenarios"]["worst"]["supplier"]["term_margin"] == pytest.approx(
        -0.0581, abs=5e-5
    )


def test_several_settings_work_in_one_flag_or_in_several(ask):
    one = ask("evaluate", DEAL, "--set", "terms.unit_price=1.72", "supplier.shrinkage=0.28")
    two = ask(
        "evaluate", DEAL, "--set", "terms.unit_price=1.72", "--set", "supplier.shrinkage=0.28"
    )
    assert one == two


def test_another_pricing_model_is_priced_on_the_same_volumes(ask):
    base = ask("evaluate", DEAL, "--pricing", "transaction")["scenarios"]["base"]
    assert base["supplier"]["term_margin"] == pytest.approx(0.0809, abs=5e-5)
    assert base["buyer"]["npv"] == pytest.approx(5_996_133, abs=0.5)


def test_the_invoice_of_month_23_is_the_reference_one(ask):
    invoice = ask("invoice", DEAL, "--month", "23", "--json")
    assert invoice["total"] == 305_687.15
    assert [line["amount"] for line in invoice["lines"]] == [330_308.55, -9_208.60, -15_412.80]


def test_the_same_seed_gives_the_same_simulation(ask):
    words = ("simulate", DEAL, "--draws", "500", "--seed", "7", "--json")
    assert ask(*words) == ask(*words)


@pytest.mark.parametrize(("words", "told"), [
    (("evaluate", "nowhere.json"), "nowhere.json"),
    (("evaluate", DEAL, "--set", "terms.fx_colar=0.02"), "Did you mean terms.fx_collar"),
    (("evaluate", DEAL, "--set", "terms.unit_price=much"), "not a number"),
    (("evaluate", DEAL, "--set", "terms.unit_price"), "path=value"),
    (("evaluate", DEAL, "--scenario", "wurst"), "worst"),
    (("evaluate", DEAL, "--pricing", "bandit"), "Did you mean banded"),
    (("invoice", DEAL, "--month", "37"), "1 to 36"),
    (("simulate", DEAL, "--draws", "-1"), "draws"),
])  # fmt: skip
def test_a_mistake_is_one_sentence_that_names_what_is_allowed(complaint, words, told):
    sentence = complaint(*words)
    assert told in sentence
    assert "Traceback" not in sentence


def test_a_broken_deal_file_is_told_and_not_read(complaint, tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text('{"format": "negotiation-playbook/deal", ')
    assert "broken.json" in complaint("evaluate", str(broken))


def test_deals_are_listed_backed_up_and_restored(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PLAYBOOK_HOME", str(tmp_path))
    monkeypatch.delenv("PLAYBOOK_STORE", raising=False)
    from negotiation.desk import LocalDesk
    from negotiation.files.deal_file import sample

    LocalDesk().create(sample())
    assert main(["deals"]) == 0
    assert "harbor-luzon" in capsys.readouterr().out
    assert main(["backup", str(tmp_path / "all.backup")]) == 0
    LocalDesk().at("harbor-luzon").delete()
    assert main(["deals"]) == 0
    assert "no deal" in capsys.readouterr().out
    assert main(["restore", str(tmp_path / "all.backup")]) == 0
    assert main(["deals", "--json"]) == 0
    assert '"harbor-luzon"' in capsys.readouterr().out
