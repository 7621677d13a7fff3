"""What X12 says is the same after it went out as FHIR and came in again, and in through JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from features.errors import ClearlaneError
from features.files import looks_like_x12, read
from features.x12.records import Claim, ClaimPayment, Problem, Source
from serving.portal.door import records_of
from serving.portal.fhir_out import claim_resource, encode, payment_resource
from tests.support.builders import make_claim, make_claim_payment

Paired = Claim | ClaimPayment


def of_files(folder: Path) -> Iterator[Paired]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and looks_like_x12(path):
            try:
                yield from (one for one in read(path) if isinstance(one, Claim | ClaimPayment))
            except ClearlaneError:
                continue


def as_fhir(record: Paired) -> bytes:
    return encode(claim_resource(record, "x") if isinstance(record, Claim) else payment_resource(record, "x"))


def again(data: bytes) -> Paired | Problem:
    *_, last = records_of(data, file="a")
    assert isinstance(last, Claim | ClaimPayment | Problem)
    return last


def plain(record: Paired | Problem) -> Paired | Problem:
    return msgspec.structs.replace(record, source=Source(""))


def test_every_record_of_the_public_samples_comes_back_from_fhir(samples: Path) -> None:
    count = 0
    for count, record in enumerate(of_files(samples / "x12"), start=1):  # noqa: B007 (the last one is the number)
        assert plain(again(as_fhir(record))) == plain(record), record.source
    assert count > 1000


def test_every_record_of_the_public_samples_comes_back_from_json(samples: Path) -> None:
    for record in of_files(samples / "x12"):
        assert plain(again(msgspec.json.encode(record))) == plain(record), record.source


@pytest.mark.parametrize("record", [make_claim(), make_claim_payment()])
def test_amounts_keep_their_digits(record: Paired) -> None:
    found = again(as_fhir(record))
    assert isinstance(found, Claim | ClaimPayment)
    assert [str(line.charge) for line in found.lines] == [str(line.charge) for line in record.lines]
