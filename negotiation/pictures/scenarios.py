"""The pictures of the scenarios chapter: who gains what, when, and at which price both can live.

Each picture is a function of named tables (`Data`); the matching `…_data` function makes them from
plain rows. Every picture is one layered view, so it fills the width of its card on any screen.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from . import numerals
from .grammar import (
    CARD,
    INK,
    JOINT,
    JOINT_SOFT,
    MUTE,
    PARTY,
    PARTY_SOFT,
    PER_CENT,
    SHORT,
    STOP,
    STOP_SOFT,
    Data,
    Rows,
    alt,
    apart,
    dressed,
    lanes,
    named,
    picture,
    rows_of,
)

LINES_PX = 250
SLOTS = alt.Scale(domain=["label", "buyer", "supplier"])
PARTY_SCALE = alt.Scale(domain=list(PARTY), range=list(PARTY.values()))


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


# --- the price range that works for both


def price_range_data(
    rows: Iterable[Mapping[str, Any]], tabled: float | None, currency: str
) -> Data:
    """Tables for `price_range`: each row has case, `supplier` (lowest price it can take) and
    `buyer` (highest price it can pay), in `currency` per unit; None where no price is enough."""
    ranges = [_range_row(dict(row)) for row in rows]
    ends = [
        {
            "case": row["case"],
            "party": party,
            "price": row[party],
            "text": numerals.number(row[party], 3),
            "side": _side(row, party),
        }
        for row in ranges
        for party in PARTY
        if row[party] is not None
    ]
    mark = [{"price": tabled, "text": f"tabled {numerals.money(tabled, currency, 3)}"}]
    return {"ranges": ranges, "_ends": ends, "tabled": mark if tabled is not None else []}


def _range_row(row: dict[str, Any]) -> dict[str, Any]:
    known = row["supplier"] is not None and row["buyer"] is not None
    works = known and row["supplier"] <= row["buyer"]
    words = "works" if works else "no price works" if known else "not known"
    return row | {"works": works, "text": f"{row['case']}: {words}"}


def _side(row: Mapping[str, Any], party: str) -> str:
    """The outer side of a range's end, where its number is written."""
    other = row["buyer" if party == "supplier" else "supplier"]
    return "right" if other is not None and row[party] > other else "left"


@picture
def price_range(data: Data, currency: str, unit: str) -> alt.LayerChart:
    """The prices between what the supplier needs and what the buyer can pay, case by case."""
    scale = alt.Scale(zero=False, nice=True, padding=46)
    x_axis = alt.Axis(title=f"{currency} per {unit}", format=",.2f", tickCount=6)
    y = alt.Y("case:N", sort=None, axis=None)
    bars = (
        alt.Chart(named("ranges"))
        .transform_filter("isValid(datum.supplier) && isValid(datum.buyer)")
        .mark_bar(height=16, strokeWidth=1.5, cornerRadius=3)
        .encode(
            x=alt.X("supplier:Q", scale=scale, axis=x_axis),
            x2=alt.X2("buyer:Q"),
            y=y,
            fill=alt.condition("datum.works", alt.value(JOINT_SOFT), alt.value(STOP_SOFT)),
            stroke=alt.condition("datum.works", alt.value(JOINT), alt.value(STOP)),
        )
    )
    names = (
        alt.Chart(named("ranges"))
        .mark_text(align="left", dy=-20, fontWeight=600)
        .encode(x=alt.XValue(0), y=y, text=alt.Text("text:N"))
    )
    ticks = (
        alt.Chart(named("_ends"))
        .mark_tick(thickness=4, height=22)
        .encode(
            x=alt.X("price:Q", scale=scale),
            y=y,
            color=alt.Color("party:N", scale=PARTY_SCALE, legend=None),
        )
    )
    layers = [bars, names, ticks]
    for side, align, dx in (("left", "right", -8), ("right", "left", 8)):
        layers.append(
            alt.Chart(named("_ends"))
            .transform_filter(f"datum.side == '{side}'")
            .mark_text(align=align, dx=dx)
            .encode(
                x=alt.X("price:Q", scale=scale),
                y=y,
                text=alt.Text("text:N"),
                fill=alt.Fill("party:N", scale=PARTY_SCALE, legend=None),
            )
        )
    layers += _rule_with_text("tabled", "price", scale)
    return dressed(
        alt.layer(*layers),
        data,
        "Price range that works for both: from the supplier's lowest to the buyer's highest price",
        rows_of(64),
    )


def _rule_with_text(name: str, field: str, scale: alt.Scale) -> list[alt.Chart]:
    """A dashed vertical line with its words above the plot."""
    x = alt.X(f"{field}:Q", scale=scale)
    return [
        alt.Chart(named(name)).mark_rule(stroke=INK, strokeDash=[5, 4]).encode(x=x),
        alt.Chart(named(name))
        .mark_text(baseline="bottom", fill=INK)
        .encode(x=x, y=alt.YValue(-6), text=alt.Text("text:N")),
    ]


# --- pricing models


def models_data(rows: Iterable[Mapping[str, Any]], floors: Mapping[str, float | None]) -> Data:
    """Tables for `models`: rows hold model, party, and worst, base, best as fractions."""
    cells = [
        dict(row)
        | {
            "low": min(row["worst"], row["base"], row["best"]),
            "high": max(row["worst"], row["base"], row["best"]),
            "text": numerals.share(row["worst"], 0),
        }
        for row in rows
    ]
    names = list(dict.fromkeys(cell["model"] for cell in cells))
    return {
        "models": cells,
        "_names": [{"model": name} for name in names],
        "floors": [
            {"party": party, "floor": floor, "text": f"{party} floor {numerals.share(floor, 0)}"}
            for party, floor in floors.items()
            if floor is not None
        ],
    }


@picture
def models(data: Data) -> alt.LayerChart:
    """How far each pricing model lets both results move between worst and best."""
    y = alt.Y("model:N", sort=None, axis=None)
    offset = alt.YOffset("party:N", scale=SLOTS)
    colour = alt.Color("party:N", scale=PARTY_SCALE, legend=None)
    x_axis = alt.Axis(title="buyer saving, supplier margin", labelExpr=PER_CENT, tickCount=6)
    scale = alt.Scale(nice=True, padding=8)
    spans = (
        alt.Chart(named("models"))
        .mark_rule(strokeWidth=7, opacity=0.45)
        .encode(
            x=alt.X("low:Q", axis=x_axis, scale=scale),
            x2=alt.X2("high:Q"),
            y=y,
            yOffset=offset,
            color=colour,
        )
    )
    base = (
        alt.Chart(named("models"))
        .mark_tick(thickness=3, height=14)
        .encode(
            x=alt.X("base:Q", scale=scale),
            y=y,
            yOffset=offset,
            color=colour,
            tooltip=[alt.Tooltip(f"{name}:Q", format=".1%") for name in ("worst", "base", "best")],
        )
    )
    worst = (
        alt.Chart(named("models"))
        .mark_text(align="right", dx=-7)
        .encode(
            x=alt.X("low:Q", scale=scale),
            y=y,
            yOffset=offset,
            text=alt.Text("text:N"),
            fill=alt.Fill("party:N", scale=PARTY_SCALE, legend=None),
        )
    )
    floor = (
        alt.Chart(named("floors"))
        .mark_rule(strokeDash=[5, 4])
        .encode(x=alt.X("floor:Q", scale=scale), color=colour)
    )
    picture = alt.layer(floor, spans, base, worst, _row_names("_names", "model", y))
    return dressed(
        picture,
        data,
        "Buyer saving and supplier margin from worst to best, by pricing model",
        rows_of(58),
    )


def _row_names(name: str, field: str, y: alt.Y) -> alt.Chart:
    """The name of each row above its bars: long names stay readable on a phone."""
    return (
        alt.Chart(named(name))
        .mark_text(align="left", fontWeight=600)
        .encode(
            x=alt.XValue(0), y=y, yOffset=alt.YOffsetDatum("label", scale=SLOTS), text=f"{field}:N"
        )
    )


# --- risk levers


def levers_data(rows: Iterable[Mapping[str, Any]]) -> Data:
    """Tables for `levers`: rows hold lever, `efficiency` (points of the supplier's worst margin
    per 100,000 of the buyer's expected value) or None with a `remark`, and `reach` in words."""
    cells = [
        dict(row)
        | {
            "text": row["remark"]
            if row["efficiency"] is None
            else numerals.number(row["efficiency"], 2),
            "length": row["efficiency"] or 0.0,
            "name": f"{row['lever']} · {row['reach']}" if row["reach"] else row["lever"],
        }
        for row in rows
    ]
    return {"levers": cells}


@picture
def levers(data: Data, title: str) -> alt.LayerChart:
    """What protects the weaker side at the least cost to the other, best first."""
    scale = alt.Scale(domain=["label", "bar"])
    y = alt.Y("lever:N", sort=None, axis=None)
    x = alt.X("length:Q", axis=alt.Axis(title=title, tickCount=5), scale=alt.Scale(padding=4))
    bars = (
        alt.Chart(named("levers"))
        .mark_bar(fill=JOINT, height=12, cornerRadiusEnd=2)
        .encode(x=x, y=y, yOffset=alt.YOffsetDatum("bar", scale=scale))
    )
    values = (
        alt.Chart(named("levers"))
        .mark_text(align="left", dx=6)
        .encode(x=x, y=y, yOffset=alt.YOffsetDatum("bar", scale=scale), text=alt.Text("text:N"))
    )
    names = (
        alt.Chart(named("levers"))
        .mark_text(align="left", fill=INK)
        .encode(
            x=alt.XValue(0),
            y=y,
            yOffset=alt.YOffsetDatum("label", scale=scale),
            text=alt.Text("name:N"),
        )
    )
    return dressed(
        alt.layer(bars, values, names), data, f"Risk levers by efficiency: {title}", rows_of(42)
    )


# --- tornado

CONTROLS = {
    "buyer": "The buyer controls",
    "supplier": "The supplier controls",
    "both": "Both control",
    "nobody": "Nobody controls",
}


def tornado_data(rows: Iterable[Mapping[str, Any]]) -> Data:
    """Tables for `tornado`: rows hold driver, `controlled_by` (a key of `CONTROLS`), party, and the
    change of that party's NPV with the driver at its `low` and at its `high` value.

    Drivers come grouped by who controls them, the widest first within a group.
    """
    rows = [dict(row) for row in rows]
    widest: dict[str, float] = {}
    for row in rows:
        reach = max(abs(row["low"]), abs(row["high"]))
        widest[row["driver"]] = max(widest.get(row["driver"], 0.0), reach)
    order = sorted(
        rows,
        key=lambda row: (
            list(CONTROLS).index(row["controlled_by"]),
            -widest[row["driver"]],
            row["driver"],
        ),
    )
    names: Rows = []
    for row in order:
        if not any(name["driver"] == row["driver"] for name in names):
            first = not any(name["controlled_by"] == row["controlled_by"] for name in names)
            names.append(
                {
                    "driver": row["driver"],
                    "controlled_by": row["controlled_by"],
                    "head": CONTROLS[row["controlled_by"]] if first else "",
                    "text": f"{row['driver']}  {row.get('span', '')}".rstrip(),
                }
            )
    bars = [
        {
            "driver": row["driver"],
            "party": row["party"],
            "end": end,
            "change": row[end],
            "text": numerals.signed(row[end]),
            "kind": f"{row['party']} {end}",
        }
        for row in order
        for end in ("low", "high")
    ]
    return {"bars": bars, "_names": names}


@picture
def tornado(data: Data, currency: str) -> alt.LayerChart:
    """Both parties' NPV when one driver moves and the rest holds, on one scale.

    Pale bars show the driver at its low value, solid bars at its high value.
    """
    slots = alt.Scale(domain=["head", "label", "buyer", "supplier"])
    y = alt.Y("driver:N", sort=None, axis=None)
    kinds = [f"{party} {end}" for party in PARTY for end in ("low", "high")]
    fills = [c for party in PARTY for c in (PARTY_SOFT[party], PARTY[party])]
    axis = alt.Axis(title=f"change of NPV, {currency}", labelExpr=SHORT, tickCount=6)
    bars = (
        alt.Chart(named("bars"))
        .mark_bar(height=11, strokeWidth=1.2)
        .encode(
            x=alt.X("change:Q", axis=axis, stack=None),
            y=y,
            yOffset=alt.YOffset("party:N", scale=slots),
            fill=alt.Fill("kind:N", scale=alt.Scale(domain=kinds, range=fills), legend=None),
            stroke=alt.Stroke("party:N", scale=PARTY_SCALE, legend=None),
            tooltip=[
                alt.Tooltip("driver:N", title="Driver"),
                alt.Tooltip("party:N", title="Party"),
                alt.Tooltip("end:N", title="Driver at its"),
                alt.Tooltip("text:N", title="NPV"),
            ],
        )
    )
    zero = alt.Chart(named("_names")).mark_rule(stroke=INK).encode(x=alt.XDatum(0))
    heads = (
        alt.Chart(named("_names"))
        .mark_text(align="left", fill=MUTE, fontWeight=600)
        .encode(
            x=alt.XValue(0),
            y=y,
            yOffset=alt.YOffsetDatum("head", scale=slots),
            text=alt.Text("head:N"),
        )
    )
    names = (
        alt.Chart(named("_names"))
        .mark_text(align="left", fill=INK)
        .encode(
            x=alt.XValue(0),
            y=y,
            yOffset=alt.YOffsetDatum("label", scale=slots),
            text=alt.Text("text:N"),
        )
    )
    return dressed(
        alt.layer(bars, zero, heads, names),
        data,
        "Change of both parties' NPV by driver, sorted by who controls the driver",
        rows_of(72),
    )


# --- the spread


def spread_data(
    bins: Iterable[Mapping[str, Any]],
    floors: Mapping[str, float | None],
    named_cases: Sequence[Mapping[str, Any]],
    percentiles: Iterable[Mapping[str, Any]],
) -> Data:
    """Tables for `spread`: bins hold party, from, to (fractions) and `freq` (share of the draws);
    `named_cases` party, scenario, value; `percentiles` party, p10, p50, p90."""
    marks: Rows = []
    bins = [dict(row) for row in bins]
    width = max((b["to"] for b in bins), default=1.0) - min((b["from"] for b in bins), default=0.0)
    for party in PARTY:
        mine = [dict(case) for case in named_cases if case["party"] == party]
        for case, lane in zip(mine, lanes([c["value"] for c in mine], width / 7), strict=True):
            marks.append(case | {"lane": lane, "text": case["scenario"]})
    return {
        "bins": bins,
        "cases": marks,
        "percentiles": [dict(row) for row in percentiles],
        "floors": [
            {"party": party, "floor": floor, "text": f"floor {numerals.share(floor, 0)}"}
            for party, floor in floors.items()
            if floor is not None
        ],
    }


def _spread_bars(fill: alt.Fill, height: int, top: int) -> alt.Chart:
    x_axis = alt.Axis(
        title="supplier margin and buyer saving over the term",
        labelExpr=PER_CENT,
        offset=16,
        grid=False,
    )
    return (
        alt.Chart(named("bins"))
        .mark_rect(opacity=0.8, stroke=CARD, strokeWidth=0.6)
        .encode(
            x=alt.X("from:Q", axis=x_axis),
            x2=alt.X2("to:Q"),
            y=alt.Y("freq:Q", axis=None, scale=alt.Scale(range=[height, top])),
            y2=alt.Y2Datum(0),
            fill=fill,
        )
    )


@picture
def spread(data: Data) -> alt.LayerChart:
    """How often each result came out, both parties on one scale of per cent."""
    height, top = 230, 58
    colour = alt.Color("party:N", scale=PARTY_SCALE, legend=None)
    fill = alt.Fill("party:N", scale=PARTY_SCALE, legend=None)
    floor = (
        alt.Chart(named("floors"))
        .mark_rule(strokeDash=[5, 4], strokeWidth=1.5)
        .encode(x=alt.X("floor:Q"), color=colour, y=alt.YValue(top - 8), y2=alt.Y2Value(height))
    )
    floor_texts = [
        alt.Chart(named("floors"))
        .transform_filter(f"datum.party == '{party}'")
        .mark_text(align=align, dx=dx)
        .encode(x=alt.X("floor:Q"), y=alt.YValue(top), text=alt.Text("text:N"), fill=fill)
        for party, align, dx in (("supplier", "right", -5), ("buyer", "left", 5))
    ]
    lane_y = alt.Y("lane:Q", axis=None, scale=alt.Scale(domain=[0, 2], range=[8, 40]))
    case_text = (
        alt.Chart(named("cases"))
        .mark_text(baseline="middle", fontWeight=600)
        .encode(x=alt.X("value:Q"), y=lane_y, text=alt.Text("text:N"), fill=fill)
    )
    case_line = (
        alt.Chart(named("cases"))
        .mark_rule(strokeWidth=1.2)
        .encode(x=alt.X("value:Q"), y=alt.YValue(height - 12), y2=alt.Y2Value(height), color=colour)
    )
    case_dot = (
        alt.Chart(named("cases"))
        .mark_point(shape="triangle-up", size=70, filled=True, opacity=1)
        .encode(x=alt.X("value:Q"), y=alt.YValue(height + 9), color=colour)
    )
    ranges = (
        alt.Chart(named("percentiles"))
        .mark_rule(strokeWidth=4)
        .encode(x=alt.X("p10:Q"), x2=alt.X2("p90:Q"), y=alt.YValue(height + 1), color=colour)
    )
    bars = _spread_bars(fill, height, top)
    picture = alt.layer(bars, floor, *floor_texts, case_line, case_dot, case_text, ranges)
    return dressed(
        picture.resolve_scale(y="independent"),
        data,
        "Distribution of the supplier's margin and the buyer's saving over all draws",
        height,
    )
