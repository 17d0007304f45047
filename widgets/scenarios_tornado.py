"""Which driver moves whom, sorted by who controls it, both parties on one scale."""

from typing import Any

from negotiation.pictures import numerals
from negotiation.pictures import scenarios as pictures
from negotiation.scenarios.tornado import Bar, tornado

from .boxes import VBox
from .chart import VegaChart
from .scenarios_figures import PARTIES, Later, paint, study_of, text_line, worked_out
from .scenarios_prices import PENDING
from .sheet import Sheet
from .state import DealState

_CONTROLS = {"buyer": "the buyer", "supplier": "the supplier", "both": "both", "nobody": "nobody"}
# More drivers than this make the picture longer than a screen; the table holds them all.
MOST_BARS = 12


class ScenarioTornado(VBox):
    """Moves one driver at a time over its range and shows what that does to both parties."""

    def __init__(self, state: DealState, **kwargs: Any):
        self._state = state
        self._pending = text_line()
        empty = pictures.tornado_data(())
        self._chart = VegaChart(
            pictures.tornado(empty, state.deal.identity.currency),
            label="Change of both parties' value by driver",
        )
        self._sheet = Sheet("Which driver moves whom?", (("driver", "Driver"),))
        super().__init__([self._pending, self._sheet, self._chart], **kwargs)
        self.add_class("np-card")
        self.add_class("np-stack")
        self._later = Later(self._show, pending=self._mark)
        state.observe(self._later, ["deal", "seat"])
        self._later()

    def _mark(self, pending: bool) -> None:
        self._pending.value = PENDING if pending else ""

    def _show(self) -> None:
        study, currency = study_of(self._state), self._state.deal.identity.currency
        bars = worked_out(tornado, self._state) if "base" in study.ids else ()
        self._sheet.empty = next(
            (study.missing(p) for p in PARTIES if study.missing(p)), "No driver has a range."
        )
        self._sheet.show(
            [_row(bar) for bar in bars], _sentence(bars),
            columns=(
                ("driver", "Driver"), ("by", "Controlled by"), ("span", "Moves over"),
                ("buyer", f"Buyer, {currency}", "number"),
                ("supplier", f"Supplier, {currency}", "number"),
            ),
        )  # fmt: skip
        widest = sorted(bars, key=lambda bar: -bar.swing)[:MOST_BARS]
        rows = [
            {"driver": bar.label, "span": span_text(bar), "controlled_by": bar.controlled_by,
             "party": party, "low": pair[0], "high": pair[1]}
            for bar in bars if bar in widest
            for party in PARTIES if (pair := getattr(bar, party)) is not None
        ]  # fmt: skip
        paint(self._chart, pictures.tornado_data(rows))


def span_text(bar: Bar) -> str:
    """Over what the driver moves: "0.8 to 1.12", "−10 to +10 %"."""
    if bar.is_factor:
        low, high = (numerals.signed(100 * (end - 1)) for end in (bar.low, bar.high))
        return f"{low} to {high} %"
    return f"{bar.low:,g} to {bar.high:,g}".replace("-", numerals.MINUS)


def _row(bar: Bar) -> dict[str, Any]:
    cells = {
        party: "–" if pair is None else f"{numerals.signed(pair[0])} to {numerals.signed(pair[1])}"
        for party in PARTIES for pair in [getattr(bar, party)]
    }  # fmt: skip
    by = _CONTROLS[bar.controlled_by]
    return {"driver": bar.label, "by": by, "span": span_text(bar), **cells}


def _sentence(bars: tuple[Bar, ...]) -> str:
    if not bars:
        return ""
    widest = max(bars, key=lambda bar: bar.swing)
    nobody = [bar for bar in bars if bar.controlled_by == "nobody"]
    parts = [
        f"{widest.label} moves most, and {_CONTROLS[widest.controlled_by]} can do something about "
        "it." if widest.controlled_by != "nobody"
        else f"{widest.label} moves most, and nobody controls it: share it rather than shift it."
    ]
    if nobody and widest.controlled_by != "nobody":
        first = max(nobody, key=lambda bar: bar.swing)
        parts.append(f"Of what nobody controls, {first.label} moves most: share it.")
    parts.append("Pale bars: the driver at its low end; solid bars: at its high end.")
    return " ".join(parts)
