"""Ground rules: the words, and who accepted them for which side."""

from datetime import date

import ipywidgets as ipw

from negotiation import start
from negotiation.deal import Parts
from negotiation.files.lists import read_list
from negotiation.values import FieldError

from .action import Action
from .boxes import VBox
from .clock import clock
from .fields import Field
from .fold import Fold
from .form import Form
from .notes import Notes
from .rows import Rows
from .sheet import Sheet
from .state import DealState

READ = (("topic", "Rule"), ("words", "In these words"),
        ("buyer", "Buyer"), ("supplier", "Supplier"))
EDIT = (
    Field("topic", "Rule", width="10em"),
    Field("words", "In these words", "textarea", width="30em"),
)
NAME = Field("by", "Your name", help="It is written beside each rule that you accept.")


class GroundRules(VBox):
    """The rules as both sides read them; a seat accepts for its own side, by name and day."""

    def __init__(self, state: DealState, *, today: date | None = None):
        self._state, self._today, self._name = state, clock(today), ""
        self._sheet = Sheet(
            "Ground rules", READ,
            empty="No rule yet. Take the proposal and change what does not fit.",
        )
        self._change = Fold("Change the words, add or remove a rule", self._make_table)
        self._propose = Action("Take the proposed rules", on_click=self._take_proposal)
        self._form = Form((NAME,), {"by": ""}, key="start.accept", label="Accept for your side")
        self._accept = Action(
            "Accept the rules as they stand", kind="primary", on_click=self._accept_all,
            confirm="The other side sees the rules and your acceptance at once.",
        )
        self._open = Notes("Who accepted")
        super().__init__([
            self._sheet, self._propose, self._open, self._form, self._accept, self._change])
        self.add_class("np-card").add_class("np-stack")
        self._form.on_edit(self._keep_name)
        state.follow(self._show, "start", "identity")
        state.observe(lambda _change: self._show(state.deal), ["seat", "version"])

    def _make_table(self) -> list[ipw.Widget]:
        return [Rows(
            self._state, "start.ground_rules", EDIT, reorder=True, stem="r_",
            new=lambda: {"topic": "New rule", "words": "Write the rule in one or two sentences."},
            caption="The words of the rules", add_label="Add a rule",
        )]

    def _take_proposal(self) -> None:
        for row in read_list("ground_rules"):
            if all(rule.id != row["id"] for rule in self._state.deal.start.ground_rules):
                self._state.add("start.ground_rules", row)

    def _keep_name(self, _key: str, value: str) -> None:
        self._name = value
        self._form.values = {"by": value}

    def _accept_all(self) -> None:
        if not self._name:
            raise FieldError("by", "Write your name first, so that both sides see who accepted.")
        room, seat = self._state.deal.start, self._state.seat
        waiting = {rule.id for rule in start.open_rules(room, seat)}
        fresh = [start.acceptance(rule, seat, self._name, self._today())
                 for rule in room.ground_rules if rule.id in waiting]
        kept = [note for note in room.acceptances if note.id not in {new.id for new in fresh}]
        self._state.edit("start.acceptances", (*kept, *fresh))
        self._state.table("", ("start.ground_rules", "start.acceptances"))

    def _show(self, deal: Parts) -> None:
        room, seat = deal.start, self._state.seat
        party = seat in ("buyer", "supplier")
        waits = bool(party and start.open_rules(room, seat))
        self._form.layout.display = self._accept.layout.display = None if waits else "none"
        self._propose.layout.display = "none" if room.ground_rules else None
        tabled = self._state.tabled.start
        lines = [line for role in ("buyer", "supplier") for line in _side(deal, tabled, role)]
        self._sheet.show([_row(deal, rule) for rule in room.ground_rules])
        self._open.lines = tuple(lines)
        self._open.layout.display = None if room.ground_rules else "none"


def _side(deal: Parts, tabled: start.Start, role: str) -> list[tuple[str, str]]:
    """Where one side stands on all the rules, in one sentence or two."""
    name = deal.identity.party(role).name
    missing = start.open_rules(deal.start, role)
    if missing:
        return [("work", f"{name} has not yet accepted {_topics(missing)}.")]
    given = [answer.acceptance for answer in start.answers(deal.start, role) if answer.acceptance]
    if not given:
        return []
    last = max(given, key=lambda note: note.on)
    lines = [("ok", f"{name} accepted every rule; {last.by}, {start.long_day(last.on)}.")]
    if any(note not in tabled.acceptances for note in given):
        lines.append(("work", "The other side does not see this acceptance before it is tabled."))
    return lines


def _topics(rules: tuple[start.GroundRule, ...]) -> str:
    return ", ".join(f"“{rule.topic}”" for rule in rules)


def _row(deal: Parts, rule: start.GroundRule) -> dict:
    standings = {
        role: next(_standing(a) for a in start.answers(deal.start, role) if a.rule == rule)
        for role in ("buyer", "supplier")
    }
    return {"topic": rule.topic, "words": rule.words, **standings}


def _standing(answer: start.Answer) -> dict:
    if answer.acceptance is None:
        return {"text": "open", "sign": "work"}
    given = f"{answer.acceptance.by}, {answer.acceptance.on.isoformat()}"
    if answer.standing == "accepted":
        return {"text": "accepted", "sign": "ok", "note": given}
    return {"text": "words changed", "sign": "work", "note": f"accepted before by {given}"}
