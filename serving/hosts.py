"""Which names the service answers to.

Without a login, the browser's same-origin rule is all that keeps another site's page from reading patient data here,
and a page gets around it by pointing its own name to this machine (DNS rebinding). Such a request still carries that
name as its Host, so on a loopback address only the names of this machine are answered.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.problem_details import problem

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
OPEN_TO_ALL = frozenset(
    {"/metrics"}
)  # a platform asks by address, and no patient is in it; so are BentoML's probes
REMEDY = "set CLEARLANE_HOSTS to the names, separated by commas, by which the service is reached"


class HostMiddleware:
    """Refuses requests to names that are not the service's own, with a 421.

    With ``hosts`` these and the loopback names are answered wherever the service listens; without, a request that
    came in at a loopback address has to name one, and any name is good at another address.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        self.app = app
        self.hosts = frozenset(name_of(host) for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"] in OPEN_TO_ALL or self._is_ours(scope):
            await self.app(scope, receive, send)
        else:
            detail = f"this service does not answer to the name in the Host header: {REMEDY}"
            await problem(421, "unknown-host", detail)(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        if not self.hosts and not _is_loopback((scope.get("server") or (None,))[0]):
            return True
        return name_of(Headers(scope=scope).get("host", "")) in LOOPBACK_NAMES | self.hosts


def is_own_name(host: str) -> bool:
    """Whether a name is one that each machine has for itself, as it is written: what it resolves to says nothing.

    A machine's name in its network often leads to a loopback address there, and to the machine elsewhere.

    >>> is_own_name("LocalHost"), is_own_name("app.localhost"), is_own_name("127.0.0.2"), is_own_name("[::1]")
    (True, True, True, True)
    >>> is_own_name("clearlane.example.org"), is_own_name("192.0.2.7"), is_own_name("localhost.example.org")
    (False, False, False)
    """
    name = name_of(host)
    if name in LOOPBACK_NAMES or name.endswith(".localhost"):  # RFC 6761, 6.3
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def name_of(host: str) -> str:
    """A Host header's name without its port, in small letters.

    >>> name_of("LocalHost:3000"), name_of("[::1]:3000"), name_of("clearlane.example.org.")
    ('localhost', '[::1]', 'clearlane.example.org')
    """
    return re.sub(r":[0-9]*$", "", host.strip().lower()).rstrip(".")


@lru_cache
def _is_loopback(server: str | None) -> bool:
    """Whether the connection came in at a loopback address; where that is not known, it may have."""
    if server is None:
        return True
    try:
        address = ipaddress.ip_address(server)
    except ValueError:
        return server == "localhost"
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
