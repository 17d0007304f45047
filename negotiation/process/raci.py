"""Who does each step, and who answers for it: the allocation of responsibilities.

A step can have several who are responsible (R), are consulted (C) or informed (I); exactly one is
accountable (A). Two who answer for the same thing are nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from negotiation.process.findings import Finding, names
from negotiation.process.rows import Process, Role, Step

LETTERS = "RACI"


@dataclass(frozen=True)
class Duties:
    """One step's row of the matrix: the letters of each role that has any, in the order R A C I."""

    step: Step
    letters: Mapping[str, str]

    def who(self, letter: str) -> tuple[str, ...]:
        """Ids of the roles that have this letter."""
        return tuple(role for role, letters in self.letters.items() if letter in letters)

    @property
    def settled(self) -> bool:
        """Whether exactly one role is accountable."""
        return len(self.who("A")) == 1


@dataclass(frozen=True)
class Allocation:
    """The matrix: work of the map (tasks that are in scope or retained) by role, in table order."""

    roles: tuple[Role, ...]
    rows: tuple[Duties, ...]

    @property
    def open(self) -> tuple[Duties, ...]:
        """Rows without exactly one accountable."""
        return tuple(row for row in self.rows if not row.settled)


def allocation(process: Process) -> Allocation:
    """The matrix of a process. Letters for steps or roles that are gone are left out."""
    roles = tuple(role.id for role in process.roles)
    held: dict[tuple[str, str], set[str]] = {}
    for cell in process.raci:
        held.setdefault((cell.step, cell.role), set()).add(cell.letter)
    rows = []
    for step in process.steps:
        if step.kind == "task" and step.scope != "out":
            letters = {
                role: "".join(x for x in LETTERS if x in held[step.id, role])
                for role in roles if (step.id, role) in held
            }  # fmt: skip
            rows.append(Duties(step, letters))
    return Allocation(process.roles, tuple(rows))


def duties(process: Process) -> list[Finding]:
    """Steps without exactly one accountable, and letters that point at nothing.

    Nothing is asked before a role is named: the allocation comes after the map.
    """
    if not process.roles:
        return []
    found = []
    role = {row.id: row.name for row in process.roles}
    steps = {step.id for step in process.steps}
    for row in allocation(process).open:
        owners = [role[who] for who in row.who("A")]
        sentence = (
            f"For “{row.step.name}” {names(owners)} are accountable; it should be one of them."
            if owners
            else f"Nobody is accountable for “{row.step.name}”."
        )
        found.append(Finding("process.raci", "duties", sentence, row.step.id))
    for cell in process.raci:
        if cell.step not in steps or cell.role not in role:
            gone = "step" if cell.step not in steps else "role"
            found.append(Finding(
                f"process.raci.{cell.id}", "duties", f"A duty points at a {gone} that is gone.",
                cell.id,
            ))  # fmt: skip
    return found
