"""Terms and drivers as arrays: what the engine takes.

A single run, three scenarios, 10,000 draws and a table of levers differ only in the case axis.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negotiation.scenarios.arrays import Array, Mode
from negotiation.scenarios.book import Book
from negotiation.scenarios.drivers import KNOWN, MISS_COST, known
from negotiation.scenarios.rows import Amount, Case, Scenarios
from negotiation.terms import Terms
from negotiation.values import FieldError


@dataclass(frozen=True)
class Place:
    """A site: its part of the volume, drivers that differ there, planned units per FTE-month."""

    share: float
    drivers: Mapping[str, Array]
    planned_units_per_fte: Array


@dataclass(frozen=True)
class Inputs:
    """Everything a run needs, on arrays (cases, columns) as in `arrays`.

    `terms` holds numbers as (cases | 1, 1), modes as words or (cases, 1) arrays of words; names are
    those of `Terms`, with `gain_share.share` and so on. `misses` and `earned` are
    (cases | 1, months, metrics); `weights` (cases | 1, metrics).
    """

    cases: int
    terms: Mapping[str, Array | Mode]
    drivers: Mapping[str, Array | Mode]
    places: tuple[Place, ...]
    weights: Array
    miss_cost: Array
    misses: NDArray[np.bool_] | None
    earned: NDArray[np.bool_] | None
    parties: frozenset[str]
    has_fx: bool

    @cached_property
    def months(self) -> int:
        return int(self.number("term_months").max())

    def number(self, name: str) -> Array:
        """A numeric term, (cases | 1, 1)."""
        return self.terms[name]  # a missing name is a mistake in the engine: KeyError

    def mode(self, name: str) -> Mode:
        """A mode: a word, or (cases, 1) words."""
        return self.terms[name] if name in self.terms else self.drivers[name]

    def mode_is(self, name: str, word: str) -> NDArray[np.bool_]:
        """(cases | 1, 1): where a mode has this value."""
        return np.atleast_2d(np.asarray(self.mode(name) == word))

    def driver(self, key: str, place: Place | None = None) -> Array:
        """A driver's array; a site's own one when there is one."""
        if place is not None and key in place.drivers:
            return place.drivers[key]
        return self.drivers[key]

    def monthly_fee(self) -> Array:
        """The fixed fee of a month; without one, baseline units times unit price, no season."""
        fee = self.number("fixed_fee_month")
        usual = self.driver("baseline_units")[:, :1] * self.number("unit_price")
        return np.where(np.isnan(fee), usual, fee)

    def with_terms(self, changes: Mapping[str, Any]) -> "Inputs":
        """These inputs with other terms: one value, or one per case."""
        unknown = [name for name in changes if name not in self.terms]
        if unknown:
            raise FieldError(f"terms.{unknown[0]}", "There is no term of this name.")
        terms = {**self.terms, **{k: _term_array(v) for k, v in changes.items()}}
        return self._sized(replace(self, terms=terms))

    def with_drivers(self, changes: Mapping[str, Any]) -> "Inputs":
        """These inputs with other drivers: (cases | 1, columns) arrays or numbers.

        A site with its own value keeps it.
        """
        arrays = {k: v if _is_mode(v) else np.atleast_2d(v) for k, v in changes.items()}
        return self._sized(replace(self, drivers={**self.drivers, **arrays}))

    def with_factors(self, factors: Mapping[str, Array]) -> "Inputs":
        """These inputs with drivers multiplied, the sites' own ones too."""
        def scaled(drivers: Mapping[str, Array | Mode]) -> dict[str, Array | Mode]:
            return {
                k: self._times(v, factors[k]) if k in factors else v for k, v in drivers.items()
            }

        places = tuple(replace(p, drivers=scaled(p.drivers)) for p in self.places)
        return self._sized(replace(self, drivers=scaled(self.drivers), places=places))

    def _times(self, amount: Array, factor: Array) -> Array:
        widths = {amount.shape[1], factor.shape[1]} - {1}
        if len(widths) == 2:  # years against months
            year_of = np.arange(self.months) // 12
            amount, factor = (
                np.take(x, year_of, axis=1) if x.shape[1] not in (1, self.months) else x
                for x in (amount, factor)
            )
        return amount * factor

    def with_misses(
        self, misses: NDArray[np.bool_] | None, earned: NDArray[np.bool_] | None
    ) -> "Inputs":
        """These inputs with other misses, (cases | 1, months, metrics) each."""
        return replace(self, misses=misses, earned=earned)

    def repeated(self, cases: int) -> "Inputs":
        """One case, standing for `cases` alike: the start of draws and levers."""
        return replace(self, cases=cases)

    def take(self, rows: NDArray[np.int_] | slice) -> "Inputs":
        """The cases at `rows` (places, possibly repeated), in that order."""
        def cut(x: Any) -> Any:
            has_axis = isinstance(x, np.ndarray) and x.shape[0] == self.cases and self.cases > 1
            return x[rows] if has_axis else x

        def cut_all(table: Mapping[str, Any]) -> dict[str, Any]:
            return {key: cut(x) for key, x in table.items()}

        return replace(
            self,
            cases=len(np.arange(self.cases)[rows]),
            terms=cut_all(self.terms),
            drivers=cut_all(self.drivers),
            places=tuple(
                Place(p.share, cut_all(p.drivers), cut(p.planned_units_per_fte))
                for p in self.places
            ),
            weights=cut(self.weights),
            miss_cost=cut(self.miss_cost),
            misses=cut(self.misses),
            earned=cut(self.earned),
        )

    @staticmethod
    def _sized(inputs: "Inputs") -> "Inputs":
        arrays = [x for x in (*inputs.terms.values(), *inputs.drivers.values())
                  if isinstance(x, np.ndarray)]  # fmt: skip
        return replace(inputs, cases=max(inputs.cases, *(x.shape[0] for x in arrays)))


def compile_inputs(
    terms: Terms, scenarios: Scenarios, book: Book, cases: Sequence[str]
) -> Inputs:
    """The arrays of several cases of a deal, in the order of `cases` (ids).

    A party whose required drivers are missing is left out of `parties`. Raises `FieldError` for a
    case id that does not exist.
    """
    named = {case.id: case for case in scenarios.cases}
    unknown = [case for case in cases if case not in named]
    if unknown:
        known_cases = ", ".join(named) or "none"
        raise FieldError(
            f"scenarios.{unknown[0]}",
            f"There is no scenario '{unknown[0]}'; there are: {known_cases}.",
        )
    needs_fx = terms.local_currency is not None or terms.fx_base_rate is not None
    parties = frozenset(
        party for party in ("buyer", "supplier") if not book.missing(party, needs_fx)
    )
    months = terms.term_months
    drivers = {
        key: _stack(book, key, cases, "", months)
        for key in KNOWN
        if _present(book, key) and (needs_fx or key != "fx_rate")
    }
    misses, earned = _misses([named[case] for case in cases], terms, months)
    return Inputs(
        cases=len(cases),
        terms=_term_arrays(terms),
        drivers=drivers,
        places=_places(scenarios, book, cases, months) if "supplier" in parties else (),
        weights=np.array([[metric.weight for metric in terms.metrics]]),
        miss_cost=_miss_costs(terms, book, cases),
        misses=misses,
        earned=earned,
        parties=parties,
        has_fx=terms.fx_base_rate is not None,
    )


def columns(amount: Amount, months: int, season: bool = False) -> Array:
    """One amount as (1, 1), (1, years) or (1, months); a list too short holds its last value on."""
    if not isinstance(amount, tuple):
        return np.array([[amount]], dtype=float)
    if season:
        return np.array([amount], dtype=float)
    years = -(-months // 12)
    # Never by the term's length: three years' values would turn into months in a term of three.
    monthly = len(amount) > 10
    wanted = months if monthly else years
    filled = (*amount, *(amount[-1],) * max(0, wanted - len(amount)))
    return np.array([filled[:wanted]], dtype=float)


def _present(book: Book, key: str) -> bool:
    return book.amount(key, None) is not None or book.has(key)


def _stack(book: Book, key: str, cases: Sequence[str], site: str, months: int) -> Array | Mode:
    """One driver over the cases, at the finest resolution any of them uses."""
    amounts = [book.amount(key, case, site) for case in cases]
    if known(key).shape == "mode":
        words = np.array([[str(amount)] for amount in amounts])
        return str(words[0, 0]) if (words == words[0]).all() else words
    parts = [columns(amount, months, KNOWN[key].shape == "season") for amount in amounts]
    width = max(part.shape[1] for part in parts)
    parts = [_widen(part, width, months) for part in parts]
    if all((part == parts[0]).all() for part in parts):
        return parts[0]
    return np.vstack(parts)


def _widen(part: Array, width: int, months: int) -> Array:
    if part.shape[1] in (1, width):
        return np.broadcast_to(part, (1, width))
    return np.take(part, np.arange(months) // 12, axis=1)


def _places(
    scenarios: Scenarios, book: Book, cases: Sequence[str], months: int
) -> tuple[Place, ...]:
    sites = [(site.id, site.share) for site in scenarios.sites] or [("", 1.0)]
    places = []
    for site, share in sites:
        own = {
            key: _stack(book, key, cases, site, months)
            for key, place in book.entries
            if site and place == site
        }
        planned = {
            key: columns(book.amount(key, None, site), months)[:, :1]
            for key in ("paid_hours_month", "shrinkage", "occupancy", "aht_min")
        }
        places.append(Place(share, own, units_per_fte(planned)))
    return tuple(places)


def units_per_fte(drivers: Mapping[str, Array]) -> Array:
    """Units that one FTE handles in a month, formula 1: available and occupied time over AHT."""
    available = drivers["paid_hours_month"] * (1 - drivers["shrinkage"])
    return available * drivers["occupancy"] * 60 / drivers["aht_min"]


def _misses(
    cases: Sequence[Case], terms: Terms, months: int
) -> tuple[NDArray[np.bool_] | None, NDArray[np.bool_] | None]:
    place = {metric.id: index for index, metric in enumerate(terms.metrics)}
    shape = (len(cases), months, len(place))
    misses, earned = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    for row, case in enumerate(cases):
        for miss in case.misses:
            if miss.metric in place and miss.month <= months:
                at = (row, miss.month - 1, place[miss.metric])
                misses[at], earned[at] = True, miss.earned_back
    if not misses.any():
        return None, None
    return misses, earned if earned.any() else None


def _miss_costs(terms: Terms, book: Book, cases: Sequence[str]) -> Array:
    rows = [
        [float(book.amount(MISS_COST + metric.id, case) or 0.0) for metric in terms.metrics]
        for case in cases
    ]
    costs = np.array(rows)
    return costs[:1] if (costs == costs[:1]).all() else costs


def _term_arrays(terms: Terms) -> dict[str, Array | Mode]:
    flat = {**dict(terms), **{f"gain_share.{k}": v for k, v in dict(terms.gain_share).items()}}
    skipped = {
        "gain_share", "metrics", "pool", "resource_unit", "resource_unit_definition",
        "local_currency",
    }  # fmt: skip
    flat["start_month"] = terms.calendar_month
    return {name: _term_array(value) for name, value in flat.items() if name not in skipped}


def _is_mode(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, np.ndarray) and value.dtype.kind == "U")


def _term_array(value: Any) -> Array | Mode:
    if isinstance(value, str):
        return value
    array = np.asarray(np.nan if value is None else value)
    if array.dtype.kind == "U":
        return array.reshape(-1, 1)
    return array.astype(float).reshape(-1, 1)
