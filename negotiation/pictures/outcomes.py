"""A picture of what chance does to a measure: the odds of being wrong, by how much is counted."""

from negotiation.outcomes.rows import Measure
from negotiation.outcomes.sanity import MOST_ODDS, Sanity, breach_odds

from .grammar import CARD, INK, JOINT, LINE, MUTE, STOP, Data, alt, dressed, named, picture

HEIGHT_PX = 210
_DECADES, _POINTS = 2, 41
_MOST_APART = 51
_FALSE, _MISSED = "false breach", "missed breach"


def odds_data(measure: Measure, found: Sanity) -> Data:
    """Tables for `odds`: both odds at counts around the window's, and where the measure stands."""
    lines = [row for count in _counts(found) for row in _rows(measure, found, count)]
    here = _rows(measure, found, found.count)
    return {"lines": lines, "here": here, "_most": [{"odds": MOST_ODDS, "text": "10 %"}]}


def _counts(found: Sanity) -> list[int]:
    """Counts around the window's at which the level is a whole number of cases.

    Between them the odds leap up and down with every case, which would hide how they fall.
    """
    cases = {n: found.level * n for n in range(1, _MOST_APART)}
    apart = next((n for n, at in cases.items() if abs(at - round(at)) < 1e-9), 1)
    start, step = -_DECADES / 2, _DECADES / (_POINTS - 1)
    near = (found.count * 10 ** (start + step * point) / apart for point in range(_POINTS))
    return sorted({apart * max(1, round(count)) for count in near})


def _rows(measure: Measure, found: Sanity, count: int) -> list[dict]:
    false = breach_odds(found.level, count, found.good, measure.direction)
    missed = 1 - breach_odds(found.level, count, found.poor, measure.direction)
    return [
        {"count": count, "which": which, "odds": odds, "text": f"{which} {100 * odds:.1f}\u202f%"}
        for which, odds in ((_FALSE, false), (_MISSED, missed))
    ]


@picture
def odds(data: Data) -> alt.LayerChart:
    """Odds of a false and of a missed breach against the events counted, and the window's own."""
    x = alt.X("count:Q", title="cases counted in one window",
              scale=alt.Scale(type="log", nice=False),
              axis=alt.Axis(format="~s", tickCount=5, grid=False))  # fmt: skip
    y = alt.Y("odds:Q", title=None, scale=alt.Scale(domainMin=0, nice=True),
              axis=alt.Axis(format="~%", tickCount=4))  # fmt: skip
    colour = alt.Stroke("which:N", legend=None,
                        scale=alt.Scale(domain=[_FALSE, _MISSED], range=[STOP, JOINT]))  # fmt: skip
    dash = alt.StrokeDash("which:N", legend=None,
                          scale=alt.Scale(domain=[_FALSE, _MISSED], range=[[1, 0], [6, 4]]))
    lines = alt.Chart(named("lines")).mark_line(strokeWidth=2.5).encode(
        x=x, y=y, stroke=colour, strokeDash=dash)  # fmt: skip
    most = alt.Chart(named("_most")).mark_rule(stroke=MUTE, strokeDash=[2, 3]).encode(y="odds:Q")
    dots = alt.Chart(named("here")).mark_point(
        size=90, strokeWidth=2.5, fill=CARD, fillOpacity=1
    ).encode(x=x, y=y, stroke=colour)  # fmt: skip
    words = [
        alt.Chart(named("here")).mark_text(align=align, dx=dx, dy=dy, fill=INK)
        .encode(x=x, y=y, text="text:N").transform_filter(f"datum.which === '{which}'")
        for which, align, dx, dy in ((_MISSED, "left", 8, -12), (_FALSE, "right", -8, 14))
    ]  # fmt: skip
    return dressed(
        alt.layer(most, lines, dots, *words), data,
        "Odds of a false and of a missed breach by the number of events in a window.", HEIGHT_PX,
    ).configure_axisX(domain=True, domainColor=LINE)  # fmt: skip
