"""What stood for rows of the map that are gone once another map takes its place."""

from collections.abc import Iterator

from negotiation.process.maps import lost_edits
from negotiation.process.rows import Process


def left_behind(before: Process, after: Process) -> tuple[str, ...]:
    """In sentences, what had its place on the map `before` and finds none on `after`.

    Nothing of it is removed: it comes back with the rows that it names.
    """
    return tuple(_sentences(before, after))


def _sentences(before: Process, after: Process) -> Iterator[str]:
    gone = {
        table: {row.id for row in getattr(before, table)} - {r.id for r in getattr(after, table)}
        for table in ("lanes", "teams", "steps")
    }
    duties = sum(row.step in gone["steps"] for row in after.raci)
    if duties:
        yield f"{_said(duties, 'entry', 'entries')} of who does what stand for steps that are gone."
    rates = sum(
        rate.lane in gone["lanes"] or rate.team in gone["teams"] or rate.step in gone["steps"]
        for rate in after.rates
    )
    if rates:
        yield f"{_said(rates, 'rate', 'rates')} of lanes, teams or steps that are gone: unused."
    queues = sum(queue.team in gone["teams"] for queue in after.queues)
    if queues:
        yield f"{_said(queues, 'queue', 'queues')} of teams that are gone."
    known = {future.id for future in before.futures}
    for future in after.futures:
        lost = len(lost_edits(after, future.id))
        lost -= len(lost_edits(before, future.id)) if future.id in known else 0
        if lost > 0:
            edits = sum(len(change.edits) for change in future.changes)
            yield f"“{future.name}”: {lost} of its {_said(edits, 'edit', 'edits')} find no place."


def _said(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"
