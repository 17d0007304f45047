"""What one seat knows: for each driver the row that counts, and what the figure rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from negotiation.scenarios.drivers import KNOWN, Known, known
from negotiation.scenarios.rows import Amount, Driver, Scenarios

Basis = Literal["disclosed", "own", "estimate"]

# What each party's case is computed from, beside its own space's drivers.
_SHARED_NEEDS = ("baseline_units",)


@dataclass(frozen=True)
class Entry:
    """A driver row that counts, and its basis."""

    row: Driver
    basis: Basis


@dataclass(frozen=True)
class Book:
    """The rows that count, by (key, site); site "" is every site.

    `like` has for a case the one whose values it takes where it has none of its own.
    """

    entries: dict[tuple[str, str], Entry]
    sites: tuple[str, ...] = ()
    like: Mapping[str | None, str] = field(default_factory=dict)

    def amount(self, key: str, case: str | None, site: str = "") -> Amount:
        """The value of a driver in a case: the site's row, the general row, the usual value."""
        for place in (site, "") if site else ("",):
            entry = self.entries.get((key, place))
            amount = entry.row.at(case, self.like.get(case)) if entry else None
            if amount is not None:
                return amount
        kind = known(key)
        return kind.default if kind else None

    def has(self, key: str) -> bool:
        """Whether the driver has a general value, or one at every site where sites count.

        Values of single scenarios are not enough: the other scenarios, and the baseline head count,
        would have none.
        """
        if self._general(key, ""):
            return True
        # Charges follow the general exchange rate, whatever each site's cost is paid at.
        kind = known(key)
        at_sites = bool(self.sites) and kind is not None and kind.at_site and key != "fx_rate"
        return at_sites and all(self._general(key, site) for site in self.sites)

    def _general(self, key: str, site: str) -> bool:
        entry = self.entries.get((key, site))
        return entry is not None and entry.row.value is not None

    def rows(self, key: str) -> list[Driver]:
        """Every row of a driver that counts, one per site."""
        return [entry.row for (name, _), entry in self.entries.items() if name == key]

    def keys(self, space: str | None = None) -> list[str]:
        """Known drivers with a row, in the registry's order; with `space`, only that space's."""
        found = {name for name, _ in self.entries}
        order = [key for key in KNOWN if key in found]
        order += sorted(key for key in found if key not in KNOWN and known(key))
        return [key for key in order if space is None or _kind(key).space == space]

    def basis(self, keys: Iterable[str]) -> Basis:
        """The weakest basis among `keys`: an estimate, else own, else disclosed."""
        found = {entry.basis for (name, _), entry in self.entries.items() if name in set(keys)}
        for basis in ("estimate", "own"):
            if basis in found:
                return basis
        return "disclosed"

    def party_basis(self, party: str) -> Basis:
        """What a party's figures rest on."""
        return self.basis([*self.keys("shared"), *self.keys(party)])

    def missing(self, party: str, needs_fx: bool) -> list[Known]:
        """Drivers without which a party's case cannot be computed; empty when it can."""
        shared = [*_SHARED_NEEDS, *(("fx_rate",) if needs_fx else ())]
        own = [key for key, kind in KNOWN.items() if kind.space == party and kind.required]
        return [KNOWN[key] for key in (*shared, *own) if not self.has(key)]


def read_book(scenarios: Scenarios, seat: str | None = None) -> Book:
    """The book of a seat, from the rows it sees; None is whoever sees everything.

    A real row goes before an estimate. The other side's real row is there only when it was
    disclosed, and is then called so. Where both sides have a row of one driver, the row of the side
    whose driver it is counts.
    """
    entries: dict[tuple[str, str], Entry] = {}
    for row in scenarios.estimates:
        about = known(row.name)
        if _filled(row) and (about is None or row.space != about.space):
            entries[row.name, row.site] = Entry(row, "estimate")
    for row in sorted(scenarios.drivers, key=_is_its_owners):
        if _filled(row):
            own = seat is not None and row.space == seat
            entries[row.name, row.site] = Entry(row, "own" if own else "disclosed")
    like = {case.id: case.like for case in scenarios.cases if case.like}
    return Book(entries, tuple(site.id for site in scenarios.sites), like)


def _is_its_owners(row: Driver) -> bool:
    kind = known(row.name)
    return kind is not None and kind.space != "shared" and row.space == kind.space


def _filled(row: Driver) -> bool:
    return row.value is not None or any(item.value is not None for item in row.by_scenario)


def _kind(key: str) -> Known:
    kind = known(key)
    assert kind is not None
    return kind
