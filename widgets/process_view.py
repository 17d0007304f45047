"""Which map a page shows, and where a change of it goes: today's map, or a change of a future."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import traitlets as tl

from negotiation.deal import Parts
from negotiation.process import Change, Future, Process, gestures, removal
from negotiation.process.maps import TABLES, Map, at, differences, named_ids, record
from negotiation.values import FieldError

from .ids import fresh_id
from .state import DealState

_AROUND = (*TABLES, "rates", "roles", "raci")


class ProcessView(tl.HasTraits):
    """The map that the widgets of a page show and draw on together.

    `future` is the id of a future state, "" today; `change` the change that is open in it: what is
    drawn belongs to it, and the map shows the changes up to it. `selected` is the id of a step or
    flow. `map` follows all of them and the deal.
    """

    future = tl.Unicode()
    change = tl.Unicode()
    selected = tl.Unicode()
    map = tl.Instance(Map)

    def __init__(self, state: DealState):
        self.state = state
        self.worked_out: deque = deque(maxlen=6)
        """(map, terms, figures) of late; a map holds edits, which have no hash to keep it by."""
        super().__init__(map=Map(state.deal.process))
        state.follow(self._show, "process")
        self.observe(lambda _: self._show(self.state.deal), ["future", "change"])

    @property
    def today(self) -> Map:
        """Today's map, whichever is shown."""
        return Map(self.state.deal.process)

    def open_future(self, future: str = "", change: str | None = None) -> None:
        """Show today's map ("") or a future state, with one of its changes open, or its last."""
        rows = {row.id: row for row in self.state.deal.process.futures}
        changes = rows[future].changes if future in rows else ()
        last = changes[-1].id if changes else ""
        with self.hold_trait_notifications():
            self.future = future if future in rows else ""
            self.change = (last if change is None else change) if future in rows else ""

    def draw(self, gesture: Callable[[Map], Map | tuple[Map, str]]) -> str:
        """Make a gesture on the shown map and save it; gives the id of a row that it added.

        Today's map changes in the draft. On a future state the open change takes it; without an
        open change it is refused with a sentence, and nothing is changed.
        """
        answer = gesture(self.map)
        after, new = answer if isinstance(answer, tuple) else (answer, "")
        if not self.future:
            self.save_today(after.process)
        else:
            self._save_future(after)
        return new

    def new_id(self, rows: Iterable[Any], stem: str) -> str:
        """The id of a row that a gesture makes; no future state has a row of this id either."""
        named = named_ids(self.state.deal.process)
        while (found := fresh_id(rows, stem, self.state.seat)) in named:
            pass
        return found

    def put(self, table: str, row: str, field: str, value: Any) -> None:
        """Set one field of a row of the shown map."""
        if not self.future:
            self.state.edit(f"process.{table}.{row}.{field}", value)
        else:
            self.draw(lambda here: gestures.put(here, table, row, field, value))

    def add_future(self, name: str = "New future state", own: bool = False) -> str:
        """Begin a future state, for both sides or for one's own eyes, with its first change."""
        taken = self.state.deal.process.futures
        row = Future(
            id=fresh_id(taken, "future_", self.state.seat), name=name,
            space=self.state.seat if own else "shared",
            changes=(Change(id=fresh_id((), "c_", self.state.seat), name="First change"),),
        )
        self.state.add("process.futures", row)
        self.open_future(row.id)
        return row.id

    def add_change(self, name: str = "New change") -> str:
        """Add a change to the shown future state and open it."""
        place = f"process.futures.{self.future}.changes"
        if not self.future:
            raise FieldError("process.futures", "Open or begin a future state first.")
        row = Change(id=fresh_id(self.state.deal.get(place), "c_", self.state.seat), name=name)
        self.state.add(place, row)
        self.open_future(self.future, row.id)
        return row.id

    def save_today(self, after: Process) -> None:
        """Today's map and what stands around it become `after`'s, in one gesture.

        Duties and shared rates of what went go with it; a message says who still names it.
        """
        before = self.state.deal.process
        after = removal.cleared(before, after)
        self.state.edit_many(
            (f"process.{name}", getattr(after, name)) for name in _AROUND
            if getattr(after, name) != getattr(before, name)
        )  # fmt: skip
        outcomes = getattr(self.state.deal, "outcomes", None)
        if words := removal.told(before, after, outcomes.measures if outcomes else ()):
            self.state.message = words

    def _save_future(self, after: Map) -> None:
        if not self.change:
            raise FieldError(
                "process.futures",
                "What you draw on a future state belongs to one of its changes. Open a change "
                "below, or add one.",
            )
        if not differences(self.map, after):
            raise FieldError(
                "process.futures", "On a future state a step changes its lane, not its order."
            )
        process = record(self.state.deal.process, self.future, self.change, after)
        edits = next(
            row.edits
            for state in process.futures if state.id == self.future
            for row in state.changes if row.id == self.change
        )
        self.state.edit(f"process.futures.{self.future}.changes.{self.change}.edits", edits)

    def _show(self, deal: Parts) -> None:
        futures = {row.id: row for row in deal.process.futures}
        if self.future and self.future not in futures:
            self.open_future("")
            return
        if self.future:
            changes = [row.id for row in futures[self.future].changes]
            if self.change and self.change not in changes:
                self.change = changes[-1] if changes else ""
                return
            self.map = at(deal.process, self.future, self.change or None)
        else:
            self.map = Map(deal.process)
        if self.selected not in self.map.step and self.selected not in self.map.flow:
            self.selected = ""
