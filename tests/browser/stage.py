"""A page that holds our controls without a server: real Chromium, real front ends, real Python.

What a kernel's comm would carry goes through one exposed function: an event from the page in, every
message that Python sends because of it out. The page has no network and a strict security policy.
"""

import base64
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

from widgets.assets import joined
from widgets.control import Control

ORIGIN = "http://playbook.test"
POLICY = (
    "default-src 'none'; script-src 'self' blob:; style-src 'unsafe-inline'; img-src data: blob:"
)
_HERE = Path(__file__).parent


class Stage:
    """Shows controls on `page` and carries their messages."""

    def __init__(self, page: Page, files: Mapping[str, Path] | None = None):
        self.page = page
        self.widgets: dict[str, Control] = {}
        self.outbox: list[dict] = []
        self.refused: list[str] = []
        self.connected = True
        self._files = {"/stage.js": _HERE / "stage.js", **(files or {})}
        page.route("**/*", self._serve)
        page.expose_function("stageSend", self._hear)
        self.open()

    def open(self) -> None:
        """Loads the page anew, and shows on it what was shown before."""
        self.page.goto(f"{ORIGIN}/")
        self.until("window.stageShow !== undefined")
        self.page.evaluate("css => stageStyle(css)", joined("theme.css"))
        for name in self.widgets:
            self._place(name)

    def show(self, widget: Control, box: str = "np-card") -> None:
        """Puts `widget` at the end of the page, inside an element of class `box`."""
        name = f"w{len(self.widgets)}"
        self.widgets[name] = widget
        widget._send = lambda content, buffers=None: self._post(name, content, buffers)
        self._place(name, box)

    def until(self, condition: str, seconds: float = 10) -> None:
        """Waits for a JavaScript condition; the page's policy forbids Playwright's own waiting."""
        end = time.monotonic() + seconds
        while not self.page.evaluate(condition):
            assert time.monotonic() < end, f"The page never came to: {condition}"
            self.page.wait_for_timeout(20)

    def flush(self) -> None:
        """Delivers what Python sent of its own accord."""
        self.page.evaluate("messages => stageDeliver(messages)", self._drain())

    def _place(self, name: str, box: str = "np-card") -> None:
        widget = self.widgets[name]
        state = {key: value for key, value in widget.get_state().items() if key != "layout"}
        self.page.evaluate("it => stageShow(it)", {"id": name, "state": state, "box": box})

    def _serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/":
            body = (
                '<!doctype html><html lang="en"><title>Stage</title><body><main></main>'
                '<script type="module" src="/stage.js"></script>'
            )
            route.fulfill(
                body=body, content_type="text/html", headers={"Content-Security-Policy": POLICY}
            )
        elif path in self._files:
            route.fulfill(path=self._files[path], content_type="text/javascript")
        else:
            self.refused.append(route.request.url)
            route.abort()

    def _hear(self, name: str, content: Any, buffers: list[str]) -> list[dict]:
        if not self.connected:
            return []
        raw = [memoryview(base64.b64decode(buffer)) for buffer in buffers]
        self.widgets[name]._receive(self.widgets[name], content, raw)
        return self._drain()

    def _post(self, name: str, content: Mapping[str, Any], buffers: list | None) -> None:
        kept = [base64.b64encode(bytes(buffer)).decode() for buffer in buffers or ()]
        self.outbox.append({"id": name, "content": content, "buffers": kept})

    def _drain(self) -> list[dict]:
        messages, self.outbox = self.outbox, []
        return messages
