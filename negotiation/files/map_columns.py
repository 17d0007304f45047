"""What the columns of a spreadsheet about a process may be called, and how its cells are read."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_args

from negotiation.process.rows import (
    Evidence,
    Kind,
    LaneParty,
    Scope,
    ValueAdd,
    WaitCause,
    WaitEvidence,
)
from negotiation.values import FieldError

from . import tables
from .tables import Cell, Line

_SYNONYMS = {
    "id": "id, step id, activity id, task id, no, nr, number, code",
    "step": "step, name, activity, task, process step, step name, activity name, task name, what, "
    "action",
    "lane": "lane, role, department, function, swimlane, unit, organisation, organization, area, "
    "who, performer, responsible, lane name",
    "party": "party, side, company",
    "team": "team, group, resource, team name, queue name, resource group",
    "people": "people, fte, ftes, headcount, staff, team size",
    "hours_per_fte_month": "hours per fte month, hours per month, paid hours",
    "cost_per_hour": "cost per hour, rate, hourly rate, hourly cost, cost hour, rate per hour",
    "currency": "currency, curr",
    "kind": "kind, type, step type, element",
    "handling_min": "handling, duration, time, work, effort, touch, touch time, handling time, "
    "aht, processing time, process time, work time, cycle time, average handling time",
    "handling_cv": "handling cv, cv, spread of handling",
    "wait_min": "wait, waiting, wait time, waiting time, queue time, delay, idle time",
    "wait_cv": "wait cv, spread of wait",
    "wait_cause": "wait cause, cause of wait, why waiting, reason for waiting",
    "material_cost": "material cost, material, cost per case, fixed cost, other cost",
    "value_add": "value add, value added, va, va nva, value",
    "system": "system, systems, application, it system, tool",
    "automation_share": "automation, automation share, automation pct, automation %, automated, "
    "automated share, automated %",
    "error_rate": "error rate, errors, error rate %, errors %, defect rate, failure rate",
    "evidence": "evidence, how known, basis",
    "wait_evidence": "wait evidence, evidence of wait, how the wait is known",
    "source": "source, source of figures",
    "owner": "owner, process owner, step owner",
    "scope": "scope, in scope",
    "data_class": "data class, data, classification",
    "pain": "pain, pain point, pain points, problem, issue",
    "note": "note, notes, comment, comments, remark, remarks, description",
    "next": "next, next step, next steps, then, goes to, followed by, successor, successors, to, "
    "next activity, leads to",
    "next_ids": "next ids",
    "figure": "figure",
}
COLUMNS = {word.strip(): field for field, words in _SYNONYMS.items() for word in words.split(",")}
_MINUTES = {
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 1.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 60.0),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1 / 60),
    **dict.fromkeys(("d", "day", "days"), None),
}
WORDS: dict[str, tuple[str, ...]] = {
    "kind": get_args(Kind),
    "party": get_args(LaneParty),
    "wait_cause": get_args(WaitCause),
    "wait_evidence": get_args(WaitEvidence),
    "value_add": get_args(ValueAdd),
    "evidence": get_args(Evidence),
    "scope": get_args(Scope),
}
_LIKE = {
    "kind": {
        "activity": "task", "user task": "task", "process": "task", "subprocess": "task",
        "gateway": "decision", "xor": "decision", "choice": "decision", "and": "parallel",
        "waiting": "wait", "delay": "wait", "event": "wait", "begin": "start", "stop": "end",
        "finish": "end", "start event": "start", "end event": "end",
    },
    "party": {"client": "buyer", "vendor": "supplier", "provider": "supplier"},
    "value_add": {
        "value add": "VA", "value adding": "VA", "yes": "VA", "waste": "NVA", "no": "NVA",
        "non value add": "NVA", "necessary": "BVA", "business value add": "BVA",
    },
    "scope": {"yes": "in", "no": "out", "in scope": "in", "out of scope": "out"},
}  # fmt: skip
SHARES = ("automation_share", "error_rate")
NUMBERS = (
    "people", "hours_per_fte_month", "cost_per_hour", "handling_min", "handling_cv", "wait_min",
    "wait_cv", "material_cost", *SHARES,
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column that is known: its field, its words in the file, and the factor to the field."""

    field: str
    header: str
    factor: float = 1.0


def known(header: str) -> Column | None:
    """The column that a header means; None when nobody knows it."""
    words = re.findall(r"[a-z]+|%", header.casefold())
    whole = " ".join(words)
    per_cent = 0.01 if words and words[-1] in ("%", "pct", "percent") else 1.0
    if whole in COLUMNS:
        field = COLUMNS[whole]
        return Column(field, header, per_cent if field in SHARES else 1.0)
    units = [_MINUTES[word] for word in words if word in _MINUTES]
    base = " ".join(word for word in words if word not in _MINUTES and word not in ("in", "per"))
    field = COLUMNS.get(base or "handling") or COLUMNS.get(base.removesuffix(" pct"))
    if field in ("handling_min", "wait_min") and len(units) == 1 and units[0]:
        return Column(field, header, units[0])
    return Column(field, header, per_cent) if field in SHARES and not units else None


def at(line: Line, header: str, problem: str) -> FieldError:
    """The error about one cell."""
    return FieldError("file", f"{line.place.capitalize()}, {header}: {problem}. Nothing was taken.")


def value(line: Line, column: Column) -> Any:
    """A cell as its field's value; None when it is empty.

    Raises `FieldError` naming line and column.
    """
    cell = line.cells.get(column.header)
    if not tables.text(cell):
        return None
    if column.field in NUMBERS:
        return _number(line, column, cell)
    found = tables.text(cell)
    if column.field == "currency":
        return found.upper()
    return _word(line, column, found) if column.field in WORDS else found


def number_of(cell: Cell) -> float:
    """A number; a comma that may part thousands or decimals is asked about. Raises `ValueError`."""
    found = tables.text(cell)
    if re.fullmatch(r"\d{1,3},\d{3}", found):
        whole = found.replace(",", "")
        raise ValueError(f"“{found}” can be {whole} or {found.replace(',', '.')}; write which one")
    return tables.number(cell)


def share_of(text: str) -> float:
    """A share between 0 and 1: 0.8, or 80 %. Raises `ValueError`."""
    found = text.strip()
    per_cent = found.endswith("%")
    number = number_of(found.removesuffix("%").strip())
    if per_cent and 0 <= number <= 100:
        return of_per_cent(number)
    if per_cent:
        raise ValueError(f"{found} is not between 0 % and 100 %")
    if not 0 <= number <= 1:
        raise ValueError(f"{found} is not between 0 and 1; write a share like 0.8 or 80 %")
    return number


def of_per_cent(number: float) -> float:
    """A share from its per cents, digit by digit: 0.7 % is 0.007, which 0.7 / 100 is not quite."""
    return float(Decimal(repr(number)) / 100)


def per_cent(share: float) -> float:
    """The per cents of a share; `of_per_cent` gives it again when it has up to 15 digits."""
    return float(Decimal(repr(share)) * 100)


def _number(line: Line, column: Column, cell: Cell) -> float:
    try:
        if column.field in SHARES and column.factor == 1.0:
            return share_of(tables.text(cell))
        number = number_of(tables.text(cell).removesuffix("%"))
        return of_per_cent(number) if column.field in SHARES else number * column.factor
    except ValueError as error:
        raise at(line, column.header, str(error)) from None


def _word(line: Line, column: Column, found: str) -> str:
    plain = " ".join(re.findall(r"[a-z]+", found.casefold()))
    for word in WORDS[column.field]:
        if word.casefold() == plain:
            return word
    like = _LIKE.get(column.field, {}).get(plain)
    if like is None:
        allowed = ", ".join(word for word in WORDS[column.field] if word)
        raise at(line, column.header, f"“{found[:40]}” is none of: {allowed}")
    return like
