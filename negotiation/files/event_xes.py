"""XES (IEEE 1849): traces of events, each with typed attributes by key."""

from collections.abc import Iterable, Iterator

from negotiation.process.log import Event

from .event_columns import pair
from .event_times import iso
from .limits import LOG_ELEMENTS, LOG_EVENTS
from .read_map import clean
from .xml import refused, walk

_WORDS = {
    "concept:name": "name",
    "time:timestamp": "time",
    "lifecycle:transition": "lifecycle",
    "org:resource": "resource",
    "org:group": "group",
}


def read_xes(chunks: Iterable[bytes]) -> tuple[Iterator[Event], list[str]]:
    """The events of an XES file, and what was assumed.

    Only the standard's own extensions are read (concept, time, lifecycle, organizational). Raises
    `FieldError` (path "file") for XML that is broken, hostile, or no log.
    """
    reader = _Reader()
    walk(chunks, reader.start, reader.end, _nothing, LOG_ELEMENTS)
    if not reader.is_log:
        raise refused("The file is XML, but not an event log (XES).")
    notes = []
    if reader.nameless:
        notes.append(f"{reader.nameless:,} events without a name or time were passed over.")
    words = {mark.casefold() for _, mark in reader.marks}
    if words <= {""} or not words & {"start", "complete"}:
        return (event for event, _ in reader.marks), notes
    others = sorted(words - {"start", "complete", ""})
    if others:
        notes.append(f"Only starts and completions count; passed over: {', '.join(others[:8])}.")
    return pair((event, mark or "complete") for event, mark in reader.marks), notes


class _Reader:
    """Collects events while the file streams past; only attributes right below them count."""

    def __init__(self) -> None:
        self.is_log = False
        self.nameless = 0
        self.marks: list[tuple[Event, str]] = []
        self._path: list[str] = []
        self._trace: dict[str, str] = {}
        self._event: dict[str, str] = {}
        self._traces = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        word = tag.rpartition("}")[2]
        above = self._path[-1] if self._path else ""
        if word == "log" and not self._path:
            self.is_log = True
        elif word == "trace":
            self._trace, self._traces = {}, self._traces + 1
        elif word == "event":
            self._event = {}
        elif above in ("trace", "event"):
            known = _WORDS.get(attributes.get("key", ""))
            if known:
                held = self._trace if above == "trace" else self._event
                held[known] = attributes.get("value", "")
        self._path.append(word)

    def end(self, _: str) -> None:
        if self._path.pop() == "event":
            self._take()

    def _take(self) -> None:
        name = clean(self._event.get("name"))
        done = iso(self._event.get("time", ""))
        if not name or done != done:
            self.nameless += 1
            return
        if len(self.marks) >= LOG_EVENTS:
            raise refused(f"The log has more than {LOG_EVENTS:,} events; take a sample of it.")
        case = clean(self._trace.get("name")) or f"Case {self._traces}"
        who = clean(self._event.get("resource") or self._event.get("group"))
        event = Event(case, name, done, float("nan"), who)
        self.marks.append((event, self._event.get("lifecycle", "")))


def _nothing(_: str) -> None:
    """Text between elements says nothing in XES."""
