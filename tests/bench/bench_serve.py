"""Ten visitors open the scenarios chapter at once: our server against stock Voilà, in the same run.

The visitors are protocol clients: each is done when the last byte of its page has come, that is,
when every cell has been computed.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import requests

from serve.chapters import chapters_folder
from tests.serving import ROOT, answers, free_port, served, wait_for

VISITORS = 10
CHAPTER = "08_scenarios"


def run() -> list[dict]:
    """Seconds until the last of ten simultaneous first opens is whole, ours and stock's."""
    with tempfile.TemporaryDirectory() as folder:
        ours, our_mb = _ours(Path(folder) / "ours")
        stock, stock_mb = _stock(Path(folder) / "stock")
    return [
        _row("10 first opens at once, ours", ours, "s", f"{our_mb:,.0f} MB at the end"),
        _row("10 first opens at once, stock Voilà", stock, "s", f"{stock_mb:,.0f} MB at the end"),
        _row("stock divided by ours", stock / ours, "times", "at least 5 is asked for"),
    ]


def _row(name: str, value: float, unit: str, note: str) -> dict:
    return {"name": name, "value": value, "unit": unit, "note": note}


def _ours(home: Path) -> tuple[float, float]:
    with served(None, home) as server:
        sessions = [server.browser() for _ in range(VISITORS)]
        _settle(server.process.pid)
        address = f"{server.address}deal/harbor-luzon/{CHAPTER}.ipynb"
        return _burst(sessions, address, server.process.pid)


def _stock(home: Path) -> tuple[float, float]:
    with _stock_voila(home) as (address, pid):
        sessions = [requests.Session() for _ in range(VISITORS)]
        _settle(pid)
        return _burst(sessions, f"{address}voila/render/{CHAPTER}.ipynb", pid)


@contextmanager
def _stock_voila(home: Path):
    """`voila playbook/` as anybody would start it, on a store of its own."""
    port = free_port()
    words = [str(chapters_folder()), "--no-browser", f"--port={port}", "--Voila.port_retries=0"]
    env = {**os.environ, "PLAYBOOK_HOME": str(home), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "voila", *words],
        env=env,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_for(lambda: answers(f"{address}voila/static/voila.js"))
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def _settle(pid: int) -> None:
    """Wait until a server has finished starting: no processor time of it or its children passes."""
    spent = -1.0
    while spent != (spent := round(_seconds_spent(pid), 1)):
        time.sleep(1)


def _seconds_spent(pid: int) -> float:
    return sum(sum(one.cpu_times()[:2]) for one in _family(pid))


def _family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def _burst(sessions: list[requests.Session], address: str, pid: int) -> tuple[float, float]:
    """Seconds until the last page is whole, and the memory (MB) of the server and its kernels."""
    start = time.perf_counter()
    with ThreadPoolExecutor(len(sessions)) as visitors:
        pages = list(visitors.map(lambda one: one.get(address, timeout=600).text, sessions))
    seconds = time.perf_counter() - start
    for page in pages:
        if "</html>" not in page or "There was an error when executing" in page:
            raise RuntimeError(f"{address} did not come whole: {json.dumps(page[-300:])}")
    return seconds, sum(one.memory_full_info().pss for one in _family(pid)) / 1e6
