"""The server answers its own browser, keeps secrets from kernels and log, leaves none behind."""

import errno
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time

import psutil
import pytest
import requests
import websocket

from negotiation.desk import LocalDesk
from negotiation.files.data import data_file
from serve.app import (
    IDLE_MINUTES,
    ServeError,
    _cannot_listen,
    check_address,
    configuration,
    serve,
    stored_deal,
)
from serve.pages import FAILED, HIDDEN_TAG
from serve.zygote import import_all
from tests.serving import (
    ROOT,
    answers,
    free_port,
    kernel_of,
    open_socket,
    served,
    values_of,
    wait_for,
    write_chapter,
)
from widgets.control import Control

PLANTED = "hunter2-planted"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chapters")
    write_chapter(
        folder,
        "08_scenarios",
        "# Scenarios\nWhich question?",
        ("import os\nPRICE = 314159", "parameters"),
        "## Read\nWords that need no kernel.",
        ("os.environ['PLAYBOOK_DEAL']", ""),
        ("' '.join(sorted(os.environ.values()))", ""),
        ("open('/proc/self/environ').read() + open(f'/proc/{os.getppid()}/environ').read()", ""),
        ("os.getpid()", ""),
        ("raise AssertionError('a check of the sample')", "check"),
        ("'the end'", ""),
    )
    write_chapter(
        folder,
        "00_start",
        "# Deal room",
        ("PRICE = 314159", ""),
        "## Do",
        ("raise ValueError(f'the price {PRICE} is wrong')", ""),
        ("'never reached'", ""),
    )
    with served(folder, tmp_path_factory.mktemp("home"), DATABASE_PASSWORD=PLANTED) as running:
        yield running


@pytest.fixture(scope="module")
def browser(server):
    return server.browser()


def close(server, session, page):
    """What a page does on `pagehide`."""
    answer = session.post(
        f"{server.address}voila/api/shutdown/{kernel_of(page)}",
        data={"_xsrf": session.cookies["_xsrf"]},
    )
    assert answer.status_code == 204


# --- who is answered --------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "deal/acme/08_scenarios.ipynb", "start/guessed"])
def test_a_browser_without_the_link_is_told_to_start_from_the_terminal(server, path):
    answer = requests.get(server.address + path)
    assert answer.status_code == 403
    assert "open the last link it printed" in answer.text


def test_a_start_link_admits_one_browser_only(server):
    link = server.start_link()
    assert requests.Session().get(link, allow_redirects=False).status_code == 302
    assert requests.Session().get(link).status_code == 403


def test_the_home_address_opens_the_deal_room(server, browser):
    answer = browser.get(server.address, allow_redirects=False)
    assert re.fullmatch(r"/deal/[\w.-]+/00_start.ipynb", answer.headers["Location"])


@pytest.mark.parametrize("path", ["healthz", "deal/acme/00_start.ipynb", "voila/static/voila.js"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8866"},
        {"X-Forwarded-For": "10.0.0.7"},
        {"Forwarded": "for=10.0.0.7"},
    ],
)
def test_a_foreign_name_or_a_proxy_is_refused_everywhere(server, browser, headers, path):
    assert browser.get(server.address + path, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "voila/tree",
        "voila/files/00_start.ipynb",
        "voila/api/contents",
        "voila/render/00_start.ipynb",
        "api/kernels",
        "api/contents",
    ],
)
def test_addresses_of_voila_that_no_page_needs_do_not_exist(server, browser, path):
    assert browser.get(server.address + path).status_code == 404


def test_health_is_told_without_a_session(server):
    assert requests.get(f"{server.address}healthz").json()["status"] == "ok"


# --- a page -----------------------------------------------------------------------------------


def test_a_page_carries_a_policy_without_eval(server, browser):
    policy = browser.get(f"{server.address}deal/acme/09_value.ipynb").headers[
        "Content-Security-Policy"
    ]
    assert "script-src 'self' blob:;" in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_page_is_not_kept_by_the_browser(server, browser):
    assert browser.get(f"{server.address}nowhere").headers["Cache-Control"] == "no-store"


def test_hashed_files_are_kept_for_ever_and_wrong_hashes_do_not_exist(server, browser):
    page = browser.get(f"{server.address}nowhere").text
    address = re.search(r"/playbook/static/page-[0-9a-f]{16}\.css", page)[0]
    found = browser.get(server.address + address[1:])
    assert "immutable" in found.headers["Cache-Control"]
    wrong = re.sub(r"[0-9a-f]{16}", "0" * 16, address)
    assert browser.get(server.address + wrong[1:]).status_code == 404


def controls(kind=Control):
    """Every class of control."""
    import_all("widgets")
    found = set(kind.__subclasses__())
    return found.union(*(controls(one) for one in found))


def test_every_control_s_module_is_served_as_it_is_told_elsewhere(server, browser, monkeypatch):
    told = {one: one._esm.default() for one in controls() if hasattr(one, "_esm")}
    monkeypatch.setenv("PLAYBOOK_STATIC", "/playbook/static/")
    assert told
    for one, text in told.items():
        address = re.search(r'"/(playbook/static/[\w.-]+\.js)"', one._esm.default())[1]
        found = browser.get(server.address + address)
        assert "immutable" in found.headers["Cache-Control"]
        assert found.text == text
        assert browser.get(server.address + address.replace("-", "-0")).status_code == 404


def test_a_page_s_head_has_the_style_of_every_control(server, browser, monkeypatch):
    page = server.chapter(browser, "08_scenarios")
    close(server, browser, page)
    addresses = re.findall(r"/(playbook/static/(?:theme|controls)-\w+\.css)", page)
    head = "\n".join(browser.get(server.address + one).text for one in addresses)
    told = {one: one._css.default() for one in controls() if hasattr(one, "_css")}
    monkeypatch.setenv("PLAYBOOK_STATIC", "/playbook/static/")
    for one, text in told.items():
        assert one._css.default() == ""
        assert set(text.splitlines()) <= set(head.splitlines())


def test_the_deal_of_the_address_reaches_the_kernel(server, browser):
    page = server.chapter(browser, "08_scenarios", deal="harbor-luzon")
    assert values_of(page)[0] == "harbor-luzon"
    close(server, browser, page)


def test_query_words_change_nothing(server, browser):
    address = f"{server.address}deal/acme/08_scenarios.ipynb"
    page = browser.get(address, params={"theme": "dark", "template": "lab", "token": "s3cret"}).text
    assert "s3cret" not in page
    assert "np-rail" in page
    assert "s3cret" not in server.log
    close(server, browser, page)


def test_checks_of_the_sample_and_code_never_reach_a_reader(server, browser):
    page = server.chapter(browser, "08_scenarios")
    assert values_of(page)[-1] == "the end"
    assert "314159" not in page
    close(server, browser, page)


def test_a_chapter_not_yet_written_says_so(server, browser):
    answer = browser.get(f"{server.address}deal/acme/13_packages.ipynb")
    assert answer.status_code == 404
    assert "not yet written" in answer.text


def test_the_rail_lists_all_nineteen_chapters_and_links_the_open_ones(server, browser):
    page = server.chapter(browser, "08_scenarios")
    assert len(re.findall(r"<li data-chapter=", page)) == 19
    assert re.findall(r'<a href="(\d\d_\w+)\.ipynb"', page)[:2] == ["00_start", "08_scenarios"]
    assert page.count("not yet") == 17
    close(server, browser, page)


def test_a_failing_cell_is_a_sentence_and_its_values_stay_in_the_kernel(server, browser):
    page = server.chapter(browser, "00_start")
    assert "could not be computed" in page
    for text in (page, server.log):
        assert "314159" not in text
        assert "Traceback" not in text
    assert "never reached" not in page
    close(server, browser, page)


# --- kernels ----------------------------------------------------------------------------------


def test_a_password_of_the_server_is_unreadable_in_a_kernel(server, browser):
    page = server.chapter(browser, "08_scenarios")
    assert PLANTED not in page
    close(server, browser, page)


READ_BY_A_NEIGHBOUR = """
import ctypes, os, sys
from serve.guard import close_to_other_processes
path, (ready, told), (go, let) = f"/proc/{os.getpid()}/environ", os.pipe(), os.pipe()
if os.fork() == 0:
    if os.getuid() == 0:
        os.setuid(65534)
    for _ in range(2):
        os.read(ready, 1)
        try:
            print(PLANTED in open(path).read(), flush=True)
        except PermissionError:
            print("refused", flush=True)
        os.write(let, b"x")
    os._exit(0)
if os.getuid() == 0:
    os.setuid(65534)
    ctypes.CDLL(None).prctl(4, 1)  # losing root's rights had closed it already
os.write(told, b"x"), os.read(go, 1)
close_to_other_processes()
os.write(told, b"x"), os.read(go, 1)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_no_process_of_the_same_user_reads_a_closed_one():
    answer = subprocess.run(
        [sys.executable, "-c", READ_BY_A_NEIGHBOUR.replace("PLANTED", repr(PLANTED))],
        env={**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_PASSWORD": PLANTED},
        cwd=ROOT,
        text=True,
        capture_output=True,
    )
    assert answer.stdout.split() == ["True", "refused"], answer.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_served_playbook_is_closed_to_other_processes(tmp_path):
    write_chapter(tmp_path / "chapters", "08_scenarios", "# Scenarios", ("6 * 7", ""))
    asked = "ctypes.CDLL(None).prctl(3)"
    told = f"import atexit, ctypes; atexit.register(lambda: print('dumpable is', {asked}))"
    with served(tmp_path / "chapters", tmp_path, prelude=told) as server:
        assert values_of(server.chapter(server.browser(), "08_scenarios")) == ["42"]
    wait_for(lambda: "dumpable is 0" in server.log)


def test_a_crashed_page_leaves_no_kernel_and_an_interrupted_one_keeps_it(tmp_path):
    write_chapter(tmp_path / "chapters", "08_scenarios", "# Scenarios", ("6 * 7", ""))
    soon = "import serve.kernels; serve.kernels._ABSENT_SECONDS = 3"
    with served(tmp_path / "chapters", tmp_path, prelude=soon) as server:
        browser = server.browser()
        page = server.chapter(browser, "08_scenarios")
        alive = f"{server.address}playbook/api/alive/{kernel_of(page)}"
        open_socket(server, browser, kernel_of(page)).close()
        for _ in range(5):  # its heart beats, only its channel is broken
            time.sleep(1)
            assert browser.get(alive).status_code == 204
        assert server.kernels() == 1
        wait_for(lambda: server.kernels() == 0)
        assert browser.get(alive).status_code == 410


def test_a_closed_page_leaves_no_kernel(server, browser):
    page = server.chapter(browser, "08_scenarios")
    before = server.kernels()
    close(server, browser, page)
    wait_for(lambda: server.kernels() == before - 1)


def test_a_reload_leaves_one_kernel(server, browser):
    wait_for(lambda: server.kernels() == 0)
    for _ in range(3):
        page = server.chapter(browser, "08_scenarios")
        close(server, browser, page)
    wait_for(lambda: server.kernels() == 0)


def test_a_visitor_who_leaves_early_leaves_no_kernel(server, browser):
    wait_for(lambda: server.kernels() == 0)
    answer = browser.get(f"{server.address}deal/acme/08_scenarios.ipynb", stream=True)
    next(answer.iter_content(500))
    answer.close()
    wait_for(lambda: server.kernels() == 0)


def test_another_browser_may_neither_close_nor_hear_nor_watch_a_kernel(server, browser):
    page = server.chapter(browser, "08_scenarios")
    kernel = kernel_of(page)
    other = server.browser()
    other.get(f"{server.address}deal/acme/13_packages.ipynb")
    xsrf = {"_xsrf": other.cookies["_xsrf"]}
    assert other.post(f"{server.address}voila/api/shutdown/{kernel}", data=xsrf).status_code == 403
    assert other.get(f"{server.address}playbook/api/alive/{kernel}").status_code == 403
    assert other.get(f"{server.address}api/kernels/{kernel}").status_code == 403
    assert (
        other.delete(
            f"{server.address}api/kernels/{kernel}", headers={"X-XSRFToken": other.cookies["_xsrf"]}
        ).status_code
        == 403
    )
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        open_socket(server, other, kernel)
    close(server, browser, page)


def test_a_living_kernel_beats_and_a_closed_one_has_gone(server, browser):
    page = server.chapter(browser, "08_scenarios")
    alive = f"{server.address}playbook/api/alive/{kernel_of(page)}"
    assert browser.get(alive).status_code == 204
    close(server, browser, page)
    wait_for(lambda: browser.get(alive).status_code == 410)


def test_a_page_cannot_run_code_of_its_own(server, browser):
    page = server.chapter(browser, "08_scenarios")
    channel = open_socket(server, browser, kernel_of(page))
    header = {"msg_id": "1", "msg_type": "execute_request", "session": "s", "username": ""}
    header |= {"version": "5.3", "date": "2026-01-01T00:00:00Z"}
    content = {"code": "import os; os._exit(3)", "silent": False}
    message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}}
    channel.send(json.dumps(message | {"content": content}))
    channel.close()
    assert browser.get(f"{server.address}playbook/api/alive/{kernel_of(page)}").status_code == 204
    close(server, browser, page)


def test_a_kernel_nobody_talks_to_is_culled_and_its_page_can_tell(tmp_path):
    write_chapter(tmp_path / "chapters", "08_scenarios", "# Scenarios", ("1", ""))
    with served(tmp_path / "chapters", tmp_path, "idle_minutes=0.02") as server:
        browser = server.browser()
        page = server.chapter(browser, "08_scenarios")
        alive = f"{server.address}playbook/api/alive/{kernel_of(page)}"
        assert browser.get(alive).status_code == 204
        wait_for(lambda: server.kernels() == 0)
        assert browser.get(alive).status_code == 410


def test_a_page_left_before_it_came_alive_leaves_no_kernel(server, browser):
    wait_for(lambda: server.kernels() == 0)
    server.chapter(browser, "08_scenarios")
    assert server.kernels() == 1
    wait_for(lambda: server.kernels() == 0)


def test_when_the_warmed_process_dies_the_next_chapter_opens_all_the_same(tmp_path):
    write_chapter(tmp_path / "chapters", "08_scenarios", "# Scenarios", ("6 * 7", ""))
    with served(tmp_path / "chapters", tmp_path) as server:
        browser = server.browser()
        first = kernel_of(server.chapter(browser, "08_scenarios"))
        warm = next(
            child
            for child in psutil.Process(server.process.pid).children()
            if "serve.zygote" in child.cmdline()
        )
        kernels = warm.children()
        warm.kill()
        assert psutil.wait_procs(kernels, timeout=20)[1] == []
        alive = f"{server.address}playbook/api/alive/{first}"
        wait_for(lambda: browser.get(alive).status_code == 410)
        assert values_of(server.chapter(browser, "08_scenarios")) == ["42"]


def test_when_the_server_is_killed_nothing_of_it_lives_on(tmp_path):
    write_chapter(tmp_path / "chapters", "08_scenarios", "# Scenarios", ("6 * 7", ""))
    with served(tmp_path / "chapters", tmp_path) as server:
        server.chapter(server.browser(), "08_scenarios")
        family = psutil.Process(server.process.pid).children(recursive=True)
        assert len(family) >= 2
        server.process.kill()
        assert psutil.wait_procs(family, timeout=20)[1] == []


def test_chapters_open_without_forking_too_as_on_macos_and_windows(tmp_path):
    write_chapter(tmp_path / "chapters", "08_scenarios", "# Scenarios", ("6 * 7", ""))
    without = "import serve.kernels; serve.kernels.FORKING = False"
    with served(tmp_path / "chapters", tmp_path, prelude=without) as server:
        browser = server.browser()
        page = server.chapter(browser, "08_scenarios")
        assert values_of(page) == ["42"]
        close(server, browser, page)
        wait_for(lambda: server.kernels() == 0)
        assert len(psutil.Process(server.process.pid).children()) == 0


# --- starting ---------------------------------------------------------------------------------


def test_a_taken_port_is_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=f"Port {port} is taken by another program"):
            serve(port=port, open_browser=False, chapters=tmp_path)


def test_a_second_start_at_the_last_port_is_told_of_another_program_below_it():
    error = OSError(errno.EADDRINUSE, "Address already in use")
    assert _cannot_listen(error, "127.0.0.1", 65535).endswith("with --port 65534.")
    with pytest.raises(ServeError, match="There is no port 65536: one from 1 to 65535"):
        serve(port=65536, open_browser=False)


def test_a_second_start_is_told_that_the_playbook_is_open_already(server):
    port = int(server.address.rstrip("/").rpartition(":")[2])
    sentence = f"The playbook is already open at {re.escape(server.address)}: "
    with pytest.raises(ServeError, match=sentence):
        serve(port=port, open_browser=False, chapters=server.home)


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    """Two certificates with their keys, and one key that is locked."""
    folder = tmp_path_factory.mktemp("pem")
    for name in ("one", "two"):
        files = ["-keyout", f"{name}.key", "-out", f"{name}.crt"]
        _openssl(folder, "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost", *files)
    _openssl(folder, "rsa -aes256 -passout pass:x -in one.key -out locked.key")
    (folder / "words.txt").write_text("no certificate")
    return folder


def _openssl(folder, words, *more):
    if not shutil.which("openssl"):
        pytest.skip("openssl, which makes the certificates of this test, is not installed")
    subprocess.run(["openssl", *words.split(), *more], cwd=folder, check=True, capture_output=True)


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_beyond_this_machine_pages_and_channels_are_encrypted(tmp_path, pem):
    write_chapter(tmp_path, "08_scenarios", "# Scenarios", ("6 * 7", ""))
    words = f"host='0.0.0.0', cert={str(pem / 'one.crt')!r}, key={str(pem / 'one.key')!r}"
    with served(tmp_path, tmp_path / "home", words) as server:
        browser = server.browser()
        page = server.chapter(browser, "08_scenarios")
        assert server.address.startswith("https://")
        assert values_of(page) == ["42"]
        assert browser.cookies and all(cookie.secure for cookie in browser.cookies)
        assert open_socket(server, browser, kernel_of(page)).connected


@pytest.mark.parametrize(
    ("cert", "key", "told"),
    [
        ("words.txt", "one.key", r"words\.txt is no certificate in PEM form\.$"),
        ("one.key", "one.crt", r"one\.key is no certificate in PEM form\.$"),
        ("one.crt", "words.txt", r"words\.txt is no private key in PEM form\.$"),
        ("one.crt", "two.key", r"two\.key does not belong to the certificate .*one\.crt\.$"),
        ("one.crt", "locked.key", r"locked\.key is locked with a password"),
        ("one.crt", "gone.key", r"There is no file .*gone\.key\.$"),
        ("one.crt", "", r"cannot be read: Is a directory\.$"),
    ],
)
def test_a_certificate_that_cannot_be_used_is_one_sentence_with_its_file(pem, cert, key, told):
    with pytest.raises(ServeError, match=told):
        check_address("0.0.0.0", str(pem / cert), str(pem / key), False)


def test_every_address_of_this_machine_itself_is_answered(tmp_path):
    write_chapter(tmp_path, "08_scenarios", "# Scenarios", ("6 * 7", ""))
    with served(tmp_path, tmp_path / "home", "host='127.0.0.2'") as server:
        assert values_of(server.chapter(server.browser(), "08_scenarios")) == ["42"]


def test_beyond_this_machine_a_certificate_or_a_word_is_needed(tmp_path):
    with pytest.raises(ServeError, match="others on the network could read along"):
        check_address("0.0.0.0", None, None, False)
    check_address("0.0.0.0", None, None, True)
    check_address("127.0.0.1", None, None, False)
    with pytest.raises(ServeError, match="give both --cert and --key"):
        check_address("127.0.0.1", str(tmp_path / "cert.pem"), None, False)
    with pytest.raises(ServeError, match=r"There is no file .*cert\.pem"):
        check_address("127.0.0.1", str(tmp_path / "cert.pem"), str(tmp_path / "key.pem"), False)


def test_a_deal_file_is_stored_and_a_wrong_name_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYBOOK_HOME", str(tmp_path))
    assert stored_deal(str(data_file("deals/it-service-desk.json"))) == "it-service-desk"
    assert LocalDesk().has("it-service-desk")
    with pytest.raises(ServeError, match=r"'\.\./etc' is no deal id"):
        stored_deal("../etc")


# --- plain Voilà ------------------------------------------------------------------------------


def test_voila_json_says_what_the_launcher_says():
    plain = json.loads((ROOT / "voila.json").read_text(encoding="utf-8"))
    ours = configuration(IDLE_MINUTES)
    assert plain["TagRemovePreprocessor"] == {"enabled": True, "remove_cell_tags": [HIDDEN_TAG]}
    assert plain["VoilaExecutor"]["cell_error_instruction"] == FAILED
    for section in ("VoilaConfiguration", "MappingKernelManager"):
        for name, value in plain[section].items():
            assert ours[section][name] == value, f"{section}.{name}"


def test_plain_voila_shows_chapters_without_their_checks(tmp_path):
    write_chapter(tmp_path, "08_scenarios", "# Scenarios", ("6 * 7", ""), ("assert False", "check"))
    port = free_port()
    words = [str(tmp_path), "--no-browser", f"--port={port}", "--Voila.port_retries=0"]
    process = subprocess.Popen([sys.executable, "-m", "voila", *words], cwd=ROOT)
    try:
        address = f"http://127.0.0.1:{port}/voila/"
        wait_for(lambda: answers(f"{address}static/voila.js"))
        page = requests.get(f"{address}render/08_scenarios.ipynb", timeout=60).text
    finally:
        process.terminate()
        process.wait(timeout=30)
    assert '"text/plain": "42"' in page
    assert "There was an error" not in page
