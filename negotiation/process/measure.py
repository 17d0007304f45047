"""What a map amounts to: cost, time, rework, hand-offs, people, load, and how sure all that is.

    cost per case   sum of visits x (handling / 60 x rate + material)
    lead time       touch + wait; where branches run side by side, the longest of them on average
    rework          cost of all visits - cost of the visits of a case that goes right at once
    load of a team  its hours a month / (people x hours x (1 - shrinkage))

Nothing is guessed: what is missing counts as nothing and is said in `warnings`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from negotiation.arrays import Array
from negotiation.process.findings import Finding, Level, name, names
from negotiation.process.graph import Chain, chain
from negotiation.process.maps import Map
from negotiation.process.network import Network
from negotiation.process.prices import Exchange, Prices, own_currency, prices
from negotiation.process.rows import Team

BUSY = 0.85
"""Above this load a team's queues grow quickly."""

BAND = 0.10
"""The work on the map should explain today's people within this fraction."""

_SURENESS = ("measured", "sampled", "agreed", "estimated")


@dataclass(frozen=True)
class StepFigures:
    """One step, per case: minutes, money in the deal's currency.

    `rate` is what an hour costs, None when no rate is seen; `evidence` is that of the step or of
    its rate, whichever is weaker; `hours` are handling hours a month.
    """

    visits: float
    first_pass: float
    touch_minutes: float
    wait_minutes: float
    cost: float
    rework_cost: float
    rate: float | None
    evidence: str
    hours: float


@dataclass(frozen=True)
class TeamFigures:
    """One team: its handling `hours` a month and the FTE `needed` at the target occupancy.

    `people` is None when unknown, and with it `utilisation` (load over the time people are there)
    and `capacity` (cases a month at full load). `word` is "", "busy" above 85 % or "impossible"
    above 100 %.
    """

    hours: float
    needed: float
    people: float | None
    utilisation: float | None
    capacity: float | None
    word: str


@dataclass(frozen=True)
class Sums:
    """A part of all steps, per case."""

    cost: float
    touch_minutes: float
    wait_minutes: float
    hours: float


@dataclass(frozen=True)
class Figures:
    """A map in figures. Minutes are working minutes, money the deal's currency, shares fractions.

    Everything per case is nan while a loop never ends. `lead_sd` is nan where branches run side by
    side, or a limit could not be kept; the simulator knows more. `efficiency` is touch over lead
    time, `value_share` the touch time customers would pay for over lead time. `rolled_yield` is the
    part of cases without an error on their first pass, None when no step has an error rate.
    `automation_hours` a month could be automated. `wip` are cases at work at a time (Little 1961),
    `takt_minutes` the open time for each. What depends on volume is None without one. `bottleneck`
    is the team with the highest load ("" where none has any), `capacity` the cases a month it can
    bear. `workload_share` is FTE needed over today's, of teams whose people are known.
    `estimated_share` and `unpriced_share` say which part of the cost rests on estimates, and of the
    touch time has no rate; `unpriced` names by party the lanes or teams of that work. `assumed`
    says in a sentence where probabilities are missing, `endless` which loop never ends ("" when
    none of them does so).
    """

    cost_per_case: float
    touch_minutes: float
    wait_minutes: float
    lead_minutes: float
    efficiency: float | None
    value_share: float | None
    handoffs: float
    rework_cost: float
    rework_minutes: float
    rolled_yield: float | None
    automation_hours: float | None
    fte_needed: float | None
    people: float | None
    workload_share: float | None
    wip: float | None
    takt_minutes: float | None
    bottleneck: str
    capacity: float | None
    estimated_share: float | None
    unpriced_share: float | None
    cases_per_month: float | None
    steps: Mapping[str, StepFigures]
    teams: Mapping[str, TeamFigures]
    lanes: Mapping[str, Sums]
    parties: Mapping[str, Sums]
    evidence: Mapping[str, float]
    unpriced: Mapping[str, tuple[str, ...]]
    assumed: tuple[str, ...]
    endless: str
    findings: tuple[Finding, ...] = field(repr=False)
    spread: Callable[[], float] = field(repr=False, compare=False)

    @cached_property
    def lead_sd(self) -> float:
        """Standard deviation of the lead time, in minutes; worked out when it is asked for."""
        return self.spread()

    @property
    def visits(self) -> dict[str, float]:
        """Visits of each step."""
        return {step: found.visits for step, found in self.steps.items()}

    @property
    def utilisation(self) -> dict[str, float]:
        """Load of each team whose people are known."""
        loads = {team: found.utilisation for team, found in self.teams.items()}
        return {team: load for team, load in loads.items() if load is not None}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to know before quoting a figure."""
        return (*self.assumed, *(found.sentence for found in self.findings))

    def as_dict(self) -> dict[str, Any]:
        """The figures as the command line prints them; what is not known is None."""
        plain = {key: _known(getattr(self, key)) for key in _PRINTED}
        return plain | {
            "visits": {key: _known(value) for key, value in self.visits.items()},
            "utilisation": {key: _known(value) for key, value in self.utilisation.items()},
            "fte_by_team": {key: _known(team.needed) for key, team in self.teams.items()},
            "cost_by_step": {key: _known(step.cost) for key, step in self.steps.items()},
            "cost_by_lane": {key: _known(lane.cost) for key, lane in self.lanes.items()},
            "cost_by_party": {key: _known(party.cost) for key, party in self.parties.items()},
            "cost_by_evidence": {key: _known(cost) for key, cost in self.evidence.items()},
            "warnings": list(self.warnings),
        }


_PRINTED = (
    "cost_per_case", "touch_minutes", "wait_minutes", "lead_minutes", "lead_sd", "rework_cost",
    "rework_minutes", "handoffs", "efficiency", "value_share", "rolled_yield", "automation_hours",
    "fte_needed", "people", "workload_share", "wip", "takt_minutes", "bottleneck", "capacity",
    "estimated_share", "unpriced_share", "cases_per_month",
)  # fmt: skip


def measure(around: Map, money: Exchange = own_currency, found: Chain | None = None) -> Figures:
    """Every figure of a map; `money(currency)` gives the factor to the deal's currency, or None.

    `found` is the map's chain, where it is known already.
    """
    return _Measure(around, money, found).figures()


def lead(network: Network, visits: Array, minutes: Array) -> float:
    """Mean lead time from visits (steps,) and minutes at each (steps,): a lower bound with splits.

    Of the branches of a split only the one that takes longest on average counts: the mean of the
    latest is no less than the latest of the means. Splits whose branches do not meet cleanly are
    added up as if one branch followed the other.
    """
    spent = visits * minutes
    saved: dict[int, float] = {}
    for block in network.blocks:
        if not block.sound:
            continue
        times = [
            sum(spent[list(branch)]) - sum(saved.get(step, 0.0) for step in branch)
            for branch in block.branches
        ]
        saved[block.split] = sum(times) - max(times)
    return float(spent.sum() - sum(saved.values()))


class _Measure:
    """One map on the way to its figures: arrays (steps,) in table order."""

    def __init__(self, around: Map, money: Exchange, found: Chain | None):
        self.map = around
        self.chain: Chain = found or chain(around)
        self.prices: Prices = prices(around, money)
        self.handling = np.array([step.handling_min or 0.0 for step in around.steps])
        self.waits = np.array([step.wait_min or 0.0 for step in around.steps])
        hours = np.array([self.prices.hour.get(step.id, 0.0) for step in around.steps])
        material = np.array([step.material_cost for step in around.steps])
        self.each = self.handling / 60 * hours + material
        self.cases = around.process.cases_per_month
        self.teams = {team.id: self._team(team) for team in around.teams}

    @property
    def visits(self) -> Array:
        return self.chain.visits

    def figures(self) -> Figures:
        touch, wait = self.visits @ self.handling, self.visits @ self.waits
        minutes = self.handling + self.waits
        lead_minutes = lead(self.chain.network, self.visits, minutes)
        extra = self.visits - self.chain.first_pass
        steps = {step.id: self._step(place) for place, step in enumerate(self.map.steps)}
        evidence = self._by_evidence(steps)
        cost = float(self.visits @ self.each)
        return Figures(
            cost_per_case=cost,
            touch_minutes=float(touch),
            wait_minutes=float(wait),
            lead_minutes=lead_minutes,
            efficiency=_ratio(touch, lead_minutes),
            value_share=_ratio(self._value_touch(), lead_minutes),
            handoffs=self._handoffs(),
            rework_cost=float(extra @ self.each),
            rework_minutes=float(extra @ minutes),
            rolled_yield=self._yield(),
            automation_hours=self._automation(),
            cases_per_month=self.cases,
            estimated_share=_ratio(evidence["estimated"], cost),
            unpriced_share=_ratio(self._unpriced() @ (self.visits * self.handling), touch),
            steps=steps,
            lanes={lane.id: self._sums({lane.id}) for lane in self.map.lanes},
            parties=self._by_party(),
            evidence=evidence,
            teams=self.teams,
            unpriced=self._unpriced_names(),
            assumed=self._assumed(),
            endless=_endless(self.map, self.chain),
            spread=lambda: self._spread(minutes),
            findings=(*_assumptions(self.map, self.chain), *self._money(), *self._people()),
            **self._volume(lead_minutes),
        )

    # --- steps and sums ---

    def _step(self, place: int) -> StepFigures:
        step, visits = self.map.steps[place], self.visits[place]
        first = self.chain.first_pass[place]
        touch = float(visits * self.handling[place])
        return StepFigures(
            visits=float(visits),
            first_pass=float(first),
            touch_minutes=touch,
            wait_minutes=float(visits * self.waits[place]),
            cost=float(visits * self.each[place]),
            rework_cost=float((visits - first) * self.each[place]),
            rate=self.prices.hour.get(step.id),
            evidence=self._evidence(place),
            hours=touch / 60 * (self.cases or 0.0),
        )

    def _evidence(self, place: int) -> str:
        """The weaker evidence of a step and of its rate; a rate does not matter without minutes."""
        step = self.map.steps[place]
        rate = self.prices.rate.get(step.id)
        both = [step.evidence, *([rate.evidence] if rate and self.handling[place] else [])]
        return max(both, key=_SURENESS.index)

    def _by_evidence(self, steps: Mapping[str, StepFigures]) -> dict[str, float]:
        return {
            word: sum(step.cost for step in steps.values() if step.evidence == word)
            for word in _SURENESS
        }

    def _sums(self, lanes: set[str]) -> Sums:
        inside = np.array([step.lane in lanes for step in self.map.steps], bool)
        part = np.where(inside, self.visits, 0.0)
        touch = float(part @ self.handling)
        hours = touch / 60 * (self.cases or 0.0)
        return Sums(float(part @ self.each), touch, float(part @ self.waits), hours)

    def _by_party(self) -> dict[str, Sums]:
        lanes: dict[str, set[str]] = {}
        for lane in self.map.lanes:
            lanes.setdefault(lane.party, set()).add(lane.id)
        return {party: self._sums(ids) for party, ids in lanes.items()}

    def _unpriced(self) -> Array:
        """(steps,): 1 where people work and no rate says what an hour costs."""
        return np.array([
            float(minutes > 0 and step.id not in self.prices.hour)
            for step, minutes in zip(self.map.steps, self.handling, strict=True)
        ])  # fmt: skip

    def _unpriced_names(self) -> dict[str, tuple[str, ...]]:
        """By party: the teams, or lanes, that do work without a rate on a case's way."""
        found: dict[str, dict[str, None]] = {}
        for step, lacks, visits in zip(self.map.steps, self._unpriced(), self.visits, strict=True):
            lane = self.map.lane_of(step)
            if lacks and lane and visits:
                team = next((team.name for team in self.map.teams if team.id == step.team), "")
                found.setdefault(lane.party, {})[team or lane.name] = None
        return {party: tuple(whose) for party, whose in found.items()}

    # --- time ---

    def _spread(self, minutes: Array) -> float:
        if self.chain.network.blocks or not self.chain.remembered:
            return float("nan")
        cv = np.array([(step.handling_cv, step.wait_cv) for step in self.map.steps]).reshape(-1, 2)
        variances = (cv[:, 0] * self.handling) ** 2 + (cv[:, 1] * self.waits) ** 2
        return self.chain.spread(minutes, variances)

    def _value_touch(self) -> float:
        value = np.array([step.value_add == "VA" for step in self.map.steps], float)
        return float(value @ (self.visits * self.handling))

    def _handoffs(self) -> float:
        """Ways taken from one lane to another, a join's arrivals counting as one together."""
        steps, total = self.map.steps, 0.0
        for way, taken in zip(self.chain.network.ways, self.chain.taken, strict=True):
            if steps[way.source].lane != steps[way.target].lane:
                total += taken * way.weight
        return float(total)

    def _yield(self) -> float | None:
        rates = [step.error_rate for step in self.map.steps]
        if all(rate is None for rate in rates):
            return None
        good = np.array([1 - (rate or 0.0) for rate in rates])
        return float("nan") if self.chain.endless else self.chain.passing(good)

    # --- volume ---

    def _automation(self) -> float | None:
        if self.cases is None:
            return None
        share = np.array([step.automation_share for step in self.map.steps])
        return float(share @ (self.visits * self.handling)) / 60 * self.cases

    def _volume(self, lead_minutes: float) -> dict[str, Any]:
        process, known = self.map.process, self.cases is not None
        open_minutes = process.open_hours_per_day * process.open_days_per_month * 60
        teams = self.teams.values()
        people = [team.people for team in teams if team.people is not None]
        needed = sum(team.needed for team in teams if team.people is not None)
        loads = {t: f.utilisation for t, f in self.teams.items() if (f.utilisation or 0) > 0}
        bottleneck = max(loads, key=loads.get, default="")
        return {
            "fte_needed": sum(team.needed for team in teams) if known and self.teams else None,
            "people": sum(people) if people else None,
            "workload_share": _ratio(needed, sum(people)) if known else None,
            "wip": self.cases * lead_minutes / open_minutes if known else None,
            "takt_minutes": open_minutes / self.cases if self.cases else None,
            "bottleneck": bottleneck,
            "capacity": self.teams[bottleneck].capacity if bottleneck else None,
        }

    def _team(self, team: Team) -> TeamFigures:
        """The people who share some steps: their load is that of all of them together."""
        process = self.map.process
        mine = np.array([step.team == team.id for step in self.map.steps], float)
        unit = float((mine * self.visits) @ self.handling) / 60
        hours = unit * (self.cases or 0.0)
        there = (team.hours_per_fte_month or process.hours_per_fte_month) * (1 - process.shrinkage)
        needed = hours / (there * process.occupancy)
        if not team.people or self.cases is None:
            return TeamFigures(hours, needed, team.people, None, None, "")
        load = hours / (team.people * there)
        capacity = team.people * there / unit if unit else None
        word = "impossible" if load > 1 + 1e-9 else "busy" if load > BUSY + 1e-9 else ""
        return TeamFigures(hours, needed, team.people, load, capacity, word)

    # --- what to know about the figures ---

    def _assumed(self) -> tuple[str, ...]:
        """One sentence for all ways out that were taken as equally likely."""
        if not self.chain.assumed:
            return ()
        which = names(name(self.map, step) for step in self.chain.assumed)
        return (
            f"Not every way out of {which} has a probability: those without share equally what is "
            "left.",
        )

    def _money(self) -> list[Finding]:
        found = [
            Finding(
                f"process.rates.{rate.id}.currency",
                "money",
                f"There is no exchange rate for {rate.currency}: an hourly rate of "
                f"{rate.cost_per_hour:g} is left out.",
                rate.id,
            )
            for rate in self.prices.foreign
        ]
        bare = [s.id for s, lacks in zip(self.map.steps, self._unpriced(), strict=True) if lacks]
        if bare:
            which = names(name(self.map, step) for step in bare)
            found.append(Finding(
                "process.rates",
                "money",
                f"No rate is seen for {which}: that work counts as free.",
                bare[0],
            ))  # fmt: skip
        return found

    def _people(self) -> list[Finding]:
        found = []
        for team in self.map.teams:
            figures = self.teams[team.id]
            if figures.word:
                found.append(Finding(
                    f"process.teams.{team.id}.people", "resources", _load(team, figures), team.id
                ))  # fmt: skip
        share = self._volume(0.0)["workload_share"]
        if share is not None and abs(share - 1) > BAND + 1e-9:
            found.append(Finding(
                "process.teams",
                "resources",
                f"The work on the map explains {100 * share:.0f} % of the people in its teams. On "
                "today's map more than 10 % off means: measure volume, times or people again.",
            ))  # fmt: skip
        return found


def _load(team: Team, figures: TeamFigures) -> str:
    load = f"“{team.name}” has {100 * figures.utilisation:.0f} % of the hours it is there for"
    if figures.word == "busy":
        return f"{load}: above 85 % every queue before it grows quickly."
    return (
        f"{load}: the map says {team.people:g} people, the numbers say "
        f"{figures.needed:.1f}. One of them is wrong."
    )


def _assumptions(around: Map, found: Chain) -> tuple[Finding, ...]:
    """What was filled in or cannot be worked out, and so bears on every figure."""
    return (*_beginnings(around, found), *_ways(around, found), *_branches(around, found))


def _beginnings(around: Map, found: Chain) -> Iterator[Finding]:
    starts = [step.id for step in around.steps if step.kind == "start"]
    if len(starts) > 1:
        which = names(name(around, step) for step in starts)
        sentence = f"Cases come in at {len(starts)} starts, as many at each: {which}."
        yield _about(starts[1], "time", sentence)
    if around.steps and not starts:
        first = [found.ids[place] for place in sorted(found.network.starts)]
        which = names(name(around, step) for step in first)
        sentence = f"No step is a start: cases come in at {which}, where no arrow leads to."
        yield _about(first[0], "drawing", sentence)


def _ways(around: Map, found: Chain) -> Iterator[Finding]:
    if found.endless:
        yield _about(found.endless[0], "drawing", _endless(around, found))
    for step, total in found.sums.items():
        words = f"The probabilities out of {name(around, step)} add up to {100 * total:.4g} %"
        yield _about(step, "time", f"{words}; they count as parts of that sum.")
    for flow in found.network.blurred[:1]:
        step = around.flow[flow].source
        words = f"The way back from {name(around, step)} is limited, in a branch that can be gone "
        yield _about(step, "time", words + "through again: visits are approximate. Simulate.")
    if not found.remembered:
        sentence = "So many limited ways back lie within each other that they are counted without "
        yield Finding("process.flows", "time", sentence + "limits.")


def _endless(around: Map, found: Chain) -> str:
    if not found.endless:
        return ""
    which = names(name(around, step) for step in found.endless)
    return f"This loop never ends: {which}. Nothing can be worked out per case."


def _branches(around: Map, found: Chain) -> Iterator[Finding]:
    for block in found.network.blocks:
        split = found.ids[block.split]
        if block.sound:
            words = f"Work runs side by side after {name(around, split)}: the mean lead time is a "
            words += "lower bound, since the latest branch is later than the longest one on "
            yield _about(split, "time", words + "average. Simulate before you promise.")
        else:
            words = f"The branches after {name(around, split)} do not meet cleanly: their times "
            yield _about(split, "drawing", words + "are added up.")


def _about(step: str, level: Level, sentence: str) -> Finding:
    return Finding(f"process.steps.{step}", level, sentence, step)


def _ratio(part: float, whole: float) -> float | None:
    return float(part / whole) if whole and not np.isnan(whole) else None


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value
