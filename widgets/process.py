"""The process chapter's widgets, one for each thing a team does with its map."""

from .process_carry import ProcessCarry
from .process_drawing import ProcessDrawing
from .process_duties import ProcessDuties
from .process_facts import ProcessFacts
from .process_figures import ProcessFigures
from .process_files import ProcessFiles
from .process_futures import ProcessFutures
from .process_savings import ProcessSavings
from .process_sipoc import ProcessSipoc
from .process_spread import ProcessSpread
from .process_staffing import ProcessStaffing
from .process_tables import ProcessTables
from .process_view import ProcessView

__all__ = [
    "ProcessCarry", "ProcessDrawing", "ProcessDuties", "ProcessFacts", "ProcessFigures",
    "ProcessFiles", "ProcessFutures", "ProcessSavings", "ProcessSipoc", "ProcessSpread",
    "ProcessStaffing", "ProcessTables", "ProcessView",
]  # fmt: skip
