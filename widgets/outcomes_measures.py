"""Measures: a table of what is compared, and every field of the chosen one under it."""

from dataclasses import replace
from typing import Any

import ipywidgets as ipw

from negotiation.deal import Parts
from negotiation.outcomes import Measure
from negotiation.values import FieldError

from .boxes import HBox, VBox
from .fields import Field
from .form import Form
from .outcomes_trace import baseline_units
from .outcomes_view import OutcomeView
from .rows import Rows
from .scenarios_figures import offer
from .state import DealState

KINDS = (("proportion", "share of cases"), ("average", "average"), ("count", "count"),
         ("amount", "amount"))  # fmt: skip
METHODS = (
    ("", "choose"), ("random_sampling", "random sample"), ("trend_analysis", "trend"),
    ("customer_feedback", "customer feedback"), ("full_inspection", "every case"),
    ("periodic_inspection", "periodic check"), ("third_party_audit", "audit by a third party"),
)  # fmt: skip
FREQUENCIES = (("", "choose"), "day", "week", "month", "quarter", ("half_year", "half year"),
               "year")  # fmt: skip
INCENTIVES = (("", "not decided"), "none", "credit", "bonus", ("gain_share", "gain share"),
              ("term_extension", "longer term"))  # fmt: skip
_COLUMNS = (
    Field("name", "Measure", "textarea", width="12em"),
    Field("objective", "Shows", "choice", choices=(("", "choose"),), width="14em"),
    Field("baseline", "Today", "number", width="4em", optional=True),
    Field("minimum", "At least", "number", width="4em", optional=True),
    Field("target", "Target", "number", width="4em", optional=True),
)
_HELP = {
    "minimum": "Beyond this it is a breach.",
    "tolerance": "How far from the target a result may stay and still be acceptable.",
    "baseline_plan": "Where today is not known.",
    "root_cause": "A word that measures share when one cause moves them.",
    "steps": "Steps of the map where it is read off, with semicolons.",
}
_LEVELS = ("baseline", "minimum", "target", "tolerance")


class OutcomeMeasures(VBox):
    """The measures side by side, and all that the chosen one says, to be edited in full."""

    def __init__(self, view: OutcomeView):
        self._view, self._shape = view, None
        self.rows = MeasureRows(view)
        self.choice = ipw.Dropdown(description="In full", options=())
        self.choice.add_class("np-wide")
        self._forms: tuple[Form, ...] = ()
        self.detail = HBox()
        self.detail.add_class("np-columns")
        self._all = VBox([self.choice, self.detail])
        self._all.add_class("np-stack")
        super().__init__([self.rows, self._all])
        self.add_class("np-card").add_class("np-stack")
        self._painting = False
        self.choice.observe(self._choose, "value")
        view.observe(lambda _: self._show(view.state.deal), "chosen")
        view.state.follow(self._show, "outcomes", "terms", "process", "scenarios")

    def _choose(self, change: Any) -> None:
        if not self._painting and change.new:
            self._view.chosen = change.new

    def _show(self, deal: Parts) -> None:
        measure = self._view.measure
        self._all.layout.display = None if measure else "none"
        if measure is None:
            return
        self._painting = True
        options = [(row.name, row.id) for row in deal.outcomes.measures]
        if tuple(options) != tuple(self.choice.options):
            offer(self.choice, options)
        self.choice.value = measure.id
        self._painting = False
        groups = fields_of(deal, measure)
        if groups != self._shape:
            self._shape = groups
            self._forms = tuple(self._form(title, fields) for title, fields in groups)
            self.detail.children = self._forms
        for form in self._forms:
            form.values = {f.key: _shown(deal, measure, f.key) for f in form.fields}

    def _form(self, title: str, fields: tuple[Field, ...]) -> Form:
        form = Form(fields, {}, key=f"outcomes.{fields[0].key}", label=title,
                    state=self._view.state)  # fmt: skip
        form.on_edit(self._record)
        return form

    def _record(self, path: str, value: Any) -> None:
        state = self._view.state
        if path.endswith(".steps"):
            value = step_ids(state.deal, value)
        if path.endswith(".kind"):
            return state.edit_many(kind_pairs(state.deal.get(path.rpartition(".")[0]), value))
        return state.edit(path, value)


class MeasureRows(Rows):
    """The measures, by the few fields that are compared; a new one is shown in full."""

    def __init__(self, view: OutcomeView):
        super().__init__(
            view.state, "outcomes.measures", _COLUMNS, shown=_entries, stem="m_", reorder=True,
            new=lambda: {"name": "New measure", "unit": "%", "objective": _unmeasured(view.state)},
            caption="Measures", add_label="Add a measure",
            empty="No measure yet. How would both sides see that an objective is met?",
        )  # fmt: skip
        self._view = view

    def _append(self) -> None:
        super()._append()
        self._view.chosen = self._state.deal.outcomes.measures[-1].id


def _unmeasured(state: DealState) -> str:
    """The first objective that nothing measures, else the last one."""
    outcomes = state.deal.outcomes
    measured = {measure.objective for measure in outcomes.measures}
    ids = [objective.id for objective in outcomes.objectives]
    return next((i for i in ids if i not in measured), ids[-1] if ids else "")


def kind_pairs(measure: Measure, kind: str) -> list[tuple[str, Any]]:
    """The edits that turn a measure into another kind: a share is in per cent, a mean never is."""
    start = f"outcomes.measures.{measure.id}."
    pairs: list[tuple[str, Any]] = [(start + "kind", kind)]
    if (kind == "proportion") != (measure.unit == "%"):
        pairs.append((start + "unit", "%" if kind == "proportion" else ""))
    return pairs


def step_ids(deal: Parts, typed: str) -> tuple[str, ...]:
    """The ids of the steps that are named; raises `FieldError` for a name that no step has."""
    known = {step.name.casefold(): step.id for step in deal.process.steps}
    known |= {step.id.casefold(): step.id for step in deal.process.steps}
    found = []
    for name in filter(None, (part.strip() for part in typed.split(";"))):
        if name.casefold() not in known:
            raise FieldError("steps", f"The map has no step “{name[:60]}”.")
        found.append(known[name.casefold()])
    return tuple(dict.fromkeys(found))


def _window_help(deal: Parts) -> str:
    """Where the number may come from: a window may hold every unit, or a sample of them."""
    units = baseline_units(deal.scenarios)
    said = "Cases counted in one window; decides what chance does."
    if units is None:
        return said
    return f"{said} The scenarios have {units:,.0f} × {deal.terms.resource_unit} a month."


def _level(name: str, measure: Measure, label: str, key: str, **options: Any) -> Field:
    """A level as it is typed: a share in per cent, anything else in the measure's unit."""
    if measure.unit == "%":
        return Field(key, label, "percent", minimum=0, optional=True, **options)
    return Field(key, label, "number", unit=measure.unit if name == "tolerance" else "",
                 optional=True, **options)  # fmt: skip


def _entries(deal: Parts, measure: Measure) -> dict:
    labels = {column.key: column.label for column in _COLUMNS}
    own = {name: _level(name, measure, labels[name], name, width="4em")
           for name in ("baseline", "minimum", "target")}
    own["objective"] = replace(_COLUMNS[1], choices=_objectives(deal))
    sign = "lower is better" if measure.direction == "lower" else ""
    unit = "" if measure.unit in ("", "%") else measure.unit
    return {"_fields": own, "_note": "; ".join(filter(None, (unit, sign)))}


def _objectives(deal: Parts) -> list[tuple[str, str]]:
    return [("", "choose"), *((row.id, row.text) for row in deal.outcomes.objectives)]


def _shown(deal: Parts, measure: Measure, path: str) -> Any:
    name = path.rpartition(".")[2]
    if name != "steps":
        return getattr(measure, name)
    names = {step.id: step.name for step in deal.process.steps}
    return "; ".join(names.get(step, step) for step in measure.steps)


def fields_of(deal: Parts, measure: Measure) -> tuple[tuple[str, tuple[Field, ...]], ...]:
    """Every field of a measure, in the two groups in which people talk about it."""
    start = f"outcomes.measures.{measure.id}."

    def text(name: str, label: str, kind: str = "text") -> Field:
        return Field(start + name, label, kind, help=_HELP.get(name, ""))

    def choice(name: str, label: str, choices: Any) -> Field:
        return Field(start + name, label, "choice", choices=tuple(choices))

    def level(name: str, label: str) -> Field:
        return _level(name, measure, label, start + name, help=_HELP.get(name, ""))

    metrics = [("", "none"), *((row.id, row.title or row.id) for row in deal.terms.metrics)]
    counted = (
        choice("kind", "Kind", KINDS), text("numerator", "What is counted"),
        text("denominator", "Out of what"), text("unit", "Unit"),
        choice("direction", "Better is", (("higher", "higher"), ("lower", "lower"))),
        choice("category", "Category", (("", "choose"), "cost", "quality", "timeliness")),
        text("calculation", "Calculation", "textarea"), text("data_source", "Read from"),
        text("root_cause", "Root cause"), text("steps", "Steps of the map"),
        text("note", "Note", "textarea"),
    )
    levels = (
        level("baseline", "Today"), text("baseline_plan", "Plan to find out"),
        level("minimum", "At least" if measure.direction == "higher" else "At most"),
        level("target", "Target"), level("tolerance", "Tolerance"),
        choice("incentive", "Incentive", INCENTIVES), choice("metric", "Service level", metrics),
        choice("method", "Method", METHODS), choice("frequency", "Window", FREQUENCIES),
        Field(start + "window_count", "Cases in a window", "number", minimum=0, maximum=1e9,
              decimals=0, optional=True, help=_window_help(deal)),
        text("measured_by", "Who measures"), text("reported_by", "Who reports"),
    )
    return ("What is counted", counted), ("Levels, and who sees to it", levels)
