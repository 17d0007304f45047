"""How often a case visits each step: the map as an absorbing chain.

    visits = entry (I - Q)^-1,   Q[i, j] = part of the visits of i that are followed by j

(Kemeny and Snell 1960, chapter 3). Behind a parallel split every way counts
1, and where k branches meet each counts 1/k, so expected counts stay right. A way back that a case
may take at most m times makes the chain remember how often it was taken: one layer of the chain for
each count, left by taking it. Each layer's fundamental matrix (I - Q)^-1 is worked out once: every
way into the layer and out of it is then a row or a column. One repeat gives 1 + r visits, without
limit 1 / (1 - r).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush

import numpy as np

from negotiation.arrays import Array
from negotiation.process.maps import Map
from negotiation.process.network import (
    Network,
    reach,
    read_network,
    shares_without,
    unlimited,
    without_rework,
)

MOST_LAYERS = 5_000
_NOTHING = 1e-15
_ENDLESS = 1e12

Counts = tuple[int, ...]


@dataclass(frozen=True)
class Chain:
    """Expected counts for each case, steps and ways in the order of `network`.

    `visits` (steps,) and `first_pass` (steps,): visits of a case, and of one that goes right at
    once. `taken` (ways,): how often a case takes each way. All are nan when `endless` names steps
    whose loop never ends. `remembered` is False when so many limits lie within each other that ways
    back were counted without their limits.
    """

    network: Network
    visits: Array
    first_pass: Array
    taken: Array
    endless: tuple[str, ...]
    remembered: bool
    walk: "Walk | None"

    @property
    def ids(self) -> tuple[str, ...]:
        return self.network.ids

    @property
    def assumed(self) -> tuple[str, ...]:
        """Steps whose ways out were split equally."""
        return self.network.assumed

    @property
    def sums(self) -> Mapping[str, float]:
        """Steps whose probabilities do not add up to 1, with their sum."""
        return self.network.sums or {}

    @cached_property
    def matrix(self) -> Array:
        """(steps, steps): Q, before any limit is reached; no case comes to rows that are empty."""
        return _flow(self.network, shares_without(self.network, ()))

    @cached_property
    def radius(self) -> float:
        """Largest absolute eigenvalue of Q where cases come; below 1 every case ends."""
        places = sorted(self.network.reached)
        if not places:
            return 0.0
        return float(np.abs(np.linalg.eigvals(self.matrix[np.ix_(places, places)])).max())

    def passing(self, chances: Array) -> float:
        """Part of the cases that pass every visit of a first pass, by the chance (steps,) of each.

        The chance p from a step on solves p = chance x (part that ends here + Q p). Where branches
        run side by side it is the product of chances to the power of visits, which is exact when
        every case goes the same way.
        """
        network = without_rework(self.network)
        if network.blocks:
            return float(np.prod(chances**self.first_pass))
        flow = _flow(network, shares_without(network, ()))
        ending = chances * (1 - flow.sum(axis=1))
        onward = np.eye(len(flow)) - chances[:, None] * flow
        return float(network.entry @ np.linalg.solve(onward, ending))

    def spread(self, means: Array, variances: Array) -> float:
        """Standard deviation of the sum of independent times of all visits (steps,), in their unit.

        E[T^2] solves (I - Q) s = (variance + mean^2) + 2 mean (Q t) with t the mean time from each
        step on. It holds where nothing runs in parallel.
        """
        if self.walk is None:
            return float("nan")
        first, second = self.walk.moments(means, variances)
        return float(np.sqrt(max(0.0, second - first**2)))


def chain(around: Map) -> Chain:
    """The chain of a map."""
    return chain_of(read_network(around))


def chain_of(network: Network) -> Chain:
    """The chain of a network."""
    try:
        walk = _walk(network)
        remembered = walk is not None
        walk = walk or _walk(unlimited(network))
        first = _walk(without_rework(network))
    except _Endless as loop:
        names = tuple(network.ids[place] for place in loop.places)
        steps, ways = np.full(len(network.ids), np.nan), np.full(len(network.ways), np.nan)
        return Chain(network, steps, steps, ways, names, True, None)
    return Chain(network, walk.visits, first.visits, walk.taken, (), remembered, walk)


# --- layers: one for each set of ways that may not be taken again ---


class _Layer:
    """Q while the ways in some set are spent, and what follows from it.

    `shares` (ways,) are fractions of the visits of a way's source; `leaving` are the ways that lead
    into another layer, and are not in Q.
    """

    def __init__(self, network: Network, spent: frozenset[int], leaving: tuple[int, ...]):
        self.network, self.leaving = network, leaving
        self.shares = shares_without(network, spent)
        self._visits = _fundamental(network, _flow(network, self.shares, leaving))

    def onward(self, each: Array) -> Array:
        """(steps,): the sum of `each` (steps,) over all visits in this layer from a step on."""
        return self._visits @ each

    def visits(self, way: int | None) -> Array:
        """(steps,): visits in this layer of one case that enters through `way`."""
        if way is None:
            return self.network.entry @ self._visits
        return self._visits[self.network.ways[way].target]

    def exit(self, way: int) -> Array:
        """(steps,): how often a case leaves this layer through `way` from a step on."""
        row = self.network.ways[way]
        return self._visits[:, row.source] * (self.shares[way] * row.weight)

    def start(self, way: int | None) -> Array:
        """(steps,): where a case stands that enters through `way`, None from outside."""
        if way is None:
            return self.network.entry
        start = np.zeros(len(self.network.ids))
        start[self.network.ways[way].target] = 1.0
        return start


class _Endless(Exception):
    """Cases that come to `places` never leave them."""

    def __init__(self, places: list[int]):
        self.places = places


def _flow(network: Network, shares: Array, leaving: tuple[int, ...] = ()) -> Array:
    staying = shares * [way.weight * (way.source in network.reached) for way in network.ways]
    staying[list(leaving)] = 0.0
    flow = np.zeros((len(network.ids), len(network.ids)))
    np.add.at(flow, (network.sources, network.targets), staying)
    return flow


def _fundamental(network: Network, flow: Array) -> Array:
    """(steps, steps): visits of a column's step by a case that stands at a row's.

    Raises `_Endless` for a Q whose loops never end.
    """
    visits = _inverse(flow)
    if visits is None:
        raise _Endless(_stuck(network, flow))
    return visits


def _inverse(flow: Array) -> Array | None:
    """(I - Q)^-1, None when a loop never ends.

    A Q without negative entries has all eigenvalues below 1 exactly when some t > 0 has Q t < t
    (Collatz and Wielandt); the expected number of steps to the end is one.
    """
    try:
        visits = np.linalg.inv(np.eye(len(flow)) - flow)
    except np.linalg.LinAlgError:
        return None
    steps = visits.sum(axis=1)
    return visits if np.all((steps > 0) & (steps < _ENDLESS)) else None


def _stuck(network: Network, flow: Array) -> list[int]:
    """The places that cases come to and never leave."""
    places = sorted(network.reached)
    inner = flow[np.ix_(places, places)]
    after = [np.flatnonzero(row).tolist() for row in inner]
    onward = [reach(after, {i}) for i in range(len(places))]
    loops = [[k for k in onward[i] if i in onward[k]] for i in range(len(places))]
    stuck = [i for i, loop in enumerate(loops) if _inverse(inner[np.ix_(loop, loop)]) is None]
    return [places[i] for i in stuck] or places


# --- walking through the layers ---


@dataclass(frozen=True)
class _Stop:
    """A place where cases enter a layer: through a limited way, or (`way` None) from outside.

    `onward` are the ways out of the layer with the number of the stop they lead to.
    """

    way: int | None
    layer: _Layer
    onward: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Walk:
    """All layers that cases come through, in an order in which every one follows those before."""

    network: Network
    stops: tuple[_Stop, ...]
    visits: Array
    taken: Array

    def moments(self, means: Array, variances: Array) -> tuple[float, float]:
        """E[T] and E[T^2] of the sum T of independent times with these means and variances."""
        firsts, seconds = np.zeros(len(self.stops)), np.zeros(len(self.stops))
        alone = {layer: layer.onward(means) for layer in {stop.layer for stop in self.stops}}
        for number in range(len(self.stops) - 1, -1, -1):
            layer, way = self.stops[number].layer, self.stops[number].way
            start, first, later = layer.start(way), alone[layer].copy(), 0.0
            for leaving, target in self.stops[number].onward:
                first += layer.exit(leaving) * firsts[target]
                later += start @ layer.exit(leaving) * seconds[target]
            own = variances + means**2 + 2 * means * (first - means)
            firsts[number] = start @ first
            seconds[number] = layer.visits(way) @ own + later
        return float(firsts[0]), float(seconds[0])


def _walk(network: Network) -> Walk | None:
    """Visits by going through the layers, the most that lies ahead first; None: too many of them.

    What a case took of ways it cannot come to any more is forgotten, so loops one after another
    add layers; only loops within each other multiply them.
    """
    return _Walker(network).walk()


class _Walker:
    """The layers still to be visited: a heap in the order in which cases can come to them."""

    def __init__(self, network: Network):
        self.network = network
        self.limited = tuple(n for n, w in enumerate(network.ways) if w.limit is not None)
        self.layers: dict[frozenset[int], _Layer] = {}
        self.heap: list[tuple[int, int, int | None, Counts]] = []
        self.mass: dict[tuple[int | None, Counts], float] = {}
        self.ahead = {n: reach(network.after, {network.ways[n].target}) for n in self.limited}
        self._come(None, (0,) * len(self.limited), 1.0)

    def walk(self) -> Walk | None:
        visits, taken = np.zeros(len(self.network.ids)), np.zeros(len(self.network.ways))
        seen: list[tuple[int | None, Counts, _Layer, list]] = []
        while self.heap:
            if len(seen) > MOST_LAYERS:
                return None
            *_, way, counts = heappop(self.heap)
            way = None if way == -1 else way
            layer = self._layer(counts)
            row = self.mass[way, counts] * layer.visits(way)
            visits += row
            used = row[self.network.sources] * layer.shares
            taken += used
            onward = [(n, self._come(n, self._after(n, counts), used[n])) for n in layer.leaving]
            seen.append((way, counts, layer, onward))
        number = {(way, counts): i for i, (way, counts, *_) in enumerate(seen)}
        stops = tuple(
            _Stop(way, layer, tuple((n, number[n, to]) for n, to in onward if (n, to) in number))
            for way, _, layer, onward in seen
        )
        return Walk(self.network, stops, visits, taken)

    def _layer(self, counts: Counts) -> _Layer:
        spent = frozenset(
            n for n, c in zip(self.limited, counts, strict=True)
            if c >= self.network.ways[n].limit
        )  # fmt: skip
        if spent not in self.layers:
            leaving = tuple(n for n in self.limited if n not in spent)
            self.layers[spent] = _Layer(self.network, spent, leaving)
        return self.layers[spent]

    def _after(self, way: int, counts: Counts) -> Counts:
        """The counts when this way was taken once more, without what lies behind for good."""
        return tuple(
            (c + (n == way)) if self.network.ways[n].source in self.ahead[way] else 0
            for n, c in zip(self.limited, counts, strict=True)
        )

    def _come(self, way: int | None, counts: Counts, cases: float) -> Counts:
        """`cases` come through `way` with these counts; a trace of a case is none."""
        amount = cases * (self.network.ways[way].weight if way is not None else 1.0)
        if amount > _NOTHING:
            key = (way, counts)
            if key not in self.mass:
                size = len(self.ahead[way]) if way is not None else len(self.network.ids) + 1
                heappush(self.heap, (-size, sum(counts), -1 if way is None else way, counts))
            self.mass[key] = self.mass.get(key, 0.0) + amount
        return counts
