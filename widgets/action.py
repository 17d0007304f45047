"""Things to press: buttons with confirmation, progress with cancel, files out and in."""

import math
from collections.abc import Callable
from typing import Any, ClassVar, Literal

import traitlets as tl

from negotiation.values import FieldError

from .control import Callbacks, Control, front_end, token


class Action(Control):
    """A button.

    `confirm` is a question asked in place before anything happens. `stale` is a sentence beside the
    button that says what is out of date; `message` one that says what came of it (role status).
    While `on_click` works the button is busy; a `FieldError` it raises is shown as its sentence.
    """

    _esm = front_end("element.js", "action.js")
    _css = front_end("action.css")
    _events: ClassVar = {"click": "_click"}

    label = tl.Unicode().tag(sync=True)
    kind = tl.Enum(("primary", "quiet", "danger"), "quiet").tag(sync=True)
    confirm = tl.Unicode(allow_none=True).tag(sync=True)
    disabled = tl.Bool(False).tag(sync=True)
    stale = tl.Unicode().tag(sync=True)
    message = tl.Unicode().tag(sync=True)
    failed = tl.Bool(False).tag(sync=True)

    def __init__(
        self,
        label: str,
        *,
        kind: Literal["primary", "quiet", "danger"] = "quiet",
        confirm: str | None = None,
        on_click: Callable[[], None] | None = None,
        **traits: Any,
    ):
        self._clicked = Callbacks([on_click] if on_click else [])
        super().__init__(label=label, kind=kind, confirm=confirm, **traits)

    def on_click(self, callback: Callable[[], None]) -> Callable:
        """Calls `callback()` when the button was pressed (and confirmed)."""
        return self._clicked.add(callback)

    def _click(self, message: dict, _buffers: list) -> None:
        if self.disabled:
            return
        self.message, self.failed = "", False
        try:
            self._clicked()
        except FieldError as error:
            self.message, self.failed = error.sentence, True
        finally:
            self.send({"event": "done", "token": token(message)})


class Progress(Control):
    """How far a slow piece of work is, with a way to stop it.

    `set(done, total)` moves it; `finish(sentence)` ends it. `cancelled` turns true when a person
    presses Cancel: the work looks at it between two pieces, and must let the kernel hear (run in
    pieces on the event loop, or in a thread).
    """

    _esm = front_end("progress.js")
    _css = front_end("action.css")
    _events: ClassVar = {"cancel": "_cancel"}

    label = tl.Unicode().tag(sync=True)
    done = tl.Float(0).tag(sync=True)
    total = tl.Float(0).tag(sync=True)
    running = tl.Bool(False).tag(sync=True)
    message = tl.Unicode().tag(sync=True)

    def __init__(self, label: str):
        self.cancelled = False
        self._stopped = Callbacks()
        super().__init__(label=label)

    def on_cancel(self, callback: Callable[[], None]) -> Callable:
        """Calls `callback()` when a person presses Cancel."""
        return self._stopped.add(callback)

    def set(self, done: float, total: float) -> None:
        """`done` of `total` pieces are worked; the first call starts it anew."""
        if not self.running:
            self.cancelled = False
        with self.hold_sync():
            self.total, self.running = max(0.0, total), True
            self.done = min(max(0.0, done), self.total) if math.isfinite(done) else 0.0
            self.message = ""

    def finish(self, sentence: str = "") -> None:
        """The work has ended; `sentence` says how."""
        with self.hold_sync():
            self.running, self.message = False, sentence

    def _cancel(self, _message: dict, _buffers: list) -> None:
        if self.running and not self.cancelled:
            self.cancelled = True
            self._stopped()


class Download(Control):
    """A file, made when it is asked for and handed over inside the page: no address, no network.

    `make()` gives the bytes; `filename` may be text or a function that gives it at that moment. A
    `FieldError` from `make` is shown as its sentence.
    """

    _esm = front_end("download.js")
    _css = front_end("action.css")
    _events: ClassVar = {"make": "_make"}

    label = tl.Unicode().tag(sync=True)
    message = tl.Unicode().tag(sync=True)

    def __init__(self, label: str, filename: str | Callable[[], str], make: Callable[[], bytes]):
        self._filename, self._make_bytes = filename, make
        super().__init__(label=label)

    def _make(self, message: dict, _buffers: list) -> None:
        self.message = ""
        try:
            name = self._filename() if callable(self._filename) else self._filename
            content = self._make_bytes()
        except FieldError as error:
            self.message = error.sentence
            self.send({"event": "file", "token": token(message), "filename": ""})
            return
        self.send({"event": "file", "token": token(message), "filename": name}, [content])


class Upload(Control):
    """A file from the person's computer.

    `on_file(name, content)` gets the file's own name and its bytes; it may return a sentence that
    says what came of it, and may raise `FieldError` for a file that cannot be read. A file over
    `limit_bytes` is refused in the page, before it travels, and again here.
    """

    _esm = front_end("upload.js")
    _css = front_end("action.css")
    _events: ClassVar = {"file": "_file"}

    label = tl.Unicode().tag(sync=True)
    accept = tl.Unicode().tag(sync=True)
    limit_bytes = tl.Int().tag(sync=True)
    message = tl.Unicode().tag(sync=True)
    failed = tl.Bool(False).tag(sync=True)

    def __init__(
        self, label: str, accept: str, limit_bytes: int,
        on_file: Callable[[str, bytes], str | None],
    ):
        self._taken = on_file
        super().__init__(label=label, accept=accept, limit_bytes=limit_bytes)

    def _file(self, message: dict, buffers: list) -> None:
        name = message.get("name")
        if not isinstance(name, str) or len(buffers) != 1:
            return
        name = name.replace("\\", "/").rpartition("/")[2][:200]
        try:
            sentence, failed = self._take(name, bytes(buffers[0])), False
        except FieldError as error:
            sentence, failed = error.sentence, True
        except Exception:
            sentence, failed = f"{name} could not be read; nothing was changed.", True
            raise
        finally:
            with self.hold_sync():
                self.message, self.failed = sentence, failed
            self.send({"event": "done", "token": token(message)})

    def _take(self, name: str, content: bytes) -> str:
        if len(content) > self.limit_bytes:
            raise FieldError("file", f"{name} is larger than {size_text(self.limit_bytes)}, "
                                     "the most that is taken here. Nothing was changed.")
        return self._taken(name, content) or f"{name} was read."


def size_text(count: int) -> str:
    """A number of bytes as people say it: "2 MB"."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1e6:.3g} MB" if count >= 1e6 else f"{count / 1e3:.3g} kB"
