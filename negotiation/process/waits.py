"""How long work waits for a team, when only its people and its load are known.

A wait that nobody measured can be estimated from the map: how often work comes to the team, how
long each piece takes and how much that varies, and how many people are there at a time.
"""

from dataclasses import dataclass

import numpy as np

from negotiation.process.maps import Map
from negotiation.process.measure import Figures
from negotiation.process.queues import allen_cunneen


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


def _piece(visits: np.ndarray, times: np.ndarray) -> tuple[float, float]:
    """Mean and coefficient of variation of the time of a piece of work, whichever step's it is."""
    share, (means, cvs) = visits / visits.sum(), times.T
    mean = float(share @ means)
    square = float(share @ (means**2 * (1 + cvs**2)))
    return mean, max(0.0, square / mean**2 - 1) ** 0.5
