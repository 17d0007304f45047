"""How long work waits for a team, when only its people and its load are known.

A wait that nobody measured can be estimated from the map: how often work comes to the team, how
long each piece takes and how much that varies, and how many people are there at a time.
"""

from dataclasses import dataclass
from math import isinf
from typing import Any

import numpy as np

from negotiation.process.maps import Map
from negotiation.process.measure import Figures
from negotiation.process.queues import allen_cunneen
from negotiation.values import FieldError

_BEGINS, _ELSE, _LINE = "Wait from", " Else: ", 200


@dataclass(frozen=True)
class TeamQueue:
    """The work of all steps of a team as one queue.

    `agents` are the people there at a time, whole ones; `load` is in erlang; `wait_min` the mean
    wait before each visit in working minutes, infinite when there is more work than people.
    """

    team: str
    agents: int
    arrivals_per_min: float
    handling_min: float
    handling_cv: float
    load: float
    wait_min: float


def team_queue(around: Map, figures: Figures, team: str) -> TeamQueue | None:
    """The queue of a team; None without a volume, without work, or with less than one person there.

    Work of different steps makes one stream, so its times vary by step too. People are spread
    evenly over the open hours, and share all of the work. By Allen and Cunneen.
    """
    process, row = around.process, around.team.get(team)
    steps = [s for s in around.steps if s.team == team and s.handling_min]
    visits = np.array([figures.steps[s.id].visits for s in steps])
    if row is None or not row.people or not process.cases_per_month or not visits.sum() > 0:
        return None
    open_hours = process.open_hours_per_day * process.open_days_per_month
    paid = row.people * (row.hours_per_fte_month or process.hours_per_fte_month)
    agents = int(paid * (1 - process.shrinkage) / open_hours + 1e-9)
    if agents < 1:
        return None
    arrivals = process.cases_per_month * float(visits.sum()) / open_hours / 60
    mean, cv = _piece(visits, np.array([[s.handling_min, s.handling_cv] for s in steps]))
    load = arrivals * mean
    wait = allen_cunneen(agents, load, mean, process.arrival_cv, cv)
    return TeamQueue(team, agents, arrivals, mean, cv, load, wait)


@dataclass(frozen=True)
class WaitEstimate:
    """The fields of a step that an estimated wait fills in, and how it was worked out."""

    fields: dict[str, Any]
    sentence: str


def wait_estimate(around: Map, figures: Figures, step: str) -> WaitEstimate:
    """The wait before a step, from the load of its team.

    The evidence of the wait becomes "estimated", and the step's source says how. Raises
    `FieldError` where the map does not say enough, or says that there is more work than people.
    """
    team = around.team_of(step)
    place = f"process.steps.{step}.wait_min"
    found = team_queue(around, figures, team.id) if team else None
    if found is None:
        raise FieldError(
            place,
            "An estimate needs the step's team, its people (one at a time at least), the handling "
            "time of its steps and the cases a month.",
        )
    if isinf(found.wait_min):
        raise FieldError(
            place,
            f"{team.name} has more work than people: {found.load:.1f} would be busy, "
            f"{found.agents} are there. Any wait would only grow.",
        )
    wait = float(f"{found.wait_min:.2g}")
    busy = found.load / found.agents
    sentence = (
        f"{_BEGINS} the load of {team.name}: {found.agents} there at a time, {busy:.0%} busy, "
        f"{60 * found.arrivals_per_min:.3g} pieces an hour of {found.handling_min:.3g} min each "
        f"(Allen and Cunneen)."
    )
    source = with_wait_source(around.step[step].source, sentence)
    fields = {"wait_min": wait, "wait_evidence": "estimated", "source": source}
    return WaitEstimate(fields, sentence)


def with_wait_source(source: str, sentence: str) -> str:
    """A step's source with `sentence` ("Wait from …") on its wait, before what it says of the rest.

    What `source` said of the wait is replaced.
    """
    known = source.rpartition(_ELSE)[2]
    known = "" if known.startswith(_BEGINS) else known
    return (f"{sentence}{_ELSE}{known}" if known else sentence)[:_LINE]


def _piece(visits: np.ndarray, times: np.ndarray) -> tuple[float, float]:
    """Mean and coefficient of variation of the time of a piece of work, whichever step's it is."""
    share, (means, cvs) = visits / visits.sum(), times.T
    mean = float(share @ means)
    square = float(share @ (means**2 * (1 + cvs**2)))
    return mean, max(0.0, square / mean**2 - 1) ** 0.5
