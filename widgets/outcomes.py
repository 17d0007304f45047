"""The outcomes chapter's widgets, from the vision to the file that leaves the room."""

from .outcomes_files import OutcomeFiles
from .outcomes_findings import OutcomeFindings
from .outcomes_library import OutcomeLibrary
from .outcomes_measures import OutcomeMeasures
from .outcomes_sanity import OutcomeSanity
from .outcomes_table import OutcomeTable
from .outcomes_trace import OutcomeTrace
from .outcomes_view import OutcomeView
from .outcomes_vision import OutcomeVision

__all__ = [
    "OutcomeFiles", "OutcomeFindings", "OutcomeLibrary", "OutcomeMeasures", "OutcomeSanity",
    "OutcomeTable", "OutcomeTrace", "OutcomeView", "OutcomeVision",
]  # fmt: skip
