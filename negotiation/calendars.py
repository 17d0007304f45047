"""Working days and working hours of teams in different time zones.

Zones are IANA names read by `zoneinfo`; holidays are data that the parties enter, paste or import
from a calendar file. Nothing here asks a clock or a network.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator

from negotiation.values import FieldError, Value

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ONE_DAY = timedelta(days=1)
MAX_HOLIDAYS = 2_000
MAX_TEXT = 1_000_000
RULE_YEARS = 11  # how far a repeated holiday is read: a term of ten years, and the year before it


def _day(raw: object) -> object:
    """A date from what people type; only unambiguous spellings are taken."""
    if not isinstance(raw, str):
        return raw
    found = _find_date(raw.strip())
    if found is None:
        raise ValueError(f"'{raw[:40]}' is not a date; write it like 2027-03-31.")
    return found[0]


def _optional_day(raw: object) -> object:
    return None if raw is None or (isinstance(raw, str) and not raw.strip()) else _day(raw)


def _clock(text: str) -> str:
    match = re.fullmatch(r"(\d{1,2})[:.h]?(\d{2})?", text.strip())
    if match:
        hours, minutes = int(match[1]), int(match[2] or 0)
        if hours < 24 and minutes < 60:
            return f"{hours:02d}:{minutes:02d}"
    raise ValueError(f"'{text[:40]}' is not a time of day; write it like 09:00, at most 23:59.")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(name: str) -> str:
    if name in _zones():
        return name
    near = [zone for zone in sorted(_zones())
            if name.strip() and name.strip().lower().replace(" ", "_") in zone.lower()][:3]
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise ValueError(f"'{name[:40]}' is not a time zone; write it like Asia/Manila.{hint}")


def _weekdays(raw: object) -> object:
    """`(0, 1, 2)`, or words such as `Mon Tue` or `Mon-Fri`."""
    if not isinstance(raw, str):
        return raw
    short = [name[:3].lower() for name in WEEKDAYS]
    days: set[int] = set()
    for word in re.split(r"[\s,;]+", raw.replace("–", "-").strip()):
        ends = [end[:3].lower() for end in word.split("-")]
        if len(ends) > 2 or not all(end in short for end in ends):
            raise ValueError(f"'{raw[:40]}' are not days of the week; write them like Mon-Fri.")
        first, last = short.index(ends[0]), short.index(ends[-1])
        days |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return tuple(sorted(days))


def _week(days: tuple[int, ...]) -> tuple[int, ...]:
    if not days or not set(days) <= set(range(7)):
        raise ValueError("A working week has at least one day, Monday (0) to Sunday (6).")
    return tuple(sorted(set(days)))


Day = Annotated[date, BeforeValidator(_day)]
OptionalDay = Annotated[date | None, BeforeValidator(_optional_day)]
Clock = Annotated[str, AfterValidator(_clock)]
Zone = Annotated[str, AfterValidator(_zone)]
Week = Annotated[tuple[int, ...], BeforeValidator(_weekdays), AfterValidator(_week)]


class WorkingWeek(Value):
    """When one team works: a shift on each of `weekdays` (0 = Monday) in local time of `zone`.

    A shift that closes at or before it opens runs past midnight (21:00 to 06:00 is nine hours).
    """

    zone: Zone
    opens: Clock = "09:00"
    closes: Clock = "17:00"
    weekdays: Week = (0, 1, 2, 3, 4)

    def shift(self, day: date) -> tuple[datetime, datetime]:
        """Start and end, in UTC, of the shift that begins on the local date `day`.

        Clock changes count: a night shift over the spring change is an hour shorter.
        """
        opens, closes = time.fromisoformat(self.opens), time.fromisoformat(self.closes)
        zone = ZoneInfo(self.zone)
        last = day if closes > opens else day + ONE_DAY
        start = datetime.combine(day, opens, zone).astimezone(UTC)
        return start, datetime.combine(last, closes, zone).astimezone(UTC)


def long_day(day: date) -> str:
    """A date in words: `31 March 2027`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_day(day: date) -> str:
    """A date in little room, on one line: `31 Mar`."""
    return f"{day.day}\N{NO-BREAK SPACE}{MONTHS[day.month - 1][:3]}"


def week_text(days: tuple[int, ...]) -> str:
    """Working days as people write them: `Mon-Fri`, `Mon, Wed`, `Sun-Thu`."""
    for first in days:
        run = tuple(sorted((first + step) % 7 for step in range(len(days))))
        if len(days) > 1 and run == days:
            last = (first + len(days) - 1) % 7
            return f"{WEEKDAYS[first][:3]}-{WEEKDAYS[last][:3]}"
    return ", ".join(WEEKDAYS[day][:3] for day in days)


def is_working_day(day: date, weeks: Iterable[WorkingWeek], holidays: frozenset[date]) -> bool:
    """Whether all of `weeks` work on `day`; without any, Monday to Friday counts."""
    weekdays = set(range(7))
    weeks = tuple(weeks)
    for week in weeks:
        weekdays &= set(week.weekdays)
    return day.weekday() in (weekdays if weeks else range(5)) and day not in holidays


def working_day_on_or_after(
    day: date, weeks: tuple[WorkingWeek, ...], holidays: frozenset[date]
) -> date:
    """The first working day from `day` on."""
    return _step(day, ONE_DAY, weeks, holidays)


def working_day_on_or_before(
    day: date, weeks: tuple[WorkingWeek, ...], holidays: frozenset[date]
) -> date:
    """The last working day up to `day`."""
    return _step(day, -ONE_DAY, weeks, holidays)


def working_days_between(
    first: date, last: date, weeks: tuple[WorkingWeek, ...], holidays: frozenset[date]
) -> int:
    """How many working days lie after `first` up to and including `last`; negative when `last`
    comes before `first`."""
    if last < first:
        return -working_days_between(last, first, weeks, holidays)
    return sum(is_working_day(first + step * ONE_DAY, weeks, holidays)
               for step in range(1, (last - first).days + 1))


def _step(
    day: date, by: timedelta, weeks: tuple[WorkingWeek, ...], holidays: frozenset[date]
) -> date:
    """Refuses to walk further than a year: then the calendars leave no common working day."""
    for _ in range(366):
        if is_working_day(day, weeks, holidays):
            return day
        day += by
    raise FieldError("start.places", "These calendars have no common working day in a year; "
                     "give each place the days of the week on which it works.")


# ---------------------------------------------------------------- overlap


class Window(NamedTuple):
    """A stretch of time that both teams work, in UTC."""

    start: datetime
    end: datetime

    @property
    def hours(self) -> float:
        return (self.end - self.start) / timedelta(hours=1)


def windows(
    ours: WorkingWeek,
    theirs: WorkingWeek,
    day: date,
    holidays: tuple[frozenset[date], frozenset[date]] = (frozenset(), frozenset()),
) -> tuple[Window, ...]:
    """The stretches of our shift of `day` (our local date) in which they work too.

    `holidays` are ours and theirs. Their shifts of the day before and after are looked at as well,
    since Monday evening in Chicago is Tuesday morning in Manila.
    """
    if not is_working_day(day, (ours,), holidays[0]):
        return ()
    start, end = ours.shift(day)
    found = []
    for other in (day - ONE_DAY, day, day + ONE_DAY):
        if is_working_day(other, (theirs,), holidays[1]):
            their_start, their_end = theirs.shift(other)
            common = Window(max(start, their_start), min(end, their_end))
            if common.start < common.end:
                found.append(common)
    return tuple(found)


class MonthOverlap(NamedTuple):
    """Common hours in one month, for each of our working days that is no holiday of ours."""

    month: date
    least_hours: float
    most_hours: float
    mean_hours: float
    days: int
    days_with_overlap: int


def overlap_by_month(
    ours: WorkingWeek,
    theirs: WorkingWeek,
    first: date,
    months: int,
    holidays: tuple[frozenset[date], frozenset[date]] = (frozenset(), frozenset()),
) -> tuple[MonthOverlap, ...]:
    """Common hours a day over `months` calendar months from the month of `first`.

    The least and the most are taken over days on which the teams meet at all, so that weekends and
    holidays of the other side do not read as a clash of clocks; both are 0 when they never meet.
    """
    table = []
    for month in _months(first, months):
        days = [day for day in _days_of(month) if is_working_day(day, (ours,), holidays[0])]
        hours = [sum(w.hours for w in windows(ours, theirs, day, holidays)) for day in days]
        met = [value for value in hours if value > 0]
        table.append(MonthOverlap(
            month, min(met, default=0.0), max(met, default=0.0),
            sum(hours) / len(hours) if hours else 0.0, len(days), len(met),
        ))
    return tuple(table)


def clock_changes(zone: str, first: date, months: int) -> tuple[date, ...]:
    """The dates in these months on which clocks in `zone` jump (noon differs from noon before)."""
    info = ZoneInfo(zone)

    def offset(day: date) -> timedelta | None:
        return datetime.combine(day, time(12), info).utcoffset()

    days = (day for month in _months(first, months) for day in _days_of(month))
    return tuple(day for day in days if offset(day) != offset(day - ONE_DAY))


class Gap(NamedTuple):
    """Two teams that never meet on a day, and what a common hour would cost either of them.

    `we_wait_hours` is how long after our closing they open; `they_wait_hours` how long after their
    closing we open. `evening` and `morning` are those two moments, in UTC.
    """

    we_wait_hours: float
    they_wait_hours: float
    evening: datetime
    morning: datetime


def gap(ours: WorkingWeek, theirs: WorkingWeek, day: date) -> Gap | None:
    """How far apart the two shifts lie around our shift of `day`; None when they overlap.

    Weekdays and holidays are left aside: this is about clocks alone.
    """
    start, end = ours.shift(day)
    shifts = [theirs.shift(day + step * ONE_DAY) for step in (-2, -1, 0, 1, 2)]
    if any(max(start, s) < min(end, e) for s, e in shifts):
        return None
    opening = min(s for s, _ in shifts if s >= end)
    closing = max(e for _, e in shifts if e <= start)
    hour = timedelta(hours=1)
    return Gap((opening - end) / hour, (start - closing) / hour, opening, closing)


def local(moment: datetime, zone: str) -> str:
    """`moment` as people in `zone` say it: weekday and time (`Tue 21:00`)."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{WEEKDAYS[there.weekday()][:3]} {there:%H:%M}"


def _months(first: date, months: int) -> list[date]:
    start = first.year * 12 + first.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(start, start + months)]


def _days_of(month: date) -> list[date]:
    following = _months(month, 2)[1]
    return [month + step * ONE_DAY for step in range((following - month).days)]


# ---------------------------------------------------------------- holidays from text


class NamedDay(NamedTuple):
    """A holiday as it was read: the date and what it is called."""

    day: date
    name: str


def read_holidays(text: str, path: str = "holidays") -> tuple[NamedDay, ...]:
    """Holidays from a calendar file (ICS) or from pasted lines, one date and name a line.

    Lines may read `2026-12-25 Christmas Day`, `25 December 2026, Christmas Day` or have the name
    first. Dates such as 03/04/2026 are refused, since the two sides read them differently.
    Raises `FieldError` naming the line.
    """
    if len(text) > MAX_TEXT:
        raise FieldError(path, f"This is {len(text):,} characters; at most {MAX_TEXT:,} are read.")
    found = _from_ics(text, path) if "BEGIN:VEVENT" in text.upper() else _from_lines(text, path)
    if not found:
        raise FieldError(path, "No dates here; paste lines such as 2026-12-25 Christmas Day.")
    if len(found) > MAX_HOLIDAYS:
        raise FieldError(path, f"{len(found):,} dates; at most {MAX_HOLIDAYS:,} are kept.")
    return tuple(sorted(set(found)))


def _from_lines(text: str, path: str) -> list[NamedDay]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        dated = _find_date(line)
        if dated is None:
            raise FieldError(path, f"Line {number}, '{line.strip()[:40]}', has no date to be sure "
                                   "of; write it like 2026-12-25 Christmas Day.")
        day, matched = dated
        name = line.replace(matched, " ", 1).strip(" \t,;:|-–")
        found.append(NamedDay(day, re.sub(r"\s+", " ", name)[:80] or "Holiday"))
    return found


def _from_ics(text: str, path: str) -> list[NamedDay]:
    """All-day and timed events; an event of several days counts on each (RFC 5545, 3.6.1).

    A repeated event counts on each of its days from the year before the file was written to
    `RULE_YEARS` after it: a rule without an end, of 1970, means the years of a deal too.
    """
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    written = [_date(*map(int, day)) for day in _WRITTEN.findall(unfolded)]
    year = max((day.year for day in written if day), default=0)
    found: list[NamedDay] = []
    for number, event in enumerate(re.split(r"(?im)^BEGIN:VEVENT", unfolded)[1:], 1):
        start, end = _ics_day(event, "DTSTART"), _ics_day(event, "DTEND")
        if start is None:
            raise FieldError(path, f"Event {number} of this calendar file has no start date.")
        named = re.search(r"(?im)^SUMMARY[^:\r\n]*:(.*)$", event)
        name = re.sub(r"\\([,;\\])", r"\1", named[1].strip())[:80] if named else "Holiday"
        days = min((end - start).days, 31) if end and end > start else 1
        window = date(max(1, year - 1), 1, 1), date(min(9999, year + RULE_YEARS), 12, 31)
        for first in _repeated(event, start, window, f"event {number}, {name}", path):
            if len(found) > MAX_HOLIDAYS:
                return found
            found += [NamedDay(first + step * ONE_DAY, name) for step in range(days)]
    return found


def _repeated(
    event: str, start: date, window: tuple[date, date], which: str, path: str
) -> list[date]:
    """The days on which an event starts; the one it gives, unless it is repeated by a rule."""
    rule = re.search(r"(?im)^RRULE[^:\r\n]*:(.*)$", event)
    if rule is None:
        return [start]
    # UNTIL may carry a time and a zone; a holiday needs the day alone.
    words = re.sub(r"(?i)(UNTIL=\d{8})(T\d{6}Z?)?", r"\1T235959", rule[1].strip())
    if start.year < 1900:
        raise FieldError(path, f"The rule of {which} begins in {start.year}; 1900 is the first.")
    if not re.search(r"(?i)FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY)\b", words):
        raise FieldError(path, f"The rule of {which}, “{rule[1].strip()[:60]}”, repeats it by no "
                               "year, month, week or day; nothing was taken.")
    from dateutil.rrule import rrulestr  # only calendar files with rules need it

    begins = datetime.combine(start, time())
    try:
        dates = rrulestr(words, dtstart=begins).between(
            *(datetime.combine(day, time()) for day in window), inc=True
        )
    except (ValueError, TypeError):
        raise FieldError(path, f"The rule of {which}, “{rule[1].strip()[:60]}”, cannot be read; "
                               "nothing was taken.") from None
    left_out = {_date(*map(int, day)) for line in re.findall(r"(?im)^EXDATE[^:\r\n]*:(.*)$", event)
                for day in re.findall(r"(\d{4})(\d{2})(\d{2})(?:T\d{6}Z?)?", line)}
    return [each.date() for each in dates if each.date() not in left_out]


# The days by which a file shows when it was written: its stamps, else its events themselves.
_WRITTEN = re.compile(r"(?im)^(?:DTSTAMP|DTSTART|LAST-MODIFIED)[^:\r\n]*:(\d{4})(\d{2})(\d{2})")


def _ics_day(event: str, field: str) -> date | None:
    match = re.search(rf"(?im)^{field}[^:\r\n]*:(\d{{4}})(\d{{2}})(\d{{2}})", event)
    return _date(*map(int, match.groups())) if match else None


def _find_date(text: str) -> tuple[date, str] | None:
    """The first unambiguous date in `text`, and the words it was written with."""
    names = "|".join(name[:3] for name in MONTHS)
    spellings = (
        (r"\b(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})\b", False),
        (rf"\b(?P<d>\d{{1,2}})\.? (?P<m>{names})[a-z]*\.?,? (?P<y>\d{{4}})\b", True),
        (rf"\b(?P<m>{names})[a-z]*\.? (?P<d>\d{{1,2}}),? (?P<y>\d{{4}})\b", True),
    )
    short = [name[:3].lower() for name in MONTHS]
    for pattern, named in spellings:
        match = re.search(pattern, text, re.IGNORECASE)
        if match:
            month = short.index(match["m"][:3].lower()) + 1 if named else int(match["m"])
            found = _date(int(match["y"]), month, int(match["d"]))
            return (found, match[0]) if found else None
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
