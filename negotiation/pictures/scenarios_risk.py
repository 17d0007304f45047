"""What moves whom, and how often: the tornado and the spread of the draws."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from . import numerals
from .grammar import (
    CARD,
    INK,
    MUTE,
    PARTY,
    PARTY_SCALE,
    PARTY_SOFT,
    PER_CENT,
    SHORT,
    Data,
    Rows,
    alt,
    dressed,
    lanes,
    named,
    names_in_slot,
    picture,
    rows_of,
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
    names = names_in_slot("_names", y, slots, "text")
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
