"""The map as a BPMN 2.0 file: one pool, our lanes, our numbers beside what BPMN can say itself.

The order of elements is the one of the OMG's schema (BPMN 2.0.2, `Semantic.xsd`, `BPMNDI.xsd`).
"""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from negotiation.plain import printable
from negotiation.process.layout import Layout, lay_out
from negotiation.process.maps import Map
from negotiation.process.rows import Flow, Process, Step

from . import bpmn_numbers
from .bpmn_diagram import write_diagram

_ROOT = {
    "xmlns": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "xmlns:bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "xmlns:dc": "http://www.omg.org/spec/DD/20100524/DC",
    "xmlns:di": "http://www.omg.org/spec/DD/20100524/DI",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    f"xmlns:{bpmn_numbers.PREFIX}": bpmn_numbers.NAMESPACE,
    "id": "definitions",
    "targetNamespace": "urn:negotiation-playbook:map",
    "exporter": "Negotiation Playbook",
}
_ELEMENTS = {
    "start": "startEvent",
    "task": "task",
    "wait": "intermediateCatchEvent",
    "decision": "exclusiveGateway",
    "parallel": "parallelGateway",
    "end": "endEvent",
}
_FIXED = {"definitions", "collaboration", "pool", "process", "lanes", "diagram", "plane"}


def write_bpmn(process: Process, layout: Layout | None = None) -> bytes:
    """The shared map as a BPMN 2.0 file that `read_bpmn` reads back to equal tables.

    It is drawn as `layout` says, which is the map's own when none is given.
    Lanes, teams, steps, flows, the map's numbers and shared rates are written; rates in a party's
    own space, futures and the form before mapping are not. Equal maps give equal bytes.
    """
    chart = Map(process)
    ids = _Ids(process)
    root = Element("definitions", _ROOT)
    pool = SubElement(root, "collaboration", {"id": "collaboration"})
    SubElement(pool, "participant", {"id": "pool", "name": "Process", "processRef": "process"})
    whole = SubElement(root, "process", {"id": "process", "isExecutable": "false"})
    numbers = bpmn_numbers.write_map(SubElement(whole, "extensionElements"), process)
    _write_lanes(whole, process, ids)
    for step in process.steps:
        _write_step(whole, step, chart, ids)
    for place, flow in enumerate(process.flows):
        if flow in chart.dangling:
            # XML allows no reference to an element that is not there.
            row = bpmn_numbers.write(numbers, "flow", flow)
            row.set("place", str(place))
        else:
            _write_flow(whole, flow, chart, ids)
    write_diagram(root, layout or lay_out(chart), ids)
    indent(root, " ")
    return tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


class _Ids:
    """Ids of a document: unique across tables and XML names, as like the rows' own as may be."""

    def __init__(self, process: Process) -> None:
        self._taken = set(_FIXED)
        self._of: dict[tuple[str, str], str] = {}
        for table in ("steps", "lanes", "flows"):
            for row in getattr(process, table):
                self._of[table, row.id] = self._free(row.id, table[:-1])

    def __call__(self, table: str, row_id: str) -> str:
        return self._of[table, row_id]

    def _free(self, row_id: str, word: str) -> str:
        named = re.match("[A-Za-z_]", row_id) and not self._taken & _with_drawing(row_id)
        stem = row_id if named else f"{word}_{row_id}"
        found, count = stem, 1
        while self._taken & _with_drawing(found):
            count += 1
            found = f"{stem}_{count}"
        self._taken |= _with_drawing(found)
        return found


def _with_drawing(key: str) -> set[str]:
    """An element's id and those of its shape or edge."""
    return {key, f"{key}_shape", f"{key}_edge"}


def _write_lanes(whole: Element, process: Process, ids: _Ids) -> None:
    if not process.lanes:
        return
    lane_set = SubElement(whole, "laneSet", {"id": "lanes"})
    for lane in process.lanes:
        key = ids("lanes", lane.id)
        element = SubElement(lane_set, "lane", {"id": key, "name": printable(lane.name)})
        leave = ("name", "id") if key == lane.id else ("name",)
        bpmn_numbers.write(SubElement(element, "extensionElements"), "lane", lane, leave)
        for step in process.steps:
            if step.lane == lane.id:
                SubElement(element, "flowNodeRef").text = ids("steps", step.id)


def _write_step(whole: Element, step: Step, chart: Map, ids: _Ids) -> None:
    key = ids("steps", step.id)
    element = SubElement(whole, _ELEMENTS[step.kind], {"id": key, "name": printable(step.name)})
    if step.note:
        SubElement(element, "documentation").text = printable(step.note)
    leave = {"name", "kind", "lane"} | ({"id"} if key == step.id else set())
    numbers = bpmn_numbers.write(SubElement(element, "extensionElements"), "step", step, leave)
    if step.lane not in chart.lane:
        numbers.set("lane", step.lane)
    for flow in chart.incoming(step.id):
        SubElement(element, "incoming").text = ids("flows", flow.id)
    for flow in chart.outgoing(step.id):
        SubElement(element, "outgoing").text = ids("flows", flow.id)
    if step.kind == "wait":
        SubElement(element, "timerEventDefinition")


def _write_flow(whole: Element, flow: Flow, chart: Map, ids: _Ids) -> None:
    key = ids("flows", flow.id)
    named = {"name": printable(flow.label)} if flow.label else {}
    ends = {
        "sourceRef": ids("steps", flow.source),
        "targetRef": ids("steps", flow.target),
    }
    element = SubElement(whole, "sequenceFlow", {"id": key, **named, **ends})
    leave = {"source", "target", "label"} | ({"id"} if key == flow.id else set())
    bpmn_numbers.write(SubElement(element, "extensionElements"), "flow", flow, leave)
    source = chart.step[flow.source]
    if source.kind not in ("decision", "parallel") and len(chart.outgoing(source.id)) > 1:
        # Without a condition, every case would go all ways of a task.
        told = SubElement(element, "conditionExpression", {"xsi:type": "tFormalExpression"})
        told.text = printable(flow.label) or f"share {flow.probability}"
