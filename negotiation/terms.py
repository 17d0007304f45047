"""Every negotiated term of the price schedule, with its unit, range and meaning.

Views read title, description, unit and range from the fields; nothing is repeated elsewhere.
Money is in the deal's currency, rates are per year as fractions (0.05 is five per cent), days are
calendar days.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from negotiation.values import Value

PRICING_MODELS = ("banded", "transaction", "fte", "cost_plus", "fixed_fee")

# The end tells two sides' rows of one id apart while both are seen (`negotiation.spaces`).
Id = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}?(--(buyer|supplier|facilitator))?$")
]


def _month(given: Any) -> str:
    """A month as written; a bare calendar month stands in the year of the default."""
    if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= 12:
        return f"2027-{given:02d}"
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", str(given)):
        raise ValueError(f"'{given}' is not a month; write it like 2027-01.")
    return str(given)


Month = Annotated[str, BeforeValidator(_month)]


def _term(default: Any, title: str, description: str, unit: str, group: str, **limits: Any) -> Any:
    extra = {"unit": unit, "group": group}
    return Field(
        default, title=title, description=description, json_schema_extra=extra, **limits
    )


class Metric(Value):
    """A service level whose miss earns the buyer a credit."""

    id: Id
    title: str = Field("", max_length=120, title="Metric")
    weight: float = _term(
        0.0,
        "Weight",
        "Share of the at-risk amount that one miss of this metric credits.",
        "fraction of the at-risk amount",
        "service levels",
        ge=0,
        le=5,
    )


class GainShare(Value):
    """How a measured fall of the charges, made by avoided volume, is shared in each contract year.

    Threshold and cap are per full contract year; a part year takes the part of both.
    """

    threshold: float = _term(
        0.0, "Threshold",
        "Fall of the yearly charges that stays with the buyer before any sharing.",
        "money per year", "gain share", ge=0, le=1e12,
    )  # fmt: skip
    share: float = _term(
        0.0, "Supplier's share", "Part of the gain above the threshold that the supplier receives.",
        "fraction", "gain share", ge=0, le=1,
    )  # fmt: skip
    cap: float = _term(
        0.0, "Cap", "Most that the supplier receives in one contract year.",
        "money per year", "gain share", ge=0, le=1e12,
    )  # fmt: skip


class Terms(Value):
    """What the parties agree: price, index, currency, service levels, gain share, payment."""

    # What is paid for
    pricing_model: Literal["banded", "transaction", "fte", "cost_plus", "fixed_fee"] = _term(
        "banded", "Pricing model",
        "banded: baseline charge, adjusted outside a dead band. transaction: price times counted "
        "units. fte: price of the capacity used. cost_plus: open-book cost and a fee. fixed_fee: a "
        "monthly fee, adjusted only outside the renegotiation band.",
        "mode", "price",
    )  # fmt: skip
    resource_unit: str = _term(
        "unit", "Resource unit", "The unit of service that is counted and billed.",
        "text", "price", min_length=1, max_length=60,
    )  # fmt: skip
    resource_unit_definition: str = _term(
        "", "What counts as one unit", "When a unit is counted, and what is not counted.",
        "text", "price", max_length=1000,
    )  # fmt: skip
    unit_price: float = _term(
        1.0, "Unit price", "Price of one unit in the first contract year.",
        "money per unit", "price", ge=0, le=1e9,
    )  # fmt: skip
    fixed_fee_month: float | None = _term(
        None, "Fixed monthly fee",
        "Fee of a month in the first contract year under fixed_fee; empty: baseline units times "
        "unit price, without the season.",
        "money per month", "price", ge=0, le=1e12,
    )  # fmt: skip
    cost_plus_fee: float = _term(
        0.10, "Cost-plus fee", "Mark-up on the supplier's open-book cost under cost_plus.",
        "fraction of cost", "price", ge=0, le=2,
    )  # fmt: skip

    # Volume
    arc_rate: float = _term(
        0.9, "ARC rate", "Additional resource charge: price of a unit above the baseline, year 1.",
        "money per unit", "volume", ge=0, le=1e9,
    )  # fmt: skip
    rrc_rate: float = _term(
        0.7, "RRC rate", "Reduced resource credit: credit for a unit below the baseline, year 1.",
        "money per unit", "volume", ge=0, le=1e9,
    )  # fmt: skip
    deadband: float = _term(
        0.03, "Dead band", "Deviation from the baseline that changes no charge.",
        "fraction of the baseline", "volume", ge=0, lt=1,
    )  # fmt: skip
    deadband_mode: Literal["cliff", "marginal"] = _term(
        "cliff", "Dead band mode",
        "cliff: once outside, every unit of the deviation counts. marginal: only units beyond the "
        "band count.",
        "mode", "volume",
    )  # fmt: skip
    renegotiation_band: float = _term(
        0.25, "Renegotiation band",
        "Deviation beyond which prices are due for change control (and a fixed fee is adjusted).",
        "fraction of the baseline", "volume", ge=0, le=5,
    )  # fmt: skip
    min_commit: float = _term(
        0.75, "Minimum commitment", "Part of the baseline that the buyer stands for.",
        "fraction of the baseline", "volume", ge=0, le=1,
    )  # fmt: skip
    min_commit_mode: Literal["rrc_floor", "take_or_pay"] = _term(
        "rrc_floor", "Minimum commitment mode",
        "rrc_floor: credits stop at the committed units. take_or_pay: at least the committed part "
        "of the baseline charge is due.",
        "mode", "volume",
    )  # fmt: skip

    # Index
    cola_w_local: float = _term(
        0.7, "Index weight of local wages", "Weight of the supplier country's wage rise in COLA.",
        "fraction", "index", ge=0, le=1,
    )  # fmt: skip
    cola_w_us: float = _term(
        0.3, "Index weight of the buyer country's CPI",
        "Weight of the buyer country's consumer prices in COLA.",
        "fraction", "index", ge=0, le=1,
    )  # fmt: skip
    cola_productivity: float = _term(
        0.0, "Productivity", "Yearly gain taken off the index before floor and cap.",
        "fraction per year", "index", ge=0, le=0.5,
    )  # fmt: skip
    cola_floor: float = _term(
        0.0, "Index floor", "Least yearly price change.", "fraction per year", "index",
        ge=-0.5, le=1,
    )  # fmt: skip
    cola_cap: float = _term(
        0.035, "Index cap", "Most yearly price change.", "fraction per year", "index",
        ge=-0.5, le=1,
    )  # fmt: skip
    cola_carry: Literal["lost", "banked"] = _term(
        "lost", "Excess over the cap",
        "lost: forgotten. banked: added to the index of later years.",
        "mode", "index",
    )  # fmt: skip
    cola_first_year: int = _term(
        2, "First indexed year", "Contract year in which the index is first applied.",
        "contract year", "index", ge=2, le=11,
    )  # fmt: skip

    # Currency
    local_currency: str | None = _term(
        None, "Supplier's local currency", "Currency of the supplier's local costs; empty when it "
        "is the deal's currency.",
        "currency code", "currency", pattern=r"^[A-Z]{3}$",
    )  # fmt: skip
    fx_base_rate: float | None = _term(
        None, "Base exchange rate",
        "Rate at which the price was set; empty for a deal in one currency.",
        "local per deal currency", "currency", gt=0, le=1e7,
    )  # fmt: skip
    fx_collar: float = _term(
        0.05, "FX collar", "Move of the exchange rate that changes no charge.",
        "fraction", "currency", ge=0, lt=1,
    )  # fmt: skip
    fx_collar_mode: Literal["excess", "whole"] = _term(
        "excess", "FX collar mode",
        "excess: only the move beyond the collar is shared. whole: the whole move, once outside.",
        "mode", "currency",
    )  # fmt: skip
    fx_local_share: float = _term(
        0.75, "Local portion", "Part of the charges that follows the local currency.",
        "fraction of charges", "currency", ge=0, le=1,
    )  # fmt: skip
    fx_share: float = _term(
        0.5, "FX share",
        "Part of the shared move that changes the charges; at 100 % the buyer bears all of it.",
        "fraction", "currency", ge=0, le=1,
    )  # fmt: skip

    # Service levels
    at_risk: float = _term(
        0.12, "At risk",
        "Most that credits can take of a month's charges, after volume and currency.",
        "fraction of charges", "service levels", ge=0, le=1,
    )  # fmt: skip
    metrics: tuple[Metric, ...] = _term(
        (), "Metrics", "Service levels that carry a credit.", "table", "service levels",
        max_length=60,
    )  # fmt: skip
    pool: float = _term(
        2.0, "Pool", "Most that the weights of all metrics may add up to.",
        "multiple of the at-risk amount", "service levels", ge=0, le=10,
    )  # fmt: skip
    repeat_multiplier: float = _term(
        2.0, "Repeat multiplier",
        "Factor on the credit of a metric missed in the preceding month too.",
        "factor", "service levels", ge=1, le=10,
    )  # fmt: skip
    repeat_growth: Literal["same", "compound"] = _term(
        "same", "Third miss in a row",
        "same: every repeat has the same factor. compound: the factor is applied again each month.",
        "mode", "service levels",
    )  # fmt: skip
    earnback_cap_order: Literal["before_cap", "after_cap"] = _term(
        "before_cap", "Earn-back and the monthly cap",
        "before_cap: an earned-back credit is dropped, then the rest is capped. after_cap: all are "
        "capped together, then its part is dropped.",
        "mode", "service levels",
    )  # fmt: skip
    earnback_repeat: Literal["counts", "forgiven"] = _term(
        "counts", "Earn-back and the repeat rule",
        "counts: an earned-back miss still makes the next one a repeat. forgiven: it does not.",
        "mode", "service levels",
    )  # fmt: skip
    earnback_reversal: Literal["month_of_miss", "when_earned"] = _term(
        "month_of_miss", "When an earned-back credit is reversed",
        "month_of_miss: it is never paid. when_earned: it is paid and comes back later.",
        "mode", "service levels",
    )  # fmt: skip
    earnback_months: int = _term(
        3, "Months to earn back", "Months from miss to reversal under when_earned.",
        "months", "service levels", ge=1, le=24,
    )  # fmt: skip

    gain_share: GainShare = _term(
        GainShare(), "Gain share", "Sharing of the fall of charges by avoided volume.", "part",
        "gain share",
    )  # fmt: skip

    # Transition, term and cash
    transition_fee: float = _term(
        0.0, "Transition fee", "What the buyer pays of the transition, at signing.",
        "money", "cash", ge=0, le=1e12,
    )  # fmt: skip
    term_months: int = _term(
        36, "Term", "Length of the agreement.", "months", "cash", ge=1, le=120,
    )  # fmt: skip
    start_month: Month = _term(
        "2027-01", "First month of service",
        "Contract month 1, as year and month. A bare calendar month (4) will do for a what-if.",
        "month", "cash",
    )  # fmt: skip
    cash_timing: Literal["year_end", "mid_period", "month_end"] = _term(
        "year_end", "Cash timing",
        "When a flow is discounted. year_end: at the last month of its contract year. mid_period: "
        "in the middle of its contract year. month_end: at the end of its month.",
        "mode", "cash",
    )  # fmt: skip
    billing_lag: float = _term(
        0.0, "Billing lag", "Days from the end of a month to its invoice.", "days", "cash",
        ge=0, le=365,
    )  # fmt: skip
    payment_days: float = _term(
        0.0, "Payment days", "Days from invoice to payment.", "days", "cash", ge=0, le=365,
    )  # fmt: skip
    credit_settlement_days: float = _term(
        0.0, "Settlement of credits",
        "Days by which credits are settled after the month's payment.",
        "days", "cash", ge=0, le=730,
    )  # fmt: skip
    gain_share_settlement_days: float = _term(
        0.0, "Settlement of gain share", "Days from the end of a contract year to its gain share.",
        "days", "cash", ge=0, le=730,
    )  # fmt: skip

    @property
    def calendar_month(self) -> int:
        """Calendar month of contract month 1; 1 is January."""
        return int(self.start_month[5:])

    @property
    def months(self) -> tuple[str, ...]:
        """Every calendar month of the term, such as "2027-01", the first month of service first."""
        first = 12 * int(self.start_month[:4]) + self.calendar_month - 1
        months = range(first, first + self.term_months)
        return tuple(f"{month // 12:04d}-{month % 12 + 1:02d}" for month in months)

    @property
    def years(self) -> int:
        """Contract years begun within the term; the last may be a part year."""
        return -(-self.term_months // 12)

    @model_validator(mode="after")
    def _check(self) -> "Terms":
        if self.cola_floor > self.cola_cap:
            raise ValueError(
                f"The index floor of {100 * self.cola_floor:g} % is above the index cap of "
                f"{100 * self.cola_cap:g} %; "
                "the floor must be at most the cap."
            )
        ids = [metric.id for metric in self.metrics]
        if len(set(ids)) != len(ids):
            raise ValueError("Two metrics have the same id; every metric needs its own.")
        return self
