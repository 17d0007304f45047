"""Every command answers a wrong argument with one sentence on stderr, and changes nothing."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from negotiation.desk import LocalDesk
from negotiation.files.deal_file import sample
from serve.cli import main

DEAL = str(Path(__file__).parent.parent / "data" / "deals" / "harbor-luzon.json")
LOG = "case,activity,timestamp\n1,Check,2026-01-05 09:00\n1,Pay,2026-01-05 09:30\n"
ANSWERING = ("evaluate FILE", "simulate FILE", "invoice FILE --month 1", "map FILE")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with wrong files in it, and a store that holds the sample."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLAYBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PLAYBOOK_STORE", raising=False)
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.json").touch()
    (tmp_path / "words.json").write_text("not JSON {")
    (tmp_path / "list.json").write_text("[1, 2]")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00bin\x80")
    (tmp_path / "log.csv").write_text(LOG)
    with closing(sqlite3.connect(tmp_path / "foreign.sqlite")) as other:
        other.execute("CREATE TABLE bookmarks (address TEXT)")
    LocalDesk().create(sample())
    return tmp_path


@pytest.fixture
def complaint(capsys, place):
    def run(line: str) -> str:
        assert main([DEAL if word == "DEAL" else word for word in line.split()]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1 and "Traceback" not in err
        return err.strip()

    return run


@pytest.mark.parametrize("line", ANSWERING)
@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("nowhere.json", "There is no file nowhere.json."),
        ("empty.json", "empty.json is empty; a deal file is JSON."),
        ("words.json", "words.json is not a deal file (JSON)"),
        ("list.json", "list.json is not a deal file: its format is not"),
        ("bytes.json", "bytes.json is not a deal file (JSON)"),
    ],
)
def test_what_is_no_deal_file_is_told_by_its_name(complaint, line, file, told):
    assert complaint(line.replace("FILE", file)).startswith(told)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("evaluate folder", "folder is a folder; a file is needed here."),
        ("evaluate DEAL --set nowhere.x=1", "A path starts with one of terms, scenarios"),
        ("evaluate DEAL --set terms.unit_price=", "'' is not a number"),
        ("evaluate DEAL --set terms.unit_price=nan", "'nan' is not a number"),
        ("evaluate DEAL --set terms.unit_price=-5", "at least 0"),
        ("evaluate DEAL --set scenarios.wurst.attrition=1", "nothing called 'wurst'"),
        ("evaluate DEAL --set volume.baseline_units=0", "must be more than 0"),
        ("evaluate DEAL --scenario wurst", "there are: base, best, worst"),
        ("simulate folder", "folder is a folder"),
        ("simulate DEAL --draws 0", "draws: 0 does not fit: it must be at least 100."),
        ("simulate DEAL --draws 9999999", "at most 100000"),
        ("simulate DEAL --draws 100 --seed -1", "seed: -1 does not fit: it must be at least 0."),
        ("invoice DEAL --month 0", "Month 0 is outside the term of months 1 to 36."),
        ("invoice DEAL --month 999", "Month 999 is outside the term of months 1 to 36."),
        ("invoice DEAL --month 1 --scenario wurst", "there are: base, best, worst"),
        ("map folder", "There is no steps.csv"),
        ("map DEAL --cases-per-month -5", "it must be at least 0"),
        ("map DEAL --cases-per-month nan", "'nan' is not a number"),
        ("map DEAL --set steps.write_up.handling_min=-1", "it must be at least 0"),
        ("map DEAL --future wurst", "There is no future state 'wurst'; there are: joint"),
        ("map DEAL --simulate -5", "Cases to simulate are from 1 to 1,000,000."),
        ("map DEAL --simulate 10 --seed -1", "A seed is a whole number from 0; -1 is not."),
        ("map DEAL --log folder", "folder is a folder"),
        ("map DEAL --to svg --out folder", "folder is a folder"),
        ("map DEAL --to svg --out no/map.svg", "There is no folder no; make it first"),
        ("map DEAL --out no/map.json", "There is no folder no; make it first"),
        ("log folder", "folder is a folder"),
        ("log empty.json", "The file is empty."),
        ("log log.csv --within-hours -1", "--within-hours is at least 0 hours; -1 is not."),
        ("log log.csv --within-hours nan", "--within-hours is at least 0 hours; nan is not."),
        ("log log.csv --variants -1", "--variants is at least 0; -1 is not."),
        ("log log.csv --keep 2 --to svg", "keep a share above 0 and up to 1"),
        ("log log.csv --column case=none", "There is no column “none”"),
        ("backup folder", "folder exists already; choose another name"),
        ("backup no/copy.backup", "no/copy.backup cannot be used"),
        ("serve --port 65536", "There is no port 65536: one from 1 to 65535 is allowed."),
        ("serve --port -1", "There is no port -1"),
        ("serve --host 0.0.0.0", "give --cert and --key, or say --insecure"),
        ("serve --deal nowhere.json", "There is no file nowhere.json."),
        ("serve --deal ../etc", "is no deal id"),
    ],
)
def test_a_wrong_argument_is_one_sentence(complaint, line, told):
    assert told in complaint(line)


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("nowhere.backup", "There is no file nowhere.backup."),
        ("folder", "There is no file folder."),
        ("words.json", "words.json is not a file of deals"),
        ("empty.json", "empty.json is not a file of deals: restore a backup."),
        ("foreign.sqlite", "foreign.sqlite is not a file of deals: restore a backup."),
    ],
)
def test_what_is_no_backup_replaces_no_deal(complaint, file, told):
    assert complaint(f"restore {file}").startswith(told)
    assert [card.id for card in LocalDesk().deals()] == [sample().identity.id]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("evaluate locked", "You may not read or write locked."),
        ("map locked", "You may not read or write locked."),
        ("log locked", "You may not read or write locked."),
        ("restore locked", "locked may not be read by you."),
        ("backup closed/copy.backup", "closed/copy.backup cannot be used"),
        ("map DEAL --out closed/map.json", "You may not read or write closed/map.json."),
    ],
)
def test_a_file_without_permission_is_told(complaint, place, line, told):
    (place / "locked").write_text(LOG)
    (place / "locked").chmod(0)
    (place / "closed").mkdir(mode=0o500)
    if os.access(place / "locked", os.R_OK):
        pytest.skip("the user who runs the tests may read and write everything")
    assert complaint(line).startswith(told)


@pytest.mark.parametrize(
    "line",
    ["", "wurst", "evaluate", "invoice DEAL", "invoice DEAL --month 1.5", "map DEAL --to gif",
     "simulate DEAL --draws many", "serve --port many", "deals more"],
)  # fmt: skip
def test_a_line_that_does_not_parse_ends_with_2_and_shows_the_usage(line, capsys):
    with pytest.raises(SystemExit) as ended:
        main(line.split())
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: playbook")
