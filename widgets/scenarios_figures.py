"""The deterministic view of a deal, worked out once per value of terms and scenarios.

Every widget of the chapter asks here. Terms and scenarios are frozen values, so the last few views
are kept by them; an edit makes one new view, and whoever asks next finds it.
"""

import asyncio
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any

import ipywidgets as ipw
import numpy as np

from negotiation.scenarios.book import Book, read_book
from negotiation.scenarios.drivers import Known
from negotiation.scenarios.engine import Run, ratio
from negotiation.scenarios.inputs import Inputs, compile_inputs
from negotiation.scenarios.rows import Case, Scenarios
from negotiation.terms import Terms

PARTIES = ("buyer", "supplier")
_SHARE_OF = {"buyer": ("saving", "status_quo_cost"), "supplier": ("operating_profit", "revenue")}
# Secondary views wait until the page has had time to paint the verdict.
LATER_SECONDS = 0.12


class View:
    """What the deal gives in each of its scenarios, for one seat; each figure computed on demand."""

    def __init__(self, terms: Terms, scenarios: Scenarios, seat: str):
        self.terms, self.scenarios, self.seat = terms, scenarios, seat
        self.cases: tuple[Case, ...] = scenarios.cases

    @cached_property
    def book(self) -> Book:
        """The rows that count for this seat."""
        return read_book(self.scenarios, self.seat)

    @cached_property
    def inputs(self) -> Inputs:
        """The arrays of every scenario."""
        ids = [case.id for case in self.cases]
        return compile_inputs(self.terms, self.scenarios, self.book, ids)

    @cached_property
    def run(self) -> Run:
        """One run over every scenario."""
        return Run(self.inputs)

    @property
    def parties(self) -> tuple[str, ...]:
        """The parties whose case can be computed."""
        return tuple(party for party in PARTIES if party in self.inputs.parties)

    def missing(self, party: str) -> list[Known]:
        """Drivers without which the party's case cannot be computed."""
        needs_fx = self.terms.local_currency is not None or self.terms.fx_base_rate is not None
        return self.book.missing(party, needs_fx)

    def shares_by_year(self, party: str) -> Any:
        """(scenarios, years): the buyer's saving over its status quo, or the supplier's margin."""
        over, under = _SHARE_OF[party]
        shares = ratio(self.run.year(over), self.run.year(under))
        return np.broadcast_to(shares, (len(self.cases), self.run.calendar.years))

    def floors_of(self, party: str, measure: str) -> dict[str, float | None]:
        """The floor of each scenario, by its name; None where none was set."""
        floors = {}
        for case in self.cases:
            rows = [
                row for row in self.scenarios.floors
                if (row.party, row.measure, row.period) == (party, measure, "term")
                and row.scenario in ("", case.id)
            ]  # fmt: skip
            rows.sort(key=lambda row: row.scenario)
            floors[case.title or case.id] = rows[-1].value if rows else None
        return floors

    def place_of(self, case_id: str) -> int:
        """Where the scenario stands in every array's first axis."""
        return [case.id for case in self.cases].index(case_id)

    def titles(self) -> list[str]:
        """Names of the scenarios, in their order."""
        return [case.title or case.id for case in self.cases]


@lru_cache(maxsize=6)
def _view(terms: Terms, scenarios: Scenarios, seat: str) -> View:
    return View(terms, scenarios, seat)


def view_of(state: Any) -> View:
    """The view of what `state` shows, for its seat."""
    return _view(state.deal.terms, state.deal.scenarios, state.seat)


class Later:
    """Runs `act` shortly after the last call, so that typing repaints the first view at once.

    Between call and act, `pending(True)` may mark what is shown; without a running event loop
    (tests, plain Python) it acts at once.
    """

    def __init__(self, act: Callable[[], None], pending: Callable[[bool], None] | None = None):
        self._act, self._pending = act, pending or (lambda _: None)
        self._handle: asyncio.TimerHandle | None = None

    def __call__(self, _change: Any = None) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._run()
            return
        if self._handle is not None:
            self._handle.cancel()
        self._pending(True)
        self._handle = loop.call_later(LATER_SECONDS, self._run)

    def _run(self) -> None:
        self._handle = None
        self._act()
        self._pending(False)


def paint(chart: Any, data: dict[str, list[dict]], words: str | None = None) -> None:
    """Sends a picture its tables; a picture of one table knows it by no name."""
    chart.update(data if len(data) > 1 else next(iter(data.values())), label=words)


def offer_cases(choice: ipw.Dropdown, view: View) -> str:
    """Offers the scenarios in `choice`, keeps what was chosen while it is there, and gives its id."""
    options = tuple((case.title or case.id, case.id) for case in view.cases)
    if options != tuple(choice.options):
        chosen, ids = choice.value, [case.id for case in view.cases]
        choice.options = options
        choice.index = ids.index(chosen) if chosen in ids else 0
    return choice.value


def text_line(words: str = "", *classes: str) -> ipw.Label:
    """A sentence between controls, which wraps."""
    line = ipw.Label(words)
    for name in ("np-quiet", "np-line", *classes):
        line.add_class(name)
    return line
