"""The chapters as notebooks: the shape every one of them has, and what may not stand in a cell."""

import ast
from pathlib import Path

import nbformat
import pytest

from negotiation.files.lists import read_list

FOLDER = Path(__file__).parent.parent / "playbook"
CHAPTERS = sorted(FOLDER.glob("*.ipynb"))
TAGS = {"parameters", "check", "nbval-check-output", "keep_output"}
FORBIDDEN = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.Global,
    ast.Lambda,
)

every_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def cells(path, kind):
    return [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == kind]


def tags(cell):
    return set(cell.metadata.get("tags", ()))


@every_chapter
def test_a_chapter_opens_with_the_question_that_the_list_of_chapters_gives(path):
    listed = {row["id"]: row for row in read_list("chapters")}[path.stem]
    first = " ".join(nbformat.read(path, 4).cells[0].source.replace("\n", " ").split())
    assert first.startswith(f"# {int(path.stem[:2])} · {listed['title']} ")
    for said in (listed["question"], listed["people"], listed["leave_with"]):
        assert said in first
    assert f"{listed['minutes']} minutes" in first


@every_chapter
def test_headings_are_those_of_every_chapter_in_their_order(path):
    lines = [line for cell in cells(path, "markdown") for line in cell.source.splitlines()]
    said = [line[3:].split(":")[0].strip() for line in lines if line.startswith("## ")]
    assert (said[0], said[-2:]) == ("Why it matters", ["Talk", "Next"])
    assert set(said[1:-2]) == {"Do", "Read"}


@every_chapter
def test_cells_call_and_modules_do(path):
    for cell in cells(path, "code"):
        found = [type(node).__name__ for node in ast.walk(ast.parse(cell.source))
                 if isinstance(node, FORBIDDEN)]
        assert found == [], cell.source
        assert "</" not in cell.source and "style=" not in cell.source
        assert len(cell.source.splitlines()) <= 10, cell.source


@every_chapter
def test_tags_come_from_the_list(path):
    assert set().union(*(tags(cell) for cell in cells(path, "code"))) <= TAGS


@every_chapter
def test_checked_cells_have_an_output_and_a_count_and_others_have_none(path):
    """nbval passes over a cell without a count, so that its numbers would be checked by nobody."""
    checked = [cell for cell in cells(path, "code") if "nbval-check-output" in tags(cell)]
    assert checked
    for cell in cells(path, "code"):
        if cell in checked:
            assert cell.outputs and cell.execution_count, cell.source
            assert "check" in tags(cell), "a check cell is stripped before serving"
        else:
            assert not cell.outputs and cell.execution_count is None, cell.source


def test_there_is_a_chapter_to_check():
    assert CHAPTERS
