"""Numbers as people read them: separators, a true minus sign, a unit after a thin space."""

import math

MINUS, THIN = "\u2212", "\u202f"


def number(value: float | None, decimals: int = 0) -> str:
    """`-1234.5` as "−1,235"; "–" where there is no number. Never "−0"."""
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{abs(value):,.{decimals}f}"
    zero = not any(digit in "123456789" for digit in text)
    return text if value >= 0 or zero else MINUS + text


def share(value: float | None, decimals: int = 1) -> str:
    """A fraction as per cent: `0.4067` as "40.7 %"."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{number(value * 100, decimals)}{THIN}%"


def points(value: float | None, decimals: int = 1) -> str:
    """A difference of two shares, in percentage points, with its sign: `0.02` as "+2.0 points"."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{signed(value * 100, decimals)} points"


def money(value: float | None, currency: str = "", decimals: int = 0) -> str:
    """An amount in the deal's currency: "5,927,362 USD"."""
    text = number(value, decimals)
    return f"{text}{THIN}{currency}" if currency and text != "–" else text


def signed(value: float | None, decimals: int = 0) -> str:
    """A change: a plus sign where it is positive."""
    text = number(value, decimals)
    plain = text == "–" or text.startswith(MINUS) or not any(c in "123456789" for c in text)
    return text if plain else f"+{text}"


def short(value: float | None) -> str:
    """An amount where room is scarce: "5.93 M", "−564 k", "820"."""
    if value is None or not math.isfinite(value):
        return "–"
    if abs(value) >= 999_500:
        return f"{number(value / 1e6, 2)}{THIN}M"
    if abs(value) >= 9_999.5:
        return f"{number(value / 1e3)}{THIN}k"
    return number(value)
