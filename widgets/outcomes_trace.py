"""The trace from vision to money: columns of statements with lines, and the same as a table."""

import traitlets as tl

from negotiation.outcomes.trace import KINDS, Node, Trace, trace
from negotiation.pictures import numerals
from negotiation.scenarios.rows import Scenarios

from .boxes import VBox
from .control import Control, front_end
from .fold import Fold
from .notes import Notes
from .outcomes_view import OutcomeView
from .scenarios_figures import Later
from .sheet import Sheet

_TITLES = {
    "vision": "Vision", "intent": "Intents", "outcome": "Outcomes", "objective": "Objectives",
    "measure": "Measures", "level": "Service levels and money",
}  # fmt: skip
_COLUMNS = (
    ("intent", "Intents"), ("outcome", "Outcome"), ("objective", "Objective"),
    ("measure", "Measure"), ("level", "Service level"), ("money", "One miss credits"),
)


class TraceMap(Control):
    """Statements in columns, joined by lines; what hangs in the air has a sign and a word.

    `columns` are {title, nodes: [{id, text, note, orphan}]}, `links` pairs of ids. Pointing at a
    statement, or focusing it, shows its chain alone.
    """

    _esm = front_end("trace.js")
    _css = front_end("trace.css")

    label = tl.Unicode().tag(sync=True)
    columns = tl.List().tag(sync=True)
    links = tl.List().tag(sync=True)


class OutcomeTrace(VBox):
    """The picture, what it means, and its table."""

    def __init__(self, view: OutcomeView):
        self._state = view.state
        self.map = TraceMap(label="From the vision to measures and money")
        self.says = Notes("", empty="")
        self.lines = Sheet("The trace as a table", _COLUMNS, empty="No statement yet.")
        super().__init__([self.map, self.says, Fold("The trace as a table", lambda: [self.lines])])
        self.add_class("np-card").add_class("np-stack")
        later = Later(self._show)
        self._show()
        self._state.follow(later, "vision", "outcomes", "terms", "identity")

    def _show(self) -> None:
        deal = self._state.deal
        units = baseline_units(deal.scenarios)
        found = trace(deal.vision, deal.outcomes, deal.terms, units, deal.identity.currency)
        with self.map.hold_sync():
            self.map.columns = [column for kind in KINDS if (column := _column(kind, found))]
            self.map.links = [list(link) for link in found.links]
        sign = "ok" if found.nodes and not found.orphans else "work"
        self.says.lines = (
            (sign, _sentence(found)),
            *(("work", f"“{node.text}”: {node.orphan}.") for node in found.orphans),
        )
        self.lines.show([_cells(line) for line in found.lines])


def baseline_units(scenarios: Scenarios) -> float | None:
    """Units in an average month of the baseline, as the scenarios have them; None without any."""
    value = next((d.value for d in scenarios.drivers if (d.key or d.id) == "baseline_units"), None)
    if isinstance(value, tuple):
        value = value[0] if value else None
    return value if isinstance(value, (int, float)) else None


def _column(kind: str, found: Trace) -> dict | None:
    nodes = [_node(node) for node in found.nodes if node.kind == kind]
    return {"title": _TITLES[kind], "nodes": nodes} if nodes else None


def _node(node: Node) -> dict:
    return {"id": node.id, "text": node.text, "note": node.note, "orphan": node.orphan}


def _cells(line) -> dict[str, str]:
    return {key: getattr(line, key) or "–" for key, _ in _COLUMNS}


def _sentence(found: Trace) -> str:
    if found.coverage is None:
        return "Write the vision and its intents first; what hangs in the air shows here."
    count = len(found.orphans)
    said = f"A measure stands behind {numerals.share(found.coverage, 0)} of what we say we want."
    if not count:
        return f"{said} Nothing hangs in the air."
    return f"{said} {count} {'statement hangs' if count == 1 else 'statements hang'} in the air."
