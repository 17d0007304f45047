"""Simulation data of BIMP, QBP and Apromore inside a BPMN file (`processSimulationInfo`).

Durations are in seconds, whatever their `timeUnit` says: that word is only how the tool shows them.
Where a distribution keeps its numbers (as BIMP writes and Prosimos, github.com/
AutomatedProcessImprovement/Prosimos, reads them):

    FIXED        mean                     EXPONENTIAL  arg1 is the mean
    NORMAL       mean, arg1 = deviation   UNIFORM      arg1 to arg2
    GAMMA        mean, arg1 = variance    TRIANGULAR   arg1 to arg2, mean is the mode
    LOGNORMAL    mean, arg1 = variance
"""

import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from .bpmn_words import Notes
from .read_map import clean, new_id

if TYPE_CHECKING:
    from .bpmn_draft import Arrow, Node

_NAMESPACE = "http://www.qbp-simulator.com/Schema"
_SOURCE = "BIMP/QBP simulation data"
_WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_WEEKS_PER_MONTH = 52 / 12
_DEFAULT_HOURS, _DEFAULT_DAYS = 8.0, 21.0


def read(
    root: Element, nodes: dict[str, "Node"], arrows: list["Arrow"], notes: Notes
) -> dict[str, Any]:
    """Put durations and shares into steps and arrows; teams, rates and the map's numbers come back.

    Nothing happens when the file has no such data. Elements that the file does not have are
    passed over.
    """
    whole = next((e for e in root.iter() if _word(e) == "processSimulationInfo"), None)
    if whole is None:
        return {}
    teams = _teams(whole, nodes)
    _durations(whole, nodes, notes)
    _shares(whole, arrows, notes)
    notes.add(
        "Simulation data (BIMP/QBP) were read: durations as seconds whatever unit they name, "
        "and costs of an hour as rates that both sides see."
    )
    return {
        **_month(whole, notes),
        "teams": [team for team, _ in teams.values()],
        "rates": [rate for _, rate in teams.values() if rate],
    }


def mean_and_cv(distribution: Element) -> tuple[float, float] | None:
    """Mean (seconds) and coefficient of variation of a distribution; None when it has none."""
    kind = (distribution.get("type") or "FIXED").upper()
    mean, first, second = (_number(distribution.get(key)) for key in ("mean", "arg1", "arg2"))
    if kind == "EXPONENTIAL":
        found = (first if first else mean, 1.0)
    elif kind == "UNIFORM":
        found = _spread((first + second) / 2, abs(second - first) / math.sqrt(12))
    elif kind == "TRIANGULAR":
        low, top = first, second
        variance = (low**2 + top**2 + mean**2 - low * top - low * mean - top * mean) / 18
        found = _spread((low + mean + top) / 3, math.sqrt(max(0.0, variance)))
    elif kind == "NORMAL":
        found = _spread(mean, first)
    elif kind in ("GAMMA", "LOGNORMAL", "LOG_NORMAL"):
        found = _spread(mean, math.sqrt(max(0.0, first)))
    else:
        found = (mean, 0.0)
    fits = all(map(math.isfinite, found)) and 0 <= found[0] <= 3e8 and 0 <= found[1] <= 10
    return found if fits else None


def _teams(whole: Element, nodes: dict[str, "Node"]) -> dict[str, tuple[dict, dict | None]]:
    """Team and rate by the resource's id; steps are given their team."""
    currency = (whole.get("currency") or "").strip().upper()
    lanes: dict[str, set[str]] = {}
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for resource in _each(whole, "resource"):
        key = resource.get("id", "")
        ids.setdefault(key, new_id(key, taken, "team"))
    for element in _each(whole, "element"):
        node = nodes.get(element.get("elementId", ""))
        ref = next((e for e in element.iter() if _word(e) == "resourceId"), None)
        team = ids.get((ref.text or "").strip() if ref is not None else "")
        if node and team:
            node.row["team"] = team
            lanes.setdefault(team, set()).add(node.row["lane"])
    found: dict[str, tuple[dict, dict | None]] = {}
    for resource in _each(whole, "resource"):
        key = resource.get("id", "")
        team, cost = ids[key], _number(resource.get("costPerHour"), 1e6)
        home = lanes.get(team, set())
        row = {
            "id": team,
            "name": clean(resource.get("name")) or team,
            "lane": next(iter(home)) if len(home) == 1 else "",
            "people": _number(resource.get("totalAmount"), 1e6) or None,
        }
        rate = {
            "id": f"{team[:58]}-rate",
            "team": team,
            "cost_per_hour": cost,
            "currency": currency if len(currency) == 3 and currency.isalpha() else "",
            "source": _SOURCE,
        }
        found[key] = (row, rate if cost else None)
    return found


def _durations(whole: Element, nodes: dict[str, "Node"], notes: Notes) -> None:
    for element in _each(whole, "element"):
        node = nodes.get(element.get("elementId", ""))
        distribution = next((e for e in element if _word(e) == "durationDistribution"), None)
        if node is None or distribution is None:
            continue
        found = mean_and_cv(distribution)
        if found is None:
            notes.say("time", node.row["name"])
            continue
        field = "wait" if node.row["kind"] == "wait" else "handling"
        node.row |= {
            f"{field}_min": found[0] / 60,
            f"{field}_cv": found[1],
            "source": _SOURCE,
        }
        cost = _number(element.get("fixedCost"), 1e9)
        if cost:
            node.row["material_cost"] = cost


def _shares(whole: Element, arrows: list["Arrow"], notes: Notes) -> None:
    """Probabilities of arrows; the only way out of a step needs none."""
    by_key = {arrow.key: arrow for arrow in arrows}
    for flow in _each(whole, "sequenceFlow"):
        arrow = by_key.get(flow.get("elementId", ""))
        text = flow.get("executionProbability")
        if arrow is None or not text:
            continue
        share = _number(text, default=-1.0)
        if 0 <= share <= 1:
            arrow.row["probability"] = share
        else:
            notes.say("chance", arrow.row["label"] or arrow.key)


def _month(whole: Element, notes: Notes) -> dict[str, Any]:
    """Opening hours from the first timetable, and cases a month from the time between arrivals."""
    found: dict[str, Any] = {}
    table = next(_each(whole, "timetable"), None)
    hours, days = _week(table) if table is not None else (None, None)
    if hours and days:
        found["open_hours_per_day"] = min(24.0, hours)
        found["open_days_per_month"] = min(31.0, days * _WEEKS_PER_MONTH)
    arrival = next(_each(whole, "arrivalRateDistribution"), None)
    between = mean_and_cv(arrival) if arrival is not None else None
    if between and between[0] > 0:
        open_seconds = (
            found.get("open_hours_per_day", _DEFAULT_HOURS)
            * found.get("open_days_per_month", _DEFAULT_DAYS)
            * 3600
        )
        found["cases_per_month"] = min(1e9, open_seconds / between[0])
        found["arrival_cv"] = between[1]
        notes.add(
            f"Cases per month ({found['cases_per_month']:,.0f}) were worked out from the time "
            "between arrivals and the opening hours; check them."
        )
    return found


def _week(table: Element) -> tuple[float | None, float | None]:
    """Hours a day and days a week of a timetable's rules, when they can be told."""
    rules = [e for e in table.iter() if _word(e) == "rule"]
    days, hours = 0.0, 0.0
    for rule in rules:
        first, last = ((rule.get(k) or "").upper() for k in ("fromWeekDay", "toWeekDay"))
        begins, ends = (_hour(rule.get(k)) for k in ("fromTime", "toTime"))
        if first not in _WEEKDAYS or last not in _WEEKDAYS or begins is None or ends is None:
            return None, None
        number = (_WEEKDAYS.index(last) - _WEEKDAYS.index(first)) % 7 + 1
        length = (ends - begins) % 24 or 24.0
        days, hours = days + number, hours + number * length
    if not days or days > 7:
        return None, None
    return hours / days, days


def _hour(text: str | None) -> float | None:
    """09:30:00.000+00:00 as 9.5; the day's last second counts as its end."""
    parts = re.split("[+Z]", text or "")[0].split(":")
    if len(parts) < 2 or not all(re.fullmatch(r"\d{1,2}(\.\d+)?", part) for part in parts):
        return None
    hour = sum(float(part) / 60**place for place, part in enumerate(parts[:3]))
    return round(hour, 2) if hour <= 24 else None


def _each(whole: Element, word: str) -> Iterator[Element]:
    return (e for e in whole.iter() if _word(e) == word)


def _word(element: Element) -> str:
    namespace, _, word = element.tag.rpartition("}")
    return word if namespace.startswith("{" + _NAMESPACE) else ""


def _number(text: str | None, most: float = math.inf, default: float = 0.0) -> float:
    try:
        number = float(text or "")
    except ValueError:
        return default
    return number if math.isfinite(number) and 0 <= number <= most else default


def _spread(mean: float, deviation: float) -> tuple[float, float]:
    return mean, deviation / mean if mean else 0.0
