"""Are the rates sound? Rules and warnings that name the scenario and the year."""

from typing import Any

from negotiation.pictures import numerals
from negotiation.scenarios.gain import gain_check
from negotiation.scenarios.rates import rate_checks, trigger_rates, warnings
from negotiation.scenarios.study import Study

from .boxes import VBox
from .notes import Notes
from .scenarios_figures import Later, study_of, titles, worked_out
from .sheet import Sheet
from .state import DealState

_COLUMNS = (
    ("rule", "Rule"), ("where", "Where it breaks"), ("word", "Result"), ("why", "What it does"),
)  # fmt: skip


class ScenarioChecks(VBox):
    """Tests rates, bands, seats and gain share in every scenario and year."""

    def __init__(self, state: DealState, **kwargs: Any):
        self._state = state
        self._rates = Sheet("Are the rates sound?", _COLUMNS)
        self._warnings = Notes("Worth knowing", empty="Nothing stands out.")
        super().__init__([self._rates, self._warnings], **kwargs)
        self.add_class("np-card")
        self.add_class("np-stack")
        self._later = Later(self._show)
        state.observe(self._later, ["deal", "seat"])
        self._show()

    def _show(self) -> None:
        study = study_of(self._state)
        checks = worked_out(rate_checks, self._state)
        names = dict(zip(study.ids, titles(study), strict=True))
        rows = []
        for rule in dict.fromkeys(check.rule for check in checks):
            broken = [c for c in checks if c.rule == rule and not c.sound]
            where = "; ".join(f"{names[c.case]} year {c.year}" for c in broken)
            effect = broken[0].sentence.rpartition(": ")[2] if broken else ""
            rows.append({
                "rule": rule[0].upper() + rule[1:], "where": where or "nowhere",
                "word": {"text": "unsound", "sign": "no"} if broken
                else {"text": "sound", "sign": "ok"},
                "why": effect,
            })
        self._rates.empty = "Only charges that follow volume bands have rates to check."
        self._rates.show(rows, _currency_sentence(study))
        told = {check.sentence for check in checks}
        others = [s for s in worked_out(warnings, self._state) if s not in told]
        self._warnings.lines = tuple([*others, *worked_out(_gain_sentences, self._state)])


def _gain_sentences(study: Study) -> list[str]:
    """Where success pays less: the costliest stretch of each scenario, and how many more."""
    found = []
    for check in gain_check(study):
        if check.stretches:
            worst = max(check.stretches, key=lambda stretch: stretch.lost)
            more = len(check.stretches) - 1
            tail = f" There are {more} more such stretches." if more else ""
            found.append(worst.sentence + tail)
    return found


def _currency_sentence(study: Study) -> str:
    rates = trigger_rates(study)
    if rates is None:
        return ""
    return (
        f"The currency clause acts below {numerals.number(rates[0], 2)} and above "
        f"{numerals.number(rates[1], 2)} {study.terms.local_currency or 'local'}."
    )
