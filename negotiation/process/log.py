"""What an event log says about a process: how often which way is taken, how long cases wait.

    events ──log_of──► EventLog ──read_off──► LogFigures ──fill──► the map, measured
                                                        └─discover──► a first map

No process mining in the strict sense: steps that follow each other directly are counted, nothing is
inferred about what runs in parallel. Times are working minutes when `read_off` is told the opening
hours, else the clock's.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from negotiation.arrays import Array
from negotiation.values import FieldError

DAYS_PER_MONTH = 365.25 / 12
EDGE = ""
"""Stands before a case's first activity and after its last."""

Places = tuple[int, ...]
_NAN = float("nan")


class Event(NamedTuple):
    """One line of a log. Times are seconds since 1970; `begun` and `done` may be nan."""

    case: str
    activity: str
    done: float
    begun: float = _NAN
    resource: str = ""
    met: bool | None = None
    """Whether the case kept its service level, where the log says so."""


@dataclass(frozen=True)
class EventLog:
    """Events by case, in the order of time within each.

    `first` (cases + 1,) is where each case's events begin; `activity`, `resource` (events,) are
    places in `activities`, `resources`; `begun`, `done` (events,) seconds, nan when not known;
    `met` (cases,) 1 or 0 for kept or missed, nan when not known.
    """

    cases: tuple[str, ...]
    first: NDArray[np.int_]
    activities: tuple[str, ...]
    activity: NDArray[np.int_]
    begun: Array
    done: Array
    resources: tuple[str, ...]
    resource: NDArray[np.int_]
    met: Array
    name: str = "Event log"
    notes: tuple[str, ...] = ()

    @property
    def timed_both(self) -> bool:
        """Whether some events have a beginning and an end."""
        return bool(np.isfinite(self.begun).any())


@dataclass(frozen=True)
class Spread:
    """Of a number of durations: mean, coefficient of variation, median, P80 and P95."""

    count: int
    mean: float
    cv: float
    median: float
    p80: float
    p95: float


@dataclass(frozen=True)
class ActivityFigures:
    """An activity: how often it happens, and its times in minutes.

    `per_case` is the mean number in a case. `before` is the time from the end of what came before
    to its beginning (to its end where beginnings are not known), `after` from its end to the
    beginning of what comes next; `touch` from its beginning to its end. None: nothing to count.
    """

    name: str
    events: int
    per_case: float
    self_loops: int
    before: Spread | None
    after: Spread | None
    touch: Spread | None


@dataclass(frozen=True)
class Transition:
    """An activity directly after another; `share` of all that follow `source`.

    `source` is empty where a case begins, `target` where it ends.
    """

    source: str
    target: str
    count: int
    share: float


@dataclass(frozen=True)
class Variant:
    """A sequence of activities that `count` cases took."""

    path: tuple[str, ...]
    count: int
    share: float


@dataclass(frozen=True)
class LogFigures:
    """What a log says. Shares are of cases.

    `rework_share`: some activity more than once. `ping_pong_share`: from one activity to another
    and back. `hours`: from a case's first event to its last, by the clock. `within_share`: of the
    cases that are known to have kept their service level, or that took at most `within_hours`.
    """

    name: str
    cases: int
    events: int
    activities: tuple[ActivityFigures, ...]
    transitions: tuple[Transition, ...]
    variants: tuple[Variant, ...]
    rework_share: float
    ping_pong_share: float
    hours: Spread | None
    within_hours: float | None
    within_share: float | None
    cases_per_month: float | None
    arrival_cv: float | None
    resources: tuple[tuple[str, int], ...]
    touch_known: bool
    warnings: tuple[str, ...]


def log_of(events: Iterable[Event], name: str = "Event log", notes: Iterable[str] = ()) -> EventLog:
    """Events in any order as a log; cases in the order in which they are first met.

    Events of one moment stay in the order given. Raises `FieldError` when there are none.
    """
    cases: dict[str, int] = {}
    activities: dict[str, int] = {}
    resources: dict[str, int] = {}
    rows = [
        (
            cases.setdefault(event.case, len(cases)),
            activities.setdefault(event.activity, len(activities)),
            resources.setdefault(event.resource, len(resources)),
            event.begun,
            event.done,
            _NAN if event.met is None else float(event.met),
        )
        for event in events
    ]
    if not rows:
        raise FieldError("file", f"{name} holds no events.")
    table = np.array(rows, float)
    moment = np.where(np.isfinite(table[:, 4]), table[:, 4], table[:, 3])
    # Stable, so that equal moments keep the file's order; unknown moments come last.
    table = table[np.lexsort((np.arange(len(table)), moment, table[:, 0]))]
    case = table[:, 0].astype(int)
    met = np.full(len(cases), _NAN)
    known = np.isfinite(table[:, 5])
    met[case[known]] = table[known, 5]
    return EventLog(
        tuple(cases), np.searchsorted(case, np.arange(len(cases) + 1)), tuple(activities),
        table[:, 1].astype(int), table[:, 3], table[:, 4], tuple(resources),
        table[:, 2].astype(int), met, name, tuple(notes),
    )  # fmt: skip


def read_off(
    log: EventLog,
    within_hours: float | None = None,
    open_hours_per_day: float = 24.0,
    open_days_per_month: float = DAYS_PER_MONTH,
) -> LogFigures:
    """Everything the log says.

    `within_hours` is the service level in hours by the clock; without one, what the log itself says
    of each case counts. Minutes of activities are working minutes of the given opening hours
    (`working`).
    """
    counts = Counter(_paths(log))
    variants = _variants(log, counts)
    opened, closed = _case_spans(log)
    hours = (closed - opened) / 3600
    per_month, arrival_cv = _arrivals(opened)
    return LogFigures(
        name=log.name,
        cases=len(log.cases),
        events=len(log.activity),
        activities=_activities(log, _same_case(log), open_hours_per_day, open_days_per_month),
        transitions=_transitions(variants),
        variants=variants,
        rework_share=_share(counts, _repeats),
        ping_pong_share=_share(counts, _goes_back),
        hours=spread(hours),
        within_hours=within_hours,
        within_share=_within(log, hours, within_hours),
        cases_per_month=per_month,
        arrival_cv=arrival_cv,
        resources=_resources(log),
        touch_known=log.timed_both,
        warnings=_warnings(log),
    )


def working(seconds: Array, open_hours_per_day: float, open_days_per_month: float) -> Array:
    """Working minutes in spans of clock time that begin at a random moment of opening hours.

    Whole days count with their opening hours and the share of days that are open. For the rest r of
    a day and H opening hours, the mean over beginnings is r - r²/2H up to H, H/2 beyond, and
    (r + H - 24)²/2H more where the span reaches the next day's opening.
    """
    hours = np.maximum(seconds, 0.0) / 3600
    opened = open_hours_per_day
    if opened >= 24 and open_days_per_month >= DAYS_PER_MONTH:
        return 60 * hours
    days, rest = np.divmod(hours, 24.0)
    today = np.where(rest < opened, rest - rest**2 / (2 * opened), opened / 2)
    tomorrow = np.maximum(0.0, rest + opened - 24.0) ** 2 / (2 * opened)
    whole = days * opened * min(1.0, open_days_per_month / DAYS_PER_MONTH)
    return 60 * (whole + today + tomorrow)


def spread(values: Array) -> Spread | None:
    """Mean and percentiles of the values that are known; None when none is."""
    found = values[np.isfinite(values)]
    if not len(found):
        return None
    mean = float(found.mean())
    median, p80, p95 = (float(x) for x in np.percentile(found, (50, 80, 95)))
    cv = float(found.std() / mean) if mean > 0 else 0.0
    return Spread(len(found), mean, cv, median, p80, p95)


# --- counting


def _same_case(log: EventLog) -> NDArray[np.bool_]:
    """(events,): whether the event before belongs to the same case."""
    same = np.ones(len(log.activity), bool)
    same[log.first[:-1]] = False
    return same


def _paths(log: EventLog) -> list[tuple[int, ...]]:
    steps, ends = log.activity.tolist(), log.first.tolist()
    return [tuple(steps[begin:end]) for begin, end in pairwise(ends)]


def _variants(log: EventLog, counts: Mapping[tuple[int, ...], int]) -> tuple[Variant, ...]:
    names, total = log.activities, len(log.cases)
    rows = [Variant(tuple(names[i] for i in path), n, n / total) for path, n in counts.items()]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.path)))


def _activities(
    log: EventLog, same: NDArray[np.bool_], hours: float, days: float
) -> tuple[ActivityFigures, ...]:
    """The most frequent first."""
    begun = np.where(np.isfinite(log.begun), log.begun, log.done)
    between = np.full(len(begun), _NAN)
    between[1:] = begun[1:] - log.done[:-1]
    between[~same] = _NAN
    before = working(between, hours, days)
    after = np.append(before[1:], _NAN)
    touch = working(log.done - log.begun, hours, days)
    again = same & (log.activity == np.roll(log.activity, 1))
    rows = []
    for number, name in enumerate(log.activities):
        here = log.activity == number
        count = int(here.sum())
        rows.append(
            ActivityFigures(
                name, count, count / len(log.cases), int((again & here).sum()),
                spread(before[here]), spread(after[here]), spread(touch[here]),
            )
        )  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-row.events, row.name)))


def _transitions(variants: tuple[Variant, ...]) -> tuple[Transition, ...]:
    """By source in the order of frequency, the most frequent target first."""
    counts: Counter[tuple[str, str]] = Counter()
    for variant in variants:
        for pair in pairwise((EDGE, *variant.path, EDGE)):
            counts[pair] += variant.count
    totals: Counter[str] = Counter()
    for (source, _), count in counts.items():
        totals[source] += count
    ordered = sorted(counts.items(), key=lambda row: (-totals[row[0][0]], row[0][0], -row[1]))
    return tuple(Transition(*pair, count, count / totals[pair[0]]) for pair, count in ordered)


def _share(
    counts: Mapping[tuple[int, ...], int], holds: Callable[[tuple[int, ...]], bool]
) -> float:
    return sum(n for path, n in counts.items() if holds(path)) / sum(counts.values())


def _repeats(path: tuple[int, ...]) -> bool:
    return len(set(path)) < len(path)


def _goes_back(path: tuple[int, ...]) -> bool:
    """From one activity to another and straight back."""
    return any(a == c != b for a, b, c in zip(path, path[1:], path[2:], strict=False))


def _case_spans(log: EventLog) -> tuple[Array, Array]:
    """(cases,) each: first and last moment of every case, in seconds; nan when none is known."""
    begun = np.where(np.isfinite(log.begun), log.begun, log.done)
    opened = np.fmin.reduceat(begun, log.first[:-1])
    closed = np.fmax.reduceat(log.done, log.first[:-1])
    return opened, closed


def _within(log: EventLog, hours: Array, within_hours: float | None) -> float | None:
    known = np.isfinite(hours) if within_hours is not None else np.isfinite(log.met)
    if not known.any():
        return None
    kept = hours[known] <= within_hours if within_hours is not None else log.met[known]
    return float(np.mean(kept))


def _arrivals(opened: Array) -> tuple[float | None, float | None]:
    """Cases a month, and the coefficient of variation of the time between them."""
    moments = np.sort(opened[np.isfinite(opened)])
    if len(moments) < 3 or moments[-1] == moments[0]:
        return None, None
    months = (moments[-1] - moments[0]) / 86_400 / DAYS_PER_MONTH
    between = np.diff(moments)
    return float((len(moments) - 1) / months), float(between.std() / between.mean())


def _resources(log: EventLog) -> tuple[tuple[str, int], ...]:
    counts = np.bincount(log.resource, minlength=len(log.resources)).tolist()
    rows = [(name, n) for name, n in zip(log.resources, counts, strict=True) if name]
    return tuple(sorted(rows, key=lambda row: (-row[1], row[0])))


def _warnings(log: EventLog) -> tuple[str, ...]:
    told = list(log.notes)
    lost = int((~np.isfinite(log.done)).sum())
    if lost:
        told.append(f"{lost:,} events have no time of completion; their times were left out.")
    if not log.timed_both:
        told.append(
            "The log holds one time for each event, so touch time and wait cannot be told apart: "
            "the minutes before an activity hold both. Ask for a sampled touch time."
        )
    else:
        half = int((~np.isfinite(log.begun)).sum())
        if half:
            told.append(f"{half:,} events have no beginning; for them touch and wait are one.")
    return tuple(told)
