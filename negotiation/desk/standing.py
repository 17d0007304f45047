"""Who stands to what is tabled: place by place, and for the open book."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ..patches import Change, Patch, leads_to

PARTIES = ("buyer", "supplier")
_FEW = 20
_ORDER = "#order"
"""A row's place in its table, beside the row's fields: who moves a row says nothing of these."""

Ground = dict[str, bool]
"""The places that one party stands to (True), or that were tabled since (False). The nearest entry
at or above a place counts for it."""


@dataclass
class Standing:
    """Agreement to the shared deal, place by place (`terms`, `process.steps`, `terms.cap`).

    A party stands to the fields that it tabled last, as it tabled them, and to the places that it
    agreed to, but for what the other side, or the facilitator, tabled there since.
    """

    ground: dict[str, Ground] = field(default_factory=lambda: {seat: {} for seat in PARTIES})
    consent: frozenset[str] = frozenset()
    """The seats that tabled or agreed to the disclosure as it is tabled."""
    book_open: bool = False

    def agreed_by(self, paths: Iterable[str]) -> set[str]:
        """The parties that stand to everything at all of `paths` as it is tabled."""
        paths = tuple(paths)
        return {seat for seat, ground in self.ground.items() if _stands(ground, paths)}

    def begun(self, paths: Iterable[str]) -> bool:
        """Whether anything at `paths` was tabled, or agreed to, and not retracted since."""
        paths = tuple(paths)
        places = (place for ground in self.ground.values() for place in ground)
        return any(leads_to(path, place) for place in places for path in paths)

    def follow(self, kind: str, seat: str, paths: Iterable[str]) -> None:
        """Let an entry of `seat` count that tabled, or agreed to, the places `paths`."""
        paths = tuple(paths)
        for party, ground in self.ground.items():
            if party == seat or kind == "tabled":
                _settle(ground, paths, party == seat)

    def shaken(self) -> None:
        """Something tabled was retracted: nobody stands to what is left until it is looked at."""
        for ground in self.ground.values():
            ground.clear()

    def document(self) -> dict[str, Any]:
        """As a checkpoint keeps it."""
        return {"ground": self.ground}

    @classmethod
    def read(cls, raw: dict[str, Any]) -> "Standing":
        """What a checkpoint kept. One that knew whole parts only is not taken at its word: it
        counted as agreed what a side never saw, so both are asked again."""
        found = raw.get("ground", {})
        return cls({seat: dict(found.get(seat, {})) for seat in PARTIES})


def places(kind: str, body: dict[str, Any], changes: Patch) -> list[str]:
    """The places that an entry tables or agrees to."""
    return list(body["paths"]) if kind == "agreed" else [_place(change) for change in changes]


def _place(change: Change) -> str:
    return f"{change.path}.{_ORDER}" if change.kind == "move" else change.path


def _settle(ground: Ground, paths: tuple[str, ...], stands: bool) -> None:
    """What is now said of `paths` ends what was said of them and of every place below."""
    new = set(paths)
    # A thousand entries of one field each are replayed at every load: most places are passed fast.
    near = [p for p in ground if p.startswith(paths)] if len(paths) <= _FEW else list(ground)
    for place in near:
        if not new.isdisjoint(_upward(place)):
            del ground[place]
    for path in paths:
        if not (stands and _nearest(ground, path)):
            ground[path] = stands


def _stands(ground: Ground, paths: tuple[str, ...]) -> bool:
    waiting = {above for place, stands in ground.items() if not stands for above in _upward(place)}
    return waiting.isdisjoint(paths) and all(_nearest(ground, path) for path in paths)


def _nearest(ground: Ground, path: str) -> bool:
    """What is said of the nearest place at or above `path`; where nothing is, nobody stands."""
    return next((ground[place] for place in _upward(path) if place in ground), False)


def _upward(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition(".")[0]
