"""Does success pay? The supplier's profit with and without gain share over a range of avoidance."""

from dataclasses import dataclass

import numpy as np

from negotiation.scenarios.arrays import Array
from negotiation.scenarios.engine import Run
from negotiation.scenarios.study import Study


@dataclass(frozen=True)
class Stretch:
    """A stretch of avoidance on which more avoidance earns the supplier less."""

    year: int
    start: float
    stop: float
    lost: float
    sentence: str


@dataclass(frozen=True)
class GainCheck:
    """One scenario: supplier's profit by avoidance (rows) and contract year (columns)."""

    case: str
    avoidance: Array
    profit_with: Array
    profit_without: Array
    stretches: tuple[Stretch, ...]


def gain_check(study: Study, most: float = 0.20, steps: int = 41) -> tuple[GainCheck, ...]:
    """Profit over avoidance from 0 to `most` in every year alike, after band, threshold and cap.

    Empty when the supplier's case cannot be computed.
    """
    if "supplier" not in study.parties:
        return ()
    grid = np.linspace(0.0, most, steps)
    return tuple(_check(study, case, grid) for case in study.ids)


def _check(study: Study, case: str, grid: Array) -> GainCheck:
    inputs = study.one(case).with_drivers({"avoidance": grid[:, None]})
    shape = (len(grid), study.terms.years)
    profit = [
        np.broadcast_to(Run(chosen).year("operating_profit"), shape)
        for chosen in (inputs, inputs.with_terms({"gain_share.share": 0.0}))
    ]
    title = study.case(case).case.title or case
    stretches = [
        _stretch(title, year + 1, grid, profit[0][:, year], start, stop)
        for year in range(shape[1])
        for start, stop in _falls(profit[0][:, year])
    ]
    return GainCheck(case, grid, profit[0], profit[1], tuple(stretches))


def _falls(profit: Array) -> list[tuple[int, int]]:
    """Runs of steps on which the profit falls, as (first, last) places on the grid."""
    falling = np.diff(profit) < -1e-9 * np.maximum(1.0, np.abs(profit[:-1]))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], falling, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _stretch(title: str, year: int, grid: Array, profit: Array, start: int, stop: int) -> Stretch:
    lost = float(profit[start] - profit[stop])
    sentence = (
        f"{title}, year {year}: from {100 * grid[start]:.1f} % to {100 * grid[stop]:.1f} % "
        f"avoidance the supplier earns {lost:,.0f} less although it succeeds more."
    )
    return Stretch(year, float(grid[start]), float(grid[stop]), lost, sentence)
