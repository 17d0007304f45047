"""How long cases take: thousands of them sent through the map, each by itself.

The mean lead time tells what work there is, not what to promise: a service level needs the time
that four in five or nineteen in twenty cases keep. Each case is a token that splits behind a
parallel step and waits at a join for all its branches. Handling and wait of every visit are drawn
from gamma distributions with the step's mean and coefficient of variation (0: always the same,
1: exponential), independent of each other.

What it leaves out: cases do not queue behind each other. A wait is what the step says it is,
however many people there are; `negotiation.process.queues` says how long it would be with few.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from negotiation.arrays import Array
from negotiation.process.findings import name, names
from negotiation.process.graph import chain_of
from negotiation.process.maps import Map
from negotiation.process.network import Network, read_network, shares_without

Ints = NDArray[np.int_]

CASES = 10_000
BLOCK = 5_000
MOST_CASES = 1_000_000
QUANTILES = (50, 80, 95)
_MOST_VISITS = 10_000


@dataclass(frozen=True)
class LeadTimes:
    """The simulated cases. `minutes` (cases,) are their lead times in working minutes.

    `visits` (steps,) is how often a case came to each step on average. `target_minutes` is what
    the customer is promised, None when nothing is. It is a model, not a forecast.
    """

    cases: int
    seed: int
    minutes: Array
    visits: Array
    target_minutes: float | None

    @property
    def mean(self) -> float:
        """Mean lead time in minutes."""
        return float(self.minutes.mean())

    @property
    def sd(self) -> float:
        """Standard deviation in minutes."""
        return float(self.minutes.std(ddof=1)) if self.cases > 1 else 0.0

    @property
    def standard_error(self) -> float:
        """How far the mean may be off by chance: its standard deviation over such simulations."""
        return self.sd / self.cases**0.5

    @property
    def within(self) -> float | None:
        """Share of the cases that keep the promise; None when nothing is promised."""
        if self.target_minutes is None:
            return None
        return float((self.minutes <= self.target_minutes).mean())

    def quantile(self, percent: float) -> float:
        """The minutes that this many per cent of the cases keep."""
        return float(np.percentile(self.minutes, percent))

    def interval(self, percent: float) -> tuple[float, float]:
        """Minutes between which that percentile lies in 95 of 100 such simulations.

        The ranks of ordered cases: how many lie below a percentile is binomial.
        """
        share, ordered = percent / 100, np.sort(self.minutes)
        wide = 1.96 * (self.cases * share * (1 - share)) ** 0.5
        ranks = np.array([self.cases * share - wide, self.cases * share + wide])
        low, high = ordered[np.clip(ranks.round().astype(int), 0, self.cases - 1)]
        return float(low), float(high)

    def quantiles(self) -> dict[str, float]:
        """P50, P80 and P95 in minutes."""
        return {f"p{q}": self.quantile(q) for q in QUANTILES}


@dataclass(frozen=True)
class Progress:
    """How far a simulation is; `result` is there when it is done."""

    done: int
    cases: int
    result: LeadTimes | None = None


def simulate(around: Map, cases: int = CASES, seed: int = 1) -> LeadTimes:
    """The whole simulation at once; the arguments are those of `simulating`."""
    *_, last = simulating(around, cases, seed)
    return last.result


def simulating(around: Map, cases: int = CASES, seed: int = 1) -> Iterator[Progress]:
    """The simulation block by block; stop asking to cancel it. A seed gives the same everywhere.

    Raises `ValueError` with a sentence when there is nothing to simulate, a loop never ends, or
    cases go round more than ten thousand times.
    """
    if not 1 <= cases <= MOST_CASES:
        raise ValueError(f"Cases to simulate are from 1 to {MOST_CASES:,}.")
    if seed < 0:
        raise ValueError(f"A seed is a whole number from 0; {seed} is not.")
    network = read_network(around)
    _check(around, network)
    rng = np.random.default_rng(seed)
    crowd = _Crowd(around, network, rng)
    parts: list[Array] = []
    for done in range(0, cases, BLOCK):
        parts.append(crowd.run(min(BLOCK, cases - done)))
        if done + BLOCK < cases:
            yield Progress(done + BLOCK, cases)
    hours = around.process.lead_target_hours
    target = None if hours is None else 60 * hours
    visits = crowd.visits / cases
    yield Progress(cases, cases, LeadTimes(cases, seed, np.concatenate(parts), visits, target))


def _check(around: Map, network: Network) -> None:
    if not around.steps:
        raise ValueError("There is nothing to simulate: nothing is drawn yet.")
    found = chain_of(network)
    if found.endless:
        loop = names(name(around, step) for step in found.endless)
        raise ValueError(f"This loop never ends: {loop}. A case would go round for ever.")
    if found.visits.max() > _MOST_VISITS:
        place = int(found.visits.argmax())
        raise ValueError(
            f"A case comes to {name(around, found.ids[place])} {found.visits[place]:,.0f} times; "
            f"at most {_MOST_VISITS:,} can be simulated."
        )


@dataclass
class _Tokens:
    """Tokens on the move: each belongs to a case, stands at a place, and has used up minutes."""

    case: Ints
    place: Ints
    minutes: Array

    def take(self, which: NDArray) -> "_Tokens":
        return _Tokens(self.case[which], self.place[which], self.minutes[which])

    def join(self, other: "_Tokens") -> "_Tokens":
        return _Tokens(
            np.concatenate([self.case, other.case]),
            np.concatenate([self.place, other.place]),
            np.concatenate([self.minutes, other.minutes]),
        )


class _Times:
    """Minutes of a visit, drawn: gamma with shape 1 / cv^2 and scale mean x cv^2."""

    def __init__(self, means: list[float | None], cvs: list[float]):
        self.mean, cv = np.array([m or 0.0 for m in means]), np.array(cvs)
        self.varies = (cv > 1e-6) & (self.mean > 0)
        self.shape = 1 / np.where(self.varies, cv, 1.0) ** 2

    def draw(self, place: Ints, rng: np.random.Generator) -> Array:
        minutes = self.mean[place]
        varying = np.flatnonzero(self.varies[place])
        shape = self.shape[place[varying]]
        minutes[varying] *= rng.standard_gamma(shape) / shape
        return minutes


class _Joins:
    """What has arrived where branches meet: (cases, joins) weights, and the latest minutes."""

    def __init__(self, network: Network, cases: int):
        self.weights = np.array([way.weight for way in network.ways])
        self.places = np.unique(network.targets[self.weights < 1])
        self.arrived = np.zeros((cases, self.places.size))
        self.latest = np.zeros((cases, self.places.size))

    def pass_on(self, tokens: _Tokens, ways: Ints) -> _Tokens:
        """The tokens that need not wait, and one for every join whose branches are complete."""
        waits = self.weights[ways] < 1
        if not waits.any():
            return tokens
        here = (tokens.case[waits], np.searchsorted(self.places, tokens.place[waits]))
        np.add.at(self.arrived, here, self.weights[ways[waits]])
        np.maximum.at(self.latest, here, tokens.minutes[waits])
        return tokens.take(~waits).join(self.meet(1 - 1e-9))

    def meet(self, enough: float = 0.0) -> _Tokens:
        """Tokens of joins where this much arrived; 0 when nobody else will ever come."""
        case, column = np.nonzero((self.arrived >= enough) & (self.arrived > 0))
        minutes = self.latest[case, column]
        self.arrived[case, column] = self.latest[case, column] = 0.0
        return _Tokens(case, self.places[column], minutes)


class _Crowd:
    """Cases on their way: all tokens make one visit and one move at a time, until none is left."""

    def __init__(self, around: Map, network: Network, rng: np.random.Generator):
        steps = around.steps
        self.network, self.rng = network, rng
        self.handling = _Times([s.handling_min for s in steps], [s.handling_cv for s in steps])
        self.wait = _Times([s.wait_min for s in steps], [s.wait_cv for s in steps])
        self.visits = np.zeros(len(steps))
        self.limited = np.array([n for n, w in enumerate(network.ways) if w.limit is not None], int)
        self.limits = np.array([network.ways[n].limit for n in self.limited], int)
        self.moves: dict[bytes, _Moves] = {}

    def run(self, cases: int) -> Array:
        """Lead times (cases,) in minutes: when the last token of each case is through."""
        lead, joins = np.zeros(cases), _Joins(self.network, cases)
        taken = np.zeros((cases, self.limited.size), int)
        start = self.rng.choice(len(self.visits), cases, p=self.network.entry)
        tokens = _Tokens(np.arange(cases), start, np.zeros(cases))
        while tokens.case.size:
            tokens = self._visit(tokens)
            which, ways = self._choose(tokens, taken)
            done = np.ones(tokens.case.size, bool)
            done[which] = False
            np.maximum.at(lead, tokens.case[done], tokens.minutes[done])
            targets = self.network.targets[ways]
            moved = _Tokens(tokens.case[which], targets, tokens.minutes[which])
            for column, way in enumerate(self.limited):
                np.add.at(taken, (moved.case[ways == way], column), 1)
            tokens = joins.pass_on(moved, ways)
            if not tokens.case.size:
                tokens = joins.meet()
        return lead

    def _visit(self, tokens: _Tokens) -> _Tokens:
        place = tokens.place
        self.visits += np.bincount(place, minlength=self.visits.size)
        minutes = self.wait.draw(place, self.rng) + self.handling.draw(place, self.rng)
        return _Tokens(tokens.case, place, tokens.minutes + minutes)

    def _choose(self, tokens: _Tokens, taken: Ints) -> tuple[Ints, Ints]:
        """Which tokens move on (by number, several times behind a split) and by which way."""
        chance = self.rng.random(tokens.case.size)
        if not self.limited.size:
            return self._moves(np.zeros(0, bool)).choose(tokens.place, chance)
        spent = taken[tokens.case] >= self.limits
        which, ways = [], []
        kinds, kind = np.unique(spent, axis=0, return_inverse=True)
        for number, pattern in enumerate(kinds):
            mine = np.flatnonzero(kind.ravel() == number)
            chosen, by = self._moves(pattern).choose(tokens.place[mine], chance[mine])
            which.append(mine[chosen])
            ways.append(by)
        return np.concatenate(which), np.concatenate(ways)

    def _moves(self, spent: NDArray[np.bool_]) -> "_Moves":
        key = spent.tobytes()
        if key not in self.moves:
            shares = shares_without(self.network, self.limited[spent] if spent.size else ())
            self.moves[key] = _Moves(self.network, shares)
        return self.moves[key]


class _Moves:
    """The ways open to a token at each place, while certain ways are spent."""

    def __init__(self, network: Network, shares: Array):
        count, most = len(network.ids), max((len(out) for out in network.out), default=0)
        self.split = np.array(network.parallel, bool)
        self.way = np.zeros((count, most), int)
        self.open = np.zeros((count, most), bool)
        self.upto = np.ones((count, most))
        for place, out in enumerate(network.out):
            numbers = np.array([n for n in out if shares[n] > 0], int)
            self.way[place, : len(numbers)] = numbers
            self.open[place, : len(numbers)] = True
            # The last way takes what rounding leaves.
            self.upto[place, : len(numbers[:-1])] = np.cumsum(shares[numbers[:-1]])

    def choose(self, place: Ints, chance: Array) -> tuple[Ints, Ints]:
        """The tokens that go on and their ways; a token at a split appears once for each."""
        split = np.flatnonzero(self.split[place])
        row, column = np.nonzero(self.open[place[split]])
        one = np.flatnonzero(~self.split[place] & self.open[place].any(axis=1))
        nth = (chance[one, None] >= self.upto[place[one]]).sum(axis=1)
        which = np.concatenate([one, split[row]])
        ways = np.concatenate([self.way[place[one], nth], self.way[place[split[row]], column]])
        return which, ways
