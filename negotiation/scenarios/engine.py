"""One run of the engine: both parties' cases, by month and by contract year.

The conventions are those of the reference deal: formulas 1 to 10. Nothing is rounded.
"""

from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np

from negotiation.scenarios import cash, price, supply
from negotiation.scenarios.arrays import Array, Calendar
from negotiation.scenarios.credits import credit_rates, reverse_later
from negotiation.scenarios.inputs import Inputs

BLOCK = 2000

# By year, these are averages or first values rather than sums.
_AVERAGED = ("fte", "fte_needed", "seats")
_FIRST = ("unit_price", "price_index")


class Run:
    """Figures of every case of `inputs`, each computed once, when it is first asked for.

    `month(name)` is (cases | 1, months), `year(name)` (cases | 1, years), `total(name)` (cases,).
    Names are the keys of `LINES`. Asking for a party's figure whose drivers are missing raises
    `KeyError`; `inputs.parties` says which parties can be computed.
    """

    def __init__(self, inputs: Inputs):
        self.inputs = inputs
        term = inputs.number("term_months")
        self.calendar = Calendar(inputs.months, term, inputs.number("start_month"))
        self._months: dict[str, Array] = {}

    # -- figures by name

    def month(self, name: str) -> Array:
        """A line by month."""
        if name not in self._months:
            self._months[name] = LINES[name](self)
        return self._months[name]

    def year(self, name: str) -> Array:
        """A line by contract year: sums, except averages of people and the year's first price."""
        by_month, cal = self.month(name), self.calendar
        if name in _FIRST:
            return by_month[:, ::12] if by_month.shape[1] > 1 else by_month
        if name in _AVERAGED:
            return cal.by_year(by_month) / np.maximum(cal.months_in_year, 1)
        return cal.by_year(by_month)

    def total(self, name: str) -> Array:
        """A line over the whole term, (cases,); the signing's one-off payments are not in lines."""
        return np.broadcast_to(self.year(name).sum(axis=1), (self.inputs.cases,))

    # -- what is shared by several lines

    def _spread(self, x: Array) -> Array:
        return self.calendar.by_month(x)

    @cached_property
    def rises(self) -> Array:
        """(cases | 1, years): COLA applied at the start of each contract year."""
        return price.cola(self.inputs, self.calendar)

    @cached_property
    def _index_years(self) -> Array:
        return np.cumprod(1 + self.rises, axis=1)

    @cached_property
    def _fx_years(self) -> Array:
        if not self.inputs.has_fx:
            return np.zeros((1, 1))
        return price.fx_factor(self.inputs, self.calendar)

    @cached_property
    def _rates(self) -> list[supply.Rates]:
        places = self.inputs.places
        return [supply.rates(self.inputs, self.calendar, place) for place in places]

    def _sites(self, units: Array) -> list[supply.Site]:
        run, cal = self.inputs, self.calendar
        return [
            supply.site(run, cal, place, rates, units)
            for place, rates in zip(run.places, self._rates, strict=True)
        ]

    @cached_property
    def sites(self) -> list[supply.Site]:
        """People and seats of every site for the units handled."""
        return self._sites(self.month("handled_units"))

    def _open_book(self, units: Array) -> Array:
        own = units is self.month("handled_units")
        return sum(site.cost(self.calendar) for site in (self.sites if own else self._sites(units)))

    def _open_book_charge(self, units: Array) -> Array:
        """Cost and fee, grossed up so that SG&A, a part of the charges, is covered too."""
        fee, sga = self.inputs.number("cost_plus_fee"), self._spread(self.inputs.driver("sga"))
        return self._open_book(units) * (1 + fee) / (1 - sga)

    def _capacity_units(self, units: Array) -> Array:
        own = units is self.month("handled_units")
        sites = self.sites if own else self._sites(units)
        return sum(
            site.needed * place.planned_units_per_fte
            for site, place in zip(sites, self.inputs.places, strict=True)
        )

    def charges_of(self, units: Array) -> Array:
        """Charges by month for other units than those handled, before currency and credits."""
        return price.charges(
            self.inputs,
            self.month("baseline_units"),
            units,
            self.month("price_index"),
            self._capacity_units,
            self._open_book_charge,
            self.calendar.active,
        )

    @cached_property
    def _credit_rates(self):
        return credit_rates(self.inputs)

    def _at_risk(self) -> Array:
        return (self.month("charges") + self.month("fx_adjustment")) * self.inputs.number("at_risk")

    def _credits(self) -> Array:
        rates = self._credit_rates
        paid = self._at_risk() * rates.net
        if rates.reversed_later is None:
            return paid
        back = np.broadcast_to(self._at_risk() * rates.reversed_later, paid.shape)
        return paid - reverse_later(self.inputs, back, self.calendar.term)

    def _gain_pool(self) -> Array:
        """By month, formula 7: charges without avoidance less charges with it, both after FX."""
        demand, handled = self.month("demand_units"), self.month("handled_units")
        if demand is handled:
            return np.zeros((1, 1))
        fall = self.charges_of(demand) - self.month("charges")
        return fall * (1 + self._spread(self._fx_years)) if self.inputs.has_fx else fall

    @cached_property
    def gain_share_years(self) -> Array:
        """(cases | 1, years): gain share that the supplier receives for each contract year."""
        if not self.inputs.number("gain_share.share").any():
            return np.zeros((1, self.calendar.years))
        return price.gain_share(self.inputs, self.calendar, self.year("gain_pool"))

    def _yearly_cost(self, key: str, growth: str) -> Array:
        """A yearly amount as a monthly one, rising with its growth."""
        run, cal = self.inputs, self.calendar
        amount = run.driver(key) / 12
        return cal.by_month(amount) * cal.by_month(cal.growth(run.driver(growth))) * cal.active

    def _status_quo(self) -> Array:
        run, cal = self.inputs, self.calendar
        rising = cal.growth(run.driver("status_quo_growth"))
        unit = cal.by_month(run.driver("status_quo_unit_cost"))
        cost = self.month("demand_units") * (unit * cal.by_month(rising))
        if run.driver("status_quo_fixed").any():
            cost = cost + self._yearly_cost("status_quo_fixed", "status_quo_growth")
        return cost

    def _miss_cost(self) -> Array:
        costs, misses = self.inputs.miss_cost, self.inputs.misses
        if misses is None or not costs.any():
            return np.zeros((1, 1))
        return (misses * costs[:, None, :]).sum(axis=2)

    def _site_line(self, name: str) -> Array:
        return sum(site.line(name, self.calendar) for site in self.sites)

    def _supplier_cost(self) -> Array:
        return self._open_book(self.month("handled_units")) + self.month("sga_cost")

    # -- both parties' results, (cases,)

    def _cases(self, x: Array) -> Array:
        return np.broadcast_to(np.asarray(x).reshape(-1), (self.inputs.cases,))

    @cached_property
    def buyer_signing(self) -> Array:
        """What the buyer pays at signing: transition fee and parallel run."""
        run = self.inputs
        return self._cases(run.number("transition_fee") + run.driver("parallel_run"))

    @cached_property
    def supplier_signing(self) -> Array:
        """What the supplier spends on transition at signing beyond the buyer's fee."""
        run = self.inputs
        return self._cases(run.driver("transition_cost") - run.number("transition_fee"))

    @cached_property
    def buyer_npv(self) -> Array:
        """Buyer's net present value of the saving, formula 10."""
        own = self.month("status_quo_cost") - self.month("retained_cost") - self.month("miss_cost")
        return cash.present_value(self, "buyer_discount", own, -1.0) - self.buyer_signing

    @cached_property
    def supplier_npv(self) -> Array:
        """Supplier's net present value of the profit, formula 10."""
        cost = -self.month("supplier_cost")
        return cash.present_value(self, "supplier_discount", cost, 1.0) - self.supplier_signing

    @cached_property
    def supplier_profit(self) -> Array:
        """Operating profit over the term, transition included."""
        return self.total("operating_profit") - self.supplier_signing

    @cached_property
    def term_margin(self) -> Array:
        """Supplier's profit over revenue, transition included in both; 0 without revenue."""
        fee = self._cases(self.inputs.number("transition_fee"))
        return ratio(self.supplier_profit, self.total("revenue") + fee)

    @cached_property
    def buyer_saving(self) -> Array:
        """Buyer's saving over the term, transition and parallel run included."""
        return self.total("saving") - self.buyer_signing

    @cached_property
    def saving_share(self) -> Array:
        """Buyer's saving over its status-quo cost; 0 without one."""
        return ratio(self.buyer_saving, self.total("status_quo_cost"))

    def cumulative_cash(self, party: str) -> Array:
        """(cases, 1 + months + settlement): cash from signing (column 0) on, month by month.

        Payments come in late by their days, so the last columns lie after the term.
        """
        return cash.cumulative(self, party)

    @cached_property
    def renegotiation_month(self) -> Array:
        """(cases,): first month whose units leave the renegotiation band, 0 if none does."""
        baseline, units = self.month("baseline_units"), self.month("handled_units")
        band = self.inputs.number("renegotiation_band") + price.EDGE
        left = np.abs(units - baseline) > baseline * band
        return self._cases(np.where(left.any(axis=1), left.argmax(axis=1) + 1, 0))


def ratio(over: Array, under: Array) -> Array:
    """`over / under`, 0 where `under` is 0."""
    return np.divide(over, under, out=np.zeros(np.shape(over)), where=np.asarray(under) != 0)


def _baseline(run: Run) -> Array:
    cal, inputs = run.calendar, run.inputs
    season = inputs.driver("season")
    if season.shape[1] == 12:
        month = (cal.start_month.astype(int) - 1 + np.arange(cal.months)) % 12
        season = season[np.arange(season.shape[0])[:, None], month]
    return cal.by_month(inputs.driver("baseline_units")) * season * cal.active


def _demand(run: Run) -> Array:
    return run.month("baseline_units") * run.calendar.by_month(run.inputs.driver("volume"))


def _handled(run: Run) -> Array:
    avoided = run.inputs.driver("avoidance")
    demand = run.month("demand_units")
    return demand * run.calendar.by_month(1 - avoided) if avoided.any() else demand


def _price(run: Run) -> Array:
    return run.month("price_index") * run.inputs.number("unit_price")


def _fx_adjustment(run: Run) -> Array:
    if not run.inputs.has_fx:
        return np.zeros((1, 1))
    return run.month("charges") * run._spread(run._fx_years)


def _revenue(run: Run) -> Array:
    invoiced = run.month("charges") + run.month("fx_adjustment") - run.month("service_credits")
    return invoiced + run.month("gain_share") if run.gain_share_years.any() else invoiced


def _sga(run: Run) -> Array:
    billed = run.month("charges") + run.month("fx_adjustment")
    return billed * run._spread(run.inputs.driver("sga"))


def _saving(run: Run) -> Array:
    kept = run.month("status_quo_cost") - run.month("retained_cost") - run.month("miss_cost")
    return kept - run.month("revenue")


LINES: dict[str, Callable[[Run], Array]] = {
    "baseline_units": _baseline,
    "demand_units": _demand,
    "handled_units": _handled,
    "price_index": lambda run: run._spread(run._index_years),
    "unit_price": _price,
    "charges": lambda run: run.charges_of(run.month("handled_units")),
    "fx_adjustment": _fx_adjustment,
    "service_credits": lambda run: run._credits(),
    "gross_credits": lambda run: run._at_risk() * run._credit_rates.gross,
    "gain_pool": lambda run: run._gain_pool(),
    "gain_share": lambda run: run.calendar.at_year_end(run.gain_share_years),
    "revenue": _revenue,
    "fte_needed": lambda run: sum(site.needed for site in run.sites),
    "fte": lambda run: sum(site.fte for site in run.sites),
    "seats": lambda run: sum(site.seats for site in run.sites),
    "agent_cost": lambda run: run._site_line("agent_cost"),
    "overlay_cost": lambda run: run._site_line("overlay_cost"),
    "facility_cost": lambda run: run._site_line("facility_cost"),
    "technology_cost": lambda run: run._site_line("technology_cost"),
    "attrition_cost": lambda run: run._site_line("attrition_cost"),
    "sga_cost": _sga,
    "supplier_cost": lambda run: run._supplier_cost(),
    "operating_profit": lambda run: run.month("revenue") - run.month("supplier_cost"),
    "status_quo_cost": lambda run: run._status_quo(),
    "retained_cost": lambda run: run._yearly_cost("retained_cost", "retained_growth"),
    "miss_cost": lambda run: run._miss_cost(),
    "saving": _saving,
}


def in_blocks(inputs: Inputs, size: int = BLOCK) -> Iterator[Run]:
    """Runs over consecutive blocks of cases, small enough to stay in the processor's cache."""
    for start in range(0, inputs.cases, size):
        yield Run(inputs.take(slice(start, start + size)))
