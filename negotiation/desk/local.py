"""The desk in this process: for a laptop, JupyterLab, the command line and tests."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from .. import patches, spaces
from ..deal import Deal, Parts
from ..mending import Mend, mended
from ..patches import Document, Patch
from ..spaces import SHARED
from ..store import Entry, Journal, Problem, Store, StoreError
from ..values import FieldError
from .answers import Card, Conflict, ConflictRow, Event, Loaded, Saved, Version, packed
from .cards import card
from .draft import Draft, disputes, laid_over
from .replay import DISCLOSURE, Replay, checkpoint, decides_the_book, follow, replay
from .steps import Step, overwritten

MONTH_DAYS = 30.4375


@dataclass
class _View:
    """The spaces of a deal that one seat may see, replayed in one transaction."""

    shared: Replay
    own: Replay
    others: dict[str, Replay]
    version: Version
    tabled: Parts | None = None
    mends: tuple[Mend, ...] = ()


class LocalDesk:
    """A seat at a deal of this machine's store. Without a deal it answers for the list of deals.

    `kind` is the class of the deals, for tests of the mechanics.
    """

    def __init__(
        self,
        store: Store | None = None,
        seat: str = "buyer",
        deal_id: str = "",
        kind: type[Parts] = Deal,
    ):
        if seat not in spaces.SEATS:
            raise FieldError("seat", f"'{seat}' is no seat; seats are {', '.join(spaces.SEATS)}.")
        self.store = store or Store()
        self.seat = seat
        self.deal_id = deal_id
        self.kind = kind

    def at(self, deal_id: str | None = None, seat: str | None = None) -> "LocalDesk":
        """Another deal or seat at the same store."""
        return LocalDesk(self.store, seat or self.seat, deal_id or self.deal_id, self.kind)

    # --- the list of deals ---

    def deals(self) -> tuple[Card, ...]:
        """A card for every deal, the last changed first."""
        with self.store.reading() as journal:
            today = journal.now().date()
            desks = [self.at(deal_id) for deal_id in journal.deal_ids()]
            cards = [
                card(self.kind, desk._shared(journal), desk._replay(journal, self.seat), today)
                for desk in desks
            ]
        return tuple(sorted(cards, key=lambda card: card.last_change, reverse=True))

    def create(self, deal: Parts) -> "LocalDesk":
        """Store a new deal under its id and return a desk at it."""
        documents = spaces.split(deal.document())
        with self.store.writing() as journal:
            journal.create_deal(deal.identity.id)
            for space, document in documents.items():
                body = {"kind": "created", "document": document}
                if document:
                    journal.append(deal.identity.id, space, self.seat, body)
        return self.at(deal.identity.id)

    def copy(self, title: str) -> "LocalDesk":
        """Store a copy of this deal, private rows and this seat's draft included, as a new deal.

        A book that is not open to both stays closed in the copy, whatever the draft says: a deal
        created with an open book is open, and one side alone would open the other's by copying.
        """
        with self.store.reading() as journal:
            everything = {space: self._replay(journal, space) for space in spaces.SPACES}
            taken = journal.deal_ids()
        documents = {space: found.document for space, found in everything.items()}
        documents[SHARED] = laid_over(documents[SHARED], everything[self.seat].draft).document
        identity = {**documents[SHARED]["identity"], "id": free_id(title, taken), "title": title}
        if not book_is_open(everything[SHARED]):
            identity["disclosure"] = "closed"
        documents[SHARED] = {**documents[SHARED], "identity": identity}
        document, _ = mended(self.kind, spaces.merge(documents))
        return self.create(self.kind.read(document))

    def delete(self) -> None:
        """Erase this deal with its whole history. There is no way back but a backup."""
        with self.store.writing() as journal:
            journal.delete_deal(self.deal_id)
        self.store.forget_erased()

    # --- load and save ---

    def load(self) -> Loaded:
        """The deal as this seat sees it: its draft, what is tabled, and what waits for a choice."""
        with self.store.reading() as journal:
            view = self._view(journal)
        tabled, draft, rows = self._deals(view)
        steps = view.own.steps
        standing = replace(
            view.shared.standing,
            consent=frozenset(view.shared.consent),
            book_open=book_is_open(view.shared),
        )
        return Loaded(
            draft,
            tabled,
            view.version,
            rows,
            tuple(steps.done),
            tuple(steps.undone),
            standing,
            view.mends,
        )

    def heads(self) -> Version:
        """The last entry of each space that this seat sees; another one means news."""
        with self.store.reading() as journal:
            return self._version(journal)

    def save(self, changes: Mapping[str, Patch], base: Version) -> Saved | Conflict:
        """Write one gesture: own rows, and shared fields into this seat's draft.

        Changes of other fields by others merge; where a colleague of the same seat changed the
        same field since `base`, nothing is written and the rows of the `Conflict` say who and what.
        """
        mine = self._own_changes(changes)
        with self.store.writing() as journal:
            written = journal.heads(self.deal_id)
            heads = {space: written.get(space, 0) for space in base or (SHARED, self.seat)}
            known = base.get(self.seat, 0)
            if heads[self.seat] > known:
                events = [e for e in self._replay(journal, self.seat).events if e.seq > known]
                rows = disputes(mine[self.seat] + mine[SHARED], events)
                rows = self._as_they_stand(rows, journal)
                if rows:
                    return Conflict(rows, heads)
            body = {"kind": "edit", "base": base.get(SHARED, 0)}
            body |= {"rows": packed(mine[self.seat])} if mine[self.seat] else {}
            body |= {"draft": packed(mine[SHARED])} if mine[SHARED] else {}
            entry = journal.append(self.deal_id, self.seat, self.seat, body)
        return Saved({**heads, self.seat: entry.seq}, merged=heads != dict(base))

    def undo(self, passed: Collection[int] = ()) -> Saved:
        """Take back this seat's newest gesture since it tabled, in whichever page it was made.

        Entries `passed` over stay: those that were refused. Raises `FieldError`, with nothing
        changed, when there is none, when somebody changed the same field since, or when the deal
        would not be valid without it.
        """
        return self._step("undone", passed)

    def redo(self, passed: Collection[int] = ()) -> Saved:
        """Do again what was undone last; raises as `undo` does."""
        return self._step("redone", passed)

    def table(
        self, note: str = "", paths: tuple[str, ...] = (), known: int | None = None
    ) -> Saved | Conflict:
        """Publish this seat's draft: the logged act. Nothing happens when there is no draft.

        With `paths`, only what the draft changes there; raises `FieldError` when that alone does
        not make a valid deal, and, as `agree` does, when something was tabled or retracted there
        after `known`, the last shared entry that the person saw.
        """
        with self.store.writing() as journal:
            view = self._view(journal)
            draft, rows = self._drafted(view)
            rows = tuple(row for row in rows if _within(row.path, paths))
            if rows:
                return Conflict(rows, view.version)
            shared = spaces.split(draft.document())[SHARED]
            found = patches.diff(view.shared.document, shared)
            changes = tuple(change for change in found if _within(change.path, paths))
            if not changes:
                return Saved(view.version)
            _refuse_unread(view.shared, paths, known, "table yours")
            if paths:
                self._whole(view, patches.apply(changes, view.shared.document))
            body = {"kind": "tabled", "rows": packed(changes), "note": note}
            journal.append(self.deal_id, SHARED, self.seat, body)
            closed = {"kind": "closed", **({"paths": list(paths)} if paths else {})}
            journal.append(self.deal_id, self.seat, self.seat, closed)
            return Saved(self._version(journal))

    def agree(self, paths: tuple[str, ...], note: str = "", known: int | None = None) -> Saved:
        """Note in the shared journal that this seat agrees to what is tabled at `paths`.

        `known` is the last shared entry that the person saw. Raises `FieldError` when something
        was tabled or retracted at `paths` after it: nobody agrees to what it has not read.
        """
        body = {"kind": "agreed", "paths": list(paths), "note": note}
        with self.store.writing() as journal:
            _refuse_unread(self._shared(journal), paths, known, "agree to it")
            journal.append(self.deal_id, SHARED, self.seat, body)
            return Saved(self._version(journal))

    def resolve(self, path: str, keep: Literal["mine", "theirs"]) -> Saved:
        """Settle a field that my draft and what was tabled since both changed."""
        with self.store.writing() as journal:
            view = self._view(journal)
            body: dict[str, Any] = {"kind": "edit", "drop": [path], "base": view.shared.seq}
            if keep == "mine":
                again = Draft.above(view.own.draft, view.shared).again(path)
                body["draft"] = packed(again)
            journal.append(self.deal_id, self.seat, self.seat, body)
            return Saved(self._version(journal))

    # --- forget ---

    def retract(self, seq: int, why: str = "", space: str = SHARED) -> Saved:
        """Erase what this seat wrote in one entry; its place in the history stays.

        Raises `FieldError` for somebody else's entry, for the one that created the deal, and for
        one that opened, closed or agreed to the book: without it the other side's consent would
        stand beside words it never agreed to.
        """
        with self.store.writing() as journal:
            found = [e for e in journal.entries(self.deal_id, space) if e.seq == seq]
            if not found or found[0].author != self.seat or space not in (SHARED, self.seat):
                raise FieldError(f"{space}.{seq}", "Only what this seat wrote can be retracted.")
            if found[0].body is None or found[0].body["kind"] in ("created", "retracted"):
                raise FieldError(f"{space}.{seq}", "There is nothing in this entry to retract.")
            if space == SHARED and decides_the_book(found[0].body):
                raise FieldError(
                    f"{space}.{seq}",
                    "What opens or closes the book cannot be retracted; table it as it should be.",
                )
            journal.erase(self.deal_id, space, seq, self.seat, why)
            version = self._version(journal)
        self.store.forget_erased()
        return Saved(version)

    def apply_retention(self) -> str:
        """Erase history older than the deal's retention; returns a sentence, or nothing.

        What the deal says today stays: a space is first written down as it is. A seat writes in
        what is shared and in its own space only: the other side's is done when that side opens.
        """
        with self.store.writing() as journal:
            months = self._shared(journal).document.get("identity", {}).get("retention_months")
            if not months:
                return ""
            limit = journal.now() - timedelta(days=months * MONTH_DAYS)
            told = sum(self._forget_before(journal, space, limit) for space in (SHARED, self.seat))
        if not told:
            return ""
        self.store.forget_erased()
        return (
            f"{told} entries older than {months} months were erased, as this deal's retention "
            "says. What the deal says today is unchanged."
        )

    def _forget_before(self, journal: Journal, space: str, limit: datetime) -> int:
        entries = journal.entries(self.deal_id, space)
        old = [entry for entry in entries if entry.at < limit and entry.body is not None]
        kinds = ("created", "edit", "undone", "redone", "tabled", "agreed")
        old = [entry for entry in old if entry.seq <= _through(entries, old)]
        if not any(entry.body["kind"] in kinds for entry in old):
            return 0
        through = old[-1].seq
        body = checkpoint(replay([entry for entry in entries if entry.seq <= through]))
        journal.append(self.deal_id, space, self.seat, body)
        journal.erase_through(self.deal_id, space, through, self.seat, "retention")
        return len(old)

    # --- ask ---

    def history(self, path: str | None = None) -> tuple[Event, ...]:
        """What happened in the spaces that this seat sees, oldest first; at `path` if given.

        An open book shows the other side's rows, never what it drafts and has not tabled.
        """
        with self.store.reading() as journal:
            view = self._view(journal)
        theirs = [event for other in view.others.values() for event in _without_drafts(other)]
        found = [*view.shared.events, *view.own.events, *theirs]
        events = sorted(found, key=lambda event: (event.at, event.seq))
        told = [event for event in events if event.kind not in ("closed", "checkpoint")]
        return tuple(event for event in told if path is None or _touches(event, path))

    def story(self, path: str) -> tuple[Event, ...]:
        """What a successor needs to know about a term: proposals, reasons, who agreed."""
        return tuple(e for e in self.history(path) if e.kind in ("tabled", "agreed", "retracted"))

    def changes_since(self, moment: datetime | None) -> tuple[Event, ...]:
        """What others did since `moment`, in what this seat sees; everything when it is None."""
        return tuple(
            event
            for event in self.history()
            if event.seat != self.seat and (moment is None or event.at > moment)
        )

    def verify(self) -> list[Problem]:
        """Entries that are not as they were written, of the spaces this seat sees; empty is sound.

        Where what is shared cannot be read, whether the book is open cannot be known: then the
        other side's space is left out.
        """
        with self.store.reading() as journal:
            try:
                seen = tuple(self._version(journal))
            except StoreError:
                seen = (SHARED, self.seat)
            return journal.verify(self.deal_id, seen)

    # --- this installation ---

    def sit_down(self) -> datetime | None:
        """Note that this seat opens the deal now; returns when it last did, or None."""
        key = f"seen/{self.deal_id}/{self.seat}"
        with self.store.writing() as journal:
            last = journal.setting(key)
            journal.set_setting(key, journal.now().isoformat())
            journal.set_setting("last-deal", self.deal_id)
            journal.set_setting(f"seat/{self.deal_id}", self.seat)
        return None if last is None else datetime.fromisoformat(last)

    def last_seen(self) -> datetime | None:
        """When this seat last opened this deal."""
        with self.store.reading() as journal:
            last = journal.setting(f"seen/{self.deal_id}/{self.seat}")
        return None if last is None else datetime.fromisoformat(last)

    def last_deal(self) -> str | None:
        """The deal that was opened last on this machine, if it is still there."""
        with self.store.reading() as journal:
            found = journal.setting("last-deal")
            return found if found in journal.deal_ids() else None

    def has(self, deal_id: str) -> bool:
        with self.store.reading() as journal:
            return deal_id in journal.deal_ids()

    def chosen_seat(self, deal_id: str) -> str:
        """The seat in which this deal was last opened here; the buyer's at first."""
        with self.store.reading() as journal:
            return journal.setting(f"seat/{deal_id}") or "buyer"

    # --- inside ---

    def _step(self, step: Step, passed: Collection[int]) -> Saved:
        with self.store.writing() as journal:
            view = self._view(journal)
            own = view.own
            seq = own.steps.latest(step, passed)
            if seq is None:
                raise FieldError("", "It was undone, done again or tabled meanwhile.")
            place = overwritten(step, own.steps.gestures[seq], own.document, own.draft)
            if place is not None:
                raise FieldError(place, "Your side changed the same field since, in another page.")
            entry = journal.append(self.deal_id, self.seat, self.seat, {"kind": step, "of": seq})
            known = {row.path for row in self._drafted(view)[1]}
            follow(entry, own)
            # A deal that is not valid raises here, and then nothing has been written.
            for row in self._drafted(view)[1]:
                if row.sentence and row.path not in known:
                    raise FieldError(row.path, row.sentence)
        return Saved({**view.version, self.seat: entry.seq}, changes=own.events[-1].changes)

    def _as_they_stand(
        self, rows: tuple[ConflictRow, ...], journal: Journal
    ) -> tuple[ConflictRow, ...]:
        """Disputed fields with what stands there now; one that says the same is no dispute."""
        if not rows:
            return ()
        view = self._view(journal)
        document = Draft.above(view.own.draft, view.shared).document
        merged = spaces.merge({SHARED: document, self.seat: view.own.document}, self.seat)
        told = (replace(row, theirs=patches.found_at(merged, row.path)) for row in rows)
        return tuple(row for row in told if row.theirs is None or row.theirs != row.mine)

    def _own_changes(self, changes: Mapping[str, Patch]) -> dict[str, Patch]:
        for space, patch in changes.items():
            if patch and space not in (SHARED, self.seat):
                raise FieldError(
                    patch[0].path, f"This belongs to the {space}; only the {space} changes it."
                )
        return {space: tuple(changes.get(space, ())) for space in (SHARED, self.seat)}

    def _replay(self, journal: Journal, space: str) -> Replay:
        entries = journal.entries(self.deal_id, space)
        return replay(entries, self.kind.completed) if space == SHARED else replay(entries)

    def _shared(self, journal: Journal) -> Replay:
        found = self._replay(journal, SHARED)
        if not found.document:
            raise StoreError(f"There is no deal '{self.deal_id}' here.")
        return found

    def _view(self, journal: Journal) -> _View:
        shared = self._shared(journal)
        seen = spaces.visible_spaces(self.seat, book_is_open(shared))
        others = {s: self._replay(journal, s) for s in seen if s not in (SHARED, self.seat)}
        own = self._replay(journal, self.seat)
        return _View(shared, own, others, self._version(journal, seen))

    def _version(self, journal: Journal, seen: tuple[str, ...] | None = None) -> Version:
        if seen is None:
            seen = spaces.visible_spaces(self.seat, book_is_open(self._shared(journal)))
        heads = journal.heads(self.deal_id)
        return {space: heads.get(space, 0) for space in seen}

    def _deals(self, view: _View) -> tuple[Parts, Parts, tuple[ConflictRow, ...]]:
        """What is tabled, the draft, and the conflicts between them."""
        tabled = self._tabled(view)
        # Without a draft both are one value, which is then not checked twice.
        return tabled, *(self._drafted(view) if view.own.draft else (tabled, ()))

    def _tabled(self, view: _View) -> Parts:
        """What is tabled. Where it no longer fits its limits, the view goes on without that."""
        if view.tabled is None:
            try:
                view.tabled = self._whole(view, view.shared.document)
            except FieldError:
                view.tabled = self._mended(view)
            else:
                # A row that was stored before one of its fields existed has it now: else a change
                # in the row would be written down as a change of the whole row, which finds no
                # place in a table.
                view.shared.document = spaces.split(view.tabled.document())[SHARED]
        return view.tabled

    def _mended(self, view: _View) -> Parts:
        merged = spaces.merge({SHARED: view.shared.document, **_private(self.seat, view)})
        document, view.mends = mended(self.kind, merged)
        deal = self.kind.read(document)
        found = spaces.split(deal.document())
        view.shared.document, view.own.document = found[SHARED], found[self.seat]
        for space, other in view.others.items():
            other.document = found[space]
        return deal

    def _drafted(self, view: _View) -> tuple[Parts, tuple[ConflictRow, ...]]:
        self._tabled(view)
        draft = Draft.above(view.own.draft, view.shared)
        deal, refused = draft.deal(lambda shared: self._whole(view, shared))
        return deal, (*draft.conflicts(self.seat), *refused)

    def _whole(self, view: _View, shared: Document) -> Parts:
        """The deal of a shared document, with the private rows that this seat sees."""
        return self.kind.read(spaces.merge({SHARED: shared, **_private(self.seat, view)}))


def _private(seat: str, view: _View) -> dict[str, Document]:
    """The private documents that a seat sees."""
    others = {space: found.document for space, found in view.others.items()}
    return {seat: view.own.document, **others}


def book_is_open(shared: Replay) -> bool:
    """Whether both parties may read each other's rows: tabled, and agreed to by the other party.

    A deal created with an open book is open; one side alone never opens the other's.
    """
    tabled = patches.found_at(shared.document, DISCLOSURE)
    return tabled == "open_book" and {"buyer", "supplier"} <= shared.consent


def free_id(title: str, taken: list[str]) -> str:
    """An id made of a title's letters and digits that no deal has yet."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in title.lower()).split()
    stem = "-".join(words)[:48].strip("-") or "deal"
    numbers = (f"{stem}-{n}" for n in range(2, len(taken) + 3))
    return stem if stem not in taken else next(name for name in numbers if name not in taken)


def _through(entries: list[Entry], old: list[Entry]) -> int:
    """The last entry that may go: a gesture stays as long as an undo of it that is not old."""
    through = old[-1].seq if old else 0
    for entry in reversed(entries):
        if entry.seq > through and entry.body and entry.body["kind"] in ("undone", "redone"):
            through = min(through, entry.body["of"] - 1)
    return through


def _without_drafts(other: Replay) -> list[Event]:
    """Another side's events with its rows alone; a gesture that only drafted is left out."""
    found = []
    for event in other.events:
        rows = event.changes[: len(event.changes) - event.drafted]
        if rows or event.kind != "saved" or event.erased:
            found.append(replace(event, changes=rows, drafted=0))
    return found


def _within(path: str, paths: tuple[str, ...]) -> bool:
    """Whether `path` lies at or below one of `paths`; everything does when there is none."""
    return not paths or any(patches.leads_to(place, path) for place in paths)


def _refuse_unread(shared: Replay, paths: tuple[str, ...], known: int | None, act: str) -> None:
    """Nobody acts on what it has not read: refuse where something is newer than `known`."""
    for event in shared.events:
        newer = known is not None and event.seq > known
        if newer and (event.kind == "retracted" or _changes_at(event, paths)):
            place = paths[0] if paths else ""
            raise FieldError(place, f"Something newer is tabled here; read it, then {act}.")


def _changes_at(event: Event, paths: tuple[str, ...]) -> bool:
    """Whether an entry tabled something at `paths`, or anything when there is none."""
    tabled = event.kind == "tabled"
    return tabled and (not paths or any(_touches(event, path) for path in paths))


def _touches(event: Event, path: str) -> bool:
    return any(patches.same_place(change.path, path) for change in event.changes)
