"""The warmed process that kernels are forked from (Linux only; run as `python -m serve.zygote FD`).

It imports once what every chapter needs, freezes those objects so that children share their pages,
and then only waits: no thread, no ZeroMQ context, no open database, no JavaScript engine, so a fork
is safe. It speaks JSON messages over an inherited socket pair, which has no name on disk that
another user could open:

    {"do": "fork", "id": 1, "argv": [...], "env": {...}, "cwd": "..."}  ->  {"id": 1, "pid": 4711}
    {"do": "signal", "pid": 4711, "signum": 2}
                                                  (a child ended)  ->  {"exited": 4711, "code": 0}

It ends, and its kernels with it, when the launcher's end of the socket closes.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import random
import select
import signal
import socket
import sys
from datetime import date

MESSAGE_BYTES = 1 << 20
WARM = (
    "pandas",
    "altair",
    "anywidget",
    "ipywidgets",
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "jedi",
    "psutil",
    "comm",
    # What a kernel imports while it starts and opens its first database.
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "faulthandler",
    "tornado.platform.asyncio",
    "sqlalchemy.dialects.sqlite",
)
OURS = ("negotiation", "widgets")
_PR_SET_PDEATHSIG = 1


def main(descriptor: int) -> None:
    """Warm up, then fork on request until the launcher goes away."""
    channel = socket.socket(fileno=descriptor)
    die_with_parent()
    warm()
    Zygote(channel).run()


def warm() -> None:
    """Import what every chapter needs and let children share it."""
    # `import altair` reaches jsonschema, which builds a grammar for internationalised addresses
    # from rfc3987_syntax: 2.4 of 3 seconds, for a format no chart uses. jsonschema takes an
    # ImportError for "not installed" and goes on without it.
    sys.modules["rfc3987_syntax"] = None
    for name in WARM:
        importlib.import_module(name)
    for package in OURS:
        import_all(package)
    _open_sample()
    gc.collect()
    gc.freeze()


def _open_sample() -> None:
    """Show the sample's scenarios to nobody: children find its pictures drawn, its study made, and
    know how to talk to a database. The one here lies in memory and is closed before anybody forks.
    """
    import ipywidgets as ipw

    from negotiation import start
    from negotiation.desk import LocalDesk, Store
    from negotiation.files.deal_file import sample
    from widgets import DealState, scenarios

    deal = start.retold(sample(), date.today())
    store = Store(":memory:")
    desk = LocalDesk(store)
    desk.create(deal)
    state = DealState(desk=desk.at(deal.identity.id, "buyer"))
    for name in scenarios.__all__:
        getattr(scenarios, name)(state)
    store.close()
    ipw.Widget.close_all()


def import_all(package: str) -> None:
    """Import a package with every module in it."""
    root = importlib.import_module(package)
    for module in pkgutil.walk_packages(root.__path__, f"{package}."):
        importlib.import_module(module.name)


def die_with_parent() -> None:
    """Ask Linux to kill this process when its parent ends, however it ends."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Zygote:
    """Forks kernels, passes signals on, and reports the ones that ended."""

    def __init__(self, channel: socket.socket):
        self._channel = channel
        self._children: set[int] = set()
        self._wakeup, wake = os.pipe()
        os.set_blocking(self._wakeup, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        self._wake = wake
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the launcher's to handle

    def run(self) -> None:
        self._send({"ready": os.getpid()})
        try:
            while True:
                readable, _, _ = select.select([self._channel, self._wakeup], [], [])
                if self._wakeup in readable:
                    with contextlib.suppress(BlockingIOError):
                        os.read(self._wakeup, 4096)
                    self._reap()
                if self._channel in readable and not self._serve_one():
                    return
        finally:
            self._end_children()

    def _serve_one(self) -> bool:
        message = self._channel.recv(MESSAGE_BYTES)
        if not message:
            return False
        request = json.loads(message)
        if request["do"] == "fork":
            self._send({"id": request["id"], "pid": self._fork(request)})
        elif request["pid"] in self._children:
            # Only a child that has not been reaped: its number cannot have gone to another process.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(request["pid"], request["signum"])
        return True

    def _fork(self, request: dict) -> int:
        pid = os.fork()
        if pid == 0:
            self._become_kernel(request)
        with contextlib.suppress(OSError):  # the child does the same; whoever is first
            os.setpgid(pid, pid)
        self._children.add(pid)
        return pid

    def _become_kernel(self, request: dict) -> None:
        """In the child: leave everything of the warmed process behind, then never return."""
        code = 1
        try:
            die_with_parent()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for descriptor in (self._wakeup, self._wake):
                os.close(descriptor)
            self._channel.close()
            with contextlib.suppress(OSError):
                os.setpgid(0, 0)
            run_kernel(request["argv"], request["env"], request["cwd"])
            code = 0
        finally:
            os._exit(code)

    def _reap(self) -> None:
        for pid in list(self._children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._children.discard(pid)
                self._send({"exited": pid, "code": os.waitstatus_to_exitcode(status)})

    def _send(self, message: dict) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionError):
            self._channel.send(json.dumps(message).encode())

    def _end_children(self) -> None:
        for pid in self._children:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        for pid in self._children:
            os.waitpid(pid, 0)


def run_kernel(argv: list[str], env: dict[str, str], cwd: str) -> None:
    """Run an IPython kernel in this freshly forked process until it is told to stop."""
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    silence = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):  # what a failing cell writes may hold a party's values
        os.dup2(silence, standard)
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    sys.argv = ["ipykernel_launcher", *argv]
    sys.path[0] = ""
    import ipywidgets as ipw
    from ipykernel.kernelapp import IPKernelApp

    from serve.unheard import keep_silent

    keep_silent()
    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(argv)
    # ipywidgets was imported before there was a kernel at which it could have done this itself.
    # Without it a page asks every widget singly for its state.
    ipw.register_comm_target()
    app.start()


if __name__ == "__main__":
    main(int(sys.argv[1]))
