"""What the command line answers about a map or a log: plain dictionaries for JSON."""

from collections.abc import Iterable, Sequence
from typing import Any

from negotiation import paths
from negotiation.process.check import check
from negotiation.process.log import LogFigures, Spread
from negotiation.process.maps import Map, at
from negotiation.process.measure import measure
from negotiation.process.prices import Exchange
from negotiation.process.rows import Process
from negotiation.process.simulate import simulate
from negotiation.values import FieldError


def map_answer(
    around: Map,
    money: Exchange | None = None,
    currency: str = "",
    notes: Iterable[str] = (),
    cases: int = 0,
    seed: int = 1,
) -> dict[str, Any]:
    """The figures of a map, what is missing on it, and what was dropped when it was read.

    Costs are in `currency`. With `cases` that many are simulated, and `lead_hours` says how long
    they take. Warnings are what the figures rest on, then what is missing.
    """
    found = measure(around, money) if money else measure(around)
    answer = found.as_dict()
    told = dict.fromkeys([*answer["warnings"], *(row.sentence for row in check(around))])
    answer |= {"currency": currency, "warnings": list(told), "notes": list(notes)}
    if cases:
        spread = simulate(around, cases, seed)
        answer["lead_hours"] = {
            "mean": spread.mean / 60,
            **{key: value / 60 for key, value in spread.quantiles().items()},
            "within_target": spread.within,
            "cases": cases,
            "seed": seed,
        }
    return answer


def map_with(process: Process, settings: Sequence[str] = (), future: str = "") -> Map:
    """The map today or after a future state, with fields changed first.

    A setting is like `steps.check.handling_min=4` or `cases_per_month=500`; an empty value means
    "not known". Raises `FieldError` for one that names no field.
    """
    for setting in settings:
        path, mark, value = setting.partition("=")
        if not mark or not path.strip():
            raise FieldError("", f"“{setting}” is no setting; write path=value.")
        try:
            process = paths.put(process, path.strip(), value.strip() or None)
        except FieldError as error:
            raise FieldError("", f"{path.strip()}: {error.sentence}") from None
    return at(process, future)


def log_answer(figures: LogFigures, most: int = 10) -> dict[str, Any]:
    """The figures of a log; `most` variants are listed, the most frequent first."""
    return {
        "cases": figures.cases,
        "events": figures.events,
        "cases_per_month": figures.cases_per_month,
        "arrival_cv": figures.arrival_cv,
        "case_hours": _spread(figures.hours),
        "within_hours": figures.within_hours,
        "within_share": figures.within_share,
        "rework_share": figures.rework_share,
        "ping_pong_share": figures.ping_pong_share,
        "activities": {
            row.name: {
                "events": row.events,
                "per_case": row.per_case,
                "self_loops": row.self_loops,
                "minutes_before": _spread(row.before),
                "minutes_after": _spread(row.after),
                "touch_minutes": _spread(row.touch),
            }
            for row in figures.activities
        },
        "transitions": [
            {"from": row.source, "to": row.target, "count": row.count, "share": row.share}
            for row in figures.transitions
        ],
        "variant_count": len(figures.variants),
        "variants": [
            {"path": list(row.path), "count": row.count, "share": row.share}
            for row in figures.variants[:most]
        ],
        "resources": dict(figures.resources),
        "warnings": list(figures.warnings),
    }


def _spread(found: Spread | None) -> dict[str, float] | None:
    if found is None:
        return None
    return {"mean": found.mean, "median": found.median, "p80": found.p80, "p95": found.p95}
