"""Both business cases by year, line by line, and both parties' cash month by month."""

from typing import Any

import ipywidgets as ipw
import numpy as np

from negotiation.pictures import numerals
from negotiation.pictures import scenarios as pictures
from negotiation.scenarios.hindrance import floors_of
from negotiation.scenarios.study import Study

from .boxes import HBox, VBox
from .chart import VegaChart
from .fold import Fold
from .scenarios_figures import (
    PARTIES,
    offer_cases,
    paint,
    shares_by_year,
    study_of,
    text_line,
    titles,
)
from .sheet import Sheet
from .state import DealState

# (line of the engine, words, sign in the case)
_MAIN = {
    "buyer": (
        ("status_quo_cost", "Cost without the deal", 1), ("revenue", "Paid to the supplier", -1),
        ("retained_cost", "Own team that stays", -1), ("miss_cost", "Cost of missed levels", -1),
        ("saving", "Saving", 1),
    ),
    "supplier": (
        ("revenue", "Revenue", 1), ("supplier_cost", "Cost", -1),
        ("operating_profit", "Operating profit", 1),
    ),
}  # fmt: skip
_RESULT = {"buyer": "saving", "supplier": "operating_profit"}
_DETAILS = (
    ("baseline_units", "Baseline, {unit}s"), ("demand_units", "Demand, {unit}s"),
    ("handled_units", "Handled, {unit}s"), ("unit_price", "Unit price"),
    ("charges", "Charges after volume"), ("fx_adjustment", "Currency adjustment"),
    ("service_credits", "Service credits"), ("gain_pool", "Gain pool"),
    ("gain_share", "Gain share to the supplier"), ("revenue", "Paid to the supplier"),
    ("fte", "Average FTE"), ("seats", "Seats"), ("agent_cost", "Agents"),
    ("overlay_cost", "Leads, quality, planning"), ("facility_cost", "Facility"),
    ("technology_cost", "Technology"), ("attrition_cost", "Replacing leavers"),
    ("sga_cost", "SG&A"), ("operating_profit", "Supplier's operating profit"),
    ("status_quo_cost", "Buyer's cost without the deal"),
    ("retained_cost", "Buyer's own team that stays"), ("miss_cost", "Cost of missed levels"),
    ("saving", "Buyer's saving"),
)  # fmt: skip
_SUPPLIER_LINES = {
    "fte", "seats", "agent_cost", "overlay_cost", "facility_cost", "technology_cost",
    "attrition_cost", "sga_cost", "operating_profit", "supplier_cost",
}  # fmt: skip
_BUYER_LINES = {"status_quo_cost", "retained_cost", "miss_cost", "saving"}
_DECIMALS = {"unit_price": 5, "fte": 2, "seats": 1}
_NOT_ADDED = {"unit_price", "fte", "seats"}


class ScenarioYears(VBox):
    """Shows the chosen scenario by contract year for both parties; every line is one fold away."""

    def __init__(self, state: DealState, **kwargs: Any):
        self._state = state
        self._case = ipw.Dropdown(description="Scenario")
        self._main = {party: Sheet("", (("line", "Line"),)) for party in PARTIES}
        self._details: Sheet | None = None
        self._cash = {
            party: VegaChart(
                pictures.cash(pictures.cash_data((), {}), party), label=f"Cash of the {party}"
            )
            for party in PARTIES
        }
        self._scales = text_line()
        fold = Fold("Every line of both cases", self._make_details)
        sheets, charts = VBox(list(self._main.values())), HBox(list(self._cash.values()))
        sheets.add_class("np-stack")
        charts.add_class("np-columns")
        for chart in self._cash.values():
            chart.add_class("np-card")
        card = VBox([self._case, sheets, fold])
        card.add_class("np-card")
        super().__init__([card, charts, self._scales], **kwargs)
        self.add_class("np-stack")
        self._case.observe(self._show, "value")
        state.observe(self._show, ["deal", "seat"])
        self._show()

    def _make_details(self) -> list[Sheet]:
        self._details = Sheet("Every line", (("line", "Line"),))
        self._show()
        return [self._details]

    def _show(self, _change: Any = None) -> None:
        study = study_of(self._state)
        place = study.place(offer_cases(self._case, study))
        for party in PARTIES:
            self._show_party(study, party, place)
        if self._details is not None:
            self._show_details(study, place)
        self._show_cash(study)

    def _show_party(self, study: Study, party: str, place: int) -> None:
        sheet, name = self._main[party], self._state.deal.identity.party(party).name
        currency = self._state.deal.identity.currency
        caption = f"{name} ({party}), {titles(study)[place]}, in {currency}"
        if party not in study.parties:
            sheet.empty = study.missing(party)
            sheet.show((), "", caption=caption)
            return
        years = study.run.calendar.years
        rows = [
            _line(study, key, words, place, sign)
            for key, words, sign in _MAIN[party]
            if key != "miss_cost" or study.run.month("miss_cost").any()
        ]
        rows[-1]["_strong"] = True
        rows.append(_signing(study, party, place))
        rows.append(_ratio(study, party, place))
        sheet.show(rows, result_sentence(study, party, place, currency), caption=caption,
                   columns=_columns(years))

    def _show_details(self, study: Study, place: int) -> None:
        unit = self._state.deal.terms.resource_unit
        rows = [
            _line(study, key, words.format(unit=unit), place, 1)
            for key, words in _DETAILS if _known(study, key)
        ]
        self._details.show(
            rows, caption=f"Every line, {titles(study)[place]}",
            columns=_columns(study.run.calendar.years),
        )

    def _show_cash(self, study: Study) -> None:
        reach = {}
        for party, chart in self._cash.items():
            rows, limits = [], {}
            if party in study.parties:
                flows = np.asarray(study.run.cumulative_cash(party))
                reach[party] = float(np.abs(flows).max())
                rows = [
                    {"scenario": title, "month": month, "cash": float(amount)}
                    for title, line in zip(titles(study), flows, strict=True)
                    for month, amount in enumerate(line)
                ]
                limits = _limits(study, party)
            name = self._state.deal.identity.party(party).name
            paint(chart, pictures.cash_data(rows, limits), f"{name}: cash since signing, added up")
        self._scales.value = _scales_sentence(reach)


def _limits(study: Study, party: str) -> dict[str, float | None]:
    """The deepest cash that the party accepts in each scenario, by the scenario's name."""
    found = {}
    for title, case in zip(titles(study), study.ids, strict=True):
        limits = [f.value for f in floors_of(study, party, case) if f.measure == "cash"]
        found[title] = max(limits) if limits else None
    return found


def result_sentence(study: Study, party: str, place: int, currency: str) -> str:
    """What the case comes to over the term, in one sentence."""
    run = study.run
    if party == "buyer":
        return (
            f"Over the term the buyer saves {numerals.money(run.buyer_saving[place], currency)}, "
            f"{numerals.share(run.saving_share[place])} of what it would pay without the deal; "
            f"today that is worth {numerals.money(run.buyer_npv[place], currency)}."
        )
    return (
        f"Over the term the supplier earns {numerals.money(run.supplier_profit[place], currency)}, "
        f"a margin of {numerals.share(run.term_margin[place])} with the transition; "
        f"today that is worth {numerals.money(run.supplier_npv[place], currency)}."
    )


def _known(study: Study, key: str) -> bool:
    if key in _SUPPLIER_LINES:
        return "supplier" in study.parties
    return key not in _BUYER_LINES or "buyer" in study.parties


def _columns(years: int) -> tuple:
    return (
        ("line", "Line"), *((f"y{y}", f"Year {y + 1}", "number") for y in range(years)),
        ("term", "Term", "number"),
    )  # fmt: skip


def _line(study: Study, key: str, words: str, place: int, sign: int) -> dict[str, Any]:
    values = np.broadcast_to(study.run.year(key), (len(study.ids), study.run.calendar.years))[place]
    decimals = _DECIMALS.get(key, 0)
    cells = {f"y{y}": numerals.number(sign * x, decimals) for y, x in enumerate(values)}
    total = "–" if key in _NOT_ADDED else numerals.number(sign * values.sum(), decimals)
    return {"line": words, **cells, "term": {"text": total, "strong": True}}


def _signing(study: Study, party: str, place: int) -> dict[str, Any]:
    amount = -getattr(study.run, f"{party}_signing")[place]
    return {"line": "At signing (transition)", "term": numerals.number(float(amount)),
            "_muted": True, **dict.fromkeys((f"y{y}" for y in range(study.run.calendar.years)), "")}


def _ratio(study: Study, party: str, place: int) -> dict[str, Any]:
    """The result as a share: by year without, over the term with the transition."""
    shares = shares_by_year(study, party)[place]
    term = study.run.saving_share if party == "buyer" else study.run.term_margin
    words = "Saving against today" if party == "buyer" else "Margin"
    return {"line": words, **{f"y{y}": numerals.share(x) for y, x in enumerate(shares)},
            "term": {"text": numerals.share(term[place]), "strong": True}}


def _scales_sentence(reach: dict[str, float]) -> str:
    if len(reach) < 2 or min(reach.values()) <= 0:
        return ""
    times = reach["buyer"] / reach["supplier"]
    if 0.5 <= times <= 2:
        return "Both pictures count from the day of signing."
    larger, smaller = ("buyer", "supplier") if times > 1 else ("supplier", "buyer")
    return (
        f"The two pictures have their own scales: the {larger}'s sums are about "
        f"{numerals.number(max(times, 1 / times))} times the {smaller}'s, and on one scale the "
        f"{smaller}'s would be a flat line."
    )
