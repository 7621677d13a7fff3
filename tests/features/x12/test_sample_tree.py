"""Every public sample file is read, with the counts of a plain tokenizer and the charges of pyx12."""

from __future__ import annotations

import contextlib
import io
import logging
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from features.errors import NotX12Error
from features.files import looks_like_x12, read
from features.x12.records import Claim, ClaimPayment, Problem, Record
from tests.support.x12_files import Tokenized


@pytest.fixture(scope="module")
def files(samples: Path) -> list[Path]:
    found = sorted(path for path in (samples / "x12").rglob("*") if path.is_file() and looks_like_x12(path))
    assert len(found) > 150
    return found


@pytest.fixture(scope="module")
def records(files: list[Path]) -> dict[Path, list[Record]]:
    return {path: list(read(path)) for path in files}


def count(records: list[Record], kind: type) -> int:
    return sum(isinstance(record, kind) for record in records)


def cut_off(records: list[Record]) -> bool:
    return any(isinstance(record, Problem) and record.severity == "error" for record in records)


def test_claims_and_claim_payments_are_counted_as_a_plain_tokenizer_counts_them(
    records: dict[Path, list[Record]],
) -> None:
    wrong, total = [], Counter[str]()
    for path, found in records.items():
        plain = Tokenized(path.read_bytes())
        if not plain.transactions or cut_off(found):
            continue  # a terminator that stands first on the next line, or a transaction without an end
        expected = (plain.count("837", "CLM"), plain.count("835", "CLP"))
        given = (count(found, Claim), count(found, ClaimPayment))
        total.update(claims=given[0], claim_payments=given[1])
        if given != expected:
            wrong.append((path.name, given, expected))
    assert not wrong
    assert total["claims"] > 1000
    assert total["claim_payments"] > 190


def test_only_three_files_hold_a_transaction_without_an_end(records: dict[Path, list[Record]]) -> None:
    names = sorted(path.name for path, found in records.items() if cut_off(found))
    assert names == ["837I-Examples.txt", "837miss.source.txt", "FromBogeyone.txt"]


def test_files_that_are_no_x12_are_told_by_their_content(samples: Path) -> None:
    for path in (samples / "x12").rglob("LICENSE*"):
        assert not looks_like_x12(path)
        with pytest.raises(NotX12Error):
            list(read(path))


def pyx12_charges(path: Path) -> tuple[Counter[Decimal], Counter[Decimal]] | None:
    """CLM02 and CLP03 as pyx12 gives them, or None where it does not open the file."""
    x12file = pytest.importorskip("pyx12.x12file")
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    claims, payments = Counter[Decimal](), Counter[Decimal]()
    stream = io.StringIO(path.read_bytes().decode("utf-8-sig", "replace"))
    try:
        with contextlib.redirect_stdout(io.StringIO()), x12file.X12Reader(stream) as reader:
            for segment in reader:
                if segment.get_seg_id() == "CLM":
                    claims[Decimal(segment.get_value("CLM02"))] += 1
                elif segment.get_seg_id() == "CLP":
                    payments[Decimal(segment.get_value("CLP03"))] += 1
    except Exception:
        return None
    return claims, payments


def test_charges_agree_with_pyx12_wherever_it_opens_the_file(records: dict[Path, list[Record]]) -> None:
    opened = 0
    for path, found in records.items():
        theirs = pyx12_charges(path)
        if theirs is None or cut_off(found) or not any(theirs):
            continue
        opened += 1
        ours = (
            Counter(r.charge for r in found if isinstance(r, Claim)),
            Counter(r.charge for r in found if isinstance(r, ClaimPayment)),
        )
        assert ours == theirs, path.name
    assert opened > 100
