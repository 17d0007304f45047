"""Who may talk to the server: this machine's browser, by a one-time link, to its own kernels."""

import ctypes
import ipaddress
import secrets
import socket
import sys
from http.cookies import CookieError

import tornado.web
from jupyter_server.auth import Authorizer, User
from jupyter_server.auth.identity import IdentityProvider
from tornado.httputil import HTTPServerRequest, split_host_and_port

# Signs of a proxy in front: then the request does not come from this machine's own browser.
FORWARDED = (
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Server",
    "X-Real-Ip",
    "Via",
)
_PR_SET_DUMPABLE = 4


def close_to_other_processes() -> None:
    """Linux: let no other process of this user read this one's environment or memory.

    A kernel runs as the same user and could otherwise read the server's passwords in `/proc`. What
    the server starts is not affected: a new program is readable again, and the warmed process holds
    nothing that a kernel may not know.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0)


def is_loopback(host: str) -> bool:
    """Whether listening on `host` reaches this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" and all(
            ipaddress.ip_address(found[4][0]).is_loopback
            for found in socket.getaddrinfo(host, None)
        )


def refusal(request: HTTPServerRequest) -> str | None:
    """Why a server for one laptop does not answer this request; `None` when it does.

    A page of another name that resolves to this machine (DNS rebinding) and a proxy that opens the
    laptop to others are both refused, whatever cookie they bring.
    """
    try:
        host, _ = split_host_and_port(request.host.lower())
    except ValueError:
        host = ""
    if not _names_this_machine(host.strip("[]")):
        return "The playbook on this machine answers only at localhost and 127.0.0.1."
    if any(header in request.headers for header in FORWARDED):
        return "The playbook on this machine does not answer through a proxy."
    return None


def _names_this_machine(host: str) -> bool:
    """`localhost` or a loopback address itself: no name that somebody could let resolve to one."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def content_security_policy(host: str, secure: bool) -> str:
    """What a page may load: this server alone. `blob:` carries anywidget's modules; no eval."""
    sockets = f"{'wss' if secure else 'ws'}://{host}"
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' blob:",
            "style-src 'self' 'unsafe-inline' blob:",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self' {sockets}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class StartLinks:
    """One-time tokens: each opens one browser session, then the next one is issued."""

    def __init__(self):
        self.current = secrets.token_urlsafe(24)

    def redeem(self, token: str) -> bool:
        """Whether `token` was the current one; if so it is spent and replaced."""
        if not secrets.compare_digest(token.encode(), self.current.encode()):
            return False
        self.current = secrets.token_urlsafe(24)
        return True


class BrowserIdentity(IdentityProvider):
    """A visitor is a browser that redeemed a start link; its signed cookie names its session."""

    def get_user(self, handler: tornado.web.RequestHandler) -> User | None:
        try:
            session = handler.get_signed_cookie(self.cookie(handler))
        except CookieError:
            return None
        return User(username=session.decode()) if session else None

    def admit(self, handler: tornado.web.RequestHandler) -> None:
        """Give this browser a session of its own, for as long as it stays open."""
        handler.set_signed_cookie(
            self.cookie(handler),
            secrets.token_hex(16),
            expires_days=None,
            httponly=True,
            samesite="Lax",
            secure=handler.request.protocol == "https",
        )

    @staticmethod
    def cookie(handler: tornado.web.RequestHandler) -> str:
        """Cookies are shared by all ports of a host, so the name carries the port."""
        _, port = split_host_and_port(handler.request.host)
        return f"playbook-session-{port or 0}"

    @property
    def auth_enabled(self) -> bool:
        return True


class KernelOwnership(Authorizer):
    """A session may reach the kernels it opened and no other."""

    def is_authorized(self, handler, user, action: str, resource: str) -> bool:
        kernel_id = handler.path_kwargs.get("kernel_id")
        return resource == "kernels" and handler.kernel_manager.is_owner(user.username, kernel_id)
