"""Ground rules: what both sides accepted, in which words, and what is still open."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from negotiation.start.part import Acceptance, GroundRule, Party, Start

Standing = Literal["accepted", "open", "wording changed"]


@dataclass(frozen=True)
class Answer:
    """Where one party stands on one rule.

    `wording changed`: it accepted, but other words than those that stand there now.
    """

    rule: GroundRule
    party: Party
    standing: Standing
    acceptance: Acceptance | None = None


def answers(start: Start, party: Party) -> tuple[Answer, ...]:
    """Where `party` stands on each rule; the latest acceptance of a rule counts."""
    given = {note.rule: note for note in start.acceptances if note.party == party}
    return tuple(_answer(rule, party, given.get(rule.id)) for rule in start.ground_rules)


def open_rules(start: Start, party: Party) -> tuple[GroundRule, ...]:
    """The rules that `party` has not accepted as they stand."""
    return tuple(a.rule for a in answers(start, party) if a.standing != "accepted")


def acceptance(rule: GroundRule, party: Party, by: str, on: date) -> Acceptance:
    """`party` accepts `rule` in the words that stand there. One row per rule and party."""
    return Acceptance(
        id=f"{party[0]}_{rule.id}", rule=rule.id, party=party, by=by, on=on, words=rule.words
    )


def _answer(rule: GroundRule, party: Party, given: Acceptance | None) -> Answer:
    if given is None:
        return Answer(rule, party, "open")
    same = given.words == rule.words
    return Answer(rule, party, "accepted" if same else "wording changed", given)
