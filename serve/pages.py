"""A chapter as a page: its prose at once, its results as they are computed.

The notebook is split into sections at its second-level headings. Everything that needs no kernel is
sent first; each code cell leaves a place in the text, and its output follows inside a `<template>`
that the page's script moves to that place. Voilà's own front end then brings the widgets to life.
"""

import ast
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import jinja2
import nbformat
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from serve.cells import CellFailed, KernelEnded, run_cells
from serve.chapters import Chapter

TEMPLATES = Path(__file__).parent / "templates" / "playbook"
HIDDEN_TAG = "check"
FAILED = (
    "This part could not be computed. What you typed is kept. "
    "Open the page again; if this stays, go back to the last value that worked."
)
NO_KERNEL = (
    "This chapter's computation did not start. What you typed is kept. "
    "Wait a moment and open the page again."
)


@dataclass(frozen=True)
class Block:
    """Prose (`html`) or the place of a code cell's output (`cell`: its index in the notebook)."""

    html: str = ""
    cell: int | None = None
    shows: bool = False


@dataclass
class Section:
    """What stands under one heading; the first section may have none."""

    heading: str = ""
    blocks: list[Block] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """First word of the heading: why, do, read, talk, next."""
        return re.split(r"\W", self.heading.lower(), maxsplit=1)[0]


@dataclass(frozen=True)
class Notebook:
    """A chapter's notebook, ready to be run and laid out."""

    node: nbformat.NotebookNode
    sections: tuple[Section, ...]


def load_notebook(path: Path) -> Notebook:
    """Read a chapter; its layout is kept until the file changes."""
    return _load_notebook(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _load_notebook(path: Path, _changed: int) -> Notebook:
    node = nbformat.read(path, as_version=4)
    node.cells = [cell for cell in node.cells if HIDDEN_TAG not in cell.metadata.get("tags", ())]
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return Notebook(node, tuple(_sections(node.cells)))


def _sections(cells: list[nbformat.NotebookNode]) -> list[Section]:
    sections = [Section()]
    for index, cell in enumerate(cells):
        if cell.cell_type == "code":
            sections[-1].blocks.append(Block(cell=index, shows=_shows_something(cell.source)))
        elif cell.cell_type == "markdown" and not (index == 0 and cell.source.startswith("# ")):
            # The first cell says title, question, people and time; the page's head shows them.
            _add_prose(sections, cell.source)
    return [section for section in sections if section.heading or section.blocks]


def _add_prose(sections: list[Section], source: str) -> None:
    first, _, rest = source.strip().partition("\n")
    if first.startswith("## "):
        sections.append(Section(heading=first[3:].strip()))
        source = rest
    if source.strip():
        sections[-1].blocks.append(Block(html=prose(source)))


def prose(source: str) -> str:
    """Markdown as HTML. Chapters are ours, so their HTML is taken as it is."""
    return MarkdownWithMath(renderer=IPythonRenderer(escape=False)).render(source)


def _shows_something(source: str) -> bool:
    """Whether a cell ends in an expression, so that a reader is told to wait for its result."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return True
    return bool(body) and isinstance(body[-1], ast.Expr)


def environment() -> jinja2.Environment:
    """The templates of the page; one environment a server, so they are compiled once."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True
    )


class Run:
    """One visitor's run of a notebook: executes its cells and yields the pieces of the page."""

    def __init__(self, notebook: Notebook, env: jinja2.Environment, log):
        self._cells = notebook.node.cells
        self._env = env
        self._log = log

    async def pieces(self, kernel) -> AsyncIterator[str]:
        """Output of each code cell in turn; after a failure one sentence, and no more."""
        code = [index for index, cell in enumerate(self._cells) if cell.cell_type == "code"]
        left = iter(code)
        try:
            async for outputs in run_cells(kernel, [self._cells[index].source for index in code]):
                yield self._output(next(left), outputs)
        except CellFailed as error:
            # The message would hold the cell's values: only its kind is told.
            self._log.warning("A cell failed: %s.", error)
            yield self._failure(next(left), FAILED)
        except KernelEnded:
            if kernel.shutting_down:  # the visitor has left
                return
            self._log.warning("A kernel ended while its chapter was computed.")
            at = next(left, 0)
            yield self._failure(at, NO_KERNEL if at in code[:1] else FAILED)

    def _output(self, index: int, outputs: list[dict]) -> str:
        return self._env.get_template("output.html.j2").render(index=index, outputs=outputs)

    def _failure(self, index: int, sentence: str) -> str:
        return self._env.get_template("failure.html.j2").render(index=index, sentence=sentence)


def head_facts(chapter: Chapter) -> list[tuple[str, str]]:
    """The three facts under a chapter's question."""
    return [
        ("In the room", chapter.people),
        ("Time", f"{chapter.minutes} minutes"),
        ("You leave with", chapter.leave_with),
    ]
