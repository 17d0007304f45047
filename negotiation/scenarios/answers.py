"""The same figures without a screen: plain dictionaries for `playbook evaluate` and its siblings.

Keys come from the glossary. Numbers are unrounded, except an invoice's lines, which are cents. A
figure that cannot be computed is None, and `missing` says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from negotiation.scenarios import gain, hindrance, price_range, rates, simulate
from negotiation.scenarios.invoice import invoice
from negotiation.scenarios.pricing import models
from negotiation.scenarios.study import (
    BUYER_LINES,
    PARTIES,
    SHARED_LINES,
    SUPPLIER_LINES,
    CaseFigures,
    HasCases,
    Study,
    study,
)  # fmt: skip

Answer = dict[str, Any]
Settings = Mapping[str, Any] | Sequence[str]


def evaluate_answer(
    deal: HasCases,
    pricing: str | None = None,
    settings: Settings = (),
    scenario: str | None = None,
    seat: str | None = None,
) -> Answer:
    """Both parties' cases in every scenario (or one), with what stands on them.

    `scenarios.<id>.<buyer|supplier>.npv`, `.supplier.term_margin`, `.buyer.saving_share`, `.years`
    (the lines of the engine by contract year), `.joint.npv`, `.hindrance`; beside them `weighted`,
    `zopa`, `pricing_models`, `equity_index`, `rates`, `warnings`, `trigger_rates`, `missing`.
    Raises `FieldError` for an unknown setting, pricing model or scenario.
    """
    held = study(deal, settings, seat, pricing)
    if scenario is not None:
        held.place(scenario)
    verdicts = hindrance.hindrance(held)
    chosen = [c for c in held.cases if scenario is None or c.case.id == scenario]
    return {
        "pricing_model": held.terms.pricing_model,
        "pricing": pricing,
        "scenarios": {c.case.id: _case(held, c, verdicts) for c in chosen},
        "weighted": _weighted(held),
        "hindrance": [_verdict(v) for v in verdicts if scenario in (None, v.case)],
        "zopa": {found.view: _range(found) for found in price_range.price_ranges(held)},
        "pricing_models": _models(held),
        "equity_index": price_range.equity_index(held),
        "gain_share_stretches": [
            s.sentence for found in gain.gain_check(held) for s in found.stretches
        ],
        "rates": [_rates(r) for r in rates.rates_by_year(held)] if held.run_ready else [],
        "trigger_rates": _triggers(held),
        "warnings": list(rates.warnings(held)),
        "missing": {party: held.missing(party) for party in PARTIES},
    }


def simulate_answer(
    deal: HasCases,
    draws: int | None = None,
    seed: int | None = None,
    settings: Settings = (),
    seat: str | None = None,
) -> Answer:
    """Quantiles, the chance of missing each floor, and where the named scenarios lie.

    `figures.<name>.p10|p50|p90|mean`; `chances` per floor; `places.<scenario>.<name>` is the share
    of draws below that scenario. The same seed gives the same answer.
    """
    held = study(deal, settings, seat)
    missing = {party: held.missing(party) for party in PARTIES}
    if not held.parties:
        return {"draws": draws, "seed": seed, "figures": {}, "chances": [], "missing": missing}
    result = simulate.simulate(held, draws, seed)
    return {
        "draws": result.draws,
        "seed": result.seed,
        "figures": {
            name: {**result.quantiles(name), "mean": float(values.mean())}
            for name, values in result.figures.items()
        },
        "chances": [asdict(chance) for chance in result.chances],
        "places": {case: dict(places) for case, places in result.places.items()},
        "missing": missing,
        "note": "A model, not a forecast.",
    }


def invoice_answer(
    deal: HasCases,
    month: int,
    scenario: str | None = None,
    settings: Settings = (),
    seat: str | None = None,
) -> Answer:
    """The invoice of a contract month: `lines` in cents with formula and numbers, and `total`."""
    found = invoice(study(deal, settings, seat), month, scenario)
    return {
        "scenario": found.case,
        "month": found.month,
        "year": found.year,
        "calendar_month": found.calendar_month,
        "lines": [
            {
                "id": line.id,
                "title": line.title,
                "formula": line.formula,
                "worked": line.worked,
                "numbers": dict(line.numbers),
                "amount": float(line.amount),
            }
            for line in found.lines
        ],
        "total": float(found.total),
        **found.facts,
    }


def _case(held: Study, figures: CaseFigures, verdicts: Sequence[hindrance.Verdict]) -> Answer:
    case = figures.case.id
    answer: Answer = {
        "title": figures.case.title,
        "probability": figures.case.probability,
        "years": [dict(year) for year in figures.years],
        "joint": {"npv": figures.joint_npv},
        "hindrance": {party: hindrance.overall(tuple(verdicts), case, party) for party in PARTIES},
    }
    own = {"buyer": BUYER_LINES, "supplier": (*SUPPLIER_LINES, "year_margin")}
    for party in PARTIES:
        found = figures.of(party)
        if found is None:
            answer[party] = None
            continue
        lines = ("year", "months", *SHARED_LINES, *own[party])
        answer[party] = {
            **found.amounts,
            "basis": found.basis,
            "years": [{k: year[k] for k in lines if k in year} for year in figures.years],
        }
    if held.run_ready:
        month = int(held.run.renegotiation_month[held.place(case)])
        answer["renegotiation_month"] = month or None
        rises = held.run.rises
        answer["cola"] = [float(x) for x in rises[min(held.place(case), len(rises) - 1)]]
    return answer


def _weighted(held: Study) -> Answer:
    values = {party: held.weighted(party) for party in PARTIES}
    joint = None if None in values.values() else sum(values.values())
    return {**{party: {"npv": value} for party, value in values.items()}, "joint": {"npv": joint}}


def _verdict(verdict: hindrance.Verdict) -> Answer:
    return {**asdict(verdict), "sign": verdict.sign}


def _range(found: price_range.PriceRange) -> Answer:
    return {**asdict(found), "works": found.works}


def _models(held: Study) -> Answer:
    return {
        model: {
            figures.case: {
                "buyer": {
                    "npv": figures.buyer_npv,
                    "saving_share": figures.buyer_saving_share,
                },
                "supplier": {
                    "npv": figures.supplier_npv,
                    "term_margin": figures.supplier_term_margin,
                },
            }
            for figures in rows
        }
        for model, rows in models(held).items()
    }


def _rates(found: rates.RatesOfYear) -> Answer:
    return {
        **asdict(found),
        "contribution_lost": found.contribution_lost,
        "indifference_share_rrc": found.indifference_share_rrc,
        "indifference_share_arc": found.indifference_share_arc,
    }


def _triggers(held: Study) -> Answer | None:
    found = rates.trigger_rates(held)
    return None if found is None else {"buyer_pays_below": found[0], "buyer_gets_above": found[1]}
