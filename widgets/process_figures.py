"""What the shown map amounts to: cost, time, load, and how sure all that is."""

from typing import Any

from negotiation.pictures import numerals
from negotiation.pictures.process_figures import (
    load,
    load_data,
    minutes,
    minutes_data,
    minutes_text,
)
from negotiation.process.maps import Map
from negotiation.process.measure import Figures

from .boxes import VBox
from .carried import CarriedUses, source_of
from .chart import VegaChart
from .fold import Fold
from .notes import Notes
from .process_facts import VOLUME
from .process_view import ProcessView
from .scenarios_figures import Later
from .sheet import Sheet, SheetColumn

_CLEAR = "Nothing stands in the way."
_TODAY = (("what", "An average case"), ("today", "Today"), ("means", "What it means"))
_BOTH = (*_TODAY[:2], ("future", "Future"), _TODAY[2])
_STEPS = (
    SheetColumn("step", "Step"), SheetColumn("lane", "Lane"),
    SheetColumn("visits", "Visits", "number", decimals=3),
    SheetColumn("touch", "Touch, min", "number", decimals=2),
    SheetColumn("wait", "Wait, min", "number", decimals=1),
    SheetColumn("cost", "Cost", "money", decimals=3),
    SheetColumn("rework", "of it rework", "money", decimals=3),
    SheetColumn("evidence", "How we know"),
)  # fmt: skip
_TEAMS = (
    SheetColumn("team", "Team"),
    SheetColumn("hours", "Work, h a month", "number", decimals=0),
    SheetColumn("people", "People", "number", decimals=1),
    SheetColumn("needed", "Needed, FTE", "number", decimals=1),
    SheetColumn("load", "Load"),
    SheetColumn("capacity", "Can bear, cases a month", "number", decimals=0),
)


def figures_of(view: ProcessView, around: Map | None = None) -> Figures:
    """The figures of the shown map (or another), worked out once while map and terms stay."""
    around, terms = view.map if around is None else around, view.state.deal.terms
    for known_map, known_terms, figures in view.worked_out:
        if known_map.process is around.process and known_terms is terms:
            return figures
    source = source_of(view.state)
    today = around.process is source.process
    figures = source.today if today else source.measured.of(around)
    view.worked_out.append((around, terms, figures))
    return figures


class ProcessFigures(VBox):
    """The figures of today's map, and of the shown future state beside it."""

    def __init__(self, view: ProcessView):
        self._view = view
        self._keys = Sheet("What a case takes", _TODAY)
        around, figures = view.map, figures_of(view)
        self._minutes = VegaChart(
            minutes(minutes_data(around, figures)), label="Where the time of a case goes"
        )
        self._load = VegaChart(load(load_data(around, figures)), label="Load of each team")
        self._unsure = Notes("Before you quote a figure", empty=_CLEAR)
        self._steps = Sheet("By step, per case", _STEPS, empty="No step yet.")
        self._teams = Sheet("By team", _TEAMS, empty="No team yet; add one to the table above.")
        details = Fold("Every step and team in numbers", lambda: [self._steps, self._teams])
        uses = CarriedUses(
            view.state, "Where these figures are used",
            lambda use: not use.future and use.source != VOLUME,
        )
        super().__init__([self._keys, uses, self._minutes, self._load, self._unsure, details])
        self.add_class("np-card").add_class("np-stack")
        self._later = Later(self._show)
        self._show()
        view.observe(self._later, "map")
        view.state.follow(self._later, "terms")

    def _show(self) -> None:
        view, today = self._view, figures_of(self._view, self._view.today)
        shown = figures_of(view)
        self._keys.show(
            _key_rows(view, today, shown), sentence=_verdict(view, shown),
            columns=_BOTH if view.future else _TODAY,
        )  # fmt: skip
        self._minutes.update(minutes_data(view.map, shown), label=_time_words(view.map, shown))
        loads = load_data(view.map, shown)
        self._load.layout.display = None if loads["load"] else "none"
        self._load.update(loads, label=_load_words(view.map, shown))
        self._unsure.empty = _CLEAR if shown.touch_minutes else "There is nothing to quote yet."
        self._unsure.lines = tuple(("work", words) for words in shown.warnings)
        self._steps.show(_step_rows(view.map, shown))
        self._teams.show(_team_rows(view.map, shown))


def _key_rows(view: ProcessView, today: Figures, shown: Figures) -> list[dict]:
    currency = view.state.deal.identity.currency

    def row(what: str, name: str, text: Any, means: str = "") -> dict:
        future = text(getattr(shown, name)) if view.future else ""
        return {"what": what, "today": text(getattr(today, name)), "future": future,
                "means": means}  # fmt: skip

    return [
        row("Cost", "cost_per_case", lambda v: numerals.money(v, currency, 2),
            f"touch times the hourly rate; {_resting(shown)}"),
        row("of it rework", "rework_cost", lambda v: numerals.money(v, currency, 2),
            "done again"),
        row("Touch", "touch_minutes", minutes_text, "somebody works on it"),
        row("Wait", "wait_minutes", minutes_text, "it lies"),
        row("From start to end", "lead_minutes", minutes_text,
            "at least: branches side by side count by the longer" if _branches(shown) else
            "on average; most cases take less, some far more"),
        row("Touch of the whole time", "efficiency", numerals.share,
            "process-cycle efficiency; less work lowers it, less waiting raises it"),
        row("Hand-offs", "handoffs", lambda v: numerals.number(v, 2), "from lane to lane"),
        row("People needed", "fte_needed", lambda v: numerals.number(v, 1),
            "FTE at the occupancy we aim for, in teams that steps name"),
    ]  # fmt: skip


def _resting(figures: Figures) -> str:
    """What the cost rests on, in words."""
    if not figures.touch_minutes:
        return "no step has handling minutes yet"
    if figures.unpriced_share:
        return f"without {numerals.share(figures.unpriced_share, 0)} of the touch: no rate is seen"
    if figures.estimated_share:
        return f"{numerals.share(figures.estimated_share, 0)} of it rests on estimates"
    return "measured, sampled or agreed throughout"


def _branches(figures: Figures) -> bool:
    return figures.lead_sd != figures.lead_sd


def _verdict(view: ProcessView, figures: Figures) -> str:
    team = view.map.team.get(figures.bottleneck)
    if team is None:
        return ""
    load_there = figures.utilisation.get(team.id, 0.0)
    if load_there > 1:
        needed = figures.teams[team.id].needed
        return (f"The map says {team.people:g} people in {team.name}, the numbers say "
                f"{needed:,.0f}: one of them is wrong.")  # fmt: skip
    return (f"{team.name} is the bottleneck: it bears {figures.capacity:,.0f} "
            f"{view.state.deal.process.case_name}s a month.")  # fmt: skip


def _time_words(around: Map, figures: Figures) -> str:
    longest = max(
        figures.steps, key=lambda s: figures.steps[s].wait_minutes + figures.steps[s].touch_minutes,
        default="",
    )  # fmt: skip
    if not longest:
        return "Where the time of a case goes; no step has minutes yet."
    return f"Where the time of a case goes; most of it at “{around.step[longest].name}”."


def _load_words(around: Map, figures: Figures) -> str:
    words = [f"{around.team[t].name} {numerals.share(u, 0)}"
             for t, u in figures.utilisation.items()]  # fmt: skip
    return "Load of each team: " + ", ".join(words) + "."


def _step_rows(around: Map, figures: Figures) -> list[dict]:
    rows = []
    for step in around.steps:
        found, lane = figures.steps[step.id], around.lane_of(step)
        party = lane.party if lane and lane.party in ("buyer", "supplier") else ""
        rows.append({
            "step": step.name, "visits": found.visits, "touch": found.touch_minutes,
            "lane": {"text": lane.name if lane else "no lane", "party": party},
            "wait": found.wait_minutes, "cost": found.cost, "rework": found.rework_cost,
            "evidence": found.evidence,
        })  # fmt: skip
    return rows


def _team_rows(around: Map, figures: Figures) -> list[dict]:
    signs = {"": "ok", "busy": "work", "impossible": "no"}
    rows = []
    for team in around.teams:
        found = figures.teams[team.id]
        told = numerals.share(found.utilisation, 0)
        rows.append({
            "team": team.name, "hours": found.hours, "people": found.people,
            "needed": found.needed, "capacity": found.capacity,
            "load": {"text": told, "sign": signs[found.word]} if found.utilisation is not None
            else "people not known",
        })  # fmt: skip
    return rows
