"""The public keys of an identity provider, from a file or an address, read again as it rotates them."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from msgspec import Struct

from features.errors import BadInputError, ClearlaneError

FRESH_SECONDS = 600.0  # how long keys are taken for current: a withdrawn one is refused after this
RETRY_SECONDS = 30.0  # how long an unknown id, or a provider that does not answer, causes no second look
KEPT_SECONDS = 24 * 3600.0  # how long the last keys serve while the provider does not answer
LARGEST = 256 * 1024  # bytes of the document
MOST_KEYS = 100
LEAST_RSA = 2048  # bits
ADDRESSES = ("http", "https")  # all else is a file
logger = logging.getLogger("clearlane.access")


class KeysUnknownError(ClearlaneError):
    """The provider's keys cannot be read."""

    code = "identity-provider"
    http_status = 503
    exit_status = 3


class PublicKey(Struct, frozen=True):
    """A key and the one algorithm that it is good for."""

    public: Any
    algorithm: str


class JsonWebKeys:
    """The keys by their ids; an unknown id has the document read again, but not often."""

    def __init__(self, source: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        """``source`` is a file, an https address, or an http one of this machine; raises BadInputError."""
        check_source(source)
        self._source = source
        self._clock = clock
        self._keys: dict[str, PublicKey] = {}
        self._single: PublicKey | None = None
        self._read_at: float | None = None
        self._tried_at: float | None = None
        self._reading = asyncio.Lock()
        self.generation = 0  # rises when the keys change

    def read(self) -> None:
        """Read the document; raises KeysUnknownError."""
        self._tried_at = self._clock()
        keys, single = keys_of(_fetched(self._source))
        if set(keys) != set(self._keys) or single != self._single or not self._same(keys):
            self.generation += 1
        self._keys, self._single, self._read_at = keys, single, self._tried_at

    async def key(self, kid: str | None) -> PublicKey | None:
        """The key of an id; without an id the only key, where there is one alone."""
        await self.are_fresh()
        found = self._single if kid is None else self._keys.get(kid)
        if found is None and kid is not None and self._is_past(self._tried_at, RETRY_SECONDS):
            await self._again(RETRY_SECONDS)
            found = self._keys.get(kid)
        return found

    async def are_fresh(self) -> None:
        """Read the keys again when it is time; raises KeysUnknownError where none have been read for too long."""
        if self._is_past(self._read_at, FRESH_SECONDS) and self._is_past(self._tried_at, RETRY_SECONDS):
            await self._again(RETRY_SECONDS)
        if self._is_past(self._read_at, KEPT_SECONDS):
            raise KeysUnknownError("the identity provider's keys cannot be read", remedy="see the log")

    async def _again(self, unless: float) -> None:
        async with self._reading:
            if not self._is_past(self._tried_at, unless):
                return
            try:
                await asyncio.to_thread(self.read)
            except KeysUnknownError as error:
                logger.warning("%s", error)

    def _is_past(self, moment: float | None, seconds: float) -> bool:
        return moment is None or self._clock() - moment > seconds

    def _same(self, keys: dict[str, PublicKey]) -> bool:
        return all(self._keys[kid].public == key.public for kid, key in keys.items() if kid in self._keys)


def source_of(given: str) -> str:
    """An address as it is, a file by its path from the root; raises BadInputError as ``check_source``."""
    check_source(given)
    if urlsplit(given).scheme in ADDRESSES:
        return given
    return str(Path(given.removeprefix("file://")).absolute())


def check_source(source: str) -> None:
    """Raises BadInputError for an address that anybody on the way could answer for."""
    parts = urlsplit(source)
    if parts.scheme == "http" and _is_this_machine(parts.hostname or ""):
        return
    if parts.scheme in ("http", "ftp") or (parts.scheme == "https" and not parts.hostname):
        raise BadInputError("keys come over https, or from a file", "CLEARLANE_JWKS")


def keys_of(document: bytes) -> tuple[dict[str, PublicKey], PublicKey | None]:
    """The signing keys of a JWK set by their ids, and the key that is meant where a token names none.

    Secret keys, keys for encryption, weak ones and curves that are not taken are left out; raises KeysUnknownError
    where the document is no JWK set, or holds no key that can be used.
    """
    try:
        listed = msgspec.json.decode(document)["keys"]
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, RecursionError):
        raise KeysUnknownError("this is no JWK set", "CLEARLANE_JWKS") from None
    found: list[tuple[Any, PublicKey]] = []
    for one in listed[:MOST_KEYS] if isinstance(listed, list) else ():
        key = _usable(one)
        if key is not None:
            found.append((one.get("kid"), key))
    if not found:
        raise KeysUnknownError(
            "the JWK set holds no key that can be used", "CLEARLANE_JWKS", "RS256, ES256 or EdDSA keys are"
        )
    named = {kid: key for kid, key in found if isinstance(kid, str)}
    return named, found[0][1] if len(found) == 1 else None


def _usable(one: Any) -> PublicKey | None:
    if not isinstance(one, dict) or one.get("kty") not in ("RSA", "EC", "OKP") or "d" in one:
        return None
    if one.get("use", "sig") != "sig" or "verify" not in one.get("key_ops", ["verify"]):
        return None
    try:
        public = jwt.PyJWK.from_dict({name: one[name] for name in one if name != "alg"}).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None
    algorithm = _algorithm_of(public)
    return PublicKey(public, algorithm) if algorithm and one.get("alg", algorithm) == algorithm else None


def _algorithm_of(public: Any) -> str | None:
    if isinstance(public, RSAPublicKey):
        return "RS256" if public.key_size >= LEAST_RSA else None
    if isinstance(public, EllipticCurvePublicKey):
        return "ES256" if isinstance(public.curve, SECP256R1) else None
    return "EdDSA" if isinstance(public, Ed25519PublicKey) else None


def _fetched(source: str) -> bytes:
    if urlsplit(source).scheme not in ADDRESSES:
        try:
            return Path(source.removeprefix("file://")).read_bytes()
        except OSError:
            raise KeysUnknownError("the file of keys cannot be read", "CLEARLANE_JWKS") from None
    body = bytearray()
    try:
        with httpx.stream("GET", source, timeout=5, follow_redirects=False) as answer:
            if answer.status_code != httpx.codes.OK:
                raise KeysUnknownError(f"the provider answered {answer.status_code}", "CLEARLANE_JWKS")
            for part in answer.iter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise KeysUnknownError("the provider's document is too large", "CLEARLANE_JWKS")
    except httpx.HTTPError as error:
        raise KeysUnknownError(
            f"the provider did not answer ({type(error).__name__})", "CLEARLANE_JWKS"
        ) from None
    return bytes(body)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
