"""Which day it is for the reader: today's, or one that an analyst chose."""

from collections.abc import Callable
from datetime import date


def clock(today: date | None) -> Callable[[], date]:
    """A function that gives `today`, or the day on this machine's clock while it is None."""
    return date.today if today is None else lambda: today
