"""API keys: how they are made, written and known again.

A key is ``clk_<id>_<secret>``: the id (12 hexadecimal digits) finds its row, the secret is 256 random bits. The store
keeps the id, a salt and SHA-256 over both, never the key, so whoever reads the store or a backup of it cannot use one.

A slow hash (bcrypt, Argon2) is for passwords, which can be guessed; nobody guesses 256 random bits, so a fast hash
protects as well (OWASP ASVS 5.0, 11.4 asks for slow ones for passwords alone) and lets every request be checked in a
microsecond. The salt keeps equal keys from looking equal, should one ever be written by hand.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import date, datetime

from msgspec import Struct

from features.errors import BadInputError
from serving.access.actor import ANONYMOUS, NOBODY, ROLES, SERVICE, Actor

PAYER = "payer"
"""Stands for a reviewer where a payer's answer says whether the automatic lane was right."""

RESERVED = frozenset({ANONYMOUS.name, SERVICE.name, NOBODY.name, PAYER})
"""Names in decisions and the audit log that stand for no caller; no key or token has one, however it is written."""

LONGEST_NAME = 80
MOST_FACILITIES = 200
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._@+-]*")
FACILITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")  # an NPI, or what invoices call a facility
KEY = re.compile(r"clk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


class ApiKey(Struct, frozen=True):
    """A key as the store keeps it: who it stands for, and by what it is known again."""

    id: str
    name: str
    roles: frozenset[str]
    facilities: frozenset[str] | None
    salt: bytes
    digest: bytes
    made_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used: date | None = None  # the day alone: enough to see which keys are left over

    @property
    def actor(self) -> Actor:
        """Whom it stands for."""
        return Actor(self.name, self.roles, self.facilities)

    def is_good(self, at: datetime) -> bool:
        """Whether it may be used at a time."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)

    def state(self, at: datetime) -> str:
        """``active``, ``expired`` or ``revoked``."""
        return "revoked" if self.revoked_at else "active" if self.is_good(at) else "expired"

    def is_opened_by(self, secret: str) -> bool:
        """Whether this is its secret; takes as long for one that is nearly right."""
        return hmac.compare_digest(self.digest, digest_of(self.id, self.salt, secret))


def digest_of(id_: str, salt: bytes, secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(b"clearlane-key\0" + salt + id_.encode() + b"\0" + secret.encode()).digest()


def make_key(
    name: str,
    roles: frozenset[str],
    facilities: frozenset[str] | None,
    *,
    at: datetime,
    expires_at: datetime | None = None,
) -> tuple[str, ApiKey]:
    """A new key as its owner gets it, once, and as it is kept; raises BadInputError."""
    check_name(name)
    if not roles or not roles <= ROLES:
        raise BadInputError("a key has one or more roles", "--role", f"use {', '.join(sorted(ROLES))}")
    if facilities is not None:
        check_facilities(facilities)
    id_, secret, salt = secrets.token_hex(6), secrets.token_urlsafe(32), secrets.token_bytes(16)
    kept = ApiKey(id_, name, roles, facilities, salt, digest_of(id_, salt, secret), at, expires_at)
    return f"clk_{id_}_{secret}", kept


def is_reserved(name: str) -> bool:
    """Whether a name is the service's own.

    >>> is_reserved("Clearlane"), is_reserved("ann")
    (True, False)
    """
    return name.strip().casefold() in RESERVED


def check_name(name: str, *, where: str = "NAME") -> None:
    """Raises BadInputError for a name that could not stand in a log, or that is the service's own."""
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME or is_reserved(name):
        raise BadInputError(
            "this cannot be the name of an actor",
            where,
            f"use up to {LONGEST_NAME} letters, digits, spaces and . _ @ + -, and none of "
            f"{', '.join(sorted(RESERVED))}",
        )


def check_facilities(facilities: frozenset[str]) -> None:
    """Raises BadInputError unless these are one or more identifiers of facilities."""
    if not 0 < len(facilities) <= MOST_FACILITIES or not all(map(FACILITY.fullmatch, facilities)):
        raise BadInputError(
            "this is no facility", "--facility", "give the ten digits of a billing provider's or payee's NPI"
        )


def split(given: str) -> tuple[str, str] | None:
    """A key's id and secret; None for what is no key.

    >>> split("clk_0123456789ab_" + "x" * 43)[0]
    '0123456789ab'
    >>> split("clk_../../etc_passwd") is None
    True
    """
    found = KEY.fullmatch(given)
    return (found[1], found[2]) if found else None
