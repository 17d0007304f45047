"""Style sheets and scripts of the page and of its controls, under names that carry their hash.

So browsers keep them. The controls' modules are read once, when the warmed process reads them too:
a page never gets a front end of another version than its kernel's, whatever happens to the files.
"""

import mimetypes
import re
from functools import lru_cache
from pathlib import Path

import tornado.web

from negotiation.pictures.runtime import ensure_runtime
from widgets.assets import digest, module_name

_STATIC = Path(__file__).parent / "static"
_ROOT = Path(__file__).parents[1]
_WIDGETS = _ROOT / "widgets"
_FIRST = ("fields.css", "table.css")  # what others build on
_FILES = {
    "page.css": (_STATIC / "page.css",),
    "page.js": (_STATIC / "page.js",),
    "paper.js": (_STATIC / "paper.js",),
    "theme.js": (_STATIC / "theme.js",),
    "theme.css": (_WIDGETS / "theme.css",),
    "controls.css": (
        *(_WIDGETS / name for name in _FIRST),
        *(path for path in sorted(_WIDGETS.glob("*.css"))
          if path.name not in (*_FIRST, "theme.css")),
        _ROOT / "negotiation" / "pictures" / "process.css",
    ),
}  # fmt: skip
_MODULES = {path.stem: path.read_text(encoding="utf-8") for path in _WIDGETS.glob("*.js")}
_HASHED = re.compile(r"(?P<stem>[a-z_.]+)-(?P<sha>[0-9a-f]{16})\.(?P<kind>css|js)")
FOR_EVER = "public, max-age=31536000, immutable"


def static_path(base_url: str = "/") -> str:
    """The path below which all of these lie."""
    return f"{base_url}playbook/static/"


def asset_url(name: str, base_url: str = "/") -> str:
    """Address of one of the page's own files, for example `/playbook/static/page-<sha>.css`."""
    stem, _, kind = name.partition(".")
    return f"{static_path(base_url)}{stem}-{_read(name)[1]}.{kind}"


def runtime_url(base_url: str = "/") -> str:
    """Address of the chart runtime, an ES module."""
    return static_path(base_url) + ensure_runtime().name


def _read(name: str) -> tuple[str, str]:
    """Text and digest of one of the page's own files, as it is now."""
    files = _FILES[name]
    return _read_at(files, tuple(path.stat().st_mtime_ns for path in files))


@lru_cache(maxsize=32)
def _read_at(files: tuple[Path, ...], _changed: tuple[int, ...]) -> tuple[str, str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return text, digest(text)


@lru_cache(maxsize=64)
def _module(stems: str) -> tuple[str, str]:
    """Name and text of the module made of the files of these stems, `queue.fields.table` say."""
    names = stems.split(".")
    text = "\n".join(_MODULES[name] for name in names)
    return module_name(names, text), text


class AssetHandler(tornado.web.RequestHandler):
    """Serves the files above, the controls' modules and the chart runtime, and nothing else."""

    def get(self, name: str) -> None:
        content = self._content(name)
        if content is None:
            raise tornado.web.HTTPError(404)
        kind = mimetypes.types_map[Path(name).suffix]
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header("Cache-Control", FOR_EVER)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.write(content)

    @staticmethod
    def _content(name: str) -> str | bytes | None:
        match = _HASHED.fullmatch(name)
        if match is None:
            return None
        if match["stem"] == "vega":
            runtime = ensure_runtime()
            return runtime.read_bytes() if runtime.name == name else None
        own = f"{match['stem']}.{match['kind']}"
        if own in _FILES:
            text, sha = _read(own)
            return text if sha == match["sha"] else None
        if match["kind"] == "js" and all(stem in _MODULES for stem in match["stem"].split(".")):
            called, text = _module(match["stem"])
            return text if called == name else None
        return None
