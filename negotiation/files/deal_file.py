"""A deal as a JSON file: in, out, and the samples that come with the playbook.

The file holds one document per space, as `negotiation.spaces.split` gives them, so that a party can
see at a glance, and cut out, what is its own:

    {"format": "negotiation-playbook/deal", "schema": 1,
     "spaces": {"shared": {...}, "buyer": {"scenarios.drivers": [...]}, ...}}
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from .. import spaces
from ..deal import Deal
from ..patches import Document, found_at, is_table
from ..values import FieldError
from .data import data_file

SAMPLE = "harbor-luzon"
FORMAT = "negotiation-playbook/deal"
SCHEMA = 1
LIMIT_BYTES = 10 * 2**20


@cache
def sample(name: str = SAMPLE) -> Deal:
    """A deal of `data/deals`, with the rows of both sides; nothing is stored."""
    return read_deal(data_file(f"deals/{name}.json"))


def read_deal(path: str | Path) -> Deal:
    """The deal in a file.

    Raises `FieldError`: for a file above 10 MiB, for one that is not JSON, and for a field that
    does not fit, with its path.
    """
    path = Path(path)
    size = path.stat().st_size
    if size > LIMIT_BYTES:
        raise FieldError("", f"{path.name} has {size / 2**20:.0f} MiB; a deal has at most 10.")
    return deal_from_json(path.read_bytes(), path.name)


def deal_from_json(data: bytes, name: str = "This file") -> Deal:
    """The deal in the bytes of a JSON file; `name` is used in sentences."""
    if len(data) > LIMIT_BYTES:
        raise FieldError("", f"{name} is too large: a deal has at most 10 MiB.")
    if not data.strip():
        raise FieldError("", f"{name} is empty; a deal file is JSON.")
    try:
        document = json.loads(data)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FieldError("", f"{name} is not a deal file (JSON): {error}.") from None
    except RecursionError:
        raise FieldError("", f"{name} is not a deal file: it is nested too deeply.") from None
    return _deal(document, name)


def deal_to_json(deal: Deal) -> bytes:
    """The deal as the bytes of a JSON file; equal deals give equal bytes."""
    documents = {space: found for space, found in spaces.split(deal.document()).items() if found}
    whole = {"format": FORMAT, "schema": SCHEMA, "spaces": documents}
    return (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode()


def write_deal(deal: Deal, path: str | Path) -> None:
    """Write the deal into a file that another program may read."""
    Path(path).write_bytes(deal_to_json(deal))


def _deal(whole: Any, name: str) -> Deal:
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise FieldError("", f"{name} is not a deal file: its format is not {FORMAT}.")
    if whole.get("schema") != SCHEMA:
        raise FieldError("", f"{name} was written by a newer playbook; update this one to read it.")
    documents = whole.get("spaces")
    if not isinstance(documents, dict) or not isinstance(documents.get(spaces.SHARED), dict):
        raise FieldError("", f"{name} holds no shared part.")
    # The shared part is completed first: a party's rows need their table to be there.
    shared = Deal.read(documents[spaces.SHARED]).document()
    private = {space: documents.get(space, {}) for space in spaces.SPACES[1:]}
    for space, tables in private.items():
        _require_own_rows(tables, shared, space, name)
    return Deal.read(spaces.merge({spaces.SHARED: shared, **private}))


def _require_own_rows(tables: Any, shared: Document, space: str, name: str) -> None:
    if not isinstance(tables, dict) or not all(is_table(rows) for rows in tables.values()):
        raise FieldError(space, f"{name}: the {space}'s part is not a list of rows by table.")
    for path, rows in tables.items():
        if not is_table(found_at(shared, path)):
            raise FieldError(path, f"{name}: there is no table '{path}'.")
        for row in rows:
            if row.get("space") != space:
                raise FieldError(f"{path}.{row['id']}", f"{name}: this row is not the {space}'s.")
