"""A backup of all deals, and back: what `playbook backup` and `playbook restore` do."""

from pathlib import Path

from .. import store as stores
from ..store import Store


def backup(target: str | Path, store: Store | None = None) -> str:
    """Copy all deals into the new file `target`; returns a sentence.

    Raises `StoreError` when the file exists or cannot be written; then there is no file.
    """
    count = stores.backup(store or Store(), target)
    return f"{_deals(count)} in {target}, read back and found sound."


def restore(source: str | Path, store: Store | None = None) -> str:
    """Replace all deals by those of the backup `source`; returns a sentence.

    Raises `StoreError`, and changes nothing, when `source` is not a sound backup.
    """
    store = store or Store()
    count = stores.restore(store, source)
    kept = Path(store.place).with_suffix(".before-restore.sqlite")
    beside = f" What was here before is in {kept}." if kept.exists() else ""
    return f"{_deals(count)} restored from {source}.{beside}"


def _deals(count: int) -> str:
    return "1 deal" if count == 1 else f"{count} deals"
