"""The scenarios chapter's widgets, by what people do with them."""

from .scenarios_cases import ScenarioCases
from .scenarios_checks import ScenarioChecks
from .scenarios_compare import ScenarioCompare
from .scenarios_drivers import ScenarioDrivers
from .scenarios_files import ScenarioFiles
from .scenarios_floors import ScenarioFloors
from .scenarios_invoice import ScenarioInvoice
from .scenarios_prices import ScenarioPrices
from .scenarios_spread import ScenarioSpread
from .scenarios_terms import ScenarioTerms
from .scenarios_tornado import ScenarioTornado
from .scenarios_verdict import ScenarioVerdict
from .scenarios_years import ScenarioYears

__all__ = [
    "ScenarioCases",
    "ScenarioChecks",
    "ScenarioCompare",
    "ScenarioDrivers",
    "ScenarioFiles",
    "ScenarioFloors",
    "ScenarioInvoice",
    "ScenarioPrices",
    "ScenarioSpread",
    "ScenarioTerms",
    "ScenarioTornado",
    "ScenarioVerdict",
    "ScenarioYears",
]
