"""What is missing or does not fit together in terms and scenarios, as (path, sentence)."""

from typing import Any, NamedTuple

from negotiation.scenarios.book import read_book
from negotiation.scenarios.drivers import known
from negotiation.scenarios.plausible import implausible
from negotiation.scenarios.rows import Driver, Scenarios, drawn_problem
from negotiation.terms import Terms
from negotiation.values import problems


class Finding(NamedTuple):
    """A field and what to do about it."""

    path: str
    sentence: str


def check(terms: Terms, scenarios: Scenarios, seat: str | None = None) -> tuple[Finding, ...]:
    """Findings over a whole, valid deal; empty when all fits. Nothing here refuses a value."""
    found = [*_terms(terms), *_cases(terms, scenarios), *_drivers(scenarios), *_sites(scenarios)]
    book = read_book(scenarios, seat)
    found += [Finding(*each) for each in implausible(terms, scenarios, book)]
    needs_fx = terms.local_currency is not None or terms.fx_base_rate is not None
    for party in ("buyer", "supplier"):
        for kind in book.missing(party, needs_fx):
            found.append(Finding(
                f"scenarios.drivers.{kind.key}",
                f"{kind.label} is neither known nor estimated; without it the {party}'s case is "
                "not computed.",
            ))  # fmt: skip
    return tuple(dict.fromkeys(found))


def check_raw(terms: Any, scenarios: Any) -> tuple[Finding, ...]:
    """Findings in raw values, for instance read from a file: first what does not fit a field."""
    refused = [
        *problems(Terms, terms, "terms"),
        *problems(Scenarios, scenarios, "scenarios"),
    ]
    if refused:
        return tuple(Finding(path, sentence) for path, sentence in refused)
    return check(Terms.model_validate(terms), Scenarios.model_validate(scenarios))


def _terms(terms: Terms) -> list[Finding]:
    found = _commitment(terms)
    if terms.pricing_model == "banded":
        if terms.rrc_rate > terms.unit_price:
            found.append(Finding(
                "terms.rrc_rate",
                f"The RRC {terms.rrc_rate:g} is above the price {terms.unit_price:g}: the buyer "
                "gains twice when volume falls. It should be at most the price.",
            ))  # fmt: skip
        if terms.renegotiation_band <= terms.deadband:
            found.append(Finding(
                "terms.renegotiation_band",
                "The renegotiation band should be wider than the dead band, else ARC and RRC never "
                "apply before prices are due for change control.",
            ))  # fmt: skip
    if abs(terms.cola_w_local + terms.cola_w_us - 1) > 1e-9:
        total = terms.cola_w_local + terms.cola_w_us
        sentence = f"The index weights add up to {total:g}, not to 1."
        found.append(Finding("terms.cola_w_us", sentence))
    weights = sum(metric.weight for metric in terms.metrics)
    if weights > terms.pool + 1e-9:
        sentence = f"The weights add up to {weights:g}, more than the pool {terms.pool:g}."
        found.append(Finding("terms.metrics", sentence))
    if terms.local_currency and terms.fx_base_rate is None:
        found.append(Finding(
            "terms.fx_base_rate",
            f"Cost is paid in {terms.local_currency}, but there is no base rate: the exchange rate "
            "moves the supplier's cost and no charge.",
        ))  # fmt: skip
    return found


def _cases(terms: Terms, scenarios: Scenarios) -> list[Finding]:
    found = []
    total = sum(case.probability for case in scenarios.cases)
    if scenarios.cases and abs(total - 1) > 1e-9:
        sentence = f"The probabilities add up to {total:g}, not to 1."
        found.append(Finding("scenarios.cases", sentence))
    metrics = {metric.id for metric in terms.metrics}
    for case in scenarios.cases:
        seen: dict[tuple[int, str], str] = {}
        for miss in case.misses:
            path = f"scenarios.cases.{case.id}.misses.{miss.id}"
            twin = seen.setdefault((miss.month, miss.metric), miss.id)
            if twin != miss.id:
                found.append(Finding(
                    path, f"Row {twin} says so too: a metric is missed at most once a month."
                ))  # fmt: skip
            if miss.metric not in metrics:
                names = ", ".join(sorted(metrics)) or "none"
                found.append(Finding(
                    path, f"There is no metric '{miss.metric}'; there are: {names}."
                ))  # fmt: skip
            if miss.month > terms.term_months:
                found.append(Finding(
                    path, f"Month {miss.month} is after the term of {terms.term_months} months."
                ))  # fmt: skip
    ids = {case.id for case in scenarios.cases}
    for floor in scenarios.floors:
        if floor.scenario and floor.scenario not in ids:
            found.append(Finding(
                f"scenarios.floors.{floor.id}.scenario",
                f"There is no scenario '{floor.scenario}'; leave it empty for every scenario.",
            ))  # fmt: skip
        if (floor.year or 1) > terms.years:
            found.append(Finding(
                f"scenarios.floors.{floor.id}.period",
                f"Year {floor.year} is after the term of {terms.term_months} months.",
            ))  # fmt: skip
    return found


def _drivers(scenarios: Scenarios) -> list[Finding]:
    found: list[Finding] = []
    cases = {case.id for case in scenarios.cases}
    for table in ("drivers", "estimates"):
        rows: tuple[Driver, ...] = getattr(scenarios, table)
        seen: dict[tuple[str, str, str], str] = {}
        for row in rows:
            path = f"scenarios.{table}.{row.id}"
            twin = seen.setdefault((row.name, row.site, row.space), row.id)
            if twin != row.id:
                found.append(Finding(path, f"Row {twin} gives this driver too; only one counts."))
            if known(row.name) is None:
                found.append(Finding(path, f"No figure uses '{row.name}': it is a note only."))
            found += _at_site(path, row, scenarios) + _drawn(path, row, rows)
            for item in row.by_scenario:
                if item.id not in cases:
                    found.append(Finding(
                        f"{path}.by_scenario.{item.id}", f"There is no scenario '{item.id}'."
                    ))  # fmt: skip
    return found


def _at_site(path: str, row: Driver, scenarios: Scenarios) -> list[Finding]:
    """A row of one site that no figure reads, or reads only in part."""
    kind = known(row.name)
    if not row.site or kind is None:
        return []
    if row.site not in {site.id for site in scenarios.sites}:
        names = ", ".join(site.id for site in scenarios.sites) or "none"
        sentence = f"There is no site '{row.site}'; there are: {names}. No figure uses this row."
        return [Finding(path, sentence)]
    if not kind.at_site:
        return [Finding(
            path,
            f"{kind.label} is one value for the whole deal: no figure uses the row of site "
            f"'{row.site}'. Leave the site empty.",
        )]  # fmt: skip
    general = any(
        other.name == row.name and not other.site and other.value is not None
        for table in (scenarios.drivers, scenarios.estimates) for other in table
    )  # fmt: skip
    if row.name in ("wage", "cpi") and not general:
        return [Finding(
            path,
            f"The index clause takes the general {kind.label}, and there is none: add a row "
            "without a site.",
        )]  # fmt: skip
    return []


def _drawn(path: str, row: Driver, rows: tuple[Driver, ...]) -> list[Finding]:
    """Values of single scenarios and sites that a drawn factor takes out of the limits."""
    if row.simulated and row.site:
        return [Finding(
            path, "The simulation draws from the row without a site, and its draws move every "
            "site; the range of this row is not used."
        )]  # fmt: skip
    amounts = {f"{path}.by_scenario.{item.id}": item.value for item in row.by_scenario}
    for other in rows:
        if other.name == row.name and other.site:
            where = path.removesuffix(row.id) + other.id
            amounts[f"{where}.value"] = other.value
            amounts |= {f"{where}.by_scenario.{i.id}": i.value for i in other.by_scenario}
    problems = ((where, drawn_problem(row, amount)) for where, amount in amounts.items())
    return [
        Finding(where, f"Times {row.high:g}, the highest factor drawn: {sentence}")
        for where, sentence in problems if sentence
    ]  # fmt: skip


def _commitment(terms: Terms) -> list[Finding]:
    """A minimum commitment that changes no charge under the pricing model."""
    model, mode = terms.pricing_model, terms.min_commit_mode
    if not terms.min_commit or model == "banded" or (model, mode) == ("transaction", "take_or_pay"):
        return []
    words = model.replace("_", " ")
    why = (
        "by the unit there is no RRC to stop; choose take or pay, or a commitment of 0"
        if model == "transaction"
        else f"under {words} the charges do not follow the unit; a commitment of 0 says so"
    )
    return [Finding("terms.min_commit", f"The minimum commitment changes no charge: {why}.")]


def _sites(scenarios: Scenarios) -> list[Finding]:
    if not scenarios.sites:
        return []
    total = sum(site.share for site in scenarios.sites)
    if abs(total - 1) <= 1e-9:
        return []
    return [Finding("scenarios.sites", f"The sites' parts add up to {total:g}, not to 1.")]
