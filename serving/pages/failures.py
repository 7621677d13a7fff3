"""Errors as pages: what is wrong and what to do, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from features.errors import ClearlaneError

_TITLES: Mapping[int, str] = {
    404: "There is nothing here",
    405: "This page cannot be used that way",
    409: "This item has changed meanwhile",
    422: "This could not be read",
    500: "Something went wrong here",
    503: "The queue cannot be reached just now",
}


class Render(Protocol):
    """Renders a template for a request."""

    def __call__(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response: ...


def failure_handlers(render: Render) -> Mapping[Any, Callable[[Request, Exception], Response]]:
    """The exception handlers of the pages: our own errors, and the framework's."""

    def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, ClearlaneError)  # noqa: S101
        return explain(request, error.http_status, error)

    def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        return explain(request, error.status_code, None)

    def unforeseen(request: Request, _: Exception) -> Response:
        return explain(request, 500, None)

    def explain(request: Request, status: int, error: ClearlaneError | None) -> Response:
        title = _TITLES.get(status, "This did not work")
        return render(request, "error.html", status=status, title=title, error=error)

    return {ClearlaneError: known, HTTPException: http, Exception: unforeseen}
