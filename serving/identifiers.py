"""Opaque ids: they stand in URLs and logs, so nothing of a record can be read out of them."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field

import msgspec

from features.x12.records import Record

ID_BYTES = 12


@dataclass(frozen=True)
class Identifiers:
    """Keyed digests: the same thing has the same id within a store, and another in the next store.

    The key is drawn when a store is made. Without it nobody can tell by trying names and dates which patient an id
    stands for.
    """

    key: bytes

    def of(self, *parts: str) -> str:
        """24 hexadecimal digits for these texts, in this order.

        >>> len(Identifiers(b"key").of("file", "digest"))
        24
        """
        data = msgspec.json.encode(parts)
        return hashlib.blake2b(data, key=self.key, digest_size=ID_BYTES).hexdigest()


@dataclass
class RecordIdentifiers:
    """The ids of one file's records.

    A record is known again in another file by its content and its control numbers; its place in the file has no part
    in it. The second of two identical records in one transaction is another record.
    """

    identifiers: Identifiers
    seen: Counter[str] = field(default_factory=Counter)

    def of(self, record: Record) -> str:
        """The record's id."""
        plain = msgspec.json.encode(without_place(record)).decode()
        digest = self.identifiers.of("record", plain)
        self.seen[digest] += 1
        return self.identifiers.of("occurrence", digest, str(self.seen[digest]))


def without_place(record: Record) -> Record:
    """The record as any file would hold it."""
    return msgspec.structs.replace(
        record, source=msgspec.structs.replace(record.source, file="", segment=None)
    )
