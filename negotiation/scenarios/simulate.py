"""Monte Carlo: thousands of draws of both parties' cases, on the same engine.

The draws come in a fixed order from one seeded generator, so that a seed gives the same
figures everywhere: volume, wage, currency (draws by years), attrition, handle time, misses (draws
by years), then every other driver that is simulated, in the order of the registry.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from negotiation.scenarios.arrays import Array
from negotiation.scenarios.drivers import KNOWN
from negotiation.scenarios.engine import BLOCK, Run
from negotiation.scenarios.hindrance import floors_of
from negotiation.scenarios.inputs import Inputs
from negotiation.scenarios.rows import Driver
from negotiation.scenarios.study import Study

_FIRST = ("volume", "wage")
_THEN = ("attrition", "aht_min")
QUANTILES = (10, 50, 90)


@dataclass(frozen=True)
class FloorChance:
    """The chance that a party misses a floor over the whole term."""

    party: str
    measure: str
    floor: float
    chance: float


@dataclass(frozen=True)
class Simulation:
    """Figures of every draw, in the order drawn.

    `figures` has (draws,) arrays: `buyer_npv`, `saving_share`, `buyer_lowest_cash`, `supplier_npv`,
    `term_margin`, `supplier_lowest_cash`, of the parties that are known. `places` says for each
    named scenario and figure which share of the draws lies below it. It is a model, not a forecast.
    """

    draws: int
    seed: int
    figures: Mapping[str, Array]
    chances: tuple[FloorChance, ...]
    places: Mapping[str, Mapping[str, float]]

    def quantiles(self, name: str) -> dict[str, float]:
        """P10, P50 and P90 of a figure."""
        values = np.percentile(self.figures[name], QUANTILES)
        return {f"p{q}": float(v) for q, v in zip(QUANTILES, values, strict=True)}


@dataclass(frozen=True)
class Progress:
    """How far a simulation is; `result` is there when it is done."""

    done: int
    draws: int
    result: Simulation | None = None


def simulate(
    study: Study, draws: int | None = None, seed: int | None = None, case: str | None = None
) -> Simulation:
    """The whole simulation at once; the arguments are those of `simulating`."""
    *_, last = simulating(study, draws, seed, case)
    return last.result


def simulating(
    study: Study, draws: int | None = None, seed: int | None = None, case: str | None = None
) -> Iterator[Progress]:
    """The simulation block by block; stop asking to cancel it.

    Drivers that are not simulated hold their value in `case`, usually the base. `draws` and `seed`
    are those of the deal unless given, and keep their limits: else `FieldError`.
    """
    given = {name: x for name, x in (("draws", draws), ("seed", seed)) if x is not None}
    limits = study.scenarios.replace(**given)
    count, start = limits.draws, limits.seed
    inputs = drawn(study, case or study.first, count, np.random.default_rng(start))
    parts: list[dict[str, Array]] = []
    for done in range(0, count, BLOCK):
        run = Run(inputs.take(slice(done, done + BLOCK)))
        parts.append(_figures(study, run))
        if done + BLOCK < count:
            yield Progress(done + BLOCK, count)
    figures = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    yield Progress(
        count,
        count,
        Simulation(count, start, figures, _chances(study, figures), _places(study, figures)),
    )


def drawn(study: Study, case: str, draws: int, rng: np.random.Generator) -> Inputs:
    """Inputs with `draws` cases: every simulated driver drawn, the rest as in `case`."""
    inputs = study.one(case).repeated(draws)
    years = study.terms.years
    rows = {row.name: row for key in KNOWN for row in study.book.rows(key) if _draws(row)}
    values = {key: _triangular(rows[key], draws, rng) for key in _FIRST if key in rows}
    shocks = rng.standard_normal((draws, years))
    values |= {key: _triangular(rows[key], draws, rng) for key in _THEN if key in rows}
    misses = rng.poisson(_setting(study, case, "misses_per_year"), (draws, years))
    rest = [key for key in rows if key not in values and key != "fx_rate"]
    values |= {key: _triangular(rows[key], draws, rng) for key in rest}
    factors = {k: v[:, None] for k, v in values.items() if rows[k].range_is == "factor"}
    fixed = {k: v[:, None] for k, v in values.items() if k not in factors}
    if "fx_rate" in inputs.drivers:
        factors["fx_rate"] = _currency(study, case, shocks, rows.get("wage"), values.get("wage"))
    inputs = inputs.with_drivers(fixed).with_factors(factors)
    return _with_misses(study, inputs, misses)


def _draws(row: Driver) -> bool:
    return row.simulated and not row.site


def _setting(study: Study, case: str, key: str) -> float:
    return float(study.book.amount(key, case))


def _triangular(row: Driver, draws: int, rng: np.random.Generator) -> Array:
    mode = (row.low + row.high) / 2 if row.mode is None else row.mode
    if row.low == row.high:
        return np.full(draws, row.low)
    return rng.triangular(row.low, mode, row.high, draws)


def _currency(
    study: Study, case: str, shocks: Array, wage_row: Driver | None, wage: Array | None
) -> Array:
    """(draws, years): factor on the exchange rate, a random walk by year.

    With a correlation, the wage's draw is turned into a normal score (its place in its own
    triangular distribution) and mixed into each year's shock.
    """
    correlation = _setting(study, case, "fx_wage_correlation")
    if correlation and wage is not None and wage_row.low < wage_row.high:
        score = _normal_score(_triangular_cdf(wage, wage_row))[:, None]
        shocks = correlation * score + np.sqrt(1 - correlation**2) * shocks
    return np.exp(np.cumsum(_setting(study, case, "fx_volatility") * shocks, axis=1))


def _triangular_cdf(x: Array, row: Driver) -> Array:
    low, high = row.low, row.high
    mode = (low + high) / 2 if row.mode is None else row.mode
    width = high - low
    rising = (x - low) ** 2 / (width * max(mode - low, 1e-300))
    falling = 1 - (high - x) ** 2 / (width * max(high - mode, 1e-300))
    return np.where(x <= mode, rising if mode > low else 0.0, falling)


def _normal_score(share: Array) -> Array:
    inverse = NormalDist().inv_cdf
    return np.array([inverse(x) for x in np.clip(share, 1e-12, 1 - 1e-12)])


def _with_misses(study: Study, inputs: Inputs, counts: Array) -> Inputs:
    """Misses placed by the deal's lists: the n-th of a year in the n-th month, on the n-th metric.

    A year has no more misses than months in the list; months after the term are dropped.
    """
    metrics = {metric.id: place for place, metric in enumerate(study.terms.metrics)}
    hit = [metrics[m] for m in study.scenarios.miss_metrics if m in metrics]
    months = study.scenarios.miss_months
    if not hit or not months or not counts.any():
        return inputs.with_misses(None, None)
    flags = np.zeros((counts.shape[0], inputs.months, len(metrics)), dtype=bool)
    for year in range(counts.shape[1]):
        for nth, month in enumerate(months):
            at = 12 * year + month - 1
            if at < inputs.months:
                flags[:, at, hit[nth % len(hit)]] |= counts[:, year] > nth
    return inputs.with_misses(flags, None)


def _figures(study: Study, run: Run) -> dict[str, Array]:
    figures: dict[str, Array] = {}
    if "buyer" in study.parties:
        figures |= {"buyer_npv": run.buyer_npv, "saving_share": run.saving_share}
        figures["buyer_lowest_cash"] = run.cumulative_cash("buyer").min(axis=1)
    if "supplier" in study.parties:
        figures |= {"supplier_npv": run.supplier_npv, "term_margin": run.term_margin}
        figures["supplier_lowest_cash"] = run.cumulative_cash("supplier").min(axis=1)
    return figures


_FIGURE = {"margin": "term_margin", "saving": "saving_share"}


def _chances(study: Study, figures: Mapping[str, Array]) -> tuple[FloorChance, ...]:
    chances = []
    for party in study.parties:
        for floor in floors_of(study, party, ""):
            name = _FIGURE.get(floor.measure, f"{party}_lowest_cash")
            if floor.period == "term" and name in figures:
                chance = float((figures[name] < floor.value).mean())
                chances.append(FloorChance(party, floor.measure, floor.value, chance))
    return tuple(chances)


def _places(study: Study, figures: Mapping[str, Array]) -> dict[str, dict[str, float]]:
    """Share of draws below each named scenario's figure."""
    places: dict[str, dict[str, float]] = {}
    named = _figures(study, study.run)
    for index, case in enumerate(study.ids):
        places[case] = {
            name: float((draws < named[name][index]).mean()) for name, draws in figures.items()
        }
    return places
