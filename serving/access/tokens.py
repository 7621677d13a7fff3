"""Bearer tokens of an identity provider (OpenID Connect): a JWT that says who asks, checked by the provider's keys.

What a token may be is fixed here and never read from the token (RFC 8725): signed by RS256, ES256 or EdDSA with a
public key of the provider, for this audience, from this issuer, and not expired. The key's own type decides the
algorithm, so neither ``none`` nor an HMAC over a public key is ever tried.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import jwt
from msgspec import Struct

from serving.access.actor import ROLES, Actor
from serving.access.jwks import JsonWebKeys
from serving.access.keys import FACILITY, LONGEST_NAME, MOST_FACILITIES, is_reserved

LARGEST = 8 * 1024  # bytes; what providers send is below 2 KiB
LEEWAY = 30  # seconds that the clocks may differ
MOST_KNOWN = 2048
ALL_FACILITIES = "*"
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of Unicode that a name has none of: control and format characters (of which some write backwards, and some
show nothing), halves of a character, ends of lines and paragraphs."""


class TokenSettings(Struct, frozen=True):
    """Where tokens come from, and what in them says who asks.

    A claim's name is taken as it stands, or else as a path with dots (``realm_access.roles``). Without
    ``facilities_claim`` tokens have no limit to facilities; with it a token that lacks the claim sees no item, and
    ``*`` in it stands for all.
    """

    jwks: str  # an https address, or a file
    issuer: str
    audience: str
    name_claim: str = "sub"
    roles_claim: str = "roles"
    facilities_claim: str | None = None


class BadTokenError(Exception):
    """Credentials that are not taken; why is for the logs, from a closed set, and never quotes them.

    ``key`` is the id of the API key that they name, where they have the form of one.
    """

    def __init__(self, why: str, key: str | None = None) -> None:
        super().__init__(why)
        self.key = key


class Tokens:
    """Checks tokens. One that was good is remembered until it expires or the provider's keys change."""

    def __init__(self, settings: TokenSettings, keys: JsonWebKeys, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._keys = keys
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[Actor, float]] = OrderedDict()
        self._generation = keys.generation

    async def actor_of(self, token: str) -> Actor:
        """Whom a token stands for; raises BadTokenError."""
        if len(token) > LARGEST:
            raise BadTokenError("too large")
        await self._keys.are_fresh()
        if self._generation != self._keys.generation:
            self._known.clear()
            self._generation = self._keys.generation
        digest, now = hashlib.sha256(token.encode()).digest(), self._clock().timestamp()
        known = self._known.get(digest)
        if known and now < known[1]:
            return known[0]
        actor, until = await self._check(token, now)
        self._known[digest] = (actor, until)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return actor

    async def _check(self, token: str, now: float) -> tuple[Actor, float]:
        key = await self._keys.key(_key_id(token))
        if key is None:
            raise BadTokenError("no key of the provider has this id")
        try:
            claims = jwt.decode(
                token,
                key.public,
                algorithms=[key.algorithm],
                issuer=self._settings.issuer,
                audience=self._settings.audience,
                leeway=LEEWAY,
                # Times are checked below, by the service's own clock.
                options={"require": ["exp", "iss", "aud"], "verify_exp": False, "verify_nbf": False,
                         "verify_iat": False},
            )  # fmt: skip
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise BadTokenError(type(error).__name__) from None
        until = _check_times(claims, now)
        return self._actor(claims), until

    def _actor(self, claims: Mapping[str, Any]) -> Actor:
        settings = self._settings
        name = _claim(claims, settings.name_claim)
        if not isinstance(name, str) or not _is_name(name):
            raise BadTokenError("it names nobody")
        if is_reserved(name):
            raise BadTokenError("its name is the service's own")
        roles = _names(_claim(claims, settings.roles_claim)) & ROLES
        return Actor(name, roles, self._facilities(claims))

    def _facilities(self, claims: Mapping[str, Any]) -> frozenset[str] | None:
        if self._settings.facilities_claim is None:
            return None
        named = _names(_claim(claims, self._settings.facilities_claim))
        if ALL_FACILITIES in named:
            return None
        if len(named) > MOST_FACILITIES or not all(map(FACILITY.fullmatch, named)):
            raise BadTokenError("its facilities are none")
        return named


def _is_name(text: str) -> bool:
    """Whether a text can stand in a log as an actor, and reads as what it is."""
    seen = not any(unicodedata.category(one) in UNSEEN for one in text)
    return 0 < len(text) <= LONGEST_NAME and seen and text == text.strip()


def _key_id(token: str) -> str | None:
    """The id of the key that the header names: it is looked up among those known, and nothing else is done by it."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise BadTokenError("malformed") from None
    if "crit" in header:
        raise BadTokenError("it asks for an extension")
    kid = header.get("kid")
    return kid if isinstance(kid, str) else None


def _check_times(claims: Mapping[str, Any], now: float) -> float:
    """Until when the token is good; raises BadTokenError before and after that."""
    for name in ("exp", "nbf", "iat"):
        value = claims.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 2**53:
            raise BadTokenError(f"{name} is no time")
    if now >= claims["exp"] + LEEWAY:
        raise BadTokenError("expired")
    if now + LEEWAY < max(claims.get("nbf", 0), claims.get("iat", 0)):
        raise BadTokenError("not yet valid")
    return float(claims["exp"] + LEEWAY)


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _names(value: Any) -> frozenset[str]:
    """A list of names, or names with spaces between them; nothing else is one."""
    if isinstance(value, str):
        return frozenset(value.split())
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return frozenset(value)
    return frozenset()
