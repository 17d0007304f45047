"""A process map as tables: one sheet, or one file each for lanes, teams, steps and flows.

    lanes.csv     lane_id,name,party,cost_per_hour,currency
    teams.csv     team_id,name,lane_id,people,hours_per_fte_month,cost_per_hour
    steps.csv     step_id,name,lane_id,team_id,kind,handling_min,...
    flows.csv     from_id,to_id,probability,label,rework,max_repeats
    scenario.csv  cases_per_month,hours_per_fte_month,shrinkage,target_occupancy,...

More columns follow where the map knows more. The files lie in a folder or in a ZIP; `steps.csv`
alone is enough. Costs of an hour are shared rates; a file never holds what a party keeps to itself.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from negotiation.process.rows import Flow, Lane, Process, Rate, Step, Team
from negotiation.values import FieldError, Value

from . import tables
from .bpmn import read_bpmn
from .bpmn_numbers import MAP_FIELDS
from .limits import MAP_BYTES, MAP_FILES, MAP_UNPACKED_BYTES
from .map_columns import of_per_cent, per_cent, share_of
from .map_sheet import read_sheet
from .read_map import ReadMap, as_process, new_id
from .tables import Cell, Line
from .xml import refused

_KEYS = {"lanes": "lane_id", "teams": "team_id", "steps": "step_id", "flows": "flow_id",
         "rates": "rate_id"}  # fmt: skip
_KINDS: dict[str, type[Value]] = {
    "lanes": Lane, "teams": Team, "steps": Step, "flows": Flow, "rates": Rate,
}  # fmt: skip
# Field of the row -> its column, where they differ.
_COLUMNS = {
    "lane": "lane_id", "team": "team_id", "step": "step_id", "source": "source",
    "occupancy": "target_occupancy", "automation_share": "automation_pct",
}  # fmt: skip
_FLOW_COLUMNS = {"source": "from_id", "target": "to_id"}
_FIRST = {
    "lanes": ("name", "party", "cost_per_hour", "currency"),
    "teams": ("name", "lane", "people", "hours_per_fte_month", "cost_per_hour"),
    "steps": (
        "name", "lane", "team", "kind", "handling_min", "handling_cv", "wait_min", "wait_cause",
        "cost_per_hour", "material_cost", "value_add", "system", "automation_share", "evidence",
        "source", "owner", "note",
    ),
    "flows": ("source", "target", "probability", "label", "rework", "max_repeats"),
    "rates": ("lane", "team", "step", "cost_per_hour", "currency", "evidence", "source"),
}  # fmt: skip
_NEEDED = {
    "lanes": ("lane_id", "name"), "teams": ("team_id", "name"), "steps": ("step_id", "name"),
    "flows": ("from_id", "to_id"), "rates": ("cost_per_hour",), "scenario": (),
}  # fmt: skip
_PLANS = ("implementation_cost", "change_by_step", "working_calendar")
_SHEETS = ("", ".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls")
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def read_map(name: str, content: bytes, bare: bool = False) -> ReadMap:
    """The map in a file of any kind that is known: BPMN, a sheet (CSV, XLSX, pasted), or a ZIP.

    `bare` takes a list of steps without a header too, as `read_sheet` does.
    Raises `FieldError` (path "file") with a sentence for everything else.
    """
    head = content[:400].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    if head.startswith(b"<") or name.lower().endswith((".bpmn", ".xml")):
        return read_bpmn(content, name)
    if content.startswith(b"PK\x03\x04") and not _is_workbook(content):
        return read_tables(unpacked(content))
    if Path(name).name.lower() == "steps.csv" and b"step_id" in content[:200]:
        return read_tables({"steps.csv": content})
    if Path(name).suffix.lower() not in _SHEETS:
        raise refused(f"{name} is no map: one comes as BPMN, CSV, XLSX, or as a ZIP or folder.")
    return read_sheet(name, content, bare)


def read_map_at(path: Path) -> ReadMap:
    """The map in a file, in a folder of tables, or in a `steps.csv` with its neighbours.

    Raises `FieldError` as `read_map` does, and `OSError` for what is not there.
    """
    folder = path if path.is_dir() else path.parent
    if path.is_dir() or path.name.lower() == "steps.csv":
        names = [f"{table}.csv" for table in _NEEDED]
        files = [f for f in sorted(folder.iterdir()) if f.name.lower() in names and f.is_file()]
        small = {f.name: f.read_bytes() for f in files if f.stat().st_size <= MAP_BYTES}
        if len(small) < len(files):
            raise refused(f"A table is larger than {MAP_BYTES // 1_000_000} MB; nothing was read.")
        if path.is_dir() or (len(small) > 1 and b"step_id" in small[path.name][:400]):
            return read_tables(small)
    if path.stat().st_size > MAP_UNPACKED_BYTES:
        raise refused(f"{path.name} is larger than a map can be; nothing was read.")
    return read_map(path.name, path.read_bytes())


def read_tables(files: Mapping[str, bytes]) -> ReadMap:
    """The map in files called lanes.csv, teams.csv, steps.csv, flows.csv, scenario.csv, rates.csv.

    Only steps.csv must be there. Raises `FieldError` (path "file") naming file, line and column.
    """
    known = {f"{table}.csv" for table in _NEEDED}
    found = {Path(name).name.lower(): content for name, content in files.items()}
    if "steps.csv" not in found:
        raise refused(
            "There is no steps.csv; a map in tables has steps.csv and may have "
            + ", ".join(sorted(known - {"steps.csv"})) + "."
        )  # fmt: skip
    rows: dict[str, Any] = {}
    notes: list[str] = []
    rates: list[dict[str, Any]] = []
    for table in ("lanes", "teams", "steps", "flows", "rates"):
        lines = _lines(f"{table}.csv", found, table)
        rows[table] = [_row(table, line, notes) for line in lines]
        if table in ("lanes", "teams", "steps"):
            rates += list(_rates(table, lines, rows[table]))
    for line in _lines("scenario.csv", found, "scenario")[:1]:
        rows |= _scenario(line, notes)
    _give_ids(rows["flows"], "arrow")
    rows["rates"] += rates
    _give_ids(rows["rates"], "rate")
    if "flows.csv" not in found:
        notes.append("There is no flows.csv, so no arrow joins the steps.")
    others = sorted(set(found) - known)
    if others:
        notes.append(f"Files that are no table of a map were passed over: {', '.join(others)}.")
    return ReadMap(as_process(rows), tuple(notes))


def write_tables(process: Process) -> dict[str, bytes]:
    """The shared map as CSV files by name; `read_tables` gives equal tables, rates in any order.

    Spaces around a name are lost, as in every spreadsheet.
    """
    shared = [rate for rate in process.rates if rate.space == "shared"]
    own = {t: _single_rates(shared, t) for t in ("lanes", "teams", "steps")}
    inside = {rate.id for found in own.values() for rate in found.values()}
    files = {}
    for table in ("lanes", "teams", "steps", "flows"):
        files[f"{table}.csv"] = _table(table, getattr(process, table), own.get(table, {}))
    rest = [rate for rate in shared if rate.id not in inside]
    if rest:
        files["rates.csv"] = _table("rates", rest, {})
    header = [_COLUMNS.get(name, name) for name in MAP_FIELDS]
    files["scenario.csv"] = tables.write_csv(
        header, [[_cell(getattr(process, name)) for name in MAP_FIELDS]]
    )
    return files


def write_zip(process: Process) -> bytes:
    """The tables of `write_tables` in one ZIP; equal maps give equal bytes."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as target:
        for name, content in write_tables(process).items():
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, content)
    return raw.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """The CSV files of a ZIP. Raises `FieldError` for a broken or a huge one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = [m for m in package.infolist() if m.filename.lower().endswith(".csv")]
            if len(members) > MAP_FILES or sum(m.file_size for m in members) > MAP_UNPACKED_BYTES:
                raise refused(
                    f"The ZIP unpacks to more than {MAP_UNPACKED_BYTES // 1_000_000} MB or "
                    f"{MAP_FILES} tables; nothing was read."
                )
            # A member gives at most the size it declares, so the sum above holds.
            return {Path(m.filename).name: package.read(m) for m in members}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        if isinstance(error, FieldError):
            raise
        raise refused(f"The ZIP is broken and cannot be read ({type(error).__name__}).") from None


def _is_workbook(content: bytes) -> bool:
    return b"[Content_Types].xml" in content or b"xl/workbook.xml" in content


# --- out


def _columns(table: str) -> list[str]:
    """The fields of a table in their order in the file: the plain ones first, then the rest."""
    rest = [n for n in _KINDS[table].model_fields if n not in ("id", "space", *_FIRST[table])]
    found = [*_FIRST[table], *rest]
    return [*found, "rate_id", "rate_currency", "rate_evidence", "rate_source"] if (
        table in ("lanes", "teams", "steps")
    ) else found  # fmt: skip


def _title(table: str, field: str) -> str:
    if table == "flows" and field in _FLOW_COLUMNS:
        return _FLOW_COLUMNS[field]
    return field if field == "source" else _COLUMNS.get(field, field)


def _table(table: str, rows: Any, rates: Mapping[str, Rate]) -> bytes:
    fields = _columns(table)
    header = [_KEYS[table], *(_title(table, field) for field in fields)]
    return tables.write_csv(header, (list(_cells(row, fields, rates.get(row.id))) for row in rows))


def _cells(row: Any, fields: list[str], rate: Rate | None) -> Iterator[Cell]:
    yield row.id
    for field in fields:
        if hasattr(row, field):
            value = getattr(row, field)
            yield _cell(per_cent(value) if field == "automation_share" else value)
        elif rate is None or (field == "currency" and not rate.currency):
            yield None
        else:
            yield _cell(getattr(rate, field.removeprefix("rate_")))


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return "1" if value else "0"
    return float(value) if isinstance(value, int) else value


def _single_rates(rates: list[Rate], table: str) -> dict[str, Rate]:
    """The rates that can stand in a row of `table`: of this row alone, and only one of it."""
    field = table[:-1]
    others = {"lane", "team", "step"} - {field}
    alone = [r for r in rates if getattr(r, field) and not any(getattr(r, o) for o in others)]
    refs = [getattr(rate, field) for rate in alone]
    return {getattr(r, field): r for r in alone if refs.count(getattr(r, field)) == 1}


# --- in


def _lines(name: str, files: Mapping[str, bytes], table: str) -> list[Line]:
    if name not in files:
        return []
    if len(files[name]) > MAP_BYTES:
        raise refused(f"{name} is larger than {MAP_BYTES // 1_000_000} MB; nothing was read.")
    try:
        found = tables.read(name, files[name], _NEEDED[table])
    except FieldError as error:
        raise refused(f"{name}: {error.sentence}") from None
    return [Line(f"{name}, {line.place}", line.cells) for line in found]


def _row(table: str, line: Line, notes: list[str]) -> dict[str, Any]:
    """The fields of a row that its line gives; an empty cell leaves the default."""
    row: dict[str, Any] = {}
    by_title = {_title(table, name): name for name in _KINDS[table].model_fields}
    by_title[_KEYS[table]] = "id"
    for title, cell in line.cells.items():
        name = by_title.get(title)
        if name and name != "space" and tables.text(cell):
            row[name] = _value(line, title, cell, name)
        elif name is None and title not in _MONEY:
            told = (
                f"{line.place.split(',')[0]}: the column “{title}” is not known and was left out."
            )
            if told not in notes:
                notes.append(told)
    return row


_MONEY = {"cost_per_hour", "currency", "rate_id", "rate_currency", "rate_evidence", "rate_source"}
_NUMERIC = {
    "handling_min", "handling_cv", "wait_min", "wait_cv", "material_cost", "people",
    "hours_per_fte_month", "cost_per_hour", "error_rate", "max_repeats", "automation_share",
    "probability", *(name for name in MAP_FIELDS if name != "case_name"),
}  # fmt: skip


def _value(line: Line, title: str, cell: Cell, field: str) -> Any:
    text = tables.text(cell)
    try:
        if field == "automation_share":
            return of_per_cent(tables.number(text.removesuffix("%")))
        if field in ("probability", "error_rate"):
            return share_of(text)
        if field in _NUMERIC:
            return tables.number(cell)
        if field == "rework":
            return _yes(text)
    except ValueError as error:
        raise refused(f"{_capital(line.place)}, {title}: {error}. Nothing was taken.") from None
    return text


def _yes(text: str) -> bool:
    if text.casefold() in ("1", "yes", "true", "x", "y"):
        return True
    if text.casefold() in ("0", "no", "false", "n"):
        return False
    raise ValueError(f"“{text[:40]}” is neither 1 (yes) nor 0 (no)")


def _rates(table: str, lines: list[Line], rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for line, row in zip(lines, rows, strict=True):
        cost = line.cells.get("cost_per_hour")
        if not tables.text(cost) and not tables.text(line.cells.get("rate_id")):
            continue
        told = {
            "id": line.cells.get("rate_id"),
            "currency": line.cells.get("rate_currency") or line.cells.get("currency"),
            "evidence": line.cells.get("rate_evidence"),
            "source": line.cells.get("rate_source"),
        }
        found = {key: tables.text(cell) for key, cell in told.items() if tables.text(cell)}
        if tables.text(cost):
            found["cost_per_hour"] = _value(line, "cost_per_hour", cost, "cost_per_hour")
        yield {table[:-1]: row.get("id", ""), **found}


def _scenario(line: Line, notes: list[str]) -> dict[str, Any]:
    by_title = {_COLUMNS.get(name, name): name for name in MAP_FIELDS}
    found = {
        by_title[title]: _value(line, title, cell, by_title[title])
        for title, cell in line.cells.items()
        if title in by_title and tables.text(cell)
    }
    plans = [name for name in _PLANS if tables.text(line.cells.get(name))]
    if plans:
        notes.append(f"Of a future state, and so left out of today's map: {', '.join(plans)}.")
    return found


def _give_ids(rows: list[dict[str, Any]], word: str) -> None:
    taken = {row["id"] for row in rows if "id" in row}
    for number, row in enumerate(rows, start=1):
        if "id" not in row:
            row["id"] = new_id(f"{word}-{number}", taken, word)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
