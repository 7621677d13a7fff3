"""The command line of the simulator."""

from __future__ import annotations

from pathlib import Path

import pytest

from features import files as reading
from features.commandline import main
from features.x12.records import Claim


def training(*arguments: str) -> int:
    commands = {"simulate": "training.simulate.command"}
    return main(prog="python -m training", description="", commands=commands, argv=["simulate", *arguments])


def test_help_says_what_is_written_and_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        training("--help")
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    for word in (
        "--out",
        "--claims",
        "--seed",
        "--scenario",
        "--start",
        "--days",
        "policy-change",
        "postings.csv",
        "acknowledgments/*.277",
        "claims/*.837",
        "remittances/*.835",
    ):
        assert word in text


def test_a_run_writes_the_folder_and_says_what_is_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "d"
    options = ("--claims", "60", "--seed", "2", "--start", "2022-01-01", "--days", "365")
    assert training("--out", str(out), *options) == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "acknowledgments",
        "audits.csv",
        "claims",
        "denial_work.csv",
        "deposits.csv",
        "invoice_reviews.csv",
        "invoices.csv",
        "manifest.json",
        "paper.csv",
        "postings.csv",
        "purchase_orders.csv",
        "receipts.csv",
        "remittances",
        "stubs.csv",
        "truth",
    ]
    claims = [r for p in reading.find([out / "claims"]) for r in reading.read(p) if isinstance(r, Claim)]
    assert len({claim.claim_id for claim in claims if claim.frequency == "1"}) == 60
    assert min(str(claim.service_from) for claim in claims) >= "2022-01-01"
    assert max(path.name for path in (out / "remittances").iterdir()) < "2023-01"
    assert f"{len(claims)}" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [("--claims", "0"), ("--seed", "-1"), ("--claims", "-5"), ("--days", "10")])
def test_numbers_that_make_no_sense_are_refused(
    wrong: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert training("--out", str(tmp_path / "d"), *wrong) == 2
    assert "must be at least" in capsys.readouterr().err
    assert not (tmp_path / "d").exists()


def test_a_date_is_written_as_iso_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        training("--out", str(tmp_path / "d"), "--start", "31/12/2024")
    assert "YYYY-MM-DD" in capsys.readouterr().err
