"""The price range that works for both, and the equity index."""

from dataclasses import dataclass

import numpy as np

from negotiation.scenarios.arrays import Array
from negotiation.scenarios.engine import Run, ratio
from negotiation.scenarios.inputs import Inputs
from negotiation.scenarios.study import Study

_SCALED = ("unit_price", "arc_rate", "rrc_rate", "fixed_fee_month")


@dataclass(frozen=True)
class PriceRange:
    """Reservation prices in one view: a scenario's id, or `weighted` by probability.

    `supplier` is the least price at which the supplier's net present value is 0 (or its term margin
    the wanted one); `buyer` the most at which the buyer's equals its alternative, named in
    `alternative` (`batna_npv`, `batna_price` or `status_quo`). Prices are of year 1, per unit; ARC,
    RRC and a fixed fee move in proportion. None with the reason in `sentence`, which also holds the
    range of a fixed fee where the unit price is 0.
    """

    view: str
    supplier: float | None
    buyer: float | None
    alternative: str
    sentence: str

    @property
    def works(self) -> bool | None:
        """Whether a price works for both; None when a side is not known."""
        if self.supplier is None or self.buyer is None:
            return None
        return self.supplier <= self.buyer


def price_ranges(study: Study, margin: float | None = None) -> tuple[PriceRange, ...]:
    """The range in every scenario and weighted; with `margin`, the supplier's price for it."""
    if study.terms.pricing_model == "cost_plus":
        reason = "Under cost plus there is no unit price to search: the charges follow the cost."
        return tuple(PriceRange(view, None, None, "", reason) for view in (*study.ids, "weighted"))
    if not study.terms.unit_price and not _fee_alone(study):
        reason = "The unit price is 0, so there is no price to search from: enter one first."
        return tuple(PriceRange(view, None, None, "", reason) for view in (*study.ids, "weighted"))
    alternatives = [buyer_alternative(study, case) for case in study.ids if study.parties]
    held = np.array([value for value, _ in alternatives])
    roots = {party: _roots(study, party, margin, held) for party in study.parties}
    named = alternatives[0][1] if alternatives else "status_quo"
    ranges = []
    for place, view in enumerate((*study.ids, "weighted")):
        if _fee_alone(study):
            factors = {party: found[place] for party, found in roots.items()}
            ranges.append(PriceRange(view, None, None, named, _fee_sentence(study, factors)))
            continue
        prices = {party: _price(study, found[place]) for party, found in roots.items()}
        supplier, buyer = prices.get("supplier"), prices.get("buyer")
        sentence = _sentence(study, supplier, buyer)
        ranges.append(PriceRange(view, supplier, buyer, named, sentence))
    return tuple(ranges)


def buyer_alternative(study: Study, case: str) -> tuple[float, str]:
    """The buyer's value of its alternative in a scenario, and which it is."""
    full = study.book.amount("batna_npv", case)
    if full is not None:
        return float(full), "batna_npv"
    bid = study.book.amount("batna_price", case)
    if bid is None or study.terms.unit_price == 0:
        return 0.0, "status_quo"
    factor = np.array([float(bid) / study.terms.unit_price])
    at_bid = _scaled(study, study.one(case), factor)
    return float(at_bid.buyer_npv[0]), "batna_price"


def equity_index(study: Study, base: str = "base", worst: str = "worst") -> float | None:
    """Supplier's share of the surplus over its share of the downside; 1 is even.

    Surplus: value in `base` over the alternative (supplier: over 0). Downside: value in `base` less
    value in `worst`. None when a party is not known or nothing is shared.
    """
    if len(study.parties) < 2 or not {base, worst} <= set(study.ids):
        return None
    at_base, at_worst = study.case(base), study.case(worst)
    supplier = at_base.supplier.amounts["npv"]
    buyer = at_base.buyer.amounts["npv"] - buyer_alternative(study, base)[0]
    risks = [at_base.of(p).amounts["npv"] - at_worst.of(p).amounts["npv"]
             for p in ("buyer", "supplier")]  # fmt: skip
    if supplier + buyer == 0 or sum(risks) == 0 or risks[1] == 0:
        return None
    return (supplier / (supplier + buyer)) / (risks[1] / sum(risks))


def _scaled(study: Study, inputs: Inputs, factors: Array) -> Run:
    terms = dict(study.terms)
    changes = {name: terms[name] * factors for name in _SCALED if terms[name] is not None}
    return Run(inputs.with_terms(changes))


def _fee_alone(study: Study) -> bool:
    """Whether a fixed fee is all that is paid, without a unit price to scale it by."""
    terms = study.terms
    return terms.pricing_model == "fixed_fee" and not terms.unit_price and bool(
        terms.fixed_fee_month
    )


def _fee_sentence(study: Study, factors: dict[str, float]) -> str:
    """The range as a fee by month, where no unit price says it."""
    start = "The unit price is 0, so the range is one of the monthly fee: "
    for party in ("supplier", "buyer"):
        if study.missing(party):
            return study.missing(party)
        if np.isnan(factors[party]):
            return f"{start}from nothing to four times the fee, none works for the {party}."
    fees = {party: factor * study.terms.fixed_fee_month for party, factor in factors.items()}
    if fees["supplier"] <= fees["buyer"]:
        return f"{start}from {fees['supplier']:,.0f} to {fees['buyer']:,.0f} works for both."
    return (
        f"{start}none works for both; the supplier needs {fees['supplier']:,.0f}, the buyer can go "
        f"to {fees['buyer']:,.0f}."
    )


def _price(study: Study, factor: float) -> float | None:
    return None if np.isnan(factor) else float(factor * study.terms.unit_price)


def _roots(study: Study, party: str, margin: float | None, alternatives: Array) -> Array:
    """The factor on the prices at which each view's value crosses 0; nan where none does.

    A grid is narrowed four times for all views at once; the value is piecewise linear, so the last
    bracket is closed by a straight line.
    """
    views = len(study.ids) + 1
    low, high = np.zeros(views), np.full(views, 4.0)
    for points in (33, 17, 17, 17):
        grid = np.linspace(low, high, points)
        values = _values(study, party, margin, alternatives, grid)
        cross = np.sign(values[:-1]) * np.sign(values[1:]) <= 0
        at, each = cross.argmax(axis=0), np.arange(views)
        low, high = grid[at, each], grid[at + 1, each]
        none = ~cross.any(axis=0)
    ends = values[at, each], values[at + 1, each]
    root = low - ends[0] * ratio(high - low, ends[1] - ends[0])
    return np.where(none, np.nan, root)


def _values(
    study: Study, party: str, margin: float | None, alternatives: Array, grid: Array
) -> Array:
    """(points, views): what must reach 0 at each factor of each view; the last view is weighted."""
    cases, points = len(study.ids), grid.size
    rows = np.tile(np.arange(cases), points)
    run = _scaled(study, study.inputs.take(rows), np.repeat(grid.ravel(), cases))
    if party == "buyer":
        values = run.buyer_npv.reshape(points, cases) - alternatives
    elif margin is None:
        values = run.supplier_npv.reshape(points, cases)
    else:
        values = run.term_margin.reshape(points, cases) - margin
    weights = [case.probability for case in study.scenarios.cases]
    every = np.hstack([values, (values @ weights)[:, None]]).reshape(*grid.shape, cases + 1)
    views = np.arange(cases + 1)
    return every[:, views, views]


def _sentence(study: Study, supplier: float | None, buyer: float | None) -> str:
    for party, price in (("supplier", supplier), ("buyer", buyer)):
        if study.missing(party):
            return study.missing(party)
        if price is None:
            return f"From nothing to four times the price, no price works for the {party}."
    if supplier <= buyer:
        return f"Every price from {supplier:.4f} to {buyer:.4f} works for both."
    return (
        f"No price works for both: the supplier needs {supplier:.4f}, the buyer can go to "
        f"{buyer:.4f}. Look at the other terms first."
    )
