"""Prices and levers: the range that works for both, pricing models, what protects at what cost."""

from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import Any

from . import numerals
from .grammar import (
    INK,
    JOINT,
    JOINT_SOFT,
    PARTY,
    PARTY_SCALE,
    PER_CENT,
    STOP,
    STOP_SOFT,
    Data,
    alt,
    dressed,
    named,
    names_in_slot,
    picture,
    rows_of,
)

SLOTS = alt.Scale(domain=["label", "buyer", "supplier"])


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
    # A long title takes two lines, or a phone would cut it.
    axis = alt.Axis(title=wrap(title, 44), tickCount=5)
    x = alt.X("length:Q", axis=axis, scale=alt.Scale(padding=4))
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
    names = names_in_slot("levers", y, scale, "name")
    return dressed(
        alt.layer(bars, values, names), data, f"Risk levers by efficiency: {title}", rows_of(42)
    )
