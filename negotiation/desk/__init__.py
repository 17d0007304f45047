"""The only way a chapter or a command reaches a stored deal."""

from ..store import Store, StoreError
from .answers import Card, Conflict, ConflictRow, Desk, Event, Loaded, Saved, Version
from .keeping import backup, restore
from .local import LocalDesk, free_id
from .standing import Standing

__all__ = [
    "Card",
    "Conflict",
    "ConflictRow",
    "Desk",
    "Event",
    "Loaded",
    "LocalDesk",
    "Saved",
    "Standing",
    "Store",
    "StoreError",
    "Version",
    "backup",
    "free_id",
    "restore",
]
