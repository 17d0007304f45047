"""Compared scenarios as a table for a spreadsheet: what differs, what it does, results, years."""

from collections.abc import Iterator, Sequence
from typing import Any

from negotiation.scenarios.compare import SHARE, VALUE, Comparison
from negotiation.scenarios.study import PARTIES, CaseFigures

from . import tables
from .tables import Cell

_EFFECTS = [name for party in PARTIES for name in (VALUE[party], SHARE[party])]


def to_csv(comparisons: Sequence[Comparison]) -> bytes:
    """One line per step, result and yearly figure of each comparison, unrounded.

    `part` is step, result or year; shares are fractions; names are those of the glossary. A step's
    effects follow each other in the order of the lines and add up.
    """
    header = [
        "part", "first", "second", "party", "item", "year", "first_value", "second_value",
        "difference", *_EFFECTS, *(f"alone_{name}" for name in _EFFECTS),
    ]  # fmt: skip
    rows = (row for each in comparisons for row in _rows(each))
    width = len(header)
    return tables.write_csv(header, ((row + [None] * width)[:width] for row in rows))


def _rows(comparison: Comparison) -> Iterator[list[Cell]]:
    pair = [_name(comparison.first), _name(comparison.second)]
    for step in comparison.steps:
        yield [
            "step", *pair, None, step.label, None, _written(step.before), _written(step.after),
            None, *(step.changes.get(name) for name in _EFFECTS),
            *(step.alone.get(name) for name in _EFFECTS),
        ]  # fmt: skip
    for party in PARTIES:
        before, after = comparison.first.of(party), comparison.second.of(party)
        if before is not None and after is not None:
            for name, value in before.amounts.items():
                yield ["result", *pair, party, name, None, *_two(value, after.amounts[name])]
    for before, after in zip(comparison.first.years, comparison.second.years, strict=True):
        for name, value in before.items():
            if name not in ("year", "months"):
                yield ["year", *pair, None, name, before["year"], *_two(value, after[name])]


def _two(before: float, after: float) -> list[Cell]:
    return [before, after, after - before]


def _name(figures: CaseFigures) -> str:
    return figures.case.title or figures.case.id


def _written(amount: Any) -> Cell:
    if isinstance(amount, tuple):
        return "; ".join(f"{number:g}" for number in amount)
    return amount
