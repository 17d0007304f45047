"""Two or three scenarios side by side: what differs, what each difference does, both results."""

import re
from collections.abc import Sequence
from typing import Any

import ipywidgets as ipw

from negotiation.files.comparison import to_csv
from negotiation.pictures import numerals
from negotiation.scenarios.compare import VALUE, Comparison, Step, compare
from negotiation.scenarios.drivers import known
from negotiation.scenarios.rows import Driver
from negotiation.scenarios.study import Study

from .action import Download
from .boxes import HBox, VBox
from .fields import number_text
from .fold import Fold
from .notes import Notes
from .scenarios_drivers import is_share, unit_text
from .scenarios_figures import PARTIES, Later, offer, study_of, titles
from .sheet import Sheet
from .state import DealState

NONE = ""
_MINUS = re.compile(r"-(?=\d[\d,]*[.,;])")
# (key of the results, words, kind of number)
_RESULTS = {
    "buyer": (("npv", "Buyer's value today (NPV)", "money"), ("saving", "Buyer's saving", "money"),
              ("saving_share", "Buyer's saving against today", "share"),
              ("lowest_cash", "Buyer's lowest cash", "money")),
    "supplier": (("npv", "Supplier's value today (NPV)", "money"),
                 ("profit", "Supplier's profit", "money"),
                 ("term_margin", "Supplier's margin", "share"),
                 ("lowest_cash", "Supplier's lowest cash", "money")),
}  # fmt: skip
_YEARS = (
    ("handled_units", "Units handled", "money"), ("revenue", "Paid to the supplier", "money"),
    ("status_quo_cost", "Buyer's cost without the deal", "money"),
    ("saving", "Buyer's saving", "money"),
    ("operating_profit", "Supplier's operating profit", "money"),
    ("year_margin", "Supplier's margin", "share"),
)  # fmt: skip
_BASIS = {
    "disclosed": "disclosed figures", "own": "our own figures", "estimate": "our estimate",
}  # fmt: skip
_ORDER_SENTENCE = (
    "Each driver is turned from the first scenario's value to the second's after those above it, "
    "in the order of this list, so that the steps add up; a note says what the driver does by "
    "itself where that differs. Terms are the same in every scenario."
)


class ScenarioCompare(VBox):
    """Compares a scenario with one or two others, driver by driver and result by result."""

    def __init__(self, state: DealState, **kwargs: Any):
        self._state = state
        fold = Fold("Compare two or three scenarios side by side", self._make)
        super().__init__([fold], **kwargs)
        self.add_class("np-card").add_class("np-stack")
        self._fold = fold

    def _make(self) -> list[ipw.Widget]:
        self._chosen = [
            ipw.Dropdown(description=words) for words in ("Compare", "with", "and with")
        ]
        self._steps = Sheet("What differs, and what it does", (("what", "Driver"),))
        self._words = Notes("", empty="")
        self._results = Sheet("Both results side by side", (("what", "Result"),))
        self._years = Sheet("Year by year", (("what", "Figure"),))
        download = Download("Download as CSV", self._file_name, self._csv)
        chooser = HBox([*self._chosen, download])
        chooser.add_class("np-row")
        later = Later(self._show)
        self._choose_first()
        for choice in self._chosen:
            choice.observe(lambda _change: self._show(), "value")
        self._state.observe(later, ["deal", "seat"])
        self._show()
        by_year = Fold("Year by year", lambda: [self._years])
        return [chooser, self._words, self._steps, self._results, by_year]

    def _choose_first(self) -> None:
        """The base, against the first scenario of one's own or else the worst."""
        study = study_of(self._state)
        self._offer(study)
        own = [case for case in study.ids if case not in ("base", "best", "worst")]
        others = [case for case in (*own[:1], "worst", *study.ids) if case != study.first]
        self._chosen[0].value = study.first
        self._chosen[1].value = next((case for case in others if case in study.ids), study.first)
        self._chosen[2].value = NONE

    def _offer(self, study: Study) -> None:
        pairs = list(zip(titles(study), study.ids, strict=True))
        for choice, options in zip(
            self._chosen, (pairs, pairs, [("nothing more", NONE), *pairs]), strict=True
        ):
            if tuple(choice.options) != tuple(options):
                offer(choice, options)

    def _found(self) -> tuple[Comparison, ...]:
        study = study_of(self._state)
        first, *others = (choice.value for choice in self._chosen)
        chosen = dict.fromkeys(case for case in others if case not in (NONE, first))
        return tuple(compare(study, first, case) for case in chosen)

    def _file_name(self) -> str:
        cases = "-".join(choice.value for choice in self._chosen if choice.value != NONE)
        return f"{self._state.deal.identity.id}-{cases}.csv"

    def _csv(self) -> bytes:
        return to_csv(self._found())

    def _show(self) -> None:
        study = study_of(self._state)
        self._offer(study)
        found, deal = self._found(), self._state.deal
        lacking = [study.missing(party) for party in PARTIES if study.missing(party)]
        told = [each.sentence(party) for each in found for party in PARTIES]
        self._words.lines = tuple(_MINUS.sub(numerals.MINUS, x) for x in (*told, *lacking) if x)
        self._steps.empty = (
            "No driver differs between these scenarios." if found
            else "Choose two different scenarios."
        )
        self._steps.show(
            _step_rows(found, deal), _ORDER_SENTENCE if found else "", columns=_step_columns(found)
        )
        self._results.show(_result_rows(found), _rests(found), columns=_result_columns(found))
        self._years.show(_year_rows(found), columns=_year_columns(study))


def _names(found: Sequence[Comparison]) -> list[str]:
    cases = [each.first.case for each in found[:1]] + [each.second.case for each in found]
    return [case.title or case.id for case in cases]


def _step_columns(found: Sequence[Comparison]) -> tuple:
    names = _names(found)
    cases = [(f"v{place}", name) for place, name in enumerate(names)]
    effects = [
        (f"{party}{place}", f"{party.capitalize()}, to {name}", "number")
        for place, name in enumerate(names[1:]) for party in PARTIES
    ]  # fmt: skip
    return (("what", "Driver"), *cases, *effects)


def _step_rows(found: Sequence[Comparison], deal: Any) -> list[dict[str, Any]]:
    """One row per driver that differs anywhere, in the order of the bridge, and the whole."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for place, each in enumerate(found):
        for step in each.steps:
            row = rows.setdefault((step.key, step.site), {"what": step.label})
            row["what"] = {"text": step.label, "note": _unit(step, deal)}
            row["v0"] = _value(step, step.before)
            row[f"v{place + 1}"] = _value(step, step.after)
            row |= {f"{party}{place}": _effect(step, party) for party in PARTIES}
    if not rows:
        return []
    for row in rows.values():  # a driver that differs in one comparison only
        for place in range(len(found)):
            row.setdefault(f"v{place + 1}", row["v0"])
    order = {(step.key, step.site): step for each in found for step in each.steps}
    whole = {
        f"{party}{place}": numerals.signed(each.change(party)) if each.change(party) is not None
        else None
        for place, each in enumerate(found) for party in PARTIES
    }  # fmt: skip
    empty = {f"v{place}": "" for place in range(len(found) + 1)}
    total = {"what": "All together, value today", "_strong": True, **empty, **whole}
    return [*(rows[key] for key in order), total]


def _effect(step: Step, party: str) -> dict[str, str] | None:
    by, alone = step.changes.get(VALUE[party]), step.alone.get(VALUE[party])
    if by is None:
        return None
    differs = abs(by - alone) > max(0.5, 0.05 * abs(by))
    note = f"by itself {numerals.signed(alone)}" if differs else ""
    return {"text": numerals.signed(by), "note": note}


def _unit(step: Step, deal: Any) -> str:
    return unit_text(Driver(id=step.key), deal) if known(step.key) else ""


def _value(step: Step, amount: Any) -> str:
    """The driver's value as the tables of drivers write it."""
    if amount is None:
        return "none"
    if isinstance(amount, str):
        # Every single miss stands in the table of scenarios.
        misses = amount.count(";") + 1
        return amount.replace("_", " ") if known(step.key) else f"{misses} in the term"
    times = 100 if known(step.key) and is_share(Driver(id=step.key)) else 1
    numbers = amount if isinstance(amount, tuple) else (amount,)
    return "; ".join(number_text(number * times) for number in numbers)


def _result_columns(found: Sequence[Comparison]) -> tuple:
    names = _names(found)
    return (
        ("what", "Result"), *((f"v{place}", name, "number") for place, name in enumerate(names)),
        *((f"d{place}", f"{name} less {names[0]}", "number")
          for place, name in enumerate(names[1:])),
    )  # fmt: skip


def _result_rows(found: Sequence[Comparison]) -> list[dict[str, Any]]:
    rows = []
    for party in PARTIES:
        for key, words, kind in _RESULTS[party]:
            figures = [each.of(party) for each in _cases(found)]
            if None in figures or not figures:
                continue
            values = [each.amounts[key] for each in figures]
            row: dict[str, Any] = {"what": {"text": words, "party": party}}
            row |= {f"v{place}": _number(x, kind) for place, x in enumerate(values)}
            row |= {f"d{place}": _difference(x - values[0], kind)
                    for place, x in enumerate(values[1:])}  # fmt: skip
            rows.append(row | {"_strong": key == "npv"})
    return rows


def _rests(found: Sequence[Comparison]) -> str:
    """What the figures rest on."""
    if not found:
        return ""
    parties = [(party, found[0].first.of(party)) for party in PARTIES]
    words = [f"the {party}'s on {_BASIS[each.basis]}" for party, each in parties if each]
    sentence = " and ".join(words).replace("'s on", "'s figures rest on", 1)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def _cases(found: Sequence[Comparison]) -> list[Any]:
    return [each.first for each in found[:1]] + [each.second for each in found]


def _year_columns(study: Study) -> tuple:
    years = ((f"y{year}", f"Year {year}", "number") for year in range(1, study.terms.years + 1))
    return (("what", "Figure"), *years)


def _year_rows(found: Sequence[Comparison]) -> list[dict[str, Any]]:
    """Every figure for every scenario, and under the later ones the difference to the first."""
    rows, cases = [], _cases(found)
    for key, words, kind in _YEARS:
        if not cases or not cases[0].years or key not in cases[0].years[0]:
            continue
        for place, (name, each) in enumerate(zip(_names(found), cases, strict=True)):
            cells = {f"y{row['year']}": _number(row[key], kind) for row in each.years}
            rows.append({"what": f"{words}: {name}", **cells})
            if place:
                pairs = zip(cases[0].years, each.years, strict=True)
                apart = {f"y{b['year']}": _difference(b[key] - a[key], kind) for a, b in pairs}
                less = f"{name} less {_names(found)[0]}"
                rows.append({"what": {"text": less, "note": words}, "_muted": True, **apart})
    return rows


def _number(value: float, kind: str) -> str:
    return numerals.share(value) if kind == "share" else numerals.number(value)


def _difference(value: float, kind: str) -> str:
    return numerals.points(value) if kind == "share" else numerals.signed(value)
