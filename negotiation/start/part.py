"""What the deal room holds: route, people, tasks, calendars, ground rules and early promises.

Every table is a tuple of rows with an `id`. A row with a `space` lives in that space; the others
are shared. Rows refer to each other by id, and a reference may point at a row that a seat does not
see, so readers treat an unknown id as "somebody else", never as an error.
"""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from negotiation.calendars import Clock, Day, OptionalDay, Week, WorkingWeek, Zone
from negotiation.spaces import Space
from negotiation.values import Line, Reference, Text, Value

Party = Literal["buyer", "supplier"]
Side = Literal["buyer", "supplier", "both"]
Route = Literal["new_market", "renewal", "repair", "small_project"]
Stance = Literal["supports", "neutral", "against", "unknown"]
TaskKind = Literal["work", "approval", "sitting"]
PromiseStatus = Literal["open", "kept", "in the terms", "disputed", "dropped"]


def _ids(raw: object) -> object:
    """`t1, t3` or `t1 t3` as people type it."""
    if isinstance(raw, str):
        return tuple(dict.fromkeys(re.findall(r"[a-z][a-z0-9_]*", raw.lower())))
    return raw


class Person(Value):
    """Somebody whose yes, no or silence moves the deal.

    `in_the_room` people sit at the table; the others (sponsor, legal, HR, a works council) decide
    from outside, and are noted in one's own space unless said otherwise.
    """

    id: str
    space: Space = "shared"
    name: Annotated[str, Field(min_length=1, max_length=120)]
    party: Party
    in_the_room: bool = True
    role: Line = ""
    function: Line = ""


class Contact(Value):
    """What one side notes about a person, seen by that side alone.

    `kept_by` is the id of the person who keeps contact; `every_days` how often they speak, in
    calendar days; 0 means no rhythm was set.
    """

    id: str
    space: Space
    person: Reference
    stance: Stance = "unknown"
    kept_by: str = Field("", max_length=120)
    every_days: int = Field(0, ge=0, le=366)
    last_contact: OptionalDay = None
    note: Text = ""


class Task(Value):
    """One step on the road to signature.

    `hours` is the effort of everybody involved; `days` the working days of the owner's calendar
    from begin to end; `after` the ids of the tasks that must be finished first.
    """

    id: str
    space: Space = "shared"
    name: Annotated[str, Field(min_length=1, max_length=200)]
    kind: TaskKind = "work"
    owner: Side = "both"
    who: Line = ""
    hours: float = Field(0, ge=0, le=10_000)
    days: int = Field(1, ge=1, le=400)
    after: Annotated[tuple[Reference, ...], BeforeValidator(_ids), Field(max_length=60)] = ()
    done: OptionalDay = None


class Place(Value):
    """Where a team of one party works, and when (local time; past midnight is allowed)."""

    id: str
    party: Party
    name: Annotated[str, Field(min_length=1, max_length=80)]
    zone: Zone
    opens: Clock = "09:00"
    closes: Clock = "17:00"
    weekdays: Week = (0, 1, 2, 3, 4)

    @property
    def week(self) -> WorkingWeek:
        return WorkingWeek(
            zone=self.zone, opens=self.opens, closes=self.closes, weekdays=self.weekdays
        )


class Holiday(Value):
    """A day on which nobody works at `place` (the id of a place)."""

    id: str
    place: Reference
    day: Day
    name: Line = ""


class GroundRule(Value):
    """A rule for the room, in the words both sides accept."""

    id: str
    topic: Annotated[str, Field(min_length=1, max_length=80)]
    words: Annotated[str, Field(min_length=1, max_length=2_000)]


class Acceptance(Value):
    """Who accepted a rule for a party, when, and the words as they stood then."""

    id: str
    rule: Reference
    party: Party
    by: Annotated[str, Field(min_length=1, max_length=120)]
    on: Day
    words: Annotated[str, Field(min_length=1, max_length=2_000)]


class Promise(Value):
    """Something a principal already promised, before there was a contract.

    `keep_as` is the term that will hold it, as a path (`terms.unit_price`) or in plain words.
    """

    id: str
    space: Space = "shared"
    what: Annotated[str, Field(min_length=1, max_length=500)]
    promised_by: Line = ""
    promised_to: Line = ""
    on: OptionalDay = None
    keep_as: Line = ""
    status: PromiseStatus = "open"


class Start(Value):
    """The deal room: who is there, what they accepted, and the way to a signature."""

    route: Route = "new_market"
    short_path: bool = False
    people: tuple[Person, ...] = ()
    contacts: tuple[Contact, ...] = ()
    tasks: tuple[Task, ...] = ()
    places: tuple[Place, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    ground_rules: tuple[GroundRule, ...] = ()
    acceptances: tuple[Acceptance, ...] = ()
    promises: tuple[Promise, ...] = ()
