"""Prices and levers: which prices work for both, other pricing models, what protects best."""

from typing import Any

import ipywidgets as ipw

from negotiation.pictures import numerals
from negotiation.pictures import scenarios as pictures
from negotiation.scenarios.levers import LeverEffect, lever_table
from negotiation.scenarios.price_range import PriceRange, equity_index, price_ranges
from negotiation.scenarios.pricing import models
from negotiation.scenarios.study import Study

from .boxes import VBox
from .chart import VegaChart
from .scenarios_figures import (
    PARTIES,
    Later,
    main_floors,
    paint,
    study_of,
    text_line,
    titles,
    worked_out,
)  # fmt: skip
from .scenarios_levers import OwnLevers
from .sheet import Sheet
from .state import DealState

PENDING = "◷ Being worked out after the last change."
_ALTERNATIVES = {
    "batna_npv": "its best alternative", "batna_price": "the best other bid",
    "status_quo": "staying as it is",
}  # fmt: skip
_MODELS = {
    "transaction": "By unit, with bands", "per_unit": "By unit, no bands", "fte": "By FTE",
    "cost_plus": "Cost plus, open book", "fixed_fee": "Fixed fee",
}  # fmt: skip
_MODEL_COLUMNS = (
    ("model", "Pricing model"), ("buyer", "Buyer saving, base", "percent"),
    ("buyer_worst", "worst", "percent"), ("supplier", "Supplier margin, base", "percent"),
    ("supplier_worst", "worst", "percent"),
)  # fmt: skip
_LEVER_COLUMNS = (
    ("lever", "Lever"), ("buyer", "Buyer, expected", "number"),
    ("supplier", "Supplier, expected", "number"), ("worst", "Supplier's worst margin", "percent"),
    ("efficiency", "Points per 100,000", "number"), ("reach", "What changes"),
)  # fmt: skip
_LEVER_TITLE = "points of worst-case margin per 100,000 of the buyer's expected value"


class ScenarioPrices(VBox):
    """Shows the price range that works for both, the pricing models, and the risk levers."""

    def __init__(self, state: DealState, **kwargs: Any):
        self._state = state
        self._axis: tuple[str, str] | None = None
        self._pending = text_line()
        self._range_chart = VegaChart(
            pictures.price_range(pictures.price_range_data((), None, ""), "", "unit"),
            label="Price range that works for both",
        )
        self._ranges = Sheet("Which prices work for both?", (("view", "Case"),))
        self._models_chart = VegaChart(
            pictures.models(pictures.models_data((), {})), label="Pricing models compared"
        )
        self._models = Sheet("Other pricing models on the same volumes", _MODEL_COLUMNS)
        self._lever_chart = VegaChart(
            pictures.levers(pictures.levers_data(()), _LEVER_TITLE), label="Risk levers"
        )
        self._levers = Sheet("What protects the weaker side at the least cost", _LEVER_COLUMNS)
        cards = [
            _card(self._ranges, self._range_chart), _card(self._models, self._models_chart),
            _card(self._levers, self._lever_chart, OwnLevers(state)),
        ]
        super().__init__([self._pending, *cards], **kwargs)
        self.add_class("np-stack")
        acts = (self._show_ranges, self._show_models, self._show_levers)
        self._later = Later(*acts, pending=self._mark)
        state.observe(self._later, ["deal", "seat"])
        self._later()

    def _mark(self, pending: bool) -> None:
        self._pending.value = PENDING if pending else ""

    def _show_ranges(self) -> None:
        study = study_of(self._state)
        deal = self._state.deal
        currency, unit = deal.identity.currency, deal.terms.resource_unit
        ranges = worked_out(price_ranges, self._state)
        found = [r for r in ranges if r.view in ("base", "weighted", "worst")]
        found.sort(key=lambda r: ("base", "weighted", "worst").index(r.view))
        names = dict(zip(study.ids, titles(study), strict=True)) | {"weighted": "Weighted"}
        rows = [
            {"case": names[r.view], "supplier": r.supplier, "buyer": r.buyer} for r in found
        ]
        data = pictures.price_range_data(rows, deal.terms.unit_price, currency)
        if self._axis != (currency, unit):
            # The axis names both; anything else is data.
            self._axis = (currency, unit)
            empty = pictures.price_range_data((), None, currency)
            self._range_chart.redraw(pictures.price_range(empty, currency, unit))
        paint(self._range_chart, data)
        self._ranges.show(
            [_range_row(r, names[r.view]) for r in found],
            _range_sentence(study, found, deal.terms.unit_price),
            sign=_range_sign(found),
            columns=(("view", "Case"), ("supplier", f"Supplier needs, {currency}", "number"),
                     ("buyer", f"Buyer can pay, {currency}", "number"), ("word", "Result")),
        )

    def _show_models(self) -> None:
        study = study_of(self._state)
        compared = worked_out(models, self._state) if study.parties else {}
        rows, bars = [], []
        for model, figures in compared.items():
            by_case = {f.case: f for f in figures}
            if not {"base", "worst", "best"} <= set(by_case):
                continue
            base, worst = by_case["base"], by_case["worst"]
            rows.append({
                "model": _MODELS[model], "buyer": base.buyer_saving_share,
                "buyer_worst": worst.buyer_saving_share, "supplier": base.supplier_term_margin,
                "supplier_worst": worst.supplier_term_margin,
            })
            for party, name in (("buyer", "buyer_saving_share"),
                                ("supplier", "supplier_term_margin")):
                three = {case: getattr(by_case[case], name) for case in ("worst", "base", "best")}
                if None not in three.values():
                    bars.append({"model": _MODELS[model], "party": party, **three})
        self._models.empty = _why_not(study) or "Comparing needs a base, a best and a worst case."
        self._models.show(rows, _models_sentence(rows))
        floors = {party: next(iter(main_floors(study, party).values()), None) for party in PARTIES}
        paint(self._models_chart, pictures.models_data(bars, floors))

    def _show_levers(self) -> None:
        study = study_of(self._state)
        effects = worked_out(lever_table, self._state) if len(study.parties) == 2 else ()
        rows = [_lever_row(effect) for effect in sorted(effects, key=_lever_place)]
        self._levers.empty = _why_not(study) or "No lever to compare."
        self._levers.show(rows, _levers_sentence(effects))
        helping = [e for e in effects if e.efficiency is not None and (e.points or 0) > 0]
        bars = [
            {"lever": e.lever.label, "efficiency": e.efficiency, "remark": e.sentence,
             "reach": "; ".join(e.reach)}
            for e in helping
        ]
        paint(self._lever_chart, pictures.levers_data(bars))


def _card(*parts: ipw.Widget) -> VBox:
    card = VBox(list(parts))
    card.add_class("np-card")
    card.add_class("np-stack")
    return card


def _why_not(study: Study) -> str:
    return next((study.missing(party) for party in PARTIES if study.missing(party)), "")


def _range_row(found: PriceRange, name: str) -> dict[str, Any]:
    word = {True: ("works", "ok"), False: ("no price works", "no"), None: ("not known", "wait")}
    text, sign = word[found.works]
    return {
        "view": name, "supplier": {"text": numerals.number(found.supplier, 4), "party": "supplier"},
        "buyer": {"text": numerals.number(found.buyer, 4), "party": "buyer"},
        "word": {"text": text, "sign": sign},
    }  # fmt: skip


def _range_sign(found: list[PriceRange]) -> str:
    words = {r.works for r in found}
    return "no" if False in words else "wait" if None in words else "ok"


def _range_sentence(study: Study, found: list[PriceRange], tabled: float) -> str:
    base = next((r for r in found if r.view == "base"), None)
    if base is None or base.works is None:
        return base.sentence if base else ""
    worst = next((r for r in found if r.view == "worst"), None)
    parts = [base.sentence if not base.works else (
        f"In the base case every price from {base.supplier:.4f} to {base.buyer:.4f} works for "
        f"both, measured against {_ALTERNATIVES[base.alternative]}; {tabled:g} is on the table."
    )]  # fmt: skip
    if worst is not None and worst.works and worst.supplier > tabled:
        parts.append(f"In the worst case the supplier would need {worst.supplier:.4f}.")
    elif worst is not None and worst.works is False:
        parts.append("In the worst case no price works: look at the other terms first.")
    equity = equity_index(study) if {"base", "worst"} <= set(study.ids) else None
    if equity is not None:
        side = "smaller" if equity < 0.8 else "larger" if equity > 1.25 else ""
        words = "gain and risk in proportion"
        if side:
            words = f"a {side} share of the gain than of the risk"
        parts.append(f"The supplier has {words} (equity index {equity:.2f}; 1 is even).")
    return " ".join(parts)


def _models_sentence(rows: list[dict]) -> str:
    known = [r for r in rows if r["supplier_worst"] is not None]
    if not known:
        return ""
    safest = max(known, key=lambda r: r["supplier_worst"])
    return (
        f"Pale bars run from worst to best, the mark is base. {safest['model']} leaves the "
        f"supplier the best worst case ({numerals.share(safest['supplier_worst'])}). Gain share is "
        "left out of all."
    )


def _lever_effect(effect: LeverEffect) -> str:
    """What the lever does to the supplier in the worst case: protects it, nothing, or hurts it."""
    points = effect.points or 0.0
    return "no change" if abs(points) < 1e-9 else "protects" if points > 0 else "hurts"


def _lever_place(effect: LeverEffect) -> tuple[int, float]:
    """What protects stands first, cheapest on top; what hurts last, the dearest at the bottom."""
    kind = _lever_effect(effect)
    if kind == "protects":
        # Without a ratio it costs the buyer nothing: nothing is cheaper.
        return 0, float("-inf") if effect.efficiency is None else -effect.efficiency
    return (1, 0.0) if kind == "no change" else (2, -(effect.points or 0.0))


def _lever_row(effect: LeverEffect) -> dict[str, Any]:
    reach = "; ".join(effect.reach)
    turned = [word for word in effect.reach if word.endswith("holds")]
    kind = _lever_effect(effect)
    points = numerals.signed(effect.points or 0.0, 2)
    worst = {
        "text": numerals.share(effect.worst_margin),
        "sign": {"protects": "ok", "hurts": "no"}.get(kind, "wait"),
        "note": kind if kind == "no change" else f"{kind}, {points} points",
    }
    return {
        "lever": effect.lever.label, "buyer": numerals.signed(effect.buyer or 0),
        "supplier": numerals.signed(effect.supplier or 0), "worst": worst,
        "efficiency": _efficiency_cell(effect, kind),
        "reach": {
            "text": reach or "no test turns",
            "sign": "" if not reach else "ok" if turned else "no",
            "note": effect.sentence if effect.efficiency is None else "",
        },
    }  # fmt: skip


def _efficiency_cell(effect: LeverEffect, kind: str) -> dict[str, str]:
    """Points won per 100,000 of the buyer's; for what hurts, points lost per 100,000 it gains."""
    hurts = kind == "hurts" and effect.efficiency is not None
    note = "points lost for what the buyer gains" if hurts else ""
    return {"text": numerals.number(effect.efficiency, 2), "note": note}


def _levers_sentence(effects: tuple[LeverEffect, ...]) -> str:
    helping = [e for e in effects if e.efficiency is not None and (e.points or 0) > 0]
    if not helping:
        return ""
    best = helping[0]
    reach = "; ".join(best.reach) or "no test changes its word by this alone"
    return (
        f"{best.lever.label} protects the supplier most cheaply: {best.points:+.2f} points of "
        f"worst-case margin for {numerals.money(-(best.buyer or 0))} of the buyer's expected value "
        f"({reach})."
    )
