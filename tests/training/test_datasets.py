"""A folder becomes a data set: what is read, what is left out, and what its digest stands for."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from features.errors import MissingDataError
from training.datasets import Dataset, load


@pytest.fixture
def copy(simulated: Path, tmp_path: Path) -> Path:
    """A month of the simulated folder."""
    for name in ("claims", "remittances"):
        (tmp_path / name).mkdir()
        for path in (simulated / name).glob("2025-03-*"):
            shutil.copy(path, tmp_path / name)
    shutil.copy(simulated / "postings.csv", tmp_path)
    return tmp_path


def test_all_that_a_provider_has_is_read(dataset: Dataset, simulated: Path) -> None:
    claims = segments(simulated / "claims", "CLM")
    payments = segments(simulated / "remittances", "CLP")
    assert len(dataset.claims) == claims == 3000
    assert len(dataset.claim_payments) == payments
    assert len(dataset.postings) == len((simulated / "postings.csv").read_text().splitlines()) - 1


def segments(folder: Path, name: str) -> int:
    """How many segments of a name there are, whatever the delimiters of a file."""
    return sum(len(re.findall(rf"\b{name}[*|^]", path.read_text())) for path in folder.iterdir())


def test_what_is_dated_on_or_after_the_day_is_left_out(copy: Path) -> None:
    day = date(2025, 3, 15)
    everything, before = load(copy), load(copy, before=day)
    assert everything.end >= day
    assert before.end < day
    assert len(before.claims) == sum(c.submitted is not None and c.submitted < day for c in everything.claims)
    assert all(posting.posting_date < day for posting in before.postings)
    assert before.digest != everything.digest


def test_the_digest_stands_for_the_files_and_not_for_where_they_lie(
    copy: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    digest = load(copy).digest
    other = tmp_path_factory.mktemp("other") / "moved"
    shutil.copytree(copy, other)
    assert load(other).digest == digest
    first = next((other / "claims").iterdir())
    first.write_text(first.read_text() + "\n")
    assert load(other).digest != digest


def test_the_truth_is_not_read(copy: Path) -> None:
    digest = load(copy).digest
    (copy / "truth").mkdir()
    shutil.copy(next((copy / "claims").iterdir()), copy / "truth" / "claims.837")
    assert load(copy).digest == digest


def test_without_a_ledger_there_are_no_postings(copy: Path) -> None:
    (copy / "postings.csv").unlink()
    assert load(copy).postings == ()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="there is no such folder"):
        load(tmp_path / "nowhere")
