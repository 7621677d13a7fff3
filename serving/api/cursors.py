"""Cursors: where a page ended, sealed, so that a caller can neither read nor make one.

What an item is worth stands in its place in the list, and of an item that waits for a blind check a reviewer must not
know it.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TypeVar

import msgspec
from msgspec import Struct

from serving.problem_details import RequestError

TAG_BYTES = 12

T = TypeVar("T", bound=Struct)


class Cursors:
    """Seals with a key that is the store's own: one made by any of its workers opens in all of them."""

    def __init__(self, key: bytes) -> None:
        self._key = hashlib.blake2b(b"cursor", key=key).digest()

    def seal(self, place: Struct, listing: Struct) -> str:
        """A place in a listing, as text for an address; the listing says which rows are listed.

        The tag is made from all of it and begins the stream that hides it, so the same place has the same cursor.
        """
        plain = msgspec.json.encode(place)
        tag = self._tag(plain, listing)
        return urlsafe_b64encode(tag + self._masked(plain, tag)).decode().rstrip("=")

    def open(self, text: str, listing: Struct, type_: type[T]) -> T:
        """The place; raises RequestError for what is no cursor of this listing."""
        try:
            raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
            tag, plain = raw[:TAG_BYTES], self._masked(raw[TAG_BYTES:], raw[:TAG_BYTES])
            if hmac.compare_digest(tag, self._tag(plain, listing)):
                return msgspec.json.decode(plain, type=type_)
        except ValueError:  # no base64, not ASCII, or another type's place
            pass
        raise RequestError(404, "cursor-unknown", "'after' is no cursor of this list: begin again without it")

    def _tag(self, plain: bytes, listing: Struct) -> bytes:
        named = msgspec.json.encode([type(listing).__name__, listing])
        length = len(named).to_bytes(4, "big")
        return hashlib.blake2b(length + named + plain, key=self._key, digest_size=TAG_BYTES).digest()

    def _masked(self, data: bytes, tag: bytes) -> bytes:
        stream = hashlib.shake_256(self._key + tag).digest(len(data))
        return bytes(one ^ other for one, other in zip(data, stream, strict=True))
