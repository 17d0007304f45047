"""The column `next` of a sheet: where a case goes after a step, as people write it.

    Approve: 80 %; Clarify: 20 % "papers missing" (rework, at most 2)

Entries are parted by semicolons. Each names a step (or its id), then a share, a label in quotes,
and in brackets what else is known. `papers missing -> Clarify` gives a label, too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from negotiation.process.rows import Evidence, Flow

from .map_columns import of_per_cent, per_cent, share_of

_EVIDENCE = get_args(Evidence)
_SHARE = re.compile(r"^(?P<rest>.*\S)\s*[:=]\s*(?P<share>[+-]?[\d.,]+\s*%?)$", re.DOTALL)
_SPACED = re.compile(r"^(?P<rest>.*\S)\s+(?P<share>[\d.,]+\s*%)$", re.DOTALL)


@dataclass(frozen=True)
class Way:
    """One entry: the step's name or id as written, and what is said about the way."""

    target: str
    probability: float | None = None
    label: str = ""
    rework: bool = False
    max_repeats: int | None = None
    evidence: str = "estimated"


def ways(text: str) -> Iterator[Way]:
    """The entries of a cell. Raises `ValueError` with what is wrong about a share."""
    for entry in _parted(text):
        yield _way(entry)


def written(flow: Flow, target: str) -> str:
    """An arrow as an entry that `ways` reads back; `target` is the step's name or id."""
    text = target
    if flow.probability is not None:
        text += f": {share_text(flow.probability)}"
    if flow.label:
        text += ' "' + flow.label.replace('"', '""') + '"'
    told = ["rework"] if flow.rework else []
    told += [f"at most {flow.max_repeats}"] if flow.max_repeats is not None else []
    told += [flow.evidence] if flow.evidence != "estimated" else []
    return f"{text} ({', '.join(told)})" if told else text


def can_be_written(name: str) -> bool:
    """Whether a step's name in an entry reads back as nothing but this name."""
    try:
        return [*ways(name)] == [Way(name)]
    except ValueError:
        return False


def share_text(share: float) -> str:
    """80 % where that is exactly the share, else all its digits."""
    written = f"{per_cent(share):.10g}"
    return f"{written} %" if of_per_cent(float(written)) == share else repr(share)


def _parted(text: str) -> Iterator[str]:
    """Split at semicolons and line ends outside quotes."""
    for found in re.finditer(r'(?:[^;\n"]|"(?:[^"]|"")*"|")+', text):
        if found[0].strip():
            yield found[0].strip()


def _way(entry: str) -> Way:
    rest, flags = _flags(entry)
    label = ""
    quoted = re.search(r'\s*"((?:[^"]|"")*)"$', rest)
    if quoted and quoted.start():
        label, rest = quoted[1].replace('""', '"'), rest[: quoted.start()].rstrip()
    share = None
    found = _SHARE.match(rest) or _SPACED.match(rest)
    if found:
        share, rest = share_of(found["share"]), found["rest"]
    arrow = re.match(r"^(.+?)\s*(?:->|→|=>)\s*(.+)$", rest, re.DOTALL)
    if arrow and not label:
        label, rest = arrow[1].strip(), arrow[2].strip()
    return Way(rest.strip(), share, label, *flags)


def _flags(entry: str) -> tuple[str, tuple[bool, int | None, str]]:
    """The entry without its last brackets, when all they hold is known."""
    rework, most, evidence = False, None, "estimated"
    found = re.search(r"\s*\(([^()]*)\)$", entry)
    if not found or not found.start():
        return entry, (rework, most, evidence)
    for flag in (part.strip().casefold() for part in found[1].split(",")):
        repeats = re.fullmatch(r"at most (\d{1,4})(?: times?)?", flag)
        if flag in ("rework", "back", "again", "loop"):
            rework = True
        elif repeats:
            most = int(repeats[1])
        elif flag in _EVIDENCE:
            evidence = flag
        else:
            return entry, (False, None, "estimated")
    return entry[: found.start()], (rework, most, evidence)
