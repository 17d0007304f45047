"""One Chromium and one server for all browser tests; every page is watched for foreign requests."""

import os
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.serving import Served, served

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SHOTS = Path(__file__).parent / "shots"


def chromium_path() -> str | None:
    """The system's Chromium; None, for Playwright's own, where the system has none."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A fresh page; any script error on it fails the test."""
    errors = []
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture(scope="session")
def playbook(tmp_path_factory) -> Served:
    """The real chapters, served, with an empty store."""
    with served(None, tmp_path_factory.mktemp("home")) as running:
        yield running


class Visitor:
    """A browser window admitted to a server. `open` shows a chapter; `foreign` must stay empty."""

    def __init__(self, chromium: Browser, server: Served, **options):
        self.server = server
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        self.context = chromium.new_context(**options)
        self.context.route(lambda address: not self._is_ours(address), self._refuse)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)
        self.context.request.get(server.start_link(), max_redirects=0)

    def open(self, chapter: str, deal: str = "harbor-luzon") -> Page:
        """The chapter's page with every cell computed and every widget drawn."""
        self.page.goto(f"{self.server.address}deal/{deal}/{chapter}.ipynb")
        self.page.wait_for_selector("body[data-whole]", state="attached", timeout=60_000)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until no output still waits for its widget."""
        waiting = 'script[type="application/vnd.voila.cell-output+json"]'
        self.page.wait_for_selector(waiting, state="detached", timeout=30_000)
        self.page.wait_for_load_state("networkidle")

    def shot(self, name: str, **options) -> None:
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", **{"full_page": True, **options})

    def close(self) -> None:
        # As when a person leaves: the page lets its kernel go. A context that closes at once
        # would drop that message on its way.
        self.page.goto("about:blank")
        self.page.wait_for_timeout(400)
        self.context.close()

    def _is_ours(self, address: str) -> bool:
        return address.startswith((self.server.address, "data:", "blob:", "about:"))

    def _refuse(self, route) -> None:
        self.foreign.append(route.request.url)
        route.abort()

    def _hear(self, message) -> None:
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)


@pytest.fixture
def visit(chromium, playbook):
    """`visit()` admits a new browser window to the real chapters; closed after the test."""
    visitors: list[Visitor] = []

    def make(server: Served = playbook, **options) -> Visitor:
        visitors.append(Visitor(chromium, server, **options))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.close()


def violations(page: Page) -> list[str]:
    """What axe-core objects to, as sentences; an empty list is a pass."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {node['target']}"
        for one in found
        for node in one["nodes"]
    ]


def unfold_all(page: Page) -> None:
    """Open every folded part, those inside others included."""
    folded = page.locator(".np-fold-line button[aria-expanded=false]:visible")
    while folded.count():
        button = folded.last.element_handle()
        button.click()
        page.wait_for_function("it => it.getAttribute('aria-expanded') === 'true'", arg=button)
