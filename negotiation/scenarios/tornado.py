"""Which driver moves whom, and who controls it: one driver changed, the rest held."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from negotiation.scenarios.arrays import Array
from negotiation.scenarios.drivers import known
from negotiation.scenarios.engine import Run
from negotiation.scenarios.inputs import Inputs
from negotiation.scenarios.study import Study

CONTROLLERS = ("buyer", "supplier", "both", "nobody")
_LEFT_OUT = (
    "season", "seat_basis", "fx_volatility", "fx_wage_correlation", "misses_per_year",
    "batna_price", "batna_npv", "baseline_units",
)  # fmt: skip
SPREAD = 0.10


@dataclass(frozen=True)
class Bar:
    """One driver: both parties' change of net present value at its low and high end.

    `low` and `high` describe the ends (values, or factors on the value when `is_factor`); `buyer`
    and `supplier` are (change at low, change at high), None for a party that is not known.
    """

    key: str
    label: str
    controlled_by: str
    low: float
    high: float
    is_factor: bool
    buyer: tuple[float, float] | None
    supplier: tuple[float, float] | None

    @property
    def swing(self) -> float:
        """The larger party's distance between the two ends."""
        pairs = [pair for pair in (self.buyer, self.supplier) if pair is not None]
        return max((abs(high - low) for low, high in pairs), default=0.0)


def tornado(
    study: Study,
    case: str | None = None,
    spread: float | None = None,
    keys: Sequence[str] | None = None,
) -> tuple[Bar, ...]:
    """Bars sorted by who controls the driver (buyer, supplier, both, nobody), widest first.

    A driver moves over its range; without one, or with `spread` given, by ±`spread` of its value
    (`SPREAD` when None). Drivers that are 0 and have no range move nothing and are left out.
    """
    if not study.parties:
        return ()
    case = case or study.first
    inputs = study.one(case)
    ends = [end for key in (keys or study.book.keys()) if (end := _ends(study, case, key, spread))]
    if not ends:
        return ()
    run, base = Run(_all_changed(inputs, ends)), Run(inputs)
    changes = {party: _changes(run, base, party) for party in study.parties}
    bars = [
        Bar(
            key, *_names(study, key), low, high, is_factor,
            _pair(changes.get("buyer"), place), _pair(changes.get("supplier"), place),
        )
        for place, (key, low, high, is_factor) in enumerate(ends)
    ]  # fmt: skip
    return tuple(sorted(bars, key=lambda b: (CONTROLLERS.index(b.controlled_by), -b.swing)))


def _names(study: Study, key: str) -> tuple[str, str]:
    row = study.book.rows(key)[0]
    return row.label or known(key).label, row.controller


def _ends(
    study: Study, case: str, key: str, spread: float | None
) -> tuple[str, float, float, bool] | None:
    if key in _LEFT_OUT or known(key).shape == "mode" or key.startswith("miss_cost"):
        return None
    row = study.book.rows(key)[0]
    if spread is None and row.low is not None and row.high is not None:
        return key, row.low, row.high, row.range_is == "factor"
    value = study.book.amount(key, case)
    if not np.any(value):
        return None
    by = SPREAD if spread is None else spread
    return key, 1 - by, 1 + by, True


def _all_changed(inputs: Inputs, ends: Sequence[tuple[str, float, float, bool]]) -> Inputs:
    """Two cases per driver, low then high, each changing that driver alone."""
    count = 2 * len(ends)
    factors: dict[str, Array] = {}
    values: dict[str, Array] = {}
    for place, (key, low, high, is_factor) in enumerate(ends):
        rows = [2 * place, 2 * place + 1]
        if is_factor:
            factors[key] = np.ones((count, 1))
            factors[key][rows, 0] = low, high
        else:
            values[key] = np.repeat(inputs.driver(key), count, axis=0)
            values[key][rows] = np.array([[low], [high]])
    changed = inputs.with_factors(factors)
    changed = changed.with_drivers(values)
    return changed.with_drivers({k: _within(k, changed.driver(k)) for k in factors})


def _within(key: str, values: Array) -> Array:
    """A driver's values kept inside its limits: an occupancy does not rise over 1."""
    return np.clip(values, known(key).least, known(key).most)


def _changes(run: Run, base: Run, party: str) -> Array:
    """(drivers, 2): change of a party's value; what is only rounding is 0."""
    before, after = (x.buyer_npv if party == "buyer" else x.supplier_npv for x in (base, run))
    change = after - before[0]
    rounding = 1e-12 * max(1.0, abs(before[0]))
    return np.where(np.abs(change) < rounding, 0.0, change).reshape(-1, 2)


def _pair(changes: Array | None, place: int) -> tuple[float, float] | None:
    return None if changes is None else (float(changes[place, 0]), float(changes[place, 1]))
