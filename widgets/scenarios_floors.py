"""What each of us can live with: the floors that every scenario is tested against."""

from typing import Any

import ipywidgets as ipw

from negotiation.deal import Parts
from negotiation.pictures import numerals
from negotiation.scenarios import Floor
from negotiation.scenarios.check import check

from .boxes import VBox
from .fields import Field
from .fold import Fold
from .rows import SPACE, Rows
from .scenarios_figures import text_line
from .state import DealState

# What each party is measured by; the first is the one it is measured by at first.
_MEASURES = {
    "buyer": (("saving", "saving"), ("cash", "lowest cash")),
    "supplier": (("margin", "margin"), ("cash", "lowest cash")),
}
_EVERY = ("", "all")
_ALL_MEASURES = tuple(dict.fromkeys(pair for pairs in _MEASURES.values() for pair in pairs))
_PERIODS = (("term", "the term"), ("each_year", "every year"))
_COLUMNS = (
    Field("party", "Whose", "choice", choices=("buyer", "supplier")),
    Field("measure", "Measured by", "choice", choices=_ALL_MEASURES),
    Field("scenario", "Scenario", "choice", choices=(_EVERY,)),
    Field("period", "Over", "choice", choices=_PERIODS),
    Field("value", "At least", "percent", width="7.5em"),
)
_WHY_COLUMNS = (
    Field("floor", "Floor", "readonly"),
    Field("note", "Why", width="16em"),
    SPACE,
)
_PRIVATE = (
    "A new floor is seen by your side alone until you let both sides see it. Lowest cash is what a "
    "party can be out of pocket at most, written as a negative amount."
)


class ScenarioFloors(VBox):
    """Edits the floors; the verdict above follows."""

    def __init__(self, state: DealState, **kwargs: Any):
        self._state = state
        fold = Fold("What each of us can live with: change the floors", self._make)
        super().__init__([fold], **kwargs)
        self.add_class("np-card").add_class("np-stack")
        if not state.deal.scenarios.floors:
            fold.unfold()

    def _make(self) -> list[ipw.Widget]:
        why = Rows(
            self._state, "scenarios.floors", _WHY_COLUMNS, key="scenarios/floors/why",
            beside=("terms",), shown=lambda deal, floor: {"floor": floor_text(deal, floor)},
            caption="Why it stands there, and who sees it", empty="No floor yet.",
        )
        return [FloorRows(self._state), why, text_line(_PRIVATE)]


class FloorRows(Rows):
    """The floors; a field that decides how another is read moves it along in one gesture."""

    def __init__(self, state: DealState):
        super().__init__(
            state, "scenarios.floors", _COLUMNS, key="scenarios/floors", beside=("terms",),
            shown=_entries, new=self._new_floor, stem="floor-", add_label="Add a floor",
            caption="Floors: the least that each party can live with",
            empty="No floor yet. Without one nobody can say whether the deal holds.",
        )
        # A row of cash is money, so the unit stands beside each number and not over the column.
        self.columns_shown = [
            column | {"unit": ""} if column["key"] == "value" else column
            for column in self.columns_shown
        ]

    def _new_floor(self) -> dict[str, Any]:
        seat = self._state.seat
        if seat not in _MEASURES:
            return {"space": "shared"}
        return {"space": seat, "party": seat, "measure": _MEASURES[seat][0][0]}

    def _record(self, row_id: str, column: str, value: Any) -> None:
        if column not in ("party", "measure") or self._find(row_id) is None:
            super()._record(row_id, column, value)
            return
        path = f"{self._path}.{row_id}"
        floor = self._state.deal.get(path)
        party = value if column == "party" else floor.party
        measure = value if column == "measure" else floor.measure
        if measure not in dict(_MEASURES[party]):
            measure = _MEASURES[party][0][0]
        pairs = [(f"{path}.party", party), (f"{path}.measure", measure)]
        if (measure == "cash") != (floor.measure == "cash"):
            # A share is no amount of money: the floor is typed anew.
            pairs.append((f"{path}.value", 0.0))
        self._state.edit_many(pairs)


def _entries(deal: Parts, floor: Floor) -> dict[str, Any]:
    """How this floor's cells are typed, and what does not fit in it."""
    ours = {"editable_if": "_ours"}
    cash = floor.measure == "cash"
    value = (
        Field("value", "At least", "number", unit=deal.identity.currency, width="7.5em", **ours)
        if cash else Field("value", "At least", "percent", minimum=-10, maximum=1, width="7.5em",
                           **ours)
    )  # fmt: skip
    measures = _MEASURES[floor.party]
    return {
        "_fields": {
            "measure": Field("measure", "Measured by", "choice", choices=measures, **ours),
            "scenario": Field("scenario", "Scenario", "choice", choices=_cases(deal), **ours),
            "period": Field("period", "Over", "choice", choices=_periods(deal, floor), **ours),
            "value": value,
        },
        "_errors": _errors(deal, floor),
    }


def _cases(deal: Parts) -> list[tuple[str, str]]:
    return [_EVERY, *((case.id, case.title or case.id) for case in deal.scenarios.cases)]


def _periods(deal: Parts, floor: Floor) -> list[tuple[str, str]]:
    start = (("term", "any month"), ("each_year", "year ends"))
    years = range(1, min(deal.terms.years, 10) + 1)
    return [
        *(start if floor.measure == "cash" else _PERIODS),
        *((f"year_{year}", f"year {year}") for year in years),
    ]


def _errors(deal: Parts, floor: Floor) -> dict[str, str]:
    """Sentences at the cells of a floor that does not count, or not as it is written."""
    found = {}
    start = f"scenarios.floors.{floor.id}."
    for path, sentence in check(deal.terms, deal.scenarios):
        if path.startswith(start):
            found[path.removeprefix(start)] = sentence
    if floor.period not in dict(_periods(deal, floor)):
        found["period"] = (
            f"The term has {deal.terms.years} years; {floor.period.replace('_', ' ')} is not among "
            "them, so the last year counts."
        )
    if floor.measure not in dict(_MEASURES[floor.party]):
        found["measure"] = f"A {floor.measure} floor does not apply to the {floor.party}."
    later = _later_twin(deal, floor)
    if later is not None:
        found["value"] = f"Another row sets {_amount(deal, later)} for the same; that one counts."
    return found


def floor_text(deal: Parts, floor: Floor) -> str:
    """A floor in words: "supplier's margin of at least 5.0 %; Worst, year 2"."""
    measure = dict(_ALL_MEASURES)[floor.measure]
    scenario = "every scenario"
    if floor.scenario:
        scenario = dict(_cases(deal)).get(floor.scenario, floor.scenario)
    period = dict(_periods(deal, floor)).get(floor.period, floor.period.replace("_", " "))
    return f"{floor.party}'s {measure} of at least {_amount(deal, floor)}; {scenario}, {period}"


def _amount(deal: Parts, floor: Floor) -> str:
    if floor.measure == "cash":
        return numerals.money(floor.value, deal.identity.currency)
    return numerals.share(floor.value)


def _later_twin(deal: Parts, floor: Floor) -> Floor | None:
    """The row below that says something else about the same party, measure, scenario and period."""
    rows = deal.scenarios.floors
    below = rows[[row.id for row in rows].index(floor.id) + 1 :]
    about = (floor.party, floor.measure, floor.scenario, floor.period)
    same = [r for r in below if (r.party, r.measure, r.scenario, r.period) == about]
    return same[-1] if same else None
