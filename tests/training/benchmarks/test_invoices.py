"""The benchmark of vendor invoices counts by the truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from features.errors import MissingDataError
from training.benchmarks.invoices.judge import Tally, at_false_alarms
from training.benchmarks.invoices.methods import Answers
from training.benchmarks.invoices.truth import causes

CLEAN = ["clean"] * 100


def test_no_more_clean_invoices_are_flagged_than_the_share_that_is_allowed() -> None:
    scores = np.arange(100.0)
    assert at_false_alarms(scores, CLEAN, 0.02).sum() == 2
    assert at_false_alarms(scores, CLEAN, 0.0).sum() == 0


def test_of_invoices_that_score_alike_all_or_none_are_flagged() -> None:
    assert at_false_alarms(np.ones(100), CLEAN, 0.02).sum() == 0


def test_recall_is_counted_by_cause_and_names_by_family() -> None:
    tally = Tally()
    named = [frozenset({"price"}), frozenset({"duplicate"}), frozenset(), *[frozenset[str]()] * 100]
    truth = ["price", "price", "not-received", *CLEAN]
    tally.add(Answers(np.array([3.0, 2.0, 0.0, *np.zeros(100)]), named), truth)
    recalls = tally.recalls()
    assert recalls["price"] == 1.0
    assert recalls["not-received"] == 0.0
    assert recalls["clean"] == 0.0
    assert recalls["all causes"] == pytest.approx(2 / 3)
    assert tally.names("price")["recall"] == 0.5
    assert tally.names("duplicate")["precision"] == 0.0
    assert tally.names("quantity")["recall"] == 0.0


def test_the_cause_of_an_invoice_is_that_of_its_first_wrong_line(tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    rows = "voucher_number,cause\nV1,clean\nV1,price\nV2,clean\n"
    (tmp_path / "truth" / "invoices.csv").write_text(rows, encoding="utf-8")
    assert causes(tmp_path) == {"V1": "price", "V2": "clean"}


def test_a_folder_without_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError):
        causes(tmp_path)
