"""The nineteen chapters: their order, titles and questions, and which of them exist."""

import csv
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from negotiation.files.data import data_file

_PACKAGE = Path(__file__).parent


@dataclass(frozen=True)
class Chapter:
    """What a page needs of a row of `data/chapters.csv`. `id` is the notebook's name, `minutes`
    the time to plan."""

    id: str
    act: str
    title: str
    question: str
    people: str
    minutes: int
    leave_with: str
    wait: str
    available: bool

    @property
    def number(self) -> int:
        return int(self.id[:2])


@lru_cache(maxsize=1)
def all_chapters() -> tuple[Chapter, ...]:
    """Every chapter in walking order."""
    with data_file("chapters.csv").open(encoding="utf-8") as file:
        return tuple(_chapter(row) for row in csv.DictReader(file))


def chapters_folder() -> Path:
    """Where the notebooks lie: `playbook/` of the checkout, or their copy in the wheel."""
    checkout = _PACKAGE.parent / "playbook"
    return checkout if checkout.is_dir() else _PACKAGE / "_playbook"


def by_act() -> list[tuple[str, list[Chapter]]]:
    """The chapters grouped by act, in walking order."""
    return [(act, list(group)) for act, group in groupby(all_chapters(), lambda one: one.act)]


def neighbours(chapter: Chapter, folder: Path) -> tuple[Chapter | None, Chapter | None]:
    """The open chapters before and after this one in `folder`."""
    open_ones = [one for one in all_chapters() if is_open(one, folder)]
    before = [one for one in open_ones if one.number < chapter.number]
    after = [one for one in open_ones if one.number > chapter.number]
    return (before[-1] if before else None), (after[0] if after else None)


def is_open(chapter: Chapter, folder: Path) -> bool:
    """A chapter can be opened when it is announced and its notebook is there."""
    return chapter.available and (folder / f"{chapter.id}.ipynb").is_file()


def _chapter(row: dict[str, str]) -> Chapter:
    known = {field.name: row[field.name] for field in fields(Chapter)}
    known |= {"minutes": int(row["minutes"]), "available": row["available"] == "yes"}
    return Chapter(**known)
