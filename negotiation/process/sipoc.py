"""From the form before mapping to a first map: suppliers, inputs, steps, outputs, customers."""

from collections.abc import Iterator
from itertools import pairwise

from negotiation.process.maps import free_id
from negotiation.process.rows import Flow, Lane, Process, SipocLine, Step

_LONGEST = 120


def seed(process: Process) -> Process:
    """The process with a lane for everybody the form names, and a first draft of its steps.

    Suppliers and customers become lanes, several in one box apart by commas. The steps of the form
    stand in a row between a start (the first input, in its supplier's lane) and an end (the last
    output, in its customer's lane), in a lane of their own. Lanes that are there stay; a map that
    has steps gets lanes only.
    """
    lines = [line for line in process.sipoc if any((line.supplier, line.step, line.customer))]
    if not lines:
        return process
    lanes = list(process.lanes)
    for words in _named(lines):
        _lane(lanes, words)
    if process.steps:
        return process.replace(lanes=tuple(lanes))
    steps = _steps(lines, lanes)
    flows = tuple(
        Flow(id=f"f{number}", source=a.id, target=b.id)
        for number, (a, b) in enumerate(pairwise(steps), start=1)
    )
    return process.replace(lanes=tuple(lanes), steps=steps, flows=flows)


def _named(lines: list[SipocLine]) -> Iterator[str]:
    """Everybody in the form, in the order in which the work meets them."""
    for line in lines:
        yield from _apart(line.supplier)
    for line in lines:
        yield from _apart(line.customer)


def _apart(words: str) -> list[str]:
    return [part.strip() for part in words.split(",") if part.strip()]


def _lane(lanes: list[Lane], words: str) -> str:
    """The id of the lane with this name, which is made where there is none."""
    label = words[:_LONGEST]
    for lane in lanes:
        if lane.name.casefold() == label.casefold():
            return lane.id
    party = "customer" if "customer" in label.casefold() else "other"
    lanes.append(Lane(id=free_id(lanes, "lane"), name=label, party=party))
    return lanes[-1].id


def _steps(lines: list[SipocLine], lanes: list[Lane]) -> tuple[Step, ...]:
    first, last = lines[0], lines[-1]
    work = [line.step[:_LONGEST] for line in lines if line.step]
    inside = _lane(lanes, "The work")
    begin = _lane(lanes, _apart(first.supplier)[0]) if _apart(first.supplier) else inside
    finish = _lane(lanes, _apart(last.customer)[0]) if _apart(last.customer) else inside
    start, end = (first.input or "Start")[:_LONGEST], (last.output or "End")[:_LONGEST]
    return (
        Step(id="step0", name=start, lane=begin, kind="start"),
        *(Step(id=f"step{n}", name=w, lane=inside) for n, w in enumerate(work, start=1)),
        Step(id=f"step{len(work) + 1}", name=end, lane=finish, kind="end"),
    )
