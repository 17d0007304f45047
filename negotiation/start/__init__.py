"""The deal room: who is there, what they accepted, and the way to a signature."""

from negotiation.start.part import (
    Acceptance,
    Contact,
    GroundRule,
    Holiday,
    Person,
    Place,
    Promise,
    Start,
    Task,
)

__all__ = [
    "Acceptance",
    "Contact",
    "GroundRule",
    "Holiday",
    "Person",
    "Place",
    "Promise",
    "Start",
    "Task",
]
