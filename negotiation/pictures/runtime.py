"""The chart runtime (Vega, Vega-Lite, Vega-Embed) as one file without a network.

Altair 6 writes Vega-Lite 6, which neither Voilà nor JupyterLab carries. `vl_convert` carries the
whole JavaScript, so the runtime is built from it once, at set-up. The launcher serves it as the ES
module `/playbook/static/vega-<sha>.js` and names that address in `PLAYBOOK_RUNTIME_URL`; where that
variable is missing (JupyterLab, plain Voilà), a widget sends `runtime_text()` along.
It exports `vegaEmbed` (the bundle's `vega` and `vegaLite` are empty); Vega-Embed brings Vega's
expression interpreter along and takes it when called with `ast: true`, so a page needs no
`unsafe-eval`.
"""

import hashlib
import os
import re
import tempfile
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import platformdirs

STATIC = Path(__file__).parent / "static"
EXPORTS = "export { vegaEmbed };"
_NAME = re.compile(r"vega-([0-9a-f]{16})\.js")


def ensure_runtime() -> Path:
    """The runtime's file, built now if set-up has not done so.

    The name `vega-<sha>.js` carries the first 16 digits of the content's SHA-256, so a browser may
    keep it for ever. A file made by another `vl_convert`, or damaged, is built anew. Lies in
    `static/` beside this file, or in the user's cache folder where the installation is read-only.
    Raises `OSError` when neither folder can be written.
    """
    path = _known_path()
    return path if path.exists() else _refreshed_path()


def runtime_text() -> str:
    """The runtime's JavaScript (an ES module, about 0.9 MB)."""
    return ensure_runtime().read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _known_path() -> Path:
    for folder in _folders():
        for path in sorted(folder.glob("vega-*.js")):
            if _is_current(path):
                return path
    return _build()


def _refreshed_path() -> Path:
    _known_path.cache_clear()
    return _known_path()


def _folders() -> tuple[Path, Path]:
    return STATIC, platformdirs.user_cache_path("negotiation-playbook")


def _header() -> str:
    """First line of the runtime: says which `vl_convert` it came from."""
    return f"/* vl-convert-python {metadata.version('vl-convert-python')} */\n"


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _is_current(path: Path) -> bool:
    match = _NAME.fullmatch(path.name)
    content = path.read_bytes()
    return (
        match is not None and content.startswith(_header().encode()) and match[1] == _sha(content)
    )


def _build() -> Path:
    import vl_convert  # a JavaScript engine of 60 MB: only where the runtime is really built

    content = (_header() + vl_convert.javascript_bundle(EXPORTS)).encode()
    for folder in _folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return _write(folder, content)
        except OSError as error:
            refused = error
    raise refused


def _write(folder: Path, content: bytes) -> Path:
    """Put the file in place whole or not at all, then drop the runtimes it replaces."""
    path = folder / f"vega-{_sha(content)}.js"
    descriptor, part = tempfile.mkstemp(dir=folder, prefix=".vega-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    os.chmod(part, 0o644)
    os.replace(part, path)
    for other in folder.glob("vega-*.js"):
        if other != path:
            other.unlink()
    return path
