"""The command over a small simulated network."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from features.commandline import main
from features.patterns.report import read
from training.__main__ import COMMANDS


def run(*argv: str | Path) -> int:
    return main(
        prog="python -m training", description="", commands=COMMANDS, argv=["patterns", *map(str, argv)]
    )


def test_it_writes_the_report_three_ways_and_beside_the_champions(
    simulated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(simulated, "--out", tmp_path / "out", "--champions", tmp_path / "champions") == 0
    report = read(tmp_path / "out" / "patterns.json")
    assert read(tmp_path / "champions" / "patterns.json") == report
    assert report.patterns
    assert all(one.claims >= 20 and one.excess > 0 for one in report.patterns)
    with (tmp_path / "out" / "patterns.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [int(row["denied"]) for row in rows] == [one.denied for one in report.patterns]
    page = (tmp_path / "out" / "patterns.html").read_text(encoding="utf-8")
    assert page.count("<svg") == len(report.patterns)
    assert "http" not in page.replace("http://www.w3.org", "")
    printed = capsys.readouterr().out
    assert "Patterns of denials" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--support", "10"), "at least 11"), (("--false-discoveries", "1.5"), "between 0 and 1")],
)
def test_a_number_that_makes_no_sense_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert run(tmp_path, *arguments) == 2
    assert said in capsys.readouterr().err
