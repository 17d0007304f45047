"""Who stands to what is tabled: part by part, and for the open book."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..patches import Patch

PARTIES = ("buyer", "supplier")


@dataclass(frozen=True)
class Mark:
    """Who did something, when, and with which entry of the shared journal."""

    seq: int
    seat: str
    at: datetime


@dataclass
class Standing:
    """Agreement to the parts of the shared deal (`terms`, `start`).

    Whoever tables something proposes the part as it then stands, and so stands to it; the other
    side does once it agrees to the part, until something newer is tabled there.
    """

    tabled: dict[str, Mark] = field(default_factory=dict)
    agreed: dict[str, dict[str, Mark]] = field(default_factory=dict)
    consent: frozenset[str] = frozenset()
    """The seats that tabled or agreed to the disclosure as it is tabled."""
    book_open: bool = False

    def agreed_by(self, parts: Iterable[str]) -> dict[str, datetime]:
        """The parties that stand to all of `parts` as they are tabled, and since when."""
        parts = tuple(parts)
        newest = max((self.tabled[p] for p in parts if p in self.tabled), key=_seq, default=None)
        since = {newest.seat: newest.at} if newest and newest.seat in PARTIES else {}
        for seat in PARTIES:
            marks = [self.agreed.get(part, {}).get(seat) for part in parts]
            found = [mark for mark in marks if mark and (not newest or mark.seq > newest.seq)]
            if len(found) == len(parts):
                since.setdefault(seat, max(found, key=_seq).at)
        return since

    def follow(self, kind: str, mark: Mark, paths: Iterable[str]) -> None:
        """Let an entry count that tabled, or agreed to, the places `paths`."""
        if kind == "agreed":
            for path in paths:
                self.agreed.setdefault(path, {})[mark.seat] = mark
        elif kind == "tabled":
            for path in paths:
                self.tabled[path.partition(".")[0]] = mark

    def shaken(self, mark: Mark) -> None:
        """Something tabled was retracted: nobody stands to what is left until it is looked at."""
        for part in {*self.tabled, *self.agreed}:
            self.tabled[part] = Mark(mark.seq, "", mark.at)

    def document(self) -> dict[str, Any]:
        """As a checkpoint keeps it."""
        agreed = {p: {s: _plain(m) for s, m in seats.items()} for p, seats in self.agreed.items()}
        return {"tabled": {p: _plain(m) for p, m in self.tabled.items()}, "agreed": agreed}

    @classmethod
    def read(cls, raw: dict[str, Any]) -> "Standing":
        agreed = raw.get("agreed", {}).items()
        return cls(
            {part: _mark(mark) for part, mark in raw.get("tabled", {}).items()},
            {part: {seat: _mark(mark) for seat, mark in seats.items()} for part, seats in agreed},
        )


def places(kind: str, body: dict[str, Any], changes: Patch) -> list[str]:
    """The places that an entry tables or agrees to."""
    return list(body["paths"]) if kind == "agreed" else [change.path for change in changes]


def _seq(mark: Mark) -> int:
    return mark.seq


def _plain(mark: Mark) -> list[Any]:
    return [mark.seq, mark.seat, mark.at.isoformat()]


def _mark(raw: list[Any]) -> Mark:
    return Mark(raw[0], raw[1], datetime.fromisoformat(raw[2]))
