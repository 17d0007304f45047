"""The terms on the table: what is tabled, what our draft says, and what each term may be."""

import types
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, get_args, get_origin

from negotiation.terms import Terms
from negotiation.values import Value

from . import fields
from .boxes import VBox
from .fields import Field
from .fold import Fold
from .scenarios_figures import findings
from .scenarios_metrics import ScenarioMetrics
from .state import DealState
from .table import Table

# The terms that people speak about first; every other term is folded away under its group.
FIRST = (
    "unit_price", "arc_rate", "rrc_rate", "deadband", "min_commit", "cola_cap", "fx_collar",
    "fx_share", "at_risk", "gain_share.share",
)  # fmt: skip
GROUPS = ("price", "volume", "index", "currency", "service levels", "gain share", "cash")
_COLUMNS = (
    Field("term", "Term", "readonly"),
    Field("tabled", "Tabled", "readonly"),
    Field("draft", "Draft", "number", width="8.5em"),
    Field("range", "May be", "readonly"),
    Field("by", "Tabled by", "readonly"),
)


class ScenarioTerms(VBox):
    """Edits the draft of every term, beside what is tabled; both business cases follow."""

    def __init__(self, state: DealState, **kwargs: Any):
        self._state = state
        self._known: tuple | None = None
        self._by: Mapping[str, str] = {}
        self._tables = {"first": self._table("first", "The terms that move both cases")}
        fold = Fold("Every other term and mode", self._make_rest)
        levels = Fold("Service levels and their weights", lambda: [ScenarioMetrics(state)])
        super().__init__([self._tables["first"], levels, fold], **kwargs)
        self.add_class("np-stack")
        self.add_class("np-card")
        state.follow(self._show, "terms", "identity", "scenarios")
        state.observe(self._show_now, ["view", "untabled", "seat", "version"])

    def _table(self, group: str, caption: str) -> Table:
        table = Table(
            _COLUMNS, caption=caption, key=f"scenarios/terms/{group}", state=self._state,
            empty="No term belongs here.",
        )
        table.on_edit(self._record)
        return table

    def _make_rest(self) -> list[Table]:
        """The other terms by group; one that decides only how another counts stands beside it."""
        rest = {group: self._table(group, group.capitalize()) for group in GROUPS}
        self._tables |= rest
        self._show(self._state.deal)
        return list(rest.values())

    def _record(self, term: str, _column: str, value: Any) -> None:
        self._state.edit(f"terms.{term}", value)

    def _tablers(self) -> Mapping[str, str]:
        """Who tabled each path last; asked of the desk only when the table has changed."""
        state = self._state
        known = (state.version.get("shared"), state.deal.identity)
        if state.desk is not None and known != self._known:
            self._known = known
            self._by = {
                change.path: state.deal.identity.party(event.seat).name
                for event in state.desk.history() if event.kind == "tabled"
                for change in event.changes if event.seat in ("buyer", "supplier")
            }  # fmt: skip
        return self._by

    def _show_now(self, _change: Any = None) -> None:
        self._show(self._state.deal)

    def _show(self, deal: Any) -> None:
        rows = {
            row["id"]: row for row in term_rows(deal, self._state.tabled, self._tablers())
        }
        told = findings(self._state, deal)
        for term, row in rows.items():
            if f"terms.{term}" in told:
                row["_doubts"] = {"draft": told[f"terms.{term}"]}
        for group, table in self._tables.items():
            ids = FIRST if group == "first" else [
                i for i, row in rows.items() if row["group"] == group and i not in FIRST
            ]
            table.rows = tuple(rows[i] for i in ids if i in rows)


def term_rows(
    deal: Any, tabled: Any, tabled_by: Mapping[str, str] | None = None
) -> list[dict]:
    """One row per term of `deal`, as `Table` shows them; `tabled` is the deal on the table.

    `tabled_by` names, for the paths that somebody tabled, who did last.
    """
    return [
        _row(path, holder, name, deal, tabled)
        | {"by": (tabled_by or {}).get(f"terms.{path}", "opening")}
        for path, holder, name in single_terms("", deal.terms)
    ]


def _row(path: str, holder: Value, name: str, deal: Any, tabled: Any) -> dict[str, Any]:
    field = term_field(holder, name, deal)
    value, on_table = getattr(holder, name), _at(tabled.terms, path)
    info = type(holder).model_fields[name]
    title = info.title or name
    label = f"{holder.title or holder.id}: {title.lower()}" if hasattr(holder, "id") else title
    return {
        "id": path,
        "term": label,
        "group": (info.json_schema_extra or {}).get("group", "service levels"),
        "tabled": said(field, on_table),
        "draft": value,
        "range": range_text(field),
        "_fields": {"draft": field},
        "_note": info.description + ("" if value == on_table else " Changed in your draft."),
    }


def single_terms(path: str, part: Value) -> list[tuple[str, Value, str]]:
    """(path, holder, field name) of every term with one value; rows of tables by their id."""
    found: list[tuple[str, Value, str]] = []
    for name in type(part).model_fields:
        inner, below = getattr(part, name), f"{path}.{name}".lstrip(".")
        if isinstance(inner, Value):
            found += single_terms(below, inner)
        elif isinstance(inner, tuple):
            for row in inner:
                found += single_terms(f"{below}.{row.id}", row)
        elif name not in ("id", "title"):
            found.append((below, part, name))
    return found


def _at(terms: Terms, path: str) -> Any:
    """The value at `path`, None where the table on the table has no such row."""
    here: Any = terms
    for name in path.split("."):
        if isinstance(here, tuple):
            here = next((row for row in here if row.id == name), None)
        else:
            here = getattr(here, name, None)
    return here


def term_field(holder: Value, name: str, deal: Any) -> Field:
    """How the term is typed: its kind, unit and limits, as the model states them."""
    info = type(holder).model_fields[name]
    unit = (info.json_schema_extra or {}).get("unit", "")
    kinds = _kinds(info.annotation)
    words = [kind for kind in kinds if isinstance(kind, str)]
    optional = type(None) in kinds
    shared = {"key": "draft", "label": info.title or name, "help": info.description or ""}
    if words:
        choices = [(word, word.replace("_", " ")) for word in words]
        return Field(kind="choice", choices=choices, **shared)
    if str in kinds:
        return Field(kind="text", optional=True, **shared)
    low, high, below = _limits(info.metadata)
    kind = "percent" if unit.startswith("fraction") else "number"
    return Field(
        kind=kind, unit=_unit(unit, kind, deal), minimum=low, maximum=high, below=below,
        optional=optional,
        decimals=0 if int in kinds else None, width="7em", **shared,
    )


def _kinds(annotation: Any) -> list[Any]:
    """The types and words that an annotation allows."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    if isinstance(annotation, types.UnionType) or get_origin(annotation) is not None:
        return [kind for inner in get_args(annotation) for kind in _kinds(inner)]
    return [annotation]


def _limits(metadata: list[Any]) -> tuple[float | None, float | None, float | None]:
    """The least and the most that a field takes, and what it stays under.

    Limits nobody reaches are left out.
    """
    low = high = below = None
    for limit in metadata:
        low = getattr(limit, "ge", low)
        high = getattr(limit, "le", high)
        below = getattr(limit, "lt", below)
    return low, high if high is None or high < 1e6 else None, below


def _unit(unit: str, kind: str, deal: Any) -> str:
    """The unit as people say it: the deal's currency and what is counted in it."""
    if kind == "percent":
        return "%"
    if unit in ("mode", "text", "factor", "fraction"):
        return ""
    words: Mapping[str, str] = {
        "money per unit": f"{deal.identity.currency} per {deal.terms.resource_unit}",
        "local per deal currency": f"{deal.terms.local_currency or 'local'} per "
                                   f"{deal.identity.currency}",
    }
    return words.get(unit, unit.replace("money", deal.identity.currency))


def range_text(field: Field) -> str:
    """What the field takes, in words: "0 to 100 %", "cliff or marginal"."""
    if field.kind == "choice":
        return " or ".join(label for _, label in field.options())
    if field.minimum is None and field.maximum is None:
        return "any text" if field.kind == "text" else "any number"
    return fields.allowed(replace(field, unit=""))


def said(field: Field, value: Any) -> str:
    """A value with its unit, as it is read aloud."""
    if value is None or value == "":
        return "–"
    if field.kind == "choice":
        return next((label for option, label in field.options() if option == value), str(value))
    return f"{fields.show(field, value)} {field.unit_in({})}".rstrip()
