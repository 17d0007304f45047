"""Both parties' business cases from one engine: drivers, scenarios, and what follows."""

from negotiation.scenarios.drivers import KNOWN, Known, known
from negotiation.scenarios.rows import Case, Driver, Floor, Miss, Override, Scenarios, Site

__all__ = [
    "KNOWN",
    "Case",
    "Driver",
    "Floor",
    "Known",
    "Miss",
    "Override",
    "Scenarios",
    "Site",
    "known",
]
