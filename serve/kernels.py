"""Kernels: forked from a warmed process on Linux, ordinary elsewhere; and what they may know."""

import asyncio
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine, Mapping
from typing import Any

import traitlets as tl
from jupyter_client.ioloop import AsyncIOLoopKernelManager
from jupyter_client.provisioning import LocalProvisioner
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from serve.cells import TOPICS, hear_only
from serve.zygote import MESSAGE_BYTES

FORKING = sys.platform == "linux"

# What a kernel may see of the server's environment. Everything else (tokens, passwords, database
# addresses) stays with the server.
ALLOWED = frozenset(
    {
        *("PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP"),
        *("PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX", "LD_LIBRARY_PATH"),
        *("USERPROFILE", "APPDATA", "LOCALAPPDATA", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR"),
        *("COMSPEC", "PATHEXT", "NUMBER_OF_PROCESSORS"),
        *("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"),
        *("JUPYTER_PATH", "JUPYTER_RUNTIME_DIR", "PLAYBOOK_HOME"),
    }
)
# One arithmetic thread a kernel: chapters compute in small blocks, and a fork needs to be alone.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
# No history file, no completion engine: nobody types code into a served chapter.
KERNEL_OPTIONS = ["--HistoryManager.enabled=False", "--IPCompleter.use_jedi=False"]
_FAILED_WARM_UPS = 2
# A page's last edit may still be on its way into the store when the page closes.
_FAREWELL_SECONDS = 0.5
_FAREWELL_ROUNDS = 20
# A page beats as soon as it is whole. One that was left before its script ran never does.
_UNSEEN_SECONDS = 30
# A crashed browser cannot say farewell. Shorter interruptions of the network are waited for; a
# laptop's sleep does not count where the server sleeps too.
_ABSENT_SECONDS = 180

_running: set[asyncio.Task] = set()


def in_background(work: Coroutine) -> None:
    """Let `work` go on by itself; the loop alone would forget it."""
    task = asyncio.ensure_future(work)
    _running.add(task)
    task.add_done_callback(_running.discard)


def kernel_environment(environ: Mapping[str, str], **own: str) -> dict[str, str]:
    """The environment a kernel starts with: the allowed part of `environ`, locale, and `own`."""
    allowed = {
        name: value
        for name, value in environ.items()
        if name.upper() in ALLOWED or name.startswith("LC_")
    }
    return {**allowed, **ONE_THREAD, **own}


class WarmProcess:
    """The launcher's end of the warmed process: starts it, asks it to fork, hears of ends.

    Lives on the server's event loop. When the warmed process dies its kernels die with it; the next
    request starts a new one. After two failed starts in a row `fork` raises `OSError`, and kernels
    are started the ordinary way.
    """

    def __init__(self, env: dict[str, str], log: logging.Logger):
        self._env = env
        self._log = log
        self._process: subprocess.Popen | None = None
        self._channel: socket.socket | None = None
        self._pending: dict[int, asyncio.Future] = {}
        self._exit_codes: dict[int, int] = {}
        self._living: set[int] = set()
        self._requests = 0
        self._failures = 0

    @property
    def pid(self) -> int | None:
        """Process number of the warmed process, `None` when it is not running."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start warming; returns at once. Requests made meanwhile wait in the socket."""
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "serve.zygote", str(there.fileno())],
                pass_fds=[there.fileno()],
                env=self._env,
                stdin=subprocess.DEVNULL,
            )
        here.setblocking(False)
        self._channel = here
        asyncio.get_running_loop().add_reader(here.fileno(), self._read)

    async def fork(self, argv: list[str], env: dict[str, str], cwd: str) -> int:
        """Process number of a new kernel. Raises `OSError` when no warmed process can be had."""
        if self._channel is None:
            if self._failures >= _FAILED_WARM_UPS:
                raise OSError("the warmed process does not start")
            self.start()
        self._requests += 1
        answer = asyncio.get_running_loop().create_future()
        self._pending[self._requests] = answer
        self._send(do="fork", id=self._requests, argv=argv, env=env, cwd=cwd)
        return await answer

    def signal(self, pid: int, signum: int) -> None:
        """Send a signal to a kernel and whatever it started; nothing happens when it has ended."""
        if self._channel is not None and pid in self._living:
            self._send(do="signal", pid=pid, signum=int(signum))

    def exit_code(self, pid: int) -> int | None:
        """`None` while the kernel runs; its exit code once it has ended."""
        return None if pid in self._living else self._exit_codes.get(pid, -signal.SIGKILL)

    def forget(self, pid: int) -> None:
        self._exit_codes.pop(pid, None)

    def stop(self) -> None:
        """End the warmed process and with it every kernel."""
        if self._channel is not None:
            asyncio.get_running_loop().remove_reader(self._channel.fileno())
            self._channel.close()
            self._channel = None
        if self._process is not None:
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _send(self, **message: Any) -> None:
        try:
            self._channel.send(json.dumps(message).encode())
        except OSError:
            self._lost()

    def _read(self) -> None:
        while self._channel is not None:
            try:
                message = self._channel.recv(MESSAGE_BYTES)
            except BlockingIOError:
                return
            except OSError:
                message = b""
            if not message:
                self._lost()
            else:
                self._take(json.loads(message))

    def _take(self, message: dict) -> None:
        if "ready" in message:
            self._failures = 0
        elif "exited" in message:
            self._living.discard(message["exited"])
            self._exit_codes[message["exited"]] = message["code"]
        else:
            self._living.add(message["pid"])
            self._pending.pop(message["id"]).set_result(message["pid"])

    def _lost(self) -> None:
        """The warmed process is gone, and by its wish its kernels too."""
        self._log.warning("The process that kernels are forked from has ended; starting anew.")
        asyncio.get_running_loop().remove_reader(self._channel.fileno())
        self._channel.close()
        self._channel = None
        self._failures += 1
        self._process.wait()
        self._living.clear()
        for answer in self._pending.values():
            answer.set_exception(OSError("the warmed process has ended"))
        self._pending.clear()


class ForkedProcess:
    """A forked kernel with the few methods of `Popen` that a provisioner calls."""

    stdin = stdout = stderr = None

    def __init__(self, warm: WarmProcess, pid: int):
        self._warm = warm
        self.pid = pid

    def poll(self) -> int | None:
        return self._warm.exit_code(self.pid)

    def wait(self) -> int | None:
        code = self.poll()
        self._warm.forget(self.pid)
        return code

    def send_signal(self, signum: int) -> None:
        self._warm.signal(self.pid, signum)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class ForkProvisioner(LocalProvisioner):
    """Starts a kernel by forking the warmed process; by the ordinary way where that fails."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any):
        warm: WarmProcess = self.parent.parent.warm
        argv = [*cmd[cmd.index("-f") :], *KERNEL_OPTIONS]
        try:
            pid = await warm.fork(argv, kwargs["env"], kwargs.get("cwd") or os.getcwd())
        except OSError as error:
            self.log.warning("A kernel is started without the warmed process: %s.", error)
            return await self._launch_ordinary(cmd, **kwargs)
        self.process = ForkedProcess(warm, pid)
        self.pid, self.pgid = pid, None
        self.cwd = kwargs.get("cwd")
        return self.connection_info

    async def _launch_ordinary(self, cmd: list[str], **kwargs: Any):
        return await super().launch_kernel([*cmd, *KERNEL_OPTIONS], **quiet(kwargs))


class OrdinaryProvisioner(LocalProvisioner):
    """Starts a kernel as its own process (macOS, Windows)."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any):
        return await super().launch_kernel([*cmd, *KERNEL_OPTIONS], **quiet(kwargs))


def quiet(kwargs: dict[str, Any]) -> dict[str, Any]:
    """A kernel's own output may hold a party's values: it goes nowhere."""
    return {**kwargs, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class PlaybookKernel(AsyncIOLoopKernelManager):
    """One kernel. Never restarted by itself: a kernel without its chapter's state is no chapter."""

    autorestart = tl.Bool(False)

    @tl.default("transport")
    def _default_transport(self) -> str:
        # Over TCP a burst of kernels collides on ports, and the page then waits for ever.
        return "ipc" if FORKING else "tcp"

    async def _async_pre_start_kernel(self, **kwargs: Any):
        if self.provisioner is None:
            provisioner = ForkProvisioner if FORKING else OrdinaryProvisioner
            self.provisioner = provisioner(
                kernel_id=kwargs.get("kernel_id"), kernel_spec=self.kernel_spec, parent=self
            )
        return await super()._async_pre_start_kernel(**kwargs)


class PlaybookKernels(AsyncMappingKernelManager):
    """All kernels of the server, and who owns which."""

    kernel_manager_class = "serve.kernels.PlaybookKernel"
    warm = tl.Instance(WarmProcess, allow_none=True)
    owners = tl.Dict(help="kernel id -> the session that opened it")
    _seen = tl.Dict(help="kernel id -> when its page was last heard of (s, monotonic)")

    async def open_for(self, owner: str, kernel_id: str, **kwargs: Any) -> None:
        """Start a kernel that belongs to one browser session."""
        self.owners[kernel_id] = owner
        await self.start_kernel(kernel_id=kernel_id, **kwargs)

    def is_owner(self, owner: str, kernel_id: str) -> bool:
        return self.owners.get(kernel_id) == owner

    async def is_living(self, kernel_id: str) -> bool:
        """False for a kernel that was closed, culled, killed or never was."""
        return kernel_id in self and await self.get_kernel(kernel_id).is_alive()

    def start_watching_activity(self, kernel_id: str) -> None:
        """Watch only whether the kernel is at work: what its widgets say is told by that too."""
        super().start_watching_activity(kernel_id)
        hear_only(self.get_kernel(kernel_id)._activity_stream.socket, TOPICS[-1:])

    def see(self, kernel_id: str) -> None:
        """Note that the kernel's page is alive."""
        self._seen[kernel_id] = time.monotonic()

    def notify_disconnect(self, kernel_id: str) -> None:
        """A page's channel has closed: by farewell, by a break of the network, or by a crash."""
        super().notify_disconnect(kernel_id)
        if kernel_id in self:
            self.see(kernel_id)
            in_background(self.let_go_unless_back(kernel_id))

    async def let_go_unless_back(self, kernel_id: str) -> None:
        """Close a kernel whose page has neither channel nor heartbeat for three minutes."""
        while self._kernel_connections.get(kernel_id) == 0:
            left = self._seen.get(kernel_id, 0) + _ABSENT_SECONDS - time.monotonic()
            if left <= 0:
                return await self.let_go(kernel_id)
            await asyncio.sleep(left)

    async def let_go_unless_seen(self, kernel_id: str) -> None:
        """Close a kernel whose page was left before it came alive and so cannot do it itself."""
        await asyncio.sleep(min(_UNSEEN_SECONDS, self.cull_idle_timeout))
        if kernel_id not in self._seen:
            await self.close(kernel_id)

    async def close(self, kernel_id: str) -> None:
        """Shut a kernel down at once; nothing happens when it has gone already."""
        self.owners.pop(kernel_id, None)
        if kernel_id in self:
            await self.shutdown_kernel(kernel_id, now=True)

    async def let_go(self, kernel_id: str) -> None:
        """Close a kernel whose page is closing, once it has finished what it was told before."""
        await asyncio.sleep(_FAREWELL_SECONDS)
        for _ in range(_FAREWELL_ROUNDS):
            if kernel_id not in self or self.get_kernel(kernel_id).execution_state != "busy":
                break
            await asyncio.sleep(_FAREWELL_SECONDS)
        await self.close(kernel_id)

    def remove_kernel(self, kernel_id: str):
        self.owners.pop(kernel_id, None)
        self._seen.pop(kernel_id, None)
        return super().remove_kernel(kernel_id)
