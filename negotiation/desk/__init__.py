"""The only way a chapter or a command reaches a stored deal."""

from ..store import Store, StoreError
from .answers import Card, Conflict, ConflictRow, Desk, Event, Loaded, Saved, Version
from .keeping import backup, restore
from .local import LocalDesk, free_id

__all__ = [
    "Card",
    "Conflict",
    "ConflictRow",
    "Desk",
    "Event",
    "Loaded",
    "LocalDesk",
    "Saved",
    "Store",
    "StoreError",
    "Version",
    "backup",
    "free_id",
    "restore",
]
