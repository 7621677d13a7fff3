"""2,000 damaged files of each sort: each is read, refused with a reason, or no file of ours, and never a crash."""

from __future__ import annotations

import random

import msgspec
import pytest

from features.errors import ClearlaneError
from features.x12.records import Claim, ClaimPayment, Problem, Remittance
from serving.portal.door import records_of
from serving.portal.fhir_out import encode, payment_resource
from tests.serving.portal.examples import CLAIMS, FHIR, LISTS, PAYMENTS
from tests.support.builders import make_claim_payment

BENEFIT = encode(payment_resource(make_claim_payment(), "x"))
PIECES = (b'"', b"{", b"}", b"[", b"]", b",", b"null", b"1e999", b"\\ud800", b"\\u0000", b"\xff", b"\n", b"-", b"true",
          b"[]", b"{}", b"9" * 30, b"\0")  # fmt: skip


def damaged(data: bytes, draw: random.Random) -> bytes:
    for _ in range(draw.randint(1, 4)):
        place, length = draw.randrange(len(data)), draw.choice((0, 1, 1, 4, 20))
        data = data[:place] + draw.choice((b"", *PIECES)) + data[place + length :] or b"{"
    return data


@pytest.mark.parametrize(
    "data", [CLAIMS, PAYMENTS, LISTS, FHIR, BENEFIT], ids=lambda data: data[:12].decode()
)
def test_a_damaged_file_is_read_or_refused(data: bytes) -> None:
    draw = random.Random(7)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(2000):
        try:
            records = list(records_of(damaged(data, draw), file="a"))
        except ClearlaneError:
            outcomes["refused"] += 1
        else:
            outcomes["read"] += 1
            assert all(isinstance(one, Claim | ClaimPayment | Remittance | Problem) for one in records)
            msgspec.json.encode(records)  # what is read can be kept
    assert min(outcomes.values()) > 100, outcomes
