"""How fast the engine is: draws of both parties' 36-month cases, at once and one at a time."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from negotiation import spaces
from negotiation.scenarios.answers import evaluate_answer
from negotiation.scenarios.engine import Run, in_blocks
from negotiation.scenarios.rows import Scenarios
from negotiation.scenarios.simulate import drawn, simulate
from negotiation.scenarios.study import Parts, study
from negotiation.terms import Terms
from negotiation.values import read

DEAL = Path(__file__).parents[2] / "data" / "deals" / "harbor-luzon.json"
DRAWS = 10_000
SINGLE = 200


def run() -> list[dict]:
    """Rows of name, value, unit and note."""
    document = spaces.merge(json.loads(DEAL.read_text())["spaces"])
    parts = Parts(read(Terms, document["terms"]), read(Scenarios, document["scenarios"]))
    held = study(parts)
    inputs = drawn(held, "base", DRAWS, np.random.default_rng(1))
    singles = [inputs.take(slice(i, i + 1)) for i in range(SINGLE)]
    together = _median(lambda: [_both(block) for block in in_blocks(inputs)])
    alone = _median(lambda: [_both(Run(one)) for one in singles], times=3) / SINGLE
    return [
        _row("10,000 draws, both parties, 36 months", 1e3 * together, "ms", "target under 100"),
        _row("one draw at a time", 1e6 * alone, "µs per draw", "the same function in a loop"),
        _row("throughput of blocks over the loop", alone * DRAWS / together, "times",
             "target at least 40"),
        _row("whole simulation, draws and quantiles",
             1e3 * _median(lambda: simulate(held, DRAWS, 1)), "ms", "10,000 draws"),
        _row("three scenarios", 1e3 * _median(lambda: study(parts).cases), "ms",
             "from terms and rows to figures by year"),
        _row("everything `playbook evaluate` answers",
             1e3 * _median(lambda: evaluate_answer(parts)), "ms", "ranges, models, checks too"),
    ]  # fmt: skip


def _both(run: Run) -> tuple:
    """Both parties' figures of a block."""
    return run.buyer_npv, run.saving_share, run.supplier_npv, run.term_margin


def _median(work: Callable[[], object], times: int = 7) -> float:
    """Median seconds of `work` after one run to warm up."""
    work()
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return median(seconds)


def _row(name: str, value: float, unit: str, note: str) -> dict:
    return {"name": name, "value": round(value, 1), "unit": unit, "note": note}


if __name__ == "__main__":
    for row in run():
        print(f"{row['value']:>10} {row['unit']:<12} {row['name']} ({row['note']})")
