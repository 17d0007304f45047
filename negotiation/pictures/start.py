"""The pictures of the deal room: the road to signature, and the day of two distant teams.

Each picture is a function of named tables (`Data`); the matching `…_data` function makes them from
what the model computed. Names stand above their bars, so that a phone shows both.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from negotiation.start.overlap import Band
from negotiation.start.road import Road, Step

from .grammar import (
    BAR_OFFSET_PX,
    INK,
    JOINT,
    JOINT_SOFT,
    MUTE,
    PARTY,
    ROW_PX,
    STOP,
    TEXT_PX,
    Data,
    alt,
    dressed,
    named,
    names_above,
    picture,
    rows_of,
)

# On a phone a step's name and its days need the whole width, and fewer words.
NARROW_PX = 420
NARROW_TEXT = f"width < {NARROW_PX} ? replace(datum.text, ' to spare', '') : datum.text"
OWNERS = {**PARTY, "both": JOINT, "late": STOP}
OWNER_SCALE = alt.Scale(domain=list(OWNERS), range=list(OWNERS.values()))
BAND_SCALE = alt.Scale(domain=[*PARTY, "joint"], range=[*PARTY.values(), JOINT])


def road_data(found: Road) -> Data:
    """Tables for `road`: a row per open step, and the two days that matter."""
    steps = [_step_row(place, step) for place, step in enumerate(found.steps)]
    days = [
        {"day": found.today.isoformat(), "text": "today"},
        {"day": _next_day(found.target), "text": "signing"},
    ]
    return {"steps": steps, "days": days}


def _step_row(place: int, step: Step) -> dict:
    late = step.slack_days < 0
    return {
        "place": place,
        "step": step.task.name,
        "owner": step.task.owner,
        "colour": "late" if late else step.task.owner,
        "earliest_start": step.earliest_start.isoformat(),
        "latest_start": step.latest_start.isoformat(),
        "latest_finish": step.latest_finish.isoformat(),
        "end": _next_day(step.latest_finish),
        "text": f"{step.task.name} · {slack_text(step)}",
    }


def slack_text(step: Step) -> str:
    """How much room a step has: `✕ 3 days late`; ● marks the steps that decide the date."""
    days = f"{abs(step.slack_days)} day{'s' * (abs(step.slack_days) != 1)}"
    if step.slack_days < 0:
        return f"✕ {days} late"
    return f"● {days} to spare" if step.critical else f"{days} to spare"


@picture
def road(data: Data) -> alt.LayerChart:
    """Each open step between its latest dates; the thin line before it is its slack."""
    y = alt.Y("place:O", axis=None)
    x = alt.X(
        "latest_start:T",
        title=None,
        axis=alt.Axis(format="%-d %b", tickCount=6, orient="top", grid=True),
    )
    steps = alt.Chart(named("steps"))
    slack = steps.mark_rule(stroke=MUTE, strokeWidth=2, strokeDash=[2, 3], yOffset=BAR_OFFSET_PX)
    bars = steps.mark_bar(height=11, cornerRadius=2, yOffset=BAR_OFFSET_PX)
    text = steps.mark_text(
        align="left", baseline="middle", dy=-8, fill=INK, text=alt.ExprRef(NARROW_TEXT),
        fontSize=alt.ExprRef(f"width < {NARROW_PX} ? {TEXT_PX - 1} : {TEXT_PX}"),
        limit=alt.ExprRef("width"),
    )  # fmt: skip
    days = alt.Chart(named("days"))
    line = days.mark_rule(stroke=INK, strokeDash=[5, 4]).encode(x=alt.X("day:T"))
    side = alt.ExprRef("datum.text === 'today' ? 'left' : 'right'")
    names = days.mark_text(align=side, baseline="top", dy=4, fill=MUTE).encode(
        x=alt.X("day:T"), y=alt.YValue("height"), text=alt.Text("text:N")
    )
    layers = alt.layer(
        slack.encode(x=x, x2=alt.X2("earliest_start:T"), y=y).transform_filter(
            "toDate(datum.earliest_start) < toDate(datum.latest_start)"
        ),
        bars.encode(
            x=x,
            x2=alt.X2("end:T"),
            y=y,
            fill=alt.Fill("colour:N", scale=OWNER_SCALE, legend=None),
        ),
        text.encode(x=alt.XValue(0), y=y),
        line,
        names,
    )
    return dressed(
        layers, data, "Steps to signature between their latest dates, in order.", rows_of(ROW_PX)
    )


def bands_data(found: Sequence[Band]) -> Data:
    """Tables for `bands`: a row per stretch of working time in hours of our clock."""
    rows = list(dict.fromkeys(band.row for band in found))
    return {
        "bands": [
            {
                "place": rows.index(band.row),
                "row": band.row,
                "party": band.party,
                "start_hour": band.start_hour,
                "end_hour": band.end_hour,
            }
            for band in found
        ],
        "names": [{"place": place, "row": row} for place, row in enumerate(rows)],
    }


@picture
def bands(data: Data, clock: str) -> alt.LayerChart:
    """The working hours of both teams on the clock of `clock` (a town), the common ones filled."""
    y = alt.Y("place:O", axis=None)
    x = alt.X(
        "start_hour:Q",
        title=f"time of day in {clock}",
        scale=alt.Scale(domain=[0, 24]),
        axis=alt.Axis(values=list(range(0, 25, 3)), labelExpr="format(datum.value, '02d') + ':00'"),
    )
    shifts = (
        alt.Chart(named("bands"))
        .mark_bar(height=13, cornerRadius=2, yOffset=BAR_OFFSET_PX, fillOpacity=0.35)
        .encode(
            x=x,
            x2=alt.X2("end_hour:Q"),
            y=y,
            fill=alt.Fill("party:N", scale=BAND_SCALE, legend=None),
        )
        .transform_filter("datum.party !== 'joint'")
    )
    common = (
        alt.Chart(named("bands"))
        .mark_bar(height=13, cornerRadius=2, yOffset=BAR_OFFSET_PX, fill=JOINT, stroke=JOINT_SOFT)
        .encode(x=x, x2=alt.X2("end_hour:Q"), y=y)
        .transform_filter("datum.party === 'joint'")
    )
    return dressed(
        alt.layer(shifts, common, names_above(y, "row")),
        data,
        f"Working hours of both teams on the clock of {clock}.",
        rows_of(ROW_PX),
    )


def _next_day(day: date) -> str:
    return (day + timedelta(days=1)).isoformat()
