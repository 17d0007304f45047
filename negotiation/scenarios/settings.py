"""What-ifs by path: `terms.fx_collar=0.02`, `scenarios.worst.wage=0.1`, `supplier.sga=0.05`."""

import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from negotiation.scenarios.drivers import KNOWN, MISS_COST, known
from negotiation.scenarios.rows import Case, Driver, Miss, Override, Scenarios
from negotiation.terms import PRICING_MODELS, GainShare, Terms
from negotiation.values import FieldError, read

# First words that lead to a driver's general value, whatever its space.
_DRIVER_ROOTS = ("buyer", "supplier", "shared", "volume", "drivers")


def parse(setting: str) -> tuple[str, Any]:
    """`path=value` as (path, value); the value is JSON (number, list, null) or else a word."""
    path, equals, text = setting.partition("=")
    if not equals or not path.strip():
        raise FieldError(setting, "A setting is written path=value, like terms.fx_collar=0.02.")
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        value = text.strip()
    return path.strip(), tuple(value) if isinstance(value, list) else value


def apply(
    terms: Terms, scenarios: Scenarios, settings: Mapping[str, Any] | Sequence[str]
) -> tuple[Terms, Scenarios]:
    """Terms and scenarios under `settings`: a mapping of path to value, or `path=value` texts.

    After the first word, `.` and `_` are the same. `supplier.x` sets a driver's general value;
    overrides of single scenarios stay. All terms are checked together. Raises `FieldError`, for an
    unknown path with the nearest names.
    """
    pairs = settings.items() if isinstance(settings, Mapping) else [parse(s) for s in settings]
    changes: dict[str, tuple[str, Any]] = {}
    for path, value in pairs:
        root, _, rest = path.partition(".")
        given = value if isinstance(value, tuple | list) else [value]
        if any(isinstance(each, bool) for each in given):
            raise FieldError(path, "true and false are no values here; write a number or a word.")
        if root == "terms":
            changes[_term_name(path, rest, terms)] = (path, value)
        elif root == "scenarios":
            scenarios = _set_in_scenarios(scenarios, terms, path, rest, value)
        elif root in _DRIVER_ROOTS:
            scenarios = _set_driver(scenarios, path, root, rest, value)
        else:
            roots = ("terms", "scenarios", *_DRIVER_ROOTS)
            raise FieldError(path, f"A path starts with one of {', '.join(roots)}.")
    return _changed_terms(terms, changes), scenarios


def priced(terms: Terms, model: str) -> Terms:
    """The terms under another pricing model and without gain share, for comparison.

    `transaction` keeps the bands of a banded deal; `per_unit` is price times counted units;
    `banded`, `fte`, `cost_plus`, `fixed_fee` as in the terms. Raises `FieldError`.
    """
    banded = terms.pricing_model == "banded"
    models = {"per_unit": "transaction", "transaction": "banded" if banded else "transaction"}
    chosen = models.get(model, model)
    if chosen not in PRICING_MODELS:
        allowed = (*PRICING_MODELS, "per_unit")
        close = get_close_matches(model, allowed, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise FieldError(
            "pricing",
            f"There is no pricing model '{model}'; there are: {', '.join(allowed)}.{hint}",
        )
    without = terms.gain_share.replace(share=0.0)
    return terms.replace(pricing_model=chosen, gain_share=without)


def _flat(name: str) -> str:
    return name.replace(".", "_").lower()


def _nearest(path: str, rest: str, names: Sequence[str], root: str) -> FieldError:
    by_flat = {_flat(name): name for name in names}
    close = get_close_matches(_flat(rest), list(by_flat), n=3, cutoff=0.4)
    hints = " or ".join(f"{root}.{by_flat[name]}" for name in close)
    tail = f" Did you mean {hints}?" if hints else ""
    return FieldError(path, f"There is nothing called '{rest}' under {root}.{tail}")


def _term_names(terms: Terms) -> list[str]:
    names = [name for name in Terms.model_fields if name not in ("gain_share", "metrics")]
    names += [f"gain_share.{name}" for name in GainShare.model_fields]
    return names + [f"metrics.{metric.id}.weight" for metric in terms.metrics]


def _term_name(path: str, rest: str, terms: Terms) -> str:
    names = _term_names(terms)
    found = next((name for name in names if _flat(name) == _flat(rest)), None)
    if found is None:
        raise _nearest(path, rest, names, "terms")
    return found


def _changed_terms(terms: Terms, changes: Mapping[str, tuple[str, Any]]) -> Terms:
    if not changes:
        return terms
    raw = terms.model_dump()
    for name, (_, value) in changes.items():
        if name.startswith("gain_share."):
            raw["gain_share"][name.removeprefix("gain_share.")] = value
        elif name.startswith("metrics."):
            row = next(m for m in raw["metrics"] if m["id"] == name.split(".")[1])
            row["weight"] = value
        else:
            raw[name] = value
    try:
        return read(Terms, raw, "terms")
    except FieldError as error:
        given = {f"terms.{name}": path for name, (path, _) in changes.items()}
        only = next(iter(given.values()))
        raise FieldError(given.get(error.path, only), error.sentence) from None


def _driver_key(path: str, root: str, rest: str, scenarios: Scenarios) -> str:
    """Id of the driver row that a path means, or the key of a known driver without a row."""
    tables = (scenarios.drivers, scenarios.estimates)
    rows = [row.id for table in tables for row in table]
    names = [*rows, *(key for key in KNOWN if key not in rows)]
    wanted = (_flat(rest), _flat(f"{root}_{rest}"))
    for table in tables:  # a real row goes before an estimate, as in the book
        # A row may have an id of its own and name its driver in `key`.
        named = [row.id for row in table if not row.site and _flat(row.name) in wanted]
        for name in (*(row.id for row in table if _flat(row.id) in wanted), *named):
            return name
    for name in KNOWN:
        if _flat(name) in wanted:
            return name
    if _flat(rest).startswith(MISS_COST):
        return MISS_COST + rest.replace(".", "_")[len(MISS_COST) :]
    raise _nearest(path, rest, names, root)


def _set_driver(
    scenarios: Scenarios, path: str, root: str, rest: str, value: Any, case: str | None = None
) -> Scenarios:
    """The general value of a driver, or its value in one case."""
    key = _driver_key(path, root, rest, scenarios)
    table = "drivers"
    rows = scenarios.drivers
    if not any(row.id == key for row in rows):
        if any(row.id == key for row in scenarios.estimates):
            table, rows = "estimates", scenarios.estimates
        else:
            kind = known(key)
            rows = (*rows, Driver(id=key, label=kind.label, unit=kind.unit, space=kind.space))
    changed = tuple(_revalued(row, path, value, case) if row.id == key else row for row in rows)
    return scenarios.model_copy(update={table: changed})


def _revalued(row: Driver, path: str, value: Any, case: str | None) -> Driver:
    value = tuple(value) if isinstance(value, list) else value
    try:
        if case is None:
            return row.replace(value=value)
        others = tuple(item for item in row.by_scenario if item.id != case)
        return row.replace(by_scenario=(*others, Override(id=case, value=value)))
    except FieldError as error:
        raise FieldError(path, error.sentence) from None
    except ValueError:
        raise FieldError(path, f"{value!r} does not fit; it takes a number or a list.") from None


def _set_in_scenarios(
    scenarios: Scenarios, terms: Terms, path: str, rest: str, value: Any
) -> Scenarios:
    if rest in ("draws", "seed"):
        return _checked(scenarios, path, {rest: value})
    case_id, _, field = rest.partition(".")
    case = next((case for case in scenarios.cases if case.id == case_id), None)
    if case is None:
        raise _nearest(path, case_id, [case.id for case in scenarios.cases], "scenarios")
    if field in ("probability", "misses"):
        raw = _misses(path, value, terms) if field == "misses" else value
        try:
            changed = case.replace(**{field: raw})
        except FieldError as error:
            raise FieldError(path, error.sentence) from None
        return scenarios.model_copy(update={"cases": _swapped(scenarios.cases, changed)})
    return _set_driver(scenarios, path, "scenarios", field, value, case_id)


def _checked(scenarios: Scenarios, path: str, changes: Mapping[str, Any]) -> Scenarios:
    try:
        return scenarios.replace(**changes)
    except FieldError as error:
        raise FieldError(path, error.sentence) from None


def _swapped(cases: tuple[Case, ...], changed: Case) -> tuple[Case, ...]:
    return tuple(changed if case.id == changed.id else case for case in cases)


def _misses(path: str, value: Any, terms: Terms) -> tuple[Miss, ...]:
    """`[[11, "CSAT"], [2, "SL", true]]`: month, metric, and whether it is earned back."""
    try:
        found = tuple(
            Miss(id=f"m{row[0]}-{row[1]}", month=row[0], metric=row[1], earned_back=any(row[2:3]))
            for row in value
        )
    except (TypeError, IndexError, ValueError):
        raise FieldError(
            path, 'Misses are a list of [month, metric], with true for earned back: [[11,"CSAT"]].'
        ) from None
    metrics = [metric.id for metric in terms.metrics]
    for miss in found:
        if miss.metric not in metrics:
            names = ", ".join(metrics) or "none"
            raise FieldError(path, f"There is no metric '{miss.metric}'; there are: {names}.")
    if len({miss.id for miss in found}) < len(found):
        raise FieldError(path, "A metric is missed at most once a month; one is given twice.")
    return found
