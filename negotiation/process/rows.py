"""The rows of the process map that people edit, and the part that holds them.

Rows refer to each other by id. A row may point at one that is not there (a lane was removed, a file
was cut short): that is a finding of `negotiation.process.check`, never an error, so that a map
can be drawn while it grows.
"""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from negotiation.spaces import Space
from negotiation.values import Line, Name, Reference, RowId, Text, Value

LaneParty = Literal["buyer", "supplier", "customer", "other"]
Kind = Literal["start", "task", "wait", "decision", "parallel", "end"]
WaitCause = Literal["", "queue", "approval", "customer", "batch", "system"]
ValueAdd = Literal["VA", "BVA", "NVA"]
Evidence = Literal["measured", "sampled", "estimated", "agreed"]
WaitEvidence = Literal["", "measured", "sampled", "estimated", "agreed"]
Scope = Literal["", "in", "retained", "out"]
Letter = Literal["R", "A", "C", "I"]

Minutes = Annotated[float, Field(ge=0, le=5_256_000)]
Money = Annotated[float, Field(ge=0, le=1e9)]
Month = Annotated[str, Field(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$")]
"""A calendar month such as 2027-04; empty when none is set."""

MOST_EDITS = 400
"""How many edits one change holds."""


class Lane(Value):
    """A band of the map: a function or organisation, and the party it belongs to."""

    id: RowId
    name: Name
    party: LaneParty = "other"


class Team(Value):
    """People who share the work of one or several steps of a lane.

    `people` are FTE. `hours_per_fte_month` are paid hours; empty takes the map's.
    """

    id: RowId
    name: Name
    lane: Reference = ""
    people: Annotated[float, Field(ge=0, le=1e6)] | None = None
    hours_per_fte_month: Annotated[float, Field(gt=0, le=744)] | None = None


class Rate(Value):
    """What an hour of a lane, a team or a step costs: the most particular one that is seen counts.

    A rate lives in the space of whoever knows it. A party's own-space rate about the other side's
    lane is its estimate. `currency` empty is the deal's.
    """

    id: RowId
    space: Space = "shared"
    lane: Reference = ""
    team: Reference = ""
    step: Reference = ""
    cost_per_hour: Annotated[float, Field(ge=0, le=1e6)] | None = None
    currency: Annotated[str, Field(pattern=r"^([A-Z]{3})?$")] = ""
    evidence: Evidence = "estimated"
    source: Line = ""


class Step(Value):
    """One thing that happens to a case.

    `handling_min` and `wait_min` are minutes at each visit; the wait comes before the handling.
    `handling_cv` and `wait_cv` are coefficients of variation (0: always the same; 1: like an
    exponential time). None means "not known yet": it counts as 0 and is reported as missing.
    `automation_share`, `error_rate` are fractions. `evidence` is that of the handling, and so of
    the cost; `wait_evidence` that of the wait where it is another one.
    """

    id: RowId
    name: Name
    lane: Reference = ""
    team: Reference = ""
    kind: Kind = "task"
    handling_min: Minutes | None = None
    handling_cv: Annotated[float, Field(ge=0, le=10)] = 0.0
    wait_min: Minutes | None = None
    wait_cv: Annotated[float, Field(ge=0, le=10)] = 0.0
    wait_cause: WaitCause = ""
    material_cost: Money = 0.0
    value_add: ValueAdd = "BVA"
    system: Line = ""
    automation_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    error_rate: Annotated[float, Field(ge=0, le=1)] | None = None
    evidence: Evidence = "estimated"
    wait_evidence: WaitEvidence = ""
    source: Line = ""
    owner: Line = ""
    scope: Scope = ""
    data_class: Line = ""
    pain: Text = ""
    note: Text = ""


class Flow(Value):
    """An arrow: where a case goes after a step, and how often.

    `probability` is a fraction of the cases that leave `source`; None is "not known yet" (an equal
    split stands in, with a warning). `rework` marks a way back; with `max_repeats` a case takes it
    at most that often, None is as often as the probability says.
    """

    id: RowId
    source: Reference
    target: Reference
    probability: Annotated[float, Field(ge=0, le=1)] | None = None
    label: Line = ""
    rework: bool = False
    max_repeats: Annotated[int, Field(ge=0, le=1000)] | None = None
    evidence: Evidence = "estimated"


class Edit(Value):
    """One row or field of the map that a change touches.

    `set`: `field` of the row gets `value`; it was drawn when the field had the value `was` (None:
    nobody noted it). `add`: `value` holds the new row's fields. `remove`: the row goes; a step
    takes its flows with it.
    """

    id: RowId
    op: Literal["set", "add", "remove"]
    table: Literal["lanes", "teams", "steps", "flows"]
    row: RowId
    field: Annotated[str, Field(max_length=40)] = ""
    value: JsonValue = None
    was: JsonValue = None

    @model_validator(mode="after")
    def _fits(self) -> "Edit":
        if self.op == "add" and not isinstance(self.value, dict):
            raise ValueError("An added row is given by its fields.")
        if self.op == "set" and (not self.field or isinstance(self.value, dict | list)):
            raise ValueError("A change of a field names the field and one value.")
        return self


class Change(Value):
    """One improvement that a future state makes: what changes, who brings it about, at what price.

    `cost` is paid once, by `paid_by`, in the deal's currency; the effect begins in month `date`.
    `confidence` is the fraction of the effect that its owner would sign for.
    """

    id: RowId
    name: Name
    owner: Line = ""
    cost: Money = 0.0
    paid_by: Literal["buyer", "supplier", "both"] = "both"
    date: Month = ""
    confidence: Annotated[float, Field(ge=0, le=1)] = 1.0
    edits: Annotated[tuple[Edit, ...], Field(max_length=MOST_EDITS)] = ()
    note: Text = ""


class Future(Value):
    """A named future state: the current map with its changes made in the listed order."""

    id: RowId
    space: Space = "shared"
    name: Name
    note: Text = ""
    changes: Annotated[tuple[Change, ...], Field(max_length=60)] = ()


class SipocLine(Value):
    """One line of the form that comes before mapping: from whom what comes, and who gets what."""

    id: RowId
    supplier: Line = ""
    input: Line = ""
    step: Line = ""
    output: Line = ""
    customer: Line = ""


class Role(Value):
    """A role that takes part in the work, for the allocation of responsibilities."""

    id: RowId
    name: Name
    party: LaneParty = "other"


class Raci(Value):
    """What a role is for a step: responsible, accountable, consulted or informed."""

    id: RowId
    step: Reference
    role: Reference
    letter: Letter


class Queue(Value):
    """A queue with a promise: who calls in an hour, how long one takes, how soon one is answered.

    `patience_s` is the mean time after which a caller hangs up; None is "never". `agents` are
    those on duty in that hour, None asks how many it takes.
    """

    id: RowId
    name: Name
    team: Reference = ""
    arrivals_per_hour: Annotated[float, Field(ge=0, le=1e6)]
    handling_min: Annotated[float, Field(gt=0, le=10_000)]
    answered_share: Annotated[float, Field(ge=0, le=0.999)] = 0.8
    within_s: Annotated[float, Field(ge=0, le=86_400)] = 20.0
    patience_s: Annotated[float, Field(gt=0, le=86_400)] | None = None
    agents: Annotated[int, Field(ge=0, le=100_000)] | None = None


class Process(Value):
    """The process part of a deal: the current map, what runs through it, and its future states.

    `units_per_case` is how many resource units of the terms one case is billed as. `occupancy` is
    the target share of available time spent handling; `shrinkage` the share of paid time that is
    not available; nothing is assumed of it. `arrival_cv` is the coefficient of variation of the
    time between cases (1: at random). `lead_target_hours` is what the customer is promised, in
    working hours.
    """

    case_name: Annotated[str, Field(min_length=1, max_length=60)] = "case"
    units_per_case: Annotated[float, Field(gt=0, le=1e6)] = 1.0
    cases_per_month: Annotated[float, Field(ge=0, le=1e9)] | None = None
    hours_per_fte_month: Annotated[float, Field(gt=0, le=744)] = 160.0
    shrinkage: Annotated[float, Field(ge=0, lt=1)] = 0.0
    occupancy: Annotated[float, Field(gt=0, le=1)] = 0.85
    arrival_cv: Annotated[float, Field(ge=0, le=10)] = 1.0
    open_hours_per_day: Annotated[float, Field(gt=0, le=24)] = 8.0
    open_days_per_month: Annotated[float, Field(gt=0, le=31)] = 21.0
    lead_target_hours: Annotated[float, Field(gt=0, le=87_600)] | None = None
    lanes: Annotated[tuple[Lane, ...], Field(max_length=60)] = ()
    teams: Annotated[tuple[Team, ...], Field(max_length=200)] = ()
    steps: Annotated[tuple[Step, ...], Field(max_length=400)] = ()
    flows: Annotated[tuple[Flow, ...], Field(max_length=1_200)] = ()
    rates: Annotated[tuple[Rate, ...], Field(max_length=400)] = ()
    futures: Annotated[tuple[Future, ...], Field(max_length=40)] = ()
    queues: Annotated[tuple[Queue, ...], Field(max_length=60)] = ()
    sipoc: Annotated[tuple[SipocLine, ...], Field(max_length=60)] = ()
    roles: Annotated[tuple[Role, ...], Field(max_length=60)] = ()
    raci: Annotated[tuple[Raci, ...], Field(max_length=4_000)] = ()
