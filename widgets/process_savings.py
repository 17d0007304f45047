"""What a future state saves, change by change: how much, whom, from when, and how sure it is."""

from negotiation.pictures import numerals
from negotiation.pictures.process_figures import minutes_text, savings, savings_data
from negotiation.process import Future
from negotiation.process.bridge import MOST_CHANGES, Bridge, Saving, bridge, shapley

from .action import Action
from .boxes import VBox
from .carried import source_of
from .chart import VegaChart
from .process_view import ProcessView
from .scenarios_figures import Later
from .sheet import Sheet, SheetColumn

_COLUMNS = (
    SheetColumn("change", "Change"),
    SheetColumn("month", "Saves a month", "money", decimals=0),
    SheetColumn("sure", "of it sure", "money", decimals=0),
    SheetColumn("buyer", "buyer's work", "money", decimals=0, party="buyer"),
    SheetColumn("supplier", "supplier's work", "money", decimals=0, party="supplier"),
    SheetColumn("lead", "Sooner by"),
    SheetColumn("fte", "FTE less", "number", decimals=1),
    SheetColumn("cost", "Costs once", "money", decimals=0),
    SheetColumn("payback", "The sure part pays in"),
)
_FAIR = (
    SheetColumn("change", "Change"),
    SheetColumn("listed", "In the listed order", "money", decimals=0),
    SheetColumn("fair", "Mean of all orders", "money", decimals=0),
)


class ProcessSavings(VBox):
    """The bridge of the shown future state, or of the first one while today's map is shown.

    Savings count in the listed order. Where the sides dispute which change earned what, the mean
    over all orders (Shapley) is worked out on request.
    """

    def __init__(self, view: ProcessView):
        self._view, self._state = view, view.state
        picture = savings({"bars": [], "names": []}, self._state.deal.identity.currency)
        self._chart = VegaChart(picture, label="Savings by change")
        self._table = Sheet(
            "Savings by change", _COLUMNS, empty="No future state has a change yet."
        )
        self._fair = Sheet("A fair split of a month's saving", _FAIR)
        self._split = Action("Split it fairly", on_click=self._show_split)
        super().__init__([self._chart, self._table, self._split, self._fair])
        self.add_class("np-card").add_class("np-stack")
        self._later = Later(self._show)
        self._show()
        view.observe(self._later, ["map", "future"])
        self._state.follow(self._later, "terms")

    def _future(self) -> Future | None:
        futures = self._state.deal.process.futures
        shown = [row for row in futures if row.id == self._view.future]
        return next(iter(shown or futures), None)

    def _found(self, future: Future) -> Bridge:
        deal = self._state.deal
        return bridge(deal.process, future.id, measured=source_of(self._state).measured)

    def _show(self) -> None:
        future = self._future()
        found = self._found(future) if future else None
        shown = found is not None and bool(found.savings)
        self._fair.layout.display = "none"
        for part in (self._chart, self._split):
            part.layout.display = None if shown else "none"
        if not shown:
            self._chart.update({"bars": [], "names": []}, label="Savings by change")
            self._table.show([], sentence="")
            self._fair.show([])
            return
        self._split.disabled = len(found.savings) > MOST_CHANGES
        words = _sentence(future, found, self._state.deal.identity.currency)
        self._chart.update(savings_data(found), label=words)
        self._table.show([*map(_row, found.savings), _sum(found)], sentence=words)

    def _show_split(self) -> None:
        """Each change's share, whatever the order in which they are made."""
        future = self._future()
        deal, found = self._state.deal, self._found(future)
        fair = shapley(deal.process, future.id, measured=source_of(self._state).measured)
        cases = deal.process.cases_per_month or 1.0
        rows = [
            {"change": saving.change.name, "listed": saving.cost_per_case * cases,
             "fair": fair[saving.change.id] * cases}
            for saving in found.savings
        ]  # fmt: skip
        self._fair.show(rows, sentence="Both columns add up to the same saving.")
        self._fair.layout.display = None


def _row(saving: Saving) -> dict:
    change = saving.change
    cases = saving.cases_per_month
    return {
        "change": {"text": change.name, "note": _begins(change.date, saving.word)},
        "month": saving.per_month, "sure": saving.sure_per_month,
        "buyer": _times(saving.by_party.get("buyer", 0.0), cases),
        "supplier": _times(saving.by_party.get("supplier", 0.0), cases),
        "lead": minutes_text(saving.lead_minutes), "fte": saving.fte, "cost": change.cost,
        "payback": _months(saving.payback_months),
    }  # fmt: skip


def _sum(found: Bridge) -> dict:
    parties = found.by_party
    cases = found.after.cases_per_month
    whole = sum(saving.change.cost for saving in found.savings)
    fte = [saving.fte for saving in found.savings if saving.fte is not None]
    sure = found.sure_per_month
    return {
        "change": "Together", "month": found.per_month, "sure": sure,
        "buyer": _times(parties.get("buyer", 0.0), cases),
        "supplier": _times(parties.get("supplier", 0.0), cases),
        "lead": minutes_text(found.lead_minutes), "fte": sum(fte) if fte else None, "cost": whole,
        "payback": _months(whole / sure if sure and sure > 0 else None), "_strong": True,
    }  # fmt: skip


def _begins(month: str, word: str) -> str:
    told = {"none": "saves nothing by itself", "hard": "money", "soft": "time",
            "hard and soft": "money and time"}[word]  # fmt: skip
    return f"from {month}: {told}" if month else told


def _months(value: float | None) -> str:
    if value is None:
        return "not by money"
    return f"{numerals.number(value, 1)}{numerals.THIN}mo."


def _times(per_case: float, cases: float | None) -> float | None:
    return None if cases is None else per_case * cases


def _sentence(future: Future, found: Bridge, currency: str) -> str:
    if found.per_month is None:
        each = numerals.money(found.cost_per_case, currency, 3)
        return f"“{future.name}” takes {each} off each case. Say how many there are a month."
    paid = {party: cost for party, cost in found.one_off.items() if cost}
    once = " and ".join(f"the {p} {numerals.money(c, currency)}" for p, c in paid.items())
    return (
        f"“{future.name}” saves {numerals.money(found.per_year, currency)} a year when all of it "
        f"runs, {numerals.money(12 * (found.sure_per_month or 0), currency)} of it sure"
        + (f"; it costs {once} once." if once else ".")
    )
