"""`playbook map` and `playbook log` answer from files, and their mistakes are sentences."""

import json
from pathlib import Path

import pytest

from negotiation.files.bpmn import read_bpmn
from negotiation.files.deal_file import sample, write_deal
from negotiation.files.map_sheet import read_sheet
from negotiation.process.rows import Rate
from serve.cli import main

DEAL = str(Path(__file__).parent.parent / "data" / "deals" / "harbor-luzon.json")

# Check twice for one case in five: 1/(1 - 0.2) = 1.25 visits.
SHEET = """step,lane,team,people,cost per hour,currency,minutes,wait hours,next
Claim comes,Customer,,,,,,,Check
Check,Desk,Clerks,2,30,EUR,10,1,Pay: 80 %; Check: 20 % (rework)
Pay,Bank,,,60,EUR,5,,End
"""
LOG = """case,activity,timestamp
1,Check,2026-01-05 09:00
1,Pay,2026-01-05 09:30
2,Check,2026-01-05 10:00
2,Check,2026-01-05 12:00
2,Pay,2026-01-05 13:00
"""


@pytest.fixture
def ask(capsys):
    def run(*words):
        assert main([str(word) for word in words]) == 0
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def complaint(capsys):
    def run(*words):
        assert main([str(word) for word in words]) == 1
        return capsys.readouterr().err.strip()

    return run


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "claims.csv"
    path.write_text(SHEET)
    return path


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(LOG)
    return path


def test_a_sheet_gives_the_figures_that_hands_work_out(ask, sheet):
    answer = ask("map", sheet, "--cases-per-month", "960", "--json")
    assert answer["visits"]["check"] == pytest.approx(1.25)
    assert answer["touch_minutes"] == pytest.approx(1.25 * 10 + 5)
    assert answer["wait_minutes"] == pytest.approx(1.25 * 60)
    assert answer["lead_minutes"] == pytest.approx(1.25 * 70 + 5)
    assert answer["cost_per_case"] == pytest.approx(1.25 * 10 / 60 * 30 + 5 / 60 * 60)
    assert answer["rework_cost"] == pytest.approx(0.25 * 10 / 60 * 30)
    assert answer["handoffs"] == pytest.approx(2)
    # 960 cases of 12.5 minutes are 200 hours; two people are there 2 x 160 hours.
    assert answer["utilisation"]["clerks"] == pytest.approx(200 / 320)
    assert answer["currency"] == "EUR"
    assert answer["warnings"] and "Kinds were guessed" in answer["notes"][0]


def test_settings_futures_and_a_simulation_work_on_a_deal(ask):
    plain = ask("map", DEAL)
    cut = ask("map", DEAL, "--set", "steps.write_up.handling_min=0", "cases_per_month=1000")
    assert cut["touch_minutes"] < plain["touch_minutes"]
    assert cut["cases_per_month"] == 1000
    future = ask("map", DEAL, "--future", "joint", "--simulate", "500", "--seed", "3")
    assert future["cost_per_case"] < plain["cost_per_case"]
    assert future["lead_hours"]["p50"] <= future["lead_hours"]["p80"]
    assert future == ask("map", DEAL, "--future", "joint", "--simulate", "500", "--seed", "3")
    assert plain["currency"] == "USD"


def test_a_map_goes_out_as_bpmn_and_comes_in_with_the_same_figures(ask, sheet, tmp_path, capsys):
    out = tmp_path / "claims.bpmn"
    before = ask("map", sheet)
    assert main(["map", str(sheet), "--to", "bpmn", "--out", str(out)]) == 0
    assert str(out) in capsys.readouterr().out
    after = ask("map", out)
    assert after.pop("notes") == []
    before.pop("notes")
    assert after == before


def test_every_format_is_written(sheet, tmp_path, capsys):
    begins = {
        "bpmn": b"<?xml", "svg": b"<svg", "csv": b"\xef\xbb\xbfid,step", "xlsx": b"PK",
        "zip": b"PK", "mermaid": b"flowchart", "png": b"\x89PNG",
    }  # fmt: skip
    for form, mark in begins.items():
        out = tmp_path / f"map.{form}"
        assert main(["map", str(sheet), "--to", form, "--out", str(out)]) == 0
        assert out.read_bytes().startswith(mark), form
    capsys.readouterr()


def test_text_formats_go_to_the_terminal_and_notes_beside_them(sheet, capsysbinary):
    assert main(["map", str(sheet), "--to", "csv"]) == 0
    out, err = capsysbinary.readouterr()
    assert read_sheet("map.csv", out).process.steps[1].name == "Check"
    assert b"Kinds were guessed" in err


def test_a_party_s_own_rates_are_in_no_file(tmp_path, capsys):
    deal = sample()
    mine = Rate(id="secretrate", space="buyer", lane="agents", cost_per_hour=98.7654321)
    path = tmp_path / "deal.json"
    write_deal(deal.replace(process=deal.process.replace(rates=(mine,))), path)
    for form in ("bpmn", "csv", "mermaid", "svg"):
        out = tmp_path / form
        assert main(["map", str(path), "--to", form, "--out", str(out)]) == 0
        assert "secretrate" not in out.read_text() and "98.76" not in out.read_text()
    capsys.readouterr()


def test_a_log_is_answered_and_fills_a_map(ask, sheet, log):
    answer = ask("log", log, "--within-hours", "2", "--json")
    assert (answer["cases"], answer["events"]) == (2, 5)
    assert answer["within_share"] == 0.5
    assert answer["rework_share"] == 0.5
    assert answer["activities"]["Pay"]["minutes_before"]["mean"] == pytest.approx(45)
    assert answer["variants"][0] == {"path": ["Check", "Check", "Pay"], "count": 1, "share": 0.5}
    assert any("cannot be told apart" in told for told in answer["warnings"])
    filled = ask("map", sheet, "--log", log)
    assert filled["visits"]["check"] == pytest.approx(1.5)
    assert any("2 of 2 activities are steps" in told for told in filled["notes"])


def test_a_log_draws_a_first_map(log, tmp_path, capsys):
    out = tmp_path / "first.bpmn"
    assert main(["log", str(log), "--to", "bpmn", "--keep", "1", "--out", str(out)]) == 0
    names = [step.name for step in read_bpmn(out.read_bytes()).process.steps]
    assert names == ["Start", "Check", "Pay", "End"]
    capsys.readouterr()


def test_columns_of_a_log_can_be_named(ask, tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text(LOG.replace("case,activity,timestamp", "x,y,z"))
    assert ask("log", path, "--column", "case=x", "activity=y", "done=z")["cases"] == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("map", "nowhere.bpmn"), "There is no file nowhere.bpmn."),
        (("map", __file__), "is no map: one comes as BPMN, CSV, XLSX"),
        (("map", DEAL, "--future", "none"), "There is no future state 'none'"),
        (("map", DEAL, "--set", "steps.gone.handling_min=1"), "There is no row 'gone'"),
        (("map", DEAL, "--set", "cases_per_month"), "write path=value"),
        (("map", DEAL, "--set", "cases_per_month=many"), "is not a number"),
        (("map", DEAL, "--log", "nowhere.csv"), "There is no file nowhere.csv."),
        (("log", "nowhere.xes"), "There is no file nowhere.xes."),
        (("log", DEAL), "Which column holds the case cannot be told"),
        (("log", __file__, "--column", "case"), "write role=name"),
    ],
)
def test_a_mistake_is_one_sentence(complaint, words, told):
    sentence = complaint(*words)
    assert told in sentence
    assert "\n" not in sentence and "Traceback" not in sentence
