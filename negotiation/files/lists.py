"""The lists that come with the playbook: routes, task templates, ground rules, chapters."""

import csv
from functools import cache

from .data import data_folder


@cache
def read_list(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/<name>.csv`, each a mapping of column to text."""
    with (data_folder() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
