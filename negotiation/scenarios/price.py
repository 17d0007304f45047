"""What the buyer is charged: index, volume bands, pricing models, currency.

Formulas 3 to 5 of the reference deal. Prices and rates are those of contract year 1; the index
multiplies them. Amounts are by month, before credits and gain share.
"""

from collections.abc import Callable

import numpy as np

from negotiation.scenarios.arrays import Array, Calendar, choose, uses
from negotiation.scenarios.inputs import Inputs

# Rounding in 145,500 = 0.97 x 150,000 must not decide whether a volume lies inside a band.
EDGE = 1e-9


def cola(run: Inputs, cal: Calendar) -> Array:
    """(cases, years): the price rise at the start of each contract year, 0 before the first.

    clip(w_local * wage + w_us * cpi - productivity, floor, cap); with `banked`, what a cap cut off
    is added to the next year's index.
    """
    raw = (
        run.number("cola_w_local") * run.driver("wage")
        + run.number("cola_w_us") * run.driver("cpi")
        - run.number("cola_productivity")
    )
    raw = np.broadcast_to(raw, (raw.shape[0], cal.years))
    floor, cap = run.number("cola_floor"), run.number("cola_cap")
    first, banked = run.number("cola_first_year"), run.mode_is("cola_carry", "banked")
    bank, rises = np.zeros((1, 1)), []
    for year in range(cal.years):
        wanted = raw[:, year : year + 1] + bank
        applies = (year + 1 >= first) & (year > 0)
        rises.append(np.where(applies, np.clip(wanted, floor, cap), 0.0))
        bank = np.where(applies & banked, np.maximum(0.0, wanted - cap), 0.0)
    rows = max(rise.shape[0] for rise in rises)
    return np.hstack([np.broadcast_to(rise, (rows, 1)) for rise in rises])


def volume_adjustment(run: Inputs, baseline: Array, units: Array) -> Array:
    """ARC less RRC of `units` against `baseline`, by month, at the rates of year 1."""
    band, floor = run.number("deadband"), run.number("min_commit")
    arc, rrc = run.number("arc_rate"), run.number("rrc_rate")
    unfloored = run.mode_is("min_commit_mode", "take_or_pay")
    difference = units - baseline

    def cliff() -> Array:
        outside = np.abs(difference) > baseline * (band + EDGE)
        least = np.where(unfloored, -baseline, -baseline * (1 - floor))
        fall = np.clip(difference, least, 0.0) * rrc
        return (np.maximum(difference, 0.0) * arc + fall) * outside

    def marginal() -> Array:
        over = np.maximum(0.0, difference - baseline * band)
        most = np.where(unfloored, baseline, baseline * np.maximum(0.0, 1 - band - floor))
        under = np.clip(-difference - baseline * band, 0.0, most)
        return over * arc - under * rrc

    return choose(run.mode("deadband_mode"), {"cliff": cliff, "marginal": marginal})


def fx_factor(run: Inputs, cal: Calendar) -> Array:
    """The currency adjustment as a fraction of the charges; positive: the buyer pays more.

    move = base rate / actual rate - 1; outside the collar, share * local portion of the excess (or
    of the whole move). Zero without a base rate, and under cost_plus, where cost passes through.
    """
    base = run.number("fx_base_rate")
    move = base / run.driver("fx_rate") - 1
    size, collar = np.abs(move), run.number("fx_collar")

    def excess() -> Array:
        return np.maximum(0.0, size - collar)

    def whole() -> Array:
        return np.where(size > collar + EDGE, size, 0.0)

    shared = choose(run.mode("fx_collar_mode"), {"excess": excess, "whole": whole})
    factor = np.sign(move) * shared * run.number("fx_local_share") * run.number("fx_share")
    return np.where(run.mode_is("pricing_model", "cost_plus"), 0.0, factor)


def charges(
    run: Inputs,
    baseline: Array,
    units: Array,
    index: Array,
    capacity_units: Callable[[Array], Array],
    open_book_charge: Callable[[Array], Array],
    active: Array,
) -> Array:
    """Charges by month for `units`, after ARC and RRC and index, before currency and credits.

    `index` is the price index by month. `capacity_units(units)` is what the capacity used would
    handle at the planned productivity (for `fte`); `open_book_charge(units)` the supplier's cost
    with fee and SG&A (for `cost_plus`). `active` is 1 within the term.
    """
    price, commit = run.number("unit_price"), run.number("min_commit")
    take_or_pay = run.mode_is("min_commit_mode", "take_or_pay")

    def at_least(amount: Array) -> Array:
        if not uses(run.mode("min_commit_mode"), "take_or_pay"):
            return amount
        return np.maximum(amount, np.where(take_or_pay, commit * baseline * price, -np.inf))

    def banded() -> Array:
        return at_least(baseline * price + volume_adjustment(run, baseline, units)) * index

    def transaction() -> Array:
        return at_least(units * price) * index

    def fte() -> Array:
        return capacity_units(units) * price * index

    def fixed_fee() -> Array:
        band = run.number("renegotiation_band")
        difference = units - baseline
        over = np.maximum(0.0, difference - baseline * (band + EDGE)) * run.number("arc_rate")
        under = np.maximum(0.0, -difference - baseline * (band + EDGE)) * run.number("rrc_rate")
        return (run.monthly_fee() * active + over - under) * index

    return choose(
        run.mode("pricing_model"),
        {
            "banded": banded,
            "transaction": transaction,
            "fte": fte,
            "cost_plus": lambda: open_book_charge(units),
            "fixed_fee": fixed_fee,
        },
    )


def gain_share(run: Inputs, cal: Calendar, pool: Array) -> Array:
    """(cases, years): what the supplier receives of the yearly pool, formula 7.

    Threshold and cap are per full contract year; a part year takes its part of both.
    """
    part = cal.months_in_year / 12
    above = np.maximum(0.0, pool - run.number("gain_share.threshold") * part)
    return np.minimum(run.number("gain_share.cap") * part, run.number("gain_share.share") * above)
