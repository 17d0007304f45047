"""The hindrance test: does a scenario hinder either party? With a sign, a word and the reason.

A contract that becomes "a negative business hindrance" for one party is not kept in its spirit by
that party; so each floor of each party is tested in each scenario.
"""

from dataclasses import dataclass

import numpy as np

from negotiation.scenarios.book import Basis
from negotiation.scenarios.engine import ratio
from negotiation.scenarios.rows import Floor
from negotiation.scenarios.study import PARTIES, Study

SIGNS = {"holds": "✓", "hinders": "✗", "not known": "?"}
_MEASURES = {
    "margin": "term margin",
    "saving": "saving over the status quo",
    "cash": "lowest cumulative cash",
}


@dataclass(frozen=True)
class Verdict:
    """One floor of a party in one scenario.

    `word` is "holds", "hinders" or "not known", `sign` goes with it. `figure` and `floor` are
    fractions or money; `year` is the contract year that decides, None for the whole term.
    """

    case: str
    party: str
    measure: str
    period: str
    word: str
    figure: float | None
    floor: float | None
    year: int | None
    basis: Basis | None
    sentence: str

    @property
    def sign(self) -> str:
        """A sign for the word, so that colour is never alone."""
        return SIGNS[self.word]


def hindrance(study: Study) -> tuple[Verdict, ...]:
    """Every floor in every scenario; one "not known" line for a party without figures or floors."""
    verdicts = []
    for case in study.ids:
        for party in PARTIES:
            lacking = study.missing(party)
            floors = floors_of(study, party, case)
            if lacking or not floors:
                reason = lacking or f"No floor is set for the {party}."
                verdicts.append(_unknown(case, party, reason))
            else:
                verdicts += [_verdict(study, case, floor) for floor in floors]
    return tuple(verdicts)


def overall(verdicts: tuple[Verdict, ...], case: str, party: str) -> str:
    """The word over all floors of a party in a scenario: the worst of them."""
    words = {v.word for v in verdicts if v.case == case and v.party == party}
    return next((word for word in ("hinders", "not known", "holds") if word in words), "not known")


def floors_of(study: Study, party: str, case: str) -> list[Floor]:
    """The floors that count for a party in a scenario: its own before the general ones.

    A floor for a year after the term counts for nothing.
    """
    chosen: dict[tuple[str, str], Floor] = {}
    for wanted in ("", case):
        for floor in study.scenarios.floors:
            in_term = (floor.year or 1) <= study.terms.years
            if floor.party == party and floor.scenario == wanted and in_term:
                chosen[floor.measure, floor.period] = floor
    return list(chosen.values())


def figure(study: Study, case: str, floor: Floor) -> tuple[float, int | None]:
    """What a floor is compared with, and the contract year that decides (None: the term)."""
    if floor.period == "term":
        amounts = study.case(case).of(floor.party).amounts
        key = {"margin": "term_margin", "saving": "saving_share", "cash": "lowest_cash"}
        if floor.measure in key and key[floor.measure] in amounts:
            return amounts[key[floor.measure]], None
    by_year = _by_year(study, case, floor)
    year = floor.year or int(by_year.argmin()) + 1
    return float(by_year[year - 1]), year


def _by_year(study: Study, case: str, floor: Floor) -> np.ndarray:
    run, place = study.run, study.place(case)
    if floor.measure == "cash":
        cash = run.cumulative_cash(floor.party)[place]
        return cash[np.minimum(12 * np.arange(1, study.terms.years + 1), study.terms.term_months)]
    over, under = (
        ("operating_profit", "revenue")
        if floor.measure == "margin"
        else ("saving", "status_quo_cost")
    )
    shape = (len(study.ids), study.terms.years)
    lines = [np.broadcast_to(run.year(name), shape)[place] for name in (over, under)]
    return ratio(*lines)


def _verdict(study: Study, case: str, floor: Floor) -> Verdict:
    if floor.measure == ("saving" if floor.party == "supplier" else "margin"):
        reason = f"A {floor.measure} floor does not apply to the {floor.party}."
        return _unknown(case, floor.party, reason)
    value, year = figure(study, case, floor)
    holds = value >= floor.value - 1e-12
    title = study.case(case).case.title or case
    when = f" in year {year}" if year else ""
    measure = _MEASURES[floor.measure] if floor.measure != "margin" or not year else "year margin"
    relation = "at or above" if holds else "below"
    sentence = (
        f"{title}: the {floor.party}'s {measure}{when} is {_shown(value, floor.measure)}, "
        f"{relation} its floor of {_shown(floor.value, floor.measure)}."
    )
    basis = study.case(case).of(floor.party).basis
    return Verdict(
        case, floor.party, floor.measure, floor.period, "holds" if holds else "hinders", value,
        floor.value, year, basis, sentence,
    )  # fmt: skip


def _unknown(case: str, party: str, reason: str) -> Verdict:
    return Verdict(case, party, "", "", "not known", None, None, None, None, reason)


def _shown(value: float, measure: str) -> str:
    return f"{value:,.0f}" if measure == "cash" else f"{100 * value:.1f} %"
