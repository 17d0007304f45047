"""How many people a queue needs, and how long work waits for them.

    load (erlang) = arrivals per minute x handling minutes

Erlang B: whoever finds everybody busy goes away. Erlang C: everybody waits, for ever. Erlang A:
people wait, and lose patience. A supplier who is staffed by C where callers hang up is overstaffed:
that is money on the table. All three take arrivals at random and handling times like exponential
ones; times are minutes throughout.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, expm1, inf, isinf, log

import numpy as np

from negotiation.arrays import Array

MOST_AGENTS = 100_000
_TAIL = 1e-14
_MOST_WAITING = 4_000_000


class EndlessQueue(ValueError):
    """Callers are so patient, and so many, that millions of them would wait."""


@dataclass(frozen=True)
class Waiting:
    """What people meet who come to a queue.

    `load` is in erlang. `chance` to have to wait, `service_level` (answered within the promised
    time, of everybody who came), `occupancy` (handling time over available time) and `abandoned`
    are fractions. `answer_min` is the mean wait in minutes over everybody who came, those who
    answered at once and those who left included; infinite when the queue never comes to rest.
    """

    agents: int
    load: float
    chance: float
    service_level: float
    answer_min: float
    occupancy: float
    abandoned: float


@dataclass(frozen=True)
class Staffing:
    """The fewest people who keep a promise: `agents` at work, `paid` counts the time away too."""

    agents: int
    paid: float
    waiting: Waiting


@dataclass(frozen=True)
class Pert:
    """An uncertain value typed as three: its mean and standard deviation, in the unit typed."""

    mean: float
    sd: float

    @property
    def cv(self) -> float:
        """Coefficient of variation, as a step holds it."""
        return self.sd / self.mean if self.mean else 0.0


def erlang_b(agents: int, load: float) -> float:
    """Chance that all `agents` are busy when nobody may wait (Erlang 1917).

    The recursion B(k) = aB / (k + aB) from B(0) = 1 is stable for any number of agents.
    """
    _check(agents, load)
    blocked = 1.0
    for k in range(1, agents + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def erlang_c(agents: int, load: float) -> float:
    """Chance to have to wait when nobody ever leaves; 1 when the load is not below the agents."""
    _check(agents, load)
    if load >= agents:
        return 1.0
    return _c_of_b(agents, load, erlang_b(agents, load))


def erlang_a(
    agents: int,
    arrivals_per_min: float,
    handling_min: float,
    patience_min: float,
    within_min: float = 0.0,
) -> Waiting:
    """The queue whose callers leave after an exponential time of `patience_min` on average.

    A birth-death chain with rates min(k, n) / handling + max(k - n, 0) / patience (Palm 1957;
    Garnett, Mandelbaum and Reiman 2002), cut off where what is left weighs less than 1e-14.
    Raises `EndlessQueue` when patience is so long, at such a load, that the queue has no end.
    """
    load = arrivals_per_min * handling_min
    _check(agents, load)
    if handling_min <= 0 or patience_min <= 0:
        raise ValueError("Handling time and patience are above 0 minutes.")
    if load == 0:
        return Waiting(agents, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)
    weights, below = _queue_weights(agents, arrivals_per_min, handling_min, patience_min)
    total = below + weights.sum()
    share = weights / total
    queue = float(np.arange(share.size) @ share)
    left = queue / patience_min / arrivals_per_min
    ratio, limit = agents * patience_min / handling_min, within_min / patience_min
    level = below / total + _answered_within(share, ratio, limit)
    busy = load * (1 - left) / agents if agents else 0.0
    wait = queue / arrivals_per_min
    return Waiting(agents, load, float(share.sum()), level, wait, busy, left)


def waiting(
    agents: int,
    arrivals_per_min: float,
    handling_min: float,
    within_min: float = 0.0,
    patience_min: float | None = None,
) -> Waiting:
    """What people meet at a queue of `agents`: by Erlang C, or by A where patience is given."""
    if patience_min is not None and not isinf(patience_min):
        return erlang_a(agents, arrivals_per_min, handling_min, patience_min, within_min)
    load = arrivals_per_min * handling_min
    _check(agents, load)
    if load == 0:
        return Waiting(agents, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)
    chance = erlang_c(agents, load)
    spare = agents - load
    if spare <= 0:
        return Waiting(agents, load, 1.0, 0.0, inf, 1.0, 0.0)
    level = 1 - chance * exp(-spare * within_min / handling_min)
    return Waiting(agents, load, chance, level, chance * handling_min / spare, load / agents, 0.0)


def agents_needed(
    arrivals_per_min: float,
    handling_min: float,
    service_level: float,
    within_min: float,
    *,
    occupancy: float = 1.0,
    shrinkage: float = 0.0,
    patience_min: float | None = None,
) -> Staffing:
    """The fewest agents who answer `service_level` of all within `within_min` minutes.

    Nobody is needed where nobody comes, or nobody has to be answered.
    They are also busy at most `occupancy` of their time; `paid` divides by (1 - shrinkage). More
    agents never make it worse, so the search halves. Raises `ValueError` when a figure is out of
    range or more than 100,000 agents would be needed.
    """
    if not 0 <= service_level < 1 or not 0 < occupancy <= 1 or not 0 <= shrinkage < 1:
        raise ValueError(
            "Service level and shrinkage are from 0 to below 1, occupancy is above 0 and at most 1."
        )

    def meet(agents: int) -> Waiting:
        return waiting(agents, arrivals_per_min, handling_min, within_min, patience_min)

    def enough(agents: int) -> bool:
        try:
            found = meet(agents)
        except EndlessQueue:
            return False
        return found.service_level >= service_level and found.occupancy <= occupancy

    load = arrivals_per_min * handling_min
    if not (load and service_level) and enough(0):
        return Staffing(0, 0.0, meet(0))
    few, many = 0, max(1, int(min(load, MOST_AGENTS)))
    while not enough(many):
        if many == MOST_AGENTS:
            raise ValueError(f"This takes more than {MOST_AGENTS:,} agents.")
        few, many = many, min(2 * many, MOST_AGENTS)
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if enough(middle) else (middle, many)
    return Staffing(many, many / (1 - shrinkage), meet(many))


def allen_cunneen(
    agents: int, load: float, handling_min: float, arrival_cv: float = 1.0, handling_cv: float = 1.0
) -> float:
    """Mean wait in minutes when only team and load are known (Allen 1990, after Cunneen).

    C(a, n) h / (n - a) (ca^2 + cs^2) / 2: exact for one agent with random arrivals (Pollaczek and
    Khinchine), an approximation else; infinite when the load is not below the agents.
    """
    _check(agents, load)
    if load >= agents:
        return inf
    spread = (arrival_cv**2 + handling_cv**2) / 2
    return erlang_c(agents, load) * handling_min / (agents - load) * spread


def pert(low: float, mode: float, high: float) -> Pert:
    """Mean (o + 4m + p) / 6 and standard deviation (p - o) / 6 of a three-point estimate.

    Malcolm, Roseboom, Clark and Fazar 1959. Raises `ValueError` unless low <= mode <= high.
    """
    _check_points(low, mode, high)
    return Pert((low + 4 * mode + high) / 6, (high - low) / 6)


def pert_draws(low: float, mode: float, high: float, draws: int, rng: np.random.Generator) -> Array:
    """Draws of a Beta-PERT distribution: the same mean as `pert`, never outside low to high.

    Its variance is (mean - o)(p - mean) / 7: somewhat wider than `pert` says when the mode lies in
    the middle, narrower when it lies at an end.
    """
    _check_points(low, mode, high)
    width = high - low
    if width == 0:
        return np.full(draws, float(low))
    left = 1 + 4 * (mode - low) / width
    return low + width * rng.beta(left, 6 - left, draws)


def _check(agents: int, load: float) -> None:
    if not 0 <= agents <= MOST_AGENTS:
        raise ValueError(f"Agents are from 0 to {MOST_AGENTS:,}, not {agents:,}.")
    if not 0 <= load < inf:
        raise ValueError("Arrivals and handling time are finite and not below 0.")


def _check_points(low: float, mode: float, high: float) -> None:
    if not low <= mode <= high:
        raise ValueError("The three values rise: low, most likely, high.")


def _c_of_b(agents: int, load: float, blocked: float) -> float:
    return agents * blocked / (agents - load * (1 - blocked))


def _queue_weights(
    agents: int, arrivals: float, handling: float, patience: float
) -> tuple[Array, float]:
    """Weights of 0, 1, 2 ... waiting while everybody is busy, and of all states with someone free.

    Erlang's B gives the states below without a sum that overflows. The weights are scaled so that
    their largest is 1.
    """
    logs = np.concatenate([np.zeros(1), *_log_weights(agents, arrivals, handling, patience)])
    top = float(logs.max())
    blocked = erlang_b(agents, arrivals * handling)
    scale = exp(-top) if top < 700 else 0.0
    below = (1 / blocked - 1) * scale if blocked > 1e-300 else inf
    if isinf(below):
        return np.zeros(1), 1.0
    return np.exp(logs - top), below


def _log_weights(agents: int, arrivals: float, handling: float, patience: float) -> Iterator[Array]:
    """Logarithms of the weights of 1, 2 ... waiting, in blocks, until the rest weighs nothing."""
    first, size, last, top = 1, 256, 0.0, 0.0
    while True:
        leaving = agents / handling + np.arange(first, first + size) / patience
        steps = log(arrivals) - np.log(leaving)
        block = last + np.cumsum(steps)
        yield block
        last, top, ratio = float(block[-1]), max(top, float(block.max())), exp(float(steps[-1]))
        if ratio < 1 and last + log(ratio / (1 - ratio)) < top + log(_TAIL):
            return
        first, size = first + size, min(2 * size, 1 << 20)
        if first > _MOST_WAITING:
            raise EndlessQueue(
                "With so much patience at this load the queue grows without end: there are not "
                "enough agents."
            )


def _answered_within(share: Array, ratio: float, limit: float) -> float:
    """Part of all callers who wait, and are answered within `limit` (in units of patience).

    Who finds j others waiting is served after a sum of exponential times with the rates c, c + 1
    to c + j (`ratio` is c): it lasts as long as -log of a Beta(c, j + 1) variable. So the part
    answered in time is c / (c + j + 1) times a tail of Beta(c + 1, j + 1), which is a sum of
    negative binomial terms.
    """
    if limit <= 0 or ratio == 0:
        return 0.0
    places = np.arange(share.size)
    steps = log(-expm1(-limit)) + np.log(ratio + places[1:]) - np.log(places[1:])
    logs = -(ratio + 1) * limit + np.concatenate([np.zeros(1), np.cumsum(steps)])
    too_late = np.minimum(np.cumsum(np.exp(logs)), 1.0)
    return float(np.sum(share * ratio / (ratio + places + 1) * (1 - too_late)))
