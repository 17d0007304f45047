"""What is still open in the deal room, in sentences; an empty answer means ready."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from negotiation.calendars import long_day
from negotiation.start.part import Promise, Start
from negotiation.start.people import overdue_sentences
from negotiation.start.road import Road, road, verdict
from negotiation.start.rules import open_rules
from negotiation.values import FieldError

if TYPE_CHECKING:  # the deal holds this part, so its module imports this package
    from negotiation.deal import Deal, Identity

Sign = Literal["ok", "work", "no"]
UNNAMED = ("", "Buyer", "Supplier")


@dataclass(frozen=True)
class Gate:
    """The next thing that has to be passed, and what keeps the deal from passing it.

    `sign` is `ok` (nothing open), `work` (open points) or `no` (late).
    """

    name: Literal["Opening", "Signature"]
    sign: Sign
    open_points: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """One line for a list of deals."""
        if not self.open_points:
            return f"{self.name}: nothing is open."
        first, more = self.open_points[0], len(self.open_points) - 1
        rest = f" And {more} more open point{'s' * (more != 1)}." if more else ""
        return f"{self.name}: {first}{rest}"


def open_points(deal: "Deal", today: date) -> tuple[str, ...]:
    """What keeps the deal room from being open for talks; empty means ready.

    `today` decides whether the signing date still lies ahead.
    """
    return (
        *_unnamed(deal.identity),
        *_unsettled_date(deal.identity, today),
        *_unaccepted(deal.start, deal.identity),
        *_empty_seats(deal.start, deal.identity),
        *_unplaced(deal.start.promises),
    )


def next_gate(deal: "Deal", today: date) -> Gate:
    """The first gate that is not passed: opening the room, then the road to signature."""
    points = open_points(deal, today)
    if points:
        return Gate("Opening", "work", points)
    found = road_of(deal, today)
    if found is None:
        return Gate("Signature", "work", ("The calendars leave no common working day.",))
    if found.late or found.problems:
        return Gate("Signature", "no" if found.late else "work",
                    (*([verdict(found)] if found.late else ()), *found.problems))
    if found.steps:
        step = found.steps[0]
        return Gate("Signature", "work", (f"“{step.task.name}” comes next and begins by "
                                          f"{long_day(step.latest_start)}.",))
    return Gate("Signature", "ok", ())


def state_word(gate: Gate) -> str:
    """The state of a deal in two words, for a list."""
    if gate.name == "Opening":
        return "being opened"
    return {"ok": "ready to sign", "work": "in talks", "no": "late"}[gate.sign]


def road_of(deal: "Deal", today: date) -> Road | None:
    """The road to this deal's signing date; None when its calendars have no common working day.

    Without a signing date the road is counted from today's earliest finish.
    """
    try:
        target = deal.identity.target_signing_date
        found = road(deal.start, target or today, today)
        if target is None and found.signature:
            found = road(deal.start, found.signature, today)
        return found
    except FieldError:
        return None


def rail_notes(deal: "Deal", today: date, seat: str) -> tuple[str, ...]:
    """What the rail reminds `seat` of: overdue contacts, and a road that is late."""
    notes = list(overdue_sentences(deal.start, seat, today))
    found = road_of(deal, today) if deal.identity.target_signing_date else None
    if found and found.late:
        step = min(found.late, key=lambda step: step.latest_start)
        notes.append(f"The road to signature is late: “{step.task.name}” "
                     f"had to begin on {long_day(step.latest_start)}.")
    return tuple(notes)


def _unnamed(identity: "Identity") -> list[str]:
    return [f"The {party.role} has no name yet."
            for party in identity.parties if party.name in UNNAMED]


def _unsettled_date(identity: "Identity", today: date) -> list[str]:
    target = identity.target_signing_date
    if target is None:
        return ["There is no signing date to count back from."]
    return [f"The signing date {long_day(target)} has passed."] if target < today else []


def _unaccepted(start: Start, identity: "Identity") -> list[str]:
    if not start.ground_rules:
        return ["There are no ground rules yet."]
    found = []
    for role in ("buyer", "supplier"):
        rules = [f"“{rule.topic}”" for rule in open_rules(start, role)]
        if rules:
            name = identity.party(role).name
            found.append(f"{name} has not yet accepted {_list(rules)}.")
    return found


def _empty_seats(start: Start, identity: "Identity") -> list[str]:
    present = {person.party for person in start.people if person.in_the_room}
    return [f"Nobody of {identity.party(role).name} is in the room yet."
            for role in ("buyer", "supplier") if role not in present]


def _unplaced(promises: Sequence[Promise]) -> list[str]:
    return [f"The promise “{promise.what}” has no place in the terms yet."
            for promise in promises if promise.status == "open" and not promise.keep_as]


def _list(words: list[str]) -> str:
    if len(words) > 3:
        return f"{len(words)} ground rules, among them {words[0]}"
    rules = "the ground rule" if len(words) == 1 else "the ground rules"
    return f"{rules} {' and '.join([', '.join(words[:-1]), words[-1]] if words[1:] else words)}"
