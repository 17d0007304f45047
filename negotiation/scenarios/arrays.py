"""Shapes of the engine: cases down, time across.

Every array has two axes, (cases, columns); either may be 1 and then stands for all. Columns are
months, contract years, or 1 for "always the same". A term of m months has ceil(m / 12) contract
years, so the number of columns says which of the three an array is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from negotiation.arrays import Array

Mode = str | NDArray[np.str_]


def choose(mode: Mode, branches: Mapping[str, Callable[[], Array]]) -> Array:
    """The array of the chosen branch; a mode with a case axis computes each branch once."""
    if isinstance(mode, str):
        return branches[mode]()
    result: Array | None = None
    for name in np.unique(mode):
        part = branches[str(name)]()
        result = part if result is None else np.where(mode == name, part, result)
    assert result is not None
    return result


def uses(mode: Mode, *names: str) -> bool:
    """Whether any case is in one of these modes."""
    return mode in names if isinstance(mode, str) else bool(np.isin(mode, names).any())


@dataclass(frozen=True)
class Calendar:
    """Contract months and years of one run.

    `months` is the longest term of all cases; `term` (cases, 1) the term of each.
    """

    months: int
    term: Array
    start_month: Array

    @property
    def years(self) -> int:
        return -(-self.months // 12)

    @cached_property
    def year_of(self) -> NDArray[np.int_]:
        """Contract year, from 0, of every month."""
        return np.arange(self.months) // 12

    @cached_property
    def in_year(self) -> Array:
        """(months, years): 1 where the month lies in the year; `x @ in_year` sums by year."""
        return (self.year_of[:, None] == np.arange(self.years)).astype(float)

    @cached_property
    def active(self) -> Array:
        """(cases, months): 1 within the term; a single 1 when all terms are alike."""
        if (self.term == self.months).all():
            return np.ones((1, 1))
        return (np.arange(self.months) < self.term).astype(float)

    @cached_property
    def months_in_year(self) -> Array:
        """(cases, years): how many months of each contract year lie within the term."""
        return np.clip(self.term - 12 * np.arange(self.years), 0, 12)

    @cached_property
    def year_end(self) -> Array:
        """(cases, years): last contract month of each year; a part year ends with the term."""
        return np.minimum(12.0 * (np.arange(self.years) + 1), self.term)

    def by_month(self, x: Array) -> Array:
        """Values by contract year as values by month; other arrays as they are."""
        columns = x.shape[1]
        if columns in (1, self.months):
            return x
        return np.take(x, self.year_of, axis=1)

    def by_year(self, x: Array) -> Array:
        """Sum by contract year of values by month."""
        if x.shape[1] == 1 and self.months > 1:
            return x * self.months_in_year
        return x @ self.in_year

    def at_year_end(self, x: Array) -> Array:
        """Values by contract year, placed in the last month of the year, as values by month."""
        result = np.zeros((max(x.shape[0], self.year_end.shape[0]), self.months))
        last = np.broadcast_to(self.year_end.astype(int) - 1, (result.shape[0], self.years))
        started = np.broadcast_to(self.months_in_year > 0, last.shape)
        amounts = np.broadcast_to(x, last.shape)
        rows = np.arange(result.shape[0])
        for year in range(self.years):
            ok = started[:, year]
            result[rows[ok], last[ok, year]] = amounts[ok, year]
        return result

    def growth(self, rate: Array) -> Array:
        """(cases, years): factor of a yearly rise; 1 in year 1, then compounding.

        `rate` has 1 or `years` columns; the value of a year is the rise at its start.
        """
        steps = np.ones((rate.shape[0], self.years))
        steps[:, 1:] += rate if rate.shape[1] == 1 else rate[:, 1:]
        return np.cumprod(steps, axis=1)
