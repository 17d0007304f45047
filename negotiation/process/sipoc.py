"""From the form before mapping to a first map: suppliers, inputs, steps, outputs, customers."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise

from negotiation.process.ids import NewId, free_id
from negotiation.process.rows import Flow, Lane, Process, SipocLine, Step

_LONGEST = 120


def seed(process: Process, new_id: NewId = free_id) -> Process:
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
        _lane(lanes, words, new_id)
    if process.steps:
        return process.replace(lanes=tuple(lanes))
    steps = _steps(lines, partial(_lane, lanes, new_id=new_id), new_id)
    flows: list[Flow] = []
    for a, b in pairwise(steps):
        flows.append(Flow(id=new_id(flows, "f"), source=a.id, target=b.id))
    return process.replace(lanes=tuple(lanes), steps=steps, flows=tuple(flows))


def _named(lines: list[SipocLine]) -> Iterator[str]:
    """Everybody in the form, in the order in which the work meets them."""
    for line in lines:
        yield from _apart(line.supplier)
    for line in lines:
        yield from _apart(line.customer)


def _apart(words: str) -> list[str]:
    return [part.strip() for part in words.split(",") if part.strip()]


def _lane(lanes: list[Lane], words: str, new_id: NewId) -> str:
    """The id of the lane with this name, which is made where there is none."""
    label = words[:_LONGEST]
    for lane in lanes:
        if lane.name.casefold() == label.casefold():
            return lane.id
    party = "customer" if "customer" in label.casefold() else "other"
    lanes.append(Lane(id=new_id(lanes, "lane"), name=label, party=party))
    return lanes[-1].id


def _steps(
    lines: list[SipocLine], lane: Callable[[str], str], new_id: NewId
) -> tuple[Step, ...]:
    """The start, the steps of the form and the end; `lane` gives the id of the lane of a name."""
    first, last = lines[0], lines[-1]
    inside = lane("The work")
    begin = lane(_apart(first.supplier)[0]) if _apart(first.supplier) else inside
    finish = lane(_apart(last.customer)[0]) if _apart(last.customer) else inside
    drafts = (
        (first.input or "Start", begin, "start"),
        *((line.step, inside, "task") for line in lines if line.step),
        (last.output or "End", finish, "end"),
    )
    made: list[Step] = []
    for words, home, kind in drafts:
        made.append(Step(id=new_id(made, "s"), name=words[:_LONGEST], lane=home, kind=kind))
    return tuple(made)
