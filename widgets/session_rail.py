"""What the rail says of each chapter: open, in work, agreed, overdue, or waiting and for what."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from negotiation.deal import Deal
from negotiation.files.lists import read_list
from negotiation.patches import leads_to
from negotiation.start import folded, rail_notes, stops, way
from negotiation.start.brief import party_name

from .state import DealState

_ROWS = {row["id"]: row for row in read_list("chapters")}


def settled_in(rows: Iterable[Mapping[str, str]]) -> dict[str, tuple[str, ...]]:
    """By chapter, the parts of the deal that it settles: each part in the first of its chapters
    that is available."""
    found, settled = {}, set()
    for row in rows:
        if row["available"] == "yes":
            parts = tuple(part for part in row["settles"].split() if part not in settled)
            settled.update(parts)
            found |= {row["id"]: parts} if parts else {}
    return found


PARTS = settled_in(_ROWS.values())
"""The parts of the deal that each chapter settles; both sides agree to a chapter as a whole."""
_OTHER = {"buyer": "supplier", "supplier": "buyer"}


def chapter_title(chapter: str) -> str:
    """What people call the chapter."""
    return _ROWS[chapter]["title"]


class Rail:
    """The rail of one page; what costs time is worked out again only when its reasons change."""

    def __init__(self, state: DealState):
        self._state = state
        self._notes: tuple[Any, list[str]] = (None, [])
        self._folded: tuple[Any, list[str]] = (None, [])
        self._sides: tuple[Any, dict[str, set[str]]] = (None, {})

    def chapters(self) -> dict[str, dict[str, Any]]:
        """By name of the chapter's file: `state` for the sign, `word` to read, `notes`, and
        whether this seat may agree to what is tabled there."""
        deal = self._state.deal
        if not isinstance(deal, Deal):
            return {}
        notes = {"00_start": self._reminders(deal)}
        return {chapter: self._chapter(chapter, notes.get(chapter, [])) for chapter in PARTS}

    def folded(self) -> list[str]:
        """The chapters that this deal's route folds."""
        deal = self._state.deal
        if not isinstance(deal, Deal):
            return []
        rests_on = deal.start.route, deal.start.short_path
        if rests_on != self._folded[0]:
            chapters = read_list("chapters")
            words = folded(way(stops(read_list("routes"), chapters), deal.start))
            found = [c["id"] for c in chapters if c["id"].partition("_")[2] in words]
            self._folded = rests_on, found
        return self._folded[1]

    def waits_for_us(self) -> list[str]:
        """One sentence for each chapter in which something waits for this seat."""
        if not isinstance(self._state.deal, Deal):
            return []
        told = {chapter: self._told(chapter)[1] for chapter in PARTS}
        return [f"{chapter_title(c)}: {word}." for c, word in told.items() if " your " in word]

    def _reminders(self, deal: Deal) -> list[str]:
        rests_on = deal.identity, deal.start, self._state.seat
        if rests_on != self._notes[0]:
            self._notes = rests_on, list(rail_notes(deal, date.today(), self._state.seat))
        return self._notes[1]

    def _chapter(self, chapter: str, notes: list[str]) -> dict[str, Any]:
        state = self._state
        mark, word = self._told(chapter)
        if notes and mark != "waiting":
            mark, word = "overdue", f"{word}, something is overdue"
        sides = self._agreed_by(chapter)
        settled = not state.drafted(PARTS[chapter]) and not self._stuck(chapter)
        may = settled and state.desk is not None and state.seat in _OTHER
        return {
            "title": chapter_title(chapter),
            "state": mark,
            "word": word,
            "notes": notes,
            "can_agree": may and state.seat not in sides,
        }

    def _agreed_by(self, chapter: str) -> set[str]:
        """The parties that stand to all of a chapter, agreed to as a whole or table by table."""
        standing, deal = self._state.standing, self._state.deal
        if standing is not self._sides[0]:
            found = {one: standing.agreed_by(_places(deal, PARTS[one])) for one in PARTS}
            self._sides = standing, found
        return self._sides[1][chapter]

    def _stuck(self, chapter: str) -> int:
        """How many fields of the chapter wait for a choice."""
        parts = PARTS[chapter]
        return sum(any(leads_to(p, row.path) for p in parts) for row in self._state.conflicts)

    def _book_waits(self) -> bool:
        tabled = self._state.tabled.identity.disclosure
        return tabled == "open_book" and not self._state.book_open

    def _told(self, chapter: str) -> tuple[str, str]:
        """Sign and word; a choice comes before a draft, a draft before what was agreed."""
        seat, stuck = self._state.seat, self._stuck(chapter)
        drafted = self._state.drafted(PARTS[chapter])
        if stuck:
            fields = "1 field" if stuck == 1 else f"{stuck} fields"
            return "waiting", f"waits for your choice in {fields}"
        if chapter == "00_start" and self._book_waits():
            proposed = seat in self._state.standing.consent or seat not in _OTHER
            return "waiting", f"open book waits for {'an' if proposed else 'your'} answer"
        if drafted:
            changes = "1 change" if drafted == 1 else f"{drafted} changes"
            return "work", f"in work, {changes} not tabled"
        return self._agreement(chapter)

    def _agreement(self, chapter: str) -> tuple[str, str]:
        """Sign and word of what is tabled in the chapter."""
        missing = [seat for seat in _OTHER if seat not in self._agreed_by(chapter)]
        if not missing:
            return "agreed", "agreed by both"
        if self._state.standing.begun(PARTS[chapter]):
            own = self._state.seat
            whose = [
                "your" if seat == own else f"{party_name(self._state.deal, seat)}'s"
                for seat in sorted(missing, key=lambda seat: seat != own)
            ]
            return "waiting", f"waits for {' and '.join(whose)} agreement"
        found = [getattr(self._state.deal, part) for part in PARTS[chapter] if part != "identity"]
        begun = any(part != type(part)() for part in found)
        return ("work", "in work") if begun else ("open", "open")


def _places(deal: Deal, parts: tuple[str, ...]) -> list[str]:
    """The tables and fields of some parts of the deal."""
    return [f"{part}.{name}" for part in parts for name in type(getattr(deal, part)).model_fields]
