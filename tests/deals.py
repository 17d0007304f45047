"""The shipped deals as (terms, scenarios), for tests that need no desk."""

import json
from pathlib import Path

from negotiation import spaces
from negotiation.scenarios.book import read_book
from negotiation.scenarios.engine import Run
from negotiation.scenarios.inputs import Inputs, compile_inputs
from negotiation.scenarios.rows import Scenarios
from negotiation.terms import Terms
from negotiation.values import read

DEALS = Path(__file__).parent.parent / "data" / "deals"
NAMED = ("base", "best", "worst")


def parts(name: str = "harbor-luzon", seat: str | None = None) -> tuple[Terms, Scenarios]:
    stored = json.loads((DEALS / f"{name}.json").read_text())["spaces"]
    document = spaces.merge(stored, seat)
    return read(Terms, document["terms"]), read(Scenarios, document["scenarios"])


def inputs(name: str = "harbor-luzon", cases: tuple[str, ...] = NAMED, **terms) -> Inputs:
    held, scenarios = parts(name)
    held = held.replace(**terms)
    return compile_inputs(held, scenarios, read_book(scenarios), cases)


def run(name: str = "harbor-luzon", cases: tuple[str, ...] = NAMED, **terms) -> Run:
    return Run(inputs(name, cases, **terms))


def one_month(units: float, baseline: float = 150_000, **terms) -> Run:
    """The reference terms on one single month with so many units."""
    base = inputs(cases=("base",), term_months=1, **terms)
    flat = {"baseline_units": baseline, "season": 1.0, "volume": units / baseline, "avoidance": 0.0}
    return Run(base.with_drivers(flat))
