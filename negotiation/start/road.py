"""The road to signature: tasks counted back from the target date over both sides' working days.

A critical path computation (Kelley and Walker, 1959) on working days of different calendars: a
task takes place on the working days of its owner, a task of both on days when both sides work.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from negotiation import calendars
from negotiation.calendars import ONE_DAY, WorkingWeek, long_day
from negotiation.start.part import Side, Start, Task


@dataclass(frozen=True)
class WorkCalendar:
    """The days on which a side can work: every one of its places works, and no holiday."""

    weeks: tuple[WorkingWeek, ...]
    holidays: frozenset[date]

    def after(self, day: date) -> date:
        """The first working day from `day` on."""
        return calendars.working_day_on_or_after(day, self.weeks, self.holidays)

    def before(self, day: date) -> date:
        """The last working day up to `day`."""
        return calendars.working_day_on_or_before(day, self.weeks, self.holidays)

    def end(self, first: date, days: int) -> date:
        """The last day of a task of `days` working days that begins on the working day `first`."""
        for _ in range(days - 1):
            first = self.after(first + ONE_DAY)
        return first

    def begin(self, last: date, days: int) -> date:
        """The first day of a task of `days` working days that ends on the working day `last`."""
        for _ in range(days - 1):
            last = self.before(last - ONE_DAY)
        return last

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to `last`; negative when `last` comes first."""
        return calendars.working_days_between(first, last, self.weeks, self.holidays)


@dataclass(frozen=True)
class Step:
    """One open task with its dates; `slack_days` are working days of its owner, negative if late.

    Earliest dates count forward from today, latest dates back from the target date.
    """

    task: Task
    earliest_start: date
    earliest_finish: date
    latest_start: date
    latest_finish: date
    slack_days: int
    critical: bool


@dataclass(frozen=True)
class Road:
    """The whole way: open steps in order of their latest start, and what decides the date.

    `signature` is the earliest day on which everything can be done, None when nothing is open.
    `slack_days` are working days of both sides between it and the target, negative when late.
    `problems` are sentences about tasks that could not be placed.
    """

    today: date
    target: date
    steps: tuple[Step, ...]
    signature: date | None
    slack_days: int | None
    critical_path: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def late(self) -> tuple[Step, ...]:
        """Steps that had to begin earlier than they now can."""
        return tuple(step for step in self.steps if step.slack_days < 0)


def work_calendar(start: Start, side: Side) -> WorkCalendar:
    """The working days of a side, or of both; without places, Monday to Friday."""
    places = [place for place in start.places if side in ("both", place.party)]
    ids = {place.id for place in places}
    days = frozenset(holiday.day for holiday in start.holidays if holiday.place in ids)
    return WorkCalendar(tuple(place.week for place in places), days)


def road(start: Start, target: date, today: date) -> Road:
    """Every open task with earliest and latest dates, slack and the critical path.

    A finished task holds nobody up. Tasks in a circle are left out and named in `problems`.
    Raises `FieldError` when the calendars leave no common working day.
    """
    days = {side: work_calendar(start, side) for side in ("buyer", "supplier", "both")}
    ordered, circle = _in_order(task for task in start.tasks if task.done is None)
    problems = _problems(start, circle)
    if not ordered:
        return Road(today, target, (), None, None, (), problems)
    earliest = _forward(ordered, days, today)
    latest = _backward(ordered, days, target)
    signature = max(finish for _, finish in earliest.values())
    path = _critical_path(ordered, earliest)
    steps = [
        Step(task, *earliest[task.id], *latest[task.id],
             days[task.owner].between(earliest[task.id][0], latest[task.id][0]), task.id in path)
        for task in ordered
    ]
    steps.sort(key=lambda step: (step.latest_start, step.latest_finish))
    slack = days["both"].between(signature, target)
    return Road(today, target, tuple(steps), signature, slack, path, problems)


def verdict(found: Road) -> str:
    """The road in one sentence: in time or late, by how much, and what decides it."""
    if found.signature is None:
        return "No open task. Add what still has to happen before anybody can sign."
    names = {step.task.id: step.task.name for step in found.steps}
    if found.late:
        first = min(found.late, key=lambda step: step.latest_start)
        by = max(1, -found.slack_days)
        return (
            f"Late by {_days(by)}: at the earliest you sign on {long_day(found.signature)}, not on "
            f"{long_day(found.target)}. It starts with “{first.task.name}”, which had to begin on "
            f"{long_day(first.latest_start)}. Shorten a step, drop one, or move the date together."
        )
    spare = "not one working day" if found.slack_days == 0 else _days(found.slack_days)
    return (
        f"You can sign on {long_day(found.target)} with {spare} to spare. "
        f"The date hangs on “{names[found.critical_path[0]]}” and "
        f"{_more(len(found.critical_path) - 1)} after it."
    )


def hours_by_side(tasks: Iterable[Task]) -> Mapping[Side, float]:
    """Hours of effort in all tasks, done or open, by who owns them."""
    total: dict[Side, float] = {"buyer": 0.0, "supplier": 0.0, "both": 0.0}
    for task in tasks:
        total[task.owner] += task.hours
    return total


# ---------------------------------------------------------------- steps of `road`

Dates = dict[str, tuple[date, date]]


def _in_order(tasks: Iterable[Task]) -> tuple[list[Task], list[Task]]:
    """Tasks with predecessors first, and those that wait for each other in a circle."""
    waiting = {task.id: task for task in tasks}
    ordered: list[Task] = []
    while ready := [task for task in waiting.values() if not set(task.after) & set(waiting)]:
        ordered += ready
        for task in ready:
            del waiting[task.id]
    return ordered, list(waiting.values())


def _problems(start: Start, circle: list[Task]) -> tuple[str, ...]:
    known = {task.id for task in start.tasks}
    found = [
        f"“{task.name}” waits for {name}, which is not on this list."
        for task in start.tasks for name in task.after if name not in known
    ]
    if circle:
        names = ", ".join(f"“{task.name}”" for task in circle)
        found.append(f"{names} wait for each other; take one dependency out to place them.")
    return tuple(found)


def _forward(ordered: list[Task], days: Mapping[Side, WorkCalendar], today: date) -> Dates:
    dates: Dates = {}
    for task in ordered:
        free = [dates[name][1] + ONE_DAY for name in task.after if name in dates]
        first = days[task.owner].after(max([today, *free]))
        dates[task.id] = first, days[task.owner].end(first, task.days)
    return dates


def _backward(ordered: list[Task], days: Mapping[Side, WorkCalendar], target: date) -> Dates:
    dates: Dates = {}
    for task in reversed(ordered):
        needed = [dates[next_.id][0] - ONE_DAY for next_ in ordered
                  if task.id in next_.after and next_.id in dates]
        last = days[task.owner].before(min([target, *needed]))
        dates[task.id] = days[task.owner].begin(last, task.days), last
    return dates


def _critical_path(ordered: list[Task], earliest: Dates) -> tuple[str, ...]:
    """From the step that finishes last, back through the predecessor that held it up longest."""
    by_id = {task.id: task for task in ordered}
    at = max(ordered, key=lambda task: earliest[task.id][1])
    path = [at.id]
    while held_by := [name for name in by_id[path[-1]].after if name in earliest]:
        path.append(max(held_by, key=lambda name: earliest[name][1]))
    return tuple(reversed(path))


def _days(count: int) -> str:
    return "1 working day" if count == 1 else f"{count} working days"


def _more(count: int) -> str:
    return {0: "nothing", 1: "one step"}.get(count, f"{count} steps")
