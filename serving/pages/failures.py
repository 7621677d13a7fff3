"""Errors as pages: what is wrong and what to do, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Scope

from features.errors import BadInputError, ClearlaneError
from serving.access.permits import Refuse
from serving.pages.rendering import root_path
from serving.problem_details import RETRY_SECONDS, RequestError

_TITLES: Mapping[int, str] = {
    401: "Sign in first",
    403: "This is not for you",
    404: "There is nothing here",
    405: "This page cannot be used that way",
    409: "This item has changed meanwhile",
    422: "This could not be read",
    429: "Too much is asked just now",
    500: "Something went wrong here",
    503: "The queue cannot be reached just now",
}


class Render(Protocol):
    """Renders a template for a request."""

    def __call__(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response: ...


def refusals(render: Render, *, sign_in: bool) -> Refuse:
    """How pages answer a request that may not go on: who is not signed in is led to do so."""

    def refuse(scope: Scope, status: int, detail: str) -> ASGIApp:
        request = Request(scope)
        if status == 401 and sign_in and scope["method"] == "GET":
            query = f"?{request.url.query}" if request.url.query else ""
            there = urlencode({"next": scope["path"] + query})
            return RedirectResponse(f"{root_path(request)}/login?{there}", status_code=303)
        return render(
            request, "error.html", status=status, title=_TITLES[status], error=BadInputError(detail)
        )

    return refuse


def failure_handlers(render: Render) -> Mapping[Any, Callable[[Request, Exception], Response]]:
    """The exception handlers of the pages: our own errors, and the framework's."""

    def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, ClearlaneError)  # noqa: S101
        return explain(request, error.http_status, error)

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestError)  # noqa: S101
        answer = explain(request, error.status, BadInputError(error.detail))
        if error.status == 429:
            answer.headers["Retry-After"] = RETRY_SECONDS
        return answer

    def gone(request: Request, _: Exception) -> Response:
        return explain(request, 400, BadInputError("the form ended before it was complete"))

    def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        return explain(request, error.status_code, None)

    def unforeseen(request: Request, _: Exception) -> Response:
        return explain(request, 500, None)

    def explain(request: Request, status: int, error: ClearlaneError | None) -> Response:
        title = _TITLES.get(status, "This did not work")
        return render(request, "error.html", status=status, title=title, error=error)

    return {
        ClearlaneError: known,
        RequestError: refused,
        ClientDisconnect: gone,
        HTTPException: http,
        Exception: unforeseen,
    }
