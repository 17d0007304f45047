"""Bodies of older schemas, brought to the present one when they are read; bytes stay as written.

Schema 3: as 2, and the kinds `undone` and `redone`, which name a gesture and hold no value.
Schema 2: `kind` (created, edit, tabled, agreed, retracted, checkpoint) and what goes with it.
Schema 1: `patch` alone, a list of [path, new value] of a party's own rows.
"""

from collections.abc import Callable
from typing import Any

SCHEMA = 3


def _from_1(body: dict[str, Any]) -> dict[str, Any]:
    if "document" in body:
        return {"kind": "created", **body, "schema": 2}
    changes = [{"path": path, "new": new} for path, new in body["patch"]]
    return {"kind": "edit", "rows": changes, "schema": 2}


def _from_2(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "schema": 3}


_UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1, 2: _from_2}


def upgraded(body: dict[str, Any]) -> dict[str, Any]:
    """`body` in the present schema. Raises `ValueError` for one written by a newer playbook."""
    if body["schema"] > SCHEMA:
        raise ValueError("this entry was written by a newer playbook; update this one to read it")
    while body["schema"] < SCHEMA:
        body = _UPGRADES[body["schema"]](body)
    return body
