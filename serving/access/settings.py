"""What the environment says of access, and whether the service may start with it."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, cast, get_args

from msgspec import Struct

from features.errors import BadInputError, ClearlaneError
from serving.access.jwks import source_of
from serving.access.keys import ApiKey
from serving.access.tokens import TokenSettings
from serving.hosts import is_own_name

Mode = Literal["auto", "on", "off"]
RATE = 1000.0  # requests a second
HOW = "make a key with `python -m serving access add-key`, or name your identity provider (docs/access.md)"


class AccessError(ClearlaneError):
    """The service would be open to others, or closed to everyone."""

    code = "access"
    exit_status = 2


class AccessSettings(Struct, frozen=True):
    """Whether callers are asked who they are.

    ``CLEARLANE_ACCESS`` is ``on``, ``off`` (on a loopback address alone), or absent: then they are asked as soon as an
    API key was ever made or ``CLEARLANE_JWKS`` is set. ``CLEARLANE_RATE_LIMIT`` is how many requests a second an actor
    may send to each worker.
    """

    mode: Mode = "auto"
    tokens: TokenSettings | None = None
    rate: float = RATE

    @staticmethod
    def from_environment(environment: Mapping[str, str] | None = None) -> AccessSettings:
        """The settings; raises BadInputError."""
        given = os.environ if environment is None else environment
        mode = given.get("CLEARLANE_ACCESS") or "auto"
        if mode not in get_args(Mode):
            raise BadInputError("this is neither on nor off", "CLEARLANE_ACCESS")
        return AccessSettings(cast("Mode", mode), _tokens(given), _rate(given))


def _tokens(given: Mapping[str, str]) -> TokenSettings | None:
    jwks = given.get("CLEARLANE_JWKS")
    if not jwks:
        return None
    source = source_of(jwks)
    issuer, audience = given.get("CLEARLANE_JWT_ISSUER"), given.get("CLEARLANE_JWT_AUDIENCE")
    if not issuer or not audience:
        raise BadInputError(
            "tokens of which issuer, and for which audience, is not said",
            "CLEARLANE_JWKS",
            "set CLEARLANE_JWT_ISSUER and CLEARLANE_JWT_AUDIENCE too",
        )
    return TokenSettings(
        source,
        issuer,
        audience,
        name_claim=given.get("CLEARLANE_JWT_NAME_CLAIM") or "sub",
        roles_claim=given.get("CLEARLANE_JWT_ROLES_CLAIM") or "roles",
        facilities_claim=given.get("CLEARLANE_JWT_FACILITIES_CLAIM") or None,
    )


def _rate(given: Mapping[str, str]) -> float:
    text = given.get("CLEARLANE_RATE_LIMIT") or str(RATE)
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0.1 <= rate <= 1e6:
        raise BadInputError(
            "this is no number of requests a second", "CLEARLANE_RATE_LIMIT", "0.1 to 1000000"
        )
    return rate


def is_asked_for(
    settings: AccessSettings, keys: Sequence[ApiKey], hosts: Iterable[str], names: Iterable[str] = ()
) -> bool:
    """Whether callers are asked who they are, where the service listens at these hosts and is reached by these names.

    A name that is not this machine's own is that of a proxy, which asks from a loopback address for everyone.

    Raises AccessError where it would be open to other machines, or nobody could come in.
    """
    outside = [host for host in hosts if not is_loopback(host)]
    passed_on = [f"CLEARLANE_HOSTS={name}" for name in names if not is_own_name(name)]
    if settings.mode == "off":
        if outside or passed_on:
            what = "CLEARLANE_ACCESS=off is for a loopback address alone, and for this machine's own names"
            raise AccessError(what, [*outside, *passed_on][0], HOW)
        return False
    if keys or settings.tokens:
        return True
    if settings.mode == "on":
        raise AccessError("access is on, and there is neither an API key nor an identity provider", "", HOW)
    if outside:
        raise AccessError(
            "the service would be open to other machines without asking anybody who they are",
            outside[0],
            f"{HOW}, or listen at 127.0.0.1",
        )
    if passed_on:
        raise AccessError(
            "the service would be open to whoever reaches this name without asking anybody who they are",
            passed_on[0],
            f"{HOW}, or leave the name out",
        )
    return False


@lru_cache(maxsize=64)
def is_loopback(host: str) -> bool:
    """Whether a name or an address, as a server is told to listen at it, is this machine's alone.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("")
    (True, True, False, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host or None, None) if host else []
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(one[4][0]).is_loopback for one in found)
