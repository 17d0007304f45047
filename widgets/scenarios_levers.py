"""Steps of one's own: one term, a new value, and what it does to each party in each scenario."""

from typing import Any

import ipywidgets as ipw

from negotiation.deal import Parts
from negotiation.pictures import numerals
from negotiation.scenarios.levers import ALL_PRICES, Lever, LeverEffect, lever_table, own_lever
from negotiation.scenarios.rows import OwnLever
from negotiation.values import FieldError

from .fields import Field
from .fold import Fold
from .rows import SPACE, Rows
from .scenarios_figures import PARTIES, Later, study_of, text_line, titles
from .scenarios_terms import said, single_terms, term_field
from .sheet import Sheet
from .state import DealState

_COLUMNS = (
    Field("term", "Term", "choice", choices=((ALL_PRICES, "All prices"),), width="13em"),
    Field("now", "Now", "readonly"),
    Field("value", "Try", "number", optional=True, width="7.5em"),
    Field("note", "Why", optional=True, width="9em"),
    SPACE,
)
_WORDS = (
    "A step changes nothing in the deal: it only says what a term would do. It is kept with the "
    "deal, and our side alone sees it until we show it to both. All prices: a new unit price, with "
    "ARC, RRC and a fixed fee in proportion."
)


class OwnLevers(Fold):
    """Lets a person type a step for any term, and shows its effect; built when it is unfolded."""

    def __init__(self, state: DealState):
        self._state = state
        super().__init__("", self._parts)
        state.follow(self._count, "scenarios.levers")

    def _count(self, deal: Parts) -> None:
        steps = len(deal.scenarios.levers)
        kept = f" ({steps} kept)" if steps else ""
        self.label = f"Try a step of our own{kept}"

    def _parts(self) -> list[ipw.Widget]:
        self.rows = LeverRows(self._state)
        self.effects = Sheet("What our own steps do", (("lever", "Step"),))
        later = Later(self._show)
        self._state.observe(later, ["deal", "seat"])
        self._show()
        return [text_line(_WORDS), self.rows, self.effects]

    def _show(self) -> None:
        study = study_of(self._state)
        levers = [lever for row in self._state.deal.scenarios.levers
                  if (lever := _read(self._state.deal, row))]  # fmt: skip
        effects = lever_table(study, levers) if study.parties else ()
        lacking = [study.missing(party) for party in PARTIES if study.missing(party)]
        self.effects.empty = lacking[0] if lacking and not effects else "No step with a value yet."
        names = dict(zip(study.ids, titles(study), strict=True))
        cases = [
            (f"{party} {case}", f"{party.capitalize()}, {name}", "number")
            for party in study.parties for case, name in names.items()
        ]  # fmt: skip
        self.effects.show(
            [_effect_row(effect) for effect in effects],
            "Changes of each party's value today in each scenario; points and efficiency as in the "
            "list above." if effects else "",
            columns=(("lever", "Step"), *cases, ("points", "Worst margin, points", "number"),
                     ("efficiency", "Points per 100,000", "number")),
        )  # fmt: skip


class LeverRows(Rows):
    """The steps as they are typed; each value is typed as its term is."""

    def __init__(self, state: DealState):
        super().__init__(
            state, "scenarios.levers", _COLUMNS, key="scenarios/levers", beside=("terms",),
            shown=_entries, new=self._fresh_step, stem="step-", add_label="Add a step",
            caption="Steps we want to try", empty="No step of our own yet.",
        )

    def _fresh_step(self) -> dict[str, Any]:
        seat = self._state.seat
        return {"space": seat if seat in PARTIES else "shared"}

    def _record(self, row_id: str, column: str, value: Any) -> None:
        if self._find(row_id) is None or column not in ("term", "value"):
            super()._record(row_id, column, value)
            return
        path = f"{self._path}.{row_id}"
        if column == "term":
            # A share is no amount of money: the value is typed anew.
            self._state.edit_many([(f"{path}.term", value), (f"{path}.value", None)])
            return
        row = self._state.deal.get(path)
        if value is not None:
            own_lever(self._state.deal.terms, row.replace(value=value))
        self._state.edit(f"{path}.value", value)


def _entries(deal: Parts, row: OwnLever) -> dict[str, Any]:
    """How this step is typed, what its term is now, and why it does not count if it does not."""
    choices = _choices(deal)
    if row.term not in dict(choices):
        choices = [*choices, (row.term, f"{row.term} (not in this deal)")]
    found: dict[str, Any] = {
        "_fields": {
            "term": Field(
                "term", "Term", "choice", choices=choices, width="13em", editable_if="_ours"
            ),
            "value": _value_field(deal, row.term),
        },
        "now": _now(deal, row.term),
    }
    problem = _problem(deal, row)
    return found | {"_errors": {"value": problem} if problem else {}}


def _choices(deal: Parts) -> list[tuple[str, str]]:
    """Every term that takes a number or a choice, by its path."""
    found = [(ALL_PRICES, "All prices")]
    for path, holder, name in single_terms("", deal.terms):
        field = term_field(holder, name, deal)
        if field.kind != "text":
            owner = f"{holder.title or holder.id}: " if hasattr(holder, "id") else ""
            found.append((path, f"{owner}{field.label}"))
    return found


def _value_field(deal: Parts, term: str) -> Field:
    place = _place(deal, term)
    if place is None:
        return Field("value", "Try", "readonly")
    field = term_field(*place, deal)
    return Field(
        "value", "Try", field.kind, unit=field.unit, minimum=field.minimum, maximum=field.maximum,
        below=field.below,
        choices=field.choices, decimals=field.decimals, optional=True, width="7.5em",
        editable_if="_ours",
    )


def _place(deal: Parts, term: str) -> tuple[Any, str] | None:
    """The holder and name of the term that a step changes; None when the deal has no such term."""
    wanted = "unit_price" if term == ALL_PRICES else term
    found = (each[1:] for each in single_terms("", deal.terms) if each[0] == wanted)
    return next(found, None)


def _now(deal: Parts, term: str) -> str:
    place = _place(deal, term)
    return said(term_field(*place, deal), getattr(*place)) if place else "–"


def _read(deal: Parts, row: OwnLever) -> Lever | None:
    try:
        return own_lever(deal.terms, row)
    except FieldError:
        return None


def _problem(deal: Parts, row: OwnLever) -> str:
    if row.value is None:
        return ""
    try:
        own_lever(deal.terms, row)
    except FieldError as error:
        return error.sentence
    return ""


def _effect_row(effect: LeverEffect) -> dict[str, Any]:
    cells = {
        f"{party} {case}": {"text": numerals.signed(change), "party": party}
        for case, changes in effect.by_case.items() for party, change in changes.items()
    }  # fmt: skip
    points = None if effect.points is None else numerals.signed(effect.points, 2)
    return {
        "lever": {"text": effect.lever.label, "note": "; ".join(effect.reach) or "no test turns"},
        **cells, "points": points,
        "efficiency": {"text": numerals.number(effect.efficiency, 2),
                       "note": "" if effect.efficiency is not None else effect.sentence},
    }  # fmt: skip
