"""A traceable invoice: any month, any scenario, every line with its formula and its numbers."""

from typing import Any

import ipywidgets as ipw

from negotiation.pictures import numerals
from negotiation.scenarios.invoice import Invoice, invoice
from negotiation.values import FieldError

from .boxes import VBox
from .fields import Field
from .form import Form
from .scenarios_figures import offer_cases, study_of, titles
from .sheet import Sheet
from .state import DealState

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


class ScenarioInvoice(VBox):
    """Shows how one month's invoice comes about, so that both finance teams can rework it."""

    def __init__(self, state: DealState, month: int = 23, **kwargs: Any):
        self._state = state
        self._month = min(month, state.deal.terms.term_months)
        self._case = ipw.Dropdown(description="Scenario")
        self._form = Form(
            (Field("month", "Contract month", "number", decimals=0),),
            {"month": self._month}, key="scenarios/invoice", label="Which month?",
        )  # fmt: skip
        self._form.on_edit(self._choose)
        self._sheet = Sheet("", (("line", "Line"),))
        super().__init__([self._case, self._form, self._sheet], **kwargs)
        self.add_class("np-card")
        self.add_class("np-stack")
        self._case.observe(self._show, "value")
        state.observe(self._show, ["deal", "seat"])
        self._show()

    def _choose(self, _key: str, month: int) -> None:
        last = self._state.deal.terms.term_months
        if not 1 <= month <= last:
            raise FieldError("month", f"Month {month} is outside the term of months 1 to {last}.")
        self._month = month
        self._form.values = {"month": month}
        self._show()

    def _show(self, _change: Any = None) -> None:
        study = study_of(self._state)
        case = offer_cases(self._case, study)
        month = min(self._month, study.terms.term_months)
        try:
            found = invoice(study, month, case)
        except FieldError as error:
            self._sheet.empty = error.sentence
            self._sheet.show((), "", caption="The invoice")
            return
        title, currency = titles(study)[study.place(case)], self._state.deal.identity.currency
        self._sheet.show(
            _rows(found), _sentence(found, study.terms.resource_unit, currency),
            caption=f"Invoice of month {month}, {_MONTHS[found.calendar_month - 1]} of contract "
                    f"year {found.year}, {title}",
            columns=(("line", "Line"), ("formula", "Formula"), ("worked", "With its numbers"),
                     ("amount", f"Amount, {currency}", "number")),
        )  # fmt: skip


def _rows(found: Invoice) -> list[dict[str, Any]]:
    rows = [
        {"line": line.title, "formula": line.formula, "worked": line.worked,
         "amount": numerals.number(float(line.amount), 2)}
        for line in found.lines
    ]  # fmt: skip
    total = numerals.number(float(found.total), 2)
    return [*rows, {"line": "To pay", "formula": "sum of the lines", "worked": "",
                    "amount": {"text": total, "strong": True}, "_strong": True}]


def _sentence(found: Invoice, unit: str, currency: str) -> str:
    facts = found.facts
    return (
        f"{numerals.number(facts['handled_units'])} {unit}s were handled against a baseline of "
        f"{numerals.number(facts['baseline_units'])}, "
        f"{numerals.signed(100 * facts['deviation'], 1)} %; to pay: "
        f"{numerals.money(float(found.total), currency, 2)}. Lines are in cents, rounded half up."
    )
