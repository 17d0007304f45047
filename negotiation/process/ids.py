"""Ids of the rows of a map."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

NewId = Callable[[Iterable[Any], str], str]
"""`new_id(rows, stem)` makes an id that none of the rows has, beginning with `stem`."""

_LONGEST = 64


def free_id(rows: Iterable[Any], stem: str) -> str:
    """A short id that no row has: `stem` and the next number."""
    taken = {row.id for row in rows}
    number = len(taken) + 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def joined_id(*parts: str) -> str:
    """The id of a row that is known by what it is about: whoever makes it makes the same id.

    At most 64 letters; where the parts are longer a digest stands for the end.
    """
    whole = "-".join(parts)
    if len(whole) <= _LONGEST:
        return whole
    digest = sha256(whole.encode()).hexdigest()[:12]
    return f"{whole[: _LONGEST - 1 - len(digest)]}-{digest}"
