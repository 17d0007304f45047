"""The journal inside one transaction: append, read, erase, verify."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from . import tables
from .codec import Body, Codec
from .errors import StoreError

Clock = Callable[[], datetime]
NonceSource = Callable[[], bytes]
_entries = tables.entries.c


@dataclass(frozen=True)
class Entry:
    """One act in one space. `body` is None where it has been erased."""

    deal: str
    space: str
    seq: int
    author: str
    at: datetime
    body: Body | None
    link: bytes


@dataclass(frozen=True)
class Problem:
    """An entry that is not as it was written."""

    deal: str
    space: str
    seq: int
    sentence: str


class Journal:
    """What one transaction can do. Made by `Store.reading()` and `Store.writing()`."""

    def __init__(self, connection: Connection, codec: Codec, clock: Clock, nonce: NonceSource):
        self._connection = connection
        self._codec = codec
        self._clock = clock
        self._nonce = nonce

    def now(self) -> datetime:
        return self._clock()

    # --- deals ---

    def deal_ids(self) -> list[str]:
        """All deals, oldest first."""
        query = select(tables.deals.c.id).order_by(tables.deals.c.created_at, tables.deals.c.id)
        return list(self._connection.execute(query).scalars())

    def create_deal(self, deal: str) -> None:
        if deal in self.deal_ids():
            raise StoreError(f"There is a deal '{deal}' already; choose another name.")
        row = {"id": deal, "created_at": _stamp(self.now())}
        self._connection.execute(insert(tables.deals).values(row))

    def delete_deal(self, deal: str) -> None:
        """Erase a deal with everything in it."""
        self._connection.execute(delete(tables.entries).where(_entries.deal == deal))
        self._connection.execute(delete(tables.deals).where(tables.deals.c.id == deal))

    # --- entries ---

    def heads(self, deal: str) -> dict[str, int]:
        """The last entry's number in each space that has entries."""
        query = (
            select(_entries.space, func.max(_entries.seq))
            .where(_entries.deal == deal)
            .group_by(_entries.space)
        )
        return {space: seq for space, seq in self._connection.execute(query)}

    def entries(self, deal: str, space: str, after: int = 0) -> list[Entry]:
        """The entries of a space with numbers above `after`, oldest first."""
        return [self._read(row) for row in self._rows(deal, space, after)]

    def append(self, deal: str, space: str, author: str, body: Body) -> Entry:
        """Write the next entry of a space."""
        # On PostgreSQL the row of the deal keeps writers in line; SQLite's writers already are.
        lock = select(tables.deals.c.id).where(tables.deals.c.id == deal).with_for_update()
        if self._connection.execute(lock).first() is None:
            raise StoreError(f"There is no deal '{deal}' any more.")
        last = self._last(deal, space)
        seq, previous = (last.seq + 1, last.link) if last else (1, b"")
        data, nonce = self._codec.encode(deal, space, body), self._nonce()
        at = self.now()
        content = _content(nonce, data)
        row = {"deal": deal, "space": space, "seq": seq, "author": author, "at": _stamp(at)}
        link = _link(previous, row, content)
        self._connection.execute(
            insert(tables.entries).values(**row, body=data, nonce=nonce, content=content, link=link)
        )
        return Entry(deal, space, seq, author, at, body, link)

    def erase(self, deal: str, space: str, seq: int, author: str, why: str) -> Entry:
        """Erase the body of an entry, leave its tombstone, and say so in a new entry."""
        self._connection.execute(
            update(tables.entries)
            .where(_entries.deal == deal, _entries.space == space, _entries.seq == seq)
            .values(body=None, nonce=None)
        )
        return self.append(deal, space, author, {"kind": "retracted", "of": [seq], "note": why})

    def erase_through(self, deal: str, space: str, seq: int, author: str, why: str) -> Entry:
        """Erase the bodies of all entries up to `seq`, as `erase` does for one."""
        gone = [row.seq for row in self._rows(deal, space, 0) if row.seq <= seq and row.body]
        self._connection.execute(
            update(tables.entries)
            .where(_entries.deal == deal, _entries.space == space, _entries.seq <= seq)
            .values(body=None, nonce=None)
        )
        return self.append(deal, space, author, {"kind": "retracted", "of": gone, "note": why})

    # --- settings of this installation ---

    def setting(self, key: str) -> Any:
        query = select(tables.settings.c.value).where(tables.settings.c.key == key)
        value = self._connection.execute(query).scalar()
        return None if value is None else json.loads(value)

    def set_setting(self, key: str, value: Any) -> None:
        self._connection.execute(delete(tables.settings).where(tables.settings.c.key == key))
        if value is not None:
            row = {"key": key, "value": json.dumps(value)}
            self._connection.execute(insert(tables.settings).values(row))

    # --- verifying ---

    def verify(self, deal: str, seen: Iterable[str] | None = None) -> list[Problem]:
        """Every entry of `deal` that was altered, removed, or emptied without a retraction.

        `seen` names the spaces to look at; None is all of them.
        """
        spaces = sorted(space for space in self.heads(deal) if seen is None or space in seen)
        return [problem for space in spaces for problem in self._verify_space(deal, space)]

    def _verify_space(self, deal: str, space: str) -> Iterator[Problem]:
        previous, expected, empty, retracted = b"", 1, [], set()
        for row in self._rows(deal, space, 0):
            for seq in range(expected, row.seq):
                yield Problem(deal, space, seq, f"Entry {seq} of {space} is missing.")
            named = f"Entry {row.seq} of {space} (by the {row.author}, {row.at})"
            header = {key: getattr(row, key) for key in ("deal", "space", "seq", "author", "at")}
            if row.link != _link(previous, header, row.content):
                yield Problem(deal, space, row.seq, f"{named}: author, time or order was altered.")
            if row.body is None:
                empty.append((row.seq, named))
            elif row.content != _content(row.nonce or b"", row.body):
                yield Problem(deal, space, row.seq, f"{named}: what it says was altered.")
            else:
                retracted |= set(self._retracted_by(row))
            previous, expected = row.link, row.seq + 1
        for seq, named in empty:
            if seq not in retracted:
                yield Problem(deal, space, seq, f"{named}: emptied, but nobody retracted it.")

    def _retracted_by(self, row: Row) -> list[int]:
        body = self._codec.decode(row.deal, row.space, row.body)
        return body["of"] if body["kind"] == "retracted" else []

    # --- rows ---

    def _rows(self, deal: str, space: str, after: int) -> list[Row]:
        query = (
            select(tables.entries)
            .where(_entries.deal == deal, _entries.space == space, _entries.seq > after)
            .order_by(_entries.seq)
        )
        return list(self._connection.execute(query))

    def _last(self, deal: str, space: str) -> Row | None:
        query = (
            select(_entries.seq, _entries.link)
            .where(_entries.deal == deal, _entries.space == space)
            .order_by(_entries.seq.desc())
            .limit(1)
        )
        return self._connection.execute(query).first()

    def _read(self, row: Row) -> Entry:
        body = None
        if row.body is not None:
            # Altered bytes may unpack to something that looks right: the digest decides.
            if row.content != _content(row.nonce or b"", row.body):
                raise StoreError(_altered(row))
            try:
                body = self._codec.decode(row.deal, row.space, row.body)
            except ValueError as error:
                raise StoreError(f"Entry {row.seq} of {row.space}: {error}.") from None
        at = datetime.fromisoformat(row.at)
        return Entry(row.deal, row.space, row.seq, row.author, at, body, row.link)


def _altered(row: Row) -> str:
    return (
        f"Entry {row.seq} of {row.space} in '{row.deal}' (by the {row.author}, {row.at}) was "
        "altered after it was written. Restore a backup."
    )


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _content(nonce: bytes, data: bytes) -> bytes:
    return hashlib.sha256(len(nonce).to_bytes(2, "big") + nonce + data).digest()


def _link(previous: bytes, header: dict[str, Any], content: bytes) -> bytes:
    names = ("deal", "space", "seq", "author", "at")
    told = json.dumps([header[name] for name in names]).encode()
    return hashlib.sha256(previous + hashlib.sha256(told).digest() + content).digest()
