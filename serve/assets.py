"""Style sheets and scripts of the page under names that carry their hash, so browsers keep them."""

import hashlib
import mimetypes
import re
from functools import lru_cache
from pathlib import Path

import tornado.web

from negotiation.pictures.runtime import ensure_runtime

_STATIC = Path(__file__).parent / "static"
_FILES = {
    "page.css": _STATIC / "page.css",
    "page.js": _STATIC / "page.js",
    "paper.js": _STATIC / "paper.js",
    "theme.js": _STATIC / "theme.js",
    "theme.css": Path(__file__).parents[1] / "widgets" / "theme.css",
}
_HASHED = re.compile(r"(?P<stem>[a-z]+)-(?P<sha>[0-9a-f]{16})\.(?P<kind>css|js)")
FOR_EVER = "public, max-age=31536000, immutable"


def asset_url(name: str, base_url: str = "/") -> str:
    """Address of one of the page's own files, for example `/playbook/static/page-<sha>.css`."""
    stem, _, kind = name.partition(".")
    return f"{base_url}playbook/static/{stem}-{_sha(_FILES[name])}.{kind}"


def runtime_url(base_url: str = "/") -> str:
    """Address of the chart runtime, an ES module."""
    return f"{base_url}playbook/static/{ensure_runtime().name}"


def _sha(path: Path) -> str:
    return _sha_at(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _sha_at(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


class AssetHandler(tornado.web.RequestHandler):
    """Serves the files above and the chart runtime, and nothing else."""

    def get(self, name: str) -> None:
        path = self._path(name)
        if path is None:
            raise tornado.web.HTTPError(404)
        self.set_header("Content-Type", mimetypes.types_map[path.suffix])
        self.set_header("Cache-Control", FOR_EVER)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.write(path.read_bytes())

    @staticmethod
    def _path(name: str) -> Path | None:
        match = _HASHED.fullmatch(name)
        if match is None:
            return None
        if match["stem"] == "vega":
            runtime = ensure_runtime()
            return runtime if runtime.name == name else None
        path = _FILES.get(f"{match['stem']}.{match['kind']}")
        return path if path is not None and _sha(path) == match["sha"] else None
