"""The drivers the engine knows: unit, limits, usual space and who controls each.

A driver is a fact about the future that is not a term: a volume, a wage rise, a handle time. Most
take one number, or one by contract year, or one by month; rates that step once a year take no
months.
"""

from dataclasses import dataclass
from typing import Literal

Shape = Literal["number", "year", "month", "season", "mode"]
Party = Literal["buyer", "supplier", "nobody", "both"]


@dataclass(frozen=True)
class Known:
    """One known driver.

    `shape` is the finest resolution it takes. `default` stands in where no row gives a value; None
    with `required` false means "not estimated". `money` is `deal` or `local` for amounts of money.
    """

    key: str
    label: str
    unit: str
    space: Literal["shared", "buyer", "supplier"]
    controlled_by: Party
    least: float = 0.0
    most: float = 1e12
    shape: Shape = "month"
    default: float | str | None = None
    required: bool = False
    money: Literal["", "deal", "local"] = ""
    modes: tuple[str, ...] = ()
    help: str = ""

    @property
    def at_site(self) -> bool:
        """Whether a site may have a value of its own; other drivers are the whole deal's."""
        return self.key in _AT_SITE


# What one site's people cost and handle. Charges and the index clause take the general values.
_AT_SITE = frozenset((
    "paid_hours_month", "shrinkage", "occupancy", "aht_min", "agent_cost_month", "overlay_share",
    "facility_cost_month", "facility_growth", "technology_cost_month", "replacement_cost",
    "attrition", "wage", "cpi", "fx_rate",
))  # fmt: skip

_SHARED = (
    Known("baseline_units", "Baseline", "units per month", "shared", "both", least=1e-9,
          required=True, help="Contracted units of a month, before the season."),
    Known("season", "Season", "12 factors, January first", "shared", "nobody", most=12,
          shape="season", default=1.0,
          help="Factor of each calendar month; the twelve add up to 12."),
    Known("volume", "Demand", "factor on the baseline", "shared", "buyer", most=20, default=1.0,
          help="Demand over baseline."),
    Known("avoidance", "Avoidance", "fraction of demand", "shared", "both", most=1, default=0.0,
          help="Part of the demand that is made unnecessary and is never handled."),
    Known("wage", "Local wage rise", "per year", "shared", "nobody", least=-0.5, most=5,
          shape="year", default=0.0, help="Rise that takes effect at the start of a contract year; "
          "the value of year 1 is not used."),
    Known("cpi", "Buyer country's CPI", "per year", "shared", "nobody", least=-0.5, most=5,
          shape="year", default=0.0, help="Rise that takes effect at the start of a contract year; "
          "the value of year 1 is not used."),
    Known("fx_rate", "Exchange rate", "local per deal currency", "shared", "nobody", least=1e-9,
          most=1e7, help="Rate at which a month is billed and local cost is paid."),
    Known("fx_volatility", "FX volatility", "standard deviation per year", "shared", "nobody",
          most=2, shape="number", default=0.0, help="Used by the simulation only."),
    Known("fx_wage_correlation", "FX and wage correlation", "-1 to 1", "shared", "nobody", least=-1,
          most=1, shape="number", default=0.0, help="Simulation only. Positive: wages rise faster "
          "when the local currency weakens."),
    Known("misses_per_year", "Missed levels", "misses per year", "shared", "supplier", most=50,
          shape="number", default=0.0, help="Mean of the Poisson draw of the simulation."),
)  # fmt: skip

_BUYER = (
    Known("status_quo_unit_cost", "Status quo, per unit", "money per unit", "buyer", "buyer",
          required=True, money="deal", help="What one unit of demand costs without the deal."),
    Known("status_quo_fixed", "Status quo, fixed", "money per year", "buyer", "buyer",
          default=0.0, money="deal", help="Yearly cost without the deal that no volume moves."),
    Known("status_quo_growth", "Status quo growth", "per year", "buyer", "nobody", least=-0.5,
          most=5, shape="year", default=0.0),
    Known("retained_cost", "Retained organisation", "money per year", "buyer", "buyer",
          default=0.0, money="deal", help="The buyer's own team that stays."),
    Known("retained_growth", "Retained growth", "per year", "buyer", "nobody", least=-0.5, most=5,
          shape="year", default=0.0),
    Known("parallel_run", "Parallel run", "money, at signing", "buyer", "buyer", shape="number",
          default=0.0, money="deal", help="Cost of running old and new side by side."),
    Known("buyer_discount", "Buyer's discount rate", "per year", "buyer", "buyer", least=-0.5,
          most=5, shape="number", required=True),
    Known("batna_price", "Best alternative bid", "money per unit", "buyer", "nobody",
          shape="number", money="deal", help="Unit price of the best other bid on these terms."),
    Known("batna_npv", "Best alternative, net present value", "money", "buyer", "nobody",
          least=-1e12, shape="number", money="deal",
          help="Value of a full alternative; it goes before the bid."),
)  # fmt: skip

_SUPPLIER = (
    Known("paid_hours_month", "Paid hours", "hours per FTE-month", "supplier", "supplier",
          least=1e-9, most=744, required=True),
    Known("shrinkage", "Shrinkage", "fraction of paid time", "supplier", "supplier", most=0.99,
          required=True, help="Paid time not available for handling."),
    Known("occupancy", "Occupancy", "fraction of available time", "supplier", "supplier",
          least=1e-9, most=1, required=True, help="Handling time over available time."),
    Known("aht_min", "Handle time", "minutes per unit", "supplier", "both", least=1e-9, most=1e5,
          required=True, help="Average handle time of one unit."),
    Known("agent_cost_month", "Agent cost", "local money per FTE-month", "supplier", "supplier",
          required=True, money="local", help="Loaded pay of one FTE in year 1."),
    Known("overlay_share", "Overlay", "fraction of agent pay", "supplier", "supplier", most=5,
          default=0.0, help="Team leads, quality and planning, on the baseline head count."),
    Known("facility_cost_month", "Facility", "local money per seat-month", "supplier", "supplier",
          default=0.0, money="local"),
    Known("facility_growth", "Facility growth", "per year", "supplier", "nobody", least=-0.5,
          most=5, shape="year", default=0.0),
    Known("technology_cost_month", "Technology", "money per FTE-month", "supplier", "supplier",
          default=0.0, money="deal", help="Rises with the buyer country's CPI."),
    Known("replacement_cost", "Replacement", "local money per leaver", "supplier", "supplier",
          default=0.0, money="local"),
    Known("attrition", "Attrition", "leavers over head count, per year", "supplier", "supplier",
          most=5, default=0.0),
    Known("sga", "SG&A", "fraction of charges", "supplier", "supplier", most=0.95, default=0.0),
    Known("transition_cost", "Transition spend", "money, at signing", "supplier", "supplier",
          shape="number", default=0.0, money="deal"),
    Known("supplier_discount", "Supplier's discount rate", "per year", "supplier", "supplier",
          least=-0.5, most=5, shape="number", required=True),
    Known("seat_basis", "Seat basis", "mode", "supplier", "supplier", shape="mode",
          default="baseline", modes=("baseline", "peak"),
          help="baseline: facility and overlay on the baseline head count. peak: on the largest "
          "head count of the contract year."),
    Known("sharing_ratio", "Sharing ratio", "people per seat", "supplier", "supplier", least=0.1,
          most=10, shape="number", default=1.0, help="Used when the seat basis is peak."),
    Known("hiring_lead_months", "Hiring lead", "months", "supplier", "supplier", most=12,
          shape="number", default=0.0,
          help="Months a new agent is paid before handling anything."),
    Known("ramp_months", "Ramp", "months", "supplier", "supplier", most=24, shape="number",
          default=0.0, help="Months until a new agent is fully productive."),
    Known("ramp_start", "Productivity at the start", "fraction", "supplier", "supplier", most=1,
          shape="number", default=1.0, help="Productivity of a new agent, rising evenly over the "
          "ramp."),
    Known("min_monthly_change", "Smallest change of head count", "fraction of head count",
          "supplier", "supplier", most=1, shape="number", default=0.0,
          help="Smaller changes from month to month are not made."),
)  # fmt: skip

KNOWN: dict[str, Known] = {known.key: known for known in (*_SHARED, *_BUYER, *_SUPPLIER)}

MISS_COST = "miss_cost_"


def known(key: str) -> Known | None:
    """What is known about `key`; `miss_cost_<metric>` is known for every metric."""
    if key.startswith(MISS_COST) and len(key) > len(MISS_COST):
        metric = key.removeprefix(MISS_COST)
        label = f"Cost of a missed {metric}"
        return Known(key, label, "money per miss", "buyer", "buyer", shape="number", money="deal",
                     help="What one miss costs the buyer; empty means not estimated.")  # fmt: skip
    return KNOWN.get(key)
