"""Both results over the term: saving and margin by year, cash month by month."""

from collections.abc import Iterable, Mapping
from typing import Any

from . import numerals
from .grammar import (
    CARD,
    INK,
    MUTE,
    PARTY,
    PER_CENT,
    SHORT,
    Data,
    Rows,
    alt,
    apart,
    dressed,
    named,
    picture,
)

LINES_PX = 250


# --- saving and margin by year


def years_data(
    rows: Iterable[Mapping[str, Any]],
    floors: Mapping[str, float | None],
    extent: tuple[float, float],
) -> Data:
    """Tables for `years`: one row per scenario and year, `share` as a fraction.

    `floors` maps a scenario to its floor; `extent` is the range of the scale, shared by both
    parties' pictures so that their heights compare.
    """
    cells = [
        dict(row) | {"label": numerals.share(row["share"]), "below": _below(row, floors)}
        for row in rows
    ]
    last = max((cell["year"] for cell in cells), default=1)
    ends = [cell for cell in cells if cell["year"] == last]
    gap = (extent[1] - extent[0]) * 17 / LINES_PX
    places = apart([end["share"] for end in ends], gap)
    ends = [
        end | {"place": place, "text": f"{end['scenario']}  {end['label']}"}
        for end, place in zip(ends, places, strict=True)
    ]
    return {
        "years": cells,
        "_ends": ends,
        "floors": _floor_rows(floors, last),
        "_extent": [{"share": value} for value in extent],
    }


def _below(row: Mapping[str, Any], floors: Mapping[str, float | None]) -> bool:
    floor = floors.get(row["scenario"])
    return floor is not None and row["share"] < floor


def _floor_rows(floors: Mapping[str, float | None], last_year: int) -> Rows:
    """One dashed line per distinct floor, named by its scenarios where they differ."""
    distinct: dict[float, list[str]] = {}
    for scenario, floor in floors.items():
        if floor is not None:
            distinct.setdefault(floor, []).append(scenario)
    return [
        {
            "floor": floor,
            "year": 1,
            "last": last_year,
            "text": f"floor {numerals.share(floor, 0)}"
            + (f" ({', '.join(scenarios)})" if len(distinct) > 1 else ""),
        }
        for floor, scenarios in distinct.items()
    ]


@picture
def years(data: Data, party: str, title: str) -> alt.LayerChart:
    """Shares of `party` by contract year under `title`, one line per scenario."""
    x = alt.X(
        "year:O",
        title=None,
        axis=alt.Axis(labelExpr="'Year ' + datum.value", labelAngle=0),
        scale=alt.Scale(paddingOuter=0.15),
    )
    y = alt.Y("share:Q", title=None, axis=alt.Axis(labelExpr=PER_CENT, tickCount=6))
    extent = alt.Chart(named("_extent")).mark_point(opacity=0).encode(y=y)
    floor = (
        alt.Chart(named("floors"))
        .mark_rule(stroke=INK, strokeDash=[5, 4])
        .encode(y=alt.Y("floor:Q"))
    )
    floor_text = (
        alt.Chart(named("floors"))
        .mark_text(align="left", baseline="bottom", dx=2, dy=-3, fill=INK)
        .encode(x=alt.XValue(0), y=alt.Y("floor:Q"), text=alt.Text("text:N"))
    )
    lines = (
        alt.Chart(named("years"))
        .mark_line(stroke=PARTY[party], strokeWidth=2.5)
        .encode(x=x, y=y, detail=alt.Detail("scenario:N"))
    )
    dots = (
        alt.Chart(named("years"))
        .mark_point(size=70, filled=True, opacity=1, strokeWidth=2, stroke=PARTY[party])
        .encode(
            x=x,
            y=y,
            fill=alt.condition("datum.below", alt.value(CARD), alt.value(PARTY[party])),
            tooltip=[
                alt.Tooltip("scenario:N", title="Scenario"),
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("label:N", title=title),
            ],
        )
    )
    text = (
        alt.Chart(named("_ends"))
        .mark_text(align="left", dx=10, fill=PARTY[party])
        .encode(x=x, y=alt.Y("place:Q"), text=alt.Text("text:N"))
    )
    picture = alt.layer(extent, floor, floor_text, lines, dots, text)
    described = f"{title} by contract year, one line per scenario"
    return dressed(picture, data, described, LINES_PX).properties(title=title)


# --- monthly cash


def cash_data(rows: Iterable[Mapping[str, Any]], limits: Mapping[str, float | None]) -> Data:
    """Tables for `cash`: rows hold scenario, month (0 = signing) and cumulative `cash`.

    `limits` maps a scenario to the deepest cumulative cash its party accepts, or None.
    """
    cells = [dict(row) | {"label": numerals.number(row["cash"])} for row in rows]
    last = max((cell["month"] for cell in cells), default=0)
    ends = [cell for cell in cells if cell["month"] == last]
    amounts = [cell["cash"] for cell in cells] or [0.0]
    gap = (max(*amounts, 1.0) - min(*amounts, 0.0)) * 17 / LINES_PX
    places = apart([end["cash"] for end in ends], gap)
    ends = [
        end | {"place": place, "text": f"{end['scenario']}  {numerals.short(end['cash'])}"}
        for end, place in zip(ends, places, strict=True)
    ]
    distinct = sorted({limit for limit in limits.values() if limit is not None})
    return {
        "cash": cells,
        "_ends": ends,
        "limits": [{"limit": x, "text": f"cash limit {numerals.short(x)}"} for x in distinct],
    }


@picture
def cash(data: Data, party: str) -> alt.LayerChart:
    """What `party` has paid and received since signing, added up month by month."""
    x = alt.X(
        "month:Q",
        title="month of the term",
        axis=alt.Axis(grid=False, tickMinStep=1),
        scale=alt.Scale(nice=False),
    )
    y = alt.Y("cash:Q", title=None, axis=alt.Axis(labelExpr=SHORT, tickCount=6))
    zero = (
        alt.Chart(named("cash"))
        .transform_filter("datum.month == 0")
        .mark_rule(stroke=MUTE)
        .encode(y=alt.YDatum(0))
    )
    limit = (
        alt.Chart(named("limits"))
        .mark_rule(stroke=INK, strokeDash=[5, 4])
        .encode(y=alt.Y("limit:Q"))
    )
    limit_text = (
        alt.Chart(named("limits"))
        .mark_text(align="left", baseline="bottom", dx=2, dy=-3)
        .encode(x=alt.XValue(0), y=alt.Y("limit:Q"), text=alt.Text("text:N"))
    )
    lines = (
        alt.Chart(named("cash"))
        .mark_line(stroke=PARTY[party], strokeWidth=2, interpolate="step-after")
        .encode(
            x=x,
            y=y,
            detail=alt.Detail("scenario:N"),
            tooltip=[
                alt.Tooltip("scenario:N", title="Scenario"),
                alt.Tooltip("month:Q", title="Month"),
                alt.Tooltip("label:N", title="Cash so far"),
            ],
        )
    )
    text = (
        alt.Chart(named("_ends"))
        .mark_text(align="left", dx=8, fill=PARTY[party])
        .encode(x=x, y=alt.Y("place:Q"), text=alt.Text("text:N"))
    )
    picture = alt.layer(zero, limit, limit_text, lines, text)
    title = f"Cash of the {party} since signing"
    described = f"{title}, added up by month, one line per scenario"
    return dressed(picture, data, described, LINES_PX).properties(title=title)
