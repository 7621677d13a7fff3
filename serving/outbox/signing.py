"""The signature that comes with every delivery, by which its receiver knows that it came from here and just now.

Source: Standard Webhooks, https://www.standardwebhooks.com, symmetric scheme ``v1``.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Final

from features.errors import BadInputError

PREFIX: Final = "whsec_"
LEAST, MOST = 24, 64  # bytes of a secret, as the scheme has them


def secrets_of(text: str, name: str) -> tuple[bytes, ...]:
    """The secrets that a setting holds, blanks between them; raises BadInputError, which quotes none of them.

    More than one is for the days in which a secret is changed: each signs, and a receiver knows the old or the new one.
    """
    found = tuple(_secret(part, name) for part in text.split())
    if not found:
        raise BadInputError("this holds no secret", name, "see docs/events.md")
    return found


def headers_of(secrets: Sequence[bytes], *, event_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers; ``timestamp`` is that of the attempt, in seconds since 1970.

    >>> headers_of([b"k" * 24], event_id="e", timestamp=0, body=b"{}")["webhook-signature"]
    'v1,C5rDQjAv41rCn79GLgyTyspxMpuHIAWCpKTn5ikm4S0='
    """
    signed = f"{event_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            f"v1,{b64encode(hmac.digest(secret, signed, 'sha256')).decode()}" for secret in secrets
        ),
    }


def _secret(text: str, name: str) -> bytes:
    try:
        found = b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not text.startswith(PREFIX) or not LEAST <= len(found) <= MOST:
        raise BadInputError(
            f"a secret is '{PREFIX}' and {LEAST} to {MOST} random bytes in Base64", name, "see docs/events.md"
        )
    return found
