"""Who is responsible for each step, who answers for it, and what is in scope."""

from typing import Any

from negotiation.deal import Parts
from negotiation.process import Process, Raci
from negotiation.process.ids import joined_id
from negotiation.process.raci import LETTERS, allocation, duties
from negotiation.values import FieldError

from .boxes import VBox
from .fields import Field
from .fold import Fold
from .notes import Notes
from .process_view import ProcessView
from .rows import Rows
from .state import DealState
from .table import Table

_ROLES = (
    Field("name", "Role", width="16em"),
    Field("party", "Of the", "choice", choices=("buyer", "supplier", "customer", "other")),
)
_STEP = Field("step", "Step", "readonly", width="14em")
_SCOPE = Field(
    "scope", "Scope", "choice", width="7em",
    choices=(("", "not said"), ("in", "in scope"), ("retained", "stays with the buyer"),
             ("out", "out")),
)  # fmt: skip
_ROLE = "role:"
_SETTLED = "Each step has exactly one accountable."
_NOTHING = "There is no step on the map yet."


class ProcessDuties(VBox):
    """The matrix of steps and roles: R responsible, A accountable, C consulted, I informed."""

    def __init__(self, view: ProcessView):
        self._state: DealState = view.state
        self._roles = RoleRows(view)
        self._matrix = VBox()
        self._names: tuple = ()
        self._open = Notes("Without a clear owner", empty=_SETTLED)
        parts = [self._roles, self._matrix]
        super().__init__([self._open, Fold("Roles, letters and scope", lambda: parts)])
        self.add_class("np-card").add_class("np-stack")
        self._state.follow(self._show, "process")

    def _show(self, deal: Parts) -> None:
        process = deal.process
        names = tuple((role.id, role.name) for role in process.roles)
        if names != self._names or not self._matrix.children:
            self._names = names
            self._matrix.children = (self._table(names),)
        self._matrix.children[0].rows = _rows(process)
        found = [("work", finding.sentence) for finding in duties(process)]
        if not process.roles and process.steps:
            found.append(("work", "No role is named yet, so nobody answers for any step."))
        self._open.empty = _SETTLED if process.steps else _NOTHING
        self._open.lines = tuple(found)

    def _table(self, names: tuple) -> Table:
        letters = [
            Field(f"{_ROLE}{role}", name, optional=True, width="4em", help="Letters: R, A, C, I.")
            for role, name in names
        ]
        table = Table(
            (_STEP, _SCOPE, *letters), caption="Steps and roles", key="process.raci",
            state=self._state, empty="No work on the map yet.",
        )
        table.on_edit(self._record)
        table.on_paste(self._record_many)
        return table

    def _record(self, step: str, column: str, value: Any) -> None:
        self._record_many(((step, column, value),), ())

    def _record_many(self, edits: tuple, _new_rows: tuple) -> None:
        """Letters and scopes of several cells in one gesture, or nothing."""
        process, pairs = self._state.deal.process, []
        raci = process.raci
        for step, column, value in edits:
            if column == "scope":
                pairs.append((f"process.steps.{step}.scope", value))
            else:
                raci = _lettered(raci, step, column.removeprefix(_ROLE), value or "")
        if raci != process.raci:
            pairs.append(("process.raci", raci))
        self._state.edit_many(pairs)


class RoleRows(Rows):
    """Who takes part; a role that is removed takes its duties with it."""

    def __init__(self, view: ProcessView):
        self._view = view
        super().__init__(
            view.state, "process.roles", _ROLES, reorder=True, stem="role_",
            new=lambda: {"name": "New role"}, caption="Roles", add_label="Add a role",
            empty="No role yet. Name those who decide, not everybody.",
        )  # fmt: skip

    def _drop(self, row_id: str) -> None:
        process = self._state.deal.process
        kept = tuple(role for role in process.roles if role.id != row_id)
        self._view.save_today(process.model_copy(update={"roles": kept}))


def _rows(process: Process) -> tuple[dict, ...]:
    """A row per step of work; those that are out can still be brought back in."""
    held = {row.step.id: row for row in allocation(process).rows}
    rows = []
    for step in process.steps:
        if step.kind != "task":
            continue
        letters = held[step.id].letters if step.id in held else {}
        rows.append({
            "id": step.id, "step": step.name, "scope": step.scope, "_muted": step.scope == "out",
            **{f"{_ROLE}{role.id}": letters.get(role.id, "") for role in process.roles},
        })  # fmt: skip
    return tuple(rows)


def _lettered(raci: tuple[Raci, ...], step: str, role: str, typed: str) -> tuple[Raci, ...]:
    """The allocation with these letters in one cell; refuses anything but R, A, C and I."""
    letters = [letter for letter in typed.upper() if letter not in " ,;/"]
    odd = next((letter for letter in letters if letter not in LETTERS), None)
    if odd is not None:
        raise FieldError(
            "process.raci",
            f"“{odd}” is none of the four letters: R does it, A answers for it, C is asked before, "
            "I is told after.",
        )
    kept = [row for row in raci if (row.step, row.role) != (step, role)]
    for letter in dict.fromkeys(letters):
        kept.append(Raci(id=joined_id(step, role, letter), step=step, role=role, letter=letter))
    return tuple(kept)
