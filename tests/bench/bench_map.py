"""How fast a large map is laid out and drawn."""

import time
from collections.abc import Callable
from statistics import median

from negotiation.process.layout import lay_out
from tests.test_process_layout import random_map
from widgets import ProcessMap

SEEDS = range(7)


def run() -> list[dict]:
    """Rows of name, value, unit and note."""
    maps = [random_map(seed) for seed in SEEDS]
    small = [random_map(seed, steps=15, lanes=2, flows=18) for seed in SEEDS]
    return [
        _row("layout: 100 steps, 10 lanes, 150 flows", _median(lay_out, maps), "target under 50"),
        _row("layout, drawing, control: the same", _median(ProcessMap(key="map").show, maps), ""),
        _row("layout: 15 steps, 2 lanes, 18 flows", _median(lay_out, small), ""),
    ]


def _median(work: Callable[..., object], inputs: list) -> float:
    """Median milliseconds of `work` over its inputs, after one run to warm up."""
    work(inputs[0])
    taken = []
    for each in inputs:
        start = time.perf_counter()
        work(each)
        taken.append(1e3 * (time.perf_counter() - start))
    return median(taken)


def _row(name: str, value: float, note: str) -> dict:
    return {"name": name, "value": round(value, 1), "unit": "ms", "note": note}
