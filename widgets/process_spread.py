"""How long most cases take: simulated on request, stoppable, and marked when it is out of date."""

import asyncio
from collections.abc import Iterator

import traitlets as tl

from negotiation.pictures import numerals
from negotiation.pictures.process_figures import lead_times, lead_times_data, minutes_text
from negotiation.process.maps import Map
from negotiation.process.measure import BUSY
from negotiation.process.simulate import LeadTimes, simulating
from negotiation.process.simulate import Progress as Step
from negotiation.values import FieldError

from .action import Action, Progress
from .boxes import VBox
from .chart import VegaChart
from .process_figures import figures_of
from .process_view import ProcessView
from .sheet import Sheet

_KEPT = (("share", "Of all cases"), ("time", "take at most"), ("promise", "Against the promise"))
_SHARES = {"p50": "half", "p80": "four in five", "p95": "nineteen in twenty"}


class ProcessSpread(VBox):
    """Sends cases through the shown map when somebody presses Run; the seed draws them again."""

    stale = tl.Bool(False, help="Whether the map changed, or another is shown, since the last run.")

    def __init__(self, view: ProcessView, *, cases: int = 10_000, seed: int = 1):
        self._view, self._cases, self._seed = view, cases, seed
        self._ran: object = None
        self._task: asyncio.Task | None = None
        self._run = Action(
            f"Follow {numerals.number(cases)} cases", kind="primary", on_click=self.run
        )
        self._progress = Progress("Simulation")
        self._chart = VegaChart(lead_times(lead_times_data(None)), label="How long cases take")
        self._kept = Sheet("What can be promised", _KEPT)
        super().__init__([self._run, self._progress, self._chart, self._kept])
        self.add_class("np-card").add_class("np-stack")
        self._chart.layout.display = self._kept.layout.display = "none"
        view.observe(self._follow, "map")

    def run(self) -> None:
        """Starts the cases in blocks between which the kernel hears; without a loop, at once."""
        if self._task is not None and not self._task.done():
            return
        around = self._view.map
        try:
            blocks = simulating(around, self._cases, self._seed)
            first = next(blocks)
        except ValueError as error:
            raise FieldError("process", str(error)) from None
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            *_, last = first, *blocks
            self._finish(around, last.result)
            return
        self._task = loop.create_task(self._draw(around, first, blocks))

    async def _draw(self, around: Map, first: Step, blocks: Iterator[Step]) -> None:
        self._run.disabled = True
        self._progress.set(0, self._cases)
        progress = first
        try:
            while progress.result is None:
                self._progress.set(progress.done, progress.cases)
                # A real pause, so that Cancel and edits come through between two blocks.
                await asyncio.sleep(0.01)
                if self._progress.cancelled:
                    self._progress.finish("Cancelled; the last finished result stays.")
                    return
                progress = next(blocks)
            self._finish(around, progress.result)
        except ValueError as error:
            self._progress.finish(str(error))
        finally:
            self._run.disabled = False

    def _finish(self, around: Map, result: LeadTimes) -> None:
        self._ran = around.process
        self._progress.finish(f"{numerals.number(result.cases)} cases, seed {result.seed}.")
        words = _words(result) + self._overload()
        self._chart.update(lead_times_data(result), label=words)
        self._kept.show(_rows(result), sentence=words)
        self._chart.layout.display = self._kept.layout.display = None
        self._follow()

    def _overload(self) -> str:
        """What the simulation does not know: cases that queue for a team that is full."""
        full = [
            self._view.map.team[team].name
            for team, load in figures_of(self._view).utilisation.items() if load > BUSY
        ]
        if not full:
            return ""
        teams = ", ".join(full)
        return f" Cases do not queue for each other here, and {teams} would make them: longer."

    def _follow(self, _change: object = None) -> None:
        self.stale = self._ran is not None and self._ran is not self._view.map.process
        late = "◷ Out of date: the map changed, or another one is shown"
        self._run.stale = late if self.stale else ""


def _rows(result: LeadTimes) -> list[dict]:
    target = result.target_minutes
    rows = []
    for name, minutes in result.quantiles().items():
        keeps = target is not None and minutes <= target
        word = {"text": "within the promise", "sign": "ok"} if keeps else (
            {"text": "beyond the promise", "sign": "no"} if target is not None else ""
        )  # fmt: skip
        rows.append({"share": _SHARES[name], "time": minutes_text(minutes), "promise": word})
    return rows


def _words(result: LeadTimes) -> str:
    words = (f"Four in five cases take at most {minutes_text(result.quantile(80))}, nineteen in "
             f"twenty {minutes_text(result.quantile(95))}")  # fmt: skip
    if result.within is None:
        return f"{words}. A model, not a forecast."
    return f"{words}; {numerals.share(result.within)} keep the promise. A model, not a forecast."
