"""The reference deal's formulas written once more, as slowly and plainly as possible.

One month at a time, plain floats, no numpy: the independent answer that the engine is held to on
deals nobody has worked out by hand. It follows the numbered formulas of the reference deal and
knows only year-end cash and the modes named in `REFERENCE_TERMS`.
"""

REFERENCE_TERMS = {
    "unit_price": 1.65,
    "arc_rate": 1.40,
    "rrc_rate": 1.15,
    "deadband": 0.03,
    "deadband_mode": "cliff",
    "min_commit": 0.75,
    "min_commit_mode": "rrc_floor",
    "cola_w_local": 0.70,
    "cola_w_us": 0.30,
    "cola_productivity": 0.020,
    "cola_floor": 0.0,
    "cola_cap": 0.035,
    "cola_carry": "lost",
    "fx_base_rate": 56.0,
    "fx_collar": 0.05,
    "fx_collar_mode": "excess",
    "fx_local_share": 0.75,
    "fx_share": 0.5,
    "at_risk": 0.12,
    "weights": {"SL": 0.40, "ABN": 0.20, "CSAT": 0.50, "QA": 0.40, "FCR": 0.50},
    "gain_threshold": 25_000.0,
    "gain_share": 0.45,
    "gain_cap": 200_000.0,
    "transition_fee": 360_000.0,
}
REFERENCE_DRIVERS = {
    "baseline_units": 150_000.0,
    "season": [1.10, 0.85, 0.88, 0.90, 0.92, 0.90, 0.92, 0.93, 0.92, 0.98, 1.30, 1.40],
    "status_quo_unit_cost": 3.10,
    "status_quo_growth": 0.03,
    "retained_cost": 240_000.0,
    "retained_growth": 0.03,
    "parallel_run": 232_500.0,
    "buyer_discount": 0.08,
    "supplier_discount": 0.12,
    "paid_hours_month": 160.0,
    "occupancy": 0.85,
    "agent_cost_month": 45_000.0,
    "overlay_share": 0.20,
    "facility_cost_month": 9_000.0,
    "facility_growth": 0.03,
    "technology_cost_month": 110.0,
    "replacement_cost": 70_000.0,
    "sga": 0.06,
    "transition_cost": 600_000.0,
}
REFERENCE_CASES = {
    "base": {
        "volume": [1.0, 1.0, 1.0],
        "avoidance": [0, 0.04, 0.07],
        "aht_min": [6.0, 5.9, 5.8],
        "wage": 0.055,
        "cpi": 0.027,
        "attrition": 0.40,
        "shrinkage": 0.30,
        "fx_rate": [56, 56, 56],
        "misses": [
            (2, "SL", True),
            (11, "CSAT", False),
            (12, "CSAT", False),
            (23, "SL", False),
            (36, "FCR", False),
        ],
    },
    "best": {
        "volume": [1.05, 1.10, 1.12],
        "avoidance": [0.01, 0.07, 0.12],
        "aht_min": [5.9, 5.6, 5.4],
        "wage": 0.040,
        "cpi": 0.020,
        "attrition": 0.25,
        "shrinkage": 0.30,
        "fx_rate": [57, 58, 59],
        "misses": [],
    },
    "worst": {
        "volume": [0.95, 0.82, 0.70],
        "avoidance": [0, 0, 0],
        "aht_min": [6.3, 6.4, 6.4],
        "wage": 0.080,
        "cpi": 0.040,
        "attrition": 0.60,
        "shrinkage": 0.33,
        "fx_rate": [54, 51.5, 50],
        "misses": [
            (month, metric, False)
            for months, metrics in (
                ((11, 12, 13), ("SL",)),
                ((11, 12), ("CSAT",)),
                ((23, 24), ("SL", "CSAT", "FCR")),
                ((35, 36), ("SL", "ABN", "CSAT", "QA")),
            )
            for month in months
            for metric in metrics
        ],
    },
}


def price_by_year(terms, drivers, years):
    prices, price, bank = [], terms["unit_price"], 0.0
    for year in range(years):
        if year:
            raw = (
                terms["cola_w_local"] * drivers["wage"]
                + terms["cola_w_us"] * drivers["cpi"]
                - terms["cola_productivity"]
            )
            wanted = raw + bank
            granted = min(max(wanted, terms["cola_floor"]), terms["cola_cap"])
            if terms["cola_carry"] == "banked":
                bank = max(0.0, wanted - granted)
            price *= 1 + granted
        prices.append(price)
    return prices


def volume_adjustment(terms, baseline, actual, arc, rrc):
    """Charge for units over and credit for units under, outside the dead band."""
    deviation, band = actual / baseline - 1, terms["deadband"]
    if abs(deviation) <= band + 1e-12:
        return 0.0
    edge = 0.0 if terms["deadband_mode"] == "cliff" else band
    over = max(0.0, actual - baseline * (1 + edge))
    under = max(0.0, baseline * (1 - edge) - actual)
    return over * arc - min(under, baseline * (1 - edge - terms["min_commit"])) * rrc


def month_charges(terms, baseline, actual, price):
    scale = price / terms["unit_price"]
    return baseline * price + volume_adjustment(
        terms, baseline, actual, terms["arc_rate"] * scale, terms["rrc_rate"] * scale
    )


def fx_adjustment(terms, charges, rate):
    move = terms["fx_base_rate"] / rate - 1
    if abs(move) <= terms["fx_collar"]:
        return 0.0
    moved = abs(move) if terms["fx_collar_mode"] == "whole" else abs(move) - terms["fx_collar"]
    sign = 1 if move > 0 else -1
    return charges * terms["fx_local_share"] * sign * moved * terms["fx_share"]


def month_credit(terms, misses, month, charges):
    missed = {(m, metric) for m, metric, _ in misses}
    total = 0.0
    for m, metric, earned_back in misses:
        if m == month and not earned_back:
            repeat = 2 if (month - 1, metric) in missed else 1
            total += terms["at_risk"] * charges * terms["weights"][metric] * repeat
    return min(total, terms["at_risk"] * charges)


def run(terms, drivers, months=36):
    """Both parties' cases: totals by contract year, and the two NPVs."""
    years = -(-months // 12)
    prices = price_by_year(terms, drivers, years)
    names = (
        "charges",
        "fx",
        "credits",
        "pool",
        "gain",
        "revenue",
        "cost",
        "profit",
        "saving",
        "handled",
        "demand",
    )
    rows = [dict.fromkeys(names, 0.0) for _ in range(years)]
    fte0 = drivers["baseline_units"] / contacts_per_fte(
        drivers, drivers["shrinkage0"], drivers["aht0"]
    )
    for m in range(1, months + 1):
        y = (m - 1) // 12
        row, rate = rows[y], drivers["fx_rate"][y]
        baseline = drivers["baseline_units"] * drivers["season"][(m - 1) % 12]
        demand = baseline * drivers["volume"][y]
        handled = demand * (1 - drivers["avoidance"][y])
        charges = month_charges(terms, baseline, handled, prices[y])
        full = month_charges(terms, baseline, demand, prices[y])
        fx = fx_adjustment(terms, charges, rate)
        row["charges"] += charges
        row["fx"] += fx
        row["credits"] += month_credit(terms, drivers["misses"], m, charges + fx)
        row["pool"] += full + fx_adjustment(terms, full, rate) - charges - fx
        row["demand"] += demand
        row["handled"] += handled
        row["cost"] += month_cost(drivers, handled, fte0, y, rate) + drivers["sga"] * (charges + fx)
    for y, row in enumerate(rows):
        row["gain"] = min(
            terms["gain_cap"], terms["gain_share"] * max(0.0, row["pool"] - terms["gain_threshold"])
        )
        row["revenue"] = row["charges"] + row["fx"] - row["credits"] + row["gain"]
        row["profit"] = row["revenue"] - row["cost"]
        row["saving"] = (
            row["demand"]
            * drivers["status_quo_unit_cost"]
            * (1 + drivers["status_quo_growth"]) ** y
            - row["revenue"]
            - retained_cost(drivers, y, months)
        )
    return rows, npvs(terms, drivers, rows)


def retained_cost(drivers, y, months):
    part = min(12, months - 12 * y) / 12
    return drivers["retained_cost"] * (1 + drivers["retained_growth"]) ** y * part


def contacts_per_fte(drivers, shrinkage, aht_min):
    return drivers["paid_hours_month"] * (1 - shrinkage) * drivers["occupancy"] * 60 / aht_min


def month_cost(drivers, handled, fte0, y, rate):
    fte = handled / contacts_per_fte(drivers, drivers["shrinkage"], drivers["aht_min"][y])
    wages = (1 + drivers["wage"]) ** y / rate
    return (
        fte * drivers["agent_cost_month"] * wages
        + drivers["overlay_share"] * fte0 * drivers["agent_cost_month"] * wages
        + fte0 * drivers["facility_cost_month"] * (1 + drivers["facility_growth"]) ** y / rate
        + fte * drivers["technology_cost_month"] * (1 + drivers["cpi"]) ** y
        + fte * drivers["attrition"] / 12 * drivers["replacement_cost"] * wages
    )


def npvs(terms, drivers, rows):
    outlay = drivers["transition_cost"] - terms["transition_fee"]
    buyer = (
        -terms["transition_fee"]
        - drivers["parallel_run"]
        + sum(
            row["saving"] / (1 + drivers["buyer_discount"]) ** (y + 1) for y, row in enumerate(rows)
        )
    )
    supplier = -outlay + sum(
        row["profit"] / (1 + drivers["supplier_discount"]) ** (y + 1) for y, row in enumerate(rows)
    )
    margin = (sum(row["profit"] for row in rows) - outlay) / (
        sum(row["revenue"] for row in rows) + terms["transition_fee"]
    )
    return {"buyer": buyer, "supplier": supplier, "term_margin": margin}


def reference_case(name):
    base = REFERENCE_CASES["base"]
    return {
        **REFERENCE_DRIVERS,
        **REFERENCE_CASES[name],
        "shrinkage0": base["shrinkage"],
        "aht0": base["aht_min"][0],
    }
