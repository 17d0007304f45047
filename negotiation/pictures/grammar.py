"""What every picture shares: Altair itself, the names of the colours, and how a label is laid out.

Colours are the theme's names ("buyer", "joint", "line"); whoever draws the picture gives them their
values, so one picture serves light, dark, projector and print. Tables whose name begins with an
underscore only lay the picture out; they hold no figures to read.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import altair as alt
from altair.utils import schemapi

Rows = list[dict[str, Any]]
Data = dict[str, Rows]

INK, MUTE, LINE = "ink", "mute", "line"
PARTY = {"buyer": "buyer", "supplier": "supplier"}
PARTY_SOFT = {"buyer": "buyer-soft", "supplier": "supplier-soft"}
JOINT, JOINT_SOFT = "joint", "joint-soft"
STOP, STOP_SOFT = "stop", "stop-soft"
CARD = "card"
SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
TEXT_PX = 13
ROW_PX = 40
"""Height of a row whose name stands above its bar, so that a phone shows both."""
BAR_OFFSET_PX = 9
PER_CENT = "format(datum.value * 100, ',~r') + '\u202f%'"
PARTY_SCALE = alt.Scale(domain=list(PARTY), range=list(PARTY.values()))
SHORT = "datum.value === 0 ? '0' : format(datum.value, '~s')"


_DRAWN: dict[str, alt.LayerChart] = {}
_WRITTEN: dict[int, dict[str, Any]] = {}
_MOST_DRAWN = 200


def picture(draw: Callable[..., alt.LayerChart]) -> Callable[..., alt.LayerChart]:
    """A drawing that is made once for the same values and then kept; nobody changes a chart.

    Altair holds every piece of a picture against Vega-Lite's schema when the piece is made: half of
    the time in which a page opens. Our pictures are drawn the same way whatever people type, so
    the tests check them whole, and a page leaves the check out.
    """

    @wraps(draw)
    def drawn(*values: Any, **named_values: Any) -> alt.LayerChart:
        key = f"{draw.__module__}.{draw.__qualname__}{values!r}{sorted(named_values.items())!r}"
        if key not in _DRAWN:
            if len(_DRAWN) >= _MOST_DRAWN:
                _DRAWN.clear()
                _WRITTEN.clear()
            with schemapi.debug_mode(False):
                _DRAWN[key] = draw(*values, **named_values)
                _WRITTEN[id(_DRAWN[key])] = _DRAWN[key].to_dict(validate=False)
        return _DRAWN[key]

    return drawn


def written(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """The Vega-Lite specification of any Altair chart; of our pictures, the one already written."""
    if id(chart) in _WRITTEN:
        return _WRITTEN[id(chart)]
    return chart.to_dict()


def named(name: str) -> alt.NamedData:
    """The rows called `name`; a screen replaces them without a new picture."""
    return alt.NamedData(name=name)


def rows_of(height_px: int) -> alt.Step:
    """A height that grows by `height_px` with each row of a picture."""
    return alt.Step(step=height_px, **{"for": "position"})


def dressed(chart: alt.LayerChart, data: Data, description: str, height: Any) -> alt.LayerChart:
    """`chart` filling the width it gets, with `data` inside and the look of all pictures."""
    chart = chart.properties(
        width="container",
        height=height,
        description=description,
        datasets=data,
        background="transparent",
        # Text is measured in the drawing's font and may come out a little wider on the page.
        padding={"left": 2, "top": 4, "right": 12, "bottom": 2},
    )
    return chart.configure(
        font=SANS,
        view=alt.ViewConfig(stroke=None),
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding", resize=True),
        axis=alt.AxisConfig(
            labelColor=MUTE,
            titleColor=MUTE,
            gridColor=LINE,
            domain=False,
            ticks=False,
            labelFontSize=TEXT_PX - 1,
            titleFontSize=TEXT_PX - 1,
            titleFontWeight="normal",
            labelPadding=6,
            labelOverlap=True,
        ),
        text=alt.MarkConfig(font=SANS, fontSize=TEXT_PX, fill=INK),
    )


def names_above(y: alt.Y, field: str = "text") -> alt.Chart:
    """The `field` of each row of the table "names", above its bar."""
    return (
        alt.Chart(named("names"))
        .mark_text(align="left", baseline="middle", dy=-8, fill=INK)
        .encode(x=alt.XValue(0), y=y, text=alt.Text(f"{field}:N"))
    )


def names_in_slot(table: str, y: alt.Y, slots: alt.Scale, field: str) -> alt.Chart:
    """The `field` of each row of `table` in the slot "label", above its bars in other slots."""
    return (
        alt.Chart(named(table))
        .mark_text(align="left", fill=INK)
        .encode(
            x=alt.XValue(0),
            y=y,
            yOffset=alt.YOffsetDatum("label", scale=slots),
            text=alt.Text(f"{field}:N"),
        )
    )


def apart(values: Sequence[float], gap: float) -> list[float]:
    """`values` moved as little as it takes to lie at least `gap` from each other, order kept.

    Used for labels at the ends of lines: they stay readable where lines end close together.
    """
    order = sorted(range(len(values)), key=lambda place: values[place])
    blocks: list[list[float]] = []  # [sum of wanted starts, members]; its start is the mean
    for rank, place in enumerate(order):
        blocks.append([values[place] - rank * gap, 1.0])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] >= blocks[-1][0] / blocks[-1][1]:
            total, members = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += members
    starts = [total / members for total, members in blocks for _ in range(int(members))]
    placed = dict(zip(order, starts, strict=True))
    return [placed[place] + order.index(place) * gap for place in range(len(values))]


def lanes(values: Sequence[float], gap: float, count: int = 3) -> list[int]:
    """A lane (0 … count-1) for each value, so that neighbours nearer than `gap` do not collide."""
    last = [float("-inf")] * count
    chosen = [0] * len(values)
    for place in sorted(range(len(values)), key=lambda place: values[place]):
        free = [lane for lane in range(count) if values[place] - last[lane] >= gap]
        chosen[place] = free[0] if free else last.index(min(last))
        last[chosen[place]] = values[place]
    return chosen
