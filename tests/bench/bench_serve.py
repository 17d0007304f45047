"""Ten visitors open the scenarios chapter at once: our server against stock Voilà, in the same run.

The visitors are protocol clients. Two moments count: the last byte of the page has come, that is,
every cell has been computed; and the state of every widget has come as well, which the page's front
end asks for next. The two take turns, three times each, every time newly started on an empty store;
the middle one of the three is told. Processor time says the same on a machine that others load.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil
import requests
import websocket

from serve.chapters import chapters_folder
from tests.serving import ROOT, answers, free_port, served, wait_for

VISITORS = 10
TURNS = 3
CHAPTER = "08_scenarios"
_KERNEL = re.compile(r'"kernelId": ?"([\w-]+)"')
_VIEW = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Burst:
    """Seconds until the last page and the last widget have come, processor seconds and MB of the
    server and its kernels then, and how many results of cells and widgets one page holds."""

    page_seconds: float
    widgets_seconds: float
    cpu_seconds: float
    mb: float
    results: int
    widgets: int


def run() -> list[dict]:
    """What ten simultaneous first opens take, ours and stock's."""
    ours, stock = [], []
    for _ in range(TURNS):
        with tempfile.TemporaryDirectory() as folder:
            ours.append(_ours(Path(folder) / "ours"))
            stock.append(_stock(Path(folder) / "stock"))
    if ours[0].results != stock[0].results:
        raise RuntimeError(f"Pages of {ours[0].results} and {stock[0].results} results compared.")
    return [
        *_rows("page whole", "page_seconds", ours, stock),
        *_rows("with its widgets", "widgets_seconds", ours, stock),
        _row("processor time of a burst, stock divided by ours",
             median(one.cpu_seconds for one in stock) / median(one.cpu_seconds for one in ours),
             "times", "load average " + ", ".join(f"{load:.1f}" for load in psutil.getloadavg())),
        _memory("ours", ours),
        _memory("stock Voilà", stock),
    ]


def _rows(moment: str, field: str, ours: list[Burst], stock: list[Burst]) -> list[dict]:
    mine, theirs = ([getattr(one, field) for one in turns] for turns in (ours, stock))
    return [
        _row(f"10 first opens, {moment}, ours", median(mine), "s", _all(mine)),
        _row(f"10 first opens, {moment}, stock Voilà", median(theirs), "s", _all(theirs)),
        _row("stock divided by ours", median(theirs) / median(mine), "times", "5 is asked"),
    ]


def _memory(name: str, turns: list[Burst]) -> dict:
    note = f"{turns[0].results} results, {turns[0].widgets} widgets a page"
    return _row(f"memory then, {name}", median(one.mb for one in turns), "MB", note)


def _row(name: str, value: float, unit: str, note: str) -> dict:
    return {"name": name, "value": value, "unit": unit, "note": note}


def _all(values: list[float]) -> str:
    return "of " + ", ".join(f"{value:.2f}" for value in values)


def _ours(home: Path) -> Burst:
    with served(None, home) as server:
        sessions = [server.browser() for _ in range(VISITORS)]
        _settle(server.process.pid)
        address = f"{server.address}deal/harbor-luzon/{CHAPTER}.ipynb"
        return _burst(sessions, address, server.address, server.process.pid)


def _stock(home: Path) -> Burst:
    with _stock_voila(home) as (server, pid):
        sessions = [requests.Session() for _ in range(VISITORS)]
        _settle(pid)
        return _burst(sessions, f"{server}voila/render/{CHAPTER}.ipynb", server, pid)


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


def _burst(sessions: list[requests.Session], address: str, server: str, pid: int) -> Burst:
    """All visitors open the page at once, and when all pages are whole, all ask for the widgets."""
    start, spent = time.perf_counter(), _seconds_spent(pid)
    with ThreadPoolExecutor(len(sessions)) as visitors:
        pages = list(visitors.map(lambda one: one.get(address, timeout=600).text, sessions))
        page_seconds = time.perf_counter() - start
        for page in pages:
            if "</html>" not in page or "There was an error when executing" in page:
                raise RuntimeError(f"{address} did not come whole: {json.dumps(page[-300:])}")
        states = list(visitors.map(lambda one, page: _states(one, page, server), sessions, pages))
    return Burst(
        page_seconds=page_seconds,
        widgets_seconds=time.perf_counter() - start,
        cpu_seconds=_seconds_spent(pid) - spent,
        mb=sum(one.memory_full_info().pss for one in _family(pid)) / 1e6,
        results=pages[0].count(_VIEW),
        widgets=states[0],
    )


def _states(session: requests.Session, page: str, server: str) -> int:
    """Ask a page's kernel for all its widgets, as the front end does; how many there are."""
    kernel = _KERNEL.search(page)[1]
    channel = websocket.create_connection(
        f"{server.replace('http', 'ws', 1)}api/kernels/{kernel}/channels?session_id=visitor",
        cookie="; ".join(f"{name}={value}" for name, value in session.cookies.items()),
        timeout=60,
        skip_utf8_validation=True,  # byte by byte in Python it would cost more than the answer
    )
    told = {"comm_id": "visitor", "target_name": "jupyter.widget.control", "data": {}}
    asked = {"comm_id": "visitor", "data": {"method": "request_states"}}
    channel.send(_message("comm_open", told, {"version": "1.0.0"}))
    channel.send(_message("comm_msg", asked, {}))
    while True:
        heard = channel.recv()
        message = json.loads(heard) if isinstance(heard, str) else {}
        if message.get("msg_type") == "comm_msg" and "states" in message["content"]["data"]:
            channel.close()
            return len(message["content"]["data"]["states"])


def _message(kind: str, content: dict, metadata: dict) -> str:
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "visitor", "username": ""}
    header |= {"version": "5.3", "date": "2026-01-01T00:00:00Z"}
    message = {"channel": "shell", "header": header, "parent_header": {}, "content": content}
    return json.dumps(message | {"metadata": metadata})
