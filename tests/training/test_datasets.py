"""A folder becomes a data set: what is read, what is left out, and what its digest stands for."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from features import files
from features.errors import BadInputError, MissingDataError
from tests.support.paper import PAPER_HEADER, STUB_HEADER
from training.datasets import Dataset, load
from training.intake import Intake, IntakeCounter


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
    assert len(dataset.claims) == claims >= 3000  # denied ones that were corrected were sent again
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


def test_what_came_on_paper_is_read_beside_the_835(dataset: Dataset, simulated: Path) -> None:
    for name, rows in (("paper.csv", dataset.paper), ("stubs.csv", dataset.stubs)):
        assert len(rows) == len((simulated / name).read_text().splitlines()) - 1 > 0
    assert {payment.channel for payment in dataset.claim_payments} == {"835"}
    assert {payment.channel for payment in dataset.paper} == {"paper"}


def test_typed_rows_that_cannot_be_read_are_counted_and_the_others_stay(copy: Path) -> None:
    without = load(copy)
    rows = (
        "P1,2025-03-20,835,PLAN,A B,,C1,,10.00,,5.00,,,LM",
        "P2,2025-03-20,835,PLAN,A B,,C1,,10.00,,five,,,LM",
        "P3,2025-04-30,835,PLAN,A B,,C1,,ten,,5.00,,,LM",
    )
    (copy / "paper.csv").write_text("\n".join([PAPER_HEADER, *rows]), encoding="utf-8")
    (copy / "stubs.csv").write_text(
        STUB_HEADER + "\nS1,2025-04-10,2025-03-28,835,PLAN,5.00,,,\n", encoding="utf-8"
    )
    everything = load(copy)
    assert [payment.source.transaction for payment in everything.paper] == ["P1", "P3"]
    assert (everything.intake.errors, everything.intake.warnings) == (1, without.intake.warnings + 1)
    assert everything.intake.files_with_errors == 1
    assert everything.problems == without.problems + 2
    assert everything.digest != without.digest
    assert everything.end == date(2025, 4, 30)


def test_before_a_day_what_was_typed_or_received_later_is_unknown(copy: Path) -> None:
    (copy / "paper.csv").write_text(PAPER_HEADER + "\nP1,2025-03-20,,,,,,,,,5.00,,,\n", encoding="utf-8")
    (copy / "stubs.csv").write_text(STUB_HEADER + "\nS1,2025-03-20,2025-03-10,,,5.00,,,\n", encoding="utf-8")
    known, unknown = load(copy, before=date(2025, 3, 21)), load(copy, before=date(2025, 3, 20))
    assert (len(known.paper), len(known.stubs)) == (1, 1)
    assert (unknown.paper, unknown.stubs) == ((), ())


def test_the_truth_is_not_read(copy: Path) -> None:
    digest = load(copy).digest
    (copy / "truth").mkdir()
    shutil.copy(next((copy / "claims").iterdir()), copy / "truth" / "claims.837")
    assert load(copy).digest == digest


def test_without_a_ledger_there_are_no_postings(copy: Path) -> None:
    (copy / "postings.csv").unlink()
    assert load(copy).postings == ()


def test_a_folder_in_order_has_no_warning_and_its_tables_are_not_passed_over(copy: Path) -> None:
    (copy / "denial_work.csv").write_text("action_date,claim_id\n", encoding="utf-8")
    (copy / "manifest.json").write_text("{}", encoding="utf-8")
    intake = load(copy).intake
    assert intake.files == len(list(copy.glob("*/*")))
    assert intake.warning(copy) == ""


def test_files_with_errors_cut_off_no_x12_and_emptied_are_counted_apart(copy: Path) -> None:
    halved, cut, scribbled, emptied, swapped = sorted((copy / "claims").iterdir())[:5]
    halved.write_bytes(halved.read_bytes()[: halved.stat().st_size // 2])
    cut.write_bytes(cut.read_bytes()[: cut.read_bytes().rindex(b"IEA")])
    scribbled.write_bytes(scribbled.read_bytes().replace(b"HI*", b"\x01*", 1))
    emptied.write_bytes(b"")
    swapped.write_bytes(b"\x89PNG nothing of a claim")
    dataset = load(copy)
    intake = dataset.intake
    assert (intake.files_with_errors, intake.files_with_loss, intake.errors) == (1, 2, 1)
    assert (intake.files_no_x12, intake.files_empty) == (1, 1)
    assert dataset.problems == intake.errors + intake.warnings
    assert "2 of 9 files show signs of loss" in Intake(files=9, files_with_loss=2, warnings=3).warning(copy)
    assert intake.warning(Path("mine")) == (
        f"1 of {intake.files} files had errors and 2 more show signs of loss, "
        f"{dataset.problems} problems in all; 1 file was no X12; 1 file was empty: "
        "see 'python -m features read mine --summary'"
    )


def test_a_file_that_only_begins_like_x12_does_not_stop_the_reading(copy: Path) -> None:
    first = min((copy / "claims").iterdir())
    counter = IntakeCounter()
    first.write_text("no longer", encoding="utf-8")
    assert list(counter.records(first)) == []
    assert (counter.intake().files, counter.intake().files_no_x12) == (0, 1)


def test_a_ledger_that_cannot_be_read_is_said_before_any_x12_is_read(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (copy / "postings.csv").open("a", encoding="utf-8") as ledger:
        ledger.write("yesterday,T1,P1,C1,N1,1,10.00,C1,ANN\n")
    opened: list[Path] = []
    monkeypatch.setattr(files, "read", opened.append)
    with pytest.raises(BadInputError, match="rows that cannot be read"):
        load(copy)
    assert opened == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="there is no such folder"):
        load(tmp_path / "nowhere")


def test_a_file_in_the_place_of_a_folder_is_called_a_file(copy: Path) -> None:
    with pytest.raises(MissingDataError, match=r"this is a file, not a folder .*postings\.csv"):
        load(copy / "postings.csv")
