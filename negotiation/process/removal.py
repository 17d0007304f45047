"""What else goes when rows of today's map go, and who named them."""

from collections.abc import Iterable
from typing import Any

from negotiation.process.findings import names
from negotiation.process.maps import TABLES, touched
from negotiation.process.rows import Future, Process

Row = tuple[str, str]
"""The table and the id of a row."""


def gone(before: Process, after: Process) -> set[Row]:
    """The rows of the map, and the roles, that `after` has no more."""
    tables = (*TABLES, "roles")
    return {
        (table, row.id) for table in tables for row in getattr(before, table)
        if row.id not in {kept.id for kept in getattr(after, table)}
    }  # fmt: skip


def cleared(before: Process, after: Process) -> Process:
    """`after` without the duties and shared rates of the rows that went.

    A rate in somebody's own space stays, about nothing: the row may come back with another
    proposal, and the rate is its owner's note.
    """
    rows = gone(before, after)
    if not rows:
        return after
    raci = tuple(
        cell for cell in after.raci
        if not {("steps", cell.step), ("roles", cell.role)} & rows
    )  # fmt: skip
    rates = tuple(
        rate for rate in after.rates
        if rate.space != "shared"
        or not {("lanes", rate.lane), ("teams", rate.team), ("steps", rate.step)} & rows
    )
    return after.model_copy(update={"raci": raci, "rates": rates})


def told(before: Process, after: Process, measures: Iterable[Any] = ()) -> str:
    """A sentence on who still names what went, measures and future states; else nothing."""
    rows = gone(before, after)
    steps = {row for table, row in rows if table == "steps"}
    users = [f"the measure “{m.name}”" for m in measures if steps.intersection(m.steps)]
    users += [f"the future state “{f.name}”" for f in after.futures if _touches(f, rows)]
    if not users:
        return ""
    went = [
        f"“{row.name}”" for table in ("lanes", "teams", "steps") for row in getattr(before, table)
        if (table, row.id) in rows
    ]  # fmt: skip
    what, one = names(went) or "An arrow", len(went) < 2
    use, them = "names" if len(users) == 1 else "name", "it" if one else "what went"
    return (
        f"{what} {'is' if one else 'are'} gone from today's map, and {names(users)} {use} {them}. "
        f"Undo brings {'it' if one else 'them'} back."
    )


def _touches(future: Future, rows: set[Row]) -> bool:
    return any(touched(edit) & rows for change in future.changes for edit in change.edits)
