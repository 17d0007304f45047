"""The rows of the requirements roadmap that people edit, and the part that holds them.

outcome (what is true afterwards) → objective (what is done well) → measure (how both see it).
References may lead nowhere; `negotiation.outcomes.check` says so.
"""

from typing import Annotated, Literal

from pydantic import Field

from negotiation.values import Line, Reference, RowId, Text, Value

ValueKind = Literal["", "fewer_transactions", "total_cost", "revenue", "cash", "quality", "time"]
Direction = Literal["higher", "lower"]
MeasureKind = Literal["proportion", "average", "count", "amount"]
Category = Literal["", "cost", "quality", "timeliness"]
Method = Literal[
    "", "random_sampling", "trend_analysis", "customer_feedback", "full_inspection",
    "periodic_inspection", "third_party_audit",
]  # fmt: skip
Frequency = Literal["", "day", "week", "month", "quarter", "half_year", "year"]
Incentive = Literal["", "none", "credit", "bonus", "gain_share", "term_extension"]

Statement = Annotated[str, Field(min_length=1, max_length=200)]
Level = Annotated[float, Field(ge=-1e12, le=1e12)]


class Outcome(Value):
    """What both sides want to be true, in words of the business: what, never how."""

    id: RowId
    text: Statement
    beneficiary: Line = ""
    value_kind: ValueKind = ""
    intents: Annotated[tuple[Reference, ...], Field(max_length=20)] = ()
    owner: Line = ""
    note: Text = ""


class Objective(Value):
    """What has to go well for the outcome to come true."""

    id: RowId
    outcome: Reference = ""
    text: Statement


class Measure(Value):
    """How both sides see whether an objective is met.

    `unit` is that of `minimum`, `target`, `baseline` and `tolerance`; with the unit "%" the numbers
    are fractions (0.9 is 90 %). `tolerance` is how far below (above, if lower is better) the target
    a result may fall and still count as acceptable (AQL). `window_count` is how many events one
    `frequency` window holds. `root_cause` is a word two measures share when one cause moves both.
    `metric` is the id of the service level in the terms, `steps` of the map where it is read off.
    """

    id: RowId
    objective: Reference = ""
    name: Statement
    kind: MeasureKind = "proportion"
    category: Category = ""
    unit: Annotated[str, Field(max_length=40)] = ""
    direction: Direction = "higher"
    numerator: Line = ""
    denominator: Line = ""
    minimum: Level | None = None
    target: Level | None = None
    baseline: Level | None = None
    baseline_plan: Line = ""
    tolerance: Annotated[float, Field(ge=0, le=1e12)] | None = None
    data_source: Line = ""
    calculation: Text = ""
    method: Method = ""
    frequency: Frequency = ""
    measured_by: Line = ""
    reported_by: Line = ""
    incentive: Incentive = ""
    window_count: Annotated[int, Field(ge=0, le=10**9)] | None = None
    root_cause: Line = ""
    metric: Reference = ""
    steps: Annotated[tuple[Reference, ...], Field(max_length=40)] = ()
    note: Text = ""


class Outcomes(Value):
    """The outcomes part of a deal: the requirements roadmap."""

    outcomes: Annotated[tuple[Outcome, ...], Field(max_length=40)] = ()
    objectives: Annotated[tuple[Objective, ...], Field(max_length=120)] = ()
    measures: Annotated[tuple[Measure, ...], Field(max_length=240)] = ()
