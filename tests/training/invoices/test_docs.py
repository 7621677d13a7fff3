"""What the page tells a reader to type is taken, and what it names is what is read, written and decided."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path
from typing import get_args

import pytest

from features.invoices.findings import CODES
from features.invoices.tables import COLUMNS, REVIEW_COLUMNS, VERDICTS
from models.exact_test import labels_needed
from models.policy import load_policy
from serving.invoices.records import FINANCE, InvoiceAction
from training.__main__ import COMMANDS
from training.benchmarks.command import configure as configure_benchmark
from training.invoices.command import LEAST, configure
from training.invoices.output import COLUMNS as WRITTEN
from training.invoices.train import FEWEST_REVIEWS, FEWEST_WRONG
from training.train_command import configure as configure_train

PAGE = (Path(__file__).parents[3] / "docs" / "invoices.md").read_text(encoding="utf-8")
TYPED = re.findall(r"python -m training ([^`\n#]+)", PAGE)
CONFIGURED = {"check-invoices": configure, "benchmark": configure_benchmark, "train": configure_train}


def test_the_page_shows_every_command() -> None:
    assert {line.split()[0] for line in TYPED} == set(CONFIGURED) <= set(COMMANDS)


@pytest.mark.parametrize("line", TYPED)
def test_every_command_of_the_page_is_taken(line: str) -> None:
    name, *arguments = shlex.split(line)
    parser = argparse.ArgumentParser()
    CONFIGURED[name](parser)
    assert parser.parse_args(arguments)


@pytest.mark.parametrize(
    "name",
    [*(name for names in COLUMNS.values() for name in names), *REVIEW_COLUMNS, *WRITTEN, *CODES, *VERDICTS],
)
def test_every_column_finding_and_verdict_stands_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", [*get_args(InvoiceAction), FINANCE])
def test_every_decision_and_the_queue_of_finance_stand_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_the_figures_on_the_page_are_those_of_the_code_and_the_policy() -> None:
    policy, plain = load_policy(), " ".join(PAGE.split())
    needed = labels_needed(0, alpha=policy.alpha("invoice-anomaly"), delta=policy.delta("invoice-anomaly"))
    assert f"at least {needed} random reviews" in plain
    assert f"{FEWEST_REVIEWS} reviews with {FEWEST_WRONG} faults" in plain
    assert f"a finding is listed ({LEAST})" in plain
    assert f"at most {policy.alpha('invoice-anomaly'):.0%}".replace("%", " %") in plain
