"""Desired outcomes: from what both want to be true to measures that both can observe."""

from negotiation.outcomes.rows import Measure, Objective, Outcome, Outcomes

__all__ = ["Measure", "Objective", "Outcome", "Outcomes"]
