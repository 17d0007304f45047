"""A seat's study of a deal: its cases computed once, and everything else asked of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from negotiation.scenarios.arrays import uses
from negotiation.scenarios.book import Basis, Book, read_book
from negotiation.scenarios.engine import Run
from negotiation.scenarios.inputs import Inputs, compile_inputs
from negotiation.scenarios.rows import Case, Scenarios
from negotiation.scenarios.settings import apply, priced
from negotiation.terms import Terms
from negotiation.values import FieldError

PARTIES = ("buyer", "supplier")

SHARED_LINES = (
    "unit_price", "baseline_units", "demand_units", "handled_units", "charges", "fx_adjustment",
    "gross_credits", "service_credits", "gain_pool", "gain_share", "revenue",
)  # fmt: skip
SUPPLIER_LINES = (
    "fte", "seats", "agent_cost", "overlay_cost", "facility_cost", "technology_cost",
    "attrition_cost", "sga_cost", "operating_profit",
)  # fmt: skip
BUYER_LINES = ("status_quo_cost", "retained_cost", "miss_cost", "saving")


class HasCases(Protocol):
    """A deal, or whatever else has terms and scenarios."""

    @property
    def terms(self) -> Terms: ...

    @property
    def scenarios(self) -> Scenarios: ...


@dataclass(frozen=True)
class Parts:
    """Terms and scenarios without the rest of a deal."""

    terms: Terms
    scenarios: Scenarios


@dataclass(frozen=True)
class PartyFigures:
    """One party's figures in one scenario.

    `amounts` has `npv` and, for the supplier, `term_margin`, `profit`, `lowest_cash`; for the buyer
    `saving`, `saving_share`, `lowest_cash`. `basis` says what they rest on.
    """

    amounts: Mapping[str, float]
    basis: Basis


@dataclass(frozen=True)
class CaseFigures:
    """One scenario: figures by contract year, each party's results, and the sum of both values.

    `years` is one mapping per contract year, with `year` and `months` beside the lines. A party is
    None when its drivers are neither visible nor estimated.
    """

    case: Case
    years: tuple[Mapping[str, float], ...]
    buyer: PartyFigures | None
    supplier: PartyFigures | None

    @property
    def joint_npv(self) -> float | None:
        """Both parties' net present values together."""
        if self.buyer is None or self.supplier is None:
            return None
        return self.buyer.amounts["npv"] + self.supplier.amounts["npv"]

    def of(self, party: str) -> PartyFigures | None:
        """One party's figures."""
        return self.buyer if party == "buyer" else self.supplier


@dataclass(frozen=True)
class Study:
    """The cases of a deal as one seat sees them; figures are computed when first asked for."""

    terms: Terms
    scenarios: Scenarios
    book: Book

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids of the scenarios, in their order."""
        return tuple(case.id for case in self.scenarios.cases)

    @cached_property
    def inputs(self) -> Inputs:
        """All scenarios on one case axis."""
        return compile_inputs(self.terms, self.scenarios, self.book, self.ids)

    def one(self, case: str) -> Inputs:
        """One scenario alone."""
        return compile_inputs(self.terms, self.scenarios, self.book, [case])

    @cached_property
    def run(self) -> Run:
        """All scenarios, computed."""
        return Run(self.inputs)

    @property
    def first(self) -> str:
        """The scenario that others are changes of: `base`, else the first."""
        return "base" if "base" in self.ids else self.ids[0]

    @property
    def run_ready(self) -> bool:
        """Whether volumes are known, so that there is anything to compute."""
        return self.book.has("baseline_units")

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """The parties whose case can be computed."""
        ready = self.inputs.parties
        if uses(self.inputs.mode("pricing_model"), "fte", "cost_plus") and "supplier" not in ready:
            return ()
        return tuple(party for party in PARTIES if party in ready)

    def missing(self, party: str) -> str | None:
        """The sentence that says what a party's case lacks; None when it can be computed."""
        if party in self.parties:
            return None
        needs_fx = self.terms.local_currency is not None or self.terms.fx_base_rate is not None
        lacking = self.book.missing(party, needs_fx)
        why = ""
        if not lacking:
            lacking = self.book.missing("supplier", needs_fx)
            why = ", and the charges follow the supplier's cost"
        names = ", ".join(kind.label.lower() for kind in lacking)
        return (
            f"The {party}'s case cannot be computed: nobody has disclosed or estimated {names}"
            f"{why}. Enter them, or an estimate with its range and source."
        )

    @cached_property
    def cases(self) -> tuple[CaseFigures, ...]:
        """Figures of every scenario."""
        return tuple(self._figures(index) for index in range(len(self.ids)))

    def case(self, case_id: str) -> CaseFigures:
        """Figures of one scenario; raises `FieldError` for an unknown id."""
        return self.cases[self.place(case_id)]

    def place(self, case_id: str) -> int:
        """Index of a scenario on the case axis."""
        if case_id not in self.ids:
            raise FieldError(
                f"scenarios.{case_id}",
                f"There is no scenario '{case_id}'; there are: {', '.join(self.ids)}.",
            )
        return self.ids.index(case_id)

    def weighted(self, party: str) -> float | None:
        """A party's net present value, weighted by the scenarios' probabilities."""
        total = sum(case.probability for case in self.scenarios.cases)
        if party not in self.parties or total == 0:
            return None
        return float(sum(
            figures.case.probability * figures.of(party).amounts["npv"] for figures in self.cases
        ) / total)  # fmt: skip

    def _figures(self, index: int) -> CaseFigures:
        parties = {party: self._party(party, index) for party in self.parties}
        return CaseFigures(
            case=self.scenarios.cases[index],
            years=self._years(index),
            buyer=parties.get("buyer"),
            supplier=parties.get("supplier"),
        )

    def lines(self) -> tuple[str, ...]:
        """Names of the lines that can be computed."""
        if not self.parties:
            return ("unit_price", "baseline_units", "demand_units", "handled_units")
        lines = SHARED_LINES
        if "supplier" in self.parties:
            lines += SUPPLIER_LINES
        return lines + BUYER_LINES if "buyer" in self.parties else lines

    def _years(self, index: int) -> tuple[dict[str, float], ...]:
        if not self.run_ready:
            return ()
        cal = self.run.calendar
        table = {name: _row(self.run.year(name), index) for name in self.lines()}
        months = _row(cal.months_in_year, index)
        years = []
        for year in range(self.terms.years):
            row = {
                name: float(values[min(year, len(values) - 1)]) for name, values in table.items()
            }
            if "operating_profit" in row:
                revenue = row["revenue"]
                row["year_margin"] = row["operating_profit"] / revenue if revenue else 0.0
            years.append({"year": year + 1, "months": int(months[year]), **row})
        return tuple(years)

    def _party(self, party: str, index: int) -> PartyFigures:
        run = self.run
        if party == "buyer":
            amounts = {
                "npv": run.buyer_npv, "saving": run.buyer_saving, "saving_share": run.saving_share,
            }  # fmt: skip
        else:
            amounts = {
                "npv": run.supplier_npv, "term_margin": run.term_margin,
                "profit": run.supplier_profit, "revenue": run.total("revenue"),
            }  # fmt: skip
        amounts["lowest_cash"] = run.cumulative_cash(party).min(axis=1)
        figures = {name: float(values[index]) for name, values in amounts.items()}
        return PartyFigures(figures, self.book.party_basis(party))


def study(
    deal: HasCases,
    settings: Mapping[str, Any] | Sequence[str] = (),
    seat: str | None = None,
    pricing: str | None = None,
) -> Study:
    """The study of a deal as it stands, or under `settings` (see `settings.apply`).

    `seat` says whose own rows are whose. With `pricing` the charges follow another pricing model,
    without gain share, so that models compare (see `settings.priced`). Raises `FieldError`.
    """
    terms, scenarios = apply(deal.terms, deal.scenarios, settings)
    if pricing is not None:
        terms = priced(terms, pricing)
    return Study(terms, scenarios, read_book(scenarios, seat))


def evaluate(
    deal: HasCases,
    settings: Mapping[str, Any] | Sequence[str] = (),
    seat: str | None = None,
    pricing: str | None = None,
) -> tuple[CaseFigures, ...]:
    """Figures of every scenario of a deal; the arguments are those of `study`."""
    return study(deal, settings, seat, pricing).cases


def _row(values: Any, index: int) -> Any:
    return values[index] if values.shape[0] > 1 else values[0]
