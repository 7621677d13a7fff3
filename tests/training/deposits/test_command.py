"""``match-deposits`` as it is typed: what it writes, and what it refuses."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from features.commandline import main

COMMANDS = {"match-deposits": "training.deposits.command"}


def run(*arguments: object) -> int:
    argv = ["match-deposits", *map(str, arguments)]
    return main(prog="python -m training", description="", commands=COMMANDS, argv=argv)


@pytest.mark.slow
def test_a_simulated_folder_is_tied_and_a_kept_model_ties_the_same(simulated: Path, tmp_path: Path) -> None:
    out, again = tmp_path / "out.csv", tmp_path / "again.csv"
    assert run("--data", simulated, "--out", out, "--model-out", tmp_path / "model") == 0
    assert run("--data", simulated, "--out", again, "--model", tmp_path / "model") == 0
    assert out.read_bytes() == again.read_bytes()
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert sum(bool(row["trace_number"]) for row in rows) > 0.9 * len(rows)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--least", "1.5"), "--least"),
        (("--model", "m", "--model-out", "m"), "--model-out"),
        (("--out", "nowhere/at/all.csv"), "--out"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_read(
    more: tuple[str, ...], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--data", tmp_path, "--out", tmp_path / "out.csv", *more) == 2
    assert told in capsys.readouterr().err


def test_help_teaches_the_columns(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("--help")
    assert "bank_reference, trace_number, amount, confidence and evidence" in capsys.readouterr().out
