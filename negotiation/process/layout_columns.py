"""Which column every step stands in: after the steps it follows, near to its neighbours.

The graph's way is found by leaving out ways back (rework first, then whatever closes a cycle on
a walk in the table's order); columns are longest paths, then balanced (Gansner and others, "A
technique for drawing directed graphs", 1993, sections 2.1 to 2.4, without the simplex).
"""

from collections.abc import Sequence

Pair = tuple[int, int]
"""Places of two steps in the table: from, to."""


def columns(
    starts: Sequence[bool], lanes: Sequence[int], forth: Sequence[Pair], back: Sequence[Pair]
) -> list[int]:
    """The column of each step, from 0 without gaps where steps are joined.

    `starts` says which steps begin a case, `lanes` the lane of each, `forth` are flows in
    the table's order, `back` those that people marked as rework.
    """
    kept = _with_rework(len(starts), _acyclic(starts, forth), back)
    after, before = _neighbours(len(starts), kept)
    order = _sorted(after, before)
    place = _longest(order, before)
    _balance(order, after, before, place)
    joined = {v for pair in kept for v in pair}
    _squeeze(place, joined)
    _lay_out_loose(place, joined, lanes)
    return place


def _acyclic(starts: Sequence[bool], pairs: Sequence[Pair]) -> list[Pair]:
    """`pairs` without those that lead back on a walk from the starts, in the table's order."""
    count = len(starts)
    after, before = _neighbours(count, pairs)
    roots = sorted(range(count), key=lambda v: (not starts[v], bool(before[v]), v))
    back: set[Pair] = set()
    colour = [0] * count
    for root in roots:
        if not colour[root]:
            _walk(root, after, colour, back)
    return [pair for pair in dict.fromkeys(pairs) if pair not in back and pair[0] != pair[1]]


def _walk(root: int, after: list[list[int]], colour: list[int], back: set[Pair]) -> None:
    colour[root] = 1
    stack = [(root, iter(after[root]))]
    while stack:
        here, rest = stack[-1]
        for there in rest:
            if colour[there] == 1:
                back.add((here, there))
            elif colour[there] == 0:
                colour[there] = 1
                stack.append((there, iter(after[there])))
                break
        else:
            colour[here] = 2
            stack.pop()


def _with_rework(count: int, kept: list[Pair], back: Sequence[Pair]) -> list[Pair]:
    """Rework that leads to a step which nothing else leads to is a way forward all the same."""
    kept = list(kept)
    for source, target in back:
        lonely = all(pair[1] != target for pair in kept)
        if source != target and lonely and not _leads(count, kept, target, source):
            kept.append((source, target))
    return kept


def _leads(count: int, pairs: list[Pair], source: int, target: int) -> bool:
    after, _ = _neighbours(count, pairs)
    seen, todo = {source}, [source]
    while todo:
        for there in after[todo.pop()]:
            if there not in seen:
                seen.add(there)
                todo.append(there)
    return target in seen


def _neighbours(count: int, pairs: Sequence[Pair]) -> tuple[list[list[int]], list[list[int]]]:
    after: list[list[int]] = [[] for _ in range(count)]
    before: list[list[int]] = [[] for _ in range(count)]
    for source, target in dict.fromkeys(pairs):
        after[source].append(target)
        before[target].append(source)
    return after, before


def _sorted(after: list[list[int]], before: list[list[int]]) -> list[int]:
    """The steps so that each comes after those before it."""
    waits = [len(those) for those in before]
    order = [v for v, count in enumerate(waits) if not count]
    for here in order:
        for there in after[here]:
            waits[there] -= 1
            if not waits[there]:
                order.append(there)
    return order


def _longest(order: list[int], before: list[list[int]]) -> list[int]:
    place = [0] * len(order)
    for v in order:
        place[v] = max((place[u] + 1 for u in before[v]), default=0)
    return place


def _balance(
    order: list[int], after: list[list[int]], before: list[list[int]], place: list[int]
) -> None:
    """A step with more ways out than in moves towards the steps it leads to."""
    for _ in range(2):
        for v in reversed(order):
            if len(after[v]) > len(before[v]):
                place[v] = min(place[u] for u in after[v]) - 1


def _squeeze(place: list[int], joined: set[int]) -> None:
    taken = {column: i for i, column in enumerate(sorted({place[v] for v in joined}))}
    for v in joined:
        place[v] = taken[place[v]]


def _lay_out_loose(place: list[int], joined: set[int], lanes: Sequence[int]) -> None:
    """Steps that no flow joins yet stand one after another in the table's order."""
    full = {(lanes[v], place[v]) for v in joined}
    reached: dict[int, int] = {}
    for v, lane in enumerate(lanes):
        if v not in joined:
            place[v] = reached.get(lane, -1) + 1
            while (lane, place[v]) in full:
                place[v] += 1
            full.add((lane, place[v]))
        reached[lane] = max(place[v], reached.get(lane, -1))
