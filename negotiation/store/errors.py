"""What can go wrong with a disk, as sentences."""

from sqlalchemy.exc import DBAPIError

_REMEDIES = (
    ("is full", "The disk is full: make room, and it will be saved."),
    ("readonly database", "{place} cannot be written to: allow writing, and it will be saved."),
    (
        "unable to open",
        "The deals in {place} cannot be opened: the folder must exist and be writable.",
    ),
    (
        "locked",
        "Another program holds the deals in {place} for too long: close it, and it will be saved.",
    ),
    (
        "disk i/o error",
        "The disk does not take what is written to {place}: check its space and health.",
    ),
    ("not a database", "{place} is not a file of deals, or it is damaged: restore a backup."),
    ("malformed", "The file of deals {place} is damaged: restore a backup."),
)


class StoreError(OSError):
    """The store could not do it; `sentence` says why and what helps. Nothing was half written."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


def as_sentence(error: BaseException, place: str) -> StoreError:
    """The error of a database or a disk as a `StoreError`."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    text = str(cause).lower()
    for words, remedy in _REMEDIES:
        if words in text:
            return StoreError(remedy.format(place=place))
    if isinstance(cause, OSError):
        reason = cause.strerror or cause
        return StoreError(f"{place} cannot be used: {reason}. Check the folder and its rights.")
    return StoreError(f"The deals in {place} could not be read or written: {cause}.")
