"""The scenarios themselves: name, weight, missed service levels; copied, renamed, removed."""

import re
from typing import Any

import ipywidgets as ipw

from negotiation.carry.offer import without
from negotiation.deal import Parts
from negotiation.pictures import numerals
from negotiation.scenarios import Case, Driver, Miss
from negotiation.scenarios.rows import misses_text
from negotiation.values import FieldError

from .action import Action
from .boxes import HBox, VBox
from .fields import Field
from .scenarios_drivers import OTHER, label_text
from .scenarios_figures import offer
from .scenarios_metrics import ScenarioMisses, misses_problem
from .sheet import Sheet
from .state import DealState
from .table import Table

_MISS = re.compile(r"(\d{1,3})\s+([A-Za-z0-9_-]+)(\s*\(?earned back\)?)?")
_COLUMNS = (
    Field("title", "Scenario", "text", width="9em"),
    Field("probability", "Probability", "percent", minimum=0, maximum=1, width="5em"),
    Field("misses", "Missed levels: month and metric", "text", optional=True,
          help="like: 2 SL (earned back); 11 CSAT"),
    Field("note", "What happens in it", "text", optional=True),
)  # fmt: skip


class ScenarioCases(VBox):
    """Edits the list of scenarios and their weights; a copy starts a scenario of one's own."""

    def __init__(self, state: DealState, **kwargs: Any):
        self._state = state
        self._table = Table(
            _COLUMNS, caption="Scenarios", key="scenarios/cases", state=state, remove=True,
            reorder=True,
        )
        self._table.on_edit(self._record)
        self._table.on_remove(self._remove)
        self._table.on_move(lambda row, before: state.move(f"scenarios.cases.{row}", before))
        self._from = ipw.Dropdown(description="Start from")
        self._copy = Action("Copy as a scenario of our own", on_click=self._copy_case)
        chooser = HBox([self._from, self._copy])
        chooser.add_class("np-row")
        self._sum = Sheet("Weights", (("what", "Scenarios"), ("sum", "Sum", "percent")))
        parts = [self._table, chooser, self._sum, ScenarioMisses(state)]
        super().__init__(parts, **kwargs)
        self.add_class("np-card")
        self.add_class("np-stack")
        state.follow(self._show, "scenarios.cases", "terms", "carried", "process.futures")

    def _record(self, case: str, column: str, value: Any) -> None:
        if column == "misses":
            terms = self._state.deal.terms
            value = read_misses(value or "", terms.metrics, terms.term_months)
        self._state.edit(f"scenarios.cases.{case}.{column}", value)

    def _remove(self, case: str) -> None:
        if case == "base":
            raise FieldError("scenarios.cases", "The base case stays: others are compared to it.")
        deal, scenarios = self._state.deal, self._state.deal.scenarios
        places = tuple(
            f"scenarios.{table}.{row.id}.by_scenario.{case}"
            for table in ("drivers", "estimates") for row in getattr(scenarios, table)
        )
        pins = without(deal, places, self._state.seat)
        self._state.edit_many([
            *([("carried.pins", pins)] if pins != deal.carried.pins else []),
            ("scenarios.cases", tuple(row for row in scenarios.cases if row.id != case)),
            *self._drivers(lambda row: tuple(o for o in row.by_scenario if o.id != case)),
        ])

    def _copy_case(self) -> None:
        """A new scenario with every value of the chosen one that this seat may set."""
        cases = self._state.deal.scenarios.cases
        source = next(row for row in cases if row.id == self._from.value)
        taken = {row.id for row in cases}
        new = next(f"own{n}" for n in range(1, 200) if f"own{n}" not in taken)
        copy = source.replace(id=new, title=f"{source.title or source.id}, copy", probability=0.0)

        def with_copy(row: Driver) -> tuple:
            mine = next((o for o in row.by_scenario if o.id == source.id), None)
            return (*row.by_scenario, mine.replace(id=new)) if mine else row.by_scenario

        left = self._left_behind(source.id)
        self._state.edit_many([("scenarios.cases", (*cases, copy)), *self._drivers(with_copy)])
        self._copy.message = left

    def _left_behind(self, case: str) -> str:
        """The sentence that says which values of a scenario a copy of it could not take along."""
        deal, seat = self._state.deal, self._state.seat
        rows = (*deal.scenarios.drivers, *deal.scenarios.estimates)
        theirs = [
            label_text(row) for row in rows
            if row.space not in ("shared", seat) and any(o.id == case for o in row.by_scenario)
        ]  # fmt: skip
        if theirs:
            return (
                f"The copy could not take what only the other side sets: {', '.join(theirs)}. "
                "There it has their general values until they set their own."
            )
        if seat in OTHER and not self._state.book_open:
            return (
                f"Everything that we may set is in the copy. What only the {OTHER[seat]} sees of "
                "the scenario is not."
            )
        return "The copy has every value of the scenario."

    def _drivers(self, overrides: Any) -> list[tuple[str, Any]]:
        """Both driver tables with other values in single cases, where this seat may change them."""
        scenarios, seat = self._state.deal.scenarios, self._state.seat
        return [
            (f"scenarios.{name}", tuple(
                row.replace(by_scenario=overrides(row)) if row.space in ("shared", seat) else row
                for row in getattr(scenarios, name)
            ))
            for name in ("drivers", "estimates")
        ]  # fmt: skip

    def _show(self, deal: Any) -> None:
        cases = deal.scenarios.cases
        self._table.rows = tuple(_case_row(deal, case) for case in cases)
        offer(self._from, [(case.title or case.id, case.id) for case in cases])
        total = sum(case.probability for case in cases)
        whole = abs(total - 1) < 1e-9
        self._sum.show(
            [{"what": "All scenarios together", "sum": total}],
            "The weights add up to 100 %." if whole else
            f"The weights add up to {numerals.share(total)}; weighted figures need 100 %.",
            sign="ok" if whole else "no",
        )


def _case_row(deal: Parts, case: Case) -> dict[str, Any]:
    problem = misses_problem(deal, case)
    return {
        "id": case.id, "title": case.title or case.id, "probability": case.probability,
        "misses": misses_text(case.misses), "note": case.note,
        "_note": _from_the_map(deal, case.id),
        "_errors": {"misses": problem} if problem else {},
    }  # fmt: skip


def _from_the_map(deal: Parts, case: str) -> str:
    """Which future state of the process map the scenario was made from, and whether it is there."""
    found = {
        pin.future for pin in deal.carried.pins
        if f".by_scenario.{case}." in pin.target
    }  # fmt: skip
    if not found:
        return ""
    named = [row.name for row in deal.process.futures if row.id in found]
    if named:
        return f"from the process map: “{named[0]}”"
    return "◐ its future state is gone from the process map; its values stay until you remove it"


def read_misses(text: str, metrics: tuple[Any, ...], months: int = 120) -> tuple[Miss, ...]:
    """The missed levels that `text` names, in a term of so many months.

    Raises `FieldError` for what is no month and metric.
    """
    known = {metric.id.casefold(): metric.id for metric in metrics}
    misses = []
    for part in filter(None, (part.strip() for part in re.split(r"[;,]", text))):
        match = _MISS.fullmatch(part)
        if match is None or match[2].casefold() not in known:
            raise FieldError(
                "misses", f"“{part}” is not a month and a metric; write it like 11 CSAT. The "
                f"metrics are: {', '.join(known.values()) or 'none yet'}."
            )
        metric, month = known[match[2].casefold()], int(match[1])
        if not 1 <= month <= months:
            raise FieldError(
                "misses", f"Month {month} is outside the term of months 1 to {months}."
            )
        misses.append(Miss(id=f"{month}-{metric}", month=month, metric=metric,
                           earned_back=match[3] is not None))
    return tuple(misses)
