"""Which column of a log is what, and its rows as events."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from negotiation.process.log import Event

from .event_times import Reader, reader_for
from .read_map import clean, listed
from .xml import refused

ROLES: Mapping[str, tuple[str, ...]] = {
    "case": (
        "case", "caseid", "case id", "caseconceptname", "case concept name", "trace", "trace id",
        "process instance", "instance id", "ticket", "ticket id", "ticket number", "incident",
        "incident id", "number", "order id", "claim id", "request id", "case number", "id",
    ),
    "activity": (
        "activity", "activity name", "concept name", "event", "event name", "task", "task name",
        "step", "action", "operation", "status", "state", "activity id",
    ),
    "done": (
        "timestamp", "time timestamp", "complete timestamp", "completed", "complete", "end",
        "end time", "end timestamp", "endtime", "completion", "completion time", "finished",
        "finish", "time", "date", "datetime", "event time", "event timestamp", "updated at",
        "occurred at",
    ),
    "begun": (
        "start", "start time", "start timestamp", "starttime", "started", "begin", "begun",
        "started at", "begin time",
    ),
    "lifecycle": ("lifecycle", "lifecycle transition", "transition", "event type"),
    "resource": (
        "resource", "org resource", "user", "agent", "employee", "performer", "assigned to",
        "assignment group", "org group", "group", "team", "role", "org role",
    ),
    "met": ("made sla", "sla met", "within sla", "sla kept", "met sla"),
}  # fmt: skip
WORDS = {
    "case": "the case", "activity": "the activity", "done": "the time", "begun": "the beginning",
    "lifecycle": "start or complete", "resource": "who did it", "met": "kept its service level",
}  # fmt: skip
_YES = {"true": True, "yes": True, "1": True, "y": True, "false": False, "no": False, "0": False,
        "n": False}  # fmt: skip
_SAMPLE = 400


@dataclass
class Columns:
    """The header of a log, and which places in it have a role.

    `given` says role by role what a person said, by the column's name. Raises `FieldError` for a
    column that is not there and a role that nobody knows.
    """

    header: list[str]
    given: Mapping[str, str]
    place: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        plain = [_plain(name) for name in self.header]
        self.place = {}
        for role, name in self.given.items():
            if role not in ROLES:
                raise refused(f"There is no role “{role}”; there are: {', '.join(ROLES)}.")
            if _plain(name) not in plain:
                raise refused(f"There is no column “{name}”; there are: {listed(self.header, 12)}.")
            self.place[role] = plain.index(_plain(name))
        for role, names in ROLES.items():
            free = [name for name in names if name in plain]
            taken = set(self.place.values())
            found = next((plain.index(n) for n in free if plain.index(n) not in taken), None)
            if role not in self.place and found is not None:
                self.place[role] = found

    def cell(self, row: list[str], role: str) -> str:
        """The row's cell of a role; "" when there is none."""
        place = self.place.get(role)
        return row[place].strip() if place is not None and place < len(row) else ""


def events_of_rows(
    columns: Columns, rows: Iterator[list[str]]
) -> tuple[Iterable[Event], list[str]]:
    """The rows as events, and what was assumed.

    Without an activity, a row is a whole case and each column of times is an activity. Raises
    `FieldError` naming the columns that cannot be told.
    """
    sample = [row for _, row in zip(range(_SAMPLE), rows, strict=False) if any(row)]
    if not sample:
        raise refused("The log has a header but no events.")
    if "case" not in columns.place:
        raise _untold(columns, "case")
    if "activity" not in columns.place:
        return _wide(columns, sample, rows)
    times = {role: _reader(columns, sample, role) for role in ("done", "begun")}
    if not times["done"] and not times["begun"]:
        raise _untold(columns, "done")
    notes = [_told(columns)]
    notes += [found[1] for found in times.values() if found and found[1]]
    read = {role: found[0] if found else _none for role, found in times.items()}
    every = _chain(sample, rows)
    if times["begun"] or not _has_cycle(columns, sample):
        return _plain_events(columns, every, read), notes
    return _paired(columns, every, read["done"]), notes


def pair(
    marks: Iterable[tuple[Event, str]],
) -> Iterator[Event]:
    """Events from marks of "start" and "complete": each start waits for the next complete.

    Other marks (scheduled, assigned, …) are passed over. A start without its complete is an event
    that is not done; a complete without a start has no beginning.
    """
    open_: dict[tuple[str, str], deque[Event]] = {}
    for event, mark in marks:
        word = mark.casefold()
        if word == "start":
            open_.setdefault((event.case, event.activity), deque()).append(event)
        elif word == "complete":
            waiting = open_.get((event.case, event.activity))
            begun = waiting.popleft().done if waiting else float("nan")
            yield event._replace(begun=begun)
    for waiting in open_.values():
        for event in waiting:
            yield event._replace(begun=event.done, done=float("nan"))


def _plain_events(
    columns: Columns, rows: Iterable[list[str]], read: Mapping[str, Reader]
) -> Iterator[Event]:
    for row in rows:
        case, activity = columns.cell(row, "case"), columns.cell(row, "activity")
        if case and activity:
            done = read["done"](columns.cell(row, "done"))
            begun = read["begun"](columns.cell(row, "begun"))
            yield _event(columns, row, clean(activity), done, begun)


def _paired(columns: Columns, rows: Iterable[list[str]], read: Reader) -> Iterator[Event]:
    nan = float("nan")
    return pair(
        (
            _event(
                columns, row, clean(columns.cell(row, "activity")),
                read(columns.cell(row, "done")), nan,
            ),
            columns.cell(row, "lifecycle"),
        )
        for row in rows
        if columns.cell(row, "case") and columns.cell(row, "activity")
    )  # fmt: skip


def _event(columns: Columns, row: list[str], activity: str, done: float, begun: float) -> Event:
    return Event(
        columns.cell(row, "case"), activity, done, begun, columns.cell(row, "resource"),
        _YES.get(columns.cell(row, "met").casefold()),
    )  # fmt: skip


def _wide(
    columns: Columns, sample: list[list[str]], rows: Iterator[list[str]]
) -> tuple[Iterable[Event], list[str]]:
    """Events of a log that has one row for a case and a column for each time."""
    readers: dict[int, tuple[Reader, str]] = {}
    for place, name in enumerate(columns.header):
        values = [row[place] for row in sample if place < len(row)]
        found = reader_for(values) if re.search(r"[-/.: ]", "".join(values[:5])) else None
        if found and name:
            readers[place] = found
    if len(readers) < 2:
        raise _untold(columns, "activity")
    names = {place: _activity(columns.header[place]) for place in readers}
    notes = [
        "The log has a row for each case, so each column of times was taken as an activity: "
        + listed(names.values()) + "."
    ]  # fmt: skip
    notes += sorted({told for _, told in readers.values() if told})
    return _wide_events(columns, _chain(sample, rows), readers, names), notes


def _wide_events(
    columns: Columns, rows: Iterable[list[str]], readers: dict[int, tuple[Reader, str]],
    names: dict[int, str],
) -> Iterator[Event]:  # fmt: skip
    for row in rows:
        for place, (read, _) in readers.items():
            done = read(row[place]) if place < len(row) else float("nan")
            if done == done and columns.cell(row, "case"):
                yield _event(columns, row, names[place], done, float("nan"))


def _reader(columns: Columns, sample: list[list[str]], role: str) -> tuple[Reader, str] | None:
    if role not in columns.place:
        return None
    found = reader_for([columns.cell(row, role) for row in sample])
    if found is None:
        name = columns.header[columns.place[role]]
        shown = clean(columns.cell(sample[0], role), 30)
        raise refused(
            f"The column “{name}” holds no times that are known, such as “{shown}”; write them "
            "like 2026-04-30 14:05:00."
        )
    return found


def _has_cycle(columns: Columns, sample: list[list[str]]) -> bool:
    words = {columns.cell(row, "lifecycle").casefold() for row in sample}
    return {"start", "complete"} <= words or words == {"complete"}


def _told(columns: Columns) -> str:
    told = [f"{WORDS[role]} “{columns.header[place]}”" for role, place in columns.place.items()]
    return f"Read from the columns: {', '.join(told)}."


def _untold(columns: Columns, role: str) -> Exception:
    return refused(
        f"Which column holds {WORDS[role]} cannot be told from their names "
        f"({listed(columns.header, 12)}); say it, such as {role}={columns.header[0]}."
    )


def _activity(header: str) -> str:
    """opened_at -> Opened."""
    words = re.sub(r"[_\s-]+(at|on|date|time|timestamp)$", "", header.strip(), flags=re.IGNORECASE)
    plain = clean(words.replace("_", " "))
    return plain[:1].upper() + plain[1:]


def _plain(name: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", name.casefold()))


def _chain(sample: list[list[str]], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    yield from sample
    yield from rows


def _none(_: str) -> float:
    return float("nan")
