"""The lists that come with the playbook: routes, task templates, ground rules, chapters."""

import csv
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent


def data_folder() -> Path:
    """Where the playbook's data lie: beside a checkout, or inside the installed package."""
    beside = HERE.parents[1] / "data"
    return beside if beside.is_dir() else HERE.parent / "_data"


@cache
def read_list(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/<name>.csv`, each a mapping of column to text."""
    with (data_folder() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
