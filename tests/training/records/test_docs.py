"""The page on match-records: its example runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from features.commandline import main
from tests.support.record_tables import read_csv

PAGE = Path(__file__).parents[3] / "docs" / "match-records.md"
BLOCK = re.compile(r"`([\w.]+)`[^\n]*\n\n?```(?:toml|csv)\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"```sh\npython -m training (match-records .*?)\n```", re.DOTALL)


def test_the_example_of_the_page_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PAGE.read_text(encoding="utf-8")
    files = dict(BLOCK.findall(text))
    assert set(files) == {"spec.toml", "shop.csv", "supplier.csv", "labelled.csv"}
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    commands = {"match-records": "training.match_records_command"}
    for command in COMMAND.findall(text):
        argv = shlex.split(command.replace("\\\n", " "))
        assert main(prog="python -m training", description="", commands=commands, argv=argv) == 0
    best = {}
    for row in read_csv(tmp_path / "found.csv"):
        best.setdefault(row["left_id"], row["right_id"])
    assert best["S07"] == "9007"
