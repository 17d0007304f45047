"""The return brief: what changed since somebody last sat here, and the story of a term."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from negotiation.calendars import MONTHS
from negotiation.patches import Change, Patch, same_place
from negotiation.start.gates import open_points, road_of
from negotiation.start.people import overdue_sentences
from negotiation.start.rules import open_rules
from negotiation.values import Value

if TYPE_CHECKING:  # the deal holds this part, so its module imports this package
    from negotiation.deal import Deal

SHOWN_CHANGES = 8
VERBS = {"saved": "", "tabled": "tabled: ", "agreed": "", "retracted": "took back: "}
NAMES = ("title", "name", "label", "topic", "what", "words", "text")


class Act(Protocol):
    """One entry of a deal's history: who changed what, when, and why if they said so.

    `kind` is `created`, `saved` (own rows or a draft), `tabled` (shown to the other side),
    `agreed` or `retracted`; entries of any other kind are housekeeping and told to nobody.
    """

    at: datetime
    seat: str
    kind: str
    changes: Patch
    reason: str


@dataclass(frozen=True)
class Brief:
    """`changed`: a sentence per change, newest first, with the rest counted. `waiting`: what needs
    this seat. Both empty means that nothing happened and nothing waits."""

    changed: tuple[str, ...]
    waiting: tuple[str, ...]


def brief(deal: "Deal", acts: Sequence[Act], seat: str, today: date) -> Brief:
    """What happened in `acts` (the history since this seat last sat here), and what waits for it.

    A colleague in the same seat counts as well: `acts` begins where this sitting's reader left.
    """
    latest_first = sorted(acts, key=lambda act: act.at, reverse=True)
    said = [change_sentence(deal, act, change)
            for act in latest_first if act.kind in VERBS for change in act.changes]
    more = len(said) - SHOWN_CHANGES
    rest = (f"And {more} more change{'s' * (more != 1)}, in the history of the deal.",)
    return Brief((*said[:SHOWN_CHANGES], *(rest if more > 0 else ())), waiting(deal, seat, today))


def waiting(deal: "Deal", seat: str, today: date) -> tuple[str, ...]:
    """What waits for `seat`: rules to accept, tasks to begin, people to call, then open points."""
    found = []
    if seat in ("buyer", "supplier"):
        rules = open_rules(deal.start, seat)
        if rules:
            count = len(rules)
            found.append("One ground rule waits for your answer." if count == 1
                         else f"{count} ground rules wait for your answer.")
        found += _tasks_to_begin(deal, seat, today)
    found += overdue_sentences(deal.start, seat, today)
    return tuple(found) or open_points(deal, today)


def story(deal: "Deal", path: str, acts: Iterable[Act]) -> tuple[str, ...]:
    """How the field or row at `path` came to be what it is, oldest first, for a successor."""
    return tuple(
        change_sentence(deal, act, change)
        for act in sorted(acts, key=lambda act: act.at) if act.kind in VERBS
        for change in act.changes if same_place(change.path, path)
    )


def change_sentence(deal: "Deal", act: Act, change: Change) -> str:
    """One change in words: when, who, what, from and to, and the reason that was given."""
    if act.kind == "agreed":
        verb, what = "agreed to ", _agreed(deal, change)
    else:
        verb, what = VERBS[act.kind], _what(deal, change)
    reason = f" Reason: {act.reason.rstrip('.')}." if act.reason else ""
    when = f"{act.at.day} {MONTHS[act.at.month - 1]}"
    return f"{when}, {party_name(deal, act.seat)} {verb}{what}.{reason}"


def label(deal: "Deal", path: str) -> str:
    """What people call the place at `path`: chapter, the row's own name, the field."""
    words: list[str] = []
    here: Any = deal
    for name in path.split("."):
        if isinstance(here, tuple):
            here = next((row for row in here if getattr(row, "id", None) == name), None)
            words.append(row_name(here) if here is not None else name)
        else:
            words.append(_field_title(here, name))
            here = getattr(here, name, None)
    return " › ".join(words)


def row_name(row: Any) -> str:
    """What a row (a value or a document) is called by people, else its id."""
    get = row.get if isinstance(row, dict) else lambda name: getattr(row, name, None)
    name = next((get(name) for name in NAMES if get(name)), None) or get("id") or "a row"
    return f"“{str(name)[:60]}”"


def party_name(deal: "Deal", seat: str) -> str:
    """The name of the party in `seat`; the facilitator is called that."""
    return deal.identity.party(seat).name if seat in ("buyer", "supplier") else "the facilitator"


def _agreed(deal: "Deal", change: Change) -> str:
    """A part by its name alone; a field with the value that was agreed to."""
    place = label(deal, change.path)
    return place if change.new is None else f"{place} at {_shown(change.new)}"


def _what(deal: "Deal", change: Change) -> str:
    table, _, _ = change.path.rpartition(".")
    if change.kind == "add":
        return f"added {row_name(change.new)} to {label(deal, table)}"
    if change.kind == "remove":
        return f"removed {row_name(change.old)} from {label(deal, table)}"
    if change.kind == "move":
        return f"moved {label(deal, change.path)}"
    return f"set {label(deal, change.path)} from {_shown(change.old)} to {_shown(change.new)}"


def _field_title(here: Any, name: str) -> str:
    fields = type(here).model_fields if isinstance(here, Value) else {}
    title = fields[name].title if name in fields else None
    return title or name.replace("_", " ").capitalize()


def _shown(value: Any) -> str:
    if value is None or value == "" or value == []:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,}".replace("-", "−")
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    return row_name(value) if isinstance(value, dict) else f"“{str(value)[:80]}”"


def _tasks_to_begin(deal: "Deal", seat: str, today: date) -> list[str]:
    found = road_of(deal, today)
    steps = found.steps if found and deal.identity.target_signing_date else ()
    mine = [step for step in steps if step.task.owner in (seat, "both")
            and step.latest_start <= today]
    return [f"“{step.task.name}” has to begin "
            f"{'today' if step.latest_start == today else 'now; it is late'}." for step in mine[:5]]
