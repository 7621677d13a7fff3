"""Without access everyone is anonymous and may do anything, so only this machine is answered.

A proxy on this machine asks from a loopback address too, for whoever asks it. So what says that it came through one is
refused; a proxy that says nothing of itself is told by the name that it passes on (``serving.hosts``), which is
answered only where it is set, and where one is set everyone is asked (``serving.access.settings``).
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.access.actor import ANONYMOUS, NOBODY, acting_as
from serving.access.permits import Refuse
from serving.access.settings import HOW, is_loopback
from serving.problem_details import RequestError

FORWARDING = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""What proxies add: RFC 7239, RFC 9110 7.6.3, and what nginx, Apache and others sent before."""


class OpenToThisMachine:
    """Around the whole application, where nobody is asked who they are."""

    def __init__(self, app: ASGIApp, refuse_page: Refuse, *, everywhere: bool = False) -> None:
        """``everywhere`` is for an application that is no server's, as in a program of one's own."""
        self.app = app
        self.refuse_page = refuse_page
        self.everywhere = everywhere

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = "" if self.everywhere else why_refused(scope)
        if not refused:
            with acting_as(ANONYMOUS):
                await self.app(scope, receive, send)
        elif scope["path"].startswith(("/v1", "/metrics")):
            raise RequestError(403, "access-not-set-up", refused)
        else:
            with acting_as(NOBODY):
                await self.refuse_page(scope, 403, refused)(scope, receive, send)


def why_refused(scope: Scope) -> str:
    """Why a request is not this machine's own, and what to do; empty where it is."""
    if not is_loopback(str((scope.get("server") or ("127.0.0.1",))[0])):
        return f"nobody is asked here who they are: {HOW}"
    if any(name in Headers(scope=scope) for name in FORWARDING):
        return f"this came through a proxy, and nobody is asked here who they are: {HOW}"
    return ""
