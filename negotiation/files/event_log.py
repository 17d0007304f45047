"""Event logs in: CSV with whatever columns and times people have, XES, and both packed with gzip.

A file is read as it streams past; what is kept is one small row for each event.
"""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from negotiation.plain import printable
from negotiation.process.log import EventLog, log_of

from .event_columns import Columns, events_of_rows
from .event_xes import read_xes
from .limits import LOG_BYTES, LOG_EVENTS, LOG_UNPACKED_BYTES
from .tables import CELL_CHARACTERS, COLUMNS
from .xml import refused

_CHUNK = 1 << 16
_MARKS = ",;\t|"


def read_log_at(path: Path, columns: Mapping[str, str] | None = None) -> EventLog:
    """The log in a file: `read_log` of its bytes."""
    with path.open("rb") as stream:
        return read_log(path.name, stream, columns)


def read_log(
    name: str, stream: BinaryIO | bytes, columns: Mapping[str, str] | None = None
) -> EventLog:
    """The events of a CSV or XES file, plain or packed with gzip.

    `columns` says which column of a CSV is `case`, `activity`, `done`, `begun`, `resource`, `met`
    or `lifecycle`, where its name does not tell. Raises `FieldError` (path "file") for a file that
    is too large, broken, hostile, or whose columns cannot be told.
    """
    source = io.BytesIO(stream) if isinstance(stream, bytes) else stream
    chunks = _chunks(source)
    head = next(chunks, b"")
    if not head.strip():
        raise refused("The file is empty.")
    whole = _again(head, chunks)
    if head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").startswith(b"<"):
        events, notes = read_xes(whole)
        return log_of(events, name, notes)
    rows = _rows(head, whole)
    header = [cell.strip() for cell in next(rows, [])]
    events, notes = events_of_rows(Columns(header, columns or {}), rows)
    return log_of(events, name, notes)


def _again(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    """The file's bytes, unpacked, within the limits."""
    first = source.read(2)
    packed = first == b"\x1f\x8b"
    limited: BinaryIO = _Limited(first, source, LOG_BYTES)
    opened = gzip.GzipFile(fileobj=limited) if packed else limited
    size = 0
    try:
        while chunk := opened.read(_CHUNK):
            size += len(chunk)
            if size > LOG_UNPACKED_BYTES:
                raise refused(
                    f"The log unpacks to more than {LOG_UNPACKED_BYTES // 1_000_000} MB; nothing "
                    "was read."
                )
            yield chunk
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise refused(f"The file is broken: it cannot be unpacked ({error}).") from None


class _Limited(io.RawIOBase):
    """A stream that refuses to go on behind `most` bytes."""

    def __init__(self, first: bytes, source: BinaryIO, most: int) -> None:
        self._first, self._source, self._left = first, source, most

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        wanted = min(size, _CHUNK) if size > 0 else _CHUNK
        found = self._first[:wanted]
        self._first = self._first[wanted:]
        if len(found) < wanted:
            found += self._source.read(wanted - len(found))
        self._left -= len(found)
        if self._left < 0:
            raise refused(f"The log is larger than {LOG_BYTES // 1_000_000} MB; nothing was read.")
        return found


def _rows(head: bytes, chunks: Iterator[bytes]) -> Iterator[list[str]]:
    """The rows of a CSV, its encoding and delimiter found from its beginning."""
    encoding = _encoding(head)
    text = head.decode(encoding, "replace")
    if "\x00" in text:
        raise refused("This is neither a CSV nor an XES file.")
    first = text.split("\n", 1)[0]
    mark = max(_MARKS, key=first.count)
    reader = csv.reader(_lines(chunks, encoding), delimiter=mark)
    count = 0
    try:
        for row in reader:
            count += 1
            if count > LOG_EVENTS + 1:
                raise refused(f"The log has more than {LOG_EVENTS:,} events; take a sample of it.")
            if len(row) > 4 * COLUMNS or any(len(cell) > CELL_CHARACTERS for cell in row):
                raise refused(f"Line {count} has more columns or longer cells than a log has.")
            yield row
    except csv.Error as error:
        raise refused(f"Line {count + 1} cannot be read as CSV ({error}).") from None


def _encoding(head: bytes) -> str:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        # The last letters may be cut in two.
        head[: max(1, len(head) - 4)].decode("utf-8")
    except UnicodeDecodeError as error:
        return "utf-8-sig" if error.start > len(head) - 12 else "cp1252"
    return "utf-8-sig"


def _lines(chunks: Iterator[bytes], encoding: str) -> Iterator[str]:
    decode = codecs.getincrementaldecoder(encoding)("replace").decode
    rest = ""
    for chunk in chunks:
        rest += decode(chunk)
        *lines, rest = rest.split("\n")
        if len(rest) > 40 * CELL_CHARACTERS:
            raise refused("The file has a line that is longer than a log's line can be.")
        for line in lines:
            yield printable(line) + "\n"
    yield printable(rest + decode(b"", True))
