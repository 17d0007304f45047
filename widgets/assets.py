"""Modules and style sheets of controls: addresses in a page of our server, elsewhere text."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import traitlets as tl

_HERE = Path(__file__).parent
SERVED_AT = "PLAYBOOK_STATIC"
"""Names the path at which our server hands out modules; unset where another shows the page."""


def joined(*names: str | Path) -> str:
    """The text of the files of these names; a name alone is looked for in this folder."""
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)


class Module(tl.Unicode):
    """The text of an ES module, or in a page of our server two lines that import it from there.

    A page then loads it once, however many controls have it. Its address carries the content's
    hash, so that a browser may keep it.
    """

    def __init__(self, *names: str):
        text = joined(*names)
        super().__init__(text)
        self.tag(sync=True)
        self._name = module_name(names, text)

    def default(self, obj: Any = None) -> str:
        place = os.environ.get(SERVED_AT)
        return _handing_on(place + self._name) if place else self.default_value


class Style(tl.Unicode):
    """The text of a style sheet; none in a page of our server, which has them all in its head."""

    def __init__(self, *names: str | Path):
        super().__init__(joined(*names))
        self.tag(sync=True)

    def default(self, obj: Any = None) -> str:
        return "" if os.environ.get(SERVED_AT) else self.default_value


def module_name(names: Iterable[str], text: str) -> str:
    """What the module made of these files is called: `queue.fields.form-<sha>.js`."""
    stems = ".".join(name.removesuffix(".js") for name in names)
    return f"{stems}-{digest(text)}.js"


def digest(text: str) -> str:
    """What tells a content from others in its name: 16 digits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _handing_on(path: str) -> str:
    # anywidget loads a module from a `blob:`, which has no place beside which a path could lie.
    return (
        f'const address = new URL("{path}", location.href).href;\n'
        "export default async () => (await import(address)).default;\n"
    )
