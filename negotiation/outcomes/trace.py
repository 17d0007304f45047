"""The trace from vision to money: what rests on what, and what hangs in the air."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from negotiation.outcomes.rows import Outcomes
from negotiation.terms import Metric, Terms
from negotiation.vision import Vision

Kind = Literal["vision", "intent", "outcome", "objective", "measure", "level"]
KINDS: tuple[Kind, ...] = ("vision", "intent", "outcome", "objective", "measure", "level")


@dataclass(frozen=True)
class Node:
    """One statement in its column; `orphan` says what it hangs without, empty when it is held."""

    id: str
    kind: Kind
    text: str
    path: str
    orphan: str = ""
    note: str = ""


@dataclass(frozen=True)
class Line:
    """A complete or broken chain as a line of a table; empty where it is broken."""

    intent: str = ""
    outcome: str = ""
    objective: str = ""
    measure: str = ""
    level: str = ""
    money: str = ""


@dataclass(frozen=True)
class Trace:
    """Nodes by column from left to right, links between their ids, lines of the table.

    `coverage` is the share of intents, outcomes and objectives from which a measure is reached;
    None where there is none of them.
    """

    nodes: tuple[Node, ...]
    links: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    coverage: float | None

    @property
    def orphans(self) -> tuple[Node, ...]:
        """What hangs in the air, in either direction."""
        return tuple(node for node in self.nodes if node.orphan)


def trace(
    vision: Vision, outcomes: Outcomes, terms: Terms, units: float | None = None,
    currency: str = "",
) -> Trace:
    """The trace of a deal; `units` a month of the baseline turn weights into money at risk."""
    rows = _rows(vision, outcomes, terms)
    links = _links(vision, outcomes, terms)
    charge = monthly_charge(terms, units)
    risks = {row.id: risk_words(terms, row, charge, currency) for row in terms.metrics}
    nodes = tuple(_node(kind, row, links, risks) for kind, row in _in_order(rows, links))
    return Trace(nodes, links, _lines(nodes, links), _coverage(nodes, links))


def monthly_charge(terms: Terms, units: float | None) -> float | None:
    """The baseline charge of an average month of year 1; None where it is no price times units."""
    if terms.pricing_model == "fixed_fee" and terms.fixed_fee_month is not None:
        return terms.fixed_fee_month
    if units is None or terms.pricing_model in ("fte", "cost_plus"):
        return None
    return units * terms.unit_price


def risk_words(terms: Terms, metric: Metric, charge: float | None, currency: str = "") -> str:
    """What one miss of the metric credits: a share of the month's charges, and the money."""
    share = metric.weight * terms.at_risk
    money = "" if charge is None else f", about {share * charge:,.0f} {currency}".rstrip()
    return f"{100 * share:.1f} % of a month's charges{money}"


def _rows(vision: Vision, outcomes: Outcomes, terms: Terms) -> dict[Kind, list]:
    return {
        "vision": [vision] if vision.statement else [],
        "intent": list(vision.intents),
        "outcome": list(outcomes.outcomes),
        "objective": list(outcomes.objectives),
        "measure": list(outcomes.measures),
        "level": list(terms.metrics),
    }


def _links(vision: Vision, outcomes: Outcomes, terms: Terms) -> tuple[tuple[str, str], ...]:
    """Links of the rows that are there; a reference that leads nowhere is no link."""
    intents = {row.id for row in vision.intents}
    of = {row.id for row in outcomes.outcomes}, {row.id for row in outcomes.objectives}
    metrics = {row.id for row in terms.metrics}
    found = [("vision", _key("intent", i.id)) for i in vision.intents if vision.statement]
    found += [(_key("intent", i), _key("outcome", row.id))
              for row in outcomes.outcomes for i in dict.fromkeys(row.intents) if i in intents]
    found += [(_key("outcome", row.outcome), _key("objective", row.id))
              for row in outcomes.objectives if row.outcome in of[0]]
    found += [(_key("objective", row.objective), _key("measure", row.id))
              for row in outcomes.measures if row.objective in of[1]]
    found += [(_key("measure", row.id), _key("level", row.metric))
              for row in outcomes.measures if row.metric in metrics]
    return tuple(found)


def _key(kind: Kind, row_id: str) -> str:
    return "vision" if kind == "vision" else f"{kind}-{row_id}"


def _in_order(
    rows: dict[Kind, list], links: Iterable[tuple[str, str]]
) -> list[tuple[Kind, Any]]:
    """Each column in the order of what its rows rest on, so that few lines cross.

    A row stands at the mean place of its parents; rows of one place keep their order.
    """
    parents: dict[str, list[str]] = {}
    for left, right in links:
        parents.setdefault(right, []).append(left)
    place: dict[str, float] = {}
    ordered = []
    for kind in KINDS:
        keyed = [(_key(kind, getattr(row, "id", "")), row) for row in rows[kind]]
        if kind not in ("vision", "intent"):
            keyed = _sorted(keyed, parents, place)
        for number, (key, row) in enumerate(keyed):
            place[key] = (number + 1) / (len(keyed) + 1)
            ordered.append((kind, row))
    return ordered


def _sorted(keyed: list, parents: Mapping[str, list[str]], place: dict[str, float]) -> list:
    return sorted(keyed, key=lambda pair: _mean_place(parents.get(pair[0], ()), place))


def _mean_place(above: Iterable[str], place: dict[str, float]) -> float:
    """Where the parents stand on average, 0 above to 1 below; what has none goes last."""
    found = [place[parent] for parent in above]
    return sum(found) / len(found) if found else 1.0


def _node(
    kind: Kind, row: Any, links: tuple[tuple[str, str], ...], risks: Mapping[str, str]
) -> Node:
    key = _key(kind, getattr(row, "id", ""))
    before, after = any(b == key for _, b in links), any(a == key for a, _ in links)
    if kind == "vision":
        return Node(key, kind, row.statement, "vision.statement", "" if after else "no intent yet")
    if kind == "level":
        return Node(key, kind, row.title or row.id, f"terms.metrics.{row.id}.title",
                    "" if before else "no measure reads it", risks[row.id])
    table = "vision.intents" if kind == "intent" else f"outcomes.{kind}s"
    text = row.name if kind == "measure" else row.text
    return Node(key, kind, text, f"{table}.{row.id}", _orphan(kind, before, after))


def _orphan(kind: Kind, before: bool, after: bool) -> str:
    above = {"intent": "no vision", "outcome": "no intent", "objective": "no outcome",
             "measure": "no objective"}[kind]
    below = {"intent": "no outcome", "outcome": "no objective", "objective": "no measure",
             "measure": ""}[kind]
    return " and ".join(filter(None, ("" if before else above, "" if after else below)))


def _lines(nodes: tuple[Node, ...], links: tuple[tuple[str, str], ...]) -> tuple[Line, ...]:
    """Every way from an outcome on, with its intents; then whatever no outcome leads to."""
    by_id = {node.id: node for node in nodes}
    after: dict[str, list[str]] = {}
    for left, right in links:
        after.setdefault(left, []).append(right)
    place = {node.id: number for number, node in enumerate(nodes)}
    intents = {node.id: "; ".join(by_id[left].text for left, right in links if right == node.id)
               for node in nodes if node.kind == "outcome"}

    def ways(key: str) -> list[list[Node]]:
        rest = [way for other in sorted(after.get(key, ()), key=place.get) for way in ways(other)]
        return [[by_id[key], *way] for way in rest or [[]]]

    led = {right for left, right in links if by_id[left].kind not in ("vision", "intent")}
    starts = [node.id for node in nodes if node.kind != "vision" and node.id not in led
              and not (node.kind == "intent" and after.get(node.id))]
    return tuple(_line(way, intents) for start in starts for way in ways(start))


def _line(way: list[Node], intents: Mapping[str, str]) -> Line:
    cells = {node.kind: node.text for node in way}
    if way[0].kind == "outcome":
        cells["intent"] = intents[way[0].id]
    return Line(**cells, money=next((node.note for node in way if node.kind == "level"), ""))


def _coverage(nodes: tuple[Node, ...], links: tuple[tuple[str, str], ...]) -> float | None:
    measured = {node.id for node in nodes if node.kind == "measure"}
    reached = set(measured)
    for left, right in reversed(links):
        if right in reached:
            reached.add(left)
    counted = [node for node in nodes if node.kind in ("intent", "outcome", "objective")]
    return sum(node.id in reached for node in counted) / len(counted) if counted else None
