"""Who keeps contact with whom, and who has waited too long."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from negotiation.start.part import Contact, Person, Start


@dataclass(frozen=True)
class Due:
    """When somebody is to be spoken to next; `overdue_days` is 0 when nobody waits.

    `next_contact` is None without a rhythm. Somebody with a rhythm and no contact yet is due today.
    """

    person: Person
    contact: Contact
    next_contact: date | None
    overdue_days: int
    never: bool = False


def contacts(start: Start, space: str, today: date) -> tuple[Due, ...]:
    """What the side `space` keeps about each person it sees, in the order of `start.people`.

    Somebody without notes gets an empty one with the id that a first note will have.
    """
    notes = {note.person: note for note in start.contacts if note.space == space}
    return tuple(
        _due(person, notes.get(person.id) or empty_contact(person.id, space), today)
        for person in start.people
    )


def overdue(start: Start, space: str, today: date) -> tuple[Due, ...]:
    """People who should have heard from the side `space` by now, longest wait first."""
    late = (due for due in contacts(start, space, today)
            if due.next_contact and (due.overdue_days or due.never))
    return tuple(sorted(late, key=lambda due: -due.overdue_days))


def overdue_sentences(start: Start, space: str, today: date) -> tuple[str, ...]:
    """One sentence per overdue contact."""
    return tuple(_sentence(due) for due in overdue(start, space, today))


def empty_contact(person_id: str, space: str) -> Contact:
    """The note that a side has about a person before it writes anything."""
    return Contact(id=f"{space[0]}_{person_id}", space=space, person=person_id)


def in_the_room(people: Iterable[Person], inside: bool) -> tuple[Person, ...]:
    """Those who sit at the table, or those who decide from outside."""
    return tuple(person for person in people if person.in_the_room == inside)


def _due(person: Person, note: Contact, today: date) -> Due:
    if not note.every_days:
        return Due(person, note, None, 0)
    if note.last_contact is None:
        return Due(person, note, today, 0, never=True)
    following = note.last_contact + timedelta(days=note.every_days)
    return Due(person, note, following, max(0, (today - following).days))


def _sentence(due: Due) -> str:
    who = f"{due.contact.kept_by} keeps contact" if due.contact.kept_by else "nobody keeps contact"
    if due.never:
        return f"{due.person.name} has not been spoken to yet ({who})."
    days = "a day" if due.overdue_days == 1 else f"{due.overdue_days} days"
    return f"Contact with {due.person.name} is {days} overdue ({who})."
