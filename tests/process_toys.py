"""Small process maps for tests, written in a line each."""

from negotiation.files.bpmn_numbers import MAP_FIELDS
from negotiation.process.maps import Map
from negotiation.process.rows import Flow, Process, Step

KINDS = {"s": "start", "e": "end", "d": "decision", "p": "parallel", "j": "parallel"}


def toy(*arrows, steps=None, **process):
    """A map from arrows like `d1>a 0.3 rework 2`: share, mark of a way back, most repeats.

    A step's first letter says its kind: s start, e end, d decision, p and j parallel, else task.
    `steps` gives fields by step: `steps={"a": {"handling_min": 5}}`.
    """
    flows, ids = [], dict.fromkeys(steps or ())
    for number, arrow in enumerate(arrows):
        way, *rest = arrow.split()
        source, target = way.split(">")
        ids |= {source: None, target: None}
        shares = [float(x) for x in rest[:1] if x != "rework"]
        repeats = [int(x) for x in rest[-1:] if "rework" in rest and x != "rework"]
        flows.append(
            Flow(
                id=f"f{number}",
                source=source,
                target=target,
                probability=shares[0] if shares else None,
                rework="rework" in rest,
                max_repeats=repeats[0] if repeats else None,
            )
        )
    rows = tuple(
        Step(**{"id": i, "name": i, "kind": KINDS.get(i[0], "task"), **((steps or {}).get(i, {}))})
        for i in ids
    )
    return Map(Process(steps=rows, flows=tuple(flows), **process))


def shared(process):
    """What a file of the map holds: its numbers, its tables, and the rates that both sides see."""
    numbers = {name: getattr(process, name) for name in MAP_FIELDS}
    tables = {name: getattr(process, name) for name in ("lanes", "teams", "steps", "flows")}
    rates = tuple(rate for rate in process.rates if rate.space == "shared")
    return Process(**numbers, **tables, rates=rates)
