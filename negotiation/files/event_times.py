"""Times as logs write them: which format a column has is found from its values."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

_NAN = float("nan")
_DATES = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%d %b %Y",
          "%b %d %Y", "%b %d, %Y", "%d-%b-%Y", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y")  # fmt: skip
_CLOCKS = (" %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p", "")
_EITHER_WAY = {"%d/%m/%Y": "%m/%d/%Y", "%d-%m-%Y": "%m-%d-%Y", "%d/%m/%y": "%m/%d/%y"}
Reader = Callable[[str], float]


def reader_for(sample: Iterable[str]) -> tuple[Reader, str] | None:
    """A function from a text to seconds since 1970 (nan for what is no time), and what was assumed.

    None when the sample is not made of times. Times without a zone count as UTC: only differences
    matter. Dates that can be read either way are read day first.
    """
    # "n/a", "?" and the like stand for nothing.
    values = [value.strip() for value in sample if re.search(r"\d", value)][:400]
    if not values:
        return None
    if all(re.fullmatch(r"\d{9,11}(\.\d+)?|\d{12,14}", value) for value in values):
        return _epoch, ""
    if _fits(_iso, values):
        return _iso, ""
    for date in _DATES:
        for clock in _CLOCKS:
            reader = _strict(date + clock)
            if _fits(reader, values):
                other = _EITHER_WAY.get(date)
                both = other and _fits(_strict(other + clock), values)
                told = f"Dates like {values[0][:10]} were read day first." if both else ""
                return reader, told
    return None


def _fits(reader: Reader, values: list[str]) -> bool:
    """At most one value in fifty is something else, such as "n/a"."""
    lost = sum(reader(value) != reader(value) for value in values)
    return lost * 50 <= len(values) - 1


def _iso(text: str) -> float:
    try:
        return _seconds(datetime.fromisoformat(text.strip()))
    except ValueError:
        return _NAN


def _strict(form: str) -> Reader:
    def read(text: str) -> float:
        try:
            return _seconds(datetime.strptime(text.strip(), form))
        except ValueError:
            return _NAN

    return read


def _epoch(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return _NAN
    return number / 1000 if number > 1e11 else number


def _seconds(moment: datetime) -> float:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return aware.timestamp()
    except (OverflowError, ValueError):
        return _NAN


iso = _iso
