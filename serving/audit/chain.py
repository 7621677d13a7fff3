"""What an entry of the log holds, and how each is chained to the one before it; docs/audit.md has the format.

The hash of an entry covers its number and the hash before it, so nothing can be changed, taken out, put in or moved
without every later hash changing. Who can write to the database can recompute them all: that is what the MAC is for,
whose key is not in the database, and the anchors, which are kept elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

FORMAT: Final = "clearlane-audit-1"
BEGINNING: Final = "0" * 64
"""What stands for the hash before the first entry."""

Action = Literal[
    "file",  # a file was taken in
    "score",  # an item was scored and routed
    "answer",  # scores were given that are stored nowhere else
    "view",  # a person or a program was shown an item
    "decision",
    "blind-check",
    "verdict",  # what came out later of an automatic item
    "undo",  # a decision was taken back
    "job",  # a file was left to be worked on, or could not be
    "batch",  # of postings, was closed
    "delivery",  # of an event, was given up, or sent again
    "move",  # time took an item to a stricter lane or another queue
    "revocation",  # of a certificate
    "access",  # a key was made or revoked, somebody signed in or out, or was refused
    "purge",  # patients' data that was older than the limit was removed
    "challenger",  # a model began to score in the shadow of the champion, or ended
    "in-force",  # models, policy, certificates or tables were loaded that were not in force before
]


class Entry(Struct, frozen=True):
    """Something that happened, before it has its place in the log. No text of it holds patient data in clear."""

    action: Action
    subject: str  # the opaque id of what it is about: an item, a file, a trace, a configuration
    before: str | None = None  # JSON
    after: str | None = None  # JSON
    model: str | None = None  # versions that led to it
    policy: str | None = None
    certificate: str | None = None
    input: str | None = None  # keyed digest of what a score was made from


class Logged(Struct, frozen=True):
    """An entry in its place."""

    number: int  # from 1, without a gap
    at: str  # UTC by the machine's clock, as in 2026-01-31T09:30:00.000000Z
    actor: str
    action: str
    subject: str
    before: str | None
    after: str | None
    model: str | None
    policy: str | None
    certificate: str | None
    input: str | None
    hash: str  # SHA-256, hexadecimal
    mac: str | None = None  # HMAC-SHA-256 of the hash, hexadecimal; None where no key was set


def plain(**values: Any) -> str:
    """The JSON text of a change; ``None`` is left out.

    >>> plain(lane="review", queue=None)
    '{"lane":"review"}'
    """
    return msgspec.json.encode({name: value for name, value in values.items() if value is not None}).decode()


def chained(
    entry: Entry, *, number: int, previous: str, at: str, actor: str, key: bytes | None = None
) -> Logged:
    """The entry in its place behind another, with its hash, and its MAC where there is a key."""
    logged = Logged(
        number=number,
        at=at,
        actor=actor,
        action=entry.action,
        subject=entry.subject,
        before=entry.before,
        after=entry.after,
        model=entry.model,
        policy=entry.policy,
        certificate=entry.certificate,
        input=entry.input,
        hash="",
    )
    digest = hash_of(logged, previous)
    return msgspec.structs.replace(logged, hash=digest, mac=mac_of(digest, key) if key else None)


def hash_of(entry: Logged, previous: str) -> str:
    """The SHA-256 that an entry has behind one with the hash ``previous``; raises ValueError for what is no text."""
    return hashlib.sha256(canonical(entry, previous)).hexdigest()


def canonical(entry: Logged, previous: str) -> bytes:
    """The bytes that are hashed: a JSON array in UTF-8, without blanks.

    The same as ``json.dumps([...], ensure_ascii=False, separators=(",", ":"))``.
    """
    return msgspec.json.encode(
        (
            FORMAT,
            entry.number,
            previous,
            entry.at,
            entry.actor,
            entry.action,
            entry.subject,
            entry.before,
            entry.after,
            entry.model,
            entry.policy,
            entry.certificate,
            entry.input,
        )
    )


def mac_of(digest: str, key: bytes) -> str:
    """The HMAC-SHA-256 of an entry's hash.

    >>> mac_of(BEGINNING, b"key")[:12]
    '751070dd47f4'
    """
    return hmac.digest(key, digest.encode(), "sha256").hex()
