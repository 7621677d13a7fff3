"""What the page tells a reader to type is taken, and the columns that it names are those that are read and written."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from features.deposits.statement import COLUMNS as READ
from training.__main__ import COMMANDS
from training.benchmarks.command import configure as configure_benchmark
from training.deposits.command import LEAST, configure
from training.deposits.output import COLUMNS as WRITTEN

PAGE = (Path(__file__).parents[3] / "docs" / "deposits.md").read_text(encoding="utf-8")
TYPED = re.findall(r"python -m training ([^`\n]+)", PAGE)
CONFIGURED = {"match-deposits": configure, "benchmark": configure_benchmark}


def test_the_page_shows_both_commands() -> None:
    assert {line.split()[0] for line in TYPED} == set(CONFIGURED) <= set(COMMANDS)


@pytest.mark.parametrize("line", [line for line in TYPED if len(line.split()) > 1])
def test_every_command_of_the_page_is_taken(line: str) -> None:
    name, *arguments = shlex.split(line)
    parser = argparse.ArgumentParser()
    CONFIGURED[name](parser)
    assert parser.parse_args(arguments)


@pytest.mark.parametrize("column", [*READ, *WRITTEN])
def test_every_column_stands_on_the_page(column: str) -> None:
    assert f"`{column}`" in PAGE


def test_the_confidence_from_which_it_ties_stands_on_the_page() -> None:
    assert f"`--least` ({LEAST})" in PAGE
