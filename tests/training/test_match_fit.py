"""The fit of the match: cross-fitted by whole remittances, and not led astray by a clerk's errors."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from tests.support.matches import a_world
from training.benchmarks.matching.label_noise import noisy
from training.match_boosters import FOLDS, folds
from training.match_fit import trusted_postings
from training.remittance_match import answer, fit_and_save, prepare


def test_rows_of_one_remittance_stand_in_one_fold_and_folds_are_about_alike() -> None:
    batches = [f"T{number // 3}" for number in range(300)]
    found = folds(batches, seed=1)
    assert all(len({found[row] for row in range(start, start + 3)}) == 1 for start in range(0, 300, 3))
    assert np.bincount(found, minlength=FOLDS).min() > 80


def test_a_posting_that_the_others_contradict_is_doubted_and_one_to_no_candidate_by_what_none_has() -> None:
    starts = np.array([0, 2, 4, 5, 5])
    shares = np.array([0.95, 0.03, 0.95, 0.03, 0.04])
    none = np.array([0.02, 0.02, 0.96, 1.0])
    right = np.array([True, False, False, True, False])
    assert trusted_postings(shares, none, starts, right).tolist() == [True, False, True, True]


def test_where_most_postings_would_be_doubted_all_are_trusted() -> None:
    shares, none = np.full(4, 0.99), np.full(4, 0.01)
    assert trusted_postings(shares, none, np.arange(5), np.zeros(4, dtype=np.bool_)).all()


def test_one_wrong_posting_in_twelve_is_found_out_and_changes_few_answers(tmp_path: Path) -> None:
    honest = a_world(1500, seed=4)
    wrong = noisy(honest, 0.08, seed=2)
    truth, prepared = prepare(honest).labels.posted, prepare(wrong)
    _, fitted = fit_and_save(wrong, prepared, folder=tmp_path / "a", seed=1, rounds=60)
    window = fitted.crossed.rows
    errors = sum(truth[row] != prepared.labels.posted[row] for row in window)
    assert 0.7 * errors < fitted.doubted < 2 * errors
    rows = prepared.windows.test
    wanted = [truth[row] for row in rows]
    model, _ = fit_and_save(wrong, prepared, folder=tmp_path / "b", seed=1, rounds=60)
    plain = dataclasses.replace(prepare(honest))
    best, _ = fit_and_save(honest, plain, folder=tmp_path / "c", seed=1, rounds=60)
    given = answer(model, prepared, rows, wanted=wanted)
    ideal = answer(best, plain, plain.windows.test, wanted=wanted)
    assert given.right.mean() > ideal.right.mean() - 0.04
