"""The process map: who does what, where the work changes hands, and what it costs."""

from negotiation.process.rows import (
    Change,
    Edit,
    Flow,
    Future,
    Lane,
    Process,
    Queue,
    Raci,
    Rate,
    Role,
    SipocLine,
    Step,
    Team,
)

__all__ = [
    "Change", "Edit", "Flow", "Future", "Lane", "Process", "Queue", "Raci", "Rate", "Role",
    "SipocLine", "Step", "Team",
]  # fmt: skip
