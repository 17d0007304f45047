"""Small tables in and out of CSV and XLSX files: limits, formulas, broken files, equal bytes.

What comes from outside may be huge, broken, or a trap. Whatever it is,
reading either gives lines of plain cells or raises `FieldError` with a sentence saying what to do.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from negotiation import plain
from negotiation.values import FieldError

FILE_BYTES = 2_000_000
UNPACKED_BYTES = 20_000_000
PACKED_FILES = 200
ROWS = 2_000
COLUMNS = 60
CELL_CHARACTERS = 4_000

Cell = str | float | None
# What a spreadsheet may run: also behind spaces that it trims, and in letters of full width.
_FORMULA = re.compile("[\\s\u200b\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
# Workbooks carry this time (ZIP's first), so that equal tables make equal files.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Line:
    """One line of a table: where it stands in the file, and its cells by column name."""

    place: str
    cells: dict[str, Cell]


def read(
    file_name: str,
    content: bytes,
    columns: Sequence[str],
    is_header: Callable[[Sequence[str]], bool] | None = None,
) -> list[Line]:
    """The lines of the first sheet of `content`, by the names of its header.

    `columns` are the names that must be there; others are kept too. Empty lines are left out. The
    header is the first line; with `is_header`, the first of ten lines that it takes for one, so
    that a title may stand above.
    Raises `FieldError` (path "file") when the file is too large, broken, or holds a formula.
    """
    if len(content) > FILE_BYTES:
        raise _refused(f"The file is larger than {FILE_BYTES // 1_000_000} MB; nothing was read.")
    if not content:
        raise _refused("The file is empty.")
    if content[:4] == b"PK\x03\x04":
        grid = _xlsx_grid(content)
    elif content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise _refused(
            "This is an old or encrypted Excel file; save it as .xlsx or CSV without a password."
        )
    elif file_name.lower().endswith((".xlsx", ".xlsm")):
        raise _refused("This is not a workbook, although its name says so; it may be broken.")
    else:
        grid = _csv_grid(content)
    return _lines(grid, columns, is_header)


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file (UTF-8 with its mark, so that spreadsheets read names right)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_safe(cell) for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def write_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet called `title`; equal content gives equal bytes."""
    import openpyxl
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for line, row in enumerate([header, *rows], start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(line, column)
            cell.value = value if not isinstance(value, str) else plain.printable(value)
            if isinstance(value, str):
                # Text stays text: a name that begins with "=" must not run as a formula.
                cell.data_type = "s"
                cell.quotePrefix = bool(_FORMULA.match(plain.printable(value)))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "B2"
    for letter, width in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _widths(sheet), strict=False):
        sheet.column_dimensions[letter].width = width
    raw = io.BytesIO()
    book.save(raw)
    return _with_fixed_times(raw.getvalue())


def number(cell: Cell) -> float:
    """The number in a cell: 1.65, or "1,65" (one comma, no thousands). Raises `ValueError`."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell)
    text = re.sub(r"\s", "", str(cell or "")).replace("\N{MINUS SIGN}", "-")
    if not re.fullmatch(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?", text):
        shown = text if len(text) <= 30 else text[:27] + "…"
        raise ValueError(f"“{shown}” is not a number; write it like 1.65, without separators")
    return float(text.replace(",", "."))


def text(cell: Cell) -> str:
    """A cell as text; a whole number without its ".0"."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


# --- reading


def _refused(sentence: str) -> FieldError:
    return FieldError("file", sentence)


def _lines(
    grid: list[tuple[str, list[Cell]]],
    columns: Sequence[str],
    is_header: Callable[[Sequence[str]], bool] | None,
) -> list[Line]:
    filled = [(place, row) for place, row in grid if any(text(cell) for cell in row)]
    if not filled:
        raise _refused("The file has no lines.")
    if is_header:
        heads = (n for n, (_, row) in enumerate(filled[:10]) if is_header([text(c) for c in row]))
        filled = filled[next(heads, 0) :]
    header = [text(cell).casefold() for cell in filled[0][1]]
    missing = [name for name in columns if name.casefold() not in header]
    if missing:
        raise _refused(f"The first line must name the columns; missing: {', '.join(missing)}.")
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice:
        raise _refused(f"The column “{twice}” is there twice; keep one of them.")
    return [
        Line(place, {name: cell for name, cell in zip(header, row, strict=False) if name})
        for place, row in filled[1:]
    ]


def _csv_grid(content: bytes) -> list[tuple[str, list[Cell]]]:
    text_of_file = decoded(content)
    first = text_of_file.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    grid: list[tuple[str, list[Cell]]] = []
    try:
        for row in csv.reader(io.StringIO(text_of_file), delimiter=mark, strict=True):
            _within(len(grid), len(row), (len(cell) for cell in row))
            grid.append((f"line {len(grid) + 1}", [_plain(cell) for cell in row]))
    except csv.Error as error:
        raise _refused(f"Line {len(grid) + 1} cannot be read as CSV ({error}).") from None
    return grid


def decoded(content: bytes) -> str:
    """The text of a CSV file, whatever spreadsheet wrote it; `FieldError` when it is none."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            found = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in found:
            return found
    raise _refused("This is neither a CSV file nor a workbook (.xlsx).")


def _xlsx_grid(content: bytes) -> list[tuple[str, list[Cell]]]:
    import openpyxl

    try:
        _check_package(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        sheet = book.worksheets[0]
        grid = []
        for row in sheet.iter_rows(max_row=ROWS + 2, max_col=COLUMNS + 1):
            filled = sum(cell.value is not None for cell in row)
            _within(len(grid), filled and _last(row), (len(str(cell.value)) for cell in row))
            grid.append((f"row {len(grid) + 1}", [_cell(cell, sheet.title) for cell in row]))
        return grid
    except FieldError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        TypeError,
        IndexError,
        AttributeError,
        EOFError,
        OSError,
        RuntimeError,
        SyntaxError,
    ) as error:
        # openpyxl meets a broken workbook with whatever its parser stumbles over; ElementTree's
        # ParseError is a SyntaxError, and a ZIP's unknown or encrypted packing a RuntimeError.
        raise _refused(
            f"The workbook is broken and cannot be read ({type(error).__name__})."
        ) from None


def _check_package(content: bytes) -> None:
    """Refuses packages that unpack to more than they should, and XML that defines entities."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        members = package.infolist()
        if len(members) > PACKED_FILES or sum(m.file_size for m in members) > UNPACKED_BYTES:
            raise _refused(
                "The workbook unpacks to more than "
                f"{UNPACKED_BYTES // 1_000_000} MB; nothing was read."
            )
        for member in members:
            # A member gives at most the size it declares, so the sum above holds.
            head = package.read(member)
            if member.filename.endswith((".xml", ".rels")) and (
                b"<!DOCTYPE" in head or b"<!ENTITY" in head or b"\x00" in head
            ):
                raise _refused(
                    "The workbook holds definitions that no spreadsheet writes; nothing was read."
                )


def _last(row: Sequence[Any]) -> int:
    return max(place for place, cell in enumerate(row, start=1) if cell.value is not None)


def _cell(cell: Any, sheet: str) -> Cell:
    value = cell.value
    if value is None:
        return None
    where = f"Cell {cell.coordinate} of sheet “{sheet}”"
    if cell.data_type == "f":
        raise _refused(
            f"{where} holds a formula. Paste it as a value in your spreadsheet, so that "
            "everybody reads the same number."
        )
    if cell.data_type == "e":
        raise _refused(f"{where} holds the error {value}.")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return float(value)
    return _plain(str(value))


def _within(rows: int, columns: int, sizes: Iterable[int]) -> None:
    if rows > ROWS or columns > COLUMNS:
        raise _refused(
            f"A table has up to {ROWS:,} lines and {COLUMNS} columns; this one has more."
        )
    if max(sizes, default=0) > CELL_CHARACTERS:
        raise _refused(
            f"A cell holds up to {CELL_CHARACTERS:,} characters; line {rows + 1} has more."
        )


# --- formulas as text, equal bytes


def _safe(cell: Cell) -> Cell:
    """Text that a spreadsheet would run gets a leading apostrophe; numbers stay numbers."""
    if isinstance(cell, str):
        cell = plain.printable(cell)
        return f"'{cell}" if cell.startswith("'") or _FORMULA.match(cell) else cell
    return "" if cell is None else repr(cell) if isinstance(cell, float) else cell


def _plain(cell: str) -> str:
    """The text that `_safe` was given, printable."""
    cell = plain.lines(cell)
    rest = cell.removeprefix("'")
    return rest if rest != cell and (rest.startswith("'") or _FORMULA.match(rest)) else cell


def _widths(sheet: Any) -> list[float]:
    return [
        min(48, max(9, *(len(str(cell.value or "")) + 2 for cell in column)))
        for column in sheet.iter_cols()
    ]


def _with_fixed_times(package: bytes) -> bytes:
    """The same package with every time fixed."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(result, "w") as target:
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", content
                )
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, content)
    return result.getvalue()
