"""Can a measure tell good work from bad? Odds of a false alarm and of a missed one, exactly.

A window of n events with a true share p counts X ~ Binomial(n, p). The result is a breach when X/n
lies on the wrong side of the level; a result equal to the level is none. These are the odds of the
reference deal: level 90 %, true 91 %, n = 400 gives a false breach in 21.3 % of windows.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from negotiation.outcomes.rows import Direction, Measure

MOST_ODDS = 0.10
"""Above these odds a measure warns (the rule of `design/method.md`, chapter 13)."""
POINT = 0.01
"""How far a true level is assumed from the breach level when target and breach level are one."""
EXACT_UP_TO = 200_000
_Z_95 = 1.959963984540054
_MOST_WINDOWS = 24
_LONGEST_WINDOW = 10_000_000


@dataclass(frozen=True)
class Sanity:
    """What one proportion can tell in one window of `count` events; all levels are fractions.

    `level` is where a breach begins, `good` a true level that should pass, `poor` one that should
    be caught. `windows` is how many windows must be read together, and `level_needed` the breach
    level in one window, for a false breach in at most `MOST_ODDS`; None where none does.
    """

    count: int
    level: float
    good: float
    poor: float
    false_breach: float
    missed: float
    interval: tuple[float, float]
    windows: int | None
    level_needed: float | None

    @property
    def sound(self) -> bool:
        """Whether both odds stay within `MOST_ODDS`."""
        return max(self.false_breach, self.missed) <= MOST_ODDS


def wilson(successes: int, count: int, z: float = _Z_95) -> tuple[float, float]:
    """The interval in which the true share lies, 95 % with the default `z` (Wilson 1927)."""
    if not 0 <= successes <= count or count < 1:
        raise ValueError(f"{successes} of {count} is no share.")
    share, weight = successes / count, z * z / count
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * math.sqrt(share * (1 - share) / count + weight / (4 * count))
    return max(0.0, middle - half), min(1.0, middle + half)


def binomial_below(bound: int, count: int, share: float) -> float:
    """P(X < bound) for X ~ Binomial(count, share); the normal curve above `EXACT_UP_TO` events."""
    if bound <= 0 or share >= 1:
        return float(bound > count)
    if bound > count or share <= 0:
        return 1.0
    if count > EXACT_UP_TO:
        spread = math.sqrt(count * share * (1 - share))
        return 0.5 * math.erfc(-(bound - 0.5 - count * share) / spread / math.sqrt(2))
    # log P(X = k+1) - log P(X = k) = log((n-k)/(k+1)) + log(p/(1-p)); no factorial overflows.
    k = np.arange(bound - 1)
    steps = np.log((count - k) / (k + 1)) + math.log(share) - math.log1p(-share)
    logs = count * math.log1p(-share) + np.concatenate(([0.0], np.cumsum(steps)))
    return float(min(1.0, np.exp(logs).sum()))


def breach_odds(level: float, count: int, true: float, direction: Direction = "higher") -> float:
    """How often a window of `count` events reports a breach of `level` at the `true` share."""
    if direction == "lower":
        level, true = 1 - level, 1 - true
    return binomial_below(math.ceil(level * count - 1e-9), count, true)


def sanity(measure: Measure, count: int | None = None) -> Sanity | None:
    """What the measure can tell, None unless it is a proportion with a level and a window.

    `count` stands in for a window that nobody has entered.
    """
    count = measure.window_count or count
    level = breach_level(measure)
    if measure.kind != "proportion" or not count or level is None or not 0 < level < 1:
        return None
    good, poor = true_levels(measure, level)
    false = breach_odds(level, count, good, measure.direction)

    def odds_in(windows: int) -> float:
        return breach_odds(level, windows * count, good, measure.direction)

    return Sanity(
        count=count,
        level=level,
        good=good,
        poor=poor,
        false_breach=false,
        missed=1 - breach_odds(level, count, poor, measure.direction),
        interval=wilson(round(level * count), count),
        windows=1 if false <= MOST_ODDS else _first_within(odds_in, count),
        level_needed=level if false <= MOST_ODDS else _lenient(good, count, measure.direction),
    )


def breach_level(measure: Measure) -> float | None:
    """Where a breach begins: the minimum; else the target less the tolerance; else the target."""
    if measure.minimum is not None or measure.target is None:
        return measure.minimum
    sign = 1 if measure.direction == "lower" else -1
    return measure.target + sign * (measure.tolerance or 0.0)


def true_levels(measure: Measure, level: float) -> tuple[float, float]:
    """A true share that should pass and one that should be caught, equally far from `level`.

    The first is the target where it is better than the breach level, else one point better; never
    more than half the way to 0 or 1.
    """
    better = -1 if measure.direction == "lower" else 1
    gap = better * ((measure.target if measure.target is not None else level) - level)
    gap = min(gap if gap > 1e-9 else POINT, (1 - level) / 2, level / 2)
    return level + better * gap, level - better * gap


def _first_within(odds_in: Callable[[int], float], count: int) -> int | None:
    most = min(_MOST_WINDOWS, _LONGEST_WINDOW // count)
    return next((n for n in range(2, most + 1) if odds_in(n) <= MOST_ODDS), None)


def _lenient(good: float, count: int, direction: Direction) -> float | None:
    """The level nearest to `good` that a window reports wrongly in at most `MOST_ODDS`."""
    share = 1 - good if direction == "lower" else good
    low, high = 0, count
    while low < high:
        middle = (low + high + 1) // 2
        if binomial_below(middle, count, share) <= MOST_ODDS:
            low = middle
        else:
            high = middle - 1
    if low == 0:
        return None
    return 1 - low / count if direction == "lower" else low / count
