"""Future states: who drafted them, and the changes each is made of, in the order they count."""

from collections.abc import Callable
from functools import partial

from negotiation.carry.effects import Effect, effects
from negotiation.deal import Parts
from negotiation.pictures import numerals
from negotiation.pictures.process_figures import minutes_text
from negotiation.process import Change, Future
from negotiation.process.maps import at, lost_edits, moved_words, sentence_of
from negotiation.process.rows import Process

from .action import Action
from .boxes import HBox, VBox
from .carried import CarriedUses, source_of
from .fields import Field
from .ids import fresh_id
from .notes import Notes
from .process_view import ProcessView
from .rows import SPACE, Rows
from .scenarios_figures import Later

_STATES = (
    Field("name", "Future state", width="15em"),
    Field("told", "Changes", "readonly"),
    Field("note", "What it is about", optional=True, width="14em"),
    SPACE,
)
_CHANGES = (
    Field("name", "Change", width="14em"),
    Field("owner", "Owner", width="7em", optional=True),
    Field("date", "Begins", "month", optional=True, width="5em"),
    Field("cost", "Costs once", "money", minimum=0, maximum=1e9, width="5em"),
    Field("paid_by", "Paid by", "choice", width="6em",
          choices=(("buyer", "buyer"), ("supplier", "supplier"), ("both", "half each"))),
    Field("confidence", "Sure", "percent", minimum=0, maximum=1, width="3em",
          help="Share of the effect that its owner would put a signature under."),
)  # fmt: skip
_NOTHING = "Nothing yet: open a change above the map and draw what it does."
_CHOOSE = "Choose a future state above the map to see and edit its changes."


class ProcessFutures(VBox):
    """The list of future states, and the changes of the one that the page shows.

    One's own draft becomes a proposal when "Who sees it" says both sides and the draft is tabled.
    The order of the changes is the order in which their savings are counted.
    """

    def __init__(self, view: ProcessView):
        self._view, self._state = view, view.state
        states = Rows(
            self._state, "process.futures", _STATES, key="process.futures", stem="future_",
            shown=lambda _deal, row: {"told": _told(row)}, new=self._fresh, reorder=True,
            caption="Future states", add_label="Add a future state for both sides",
            empty="None yet. Begin with the one change that both sides have wished for.",
        )
        states.on_add(self._open_newest)
        own = Action("Add one for our eyes alone", on_click=self._add_own)
        self._which = HBox()
        for row in (buttons := HBox([own]), self._which):
            row.add_class("np-row")
        self._changes = VBox()
        self._does = Notes("What its changes do", empty=_CHOOSE)
        self._arrives = Notes("What of it reaches the scenarios", empty=_CHOOSE)
        uses = CarriedUses(self._state, "In use in the scenarios", lambda use: bool(use.future))
        parts = [states, buttons, uses, self._which, self._changes, self._does, self._arrives]
        super().__init__(parts)
        self._later = Later(self._tell)
        self.add_class("np-card").add_class("np-stack")
        view.observe(self._open, "future")
        self._open()
        self._state.follow(self._show, "process")
        self._state.follow(self._offer, "process.futures")
        self._state.follow(self._later, "terms")

    def _offer(self, deal: Parts) -> None:
        """A button for each future state, and one back to today."""
        states = [("", "Show today's map")]
        states += [(row.id, f"Show “{row.name}”") for row in deal.process.futures]
        told = [button.label for button in self._which.children]
        if told != [words for _, words in states]:
            self._which.children = tuple(
                Action(words, on_click=partial(self._view.open_future, future))
                for future, words in states
            )

    def _add_own(self) -> None:
        self._view.add_future("Our draft", own=True)

    def _fresh(self) -> dict:
        first = Change(id=fresh_id((), "c_", self._state.seat), name="First change")
        return {"name": "New future state", "changes": (first,)}

    def _open(self, _change: object = None) -> None:
        """The changes of the shown future state; none while today's map is shown."""
        future = self._view.future
        self._changes.children = (self._table(future),) if future else ()
        self._show(self._state.deal)

    def _table(self, future: str) -> Rows:
        return Rows(
            self._state, f"process.futures.{future}.changes", _CHANGES, key="process.changes",
            new=lambda: {"name": "New change"}, stem="c_", reorder=True,
            caption="Changes", add_label="Add a change",
            empty="No change yet. Each change is one thing that somebody will do.",
        )

    def _open_newest(self) -> None:
        """A future state for both sides that was just added: what is drawn next belongs to it."""
        shared = [row for row in self._state.deal.process.futures if row.space == "shared"]
        self._view.open_future(shared[-1].id)

    def _show(self, deal: Parts) -> None:
        future = next((f for f in deal.process.futures if f.id == self._view.future), None)
        for table in self._changes.children if future else ():
            table.caption = f"Changes of “{future.name}”"
        self._does.empty = _NOTHING if future else _CHOOSE
        self._does.lines = _lines(deal.process, future) if future else ()
        self._later()

    def _tell(self) -> None:
        """Which effects of each change have a driver to go to, and which have none."""
        deal, future = self._state.deal, self._view.future
        there = any(row.id == future for row in deal.process.futures)
        found = effects(deal, future, source_of(self._state)) if there else ()
        self._arrives.empty = _NOTHING if there else _CHOOSE
        self._arrives.lines = tuple(line for effect in found for line in _reaches(deal, effect))


def _told(future: Future) -> str:
    count = len(future.changes)
    edits = sum(len(change.edits) for change in future.changes)
    return f"{count} {'change' if count == 1 else 'changes'}, {edits} on the map"


def _lines(process: Process, future: Future) -> tuple:
    """What each change does to the map it meets, what was drawn on another, and what is lost."""
    lost = {(change.id, edit.id) for change, edit in lost_edits(process, future.id)}
    lines, through = [], ""
    for change in future.changes:
        meets = at(process, future.id, through)
        for edit in change.edits:
            words = f"{change.name}: {sentence_of(edit, meets)}"
            if (change.id, edit.id) in lost:
                lines.append(("no", f"{words} This finds no place any more."))
            elif moved := moved_words(edit, meets):
                lines.append(("work", f"{words} {moved}"))
            else:
                lines.append(words)
        through = change.id
    return tuple(lines)


def _reaches(deal: Parts, effect: Effect) -> list[tuple[str, str]]:
    """What of a change arrives in the scenarios when it is taken over, and what does not."""
    currency, change = deal.identity.currency, effect.change
    arrives = [
        f"{_less(effect.handling_min, lambda v: f'{numerals.number(v, 2)} min')} handling by the "
        "supplier in a case" if abs(effect.handling_min) >= 0.005 else "",
        f"{_less(effect.kept_year, lambda v: numerals.money(v, currency))} a year for the buyer's "
        "own work" if abs(effect.kept_year) >= 0.5 else "",
        *(f"{numerals.money(cost, currency)} once for the {party}"
          for party, cost in effect.once.items()),
    ]  # fmt: skip
    told = [words for words in arrives if words]
    if change.date > deal.terms.months[-1]:
        words = f"{change.name}: it begins in {change.date}, after the term. Nothing of it"
        return [("wait", f"{words} reaches the scenarios.")]
    begins = f" from {change.date}" if change.date else ""
    lines = [("ok", f"{change.name}{begins}: {', '.join(told)}.")] if told else []
    if abs(effect.lead_min) > 1e-9:
        sooner = "sooner" if effect.lead_min > 0 else "later"
        lines.append(("wait", f"{change.name}: a case is done {minutes_text(abs(effect.lead_min))} "
                      f"{sooner}. No scenario counts that; name it in the outcomes."))
    if abs(effect.other_case) > 1e-9:
        lines.append(("wait", f"{change.name}: material or rates in the supplier's lanes change. "
                      "Put that into the supplier's drivers by hand."))
    return lines or [("wait", f"{change.name}: nothing of it reaches the scenarios.")]


def _less(amount: float, text: Callable[[float], str]) -> str:
    return f"{text(abs(amount))} {'less' if amount > 0 else 'more'}"
