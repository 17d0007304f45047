"""The service levels that carry a credit, and the months in which a scenario misses them."""

import re
from typing import Any

from negotiation.deal import Parts
from negotiation.pictures import numerals
from negotiation.scenarios import Case, Driver, Miss
from negotiation.scenarios.check import check
from negotiation.scenarios.drivers import MISS_COST
from negotiation.terms import Metric
from negotiation.values import FieldError

from .boxes import VBox
from .fields import Field
from .fold import Fold
from .rows import Rows
from .sheet import Sheet
from .state import DealState

_METRIC_COLUMNS = (
    Field("id", "Short name", width="6em", help="letters and digits, like CSAT"),
    Field("title", "Service level", width="18em"),
    Field("tabled", "Weight tabled", "readonly"),
    Field("weight", "Weight", "percent", minimum=0, maximum=5, width="5em",
          help="part of the amount at risk that one miss credits"),
)  # fmt: skip
_MISS_COLUMNS = (
    Field("month", "Contract month", "number", minimum=1, maximum=120, decimals=0, width="5em"),
    Field("metric", "Service level", "choice"),
    Field("earned_back", "Earned back", "bool"),
)
_SHORT_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_LAST_MONTH = 120


class ScenarioMetrics(VBox):
    """Edits the service levels and their weights, and says whether the pool holds them."""

    def __init__(self, state: DealState, **kwargs: Any):
        self.rows = MetricRows(state)
        self._sum = Sheet("Weights", (("what", "Service levels"), ("sum", "Sum", "percent"),
                                      ("pool", "Pool", "percent")))  # fmt: skip
        super().__init__([self.rows, self._sum], **kwargs)
        self.add_class("np-stack")
        state.follow(self._show, "terms")

    def _show(self, deal: Parts) -> None:
        total, pool = sum(metric.weight for metric in deal.terms.metrics), deal.terms.pool
        fits = total <= pool + 1e-9
        self._sum.show(
            [{"what": "All service levels together", "sum": total, "pool": pool}],
            "The pool holds the weights." if fits else
            f"The weights add up to {numerals.share(total)}, more than the pool of "
            f"{numerals.share(pool)}. Lower a weight, or agree on a larger pool.",
            sign="ok" if fits else "no",
        )  # fmt: skip


class MetricRows(Rows):
    """The service levels. The short name of one that is tabled stays: the other side uses it."""

    def __init__(self, state: DealState):
        super().__init__(
            state, "terms.metrics", _METRIC_COLUMNS, key="scenarios/metrics", reorder=True,
            shown=self._entries_of, new=lambda: {"title": "New service level"}, stem="M",
            caption="Service levels that carry a credit", add_label="Add a service level",
            empty="No service level carries a credit yet.",
        )
        state.observe(lambda _change: self._follow(state.deal), ["view", "untabled", "version"])

    def _record(self, row_id: str, column: str, value: Any) -> None:
        if column == "id" and self._find(row_id) is not None:
            if not _SHORT_NAME.fullmatch(value):
                raise FieldError(f"{self._path}.{row_id}.id", "A short name has up to 40 letters, "
                                 "digits, _ and -, and no spaces; write it like CSAT.")
            self._state.edit_many(renamed(self._state.deal, self._state.seat, row_id, value))
        else:
            super()._record(row_id, column, value)

    def _entries_of(self, deal: Parts, metric: Metric) -> dict[str, Any]:
        tabled = next((m for m in self._state.tabled.terms.metrics if m.id == metric.id), None)
        entries: dict[str, Any] = {
            "tabled": "not tabled" if tabled is None else numerals.share(tabled.weight),
            "_errors": _weight_errors(deal, metric),
        }
        if tabled is not None:
            entries["_fields"] = {"id": Field("id", "Short name", "readonly")}
        return entries


def _weight_errors(deal: Parts, metric: Metric) -> dict[str, str]:
    """The sentence at the weight with which the sum first goes above the pool."""
    total, pool = 0.0, deal.terms.pool
    for each in deal.terms.metrics:
        total += each.weight
        if total > pool + 1e-9:
            sentence = (f"With this weight the sum is {numerals.share(total)}, more than the pool "
                        f"of {numerals.share(pool)}.")
            return {"weight": sentence} if each.id == metric.id else {}
    return {}


def renamed(deal: Parts, seat: str, old: str, new: str) -> list[tuple[str, Any]]:
    """What a new short name of a metric changes: itself, its misses, and what a miss costs."""
    scenarios = deal.scenarios

    def named(metric: str) -> str:
        return new if metric == old else metric

    def case(row: Case) -> Case:
        misses = tuple(miss.replace(metric=named(miss.metric)) for miss in row.misses)
        return row.replace(misses=misses)

    def driver(row: Driver) -> Driver:
        mine = row.space in ("shared", seat) and row.name == f"{MISS_COST}{old}"
        return row.replace(key=f"{MISS_COST}{new}") if mine else row

    metrics = tuple(m.replace(id=named(m.id)) for m in deal.terms.metrics)
    return [
        ("terms.metrics", metrics),
        ("scenarios.cases", tuple(case(row) for row in scenarios.cases)),
        ("scenarios.miss_metrics", tuple(named(metric) for metric in scenarios.miss_metrics)),
        ("scenarios.drivers", tuple(driver(row) for row in scenarios.drivers)),
        ("scenarios.estimates", tuple(driver(row) for row in scenarios.estimates)),
    ]


class ScenarioMisses(VBox):
    """One fold per scenario: the missed service levels, month by month."""

    def __init__(self, state: DealState, **kwargs: Any):
        self._state = state
        self.folds: dict[str, Fold] = {}
        super().__init__(**kwargs)
        state.follow(self._show, "scenarios.cases")

    def _show(self, deal: Parts) -> None:
        for case in deal.scenarios.cases:
            words = f"Missed service levels of {case.title or case.id}: {len(case.misses)}"
            if case.id not in self.folds:
                self.folds[case.id] = Fold(
                    words, lambda case=case.id: [MissRows(self._state, case)]
                )
            self.folds[case.id].label = words
        here = tuple(self.folds[case.id] for case in deal.scenarios.cases)
        if here != self.children:
            self.children = here


class MissRows(Rows):
    """The missed service levels of one scenario."""

    def __init__(self, state: DealState, case: str):
        self._case = case
        super().__init__(
            state, f"scenarios.cases.{case}.misses", _MISS_COLUMNS, beside=("terms",),
            key=f"scenarios/misses/{case}", shown=self._entries_of, new=self._new_miss,
            caption="Missed service levels, by contract month", add_label="Add a missed level",
            empty="Every service level is met in this scenario.",
        )

    def _new_miss(self) -> dict[str, Any]:
        """The first service level, a month after the last miss: beside it, not on top of it."""
        misses = self._state.deal.get(self._path)
        metrics = self._state.deal.terms.metrics
        last = max((miss.month for miss in misses), default=0)
        return {"month": min(last + 1, self._state.deal.terms.term_months, _LAST_MONTH),
                "metric": metrics[0].id if metrics else ""}  # fmt: skip

    def _entries_of(self, deal: Parts, miss: Miss) -> dict[str, Any]:
        metrics = [(m.id, f"{m.id}, {m.title}" if m.title else m.id) for m in deal.terms.metrics]
        return {
            "_fields": {"metric": Field("metric", "Service level", "choice", choices=metrics,
                                        editable_if="_ours")},
            "_errors": self._errors(deal, miss),
        }  # fmt: skip

    def _errors(self, deal: Parts, miss: Miss) -> dict[str, str]:
        """Sentences at a miss that does not count."""
        found = {}
        if all(metric.id != miss.metric for metric in deal.terms.metrics):
            gone = f"There is no service level {miss.metric} any more" if miss.metric else (
                "Choose a service level")
            found["metric"] = f"{gone}; until one is chosen, this does not count."
        if miss.month > deal.terms.term_months:
            found["month"] = (
                f"The term ends with month {deal.terms.term_months}; this does not count."
            )
        rows = deal.get(self._path)
        before = rows[: [row.id for row in rows].index(miss.id)]
        if any((row.month, row.metric) == (miss.month, miss.metric) for row in before):
            found["month"] = "Stands above already; a service level is missed once a month."
        return found


def misses_problem(deal: Parts, case: Case) -> str:
    """The first sentence about missed levels of a scenario that do not count; "" when all do."""
    start = f"scenarios.cases.{case.id}.misses."
    found = (f.sentence for f in check(deal.terms, deal.scenarios) if f.path.startswith(start))
    return next(found, "")
