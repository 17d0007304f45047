"""A served playbook for tests: started as a process of its own, spoken to over HTTP and sockets."""

import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import requests
import websocket
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).parents[1]
_LINK = re.compile(r"(http\S+?)start/(\S+)")


class Served:
    """A running server: `address` ends in a slash, `log` is what it has written so far."""

    def __init__(self, process: subprocess.Popen, home: Path):
        self.process = process
        self.home = home
        self.log = ""
        self._fresh = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.process.stdout:
            self.log += line
            self._fresh.set()
        self._fresh.set()

    def start_link(self) -> str:
        """The last link the terminal shows; waits for the first one."""
        return wait_for(
            lambda: _LINK.findall(self.log) and "start/".join(_LINK.findall(self.log)[-1])
        )

    @property
    def address(self) -> str:
        self.start_link()
        return _LINK.findall(self.log)[0][0]

    def browser(self) -> requests.Session:
        """A client that was admitted by a start link of its own."""
        session = requests.Session()
        session.trust_env = False  # or an authority named there would be asked all the same
        session.verify = False  # a test's certificate is its own
        link = self.start_link()
        session.get(link, allow_redirects=False).raise_for_status()
        wait_for(lambda: self.start_link() != link)
        return session

    def kernels(self) -> int:
        return requests.get(f"{self.address}healthz").json()["kernels"]

    def chapter(self, session: requests.Session, chapter: str, deal: str = "acme") -> str:
        """The whole page of a chapter, once its last cell has been computed."""
        answer = session.get(f"{self.address}deal/{deal}/{chapter}.ipynb", timeout=120)
        answer.raise_for_status()
        return answer.text


@contextmanager
def served(
    chapters: Path | None, home: Path, words: str = "", prelude: str = "pass", **environ: str
):
    """Serve `chapters` (the real ones if None) on a free port; `words` are more arguments,
    `prelude` is run before the server is imported."""
    code = (
        f"{prelude}; from pathlib import Path; from serve.app import serve; "
        f"serve(port={free_port()}, open_browser=False, "
        f"chapters={f'Path({str(chapters)!r})' if chapters else None}{words and ', ' + words})"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PLAYBOOK_HOME": str(home), **environ}
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=env,
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield Served(process, home)
    finally:
        process.terminate()
        process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address: str) -> bool:
    """Whether a server is up at `address`."""
    try:
        return requests.get(address, timeout=5).ok
    except requests.ConnectionError:
        return False


def wait_for(asked, seconds: float = 60):
    """The first true answer of `asked()`; an AssertionError when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := asked():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"nothing came of {asked} within {seconds} s")


def kernel_of(page: str) -> str:
    """The kernel id that a page was given."""
    return re.search(r'data-kernel="([\w-]+)"', page)[1]


def values_of(page: str) -> list[str]:
    """Plain-text results of a page's cells, in order."""
    found = re.findall(r'cell-output\+json">(.*?)</script>', page, re.S)
    return [json.loads(one)["data"]["text/plain"].strip("'") for one in found]


def write_chapter(folder: Path, chapter: str, *cells: str | tuple[str, str]) -> None:
    """Write a notebook: text in `##` or prose is Markdown, a tuple is code with a tag."""
    made = [
        new_code_cell(cell[0], metadata={"tags": [cell[1]] if cell[1] else []})
        if isinstance(cell, tuple)
        else new_markdown_cell(cell)
        for cell in cells
    ]
    node = new_notebook(cells=made)
    node.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    folder.mkdir(exist_ok=True, parents=True)
    nbformat.write(node, folder / f"{chapter}.ipynb")


def open_socket(server: Served, session: requests.Session, kernel: str) -> websocket.WebSocket:
    """The channel a page's widgets talk through."""
    cookies = "; ".join(f"{name}={value}" for name, value in session.cookies.items())
    address = server.address.replace("http", "ws", 1)
    return websocket.create_connection(
        f"{address}api/kernels/{kernel}/channels?session_id=test",
        cookie=cookies,
        timeout=20,
        sslopt={"cert_reqs": ssl.CERT_NONE},
    )
