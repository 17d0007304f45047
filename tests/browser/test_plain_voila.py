"""Plain Voilà, started in the checkout, draws a chapter's charts and asks no other server."""

import os
import subprocess
import sys

import pytest

from tests.serving import ROOT, answers, free_port, wait_for


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The address of a plain Voilà that serves the real chapters."""
    address = f"http://127.0.0.1:{(port := free_port())}/voila/"
    words = ["playbook/", "--no-browser", f"--port={port}", "--Voila.port_retries=0"]
    home = str(tmp_path_factory.mktemp("home"))
    process = subprocess.Popen(
        [sys.executable, "-m", "voila", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PLAYBOOK_HOME": home},
    )
    try:
        wait_for(lambda: answers(f"{address}static/voila.js"))
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_a_chart_is_drawn_and_nothing_is_asked_of_another_server(page, plain):
    asked = []
    # The route sees only what the page's policy lets out.
    page.context.route(
        lambda address: not address.startswith((plain[: -len("voila/")], "data:", "blob:")),
        lambda route: (asked.append(route.request.url), route.abort()),
    )
    page.goto(f"{plain}render/08_scenarios.ipynb")
    chart = page.locator(".np-chart .np-plot svg").first
    chart.wait_for(state="visible", timeout=60_000)
    assert chart.locator("path").count() > 0
    assert asked == []
