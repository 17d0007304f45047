"""Values that are allowed and still look wrong: typed in another unit, currency or scale.

Soft: nothing here refuses, since a strange value may be true. Each sentence says what looks wrong
and what the value would be if it was meant the other way.
"""

from collections.abc import Iterator
from typing import NamedTuple

from negotiation.scenarios.book import Book
from negotiation.scenarios.drivers import known
from negotiation.scenarios.rows import Driver, Scenarios
from negotiation.terms import Terms
from negotiation.values import Value

FAR = 20.0  # a price this many times a cost is hardly meant


class Band(NamedTuple):
    """What is usual for a driver: below `least` (but not 0) and above `most` a sentence is said."""

    least: float
    most: float
    below: str
    above: str


_SMALL_SHARE = "{percent} is hardly meant; a share of 0.3 is 30 %"
_LARGE_RATE = "{percent} a year is hardly meant; a rise of 5 % is 0.05"
_SMALL_RATE = "{percent} a year is hardly meant; a rise of 5 % is 0.05"
_RATE = Band(0.001, 0.5, _SMALL_RATE, _LARGE_RATE)
_DRIVERS = {
    "aht_min": Band(0.1, 120, "{value} minutes look like hours: {hours} hours are {value60} "
                    "minutes", "{value} minutes look like seconds: {value} seconds are {minutes} "
                    "minutes"),
    "occupancy": Band(0.2, 0.95, _SMALL_SHARE, "at {percent} people hardly draw breath between two "
                      "units; above 95 % few keep it up for long"),
    "shrinkage": Band(0.02, 0.6, _SMALL_SHARE, "{percent} of the paid time is lost; usual is 25 to "
                      "40 %"),
    "paid_hours_month": Band(60, 260, "{value} hours a month look like hours a week",
                             "{value} hours a month are more than one person works"),
    "overlay_share": Band(0.005, 1, _SMALL_SHARE, "{percent} of the agents' pay is hardly meant"),
    "attrition": Band(0.01, 2, _SMALL_SHARE, "{percent} a year means that everybody leaves more "
                      "than twice a year"),
    "sga": Band(0.002, 0.5, _SMALL_SHARE, "{percent} of the charges is hardly meant"),
    "volume": Band(0.05, 5, "a demand of {percent} of the baseline is hardly meant; 1 is the "
                   "baseline", "a demand of {value} times the baseline is hardly meant; 1 is the "
                   "baseline"),
    "wage": _RATE, "cpi": _RATE, "facility_growth": _RATE, "status_quo_growth": _RATE,
    "retained_growth": _RATE, "buyer_discount": _RATE, "supplier_discount": _RATE,
    "sharing_ratio": Band(0.5, 4, "{value} people per seat is hardly meant",
                          "{value} people per seat is hardly meant"),
}  # fmt: skip
_TERMS = {
    "at_risk": Band(0.002, 0.5, _SMALL_SHARE, "{percent} of the charges at risk is hardly meant"),
    "min_commit": Band(0.05, 1, _SMALL_SHARE, ""),
    "deadband": Band(0.001, 0.5, _SMALL_SHARE, "a dead band of {percent} lets no charge ever move"),
    "fx_collar": Band(0.001, 0.5, _SMALL_SHARE, "a collar of {percent} lets no charge ever move"),
    "fx_local_share": Band(0.02, 1, _SMALL_SHARE, ""),
    "fx_share": Band(0.02, 1, _SMALL_SHARE, ""),
    "cola_cap": Band(0.001, 0.25, _SMALL_RATE, _LARGE_RATE),
    "cola_floor": Band(0.001, 0.15, _SMALL_RATE, _LARGE_RATE),
    "cola_productivity": Band(0.0005, 0.15, _SMALL_RATE, _LARGE_RATE),
    "cost_plus_fee": Band(0.005, 0.6, _SMALL_SHARE, "a mark-up of {percent} is hardly meant"),
    "gain_share.share": Band(0.01, 1, _SMALL_SHARE, ""),
}  # fmt: skip


def implausible(terms: Terms, scenarios: Scenarios, book: Book) -> Iterator[tuple[str, str]]:
    """(path, sentence) of every allowed value that looks wrong."""
    yield from _terms(terms)
    for table in ("drivers", "estimates"):
        for row in getattr(scenarios, table):
            yield from _driver(f"scenarios.{table}.{row.id}", row)
    for floor in scenarios.floors:
        if floor.measure != "cash" and floor.value > 1:
            yield f"scenarios.floors.{floor.id}.value", (
                f"A {floor.measure} of {100 * floor.value:g} % is never reached; 5 % is 0.05."
            )
    yield from _prices(terms, book)
    yield from _currency(terms, scenarios, book)


def _terms(terms: Terms) -> Iterator[tuple[str, str]]:
    for name, band in _TERMS.items():
        part, _, inner = name.partition(".")
        holder: Value = getattr(terms, part) if inner else terms
        field = type(holder).model_fields[inner or part]
        sentence = _outside(band, getattr(holder, inner or part))
        if sentence:
            yield f"terms.{name}", f"{field.title}: {sentence}."


def _driver(path: str, row: Driver) -> Iterator[tuple[str, str]]:
    band = _DRIVERS.get(row.name)
    if band is None:
        return
    amounts = {f"{path}.value": row.value}
    amounts |= {f"{path}.by_scenario.{item.id}": item.value for item in row.by_scenario}
    for where, amount in amounts.items():
        numbers = amount if isinstance(amount, tuple) else (amount,)
        found = (_outside(band, x) for x in numbers if isinstance(x, int | float))
        sentence = next(filter(None, found), "")
        if sentence:
            yield where, f"{row.label or known(row.name).label}: {sentence}."


def _outside(band: Band, value: float) -> str:
    """The sentence for a value outside what is usual; 0 means "none" and is usual."""
    if value == 0 or band.least <= abs(value) <= band.most:
        return ""
    words = band.below if abs(value) < band.least else band.above
    return words.format(
        value=f"{value:g}", percent=f"{100 * value:g} %", minutes=f"{value / 60:g}",
        hours=f"{value:g}", value60=f"{value * 60:g}",
    )  # fmt: skip


def unit_costs(terms: Terms, book: Book) -> dict[str, float]:
    """Rough cost of one unit in year 1, in the deal's currency, by party; without season or growth.

    Supplier: pay with overlay, facility and technology of one FTE over the units it handles.
    Buyer: the status quo. A party whose drivers are not known is left out.
    """
    found = {}
    pay, units, rate = _pay(book), _units_per_fte(book), _rate(terms, book)
    if None not in (pay, units, rate) and units:
        local = pay * (1 + _first(book, "overlay_share", 0)) + _first(
            book, "facility_cost_month", 0
        )
        found["supplier"] = (local / rate + _first(book, "technology_cost_month", 0)) / units
    per_unit, baseline = _first(book, "status_quo_unit_cost"), _first(book, "baseline_units")
    if per_unit is not None and baseline:
        found["buyer"] = per_unit + _first(book, "status_quo_fixed", 0) / (12 * baseline)
    return {party: cost for party, cost in found.items() if cost > 0}


def _prices(terms: Terms, book: Book) -> Iterator[tuple[str, str]]:
    """The unit price beside both parties' cost of a unit, where charges follow it."""
    if terms.pricing_model in ("cost_plus", "fixed_fee") or not terms.unit_price:
        return
    names = {"supplier": "the supplier's cost of a unit", "buyer": "what a unit costs today"}
    found = []
    for party, cost in unit_costs(terms, book).items():
        times = terms.unit_price / cost
        if not 1 / FAR <= times <= FAR:
            many = f"{times:.0f} times" if times > 1 else f"1/{1 / times:.0f} of"
            found.append(f"{many} {names[party]} (about {cost:,.2f})")
    if found:
        yield "terms.unit_price", (
            f"The unit price {terms.unit_price:g} is {' and '.join(found)}. Is it for one unit, "
            "and in the deal's currency?"
        )


def _currency(
    terms: Terms, scenarios: Scenarios, book: Book
) -> Iterator[tuple[str, str]]:
    """Pay that only makes sense in the other currency, and a rate far from that of the price."""
    rate, base = _rate(terms, book), terms.fx_base_rate
    if base and rate and not 1 / 3 <= rate / base <= 3:
        row = book.entries["fx_rate", ""].row
        inverted = 1 / 3 <= rate * base <= 3
        hint = "it looks turned around" if inverted else "is it the same pair of currencies?"
        yield f"{_path(scenarios, row)}.value", (
            f"The rate {rate:g} is far from the {base:g} at which the price was set: {hint}."
        )
    pay, units = _pay(book), _units_per_fte(book)
    # A price may be mistyped as well; what a unit costs today is the better measure.
    unit = unit_costs(terms, book).get("buyer") or terms.unit_price
    if None in (pay, units, rate) or not units or not unit or rate == 1:
        return
    row = book.entries["agent_cost_month", ""].row
    share = pay / rate / units / unit  # of the cost of a unit that is pay
    if share < 1 / FAR and 1 / FAR <= share * rate <= FAR / 4:
        local = terms.local_currency or "local money"
        yield f"{_path(scenarios, row)}.value", (
            f"An agent's pay of {pay:,.0f} {local} is {pay / rate:,.2f} in the deal's currency at "
            f"{rate:g}. It looks as if it was written in the deal's currency: then it is "
            f"{pay * rate:,.0f} {local}."
        )


def _path(scenarios: Scenarios, row: Driver) -> str:
    table = "drivers" if any(each is row for each in scenarios.drivers) else "estimates"
    return f"scenarios.{table}.{row.id}"


def _first(book: Book, key: str, otherwise: float | None = None) -> float | None:
    """The general value of a driver in year 1."""
    amount = book.amount(key, None)
    amount = amount[0] if isinstance(amount, tuple) else amount
    return otherwise if amount is None or isinstance(amount, str) else float(amount)


def _pay(book: Book) -> float | None:
    return _first(book, "agent_cost_month") or None


def _rate(terms: Terms, book: Book) -> float | None:
    needed = terms.local_currency is not None or terms.fx_base_rate is not None
    return (_first(book, "fx_rate") or None) if needed else 1.0


def _units_per_fte(book: Book) -> float | None:
    keys = ("paid_hours_month", "shrinkage", "occupancy", "aht_min")
    hours, shrinkage, occupancy, minutes = (_first(book, key) for key in keys)
    if None in (hours, shrinkage, occupancy) or not minutes:
        return None
    return hours * (1 - shrinkage) * occupancy * 60 / minutes
