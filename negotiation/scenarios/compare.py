"""Two scenarios side by side: what differs between them, and what each difference does to whom.

The bridge turns one driver after the other from the first scenario's value to the second's, in the
order of the list, so that its steps add up to the whole difference. Another order would share out
differently what two drivers do together; `alone` says what a driver does by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from negotiation.scenarios.arrays import Array
from negotiation.scenarios.drivers import KNOWN, MISS_COST, known
from negotiation.scenarios.engine import Run
from negotiation.scenarios.inputs import Inputs
from negotiation.scenarios.rows import Amount, misses_text
from negotiation.scenarios.study import CaseFigures, Study

MISSES = "misses"
VALUE = {"buyer": "buyer_npv", "supplier": "supplier_npv"}
SHARE = {"buyer": "saving_share", "supplier": "term_margin"}


@dataclass(frozen=True)
class Step:
    """One driver that differs (at one site, or "" for all), or the missed levels (`key` "misses").

    `changes` is what turning it does after the steps above it, `alone` what turning it by itself
    does to the first scenario. Both map `buyer_npv`, `supplier_npv` (money) and `saving_share`,
    `term_margin` (fractions) to a change; a party that is not known is left out.
    """

    key: str
    site: str
    label: str
    before: Amount
    after: Amount
    changes: Mapping[str, float]
    alone: Mapping[str, float]


@dataclass(frozen=True)
class Comparison:
    """The way from one scenario to another, in steps."""

    first: CaseFigures
    second: CaseFigures
    steps: tuple[Step, ...]

    def change(self, party: str) -> float | None:
        """Change of a party's net present value from the first scenario to the second."""
        before, after = self.first.of(party), self.second.of(party)
        if before is None or after is None:
            return None
        return after.amounts["npv"] - before.amounts["npv"]

    def largest(self, party: str) -> tuple[Step, ...]:
        """The steps that lead where the whole change leads, the largest first."""
        whole, name = self.change(party), VALUE[party]
        if not whole:
            return ()
        same = [s for s in self.steps if s.changes[name] * whole > 0]
        return tuple(sorted(same, key=lambda step: -abs(step.changes[name])))

    def sentence(self, party: str) -> str:
        """Which driver explains most of what changes for a party; empty when it is not known."""
        whole = self.change(party)
        if whole is None:
            return ""
        names = (each.case.title or each.case.id for each in (self.first, self.second))
        start = "From {} to {} the ".format(*names) + f"{party}'s value today "
        if abs(whole) < 0.5:
            return f"{start}does not change."
        main, *others = self.largest(party)
        by = main.changes[VALUE[party]]
        told = (
            f"{start}changes by {whole:+,.0f}. The largest part comes with {main.label}: {by:+,.0f}"
        )
        if abs(by) > abs(whole):
            word = "take" if whole > 0 else "give"
            return f"{told}, more than the whole; other steps {word} {abs(whole - by):,.0f} back."
        if others and abs(others[0].changes[VALUE[party]]) >= 0.5:
            told += f", then {others[0].label}: {others[0].changes[VALUE[party]]:+,.0f}"
        return f"{told}."


def compare(study: Study, first: str, second: str) -> Comparison:
    """What differs between two scenarios (ids) and what each difference does, in the order listed.

    The order is that of the known drivers, then costs of misses, then missed levels. Raises
    `FieldError` for an unknown id.
    """
    places = study.place(first), study.place(second)
    found = _differing(study, first, second)
    count = len(found)
    # Row r has the first r steps turned; the rows after that have one step turned each.
    turned = np.vstack([np.tri(count + 1, count, -1, dtype=bool), np.eye(count, dtype=bool)])
    run = Run(_turned(study, places, [(key, site) for key, site, *_ in found], turned))
    values = {name: getattr(run, name) for party in study.parties
              for name in (VALUE[party], SHARE[party])}  # fmt: skip
    steps = tuple(
        Step(
            *each,
            changes={name: float(x[place + 1] - x[place]) for name, x in values.items()},
            alone={name: float(x[count + 1 + place] - x[0]) for name, x in values.items()},
        )
        for place, each in enumerate(found)
    )
    return Comparison(study.case(first), study.case(second), steps)


def _differing(
    study: Study, first: str, second: str
) -> list[tuple[str, str, str, Amount, Amount]]:
    """(key, site, label, before, after) of whatever differs."""
    order = {key: place for place, key in enumerate(KNOWN)}
    entries = [
        (key, site, entry.row) for (key, site), entry in study.book.entries.items() if known(key)
    ]
    entries.sort(key=lambda each: (order.get(each[0], len(order)), each[0], each[1]))
    found = []
    for key, site, row in entries:
        before, after = (study.book.amount(key, case, site) for case in (first, second))
        if before != after:
            label = row.label or known(key).label
            if site.casefold() not in label.casefold():
                label = f"{label}, {site}"
            found.append((key, site, label, before, after))
    missed = [misses_text(study.case(case).case.misses) for case in (first, second)]
    if missed[0] != missed[1]:
        found.append((MISSES, "", "Missed levels", missed[0] or None, missed[1] or None))
    return found


def _turned(
    study: Study, places: tuple[int, int], keys: Sequence[tuple[str, str]], turned: NDArray
) -> Inputs:
    """The first scenario on every row of `turned`, with the second's value where a step is."""
    whole = study.inputs
    inputs = whole.take(np.full(len(turned), places[0]))
    sites = [site.id for site in study.scenarios.sites]
    for (key, site), marks in zip(keys, turned.T, strict=True):
        rows = np.where(marks, places[1], places[0])
        if key == MISSES:
            inputs = inputs.with_misses(_rows(whole, whole.misses, rows),
                                        _rows(whole, whole.earned, rows))  # fmt: skip
        elif key.startswith(MISS_COST):
            inputs = replace(inputs, miss_cost=_miss_cost(study, inputs.miss_cost, key, rows))
        elif not site and key in whole.drivers:
            values = _rows(whole, whole.drivers[key], rows)
            inputs = replace(inputs, drivers={**inputs.drivers, key: values})
        elif site in sites and whole.places:
            at = sites.index(site)
            inner = {**inputs.places[at].drivers, key: _rows(whole, whole.places[at].drivers[key],
                                                             rows)}  # fmt: skip
            changed = list(inputs.places)
            changed[at] = replace(changed[at], drivers=inner)
            inputs = replace(inputs, places=tuple(changed))
    return inputs


def _miss_cost(study: Study, held: Array, key: str, rows: NDArray) -> Array:
    """The cost of a miss with one metric's column turned; a metric the deal lacks has none."""
    metrics = [metric.id for metric in study.terms.metrics]
    metric = key.removeprefix(MISS_COST)
    if metric not in metrics:
        return held
    costs = np.array(np.broadcast_to(held, (len(rows), held.shape[1])))
    at = metrics.index(metric)
    costs[:, at] = _rows(study.inputs, study.inputs.miss_cost, rows)[..., at]
    return costs


def _rows(inputs: Inputs, values, rows: NDArray):
    """The values of the cases at `rows`; what has no case axis stands for all."""
    has_axis = isinstance(values, np.ndarray) and values.shape[0] == inputs.cases > 1
    return values[rows] if has_axis else values
