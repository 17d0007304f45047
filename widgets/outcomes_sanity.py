"""Can the measure tell good work from bad? What chance alone does to each proportion."""

from typing import Any

import ipywidgets as ipw

from negotiation.outcomes import Measure, Sanity, sanity, sanity_words
from negotiation.pictures import numerals, outcomes

from .boxes import VBox
from .chart import VegaChart
from .outcomes_view import OutcomeView
from .scenarios_figures import Later
from .sheet import Sheet, SheetColumn

_COLUMNS = (
    SheetColumn("name", "Measure"),
    SheetColumn("count", "Cases in a window", "number"),
    SheetColumn("level", "Breach begins at", "percent"),
    SheetColumn("interval", "Then the truth lies within"),
    SheetColumn("false", "Odds of a false breach", "percent"),
    SheetColumn("missed", "Odds of a missed one", "percent"),
    SheetColumn("word", "Can it tell?"),
)


class OutcomeSanity(VBox):
    """Every proportion in a table; for one of them, a picture of the odds by sample."""

    def __init__(self, view: OutcomeView):
        self._view = view
        self.sheet = Sheet(
            "What chance does to each share", _COLUMNS,
            empty="Enter a target and how many cases a window holds; then this can be said.",
        )
        self.choice = ipw.Dropdown(description="Picture of", options=())
        self.choice.add_class("np-wide")
        self._chart: VegaChart | None = None
        self._known: dict[str, tuple[Measure, Sanity]] = {}
        super().__init__([self.sheet])
        self.add_class("np-card").add_class("np-stack")
        self._later = Later(self._show)
        self._show()
        view.observe(self._later, "findings")
        self.choice.observe(self._paint, "value")

    def _show(self) -> None:
        measures = self._view.state.deal.outcomes.measures
        self._known = {m.id: (m, found) for m in measures if (found := sanity(m)) is not None}
        self.sheet.show([_row(m, found) for m, found in self._known.values()])
        options = tuple((m.name, m.id) for m, _ in self._known.values())
        if options != tuple(self.choice.options):
            chosen = self.choice.value or _worst(self._known)
            self.choice.options = options
            self.choice.value = chosen if chosen in self._known else _worst(self._known)
        self._paint()

    def _paint(self, _change: Any = None) -> None:
        """The picture of the chosen share, and what it says in a sentence."""
        if self.choice.value not in self._known:
            self.sheet.show(self.sheet.rows, "", sign="")
            self.children = (self.sheet,)
            return
        measure, found = self._known[self.choice.value]
        self.sheet.show(self.sheet.rows, _sentence(measure, found),
                        sign="ok" if found.sound else "no")  # fmt: skip
        data = outcomes.odds_data(measure, found)
        words = f"Odds of a false and of a missed breach of {measure.name}, by cases counted."
        if self._chart is None:
            self._chart = VegaChart(outcomes.odds(data), label=words)
        else:
            self._chart.update(data, label=words)
        self.children = (self.sheet, self.choice, self._chart)


def _worst(known: dict[str, tuple[Measure, Sanity]]) -> str | None:
    """The share that chance hurts most: shown until somebody chooses another."""
    return max(known, default=None,
               key=lambda name: max(known[name][1].false_breach, known[name][1].missed))


def _sentence(measure: Measure, found: Sanity) -> str:
    return f"“{measure.name}”: {sanity_words(measure, found)}"


def _row(measure: Measure, found: Sanity) -> dict[str, Any]:
    low, high = found.interval
    return {
        "name": measure.name, "count": found.count, "level": found.level,
        "interval": f"{numerals.share(low)} to {numerals.share(high)}",
        "false": found.false_breach, "missed": found.missed,
        "word": {"text": "yes", "sign": "ok"} if found.sound
        else {"text": "too few cases", "sign": "no"},
    }  # fmt: skip
