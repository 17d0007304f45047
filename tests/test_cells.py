"""What a chapter's cells show reaches the page whole; widgets speak once the page listens."""

import gc
import json
import re
import uuid

import comm
import pytest

from serve.unheard import UnheardComm, keep_silent
from tests.serving import kernel_of, open_socket, served, write_chapter

WIDGETS = """
import ipywidgets as ipw
label = ipw.Label('three')
label.add_class('late')
slider = ipw.IntSlider(3)
slider.observe(lambda change: setattr(label, 'value', f'{change.new} times'), 'value')
ipw.VBox([label, slider])
"""
TWO_CHANNELS = "import sys\nprint('on paper')\nprint('in the margin', file=sys.stderr)"
CLEARED = """
from IPython.display import clear_output
print('a draft')
clear_output()
print('final')
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chapters")
    shown = "from IPython.display import HTML, display\ndisplay(HTML('<b>bold</b>'))\n6 * 7"
    write_chapter(
        folder,
        "08_scenarios",
        "# Scenarios",
        (TWO_CHANNELS, ""),
        (CLEARED, ""),
        (shown, ""),
        (WIDGETS, ""),
    )
    write_chapter(
        folder,
        "00_start",
        "# Deal room",
        ("'before'", ""),
        ("import os, signal, time; time.sleep(1); os.kill(os.getpid(), signal.SIGKILL)", ""),
    )
    with served(folder, tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module")
def page(server):
    return server.chapter(server.browser(), "08_scenarios")


@pytest.fixture
def channel(server):
    """A front end's channel to a kernel of its own, and the page that it belongs to."""
    browser = server.browser()
    page = server.chapter(browser, "08_scenarios")
    socket = open_socket(server, browser, kernel_of(page))
    yield Channel(socket), page
    socket.close()


class Channel:
    """Speaks to a kernel as a page's front end does."""

    def __init__(self, socket):
        self._socket = socket

    def say(self, kind: str, content: dict, metadata: dict | None = None) -> None:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "s", "username": ""}
        header |= {"version": "5.3", "date": "2026-01-01T00:00:00Z"}
        message = {"channel": "shell", "header": header, "parent_header": {}, "content": content}
        self._socket.send(json.dumps(message | {"metadata": metadata or {}}))

    def hear(self, kind: str) -> dict:
        """The content of the next message of this kind."""
        while True:
            message = json.loads(self._socket.recv())
            if message["msg_type"] == kind:
                return message["content"]


def outputs(page: str) -> list[dict]:
    return [json.loads(one) for one in re.findall(r'cell-output\+json">(.*?)</script>', page, re.S)]


def test_what_a_cell_prints_is_shown_and_its_warnings_are_not(page):
    assert '<pre class="np-text">on paper' in page
    assert "in the margin" not in page


def test_what_a_cell_takes_back_is_not_shown(page):
    assert "final" in page
    assert "a draft" not in page


def test_all_that_a_cell_shows_comes_in_order(page):
    shown = [one["data"] for one in outputs(page)]
    assert [one.get("text/html", one["text/plain"]) for one in shown[:2]] == ["<b>bold</b>", "42"]


def test_a_kernel_that_ends_at_work_is_told_in_its_place(server):
    page = server.chapter(server.browser(), "00_start")
    assert outputs(page)[0]["data"]["text/plain"] == "'before'"
    assert re.search(r'data-cell="2" data-last>\s*<div.*could not be computed', page)


def model_of(page: str) -> str:
    return outputs(page)[-1]["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]


def test_a_page_gets_every_widget_as_it_is_by_one_question(channel):
    front, page = channel
    front.say(
        "comm_open",
        {"comm_id": "front", "target_name": "jupyter.widget.control", "data": {}},
        {"version": "1.0.0"},
    )
    front.say("comm_msg", {"comm_id": "front", "data": {"method": "request_states"}})
    states = front.hear("comm_msg")["data"]["states"]
    child = states[model_of(page)]["state"]["children"][0].removeprefix("IPY_MODEL_")
    assert states[child]["state"]["value"] == "three"
    assert states[child]["state"]["_dom_classes"] == ["late"]


def test_a_page_may_ask_one_widget_and_hears_of_every_change_after(channel):
    front, page = channel
    front.say("comm_msg", {"comm_id": model_of(page), "data": {"method": "request_state"}})
    label, slider = front.hear("comm_msg")["data"]["state"]["children"]
    change = {"method": "update", "state": {"value": 5}, "buffer_paths": []}
    front.say("comm_msg", {"comm_id": slider.removeprefix("IPY_MODEL_"), "data": change})
    heard = front.hear("comm_msg")
    while heard["comm_id"] != label.removeprefix("IPY_MODEL_"):
        heard = front.hear("comm_msg")
    assert heard["data"]["state"] == {"value": "5 times"}


def test_garbage_is_looked_for_once_the_page_has_spoken(monkeypatch):
    monkeypatch.setattr(comm, "create_comm", comm.create_comm)
    monkeypatch.setattr(UnheardComm, "_heard", False)
    keep_silent()
    try:
        assert not gc.isenabled()
        UnheardComm(primary=False)
        assert gc.isenabled()
    finally:
        gc.enable()
