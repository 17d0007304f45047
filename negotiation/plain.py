"""Text as it was meant, without the marks that break drawings and files or hide what is written.

Text pasted from slides, terminals and other files brings control characters, which XML does not
hold (a slide's line break is U+000B), and marks that turn the direction of writing, so that a name
reads otherwise than it is stored.
"""

import re

# Controls but tab and line breaks; embeddings, overrides and isolates of direction; halves of pairs
# and what is no character at all.
_MARKS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def printable(text: str) -> str:
    """`text` without control characters and marks of direction; tabs and line breaks stay."""
    return _MARKS.sub("", text)


def lines(text: str) -> str:
    """`text` printable, with every kind of line break as a plain one."""
    return printable(_BREAKS.sub("\n", text))


def line(text: str) -> str:
    """`text` printable in one line: a space where it broke."""
    return re.sub(r"\s*[\n\t]\s*", " ", lines(text))
