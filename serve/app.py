"""The server: Voilà as a library, with our page, our guard and our kernels."""

import asyncio
import errno
import logging
import os
import re
import shutil
import signal
import sys
import tempfile
import webbrowser
from pathlib import Path

import tornado.httpserver
import tornado.ioloop
import tornado.web
import traitlets as tl
import voila.app
from traitlets.config import Config
from voila.paths import STATIC_ROOT, collect_static_paths
from voila.utils import get_page_config

from negotiation.desk import LocalDesk, StoreError
from negotiation.files.deal_file import SAMPLE, read_deal
from negotiation.pictures.runtime import ensure_runtime
from serve import handlers
from serve.already import playbook_at
from serve.chapters import chapters_folder
from serve.encryption import CertificateError, encryption
from serve.guard import (
    BrowserIdentity,
    KernelOwnership,
    StartLinks,
    close_to_other_processes,
    is_loopback,
    refusal,
)
from serve.kernels import FORKING, WarmProcess, kernel_environment
from serve.pages import environment

EXTENSIONS = [
    "@voila-dashboards/widgets-manager8",
    "@jupyter-widgets/jupyterlab-manager",
    "anywidget",
]
UPLOAD_BYTES = 64 * 1024 * 1024
IDLE_MINUTES = 30
LAST_PORT = 65535
_PING_MS = 20_000
_SOCKET_PATH_BYTES = 100  # Linux allows 107 for the path of a Unix socket
DEAL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class ServeError(ValueError):
    """The server cannot start; the message is a sentence with the remedy."""


def serve(
    host: str = "127.0.0.1",
    port: int = 8866,
    deal: str | None = None,
    open_browser: bool = True,
    cert: str | None = None,
    key: str | None = None,
    insecure: bool = False,
    chapters: Path | None = None,
    idle_minutes: float = IDLE_MINUTES,
) -> int:
    """Serve the chapters until interrupted; 0 when it was.

    Prints the start link, which opens one browser and is then replaced by the next one. `deal` is
    what `/` opens: a deal's id, or a `.json` file that is stored first; without it the deal opened
    last, else the sample. `chapters` is the notebooks' folder; a kernel whose page is gone
    ends after `idle_minutes`.
    Raises `ServeError` (a sentence) when the address may not or cannot be served, `FieldError` for
    a deal file that is none.
    """
    if not 0 <= port <= LAST_PORT:
        raise ServeError(f"There is no port {port}: one from 1 to {LAST_PORT} is allowed.")
    check_address(host, cert, key, insecure)
    close_to_other_processes()
    deal_id = stored_deal(deal or "")
    ensure_runtime()
    server = PlaybookServer(
        ip=host,
        port=port,
        open_browser=open_browser,
        cert=cert or "",
        key=key or "",
        deal=deal_id,
        root_dir=str(chapters or chapters_folder()),
        idle_minutes=idle_minutes,
    )
    server.initialize([])
    server.start()
    return 0


def check_address(host: str, cert: str | None, key: str | None, insecure: bool) -> None:
    """Beyond this machine a certificate is needed, or the word `--insecure`."""
    if bool(cert) != bool(key):
        raise ServeError("A certificate needs its key: give both --cert and --key.")
    if cert and key:
        try:
            encryption(cert, key)
        except CertificateError as error:
            raise ServeError(str(error)) from None
    try:
        local = is_loopback(host)
    except OSError:
        raise ServeError(f"The host {host} is not known on this machine.") from None
    if not local and not cert and not insecure:
        raise ServeError(
            f"At {host} others on the network could read along: give --cert and --key, "
            "or say --insecure if something in front encrypts."
        )


def stored_deal(wanted: str) -> str:
    """The id of the wanted deal; a `.json` file is stored under its id unless that is there."""
    if wanted.endswith(".json"):
        found = read_deal(wanted)
        desk = LocalDesk()
        if not desk.has(found.identity.id):
            desk.create(found)
        wanted = found.identity.id
    if wanted and not DEAL_ID.fullmatch(wanted):
        raise ServeError(
            f"{wanted!r} is no deal id: letters, digits, dots, dashes and underscores are allowed."
        )
    return wanted


class QuietLog(logging.Filter):
    """Keeps a party's values out of the log: an exception is told by its kind alone."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0] is not None:
            record.msg = f"{record.exc_info[0].__name__} in {record.module}.{record.funcName}"
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


class GuardedApplication(tornado.web.Application):
    """Refuses, before any route is looked up, what must not be answered on one laptop."""

    def find_handler(self, request, **kwargs):
        reason = refusal(request) if self.settings["local"] else None
        if reason is None:
            return super().find_handler(request, **kwargs)
        return self.get_handler_delegate(request, handlers.RefusedHandler, {"reason": reason})

    def log_request(self, handler: tornado.web.RequestHandler) -> None:
        """Only what went wrong, without the query, which may hold a secret."""
        if handler.get_status() >= 500:
            logging.getLogger("playbook").error(
                "%s %s answered %d.",
                handler.request.method,
                handler.request.path,
                handler.get_status(),
            )


class PlaybookServer(voila.app.Voila):
    """Voilà with our routes. Reads no configuration from outside: what is served is in the code."""

    cert = tl.Unicode()
    key = tl.Unicode()
    deal = tl.Unicode()
    idle_minutes = tl.Float(IDLE_MINUTES)
    port_retries = 0
    log_level = logging.WARNING
    config_file_paths: tl.List = tl.List([])

    def initialize(self, argv=None) -> None:
        self.update_config(configuration(self.idle_minutes))
        super().initialize(argv)
        quiet = QuietLog()
        for log in (
            self.log,
            logging.getLogger("tornado.application"),
            logging.getLogger("asyncio"),
        ):
            log.addFilter(quiet)

    def setup_template_dirs(self) -> None:
        """Ours for the page; Voilà's base only for its scripts."""
        self.template_paths = []
        self.static_paths = [STATIC_ROOT, *collect_static_paths(["voila", "nbconvert"], "base")]

    @property
    def chapters(self) -> Path:
        """The folder of the notebooks."""
        return Path(self.root_dir)

    def first_deal(self) -> str:
        """The deal at which `/` opens."""
        try:
            return self.deal or LocalDesk().last_deal() or SAMPLE
        except StoreError:  # the chapter says so; the sample opens without a store
            return SAMPLE

    @property
    def local(self) -> bool:
        return is_loopback(self.ip)

    @property
    def address(self) -> str:
        host = f"[{self.ip}]" if ":" in self.ip else self.ip
        return f"{'https' if self.cert else 'http'}://{host}:{self.port}/"

    @property
    def start_link(self) -> str:
        return f"{self.address}start/{self.links.current}"

    def init_settings(self) -> dict:
        settings = super().init_settings()
        page_config = get_page_config(
            base_url=self.base_url,
            settings=settings,
            log=self.log,
            voila_configuration=self.voila_configuration,
        )
        return settings | {
            "local": self.local,
            "allow_remote_access": not self.local,
            "login_url": "/start",
            "xsrf_cookie_kwargs": {"secure": bool(self.cert), "samesite": "Lax"},
            "links": self.links,
            "playbook": self,
            "page_env": environment(),
            "page_config": page_config,
            "compress_response": not self.local,
            "websocket_max_message_size": UPLOAD_BYTES,
            "ws_ping_interval": _PING_MS,
            "ws_ping_timeout": _PING_MS,
            "default_handler_class": handlers.NotFoundHandler,
        }

    def init_handlers(self) -> list:
        return handlers.routes(self.static_paths, self.labextensions_path)

    def start(self) -> None:
        """Listen, print the start link, and block until SIGINT or SIGTERM."""
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self.links = StartLinks()
        self.connection_dir = _short_folder()
        self.app = GuardedApplication(**self.init_settings())
        self.app.add_handlers(".*$", self.init_handlers())
        self._listen()
        self._stopped = asyncio.Event()
        self._stop_on_signals()
        warm = self._warm_up()
        self.announce()
        if self.open_browser and not webbrowser.open(self.start_link):
            print("No browser was found: open the link above in one.", flush=True)
        try:
            await self._stopped.wait()
        finally:
            await self.kernel_manager.shutdown_all(now=True)
            if warm is not None:
                warm.stop()
            shutil.rmtree(self.connection_dir, ignore_errors=True)

    def announce(self) -> None:
        """Print the link that opens the next browser."""
        print(f"The playbook is open at {self.start_link}", flush=True)

    def _listen(self) -> None:
        options = encryption(self.cert, self.key) if self.cert else None
        server = tornado.httpserver.HTTPServer(self.app, ssl_options=options)
        try:
            server.listen(self.port, self.ip)
        except OSError as error:
            raise ServeError(_cannot_listen(error, self.ip, self.port)) from None
        self.port = next(iter(server._sockets.values())).getsockname()[1]

    def _warm_up(self) -> WarmProcess | None:
        if not FORKING:
            return None
        warm = WarmProcess(kernel_environment(os.environ, **self.own_environment()), self.log)
        self.kernel_manager.warm = warm
        warm.start()
        return warm

    def own_environment(self) -> dict[str, str]:
        """What every kernel is told by this server."""
        return {
            "IPYTHONDIR": str(Path(self.connection_dir) / "ipython"),
            "JPY_PARENT_PID": str(os.getpid()),
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # the debugger's advice is not for readers
        }

    def _stop_on_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGINT, signal.SIGTERM):
            if sys.platform == "win32":
                signal.signal(signum, lambda *_: loop.call_soon_threadsafe(self._stopped.set))
            else:
                loop.add_signal_handler(signum, self._stopped.set)


def configuration(idle_minutes: float) -> Config:
    """What is set once for every page. `voila.json` says the same to a plain Voilà."""
    return Config(
        {
            "VoilaConfiguration": {
                "multi_kernel_manager_class": "serve.kernels.PlaybookKernels",
                "extension_allowlist": EXTENSIONS,
                "allow_template_override": "NO",
                "allow_theme_override": "NO",
                "show_tracebacks": False,
            },
            "Voila": {
                "identity_provider_class": BrowserIdentity,
                "authorizer_class": KernelOwnership,
            },
            "PlaybookServer": {
                "identity_provider_class": BrowserIdentity,
                "authorizer_class": KernelOwnership,
            },
            "MappingKernelManager": {
                "cull_idle_timeout": max(1, round(idle_minutes * 60)),
                "cull_interval": max(1, min(60, round(idle_minutes * 60))),
                "allow_tracebacks": False,
            },
        }
    )


def _short_folder() -> str:
    """A private folder for kernels' sockets, whose paths must stay short."""
    folder = tempfile.mkdtemp(prefix="np-")
    longest = f"{folder}/kernel-{'x' * 36}-ipc-99"
    if len(longest.encode()) > _SOCKET_PATH_BYTES and Path("/tmp").is_dir():
        os.rmdir(folder)
        folder = tempfile.mkdtemp(prefix="np-", dir="/tmp")
    return folder


def _cannot_listen(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < LAST_PORT else port - 1
        if open_at := playbook_at(host, port):
            return (
                f"The playbook is already open at {open_at}: use the last link it printed, "
                f"or start a second one with --port {other}."
            )
        return f"Port {port} is taken by another program: choose one with --port {other}."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used by you: choose one above 1023 with --port."
    return f"The playbook cannot listen at {host}: {error.strerror}."
