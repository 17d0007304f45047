"""The map as ways between steps: what a case can do next, how often, and what meets again.

What is missing on a map that still grows is filled in the same way everywhere, and named so that a
warning can say it: ways out without a probability share equally what is left, probabilities that do
not add up to 1 count as parts of their sum, and where no step is a start, steps that nothing leads
to stand in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from negotiation.arrays import Array
from negotiation.process.maps import Map
from negotiation.process.rows import Flow


@dataclass(frozen=True)
class Way:
    """A flow as it is counted, between steps by their place in the table.

    `share` is the fraction of the visits of its source that take it: 1 behind a parallel split.
    `weight` is the fraction of a visit of its target that one arrival makes: 1/k where k branches
    meet. `limit` is how often a case may take it, None as often as the share says.
    """

    flow: str
    source: int
    target: int
    share: float
    rework: bool = False
    limit: int | None = None
    weight: float = 1.0


@dataclass(frozen=True)
class Block:
    """What a parallel split opens: its branches, and the join where they meet (None: they do not).

    `branches` holds the steps of each branch. `sound` says whether the branches have no step in
    common and nothing leads out of them or in from elsewhere.
    """

    split: int
    join: int | None
    branches: tuple[frozenset[int], ...]
    sound: bool


@dataclass(frozen=True)
class Network:
    """Steps by place, the ways between them, and how cases come in.

    `entry` (steps,) is the share of cases that begin at each step. `assumed` names steps whose ways
    out were split equally; `sums` those whose probabilities do not add up to 1, with their sum.
    """

    ids: tuple[str, ...]
    parallel: tuple[bool, ...]
    entry: Array
    ways: tuple[Way, ...]
    assumed: tuple[str, ...] = ()
    sums: Mapping[str, float] | None = None

    @cached_property
    def after(self) -> tuple[tuple[int, ...], ...]:
        """Places that follow each step."""
        found: list[list[int]] = [[] for _ in self.ids]
        for way in self.ways:
            found[way.source].append(way.target)
        return tuple(map(tuple, found))

    @cached_property
    def out(self) -> tuple[tuple[int, ...], ...]:
        """Numbers of the ways out of each step."""
        found: list[list[int]] = [[] for _ in self.ids]
        for number, way in enumerate(self.ways):
            found[way.source].append(number)
        return tuple(map(tuple, found))

    @cached_property
    def sources(self) -> NDArray[np.int_]:
        """(ways,): where each way comes from."""
        return np.array([way.source for way in self.ways], int)

    @cached_property
    def targets(self) -> NDArray[np.int_]:
        """(ways,): where each way leads."""
        return np.array([way.target for way in self.ways], int)

    @cached_property
    def starts(self) -> frozenset[int]:
        """Where cases come in."""
        return frozenset(int(place) for place in np.flatnonzero(self.entry))

    @cached_property
    def reached(self) -> frozenset[int]:
        """Steps that a case can come to."""
        return reach(self.after, self.starts)

    @cached_property
    def last(self) -> frozenset[int]:
        """Steps that nothing follows: there a case ends."""
        return frozenset(place for place, ways in enumerate(self.out) if not ways)

    @cached_property
    def ending(self) -> frozenset[int]:
        """Steps from which a case can come to an end."""
        before: list[list[int]] = [[] for _ in self.ids]
        for way in self.ways:
            before[way.target].append(way.source)
        return reach(before, self.last)

    @cached_property
    def behind(self) -> Mapping[int, frozenset[int]]:
        """For each parallel split: the steps that no case reaches but through it."""
        splits = [i for i, out in enumerate(self.out) if self.parallel[i] and len(out) > 1]
        return {s: self.reached - reach(self.after, self.starts - {s}, {s}) - {s} for s in splits}

    @cached_property
    def joins(self) -> Mapping[int, int | None]:
        """For each step where ways meet and wait: the nearest split they come from, or None."""
        arrivals = np.zeros(len(self.ids), int)
        for way in self.ways:
            arrivals[way.target] += not way.rework
        found: dict[int, int | None] = {}
        for place in np.flatnonzero(np.array(self.parallel, bool) & (arrivals > 1)):
            splits = [s for s, steps in self.behind.items() if place in steps]
            found[int(place)] = max(splits, key=self._depth, default=None)
        return found

    def _depth(self, split: int) -> int:
        return sum(split in steps for steps in self.behind.values())

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every split with its branches, inner ones before those around them."""
        splits = sorted(self.behind, key=self._depth, reverse=True)
        return tuple(self._block(split) for split in splits if split in self.reached)

    def _block(self, split: int) -> Block:
        joins = [place for place, source in self.joins.items() if source == split]
        stop = {split, *joins}
        branches = tuple(
            reach(self.after, {self.ways[number].target} - stop, stop) for number in self.out[split]
        )
        inside = frozenset().union(*branches)
        ends = self.last & inside
        apart = sum(len(branch - ends) for branch in branches) == len(inside - ends)
        closed = inside - ends <= self.behind[split]
        meeting = len(joins) == 1 and not ends if joins else True
        sound = apart and closed and meeting
        return Block(split, joins[0] if joins else None, branches, sound)

    @property
    def blurred(self) -> tuple[str, ...]:
        """Limited flows within branches that can be gone through again.

        Where branches meet, the chain mixes what each of them remembers, so how often such a flow
        was taken is known on average only.
        """
        again = [b for b in self.blocks if b.split in reach(self.after, self.after[b.split])]
        inside = frozenset().union(*(steps for block in again for steps in block.branches))
        return tuple(w.flow for w in self.ways if w.limit and w.source in inside)


def read_network(around: Map) -> Network:
    """The network of a map. Flows that lead nowhere and steps after an end are left out."""
    place = {step.id: number for number, step in enumerate(around.steps)}
    ways: list[Way] = []
    assumed: list[str] = []
    sums: dict[str, float] = {}
    for step in around.steps:
        flows = _once(around.outgoing(step.id), step.kind == "parallel")
        if step.kind == "end" or not flows:
            continue
        shares = [1.0] * len(flows)
        if step.kind != "parallel":
            shares, total, filled = _shares(flows)
            if filled:
                assumed.append(step.id)
            if total and abs(total - 1) > 1e-9:
                sums[step.id] = total
        ways += [
            Way(f.id, place[f.source], place[f.target], share, f.rework,
                f.max_repeats if f.rework else None)
            for f, share in zip(flows, shares, strict=True)
            if share
        ]  # fmt: skip
    parallel = tuple(step.kind == "parallel" for step in around.steps)
    entry = _entry(around, ways)
    plain = Network(tuple(place), parallel, entry, tuple(ways), tuple(assumed), sums)
    return weighed(plain)


def weighed(network: Network) -> Network:
    """The network with the weights of arrivals at its joins."""
    weights = {n: w for join, split in network.joins.items()
               for n, w in _weights(network, join, split).items()}  # fmt: skip
    ways = (replace(w, weight=weights.get(n, 1.0)) for n, w in enumerate(network.ways))
    return replace(network, ways=tuple(ways))


def without_rework(network: Network) -> Network:
    """The network of cases that go right at once.

    It is not enough to drop the ways back: a step that then leads nowhere would swallow cases. So
    every way into a step that no longer reaches an end goes too, and the rest share in proportion.
    """
    shares = shares_without(network, {n for n, w in enumerate(network.ways) if w.rework})
    ways = (replace(w, share=s) for w, s in zip(network.ways, shares, strict=True) if s)
    return weighed(replace(network, ways=tuple(ways)))


def shares_without(network: Network, gone: Iterable[int]) -> Array:
    """(ways,): the share of each way when those numbered in `gone` may not be taken.

    Ways into steps that reach an end only through them are not taken either; what is left at a
    decision shares in proportion. A step where nothing is left is the last.
    """
    shares = np.array([w.share for w in network.ways])
    shares[list(gone)] = 0.0
    before: list[list[int]] = [[] for _ in network.ids]
    for way, share in zip(network.ways, shares, strict=True):
        if share:
            before[way.target].append(way.source)
    lost = network.ending - reach(before, network.last)
    shares[[way.target in lost for way in network.ways]] = 0.0
    total = np.zeros(len(network.ids))
    np.add.at(total, network.sources, shares)
    divide = np.where(np.array(network.parallel, bool) | (total == 0), 1.0, total)
    return shares / divide[network.sources]


def unlimited(network: Network) -> Network:
    """The network whose ways back are taken as often as their share says."""
    ways = (replace(w, limit=None) if w.limit else w for w in network.ways)
    return replace(network, ways=tuple(ways))


def reach(
    after: Iterable[Iterable[int]], starts: Iterable[int], avoid: Iterable[int] = ()
) -> frozenset[int]:
    """Every place that can be come to from `starts` (they count) without touching `avoid`."""
    closed, follow = set(avoid), tuple(after)
    waiting = [place for place in starts if place not in closed]
    found = set(waiting)
    while waiting:
        for place in follow[waiting.pop()]:
            if place not in found and place not in closed:
                found.add(place)
                waiting.append(place)
    return frozenset(found)


# --- reading ---


def _once(flows: tuple[Flow, ...], parallel: bool) -> list[Flow]:
    """Flows without those drawn twice: a second one counts only where it brings a probability."""
    kept: dict[tuple, Flow] = {}
    extra = []
    for flow in flows:
        key = (flow.target, flow.rework, "" if parallel else flow.label)
        twin = kept.get(key)
        if twin is None or (twin.probability is None and flow.probability is not None):
            kept[key] = flow
        elif flow.probability is not None and not parallel:
            extra.append(flow)
    return [*kept.values(), *extra]


def _shares(flows: list[Flow]) -> tuple[list[float], float, bool]:
    """Fractions that add up to 1, their sum as typed, and whether an equal split stood in.

    Ways without a probability share equally what the others leave; one alone takes it all, which
    assumes nothing. Where every way has the probability 0 no case goes on.
    """
    known = sum(f.probability or 0.0 for f in flows)
    missing = sum(f.probability is None for f in flows)
    rest = max(0.0, 1 - known) / missing if missing else 0.0
    shares = [rest if f.probability is None else f.probability for f in flows]
    total = sum(shares)
    return [s / total if total else 0.0 for s in shares], total, missing > 1


def _entry(around: Map, ways: list[Way]) -> Array:
    """Cases come in at the start steps, as many at each; without one, where nothing leads to."""
    count = len(around.steps)
    starts = [number for number, step in enumerate(around.steps) if step.kind == "start"]
    if not starts:
        targets = {w.target for w in ways if not w.rework}
        sources = {w.source for w in ways}
        first = [number for number in range(count) if number not in targets]
        starts = [number for number in first if number in sources] or first or [0][:count]
    entry = np.zeros(count)
    entry[starts] = 1 / len(starts) if starts else 0.0
    return entry


# --- joins ---


def _weights(network: Network, join: int, split: int | None) -> dict[int, float]:
    """The weight of each way into a join: 1/k for k branches that meet there.

    Ways that come from one branch of the split (one of several is taken) count as one. Without a
    split before it a case arrives on one way only, and passes.
    """
    into = [n for n, w in enumerate(network.ways) if w.target == join and not w.rework]
    if split is None:
        return dict.fromkeys(into, 1.0)
    stop = {split, join}
    branches = [
        {n for n in into
         if n == opening or network.ways[n].source in
         reach(network.after, {network.ways[opening].target} - stop, stop)}
        for opening in network.out[split]
    ]  # fmt: skip
    groups: list[tuple[set[int], int]] = []
    for ways in filter(None, branches):
        touching = [g for g in groups if g[0] & ways]
        groups = [g for g in groups if not g[0] & ways]
        merged = ways.union(*(g[0] for g in touching))
        groups.append((merged, 1 + sum(g[1] for g in touching)))
    count = len(groups) or 1
    return {n: 1 / count / (len(ways) if met > 1 else 1) for ways, met in groups for n in ways}
