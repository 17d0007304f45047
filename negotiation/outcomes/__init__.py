"""Desired outcomes: from what both want to be true to measures that both can observe."""

from negotiation.outcomes.check import Finding, HowWord, check, measure_findings, sanity_words
from negotiation.outcomes.rows import Measure, Objective, Outcome, Outcomes
from negotiation.outcomes.sanity import Sanity, sanity, wilson

__all__ = [
    "Finding", "HowWord", "Measure", "Objective", "Outcome", "Outcomes", "Sanity", "check",
    "measure_findings", "sanity", "sanity_words", "wilson",
]  # fmt: skip
