"""What one part of a deal takes from another, pinned to the value it was taken at."""

from negotiation.carry.rows import Carried, Pin

__all__ = ["Carried", "Pin"]
