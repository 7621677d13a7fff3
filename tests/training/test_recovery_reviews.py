"""Published review outcomes: how the file is read, and that the estimator stands above the lookup table on them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from features.commandline import main
from features.errors import BadInputError, MissingDataError
from features.recovery_reviews import COLUMNS, outcomes_of, read_reviews, rows_of
from training.__main__ import COMMANDS
from training.recovery_reviews import judge, latest_year, random_fifth

HEADER = (
    "reference_id,report_year,diagnosis_category,diagnosis_sub_category,treatment_category,treatment_sub_category,"
    "determination,imr_type,age_range,patient_gender"
)
UPHELD = "MN14-7,2014,Cancer,Other,Pharmacy,,Upheld Decision of Health Plan,Medical Necessity,11_20,"
SAMPLE = Path("denials/ca_dmhc_imr/imr_2001_2015_train.csv.gz")


def written(folder: Path, *rows: str) -> Path:
    path = folder / "reviews.csv"
    path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return path


def made(folder: Path, *, years: range, seed: int) -> Path:
    """Reviews whose outcome hangs on the treatment."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(150 * len(years)):
        treatment = rng.integers(0, 3)
        said = "Overturned" if rng.random() < (0.2, 0.5, 0.8)[treatment] else "Upheld"
        rows.append(
            f"MN-{number},{years[number // 150]},Cancer,Other,T{treatment},,{said} Decision,Medical,21-30,Male"
        )
    path = folder / f"made-{seed}.csv.gz"
    path.write_bytes(gzip.compress("\n".join((HEADER, *rows)).encode()))
    return path


def test_a_review_is_read_with_its_missing_cells(tmp_path: Path) -> None:
    (review,) = read_reviews(written(tmp_path, UPHELD))
    assert (review.year, review.overturned, review.number) == (2014, False, 7)
    assert review.cells["treatment_sub_category"] is None
    assert rows_of([review]).numbers["age_range"].tolist() == [11.0]


def test_the_reference_is_no_feature() -> None:
    assert "reference_id" not in (*COLUMNS.categorical, *COLUMNS.ordinal)


def test_a_row_that_is_neither_overturned_nor_upheld_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="line 3"):
        read_reviews(written(tmp_path, UPHELD, UPHELD.replace("Upheld", "Withdrawn")))


def test_a_missing_file_and_a_file_that_is_no_gzip_are_told(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError):
        read_reviews(tmp_path / "nothing.csv")
    path = tmp_path / "plain.csv.gz"
    path.write_text(HEADER, encoding="utf-8")
    with pytest.raises(BadInputError, match="gzip"):
        read_reviews(path)


def test_the_command_learns_from_one_file_and_judges_another(tmp_path: Path) -> None:
    learnt = made(tmp_path, years=range(2010, 2014), seed=1)
    asked = made(tmp_path, years=range(2014, 2015), seed=2)
    out = tmp_path / "figures.json"
    argv = ["recovery", "--imr", str(learnt), "--test", str(asked), "--out", str(out)]
    assert main(prog="training", description="", commands=COMMANDS, argv=argv) == 0
    figures = json.loads(out.read_text(encoding="utf-8"))["the test file"]
    assert figures["model_auc"] > 0.65
    assert "model_level_followed_log_loss" in figures


@pytest.mark.slow
def test_the_estimator_ranks_real_reviews_above_the_lookup_table(samples: Path) -> None:
    reviews = read_reviews(samples / SAMPLE)
    year = judge("year", *latest_year(reviews)).figures(seed=0)
    drawn = judge("random", *random_fifth(reviews, seed=0)).figures(seed=0)
    assert year["auc_above_lookup"] > 0.005
    assert drawn["auc_above_lookup_low"] > 0
    assert year["model_log_loss"] <= year["model_uncalibrated_log_loss"] + 1e-9
    assert year["model_level_followed_log_loss"] < year["model_log_loss"] - 0.01


def test_the_shared_reviews_can_be_read(samples: Path) -> None:
    reviews = read_reviews(samples / SAMPLE)
    assert len(reviews) == 12_512
    assert outcomes_of(reviews).mean() == pytest.approx(0.431, abs=0.001)
