"""Common hours of two teams, month by month, and what to do when there are none."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from negotiation import calendars
from negotiation.calendars import MONTHS, MonthOverlap
from negotiation.start.part import Place, Start
from negotiation.values import FieldError


@dataclass(frozen=True)
class Overlap:
    """Two places and their common hours on each working day, by month of the first place."""

    ours: Place
    theirs: Place
    months: tuple[MonthOverlap, ...]
    clock_changes: tuple[tuple[str, date], ...]


def pairs(start: Start) -> tuple[tuple[Place, Place], ...]:
    """Every place of the buyer with every place of the supplier."""
    buyers = [place for place in start.places if place.party == "buyer"]
    suppliers = [place for place in start.places if place.party == "supplier"]
    return tuple((ours, theirs) for ours in buyers for theirs in suppliers)


def overlap(start: Start, ours: Place, theirs: Place, first: date, months: int = 12) -> Overlap:
    """Common hours of two places over `months` from the month of `first`; holidays count."""
    table = calendars.overlap_by_month(
        ours.week, theirs.week, first, months, (_holidays(start, ours), _holidays(start, theirs))
    )
    changes = sorted(
        (day, place.name)
        for place in (ours, theirs)
        for day in calendars.clock_changes(place.zone, first, months)
    )
    return Overlap(ours, theirs, table, tuple((name, day) for day, name in changes))


def sentences(found: Overlap, today: date) -> tuple[str, ...]:
    """What the overlap means: hours a day, when clocks move it, or how to live without any."""
    hours = [month.most_hours for month in found.months]
    if not any(hours):
        return (_without_overlap(found, today),)
    low = min(month.least_hours for month in found.months if month.days_with_overlap)
    high = max(hours)
    spread = hours_text(low) if low == high else f"{low:.4g} to {hours_text(high)}"
    said = [f"{found.ours.name} and {found.theirs.name} share {spread} a working day"
            f"{_window(found, today)}."]
    said += [f"Clocks in {name} change on {day.day} {MONTHS[day.month - 1]} {day.year}; "
             "move standing meetings before that week."
             for name, day in found.clock_changes if low != high and day >= today]
    return tuple(said)


def hours_text(hours: float) -> str:
    """Hours as people say them: `no common hour`, `1 hour`, `2.5 hours`."""
    if not hours:
        return "no common hour"
    return "1 hour" if hours == 1 else f"{hours:.4g} hours"


@dataclass(frozen=True)
class Band:
    """A stretch of one team's day, in hours (0 to 24) of our local clock."""

    row: str
    party: Literal["buyer", "supplier", "joint"]
    start_hour: float
    end_hour: float


def bands(found: Overlap, first: date) -> tuple[Band, ...]:
    """One working day as our clock shows it: our shift, theirs, and what is common.

    Their shift is told once for each stretch of the year in which the clocks stand alike.
    """
    ours, theirs = found.ours, found.theirs
    rows = [Band(ours.name, ours.party, *piece) for piece in _hours_of_day(ours, ours, first)]
    for day, when in _stretches(found, first):
        row = f"{theirs.name}, {when}" if when else theirs.name
        rows += [Band(row, theirs.party, *piece) for piece in _hours_of_day(theirs, ours, day)]
        rows += [
            Band(row, "joint", max(a, c), min(b, d))
            for a, b in _hours_of_day(ours, ours, day) for c, d in _hours_of_day(theirs, ours, day)
            if max(a, c) < min(b, d)
        ]
    return tuple(rows)


def add_holidays(start: Start, place_id: str, text: str) -> Start:
    """`start` with the holidays of a pasted list or calendar file at a place, each date once.

    Raises `FieldError` when the place is unknown or a line has no clear date.
    """
    if all(place.id != place_id for place in start.places):
        raise FieldError("start.holidays", "Choose the place whose holidays these are.")
    known = {(holiday.place, holiday.day) for holiday in start.holidays}
    new = [
        {"id": f"{place_id}_{named.day:%Y%m%d}", "place": place_id, "day": named.day,
         "name": named.name}
        for named in calendars.read_holidays(text, "start.holidays")
        if (place_id, named.day) not in known
    ]
    once = {row["id"]: row for row in new}
    return start.replace(holidays=(*start.holidays, *once.values()))


def _stretches(found: Overlap, first: date) -> list[tuple[date, str]]:
    """A day in each stretch between clock changes that matter, and how to call the stretch."""
    def difference(day: date) -> timedelta:
        noon = datetime.combine(day, time(12))
        return (noon.replace(tzinfo=ZoneInfo(found.theirs.zone)).utcoffset()
                - noon.replace(tzinfo=ZoneInfo(found.ours.zone)).utcoffset())

    stretches = [(first, "")]
    for _, day in found.clock_changes:
        if day > first and difference(day) != difference(stretches[-1][0]):
            if len(stretches) == 1:
                stretches = [(first, f"until {(day - calendars.ONE_DAY).day} {_month(day)}")]
            stretches.append((day, f"from {day.day} {_month(day)}"))
    seen: dict[timedelta, tuple[date, str]] = {}
    for day, when in stretches:
        seen.setdefault(difference(day), (day, when))
    return list(seen.values())


def _month(day: date) -> str:
    return MONTHS[day.month - 1]


def _hours_of_day(place: Place, ours: Place, day: date) -> list[tuple[float, float]]:
    """The shift of `place` within our local `day`, as hours of our clock, in up to two pieces."""
    midnight = datetime.combine(day + calendars.ONE_DAY, time(), ZoneInfo(ours.zone))
    pieces = []
    for step in (0, 1, 2):
        begin, end = (
            (moment - midnight) / timedelta(hours=1)
            for moment in place.week.shift(day + step * calendars.ONE_DAY)
        )
        if max(begin, 0) < min(end, 24):
            pieces.append((max(begin, 0.0), min(end, 24.0)))
    return pieces


def _holidays(start: Start, place: Place) -> frozenset[date]:
    return frozenset(holiday.day for holiday in start.holidays if holiday.place == place.id)


def _window(found: Overlap, today: date) -> str:
    """The next common stretch in both local times, from the first day that has one."""
    for step in range(14):
        for window in calendars.windows(
            found.ours.week, found.theirs.week, today + timedelta(days=step)
        ):
            here = [calendars.local(at, found.ours.zone) for at in window[:2]]
            there = [calendars.local(at, found.theirs.zone) for at in window[:2]]
            return (f": {here[0][4:]}–{here[1][4:]} in {found.ours.name} is "
                    f"{there[0][4:]}–{there[1][4:]} in {found.theirs.name}")
    return ""


def _without_overlap(found: Overlap, today: date) -> str:
    ours, theirs = found.ours, found.theirs
    apart = calendars.gap(ours.week, theirs.week, today)
    if apart is None:
        return (f"{ours.name} and {theirs.name} share no working day; "
                "agree one day a week on which both work.")
    evening = [calendars.local(apart.evening, place.zone)[4:] for place in (ours, theirs)]
    morning = [calendars.local(apart.morning, place.zone)[4:] for place in (ours, theirs)]
    return (
        f"{ours.name} and {theirs.name} share no working hour. The nearest calls are "
        f"{evening[0]} in {ours.name}, {evening[1]} in {theirs.name}, and "
        f"{morning[0]} in {ours.name}, {morning[1]} in {theirs.name}. Take turns: one side stays "
        "late this week, the other starts early the next, and write both into the ground rules."
    )
