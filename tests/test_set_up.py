"""Set-up with the standard library: what a newcomer is told, and what is locked."""

import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONDA_NAMES = {"tzdata": "python-tzdata"}


@pytest.fixture
def run():
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def requirement_names(lines):
    return {re.split(r"[<>=\[ ;]", line.strip())[0].lower() for line in lines if line.strip()}


def environment_requirements():
    lines = (ROOT / "environment.yml").read_text().split("dependencies:")[1].splitlines()
    rows = [line.strip()[2:] for line in lines if line.strip().startswith("- ")]
    return {row for row in rows if row not in ("pip", "pip:", "-e .")}


def test_environment_yml_and_pyproject_ask_for_the_same():
    asked = project()
    wanted = {f"python{asked['project']['requires-python']}"}
    for requirement in asked["project"]["dependencies"] + asked["dependency-groups"]["dev"]:
        wanted.add(CONDA_NAMES.get(requirement, requirement))
    assert environment_requirements() == wanted


def test_the_lock_holds_every_requirement_and_the_build_backend():
    asked = project()
    locked = requirement_names(
        re.findall(r"^[A-Za-z0-9_.-]+==", (ROOT / "requirements.lock").read_text(), re.M)
    )
    wanted = requirement_names(
        asked["project"]["dependencies"]
        + asked["dependency-groups"]["dev"]
        + asked["build-system"]["requires"]
    )
    assert wanted <= locked


def test_the_lock_has_a_hash_for_every_package_and_names_no_host():
    text = (ROOT / "requirements.lock").read_text()
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]
    assert blocks
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text
    assert "index" not in text


def test_every_dependency_has_its_line_in_the_docs():
    table = (ROOT / "docs" / "dependencies.md").read_text()
    asked = project()
    for name in requirement_names(
        asked["project"]["dependencies"] + asked["dependency-groups"]["dev"]
    ):
        assert re.search(rf"^\|[^|]*\b{re.escape(name)}\b", table, re.M), name


def test_an_old_python_is_told_which_one_it_needs(run, monkeypatch):
    monkeypatch.setattr(run.sys, "version_info", (3, 9, 2))
    with pytest.raises(
        run.SetUpError, match=r"needs Python 3\.11 or newer, and this is Python 3\.9\.2"
    ):
        run.check_python()


def test_a_missing_venv_module_is_told_with_its_remedy(run, monkeypatch):
    monkeypatch.setattr(run.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(run.SetUpError, match="apt install python3-venv"):
        run.check_python()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE",
            "not the one that",
        ),
        (
            "NewConnectionError: Failed to establish a new connection: Network is unreachable",
            "cannot be reached",
        ),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("PermissionError: [Errno 13] Permission denied: '.venv'", "cannot be written"),
        ("SSLError(SSLCertVerificationError(1, 'CERTIFICATE_VERIFY_FAILED'))", "certificate"),
        ("ERROR: No matching distribution found for voila==9", "does not hold a package"),
    ],
)
def test_each_failure_of_a_tool_is_one_sentence_with_the_remedy(run, said, told):
    sentence = run.explain(f"some output\n{said}\n", "The packages could not be installed.")
    assert told in sentence
    assert "\n" not in sentence


def test_an_unknown_failure_keeps_the_tools_last_words(run):
    assert "boom" in run.explain("first\nboom\n", "The packages could not be installed.")


def test_a_second_start_takes_no_set_up_time(run, monkeypatch, tmp_path):
    (tmp_path / "python").touch()
    stamp = tmp_path / "stamp"
    stamp.write_text(run.fingerprint())
    monkeypatch.setattr(run, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(run, "STAMP", stamp)
    monkeypatch.setattr(run, "make_venv", lambda: pytest.fail("set-up ran again"))
    run.set_up()


def test_a_deal_file_is_found_from_where_its_owner_stands(run, monkeypatch):
    places = []

    def note(words, cwd, env):
        places.append(cwd)
        return subprocess.CompletedProcess(words, 0)

    monkeypatch.setattr(run.subprocess, "run", note)
    run.hand_over("evaluate", ["mine.json"])
    run.hand_over("test", [])
    assert places == [None, run.HERE]


def test_a_changed_lock_runs_set_up_again(run, monkeypatch, tmp_path):
    before = run.fingerprint()
    changed = tmp_path / "requirements.lock"
    changed.write_text((ROOT / "requirements.lock").read_text() + "\n# another\n")
    monkeypatch.setattr(run, "LOCK", changed)
    assert run.fingerprint() != before


def test_the_readme_names_commands_that_exist():
    from serve.cli import parser

    text = (ROOT / "README.md").read_text()
    known = set(parser()._subparsers._group_actions[0].choices)
    named = set(re.findall(r"^(?:\.venv/bin/)?playbook ([a-z]+)", text, re.M))
    assert named, "the README shows no playbook command"
    assert named <= known
    assert re.search(r"^python3 run\.py\b", text, re.M)
    assert "python3 run.py test" in text


def test_ruff_finds_nothing():
    found = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "."], cwd=ROOT, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stdout
