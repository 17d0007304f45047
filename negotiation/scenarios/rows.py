"""The rows people edit: drivers, cases (scenarios), floors, and the part that holds them."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from negotiation.scenarios.drivers import Known, Party, known
from negotiation.spaces import PartySpace
from negotiation.terms import Id
from negotiation.values import Value

Number = Annotated[float, Field(allow_inf_nan=False)]
Word = Annotated[str, Field(max_length=60)]
Amount = Number | tuple[Number, ...] | Word | None


def _read_numbers(raw: Any) -> Any:
    """Numbers that were typed or pasted as text, as numbers; words stay words."""
    if isinstance(raw, list | tuple):
        return tuple(_read_numbers(item) for item in raw)
    try:
        return float(raw) if isinstance(raw, str) else raw
    except ValueError:
        return raw


class Override(Value):
    """The value a driver takes in one case; `id` is the case's."""

    id: Id
    value: Annotated[Amount, BeforeValidator(_read_numbers)] = None


class Driver(Value):
    """One driver: its value, and what is known about that value.

    `value` is a number, one by contract year, one by month, or a mode word; a short list
    holds its last value on. `by_scenario` replaces it in single cases. `low`, `mode`, `high` are a
    range for sensitivities; with `simulated` the simulation draws from it (triangular). The range
    is in the driver's unit, or, with `range_is` "factor", multiplies the value.
    """

    id: Id = Field(title="Driver", description="The driver's name, or the row's when `key` is set.")
    key: str = Field("", title="Known driver", description="Empty: the same as id.", max_length=60)
    site: str = Field("", title="Site", description="Empty: every site.", max_length=40)
    label: str = Field("", title="Label", max_length=120)
    unit: str = Field("", title="Unit", max_length=80)
    space: PartySpace = Field("shared", title="Space", description="Who may read it.")
    value: Annotated[Amount, BeforeValidator(_read_numbers)] = Field(None, title="Value")
    by_scenario: tuple[Override, ...] = Field((), title="In single cases", max_length=60)
    low: Number | None = Field(None, title="Low")
    mode: Number | None = Field(None, title="Most likely")
    high: Number | None = Field(None, title="High")
    range_is: Literal["value", "factor"] = Field("value", title="The range is a")
    simulated: bool = Field(False, title="Drawn in the simulation")
    source: str = Field("", title="Source", max_length=400)
    owner: str = Field("", title="Owner", max_length=120)
    controlled_by: Party | None = Field(None, title="Controlled by")
    evidence: str = Field("", title="Evidence", max_length=2000)
    note: str = Field("", title="Note", max_length=2000)

    @field_validator("by_scenario", mode="before")
    @classmethod
    def _rows(cls, raw: Any) -> Any:
        if isinstance(raw, dict):
            return tuple({"id": case, "value": value} for case, value in raw.items())
        return raw

    @model_validator(mode="after")
    def _check(self) -> "Driver":
        kind = known(self.name)
        if kind is None:
            return self
        for amount in (self.value, *(row.value for row in self.by_scenario)):
            problem = amount_problem(kind, amount)
            if problem:
                raise ValueError(problem)
        given = [x for x in (self.low, self.mode, self.high) if x is not None]
        if given != sorted(given):
            raise ValueError(f"{kind.label}: low, most likely and high must rise in this order.")
        problem = self._range_problem(kind, given)
        if problem:
            raise ValueError(problem)
        if self.simulated and (self.low is None or self.high is None):
            raise ValueError(f"{kind.label}: a driver that is simulated needs low and high.")
        return self

    def _range_problem(self, kind: Known, given: list[float]) -> str | None:
        """Why an end of the range is nothing the driver could be; a draw would land there."""
        if kind.shape == "mode" or not given:
            return None
        if self.range_is == "value":
            ends = [] if kind.shape == "season" else given
        else:
            if given[0] < 0:
                return f"{kind.label}: a factor is at least 0; {given[0]:g} is not."
            values = self.value if isinstance(self.value, tuple) else (self.value,)
            known_value = kind.shape != "season" and self.value is not None
            ends = [max(values, key=abs) * given[-1]] if known_value else []
        found = (amount_problem(kind, end) for end in ends)
        problem = next((sentence for sentence in found if sentence), None)
        return problem and f"The range does not fit. {problem}"

    @property
    def name(self) -> str:
        """The key by which the engine knows this driver."""
        return self.key or self.id

    @property
    def controller(self) -> Party:
        """Who controls the driver: this row's word, else the usual one, else nobody."""
        kind = known(self.name)
        return self.controlled_by or (kind.controlled_by if kind else "nobody")

    def at(self, *cases: str | None) -> Amount:
        """The value in the first of `cases` that has one here, else the general value."""
        values = {row.id: row.value for row in self.by_scenario}
        return next((values[case] for case in cases if case in values), self.value)


def drawn_problem(row: Driver, amount: Amount) -> str | None:
    """Why the top of a simulated factor takes `amount` out of the driver's limits, or None."""
    kind = known(row.name)
    numbers = amount if isinstance(amount, tuple) else (amount,)
    given = [x for x in numbers if isinstance(x, int | float)]
    counted = row.simulated and row.range_is == "factor" and row.high is not None
    if kind is None or not counted or not given or kind.shape in ("mode", "season"):
        return None
    return amount_problem(kind, max(given, key=abs) * row.high)


def amount_problem(kind: Known, amount: Amount) -> str | None:
    """The sentence that says why `amount` does not fit the driver, or None."""
    if amount is None:
        return None
    if kind.shape == "mode":
        allowed = ", ".join(kind.modes)
        return None if amount in kind.modes else f"{kind.label} must be one of {allowed}."
    if isinstance(amount, str):
        return f"{kind.label}: {amount!r} is not a number; write it like 0.05, without separators."
    numbers = amount if isinstance(amount, tuple) else (amount,)
    if kind.shape == "season" and not isinstance(amount, tuple):
        if amount != 1:
            return f"{kind.label} needs 12 factors that add up to 12, or 1 for no season."
    elif kind.shape == "season":
        if len(numbers) != 12:
            return f"{kind.label} needs 12 factors, January first; there are {len(numbers)}."
        if abs(sum(numbers) - 12) > 1e-6:
            return f"{kind.label}: the twelve factors add up to {sum(numbers):.6g}, not to 12."
    if isinstance(amount, tuple) and kind.shape == "number":
        return f"{kind.label} takes one number, not a list."
    if isinstance(amount, tuple) and not 1 <= len(numbers) <= 120:
        return f"{kind.label} takes 1 to 120 numbers; there are {len(numbers)}."
    if isinstance(amount, tuple) and kind.shape == "year" and len(numbers) > 10:
        return f"{kind.label} steps once a year: it takes at most 10 numbers, one by contract year."
    outside = [x for x in numbers if not kind.least <= x <= kind.most]
    if not outside:
        return None
    given = shown(kind, outside[0])
    if kind.least == 1e-9:
        most = f" and at most {shown(kind, kind.most)}" if kind.most < 1e6 else ""
        return f"{kind.label} must be more than 0{most}; {given} is not."
    least, most = shown(kind, kind.least), shown(kind, kind.most)
    return f"{kind.label} must be between {least} and {most} ({kind.unit}); {given} is not."


def shown(kind: Known, number: float) -> str:
    """A driver's number in a sentence: a share both as it is kept and as people type it."""
    share = kind.unit.startswith("fraction") or kind.unit == "per year"
    return f"{number:g} ({100 * number:g} %)" if share and number else f"{number:g}"


class Miss(Value):
    """One missed service level: contract month, metric id, and whether it is earned back."""

    id: Id
    month: int = Field(1, ge=1, le=120, title="Contract month")
    metric: str = Field("", max_length=40, title="Metric")
    earned_back: bool = Field(False, title="Earned back")


def misses_text(misses: tuple[Miss, ...]) -> str:
    """Missed levels as they are typed: "2 SL (earned back); 11 CSAT"."""
    return "; ".join(
        f"{miss.month} {miss.metric}{' (earned back)' if miss.earned_back else ''}"
        for miss in misses
    )


_RESERVED = ("draws", "seed", "weighted")


class Case(Value):
    """A named scenario: base, best, worst or one's own.

    One that stands for something only one side sees lives in that side's space. One that is `like`
    another takes that one's values wherever it has none of its own; both sides' private values are
    followed so, though no side can copy the other's.
    """

    id: Id
    space: PartySpace = "shared"
    title: str = Field("", max_length=120, title="Scenario")
    like: str = Field("", max_length=60, title="Otherwise like")
    probability: float = Field(0.0, ge=0, le=1, title="Probability")
    misses: tuple[Miss, ...] = Field((), title="Missed levels", max_length=2000)
    note: str = Field("", title="Note", max_length=2000)

    @field_validator("id")
    @classmethod
    def _free(cls, text: str) -> str:
        if text in _RESERVED:
            raise ValueError(f"A scenario cannot be called '{text}': the word is taken.")
        return text


class Floor(Value):
    """What a party needs: the least margin, cumulative cash or saving it can live with.

    `scenario` is a case id, empty for every case; `period` is `term`, `each_year` or `year_3`. A
    floor for a single scenario replaces the general one of the same party, measure and period.
    `margin` is the supplier's term margin (by year: its year margin), `cash` the lowest cumulative
    cash of a party (by year: at the year's end), `saving` the buyer's saving over its status quo.
    """

    id: Id
    space: PartySpace = "shared"
    party: Literal["buyer", "supplier"] = "supplier"
    measure: Literal["margin", "saving", "cash"] = "margin"
    scenario: str = Field("", max_length=40, title="Scenario", description="Empty: every scenario.")
    period: str = Field("term", pattern=r"^(term|each_year|year_([1-9]|10))$", title="Period")
    value: float = Field(0.0, title="Floor", description="Fraction (margin, saving) or money.")
    note: str = Field("", title="Note", max_length=2000)

    @property
    def year(self) -> int | None:
        """The one contract year it is for; None for the term and for each year."""
        found = self.period.removeprefix("year_")
        return int(found) if found.isdigit() else None


class OwnLever(Value):
    """A step somebody wants to try: one term and the value it would have.

    `term` is a term's path below `terms` (`fx_collar`, `gain_share.share`, `metrics.SL.weight`) or
    `all_prices`: a new unit price, with ARC, RRC and a fixed fee in proportion. A step changes
    nothing in the deal; it is a row of its own so that it is kept, undone and shared like others.
    """

    id: Id
    space: PartySpace = "shared"
    term: str = Field("all_prices", max_length=80, title="Term")
    value: Number | str | None = Field(None, title="New value")
    note: str = Field("", title="Why", max_length=2000)


class Site(Value):
    """A place of delivery with its part of the volume; drivers may carry its id."""

    id: Id
    title: str = Field("", max_length=120)
    share: float = Field(1.0, ge=0, le=1, title="Part of the volume")


_USUAL_CASES = (
    Case(id="base", title="Base", probability=0.6),
    Case(id="best", title="Best", probability=0.15),
    Case(id="worst", title="Worst", probability=0.25),
)


class Scenarios(Value):
    """The scenarios part of a deal.

    `estimates` are driver rows in one's own space about the other side's private drivers.
    `miss_months` and `miss_metrics` say where the simulation puts the misses of a year: the n-th
    falls in the n-th month of the list and hits the n-th metric; the metrics repeat.
    """

    drivers: tuple[Driver, ...] = ()
    estimates: tuple[Driver, ...] = ()
    cases: tuple[Case, ...] = Field(_USUAL_CASES, min_length=1, max_length=60)
    floors: tuple[Floor, ...] = ()
    levers: tuple[OwnLever, ...] = Field((), max_length=60)
    sites: tuple[Site, ...] = ()
    miss_months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field((), max_length=12)
    miss_metrics: tuple[str, ...] = Field((), max_length=60)
    draws: int = Field(5000, ge=100, le=100_000, title="Draws")
    seed: int = Field(1, ge=0, le=2**32 - 1, title="Seed")
