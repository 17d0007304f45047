"""Ids of rows that people add."""

import secrets
from collections.abc import Iterable
from typing import Any

_LETTERS = "bcdfghjkmnpqrstvwxz23456789"
"""Without vowels, which make words, and without what is mistaken for something else."""
_LENGTH = 5


def fresh_id(rows: Iterable[Any], stem: str, seat: str) -> str:
    """An id for a new row of `seat` that none of `rows` has, such as `sb7k3fq`.

    It is drawn at random, so that nobody else who adds a row at the same time, on the other side
    or in another page, chooses the same; the id of a row that went never comes back; and an id
    tells nobody how many rows there are that he does not see.
    """
    taken = {row.id for row in rows}
    while True:
        found = f"{stem}{seat[0]}" + "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        if found not in taken:
            return found
