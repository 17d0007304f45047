"""How fast a large map is laid out and drawn, and repainted in real Chromium after a gesture."""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from negotiation.deal import Deal
from negotiation.desk import LocalDesk, Store
from negotiation.files.deal_file import sample
from negotiation.process.layout import lay_out
from tests.browser.conftest import FLAGS, chromium_path
from tests.serving import served
from tests.test_process_layout import random_map
from widgets import ProcessMap

SEEDS = range(7)
GESTURES = 24
_WARM = 4
_LARGE = "large-map"

# Does a gesture, and tells how long it was until the frame that shows the new drawing.
_WATCHED = """async (gesture) => {
  const canvas = document.querySelector(".np-map-canvas");
  const begun = performance.now();
  const done = new Promise((tell) => {
    const watch = new MutationObserver(() => requestAnimationFrame(() => {
      watch.disconnect();
      tell(performance.now() - begun);
    }));
    watch.observe(canvas, {subtree: true, childList: true});
  });
  const how = {bubbles: true, cancelable: true};
  if (gesture.text !== undefined) {
    const field = document.querySelector(".np-panel [data-column=handling_min]");
    field.focus();
    field.value = gesture.text;
    field.dispatchEvent(new Event("input", how));
    field.dispatchEvent(new KeyboardEvent("keydown", {...how, key: "Enter"}));
  } else {
    const step = document.querySelector(".pm-step.pm-selected");
    step.focus();
    step.dispatchEvent(new KeyboardEvent("keydown", {...how, key: gesture.key, altKey: true}));
  }
  return done;
}"""


def run() -> list[dict]:
    """Rows of name, value, unit and note."""
    maps = [random_map(seed) for seed in SEEDS]
    small = [random_map(seed, steps=15, lanes=2, flows=18) for seed in SEEDS]
    return [
        _row("layout: 100 steps, 10 lanes, 150 flows", _median(lay_out, maps), "target under 50"),
        _row("layout, drawing, control: the same", _median(ProcessMap(key="map").show, maps), ""),
        _row("layout: 15 steps, 2 lanes, 18 flows", _median(lay_out, small), ""),
        *_gestures(),
    ]


def _median(work: Callable[..., object], inputs: list) -> float:
    """Median milliseconds of `work` over its inputs, after one run to warm up."""
    work(inputs[0])
    taken = []
    for each in inputs:
        start = time.perf_counter()
        work(each)
        taken.append(1e3 * (time.perf_counter() - start))
    return statistics.median(taken)


def _gestures() -> list[dict]:
    """From a field beside the map and from a gesture on it to the repainted map, served."""
    made = []
    with tempfile.TemporaryDirectory() as home:
        large = _large_deal()
        desk = LocalDesk(Store(Path(home) / "deals.sqlite"))
        desk.create(large)
        with served(None, Path(home)) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
            for words, deal in (("the sample", sample()), ("100 steps", large)):
                page = browser.new_page(viewport={"width": 1360, "height": 900})
                page.goto(server.start_link())
                page.goto(f"{server.address}deal/{deal.identity.id}/06_process.ipynb")
                _choose(page, deal)
                for how, gestures in _KINDS.items():
                    taken = [_one(page, gesture) for gesture in gestures][_WARM:]
                    made += _told(f"{how} to map, {words}", taken, words)
                page.close()
            browser.close()
    return made


_KINDS = {
    "field": [{"text": f"{3 + i / 8:g}"} for i in range(GESTURES)],
    "gesture": [{"key": ("ArrowDown", "ArrowUp")[i % 2]} for i in range(GESTURES)],
}


def _told(words: str, taken: list[float], goal: str) -> list[dict]:
    aim = "goal: under 150" if goal == "the sample" else "goal: under 400"
    p95 = statistics.quantiles(taken, n=20, method="inclusive")[-1]
    return [_row(f"{words}, median", statistics.median(taken), ""), _row(f"{words}, p95", p95, aim)]


def _large_deal() -> Deal:
    """The sample with a process of a hundred steps in ten lanes."""
    deal, process = sample(), random_map(3).process
    emptied = ("futures", "rates", "teams", "raci", "roles", "queues", "sipoc")
    tables = ("lanes", "flows", "steps")
    return deal.set_many([
        ("identity.id", _LARGE),
        *((f"process.{name}", ()) for name in emptied),
        *((f"process.{name}", getattr(process, name)) for name in tables),
    ])  # fmt: skip


def _choose(page: Page, deal: Deal) -> None:
    """A task that has a lane below it, chosen, once the page has come to rest."""
    page.wait_for_selector("body[data-whole]", state="attached", timeout=60_000)
    page.locator(".np-map-canvas > svg").wait_for(timeout=60_000)
    page.wait_for_timeout(3000)
    upper = {lane.id for lane in deal.process.lanes[:-1]}
    task = next(s for s in deal.process.steps if s.lane in upper and s.kind == "task")
    page.locator(f'[data-step="{task.id}"]').dispatch_event("click")
    page.locator(".np-panel [data-column=handling_min]").wait_for()


def _one(page: Page, gesture: dict) -> float:
    """One gesture; then what comes later has the time to come."""
    taken = page.evaluate(_WATCHED, gesture)
    page.wait_for_timeout(900)
    return taken


def _row(name: str, value: float, note: str) -> dict:
    return {"name": name, "value": round(value, 1), "unit": "ms", "note": note}
