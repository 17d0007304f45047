"""Service credits: misses, repeats, the monthly cap and earn-back.

Formula 6 of the reference deal. A month's credits are a fraction of its charges after volume and
currency: at-risk share times the sum of weights, a metric missed in the preceding month counting
more, the sum capped at 1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from negotiation.scenarios.arrays import Array, choose, uses
from negotiation.scenarios.inputs import Inputs

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class CreditRates:
    """Credits as fractions of the at-risk amount, by month (cases, months).

    `gross` is before earn-back and after the cap. `net` is what stays in the month of the miss;
    `reversed_later` is what was paid in a month and comes back `earnback_months` later.
    """

    gross: Array
    net: Array
    reversed_later: Array | None


def repeat_factors(run: Inputs, misses: Flags, earned: Flags) -> Array:
    """(cases, months, metrics): 1 for a first miss, the multiplier for a repeat.

    A repeat is a miss of the same metric in the preceding month; whether an earned-back miss counts
    as preceding, and whether a third miss in a row counts more, are terms.
    """
    forgiven = run.mode_is("earnback_repeat", "forgiven")[..., None]
    counted = misses & ~(earned & forgiven)
    multiplier = run.number("repeat_multiplier")[..., None]

    def same() -> Array:
        factors = np.ones(np.broadcast_shapes(counted.shape, multiplier.shape))
        factors[:, 1:] += counted[:, :-1] * (multiplier - 1)
        return factors

    def compound() -> Array:
        factors = np.ones(np.broadcast_shapes(counted.shape, multiplier.shape))
        streak = np.ones((factors.shape[0], factors.shape[2]))
        for month in range(1, factors.shape[1]):
            streak = np.where(counted[:, month - 1], streak * multiplier[:, 0], 1.0)
            factors[:, month] = streak
        return factors

    growth = run.mode("repeat_growth")
    if not isinstance(growth, str):
        growth = growth[..., None]
    return choose(growth, {"same": same, "compound": compound})


def credit_rates(run: Inputs) -> CreditRates:
    """Credits by month as fractions of the at-risk amount; zeros when nothing is missed."""
    if run.misses is None or not run.misses.any():
        zero = np.zeros((1, 1))
        return CreditRates(zero, zero, None)
    misses, earned = run.misses, run.earned
    if earned is None:
        gross = np.minimum(_simple_sum(run, misses), 1.0)
        return CreditRates(gross, gross, None)
    weighted = repeat_factors(run, misses, earned) * run.weights[:, None, :] * misses
    everything = weighted.sum(axis=2)
    kept = (weighted * ~earned).sum(axis=2)
    gross = np.minimum(everything, 1.0)

    def before_cap() -> Array:
        return np.minimum(kept, 1.0)

    def after_cap() -> Array:
        return gross * np.divide(kept, everything, out=np.ones_like(kept), where=everything > 0)

    net = choose(
        run.mode("earnback_cap_order"), {"before_cap": before_cap, "after_cap": after_cap}
    )
    if not uses(run.mode("earnback_reversal"), "when_earned"):
        return CreditRates(gross, net, None)
    later = run.mode_is("earnback_reversal", "when_earned")
    return CreditRates(gross, np.where(later, gross, net), np.where(later, gross - net, 0.0))


def _simple_sum(run: Inputs, misses: Flags) -> Array:
    """Sum of weights with repeats when nothing is earned back: two products instead of a table."""
    if uses(run.mode("repeat_growth"), "compound"):
        none = np.zeros_like(misses)
        return (repeat_factors(run, misses, none) * run.weights[:, None, :] * misses).sum(axis=2)
    weights = run.weights
    flags = misses.astype(np.float64)
    if weights.shape[0] == 1:
        total = flags @ weights[0]
        repeats = (flags[:, 1:] * flags[:, :-1]) @ weights[0]
    else:
        total = (flags * weights[:, None, :]).sum(axis=2)
        repeats = (flags[:, 1:] * flags[:, :-1] * weights[:, None, :]).sum(axis=2)
    extra = run.number("repeat_multiplier") - 1
    if extra.shape[0] > total.shape[0]:
        total = np.repeat(total, extra.shape[0], axis=0)
    total[:, 1:] += repeats * extra
    return total


def reverse_later(run: Inputs, amounts: Array, term: Array) -> Array:
    """`amounts` by month moved to the month in which they are earned back, at latest the last."""
    lag = np.broadcast_to(run.number("earnback_months"), (amounts.shape[0], 1)).astype(int)
    last = np.broadcast_to(term, (amounts.shape[0], 1)).astype(int) - 1
    target = np.minimum(np.arange(amounts.shape[1]) + lag, last)
    moved = np.zeros_like(amounts)
    np.add.at(moved, (np.arange(amounts.shape[0])[:, None], target), amounts)
    return moved
