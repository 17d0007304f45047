"""Does the deal hold for both? Every scenario against both floors, with sign, word and reason."""

from typing import Any

from negotiation.pictures import numerals
from negotiation.pictures import scenarios as pictures
from negotiation.scenarios.hindrance import Verdict, hindrance, overall
from negotiation.scenarios.study import Study

from .boxes import HBox, VBox
from .chart import VegaChart
from .scenarios_figures import (
    PARTIES,
    main_floors,
    paint,
    shares_by_year,
    study_of,
    text_line,
    titles,
)
from .sheet import Sheet
from .state import DealState

_SIGN = {"holds": "ok", "hinders": "no", "not known": "wait"}
_WORDS = {"holds": "holds", "hinders": "below the floor", "not known": "not known"}
_ORDER = ("best", "base", "worst")
_TITLE = {"buyer": "Buyer saving against today", "supplier": "Supplier margin"}
_RESTS = {
    "disclosed": ("ok", "disclosed figures"), "own": ("ok", "our own figures"),
    "estimate": ("work", "our estimate"),
}  # fmt: skip
_COLUMNS = (
    ("scenario", "Scenario"), ("buyer", "Buyer saving", "percent"), ("buyer_word", "Buyer"),
    ("supplier", "Supplier margin", "percent"), ("supplier_word", "Supplier"),
    ("joint", "Joint value, NPV", "number"),
)  # fmt: skip


class ScenarioVerdict(VBox):
    """Shows whether any scenario breaks either side, why, and how both results run by year."""

    def __init__(self, state: DealState, **kwargs: Any):
        self._state = state
        self._sheet = Sheet("Does it hold for both?", _COLUMNS)
        self._rests = Sheet(
            "What this rests on", (("party", "Party"), ("rests", "Its figures rest on"))
        )
        empty = pictures.years_data((), {}, (0.0, 1.0))
        self._charts = {
            party: VegaChart(pictures.years(empty, party, _TITLE[party]), label=_label(party))
            for party in PARTIES
        }
        self._absent = {party: text_line() for party in PARTIES}
        boxes = [VBox([self._charts[p], self._absent[p]]) for p in PARTIES]
        for box in boxes:
            box.add_class("np-card")
        charts = HBox(boxes)
        charts.add_class("np-columns")
        card = VBox([self._sheet, self._rests])
        card.add_class("np-card")
        card.add_class("np-stack")
        self._scale = text_line()
        super().__init__([card, charts, self._scale], **kwargs)
        self.add_class("np-stack")
        state.observe(self._show, ["deal", "seat"])
        self._show()

    def _show(self, _change: Any = None) -> None:
        study = study_of(self._state)
        verdicts = hindrance(study)
        currency = self._state.deal.identity.currency
        sign, sentence = reason(study, verdicts, currency)
        rows = [_row(study, verdicts, place) for place in _places(study)]
        self._sheet.show(rows, sentence, sign=sign)
        open_book = self._state.book_open
        self._rests.show(
            [_rests_row(study, party, self._state, open_book) for party in PARTIES]
        )
        self._show_years(study)

    def _show_years(self, study: Study) -> None:
        shares = {party: shares_by_year(study, party) for party in study.parties}
        extent = _extent(study, shares)
        for party, chart in self._charts.items():
            known = party in shares
            chart.layout.display = None if known else "none"
            self._absent[party].value = study.missing(party) or ""
            self._absent[party].layout.display = "none" if known else None
            if not known:
                continue
            rows = [
                {"scenario": title, "year": year + 1, "share": float(value)}
                for title, line in zip(titles(study), shares[party], strict=True)
                for year, value in enumerate(line)
            ]
            name = self._state.deal.identity.party(party).name
            data = pictures.years_data(rows, main_floors(study, party), extent)
            paint(chart, data, f"{name}: {_label(party)}")
        self._scale.value = (
            "Both pictures have the same scale: per cent of what the buyer would pay without the "
            "deal, and per cent of the supplier's revenue; transition is left out of single years."
            if len(shares) == 2 else ""
        )


def reason(
    study: Study, verdicts: tuple[Verdict, ...], currency: str
) -> tuple[str, str]:
    """(sign, sentence): where the deal stands, why, and where to go with it."""
    broken = [v for v in verdicts if v.word == "hinders"]
    if broken:
        return "no", _broken_sentence(study, broken, currency)
    unknown = [v for v in verdicts if v.word == "not known"]
    if unknown:
        return "wait", unknown[0].sentence
    shares = [v for v in verdicts if v.measure in ("margin", "saving")]
    if not shares:
        return "ok", "Every floor that is set holds in every scenario."
    close = min(shares, key=lambda v: v.figure - v.floor)
    return "ok", (
        f"No scenario breaks either side. The tightest is {case_words(study, close.case)}: "
        f"the {close.party}'s {close.measure} of {numerals.share(close.figure)} is "
        f"{numerals.number(100 * (close.figure - close.floor), 1)} points above its floor."
    )


def _broken_sentence(study: Study, broken: list[Verdict], currency: str) -> str:
    deepest = min(broken, key=lambda v: (v.measure == "cash", _short_of(v)))
    figures = study.case(deepest.case)
    case = case_words(study, deepest.case)
    if deepest.measure == "cash":
        start = (
            f"In {case} the {deepest.party} is {numerals.money(-deepest.figure, currency)} out of "
            f"pocket at its lowest, more than the {numerals.money(-deepest.floor, currency)} it "
            "can carry."
        )
    else:
        start = (
            f"In {case} the {deepest.party}'s {deepest.measure} is "
            f"{numerals.share(deepest.figure)}, "
            f"{numerals.number(-100 * _short_of(deepest), 1)} points below its floor."
        )
    parts = [start, _other_side(figures, deepest.party, currency)]
    left = int(study.run.renegotiation_month[study.place(deepest.case)])
    if left:
        parts.append(f"From month {left} volume leaves the agreed band.")
    more = len({(v.case, v.party) for v in broken}) - 1
    if more:
        parts.append(f"{more} more {'result is' if more == 1 else 'results are'} below a floor.")
    parts.append("What protects the weaker side at the least cost stands under Prices and levers.")
    return " ".join(filter(None, parts))


def _short_of(verdict: Verdict) -> float:
    return verdict.figure - verdict.floor


def _other_side(figures: Any, party: str, currency: str) -> str:
    """What the scenario gives both, in money and share."""
    buyer, supplier = figures.buyer, figures.supplier
    if buyer is None or supplier is None:
        return ""
    profit = supplier.amounts["profit"]
    word = "loses" if profit < 0 else "earns"
    return (
        f"The supplier {word} {numerals.money(abs(profit), currency)} over the term; the buyer "
        f"{'still ' if party == 'supplier' else ''}saves "
        f"{numerals.share(buyer.amounts['saving_share'])}."
    )


def case_words(study: Study, case: str) -> str:
    """A scenario inside a sentence: "the worst case", or its own name in quotes."""
    if case in _ORDER:
        return f"the {case} case"
    return f"“{study.case(case).case.title or case}”"


def _places(study: Study) -> list[int]:
    """Best, base, worst, then the scenarios of one's own."""
    rank = {case: place for place, case in enumerate(_ORDER)}
    return sorted(range(len(study.ids)), key=lambda p: (rank.get(study.ids[p], 9), p))


def _row(study: Study, verdicts: tuple[Verdict, ...], place: int) -> dict[str, Any]:
    case, figures = study.ids[place], study.cases[place]
    row: dict[str, Any] = {
        "scenario": {"text": titles(study)[place], "strong": True},
        "joint": {"text": numerals.number(figures.joint_npv)},
    }
    for party in PARTIES:
        key = "saving_share" if party == "buyer" else "term_margin"
        amounts = figures.of(party).amounts if figures.of(party) else {}
        row[party] = {"text": numerals.share(amounts.get(key)), "party": party}
        word = overall(verdicts, case, party)
        row[f"{party}_word"] = {
            "text": _WORDS[word], "sign": _SIGN[word], "note": _floor_note(verdicts, case, party),
        }
    return row


def _floor_note(verdicts: tuple[Verdict, ...], case: str, party: str) -> str:
    """The floors that were tested; the one that breaks comes first."""
    mine = [v for v in verdicts if (v.case, v.party) == (case, party) and v.floor is not None]
    mine.sort(key=lambda v: v.word == "holds")
    words = []
    for verdict in mine[:2]:
        cash = verdict.measure == "cash"
        floor = numerals.short(verdict.floor) if cash else numerals.share(verdict.floor, 0)
        when = f", year {verdict.year}" if verdict.year else ""
        words.append(f"{'cash limit' if cash else 'floor'} {floor}{when}")
    return "; ".join(words)


def _rests_row(study: Study, party: str, state: DealState, open_book: bool) -> dict[str, Any]:
    name = f"{state.deal.identity.party(party).name} ({party})"
    if party not in study.parties:
        return {"party": name, "rests": {"text": "not known yet", "sign": "wait",
                                         "note": study.missing(party)}}
    sign, words = _RESTS[study.book.party_basis(party)]
    note = "open book: both sides see these" if open_book and words != "our estimate" else ""
    return {"party": name, "rests": {"text": words, "sign": sign, "note": note}}


def _extent(study: Study, shares: dict[str, Any]) -> tuple[float, float]:
    """One range for both parties' pictures, with zero and every floor inside."""
    values = [0.0, *(float(x) for array in shares.values() for x in array.ravel())]
    values += [f for party in PARTIES for f in main_floors(study, party).values() if f is not None]
    room = 0.06 * (max(values) - min(values) or 1.0)
    return min(values) - (room if min(values) < 0 else 0), max(values) + room


def _label(party: str) -> str:
    return "saving against today, by year" if party == "buyer" else "margin, by year"
