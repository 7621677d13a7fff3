"""What a score was made from besides the item's record and its candidates: kept with the item, for replays.

What is known of a patient, what was posted to a claim and which certificates stand all change with every file; what
they were when an item was scored cannot be looked up later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from features.evidence import Reason
from features.invoices.cases import InvoiceCase
from features.match_history import Postings
from models.certificates import Certificate

DIGEST_BYTES: Final = 32


class ClaimInputs(Struct, frozen=True, tag="claim"):
    """Of a claim: the columns of its history (``features.denial_history.history.COLUMNS``) as 64-bit floats."""

    known: bytes | None  # little-endian; None where the model knows no history


class PaymentInputs(Struct, frozen=True, tag="payment"):
    """Of a payment: its candidates in the order in which they were scored, and what came before."""

    candidates: tuple[str, ...]  # references
    earlier: tuple[Postings, ...]  # what had been posted to each candidate
    flags: tuple[str, ...]  # that earlier payments gave it
    notes: tuple[Reason, ...]  # beside the reasons of its lane


class InvoiceInputs(Struct, frozen=True, tag="invoice"):
    """Of a vendor invoice: the case before it was scored."""

    case: InvoiceCase


class NoInputs(Struct, frozen=True, tag="none"):
    """Of what depends on its record, its day and what is in force alone."""


Inputs = ClaimInputs | PaymentInputs | InvoiceInputs | NoInputs


class Given(Struct, frozen=True):
    """All that is kept of an item to score and route it again."""

    in_force: str | None  # the configuration (``serving.audit.in_force``); None where none was recorded
    revoked: tuple[str, ...]  # certificates of its kind that stood as revoked
    inputs: Inputs


def given(
    inputs: Inputs,
    kind: str,
    *,
    in_force: str | None,
    certificates: Mapping[str, Sequence[Certificate]],
) -> bytes:
    """What is kept of an item, encoded."""
    revoked = tuple(one.id for one in certificates.get(kind, ()) if one.status == "revoked")
    return msgspec.msgpack.encode(Given(in_force, revoked, inputs))


def decoded(body: bytes) -> Given:
    """The inverse of ``given``; raises msgspec.DecodeError."""
    return DECODER.decode(body)


def claim_inputs(known: NDArray[np.float64] | None, place: int) -> ClaimInputs:
    """Of the claim at a place in the rows (n, columns) of its request."""
    return ClaimInputs(None if known is None else known[place].astype("<f8").tobytes())


def known_of(inputs: ClaimInputs) -> NDArray[np.float64] | None:
    """The row (1, columns) again, bit by bit."""
    return None if inputs.known is None else np.frombuffer(inputs.known, dtype="<f8")[np.newaxis].copy()


def digest(key: bytes, *parts: bytes) -> str:
    """A keyed digest of bytes that could be guessed, hexadecimal.

    >>> digest(b"key", b"a", b"b") == digest(b"key", b"ab")
    False
    """
    found = hashlib.blake2b(key=key, digest_size=DIGEST_BYTES)
    for part in parts:
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()


DECODER = msgspec.msgpack.Decoder(Given)
