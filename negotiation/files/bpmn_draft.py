"""From BPMN's elements to the map's rows, step by step; `bpmn` says by which rules."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from negotiation.process.rows import Flow, Process, Step

from . import bimp, bpmn_numbers
from .bpmn_lanes import Lanes, Pool
from .bpmn_words import INSIDE, KINDS, Notes, gateway_name, link_name, local, named
from .read_map import as_process, clean, new_id
from .xml import refused

_ACTIVITIES = {word for word, kind in KINDS.items() if kind == "task"}
_STEPS_MOST = next(m.max_length for m in Process.model_fields["steps"].metadata)


@dataclass
class Node:
    """One step while it is being read. `key` is its id in the file."""

    key: str
    row: dict[str, Any]
    pool: int
    own: bool = False
    """It carries our own numbers: nothing about it is guessed."""


@dataclass
class Arrow:
    """One arrow while it is being read; `source` and `target` are ids in the file."""

    key: str
    source: str
    target: str
    row: dict[str, Any] = field(default_factory=dict)
    chosen: bool = False
    """A condition, a default or a border event leads this way: not every case takes it."""
    told: bool = False
    """A message that brings no case."""


class Draft:
    """The rows that a BPMN document gives; `read` fills them, `process` checks them."""

    def __init__(self, root: Element, model: str) -> None:
        self._root, self._model = root, model
        self.notes = Notes()
        self._nodes: dict[str, Node] = {}
        self._arrows: list[Arrow] = []
        self._elements: dict[str, Element] = {}
        self._alias: dict[str, str] = {}
        self._own = root.find(f".//{bpmn_numbers.tag('map')}")
        self._lanes = Lanes(root, model, self._own is not None, self.notes)
        self._rest: dict[str, Any] = {}

    def read(self) -> None:
        """Read every pool, then what joins them, then names and numbers."""
        pools = list(self._pools())
        self._lanes.several = sum(pool.process is not None for pool in pools) > 1
        for number, pool in enumerate(pools):
            self._take_pool(number, pool)
        self._links()
        self._messages()
        self._splits()
        if self._own is None:
            self._implied(pools)
            self._unanswered()
        self._name_gateways()
        self.notes.left_out(self._root, self._model)
        self._rest = bimp.read(self._root, self._nodes, self._arrows, self.notes)
        if self._own is not None:
            self._rest = bpmn_numbers.read_map(self._own)
        if len(self._nodes) > _STEPS_MOST:
            raise refused(
                f"The file has {len(self._nodes):,} steps; a map holds up to {_STEPS_MOST}. "
                "Cut it into several files, or draw sub-processes."
            )

    def process(self) -> Process:
        """The rows as a checked process. Raises `FieldError` when one does not fit."""
        ids = self._ids(((node.key, node.row) for node in self._nodes.values()), "step")
        arrow_ids = self._ids(((arrow.key, arrow.row) for arrow in self._arrows), "arrow")
        steps = [{**node.row, "id": ids[node.key]} for node in self._nodes.values()]
        flows = [
            {
                **arrow.row,
                "id": arrow_ids[arrow.key],
                "source": ids[arrow.source],
                "target": ids[arrow.target],
            }
            for arrow in self._arrows
        ]
        if self._own is not None:
            for row in self._own.iter(bpmn_numbers.tag("flow")):
                flows.insert(_place(row.get("place")), bpmn_numbers.fields(Flow, row))
        lanes = self._lanes.rows
        return as_process({**self._rest, "lanes": lanes, "steps": steps, "flows": flows})

    # --- pools and what stands in them

    def _pools(self) -> Iterator[Pool]:
        """Pools in the file's order, then processes that no pool shows."""
        processes = {p.get("id", ""): p for p in self._all("process")}
        shown = set()
        for participant in self._all("participant"):
            ref = (participant.get("processRef") or "").rpartition(":")[2]
            process = processes.get(ref) if ref not in shown else None
            shown.add(ref)
            empty = process is None or not self._has_nodes(process)
            yield Pool(
                participant.get("id", ""),
                clean(participant.get("name")) or _process_name(process) or "Pool",
                process if process is not None and (not empty or self._own is not None) else None,
            )
        called = {(a.get("calledElement") or "").rpartition(":")[2] for a in self._all_activities()}
        for ref, process in processes.items():
            if ref in shown or not self._has_nodes(process):
                continue
            if ref in called:
                self.notes.say("called", clean(process.get("name")) or ref)
                continue
            yield Pool("", _process_name(process), process)

    def _all(self, word: str) -> Iterator[Element]:
        return self._root.iter(self._model + word)

    def _all_activities(self) -> Iterator[Element]:
        return self._all("callActivity")

    def _has_nodes(self, process: Element) -> bool:
        return any(local(child, self._model) in KINDS for child in process)

    def _take_pool(self, number: int, pool: Pool) -> None:
        if pool.process is None:
            return self._take_empty_pool(number, pool)
        self._lanes.take(pool, pool.process)
        borders: dict[str, Element] = {}
        for element in pool.process:
            word = local(element, self._model)
            if word in KINDS:
                self._take_node(number, pool, element, word)
            elif word == "boundaryEvent":
                borders[element.get("id", "")] = element
        self._take_arrows(pool.process, borders)
        return None

    def _take_empty_pool(self, number: int, pool: Pool) -> None:
        if not any(
            pool.key in (flow.get("sourceRef"), flow.get("targetRef"))
            for flow in self._all("messageFlow")
        ):
            self._lanes.add(pool.name)
            return
        lane = self._lanes.add(pool.name)
        self._nodes[pool.key] = Node(
            pool.key, {"name": pool.name, "kind": "wait", "lane": lane}, number
        )
        self.notes.say("empty_pool", pool.name)

    def _take_node(self, number: int, pool: Pool, element: Element, word: str) -> None:
        key = element.get("id") or f"step-{len(self._nodes) + 1}"
        name = named(element, self._model)
        if element.get("triggeredByEvent") == "true" or element.get("isForCompensation") == "true":
            self.notes.say("aside", name)
            return
        own = element.find(f"{self._model}extensionElements/{bpmn_numbers.tag('step')}")
        row: dict[str, Any] = {"name": name, "kind": KINDS[word]}
        if own is None:
            note = element.findtext(self._model + "documentation")
            row |= {"note": (note or "").strip()[:2000], "lane": ""}
            self._say_of_node(key, element, word, name)
        else:
            row |= {"name": element.get("name", ""), **bpmn_numbers.fields(Step, own)}
        if "lane" not in row or own is None:
            row["lane"] = self._lanes.of(key, pool, name)
        if word in INSIDE:
            self._alias |= {inner.get("id", ""): key for inner in element.iter() if inner.get("id")}
        self._elements[key] = element
        self._nodes[key] = Node(key, row, number, own is not None)

    def _say_of_node(self, key: str, element: Element, word: str, name: str) -> None:
        if word in INSIDE and any(local(child, self._model) in KINDS for child in element):
            self.notes.say("inside", name)
        if word in ("inclusiveGateway", "complexGateway"):
            self.notes.say("decision", clean(element.get("name")) or f"without a name ({key})")
        if word in _ACTIVITIES and any(
            local(child, self._model)
            in ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")
            for child in element
        ):
            self.notes.say("repeat", name)

    # --- arrows

    def _take_arrows(self, process: Element, borders: dict[str, Element]) -> None:
        there: set[tuple[str, str, str]] = set()
        led: set[str] = set()
        for element in process:
            if local(element, self._model) != "sequenceFlow":
                continue
            source, target = element.get("sourceRef", ""), element.get("targetRef", "")
            border = borders.get(source)
            if border is not None:
                led.add(source)
                source = border.get("attachedToRef", "")
            arrow = self._arrow(element, source, target, border)
            if source not in self._nodes or target not in self._nodes:
                self.notes.say("dangling", arrow.row["label"] or arrow.key)
                continue
            mark = (source, target, arrow.row["label"])
            if mark in there and not self._own_flow(element):
                self.notes.say("double", self._between(source, target))
                continue
            there.add(mark)
            if border is not None:
                self.notes.say("border", arrow.row["label"])
            self._arrows.append(arrow)
        for key, border in borders.items():
            if key not in led:
                self.notes.say("border_lost", named(border, self._model))

    def _own_flow(self, element: Element) -> Element | None:
        return element.find(f"{self._model}extensionElements/{bpmn_numbers.tag('flow')}")

    def _arrow(self, element: Element, source: str, target: str, border: Element | None) -> Arrow:
        key = element.get("id") or f"arrow-{len(self._arrows) + 1}"
        own = self._own_flow(element)
        condition = element.find(self._model + "conditionExpression")
        default = source in self._elements and self._elements[source].get("default") == key
        if own is not None:
            row = {"label": element.get("name", ""), **bpmn_numbers.fields(Flow, own)}
            return Arrow(key, source, target, row, chosen=condition is not None)
        label = clean(element.get("name"), 200)
        if border is not None:
            label = clean(f"{named(border, self._model)}: {label}".removesuffix(": "), 200)
        elif not label and default:
            label = "otherwise"
        elif not label and condition is not None:
            label = clean(condition.text, 80)
        chosen = condition is not None or default or border is not None
        return Arrow(key, source, target, {"label": label}, chosen)

    def _links(self) -> None:
        """An arrow from each link event that continues elsewhere to where it is continued."""
        ends: dict[tuple[int, str], str] = {}
        begins: list[tuple[str, int, str]] = []
        for key, element in self._elements.items():
            name = link_name(element, self._model)
            if name is not None and local(element, self._model) == "intermediateCatchEvent":
                ends[self._nodes[key].pool, name] = key
            elif name is not None:
                begins.append((key, self._nodes[key].pool, name))
        for key, pool, name in begins:
            target = ends.get((pool, name))
            if target and not any(arrow.source == key for arrow in self._arrows):
                self._arrows.append(Arrow(f"{key}-link", key, target, {"label": ""}))
                self.notes.say("link", self._nodes[key].row["name"])

    def _messages(self) -> None:
        led_to = {arrow.target for arrow in self._arrows}
        for element in self._all("messageFlow"):
            ends = [element.get(end, "") for end in ("sourceRef", "targetRef")]
            source, target = (self._alias.get(end, end) for end in ends)
            source = self._border_of(source)
            label = clean(element.get("name"), 200) or "message"
            if source not in self._nodes or target not in self._nodes or source == target:
                self.notes.say("message_lost", label)
                continue
            arrow = Arrow(element.get("id") or f"message-{len(self._arrows)}", source, target)
            arrow.row = {"label": label}
            if self._brings_a_case(source, target, led_to):
                self._begun_by_message(source, target)
            else:
                arrow.told = arrow.chosen = True
                arrow.row["probability"] = 0.0
                self.notes.say("reply", self._between(source, target))
            self._arrows.append(arrow)
        self._certain_beside_messages()

    def _border_of(self, key: str) -> str:
        """The task, when `key` is an event at its border."""
        if key in self._nodes:
            return key
        found = (e for e in self._all("boundaryEvent") if e.get("id") == key)
        return next((element.get("attachedToRef", "") for element in found), key)

    def _brings_a_case(self, source: str, target: str, led_to: set[str]) -> bool:
        empty = source not in self._elements or target not in self._elements
        if empty or target in led_to or self._nodes[source].pool == self._nodes[target].pool:
            return False
        others = [key for key, node in self._nodes.items() if node.row["kind"] == "start"]
        return self._nodes[target].row["kind"] != "start" or others != [target]

    def _begun_by_message(self, source: str, target: str) -> None:
        if self._nodes[target].row["kind"] == "start":
            self._nodes[target].row["kind"] = "wait"
            self.notes.say("started", self._nodes[target].row["name"])
        if self._nodes[source].row["kind"] == "end":
            self._nodes[source].row["kind"] = "wait"

    def _certain_beside_messages(self) -> None:
        """The one way on beside messages that bring no case is taken by every case."""
        tellers = {arrow.source for arrow in self._arrows if arrow.told}
        for key in tellers:
            ways = [a for a in self._arrows if a.source == key and not a.told]
            if len(ways) == 1 and ways[0].row.get("probability") is None:
                ways[0].row["probability"] = 1.0

    # --- what BPMN implies

    def _splits(self) -> None:
        """A parallel step behind each task that goes several ways at once."""
        for key in list(self._nodes):
            node = self._nodes[key]
            ways = [a for a in self._arrows if a.source == key and not a.chosen]
            if node.row["kind"] in ("decision", "parallel") or len(ways) < 2:
                continue
            split = f"{key}-all"
            self._put_behind(key, split, "At the same time", "parallel")
            for arrow in ways:
                arrow.source = split
                arrow.row.pop("probability", None)
            beside = any(a.source == key and a.told for a in self._arrows)
            row = {"label": "", **({"probability": 1.0} if beside else {})}
            place = self._arrows.index(ways[0])
            self._arrows.insert(place, Arrow(f"{key}-to-all", key, split, row))
            self.notes.say("split", node.row["name"])

    def _put_behind(self, key: str, new: str, name: str, kind: str) -> None:
        node = self._nodes[key]
        row = {"name": name, "kind": kind, "lane": node.row["lane"]}
        items = list(self._nodes.items())
        place = list(self._nodes).index(key) + 1
        items.insert(place, (new, Node(new, row, node.pool)))
        self._nodes = dict(items)

    def _implied(self, pools: list[Pool]) -> None:
        """A start and an end where BPMN lets both go without saying."""
        for number, pool in enumerate(pools):
            inside = [node for node in self._nodes.values() if node.pool == number]
            if pool.process is None or not inside:
                continue
            words = {local(element, self._model) for element in pool.process}
            if "startEvent" not in words:
                self._add_start(inside, pool.name)
            if "endEvent" not in words:
                self._add_end(inside, pool.name)

    def _add_start(self, inside: list[Node], pool: str) -> None:
        led_to = {arrow.target for arrow in self._arrows if not arrow.told}
        firsts = [node for node in inside if node.key not in led_to]
        if not firsts:
            return
        key, lane, number = f"{firsts[0].key}-start", firsts[0].row["lane"], firsts[0].pool
        kind = {"name": "Start", "kind": "start", "lane": lane}
        added = [(key, Node(key, kind, number))]
        if len(firsts) > 1:
            split = f"{key}-all"
            row = {"name": "At the same time", "kind": "parallel", "lane": lane}
            added.append((split, Node(split, row, number)))
            self._arrows.append(Arrow(f"{split}-in", key, split, {"label": ""}))
            key = split
        self._nodes = dict([*added, *self._nodes.items()])
        for node in firsts:
            self._arrows.append(Arrow(f"{node.key}-begin", key, node.key, {"label": ""}))
        self.notes.say("implied", pool)

    def _add_end(self, inside: list[Node], pool: str) -> None:
        leads = {arrow.source for arrow in self._arrows if not arrow.told}
        lasts = [node for node in inside if node.key not in leads]
        if not lasts:
            return
        key = f"{lasts[-1].key}-end"
        row = {"name": "End", "kind": "end", "lane": lasts[-1].row["lane"]}
        self._nodes[key] = Node(key, row, lasts[-1].pool)
        for node in lasts:
            self._arrows.append(Arrow(f"{node.key}-done", node.key, key, {"label": ""}))
        self.notes.say("implied", pool)

    def _unanswered(self) -> None:
        """An end where a case waits for a message for ever: the last one never comes."""
        answered = {arrow.target for arrow in self._arrows if arrow.told}
        for key in [key for key in self._nodes if key in answered]:
            if not self._ends(key):
                node = self._nodes[key]
                row = {"name": "No message comes", "kind": "end", "lane": node.row["lane"]}
                self._nodes[f"{key}-silent"] = Node(f"{key}-silent", row, node.pool)
                label = {"label": "no message comes"}
                self._arrows.append(Arrow(f"{key}-none", key, f"{key}-silent", label, True))
                self.notes.say("unanswered", node.row["name"])

    def _ends(self, key: str) -> bool:
        """Whether some way leads from a step to one that nothing follows."""
        after: dict[str, list[str]] = {}
        for arrow in self._arrows:
            if not arrow.told:
                after.setdefault(arrow.source, []).append(arrow.target)
        waiting, seen = [key], {key}
        while waiting:
            here = waiting.pop()
            if here not in after:
                return True
            waiting += [there for there in after[here] if there not in seen]
            seen.update(after[here])
        return False

    # --- names and ids

    def _name_gateways(self) -> None:
        for key, node in self._nodes.items():
            element = self._elements.get(key)
            if element is None or node.own or clean(element.get("name")):
                continue
            if node.row["kind"] in ("decision", "parallel"):
                ways_in = sum(arrow.target == key for arrow in self._arrows)
                labels = [a.row["label"] for a in self._arrows if a.source == key]
                node.row["name"] = gateway_name(node.row["kind"], ways_in, labels)

    def _between(self, source: str, target: str) -> str:
        return f"{self._nodes[source].row['name']} → {self._nodes[target].row['name']}"

    def _ids(self, rows: Iterable[tuple[str, dict[str, Any]]], word: str) -> dict[str, str]:
        """Row ids by the file's ids: our own where they are noted, else as like as may be."""
        taken: set[str] = set()
        ids: dict[str, str] = {}
        for key, row in rows:
            wanted = row.get("id", key)
            ids[key] = new_id(wanted, taken, word)
            if ids[key] != wanted:
                self.notes.say("ids", wanted[:60])
        return ids


def _place(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 6 else 0


def _process_name(process: Element | None) -> str:
    return (clean(process.get("name")) if process is not None else "") or "Process"
