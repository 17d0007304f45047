"""The only code that touches the database: an append-only journal for each deal and space."""

from .backup import backup, restore
from .codec import Codec, JsonCodec
from .errors import StoreError
from .journal import Entry, Journal, Problem
from .store import Store, default_place

__all__ = [
    "Codec",
    "Entry",
    "Journal",
    "JsonCodec",
    "Problem",
    "Store",
    "StoreError",
    "backup",
    "default_place",
    "restore",
]
