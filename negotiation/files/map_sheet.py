"""One sheet about a process: a row for each step, as a team has it in a spreadsheet.

Only the step's name is needed. Without a column `next` the rows follow each other. A row whose kind
is `lane`, `team`, `rate` or `map` holds what is not about one step: that is how a whole map is
written into one sheet and read back to equal tables.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from negotiation.process.maps import Map
from negotiation.process.rows import Process, Step

from . import map_next, tables
from .bpmn_numbers import MAP_FIELDS
from .map_columns import Column, at, known, value
from .read_map import ReadMap, as_process, clean, listed, new_id, party_of
from .tables import Cell, Line
from .xml import refused

_STEP_FIELDS = tuple(
    name for name in Step.model_fields if name not in ("id", "name", "lane", "team", "kind")
)
HEADER = (
    "id", "step", "kind", "lane", "party", "team", "people", "hours_per_fte_month",
    "cost_per_hour", "currency", *_STEP_FIELDS, "next", "next_ids", "figure",
)  # fmt: skip
_BEGIN = {"start", "starts", "begin", "begins", "arrives", "received", "arrived", "comes", "opens"}
_FINISH = {"end", "ends", "done", "closed", "finished", "finish", "complete", "completed", "stop"}
_END_WORDS = {"end", "ende", "stop", "done", "finish", "-", "–", "close", "exit"}


def read_sheet(file_name: str, content: bytes, bare: bool = False) -> ReadMap:
    """The map in a CSV or XLSX sheet, or in text pasted from a spreadsheet.

    With `bare`, lines without any header are the names of steps: somebody means them so. Of a file
    nobody knows; any letter would be a map.
    Raises `FieldError` (path "file") with row and column for a cell that does not fit, for a name
    that is there twice where it is referred to, and for a next step that is not there.
    """
    if "\n" not in content.decode("utf-8", "replace").strip() and content[:2] != b"PK":
        raise refused(
            "A map needs a first line that names the columns and a line for each step; there is "
            "only one line."
        )
    return _Sheet(_lines(file_name, content, bare)).read()


def write_sheet(process: Process) -> bytes:
    """The shared map as one CSV sheet; `read_sheet` reads it back to equal tables.

    Arrows with a missing end, and references to rows that are gone, are left out.
    """
    return tables.write_csv(HEADER, rows(process))


def write_sheet_xlsx(process: Process) -> bytes:
    """The same sheet as a workbook."""
    return tables.write_xlsx("Process map", HEADER, rows(process))


def rows(process: Process) -> Iterator[list[Cell]]:
    """The rows below `HEADER`: the map's numbers, lanes, teams and rates, then the steps."""
    chart = Map(process)
    lanes, teams = _names(process.lanes), _names(process.teams)
    for field in MAP_FIELDS:
        if getattr(process, field) is not None:
            yield _row(kind="map", step=field, figure=getattr(process, field))
    for lane in process.lanes:
        yield _row(kind="lane", id=lane.id, lane=lane.name, party=lane.party)
    for team in process.teams:
        yield _row(
            kind="team", id=team.id, team=team.name, lane=lanes.get(team.lane), people=team.people,
            hours_per_fte_month=team.hours_per_fte_month,
        )  # fmt: skip
    for rate in process.rates:
        if rate.space == "shared":
            yield _row(
                kind="rate", id=rate.id, lane=lanes.get(rate.lane), team=teams.get(rate.team),
                step=rate.step, cost_per_hour=rate.cost_per_hour, currency=rate.currency,
                evidence=rate.evidence, source=rate.source,
            )  # fmt: skip
    targets = {
        key: name if map_next.can_be_written(name) and name.casefold() not in _END_WORDS else key
        for key, name in _names(process.steps).items()
    }
    place = {flow.id: number for number, flow in enumerate(process.flows)}
    for step in process.steps:
        ways = chart.outgoing(step.id)
        yield _row(
            **{field: _told(step, field) for field in _STEP_FIELDS},
            id=step.id, step=step.name, kind=step.kind, lane=lanes.get(step.lane),
            team=teams.get(step.team),
            next="; ".join(map_next.written(flow, targets[flow.target]) for flow in ways),
            next_ids="; ".join(f"{place[flow.id]}:{flow.id}" for flow in ways),
        )  # fmt: skip


def _told(step: Step, field: str) -> Any:
    """A field's value, but nothing where a zero or an empty text says nothing."""
    found = getattr(step, field)
    return found if found or Step.model_fields[field].default is None else None


def _row(**cells: Any) -> list[Cell]:
    found = (cells.get(name) for name in HEADER)
    return [float(c) if isinstance(c, int) else c for c in found]


def _names(rows: Iterable[Any]) -> dict[str, str]:
    """How each row is referred to: by name where that is clear, else by id."""
    rows = tuple(rows)
    called = [clean(row.name).casefold() for row in rows]
    ids = {row.id.casefold(): row.id for row in rows}
    return {
        row.id: row.name
        if called.count(name) == 1
        and ids.get(name, row.id) == row.id
        and row.name == clean(row.name)
        else row.id
        for row, name in zip(rows, called, strict=True)
    }


# --- in


def _lines(file_name: str, content: bytes, bare: bool) -> list[Line]:
    lines = tables.read(file_name, content, (), lambda row: _names_steps(row, 2))
    headers = [header for line in lines[:1] for header in line.cells]
    if _names_steps(headers, 1):
        return lines
    if bare and len(headers) == 1 and content[:2] != b"PK":
        return _bare_list(content)
    raise refused(
        "The first line must name the columns, and one of them the step (“step”, “activity”, "
        "“task”). It names: " + listed(clean(header, 60) for header in headers) + "."
    )


def _names_steps(cells: Sequence[str], columns: int) -> bool:
    """Whether a line names the column of steps, and at least so many known columns in all."""
    fields = [found.field for found in map(known, filter(None, cells)) if found]
    return "step" in fields and len(fields) >= columns


def _bare_list(content: bytes) -> list[Line]:
    """A list of steps without a header: every line is a name, whatever marks it holds."""
    names = tables.decoded(content).split("\n")
    told = [name.strip().strip('"') for name in names]
    return tables.read("pasted.csv", tables.write_csv(("step",), ([name] for name in told)), ())


class _Sheet:
    """The rows of a sheet on their way to tables."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._columns: dict[str, Column] = {}
        self._notes: list[str] = []
        self._map: dict[str, Any] = {}
        self._rows: dict[str, list[dict[str, Any]]] = {
            table: [] for table in ("lanes", "teams", "steps", "flows", "rates")
        }
        self._taken: dict[str, set[str]] = {table: set() for table in self._rows}
        self._step_lines: list[tuple[Line, dict[str, Any]]] = []
        self._typed: dict[str, str] = {}
        """Row ids by what the sheet calls them: 2.1 fits no row."""

    def read(self) -> ReadMap:
        self._know_columns()
        self._reserve_ids()
        for line in self._lines:
            kind = tables.text(self._cell(line, "kind")).casefold()
            if kind in ("lane", "team", "rate", "map"):
                getattr(self, f"_take_{kind}")(line)
        for line in self._lines:
            kind = tables.text(self._cell(line, "kind")).casefold()
            if kind not in ("lane", "team", "rate", "map"):
                self._take_step(line)
        if not self._step_lines:
            raise refused("The sheet has no steps: every row's step is empty.")
        self._take_flows()
        if not any(self._value(line, "kind") for line, _ in self._step_lines):
            self._guess_kinds()
        return ReadMap(as_process({**self._map, **self._rows}), tuple(self._notes))

    def _know_columns(self) -> None:
        unknown = []
        for header in self._lines[0].cells if self._lines else ():
            found = known(header)
            if found is None:
                unknown.append(header)
            elif found.field in self._columns:
                other = self._columns[found.field].header
                self._notes.append(
                    f"The columns “{other}” and “{header}” mean the same; the second was left out."
                )
            else:
                self._columns[found.field] = found
            if found and found.field == "step" and self._holds_numbers(header):
                # "Step" counts, and another column says what is done.
                self._columns["id"] = self._columns.get("id") or Column("id", header)
                del self._columns["step"]
        if "step" not in self._columns and "id" in self._columns:
            self._columns["step"] = Column("step", self._columns.pop("id").header)
        if unknown:
            self._notes.append(f"These columns are not known and were left out: {listed(unknown)}.")

    def _holds_numbers(self, header: str) -> bool:
        """Whether a column of steps only counts them: 1, 2, 2.1."""
        told = [tables.text(line.cells.get(header)) for line in self._lines]
        return all(re.fullmatch(r"\w?\d[\d.]*", text) for text in told if text)

    def _cell(self, line: Line, field: str) -> Cell:
        column = self._columns.get(field)
        return line.cells.get(column.header) if column else None

    def _value(self, line: Line, field: str) -> Any:
        column = self._columns.get(field)
        return value(line, column) if column else None

    def _text(self, line: Line, field: str, characters: int = 120) -> str:
        return clean(tables.text(self._cell(line, field)), characters)

    def _header(self, field: str) -> str:
        return self._columns[field].header if field in self._columns else field

    def _reserve_ids(self) -> None:
        """Ids that the sheet gives are not taken by rows that get theirs from us."""
        for line in self._lines:
            kind = tables.text(self._cell(line, "kind")).casefold()
            table = f"{kind}s" if kind in ("lane", "team", "rate") else "steps"
            row_id = self._text(line, "id")
            if row_id and table != "steps":
                self._taken[table].add(row_id)
            self._taken["flows"].update(flow_id for _, flow_id in self._own_ids(line))

    # --- rows

    def _take_map(self, line: Line) -> None:
        field = self._text(line, "step")
        if field not in MAP_FIELDS:
            raise at(line, self._header("step"), f"the map has no number “{field}”")
        self._map[field] = tables.text(self._cell(line, "figure"))

    def _take_lane(self, line: Line) -> None:
        row_id = self._text(line, "id") or new_id(self._text(line, "lane"), self._taken["lanes"])
        # What we wrote keeps its spaces; it is cleaned only where somebody else typed it.
        name = str(self._cell(line, "lane") or "") or row_id
        party = self._value(line, "party") or party_of(name)
        self._rows["lanes"].append({"id": row_id, "name": name, "party": party})

    def _take_team(self, line: Line) -> None:
        row_id = self._text(line, "id") or new_id(self._text(line, "team"), self._taken["teams"])
        self._rows["teams"].append(
            {
                "id": row_id,
                "name": str(self._cell(line, "team") or "") or row_id,
                "lane": self._lane(line),
                "people": self._value(line, "people"),
                "hours_per_fte_month": self._value(line, "hours_per_fte_month"),
            }
        )

    def _take_rate(self, line: Line) -> None:
        row = {
            "id": self._text(line, "id") or new_id("rate", self._taken["rates"]),
            "lane": self._lane(line),
            "team": self._team(line),
            "step": self._text(line, "step"),
            "cost_per_hour": self._value(line, "cost_per_hour"),
            "currency": self._value(line, "currency") or "",
            "evidence": self._value(line, "evidence") or "estimated",
            "source": self._text(line, "source", 200),
        }
        self._rows["rates"].append(row)

    def _take_step(self, line: Line) -> None:
        name = tables.text(self._cell(line, "step"))
        if not name:
            told = [h for h, cell in line.cells.items() if tables.text(cell)]
            raise at(line, self._header("step"), f"the step is empty, but {listed(told, 2)} is not")
        row_id = self._text(line, "id")
        if row_id and row_id in self._typed:
            raise at(line, self._header("id"), f"the id “{row_id}” is there twice")
        typed, row_id = row_id, new_id(row_id or name.casefold(), self._taken["steps"], "step")
        self._typed[typed or row_id] = row_id
        row: dict[str, Any] = {
            "id": row_id,
            "name": name if len(name) <= 120 and name.isprintable() else clean(name),
        }
        for field in _STEP_FIELDS:
            found = self._value(line, field)
            if found is not None:
                row[field] = found
        row["lane"] = self._lane(line)
        row["team"] = self._team(line)
        row["kind"] = self._value(line, "kind") or "task"
        self._rates_in(line, row)
        self._rows["steps"].append(row)
        self._step_lines.append((line, row))

    def _lane(self, line: Line) -> str:
        name = self._text(line, "lane")
        if not name:
            return "" if "lane" in self._columns else self._only_lane()
        found = _find(self._rows["lanes"], name)
        party = self._value(line, "party")
        if found is None:
            row_id = new_id(name.casefold(), self._taken["lanes"], "lane")
            found = {"id": row_id, "name": name, "party": party or party_of(name)}
            self._rows["lanes"].append(found)
        elif party and found["party"] != party:
            told = f"lane “{name}” is {party}'s here and {found['party']}'s before"
            raise at(line, self._header("party"), told)
        return found["id"]

    def _only_lane(self) -> str:
        if not self._rows["lanes"]:
            self._rows["lanes"].append({"id": "process", "name": "Process", "party": "other"})
            self._notes.append("The sheet names no lanes, so all steps stand in one.")
        return self._rows["lanes"][0]["id"]

    def _team(self, line: Line) -> str:
        name = self._text(line, "team")
        if not name:
            return ""
        people = self._value(line, "people")
        found = _find(self._rows["teams"], name)
        if found is None:
            row_id = new_id(name.casefold(), self._taken["teams"], "team")
            found = {"id": row_id, "name": name, "lane": self._lane(line), "people": people}
            found["hours_per_fte_month"] = self._value(line, "hours_per_fte_month")
            self._rows["teams"].append(found)
        elif people is not None and found["people"] not in (None, people):
            told = f"team “{name}” has {people:g} people here and {found['people']:g} before"
            raise at(line, self._header("people"), told)
        elif people is not None:
            found["people"] = people
        return found["id"]

    def _rates_in(self, line: Line, step: dict[str, Any]) -> None:
        """The cost of an hour in a step's row: its team's, else its lane's."""
        cost = self._value(line, "cost_per_hour")
        if cost is None:
            return
        of = "team" if step["team"] else "lane"
        ref = step[of]
        same = [r for r in self._rows["rates"] if r.get(of) == ref and not r.get("step")]
        if not same:
            self._rows["rates"].append(
                {
                    "id": new_id(f"{ref[:58]}-rate", self._taken["rates"], "rate"),
                    of: ref,
                    "cost_per_hour": cost,
                    "currency": self._value(line, "currency") or "",
                }
            )
        elif cost not in [r["cost_per_hour"] for r in same]:
            self._rows["rates"].append(
                {
                    "id": new_id(f"{step['id'][:58]}-rate", self._taken["rates"], "rate"),
                    "step": step["id"],
                    "cost_per_hour": cost,
                    "currency": self._value(line, "currency") or "",
                }
            )

    # --- arrows

    def _take_flows(self) -> None:
        if "next" not in self._columns:
            steps = [row for _, row in self._step_lines]
            for row, after in pairwise(steps):
                if row["kind"] != "end":
                    self._add_flow(row["id"], after["id"], map_next.Way(""))
            return
        self._wanted_names()
        for line, row in self._step_lines:
            entries, own = self._ways(line), self._own_ids(line)
            for number, way in enumerate(entries):
                target = self._target(line, way.target)
                # Ids fit as long as nobody added an entry or took one away.
                kept = own[number][1] if len(own) == len(entries) else ""
                self._add_flow(row["id"], target, way, kept)
        self._sort_flows()

    def _own_ids(self, line: Line) -> list[tuple[int, str]]:
        """The arrows' places and ids, as `next_ids` has them: 3:f4; 5:f9."""
        text = tables.text(self._cell(line, "next_ids"))
        return [
            (int(found[1]), found[2])
            for found in re.finditer(r"(\d{1,5}):([A-Za-z0-9_-]{1,64})", text)
        ]

    def _sort_flows(self) -> None:
        """Back into the order that the arrows had when the sheet was written."""
        place = {i: n for line, _ in self._step_lines for n, i in self._own_ids(line)}
        last = len(place)
        self._rows["flows"].sort(key=lambda flow: place.get(flow["id"], last))

    def _ways(self, line: Line) -> list[map_next.Way]:
        text = tables.text(self._cell(line, "next"))
        try:
            found = list(map_next.ways(text))
            if "," in text and ";" not in text and not all(self._known(w.target) for w in found):
                parted = list(map_next.ways(text.replace(",", ";")))
                # Commas part entries where every part then names a step.
                return parted if all(self._known(way.target) for way in parted) else found
            return found
        except ValueError as error:
            raise at(line, self._header("next"), str(error)) from None

    def _known(self, name: str) -> bool:
        return bool(self._called(name)) or name.casefold() in _END_WORDS

    def _called(self, name: str) -> list[str]:
        """Ids of the steps that a cell means: one by its id, or all of this name."""
        if name in self._typed:
            return [self._typed[name]]
        wanted = clean(name).casefold()
        return [row["id"] for row in self._rows["steps"] if row["name"].casefold() == wanted]

    def _wanted_names(self) -> None:
        """An end is added where a sheet says "End" without having such a step."""
        names = {row["name"].casefold() for _, row in self._step_lines}
        for line, row in self._step_lines:
            for way in self._ways(line):
                word = way.target.casefold()
                if word in _END_WORDS and word not in names and "end" not in self._taken["steps"]:
                    self._rows["steps"].append(self._end(row["lane"]))

    def _target(self, line: Line, name: str) -> str:
        found = self._called(name)
        if len(found) > 1:
            told = f"“{clean(name)}” is the name of {len(found)} steps; use ids to say which"
            raise at(line, self._header("next"), told)
        if found:
            return found[0]
        wanted = clean(name).casefold()
        if wanted in _END_WORDS and "end" in self._taken["steps"]:
            return "end"
        names = {row["name"].casefold(): row["name"] for row in self._rows["steps"]}
        close = get_close_matches(wanted, names, 1)
        hint = f"; perhaps “{names[close[0]]}” is meant" if close else ""
        raise at(line, self._header("next"), f"there is no step “{clean(name, 60)}”{hint}")

    def _add_flow(self, source: str, target: str, way: map_next.Way, own: str = "") -> None:
        flow_id = own or new_id(f"{source[:30]}-{target[:30]}", self._taken["flows"], "arrow")
        self._rows["flows"].append(
            {
                "id": flow_id,
                "source": source,
                "target": target,
                "probability": way.probability,
                "label": way.label if own else clean(way.label, 200),
                "rework": way.rework,
                "max_repeats": way.max_repeats,
                "evidence": way.evidence,
            }
        )

    # --- kinds that nobody gave

    def _guess_kinds(self) -> None:
        for _, row in self._step_lines:
            row["kind"] = self._guess(row)
        self._add_ends()
        self._notes.append(
            "Kinds were guessed from names, times and ways out; check starts, ends and decisions."
        )

    def _guess(self, row: dict[str, Any]) -> str:
        words = set(re.findall(r"\w+", row["name"].casefold()))
        ways = [f for f in self._rows["flows"] if f["source"] == row["id"]]
        led_to = any(f["target"] == row["id"] for f in self._rows["flows"])
        timed = row.get("handling_min") or row.get("wait_min")
        if len(ways) > 1 and not row.get("handling_min"):
            return "decision"
        if not led_to and words & _BEGIN and not timed:
            return "start"
        if not ways and words & _FINISH and not timed:
            return "end"
        if row.get("wait_min") and not row.get("handling_min") and "handling_min" in self._columns:
            return "wait"
        return "wait" if words & {"wait", "waiting"} and not row.get("handling_min") else "task"

    def _add_ends(self) -> None:
        """A start before the first row and an end after steps that nothing follows."""
        steps = self._rows["steps"]
        if not any(row["kind"] == "start" for row in steps):
            first = steps[0]
            row_id = new_id("start", self._taken["steps"])
            steps.insert(0, {"id": row_id, "name": "Start", "kind": "start", "lane": first["lane"]})
            self._add_flow(row_id, first["id"], map_next.Way(""))
        leads = {flow["source"] for flow in self._rows["flows"]}
        lasts = [row for row in steps if row["id"] not in leads and row["kind"] != "end"]
        if lasts:
            end = next((row for row in steps if row["id"] == "end"), None)
            if end is None:
                end = self._end(lasts[-1]["lane"])
                steps.append(end)
            for row in lasts:
                self._add_flow(row["id"], end["id"], map_next.Way(""))

    def _end(self, lane: str) -> dict[str, Any]:
        row_id = new_id("end", self._taken["steps"])
        return {"id": row_id, "name": "End", "kind": "end", "lane": lane}


def _find(rows: list[dict[str, Any]], name: str) -> dict[str, Any] | None:
    """A row by id or by name, whatever the letters' case."""
    by_id = next((row for row in rows if row["id"] == name), None)
    return by_id or next((r for r in rows if r["name"].casefold() == name.casefold()), None)
