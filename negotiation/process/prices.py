"""What an hour of a step costs: the most particular rate that is seen, in the deal's currency."""

from collections.abc import Callable
from dataclasses import dataclass

from negotiation.process.maps import Map
from negotiation.process.rows import Rate, Step

Exchange = Callable[[str], float | None]
"""The factor that makes the deal's currency of one that is named; None when there is no rate."""


@dataclass(frozen=True)
class Prices:
    """Rates by step. `foreign` are rates left out because their currency cannot be converted."""

    hour: dict[str, float]
    rate: dict[str, Rate]
    foreign: tuple[Rate, ...]


def own_currency(currency: str) -> float | None:
    """Converts nothing: only rates in the deal's currency count."""
    return None if currency else 1.0


def prices(around: Map, money: Exchange = own_currency) -> Prices:
    """The rate of every step that has one.

    A rate for the step wins over one for its team, that over one for its lane. Of equally
    particular ones the row of the party the lane belongs to wins, then a shared one, then what the
    other side estimates.
    """
    typed = [rate for rate in around.rates if rate.cost_per_hour is not None]
    factor = {code: money(code) if code else 1.0 for code in {rate.currency for rate in typed}}
    usable = [rate for rate in typed if factor[rate.currency] is not None]
    chosen = {step.id: _best(around, step, usable) for step in around.steps}
    rates = {step: rate for step, rate in chosen.items() if rate}
    hours = {step: rate.cost_per_hour * factor[rate.currency] for step, rate in rates.items()}
    return Prices(hours, rates, tuple(r for r in typed if factor[r.currency] is None))


def _best(around: Map, step: Step, rates: list[Rate]) -> Rate | None:
    lane = around.lane_of(step)
    owner = lane.party if lane else ""
    ranked = [
        (_closeness(rate, step), 2 if rate.space == owner else int(rate.space == "shared"), -place)
        for place, rate in enumerate(rates)
    ]
    best = max(ranked, default=(0, 0, 0))
    return rates[-best[2]] if best[0] else None


def _closeness(rate: Rate, step: Step) -> int:
    """3, 2 or 1 for a rate of this step, its team or its lane; 0 for another's."""
    if rate.step:
        return 3 * (rate.step == step.id)
    if rate.team:
        return 2 * (rate.team == step.team)
    return int(bool(rate.lane) and rate.lane == step.lane)
