"""Pictures of what a process map amounts to: minutes by step, load by team, savings, lead times.

Each picture is a function of named tables (`Data`); the matching `…_data` function makes them from
what the model computed. Names stand above their bars, so that a phone shows both.
"""

import math

import numpy as np

from negotiation.process.bridge import Bridge
from negotiation.process.maps import Map
from negotiation.process.measure import BUSY, Figures
from negotiation.process.simulate import LeadTimes

from . import numerals
from .grammar import (
    BAR_OFFSET_PX,
    INK,
    JOINT,
    LINE,
    MUTE,
    PARTY,
    PER_CENT,
    ROW_PX,
    STOP,
    Data,
    alt,
    dressed,
    named,
    names_above,
    picture,
    rows_of,
)

WAIT = "wait"
TOUCH_COLOURS = {**PARTY, "customer": JOINT, "other": MUTE, WAIT: LINE}
_TOUCH_SCALE = alt.Scale(domain=list(TOUCH_COLOURS), range=list(TOUCH_COLOURS.values()))
LOAD_COLOURS = {"holds": JOINT, "busy": "open", "impossible": STOP}
_LOAD_SCALE = alt.Scale(domain=list(LOAD_COLOURS), range=list(LOAD_COLOURS.values()))


def minutes_data(around: Map, figures: Figures) -> Data:
    """Tables for `minutes`: a bar for the wait and one for the touch of each step, per case."""
    rows, names = [], []
    steps = [s for s in around.steps if s.handling_min or s.wait_min]
    for place, step in enumerate(steps):
        found = figures.steps[step.id]
        lane = around.lane_of(step)
        wait, touch = _finite(found.wait_minutes), _finite(found.touch_minutes)
        base = {"place": place, "step": step.name}
        rows.append({**base, "kind": WAIT, "from": 0.0, "to": wait, "minutes": wait})
        rows.append({**base, "kind": lane.party if lane else "other", "from": wait,
                     "to": wait + touch, "minutes": touch})  # fmt: skip
        told = [f"wait {minutes_text(wait)}"] * bool(wait) + [f"touch {minutes_text(touch)}"] * (
            bool(touch)
        )
        names.append({"place": place, "text": " · ".join([step.name, *told])})
    return {"bars": rows, "names": names}


@picture
def minutes(data: Data) -> alt.LayerChart:
    """Where the time of a case goes: the wait before each step, then the touch in its party's
    colour."""
    y = alt.Y("place:O", axis=None)
    bars = _spans(y, "minutes of an average case", _TOUCH_SCALE)
    return dressed(
        alt.layer(bars, names_above(y)), data,
        "Minutes of an average case by step: waiting, then work.", rows_of(ROW_PX),
    )  # fmt: skip


def load_data(around: Map, figures: Figures) -> Data:
    """Tables for `load`: a row per team whose people are known."""
    rows = []
    for team in around.teams:
        found = figures.teams[team.id]
        if found.utilisation is not None and math.isfinite(found.utilisation):
            rows.append({"place": len(rows), "load": found.utilisation,
                         "colour": found.word or "holds",
                         "text": f"{load_text(found.utilisation)} · {team.name}"})  # fmt: skip
    limits = [{"at": BUSY, "text": "queues grow"}, {"at": 1.0, "text": "full"}]
    return {"load": rows, "names": [{k: r[k] for k in ("place", "text")} for r in rows],
            "limits": limits if rows else []}  # fmt: skip


@picture
def load(data: Data) -> alt.LayerChart:
    """The work of each team over the time it has, against the lines of 85 % and 100 %."""
    shares = alt.Axis(tickCount=6, labelExpr=PER_CENT, orient="top")
    y = alt.Y("place:O", axis=None)
    bars = (
        alt.Chart(named("load"))
        .mark_bar(height=11, cornerRadius=2, yOffset=BAR_OFFSET_PX)
        .encode(
            x=alt.X("load:Q", title=None, axis=shares),
            y=y,
            fill=alt.Fill("colour:N", scale=_LOAD_SCALE, legend=None),
        )
    )
    limits = alt.Chart(named("limits"))
    rule = limits.mark_rule(stroke=INK, strokeDash=[5, 4]).encode(x=alt.X("at:Q"))
    words = limits.mark_text(align="right", baseline="top", dx=-4, fill=MUTE).encode(
        x=alt.X("at:Q"), y=alt.YValue("height"), text=alt.Text("text:N")
    )
    return dressed(
        alt.layer(bars, rule, words, names_above(y)), data,
        "Load of each team; above 85 % queues grow, above 100 % the work is not done.",
        rows_of(ROW_PX),
    )  # fmt: skip


def minutes_text(value: float) -> str:
    """Minutes as people say them: "0.7 min", "41 min", "3.2 h"."""
    if not math.isfinite(value):
        return "–"
    if value >= 120:
        return f"{numerals.number(value / 60, 1)}{numerals.THIN}h"
    return f"{numerals.number(value, 1 if value < 20 else 0)}{numerals.THIN}min"


def load_text(value: float) -> str:
    """A load with its sign and word."""
    if value > 1:
        return f"✕ {numerals.share(value, 0)} cannot be done"
    return f"◐ {numerals.share(value, 0)} busy" if value > BUSY else f"✓ {numerals.share(value, 0)}"


def _spans(y: alt.Y, title: str, scale: alt.Scale) -> alt.Chart:
    """Bars from one value to another, coloured by what they are."""
    return (
        alt.Chart(named("bars"))
        .mark_bar(height=11, cornerRadius=2, yOffset=BAR_OFFSET_PX)
        .encode(
            x=alt.X("from:Q", title=title, axis=alt.Axis(tickCount=6)),
            x2=alt.X2("to:Q"),
            y=y,
            fill=alt.Fill("kind:N", scale=scale, legend=None),
        )
    )


def _finite(value: float) -> float:
    return value if math.isfinite(value) else 0.0


def savings_data(found: Bridge) -> Data:
    """Tables for `savings`: cost per case today, what each change takes off or adds, and then."""
    bars, names, here = [], [], found.before.cost_per_case
    ends = [("Today", 0.0, here, "total")]
    for saving in found.savings:
        ends.append((saving.change.name, here, here - saving.cost_per_case,
                     "less" if saving.cost_per_case >= 0 else "more"))  # fmt: skip
        here -= saving.cost_per_case
    ends.append(("When all is done", 0.0, found.after.cost_per_case, "total"))
    for place, (words, start, end, kind) in enumerate(ends):
        bars.append({"place": place, "from": min(start, end), "to": max(start, end), "kind": kind})
        amount = numerals.number(end, 3) if kind == "total" else numerals.signed(end - start, 3)
        names.append({"place": place, "text": f"{amount} · {words}"})
    return {"bars": bars, "names": names}


@picture
def savings(data: Data, currency: str) -> alt.LayerChart:
    """Cost per case from today to the future, change by change in the listed order."""
    y = alt.Y("place:O", axis=None)
    scale = alt.Scale(domain=["total", "less", "more"], range=[MUTE, JOINT, STOP])
    bars = _spans(y, f"{currency} per case", scale)
    return dressed(
        alt.layer(bars, names_above(y)), data,
        "Cost per case today, what each change takes off, and what remains.", rows_of(ROW_PX),
    )  # fmt: skip


BINS = 40


def lead_times_data(found: LeadTimes | None) -> Data:
    """Tables for `lead_times`: shares of cases by hours, and the marks of P50, P80, P95.

    The axis ends at the 99th percentile, so that one odd case does not press all others together.
    """
    if found is None:
        return {"bars": [], "marks": []}
    hours = found.minutes / 60
    most = float(np.percentile(hours, 99)) or 1.0
    counts, edges = np.histogram(hours[hours <= most], bins=BINS, range=(0.0, most))
    bars = [
        {"from": float(low), "to": float(high), "share": float(count / found.cases)}
        for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True)
    ]
    marks = [
        {"at": minutes / 60, "text": f"{name.upper()} {minutes_text(minutes)}", "kind": "case",
         "lane": lane}
        for lane, (name, minutes) in enumerate(found.quantiles().items())
    ]  # fmt: skip
    if found.target_minutes is not None:
        told = f"promised {minutes_text(found.target_minutes)}"
        marks.append({"at": min(found.target_minutes / 60, most), "text": told, "kind": "promise",
                      "lane": len(marks)})  # fmt: skip
    return {"bars": bars, "marks": marks}


@picture
def lead_times(data: Data) -> alt.LayerChart:
    """How long simulated cases take, with what half, four in five and nineteen in twenty keep."""
    scale = alt.Scale(domain=["case", "promise"], range=[INK, JOINT])
    bars = (
        alt.Chart(named("bars"))
        .mark_bar(fill=LINE)
        .encode(
            x=alt.X("from:Q", title="working hours from start to end"),
            x2=alt.X2("to:Q"),
            y=alt.Y("share:Q", title="share of cases", axis=alt.Axis(labelExpr=PER_CENT)),
        )
    )
    marks = alt.Chart(named("marks"))
    rules = marks.mark_rule(strokeDash=[5, 4]).encode(
        x=alt.X("at:Q"), stroke=alt.Stroke("kind:N", scale=scale, legend=None)
    )
    words = marks.mark_text(align="left", baseline="top", dx=4).encode(
        x=alt.X("at:Q"),
        y=alt.Y("lane:O", axis=None, scale=alt.Scale(range=[2, 74], domain=[0, 1, 2, 3])),
        text=alt.Text("text:N"),
        fill=alt.Fill("kind:N", scale=scale, legend=None),
    )
    return dressed(
        alt.layer(bars, rules, words).resolve_scale(y="independent"), data,
        "Lead times of simulated cases with their percentiles.", 240,
    )  # fmt: skip
