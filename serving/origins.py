"""Whether a browser says that a page of another site sent a request, as pages and API both ask.

Source: OWASP, Cross-Site Request Forgery Prevention Cheat Sheet, "Fetch Metadata" and "Verifying Origin".
"""

from __future__ import annotations

from typing import Literal

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.problem_details import RequestError

Origin = Literal["here", "elsewhere", "unsaid"]
READING = frozenset({"GET", "HEAD"})


def origin_of(headers: Headers) -> Origin:
    """Where a request was sent from: by Sec-Fetch-Site, else by the host of Origin; a program says neither.

    The scheme of Origin is not compared, for behind a proxy that ends TLS the service does not see its own, and where
    Sec-Fetch-Site says ``same-origin`` nothing of Origin is, for a proxy may have written another Host.

    >>> origin_of(Headers({"origin": "https://a.example", "host": "a.example"})), origin_of(Headers({}))
    ('here', 'unsaid')
    >>> origin_of(Headers({"origin": "null"})), origin_of(Headers({"sec-fetch-site": "same-site"}))
    ('elsewhere', 'elsewhere')
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site == "same-origin":
        return "here"
    if site not in (None, "none"):  # none: typed into the browser, or an extension's
        return "elsewhere"
    if origin is None:
        return "unsaid"
    host = origin.partition("://")[2]
    return "here" if host and host == headers.get("host") else "elsewhere"


class OwnSiteMiddleware:
    """Refuses what a page of another site would have the API do, with or without a body.

    Nothing of the API is a form that such a page could not send: a POST without a body, or one of a file, needs no
    leave of ours (CORS), and a proxy may add the credentials of whoever is at the browser.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if _would_change(scope) and origin_of(Headers(scope=scope)) == "elsewhere":
            raise RequestError(403, "cross-site", "nothing is done for a page of another site")
        await self.app(scope, receive, send)


def _would_change(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["path"].startswith("/v1") and scope["method"] not in READING
