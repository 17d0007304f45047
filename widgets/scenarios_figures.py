"""The deterministic view of a deal, worked out once per value of terms and scenarios.

Every widget of the chapter asks here. Terms and scenarios are frozen values, so the last few
studies are kept by them; an edit makes one new study, and whoever asks next finds it.
"""

import asyncio
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import ipywidgets as ipw
import numpy as np

from negotiation.scenarios.arrays import Array
from negotiation.scenarios.book import read_book
from negotiation.scenarios.check import check
from negotiation.scenarios.engine import ratio
from negotiation.scenarios.hindrance import floors_of
from negotiation.scenarios.rows import Scenarios
from negotiation.scenarios.study import Study
from negotiation.terms import Terms

PARTIES = ("buyer", "supplier")
_SHARE_OF = {"buyer": ("saving", "status_quo_cost"), "supplier": ("operating_profit", "revenue")}
# Secondary views wait until the page has had time to paint the verdict.
LATER_SECONDS = 0.2
BETWEEN_SECONDS = 0.02


@lru_cache(maxsize=6)
def _study(terms: Terms, scenarios: Scenarios, seat: str) -> Study:
    return Study(terms, scenarios, read_book(scenarios, seat))


def study_of(state: Any, deal: Any = None) -> Study:
    """The study of what `state` shows (or of another `deal`), for its seat."""
    deal = deal or state.deal
    return _study(deal.terms, deal.scenarios, state.seat)


@lru_cache(maxsize=48)
def _worked_out(find: Callable[[Study], Any], terms: Terms, scenarios: Scenarios, seat: str) -> Any:
    return find(_study(terms, scenarios, seat))


def worked_out(find: Callable[[Study], Any], state: Any) -> Any:
    """What `find` says of the study of `state`, worked out once per value of the deal."""
    return _worked_out(find, state.deal.terms, state.deal.scenarios, state.seat)


@lru_cache(maxsize=6)
def _findings(terms: Terms, scenarios: Scenarios, seat: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path, sentence in check(terms, scenarios, seat):
        found[path] = f"{found[path]} {sentence}" if path in found else sentence
    return found


def findings(state: Any, deal: Any = None) -> dict[str, str]:
    """What stands out in terms and drivers, by path; refused is nothing of it."""
    deal = deal or state.deal
    return _findings(deal.terms, deal.scenarios, state.seat)


def titles(study: Study) -> list[str]:
    """Names of the scenarios, in their order."""
    return [case.title or case.id for case in study.scenarios.cases]


def shares_by_year(study: Study, party: str) -> Array:
    """(scenarios, years): the buyer's saving over its status quo, or the supplier's margin."""
    over, under = _SHARE_OF[party]
    shares = ratio(study.run.year(over), study.run.year(under))
    return np.broadcast_to(shares, (len(study.ids), study.run.calendar.years))


def main_floors(study: Study, party: str) -> dict[str, float | None]:
    """The buyer's saving floor or the supplier's margin floor in each scenario, by its name."""
    measure = "saving" if party == "buyer" else "margin"
    found = {}
    for title, case in zip(titles(study), study.ids, strict=True):
        shares = [floor for floor in floors_of(study, party, case) if floor.measure == measure]
        shares.sort(key=lambda floor: floor.period != "term")
        found[title] = shares[0].value if shares else None
    return found


class Later:
    """Runs `acts` shortly after the last call, so that an edit repaints the first view at once.

    Between two acts the kernel hears, and a new call starts them anew. From call to last act
    `pending(True)` may mark what is shown; without a running event loop (tests, plain Python) it
    acts at once.
    """

    def __init__(
        self, *acts: Callable[[], None], pending: Callable[[bool], None] | None = None
    ):
        self._acts, self._pending = acts, pending or (lambda _: None)
        self._handle: asyncio.TimerHandle | None = None

    def __call__(self, _change: Any = None) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            for act in self._acts:
                act()
            return
        if self._handle is not None:
            self._handle.cancel()
        self._pending(True)
        self._handle = loop.call_later(LATER_SECONDS, self._run, 0)

    def _run(self, place: int) -> None:
        self._acts[place]()
        if place + 1 < len(self._acts):
            loop = asyncio.get_running_loop()
            self._handle = loop.call_later(BETWEEN_SECONDS, self._run, place + 1)
        else:
            self._handle = None
            self._pending(False)


def paint(chart: Any, data: dict[str, list[dict]], words: str | None = None) -> None:
    """Sends a picture its tables; a picture of one table knows it by no name."""
    chart.update(data if len(data) > 1 else next(iter(data.values())), label=words)


def offer(choice: ipw.Dropdown, options: list[tuple[str, str]]) -> None:
    """Offers (label, value) pairs; what was chosen stays while it is there, else the first is."""
    chosen = choice.value
    choice.options = options
    values = [value for _, value in options]
    choice.index = values.index(chosen) if chosen in values else 0 if values else None


def offer_cases(choice: ipw.Dropdown, study: Study) -> str:
    """Offers the scenarios in `choice`, keeps the chosen one while it is there, gives its id."""
    options = tuple(zip(titles(study), study.ids, strict=True))
    if options != tuple(choice.options):
        chosen = choice.value
        choice.options = options
        choice.index = study.ids.index(chosen) if chosen in study.ids else 0
    return choice.value


def text_line(words: str = "", *classes: str) -> ipw.Label:
    """A sentence between controls, which wraps."""
    line = ipw.Label(words)
    for name in ("np-quiet", "np-line", *classes):
        line.add_class(name)
    return line
