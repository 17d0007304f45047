"""The routes: pages, heartbeat, health, and the parts of Voilà that a page needs."""

import asyncio
import json
import os
import uuid
from urllib.parse import quote

import tornado.web
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import APIHandler, FileFindHandler, JupyterHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.iostream import StreamClosedError
from voila.static_file_handler import MultiStaticFileHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from serve.already import PROGRAM
from serve.assets import FOR_EVER, AssetHandler, asset_url, runtime_url, static_path
from serve.chapters import Chapter, all_chapters, by_act, is_open, neighbours
from serve.guard import content_security_policy
from serve.kernels import in_background, kernel_environment
from serve.pages import NO_KERNEL, Run, head_facts, load_notebook
from widgets.assets import SERVED_AT

_KERNEL = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"
_DEAL = r"(?P<deal>[A-Za-z0-9][A-Za-z0-9._-]{0,79})"
_CHAPTER = r"(?P<chapter>[0-9]{2}_[a-z_]+)"


def routes(static_paths: list[str], labextensions: list[str]) -> list[tuple]:
    """Every address this server answers: none of Voilà's tree, contents, files and themes."""
    return [
        (r"/", HomeHandler),
        (r"/start", StartHandler),
        (r"/start/(?P<token>[\w-]+)", StartHandler),
        (r"/healthz", HealthHandler),
        (rf"/deal/{_DEAL}/?", DealHandler),
        (rf"/deal/{_DEAL}/{_CHAPTER}(?:\.ipynb)?", ChapterHandler),
        (r"/playbook/static/([\w.-]+)", AssetHandler),
        (rf"/playbook/api/alive/{_KERNEL}", AliveHandler),
        (rf"/voila/api/shutdown/{_KERNEL}", ShutdownHandler),
        (rf"/api/kernels/{_KERNEL}", KernelHandler),
        (rf"/api/kernels/{_KERNEL}/channels", VoilaKernelWebsocketHandler),
        (
            r"/voila/static/(.*)",
            MultiStaticFileHandler,
            {"paths": static_paths, "default_filename": "index.html"},
        ),
        (r"/voila/labextensions/(.*)", LabExtensionHandler, {"path": labextensions}),
    ]


class PageHandler(JupyterHandler):
    """A page of ours: policy header, no caching, and a sentence where something is missing."""

    @property
    def content_security_policy(self) -> str:
        return content_security_policy(self.request.host, self.request.protocol == "https")

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")

    @property
    def server(self):
        return self.settings["playbook"]

    def render_page(self, template: str, **values) -> str:
        return (
            self.settings["page_env"]
            .get_template(template)
            .render(asset=asset_url, base_url=self.base_url, **values)
        )

    def say(self, status: int, title: str, *sentences: str, link: tuple[str, str] | None = None):
        """Answer with a page of a title and a few sentences."""
        self.set_status(status)
        self.finish(
            self.render_page("message.html.j2", title=title, sentences=sentences, link=link)
        )

    def say_start_from_terminal(self) -> None:
        self.say(
            403,
            "Open the playbook from its start link",
            "This browser has not been admitted yet.",
            "In the terminal where the playbook runs, open the last link it printed. "
            "Each link admits one browser and is then replaced by a new one.",
        )

    def write_error(self, status_code: int, **kwargs) -> None:
        self.say(
            status_code,
            "This page could not be shown",
            "Something went wrong on the server. What you typed before is kept.",
            link=("/", "Go to the deal room"),
        )


class RefusedHandler(tornado.web.RequestHandler):
    """Answers what must not be answered on one laptop, with the reason."""

    def initialize(self, reason: str) -> None:
        self._reason = reason

    def prepare(self) -> None:
        self.set_status(403)
        self.finish(self._reason)


class NotFoundHandler(PageHandler):
    """Any other address."""

    @allow_unauthenticated
    async def get(self) -> None:
        if self.current_user is None:
            return self.say_start_from_terminal()
        self.say(
            404,
            "There is no such page",
            "The address is not one of the playbook's.",
            link=("/", "Go to the deal room"),
        )


class HealthHandler(tornado.web.RequestHandler):
    """For whoever watches the server; says nothing about deals."""

    def get(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.write(
            {"status": "ok", "program": PROGRAM, "kernels": len(self.settings["kernel_manager"])}
        )


class StartHandler(PageHandler):
    """Exchanges a start link for a session of this browser."""

    @allow_unauthenticated
    async def get(self, token: str | None = None) -> None:
        if token and self.settings["links"].redeem(token):
            self.identity_provider.admit(self)
            self.server.announce()
            self.redirect("/")
        elif self.current_user is not None:
            self.redirect("/")
        else:
            self.say_start_from_terminal()


class HomeHandler(PageHandler):
    """`/` opens the deal room."""

    @allow_unauthenticated
    async def get(self) -> None:
        if self.current_user is None:
            return self.say_start_from_terminal()
        self.redirect(f"/deal/{quote(self.server.first_deal())}/{all_chapters()[0].id}.ipynb")


class DealHandler(PageHandler):
    """`/deal/<id>` opens its deal room."""

    @allow_unauthenticated
    async def get(self, deal: str) -> None:
        self.redirect(f"/deal/{deal}/{all_chapters()[0].id}.ipynb")


class ChapterHandler(PageHandler):
    """A chapter on a deal: the page at once, its results as its own kernel computes them."""

    kernel_id: str | None = None

    async def prepare(self) -> None:
        await super().prepare()
        # Sets the cookie without which the page could not close its kernel again.
        assert self.xsrf_token

    @allow_unauthenticated
    async def get(self, deal: str, chapter: str) -> None:
        if self.current_user is None:
            return self.say_start_from_terminal()
        found = next((one for one in all_chapters() if one.id == chapter), None)
        home = (f"/deal/{deal}/{all_chapters()[0].id}.ipynb", "Go to the deal room")
        if found is None:
            return self.say(
                404, "There is no such chapter", f"{chapter} is not in the playbook.", link=home
            )
        if not is_open(found, self.server.chapters):
            return self.say(
                404, found.title, found.question, "This chapter is not yet written.", link=home
            )
        try:
            await self._stream(deal, found)
        except (StreamClosedError, asyncio.CancelledError):
            await self._close_kernel()

    async def _stream(self, deal: str, chapter: Chapter) -> None:
        notebook = load_notebook(self.server.chapters / f"{chapter.id}.ipynb")
        self.kernel_id = str(uuid.uuid4())
        started = asyncio.ensure_future(self._start_kernel(deal))
        await self._send(self._opening(deal, chapter, notebook))
        run = Run(notebook, self.settings["page_env"], self.log)
        try:
            await started
        except Exception as error:  # whatever kept the kernel from starting, the reader is told so
            self.log.warning("A kernel did not start: %s.", type(error).__name__)
            await self._send(self.render_page("no_kernel.html.j2", sentence=NO_KERNEL))
            return
        async for piece in run.pieces(self.kernel_manager.get_kernel(self.kernel_id)):
            await self._send(piece)
        await self._send(self.render_page("end.html.j2", config=self._page_config()))
        in_background(self.kernel_manager.let_go_unless_seen(self.kernel_id))

    def _opening(self, deal: str, chapter: Chapter, notebook) -> str:
        folder = self.server.chapters
        before, after = neighbours(chapter, folder)
        return self.render_page(
            "chapter.html.j2",
            deal=deal,
            chapter=chapter,
            facts=head_facts(chapter),
            acts=by_act(),
            total=all_chapters()[-1].number,
            open_ids={one.id for one in all_chapters() if is_open(one, folder)},
            before=before,
            after=after,
            sections=notebook.sections,
            kernel_id=self.kernel_id,
        )

    async def _start_kernel(self, deal: str) -> None:
        own = self.server.own_environment() | {
            "PLAYBOOK_DEAL": deal,
            "PLAYBOOK_RUNTIME_URL": runtime_url(self.base_url),
            SERVED_AT: static_path(self.base_url),
        }
        await self.kernel_manager.open_for(
            self.current_user.username,
            self.kernel_id,
            kernel_name="python3",
            path="",
            env=kernel_environment(os.environ, **own),
        )

    def _page_config(self) -> str:
        config = self.settings["page_config"] | {
            "baseUrl": self.base_url,
            "kernelId": self.kernel_id,
        }
        return json.dumps(config).replace("<", "\\u003c")

    async def _send(self, html: str) -> None:
        if self._gone:
            raise StreamClosedError()
        self.write(html)
        await self.flush()

    _gone = False

    def on_connection_close(self) -> None:
        """The visitor left before the page was whole: nobody will use its kernel."""
        self._gone = True
        if self.kernel_id is not None:
            in_background(self._close_kernel())

    async def _close_kernel(self) -> None:
        if self.kernel_id is not None:
            await self.kernel_manager.close(self.kernel_id)


class OwnKernelHandler(APIHandler):
    """Something about a kernel that only its owner may do."""

    def prepare_ownership(self, kernel_id: str) -> None:
        owner = self.kernel_manager.owners.get(kernel_id)
        if owner not in (None, self.current_user.username):
            raise tornado.web.HTTPError(403)


class AliveHandler(OwnKernelHandler):
    """Heartbeat of a page: 204 while its kernel lives, 410 when it has gone for good."""

    @tornado.web.authenticated
    async def get(self, kernel_id: str) -> None:
        self.prepare_ownership(kernel_id)
        self.kernel_manager.see(kernel_id)
        living = await self.kernel_manager.is_living(kernel_id)
        if not living:
            await self.kernel_manager.close(kernel_id)
        self.set_status(204 if living else 410)
        self.finish()

    def update_api_activity(self) -> None:
        """A heartbeat is no sign that somebody works."""


class ShutdownHandler(OwnKernelHandler):
    """A closing page lets its kernel go, after what it was still doing has been saved."""

    @tornado.web.authenticated
    async def post(self, kernel_id: str) -> None:
        self.prepare_ownership(kernel_id)
        in_background(self.kernel_manager.let_go(kernel_id))
        self.set_status(204)
        self.finish()


class LabExtensionHandler(FileFindHandler):
    """The widget managers' scripts; their names carry a hash, so browsers keep them."""

    @allow_unauthenticated
    async def get(self, path: str, include_body: bool = True) -> None:
        await super().get(path, include_body)

    def set_extra_headers(self, path: str) -> None:
        if path.endswith(".js"):
            self.set_header("Cache-Control", FOR_EVER)
