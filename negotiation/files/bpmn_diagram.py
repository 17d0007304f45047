"""Where everything stands, as BPMN's diagram interchange has it: shapes and edges."""

from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement

from negotiation.process.layout import Box, Layout, Line, Rect

_MARGIN = 20.0
_POOL_HEADER = 30.0


def write_diagram(root: Element, layout: Layout, ids: Callable[[str, str], str]) -> None:
    """Put the diagram at the end of `root`; `ids(table, row id)` names the elements it draws.

    The pool lies around the lanes, with its header left of theirs.
    """
    diagram = SubElement(root, "bpmndi:BPMNDiagram", {"id": "diagram"})
    plane = SubElement(diagram, "bpmndi:BPMNPlane", {"id": "plane", "bpmnElement": "collaboration"})
    _shape(plane, "pool", Rect(-_POOL_HEADER, 0, layout.width + _POOL_HEADER, layout.height), True)
    for band in layout.bands:
        if band.id:
            _shape(plane, ids("lanes", band.id), Rect(band.x, band.y, band.w, band.h), True)
    for box in layout.boxes:
        _box(plane, ids("steps", box.id), box)
    for line in layout.lines:
        _edge(plane, ids("flows", line.id), line)


def _shape(plane: Element, key: str, rect: Rect, horizontal: bool = False) -> Element:
    more = {"isHorizontal": "true"} if horizontal else {}
    names = {"id": f"{key}_shape", "bpmnElement": key, **more}
    shape = SubElement(plane, "bpmndi:BPMNShape", names)
    _bounds(shape, rect)
    return shape


def _box(plane: Element, key: str, box: Box) -> None:
    outline = Rect(box.x, box.y, box.w, box.h)
    shape = _shape(plane, key, outline)
    if box.kind == "decision":
        # The name stands inside the diamond, where the marker would be.
        shape.set("isMarkerVisible", "false")
        part = Rect(box.x + box.w / 6, box.y + box.h / 4, box.w * 2 / 3, box.h / 2)
        _bounds(SubElement(shape, "bpmndi:BPMNLabel"), part)
    elif box.caption:
        _bounds(SubElement(shape, "bpmndi:BPMNLabel"), box.caption)


def _edge(plane: Element, key: str, line: Line) -> None:
    edge = SubElement(plane, "bpmndi:BPMNEdge", {"id": f"{key}_edge", "bpmnElement": key})
    for x, y in line.points:
        SubElement(edge, "di:waypoint", _point(x, y))
    if line.label:
        _bounds(SubElement(edge, "bpmndi:BPMNLabel"), line.label)


def _bounds(parent: Element, rect: Rect) -> None:
    size = {"width": _pixels(rect.w), "height": _pixels(rect.h)}
    SubElement(parent, "dc:Bounds", {**_point(rect.x, rect.y), **size})


def _point(x: float, y: float) -> dict[str, str]:
    return {"x": _pixels(x + _MARGIN + _POOL_HEADER), "y": _pixels(y + _MARGIN)}


def _pixels(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
