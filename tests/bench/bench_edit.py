"""From Enter in a term's cell to the repainted charts, in real Chromium on a served chapter."""

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import FLAGS, chromium_path
from tests.serving import served

EDITS = 40
_READY_SECONDS = 60

# Types a value, presses Enter, and notes when a chart first changed and when the last one did; each
# time is that of the frame after the change. It is over when nothing has changed for half a second.
_ONE_EDIT = """async ([cell, value]) => {
  const field = document.querySelector(cell);
  field.focus();
  field.value = value;
  let first = 0, last = 0;
  const frame = () => requestAnimationFrame(() => {
    last = performance.now();
    first ||= last;
  });
  const watch = new MutationObserver(frame);
  const how = {subtree: true, childList: true, attributes: true, characterData: true};
  for (const plot of document.querySelectorAll(".np-plot")) watch.observe(plot, how);
  const begun = performance.now();
  field.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
  const over = () => {
    const now = performance.now();
    return now - begun > 5000 || (first && now - last > 500);
  };
  while (!over()) await new Promise((go) => setTimeout(go, 50));
  watch.disconnect();
  return [first - begun, last - begun];
}"""


def run(chapters: Path | None = None, row: str = "unit_price", column: str = "draft") -> list[dict]:
    """Rows of the benchmark table: median and 95th percentile for the first and the last chart."""
    with tempfile.TemporaryDirectory() as home, served(chapters, Path(home)) as server:
        first, last = zip(*_edits(server, row, column), strict=True)
    return [
        _row("cell edit to first repainted chart, median", statistics.median(first)),
        _row("cell edit to first repainted chart, p95", _p95(first), "goal: under 150"),
        _row("cell edit to last repainted chart, median", statistics.median(last)),
        _row("cell edit to last repainted chart, p95", _p95(last)),
    ]


def _edits(server, row: str, column: str) -> list[tuple[float, float]]:
    cell = f'tr[data-row="{row}"] [data-column="{column}"]'
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1360, "height": 900})
        page.goto(server.start_link())
        page.goto(f"{server.address}deal/harbor-luzon/08_scenarios.ipynb")
        _settled(page, cell)
        values = [f"{1.60 + step * 0.0025:.4f}" for step in range(EDITS + 5)]
        times = [page.evaluate(_ONE_EDIT, [cell, value]) for value in values]
        browser.close()
    return times[5:]


def _settled(page: Page, cell: str) -> None:
    """Waits until the cell is there and no chart has come for two seconds."""
    page.locator(cell).wait_for(timeout=_READY_SECONDS * 1000)
    charts = -1
    while charts != (now := page.locator(".np-plot svg").count()) or not now:
        charts = now
        page.wait_for_timeout(2000)


def _p95(times: tuple[float, ...]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def _row(name: str, value: float, note: str = "") -> dict:
    return {"name": name, "value": value, "unit": "ms", "note": note}
