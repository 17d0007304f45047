"""A process map that keeps what a hand does to it, as the chapter does: with undo and redo."""

from collections.abc import Callable
from typing import Any

from negotiation.process import gestures
from negotiation.process.maps import Map
from negotiation.process.rows import Lane, Process
from negotiation.values import FieldError
from widgets import ProcessMap

LANES = (Lane(id="ap", name="Accounts payable", party="supplier"),
         Lane(id="buy", name="Buying", party="buyer"))  # fmt: skip


class Drawn:
    """`control` shows `map`; `told` is what it said, in order."""

    def __init__(self, map: Map | None = None, state: Any = None, **more):
        self.map = map or Map(Process(lanes=LANES))
        self.shown = more
        self.told: list[tuple] = []
        self.past: list[Map] = []
        self.future: list[Map] = []
        self.control = control = ProcessMap(key="map", label="Invoices", state=state)
        control.on_select(lambda row: self.told.append(("select", row)))
        control.on_open(lambda row: self.told.append(("open", row)))
        control.on_add(lambda after, lane: self.do(lambda m: gestures.add_step(m, after, lane)))
        control.on_remove(lambda ids: self.do(lambda m: gestures.remove(m, ids)))
        control.on_connect(lambda a, b: self.do(lambda m: gestures.connect(m, a, b)))
        control.on_move(lambda s, lane, b: self.do(lambda m: gestures.move_step(m, s, lane, b)))
        control.on_edit(self.edit)
        control.on_undo(lambda: self.back(self.past, self.future))
        control.on_redo(lambda: self.back(self.future, self.past))
        self.show()

    def do(self, gesture: Callable) -> str:
        answer = gesture(self.map)
        after, new = answer if isinstance(answer, tuple) else (answer, "")
        self.past.append(self.map)
        self.future.clear()
        self.map = after
        self.show()
        return new

    def edit(self, row: str, field: str, value) -> None:
        if value == "Forbidden":
            raise FieldError("name", "A step cannot be called Forbidden.")
        table = "steps" if row in self.map.step else "flows"
        self.do(lambda m: gestures.put(m, table, row, field, value))

    def back(self, taken: list[Map], kept: list[Map]) -> None:
        kept.append(self.map)
        self.map = taken.pop()
        self.show()

    def show(self) -> None:
        self.control.show(self.map, **self.shown)
        self.control.allow(undo=bool(self.past), redo=bool(self.future))

    def names(self, lane: str) -> list[str]:
        """The names of a lane's steps in the table's order."""
        return [step.name for step in self.map.steps if step.lane == lane]

    def arrows(self) -> set[tuple[str, str]]:
        """Every arrow by the names of its ends."""
        name = {step.id: step.name for step in self.map.steps}
        return {(name[flow.source], name[flow.target]) for flow in self.map.flows}
