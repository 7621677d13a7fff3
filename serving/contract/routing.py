"""Routes from the contract: an address that is not described cannot be served."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from serving.api.queries import read_query
from serving.contract.endpoints import Endpoint

Handler = Callable[[Request], Awaitable[Response]]


def routes_of(handlers: Mapping[Endpoint, Handler]) -> list[Route]:
    """A route an address, which knows all of its methods: a wrong one is then told of every right one."""
    paths = dict.fromkeys(endpoint.path for endpoint in handlers)
    return [_route(path, [(one, handlers[one]) for one in handlers if one.path == path]) for path in paths]


def _route(path: str, found: Iterable[tuple[Endpoint, Handler]]) -> Route:
    by_method: dict[str, Callable[[Request], Awaitable[Response]]] = {
        endpoint.method: partial(_checked, endpoint, handler) for endpoint, handler in found
    }

    async def answer(request: Request) -> Response:
        return await by_method["GET" if request.method == "HEAD" else request.method](request)

    return Route(path, answer, methods=list(by_method))


async def _checked(endpoint: Endpoint, handler: Handler, request: Request) -> Response:
    """The query is looked at before anything else, also by addresses that take none."""
    read_query(request, endpoint.query)
    return await handler(request)
