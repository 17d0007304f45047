"""Which row of its lane every step stands in: few crossings, the likely way straight.

Steps of one lane and column are ordered by where their neighbours stand (the barycentre of
Sugiyama, Tagawa and Toda, 1981); the table's order decides where that leaves a choice.
"""

from collections import defaultdict
from collections.abc import Sequence

Link = tuple[int, int, float]
"""Places of two steps in the table, and the share of cases that go this way."""
Cell = tuple[int, int]
"""A lane and a column."""
Cells = dict[Cell, list[int]]
Near = list[list[tuple[int, float]]]
"""For each step its neighbours, each with its share."""
_SWEEPS = 3


def rows(
    lanes: Sequence[int], columns: Sequence[int], links: Sequence[Link], lane_count: int
) -> tuple[list[int], list[int]]:
    """The row of each step within its lane, and how many rows each lane has (at least one)."""
    cells: Cells = defaultdict(list)
    for v, (lane, column) in enumerate(zip(lanes, columns, strict=True)):
        cells[lane, column].append(v)
    near: Near = [[] for _ in lanes]
    for source, target, share in links:
        if source != target:
            near[source].append((target, share))
            near[target].append((source, share))
    count = [1] * lane_count
    for (lane, _), held in cells.items():
        count[lane] = max(count[lane], len(held))
    order = sorted(cells)
    order.sort(key=lambda key: key[1])
    _sort_cells(cells, order, near, lanes, columns)
    return _straighten(cells, order, near, lanes, columns, count), count


def _sort_cells(
    cells: Cells, order: list[Cell], near: Near, lanes: Sequence[int], columns: Sequence[int]
) -> None:
    """Sorts the steps of every cell by their neighbours, forward, back and forward again."""
    place = [0.0] * len(lanes)
    for (lane, _), held in cells.items():
        for i, v in enumerate(held):
            place[v] = 100.0 * lane + i
    crowded = [key for key in order if len(cells[key]) > 1]
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for key in crowded if forward else reversed(crowded):
            held = cells[key]
            middle = {v: _middle(v, near[v], place, columns, forward) for v in held}
            held.sort(key=lambda v, middle=middle: (middle[v], v))
            for i, v in enumerate(held):
                place[v] = 100.0 * key[0] + i


def _middle(
    v: int, near: list[tuple[int, float]], place: list[float], columns: Sequence[int], forward: bool
) -> float:
    """Where the neighbours on the side that is already placed stand; else all; else here."""
    here = columns[v]
    sure = [place[u] for u, _ in near if (columns[u] < here) == forward and columns[u] != here]
    told = sure or [place[u] for u, _ in near]
    return round(sum(told) / len(told), 6) if told else place[v]


def _straighten(
    cells: Cells, order: list[Cell], near: Near, lanes: Sequence[int], columns: Sequence[int],
    count: list[int],
) -> list[int]:  # fmt: skip
    """Rows that keep each cell's order and lie as near as possible to the neighbours' rows."""
    row = [-1] * len(lanes)
    past = _passing(near, lanes, columns)
    for sweep in range(_SWEEPS):
        for key in order if sweep % 2 == 0 else reversed(order):
            held, rows_here = cells[key], count[key[0]]
            if rows_here == len(held):
                spread = range(rows_here)
            else:
                costs = [_costs(near[v], key[0], rows_here, row, lanes) for v in held]
                for u, v, share in past.get(key, ()):
                    if row[u] == row[v] >= 0:
                        for cost in costs:
                            cost[row[u]] += 0.3 + share
                spread = _cheapest(costs, rows_here)
            for v, r in zip(held, spread, strict=True):
                row[v] = r
    return row


def _passing(near: Near, lanes: Sequence[int], columns: Sequence[int]) -> dict[Cell, list[Link]]:
    """The links that pass each cell on their way between two steps of its lane."""
    past: dict[Cell, list[Link]] = defaultdict(list)
    for u, those in enumerate(near):
        for v, share in those:
            if lanes[u] == lanes[v] and columns[u] < columns[v]:
                for column in range(columns[u] + 1, columns[v]):
                    past[lanes[u], column].append((u, v, share))
    return past


def _costs(
    near: list[tuple[int, float]], lane: int, rows_here: int, row: list[int], lanes: Sequence[int]
) -> list[float]:
    """What each row would cost a step: distance from its neighbours, weighted by share."""
    cost = [0.01 * r for r in range(rows_here)]
    for u, share in near:
        if row[u] < 0:
            continue
        for r in range(rows_here):
            if lanes[u] == lane:
                cost[r] += (0.2 + share) * abs(r - row[u])
            else:
                cost[r] += 0.1 * (r if lanes[u] < lane else rows_here - 1 - r)
    return cost


def _cheapest(costs: list[list[float]], rows_here: int) -> list[int]:
    """Increasing rows, one for each step, of least cost in total (dynamic programming)."""
    ways: list[tuple[float, tuple[int, ...]]] = [(0.0, ())] * (rows_here + 1)
    for i, cost in enumerate(costs):
        fresh: list[tuple[float, tuple[int, ...]]] = [(float("inf"), ())] * (rows_here + 1)
        for upto in range(i + 1, rows_here + 1):
            before = ways[upto - 1]
            here = (before[0] + cost[upto - 1], (*before[1], upto - 1))
            fresh[upto] = min(fresh[upto - 1], here)
        ways = fresh
    return list(ways[rows_here][1])
