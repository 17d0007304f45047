"""A copy of all deals in one file, and back."""

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from .errors import StoreError, as_sentence
from .journal import Problem
from .store import MEMORY, Store
from .tables import deals, entries


def backup(store: Store, target: str | Path) -> int:
    """Copy all deals of `store` into the new file `target`; returns how many deals it holds.

    The copy is read back and checked before it gets its name. Other writers may go on meanwhile.
    Raises `StoreError`, and leaves no file, when it could not be made.
    """
    target = Path(target)
    _require_file(store)
    if target.exists():
        raise StoreError(f"{target} exists already; choose another name, nothing was overwritten.")
    with store.reading():
        pass  # Opens the store, so that the copy is in the present schema.
    _copy_checked(Path(store.place), target)
    return _deals_in(target)


def restore(store: Store, source: str | Path) -> int:
    """Replace all deals of `store` by those in `source`; returns how many there are now.

    What is replaced is kept beside it (`deals.before-restore.sqlite`). Raises `StoreError`, and
    changes nothing, when `source` is not a sound backup.
    """
    _require_file(store)
    source, place = Path(source), Path(store.place)
    if not source.is_file():
        raise StoreError(f"There is no file {source}.")
    if not os.access(source, os.R_OK):
        raise StoreError(f"{source} may not be read by you.")
    count = _deals_in(source)
    store.close()
    incoming = place.with_suffix(".incoming.sqlite")
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _copy_checked(source, incoming)
    if place.exists():
        kept = place.with_suffix(".before-restore.sqlite")
        kept.unlink(missing_ok=True)
        _copy_checked(place, kept)
    _overwrite(incoming, place)
    incoming.unlink()
    return count


def _require_file(store: Store) -> None:
    if store.place == MEMORY or "://" in store.place:
        raise StoreError(f"The deals are in {store.place}, not in a file; use its own backup.")


def _overwrite(source: Path, target: Path) -> None:
    """Through SQLite, so that a playbook that has the file open sees the new deals."""
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
        os.chmod(target, 0o600)
    except (sqlite3.Error, OSError) as error:
        raise as_sentence(error, str(target)) from error


def _copy_checked(source: Path, target: Path) -> None:
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        os.close(os.open(part, os.O_CREAT | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(part)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")
            (verdict,) = new.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise StoreError(f"{source} is damaged: {verdict}.")
        shutil.move(part, target)
    except StoreError:
        raise
    except (sqlite3.Error, OSError) as error:
        # A plain DatabaseError is about what is read; the disk's troubles are operational.
        read = type(error) is sqlite3.DatabaseError
        raise as_sentence(error, str(source if read else target)) from error
    finally:
        part.unlink(missing_ok=True)


def _require_deals(copy: Path, path: Path) -> None:
    """An empty file and another program's database are sound SQLite; neither is a backup.

    Opening either as a store would give it our tables, and restore would then replace every deal
    by none.
    """
    with closing(sqlite3.connect(copy)) as file:
        asked = "SELECT name FROM sqlite_master WHERE type = 'table'"
        tables = {name for (name,) in file.execute(asked)}
    if not {deals.name, entries.name} <= tables:
        raise StoreError(f"{path} is not a file of deals: restore a backup.")


def _deals_in(path: Path) -> int:
    """How many deals a file holds; raises `StoreError` unless every entry is as it was written."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "check.sqlite"
        _copy_checked(path, copy)
        _require_deals(copy, path)
        inside = Store(copy)
        try:
            with inside.reading() as journal:
                found = journal.deal_ids()
                problems: list[Problem] = [p for deal in found for p in journal.verify(deal)]
        finally:
            inside.close()
    if problems:
        raise StoreError(f"{path}: {problems[0].sentence} ({len(problems)} in all.)")
    return len(found)
