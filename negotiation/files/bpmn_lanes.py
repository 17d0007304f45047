"""BPMN's pools and nested lanes as the map's flat lanes, and which step stands in which."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from negotiation.process.rows import Lane

from . import bpmn_numbers
from .bpmn_words import Notes
from .read_map import clean, new_id, party_of

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Pool:
    """A pool of the file; `process` is None when the pool shows no steps."""

    key: str
    name: str
    process: Element | None


class Lanes:
    """The lanes read so far. `several`: more than one pool has steps, so lanes carry its name."""

    def __init__(self, root: Element, model: str, own: bool, notes: Notes) -> None:
        self.rows: list[dict[str, Any]] = []
        self.several = False
        self._model, self._own, self._notes = model, own, notes
        self._taken: set[str] = set()
        self._lane_of: dict[str, str] = {}
        self._pool_lane: dict[str, str] = {}
        self._boxes = _boxes(root)
        self._lane_boxes: dict[int, list[tuple[Box, str]]] = {}

    def take(self, pool: Pool, process: Element) -> None:
        """Read the lanes of a pool's process; one lane is made for a process without any."""
        found = list(self._leaves(process, ""))
        for element, name in found:
            own = element.find(f"{self._model}extensionElements/{bpmn_numbers.tag('lane')}")
            if own is not None:
                lane = self._put({"name": element.get("name", "")}, element.get("id", "lane"), own)
            else:
                full = f"{pool.name} / {name}" if self.several and name != pool.name else name
                full = full if name else pool.name
                lane = self.add(full, element.get("id", "lane"), party_hint=pool.name)
            for ref in element.findall(self._model + "flowNodeRef"):
                self._lane_of[(ref.text or "").strip()] = lane
            box = self._boxes.get(element.get("id", ""))
            if box:
                self._lane_boxes.setdefault(id(process), []).append((box, lane))
        if not found and not self._own:
            self._pool_lane[_key(pool)] = self.add(pool.name, pool.key or "lane")
            if not pool.key:
                self._notes.say("pool", pool.name)

    def add(self, name: str, key: str = "lane", party_hint: str = "") -> str:
        """A lane of this name; its id."""
        party = party_of(name)
        if party == "other" and party_hint:
            party = party_of(party_hint)
        if party != "other":
            self._notes.say("party", f"{clean(name)} ({party})")
        return self._put({"name": clean(name) or "Lane", "party": party}, key)

    def of(self, step: str, pool: Pool, name: str) -> str:
        """The lane of a step: as the file says, else where it is drawn, else one of its pool."""
        if step in self._lane_of:
            return self._lane_of[step]
        if _key(pool) in self._pool_lane and not self._lane_boxes.get(id(pool.process)):
            return self._pool_lane[_key(pool)]
        self._notes.say("no_lane", name)
        drawn = self._drawn_in(step, pool)
        if drawn:
            return drawn
        if _key(pool) not in self._pool_lane:
            self._pool_lane[_key(pool)] = self.add(pool.name)
        return self._pool_lane[_key(pool)]

    def _put(self, row: dict[str, Any], key: str, own: Element | None = None) -> str:
        row = {"id": "", **row, **bpmn_numbers.fields(Lane, own)}
        row["id"] = new_id(str(row["id"] or key), self._taken, "lane")
        self.rows.append(row)
        return row["id"]

    def _leaves(self, parent: Element, above: str) -> Iterator[tuple[Element, str]]:
        """The lanes that steps stand in, with their names "outer / inner"."""
        for group in parent:
            if group.tag not in (self._model + "laneSet", self._model + "childLaneSet"):
                continue
            for lane in group.findall(self._model + "lane"):
                name = clean(lane.get("name"))
                full = " / ".join(part for part in (above, name) if part)
                inner = list(self._leaves(lane, full))
                own = {
                    (ref.text or "").strip() for ref in lane.findall(self._model + "flowNodeRef")
                }
                within = {
                    (ref.text or "").strip()
                    for element, _ in inner
                    for ref in element.findall(self._model + "flowNodeRef")
                }
                if not inner or own - within:
                    yield lane, full
                yield from inner

    def _drawn_in(self, step: str, pool: Pool) -> str | None:
        box = self._boxes.get(step)
        if box is None:
            return None
        x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
        for (left, top, width, height), lane in self._lane_boxes.get(id(pool.process), ()):
            if left <= x <= left + width and top <= y <= top + height:
                return lane
        return None


def _key(pool: Pool) -> str:
    return f"{pool.key}/{pool.name}/{id(pool.process)}"


def _boxes(root: Element) -> dict[str, Box]:
    """Where the file draws each element: left, top, width, height."""
    found: dict[str, Box] = {}
    for shape in root.iter():
        if not shape.tag.endswith("}BPMNShape"):
            continue
        bounds = next((child for child in shape if child.tag.endswith("}Bounds")), None)
        if bounds is None:
            continue
        try:
            left, top, width, height = (
                float(bounds.get(n, "")) for n in ("x", "y", "width", "height")
            )
        except ValueError:
            continue
        found[shape.get("bpmnElement", "").rpartition(":")[2]] = (left, top, width, height)
    return found
