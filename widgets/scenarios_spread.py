"""The spread: thousands of draws of both cases, run when somebody asks, stoppable, and dated."""

import asyncio
from collections.abc import Iterable
from typing import Any

import numpy as np
import traitlets as tl

from negotiation.pictures import numerals
from negotiation.pictures import scenarios as pictures
from negotiation.scenarios.simulate import Simulation, simulating
from negotiation.scenarios.study import Study
from negotiation.values import FieldError

from .action import Action, Progress
from .boxes import VBox
from .chart import VegaChart
from .fields import Field
from .fold import Fold
from .form import Form
from .scenarios_figures import PARTIES, main_floors, paint, study_of, titles
from .sheet import Sheet
from .state import DealState

_FIGURE = {"buyer": "saving_share", "supplier": "term_margin"}
_NAMES = (
    ("supplier", "term_margin", "Supplier margin", "share"),
    ("supplier", "supplier_npv", "Supplier value, NPV", "money"),
    ("buyer", "saving_share", "Buyer saving", "share"),
    ("buyer", "buyer_npv", "Buyer value, NPV", "money"),
)
_BINS = 36
_MEASURE = {"margin": "margin floor", "saving": "saving floor", "cash": "cash limit"}


class ScenarioSpread(VBox):
    """Runs the simulation on demand, and says when its result is out of date."""

    stale = tl.Bool(False, help="Whether terms, drivers, draws or seed changed after the last run.")

    def __init__(self, state: DealState, **kwargs: Any):
        self._state = state
        self._ran: tuple | None = None
        self._task: asyncio.Task | None = None
        self._form = Form(
            (Field("scenarios.draws", "Draws", "number", minimum=100, maximum=100_000, decimals=0),
             Field("scenarios.seed", "Seed", "number", minimum=0, maximum=2**32 - 1, decimals=0,
                   help="the same seed gives the same draws everywhere")),
            {}, key="scenarios/spread", label="The simulation", state=state,
        )  # fmt: skip
        self._form.on_edit(state.edit)
        self._run = Action("Run", kind="primary", on_click=self.run)
        self._progress = Progress("Simulation")
        self._chart = VegaChart(
            pictures.spread(pictures.spread_data((), {}, (), ())), label="Spread of both results"
        )
        self._chances = Sheet("How often it comes out how", (("figure", "Figure"),))
        self._places = Sheet("Where each scenario lies", (("scenario", "Scenario"),))
        parts = [
            self._form, self._run, self._progress, self._chart, self._chances, self._places,
        ]  # fmt: skip
        super().__init__([Fold("Draw thousands of futures", lambda: parts)], **kwargs)
        self.add_class("np-card")
        self.add_class("np-stack")
        self._result_shown(False)
        state.observe(self._follow, ["deal", "seat"])
        self._follow()

    def run(self) -> None:
        """Starts the draws in blocks between which the kernel hears; without a loop, at once."""
        study = study_of(self._state)
        if not study.parties or "base" not in study.ids:
            raise FieldError("scenarios", study.missing("buyer") or "There is no base case.")
        if self._task is not None and not self._task.done():
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._finish(study, list(simulating(study))[-1].result)
            return
        self._task = loop.create_task(self._draw(study))

    async def _draw(self, study: Study) -> None:
        self._run.disabled = True
        self._progress.set(0, study.scenarios.draws)
        try:
            for progress in simulating(study):
                self._progress.set(progress.done, progress.draws)
                # A real pause, so that Cancel and edits come through between two blocks.
                await asyncio.sleep(0.01)
                if self._progress.cancelled:
                    self._progress.finish("Cancelled; the last finished result stays.")
                    return
            self._finish(study, progress.result)
        except FieldError as error:
            self._progress.finish(error.sentence)
        finally:
            self._run.disabled = False

    def _finish(self, study: Study, result: Simulation) -> None:
        self._ran = _basis(self._state.deal, self._state.seat, study)
        self._progress.finish(f"{numerals.number(result.draws)} draws, seed {result.seed}.")
        self._show_result(study, result)
        self._result_shown(True)
        self._follow()

    def _result_shown(self, shown: bool) -> None:
        for part in (self._chart, self._chances, self._places):
            part.layout.display = None if shown else "none"

    def _follow(self, _change: Any = None) -> None:
        scenarios = self._state.deal.scenarios
        self._form.values = {"scenarios.draws": scenarios.draws, "scenarios.seed": scenarios.seed}
        self._run.label = f"Run {numerals.number(scenarios.draws)} draws"
        now = _basis(self._state.deal, self._state.seat)
        self.stale = self._ran is not None and self._ran != now
        late = "◷ Out of date: something changed after the last run"
        self._run.stale = late if self.stale else ""

    def _show_result(self, study: Study, result: Simulation) -> None:
        floors = {party: main_floors(study, party).get("Base") or next(
            iter(main_floors(study, party).values()), None) for party in PARTIES}
        bins, cases, percentiles = [], [], []
        for party in study.parties:
            name = _FIGURE[party]
            bins += _bins(party, result.figures[name])
            percentiles.append({"party": party, **result.quantiles(name)})
            cases += [
                {"party": party, "scenario": title, "value": figures.of(party).amounts[name]}
                for title, figures in zip(titles(study), study.cases, strict=True)
            ]
        paint(self._chart, pictures.spread_data(bins, floors, cases, percentiles))
        currency = self._state.deal.identity.currency
        self._chances.show(
            list(_quantile_rows(study, result, currency)), _chance_sentence(result),
            columns=(("figure", "Figure"), ("p10", "P10", "number"), ("p50", "P50", "number"),
                     ("p90", "P90", "number")),
        )  # fmt: skip
        self._places.show(
            [_place_row(study, result, place) for place in range(len(study.ids))],
            "The per cent of draws that came out worse than the scenario; its weight is what we "
            "give it. A model, not a forecast.",
            columns=(("scenario", "Scenario"), ("weight", "Weight", "percent"),
                     ("buyer", "Worse for the buyer", "percent"),
                     ("supplier", "Worse for the supplier", "percent")),
        )  # fmt: skip


def _basis(deal: Any, seat: str, study: Study | None = None) -> tuple:
    """What a result rests on; two equal ones mean that it still counts."""
    terms, scenarios = (study.terms, study.scenarios) if study else (deal.terms, deal.scenarios)
    return terms, scenarios, seat


def _bins(party: str, values: np.ndarray) -> list[dict]:
    counts, edges = np.histogram(values, bins=_BINS)
    return [
        {"party": party, "from": float(low), "to": float(high), "freq": float(count / len(values))}
        for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True)
    ]


def _quantile_rows(study: Study, result: Simulation, currency: str) -> Iterable[dict]:
    for party, name, words, kind in _NAMES:
        if party in study.parties:
            quantiles = result.quantiles(name)
            write = numerals.share if kind == "share" else lambda x: numerals.money(x, currency)
            yield {"figure": {"text": words, "party": party},
                   **{key: write(value) for key, value in quantiles.items()}}


def _chance_sentence(result: Simulation) -> str:
    if not result.chances:
        return "No floor is set."
    parts = [
        f"the {c.party} misses its {_MEASURE[c.measure]} in {numerals.share(c.chance)}"
        for c in result.chances
    ]
    return f"Of all draws, {'; '.join(parts)}."


def _place_row(study: Study, result: Simulation, place: int) -> dict[str, Any]:
    case = study.scenarios.cases[place]
    below = result.places[case.id]
    cells = {party: below.get(_FIGURE[party]) for party in PARTIES}
    return {"scenario": titles(study)[place], "weight": case.probability, **cells}
