"""The only way a chapter or a command reaches a stored deal."""

from .answers import Card, Conflict, ConflictRow, Desk, Event, Loaded, Saved
from .local import LocalDesk

__all__ = ["Card", "Conflict", "ConflictRow", "Desk", "Event", "Loaded", "LocalDesk", "Saved"]
