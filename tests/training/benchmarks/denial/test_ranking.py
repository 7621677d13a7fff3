"""Measures of what is picked out, against counting by hand, and the way from the lookup table to the oracle."""

from __future__ import annotations

import numpy as np
import pytest

from training.benchmarks.denial.ranking import precision_in_top, recall_at_precision, share_of_distance
from training.metrics import Floats, auc

SAID = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05])
DENIED = np.array([1.0, 1, 0, 1, 0, 0, 0, 0, 1, 0])
ONCE = np.ones((1, 10))


@pytest.mark.parametrize(("precision", "recall"), [(1.0, 0.5), (0.75, 0.75), (0.9, 0.5), (0.4, 1.0)])
def test_recall_is_the_highest_at_which_the_precision_holds(precision: float, recall: float) -> None:
    assert recall_at_precision(precision)(SAID, DENIED, ONCE)[0] == recall


def test_recall_is_none_where_the_precision_is_never_reached() -> None:
    assert recall_at_precision(0.9)(-SAID + 1, DENIED, ONCE)[0] == 0


def test_precision_in_the_top_counts_the_best_rows() -> None:
    assert precision_in_top(0.2)(SAID, DENIED, ONCE)[0] == 1.0
    assert precision_in_top(0.5)(SAID, DENIED, ONCE)[0] == pytest.approx(0.6)


def test_ties_at_the_cut_count_by_their_share() -> None:
    same = np.full(10, 0.5)
    assert precision_in_top(0.3)(same, DENIED, ONCE)[0] == pytest.approx(0.4)


def test_a_resample_is_as_good_as_the_rows_written_out() -> None:
    counts = np.array([[2.0, 0, 1, 3, 0, 1, 1, 0, 1, 1]])
    said, denied = (np.repeat(one, counts[0].astype(int)) for one in (SAID, DENIED))
    for measure in (recall_at_precision(0.7), precision_in_top(0.3)):
        written_out = measure(said, denied, np.ones((1, said.size)))
        assert measure(SAID, DENIED, counts) == pytest.approx(written_out)


def blend(share: float, seed: int = 3) -> tuple[Floats, Floats, Floats, Floats]:
    """A lookup table, an oracle and something between them, with outcomes drawn from the oracle."""
    generator = np.random.default_rng(seed)
    oracle = generator.uniform(0.02, 0.6, 4000)
    lookup = np.clip(oracle + generator.normal(0, 0.4, 4000), 0, 1)
    denied = (generator.random(4000) < oracle).astype(np.float64)
    return share * oracle + (1 - share) * lookup, lookup, oracle, denied


def test_the_lookup_table_is_no_way_and_the_oracle_all_of_it() -> None:
    _, lookup, oracle, denied = blend(0.5)
    assert share_of_distance(auc, lookup, lookup, oracle, denied, seed=1)["share"] == 0
    assert share_of_distance(auc, oracle, lookup, oracle, denied, seed=1)["share"] == 1


def test_who_is_nearer_to_the_oracle_has_come_farther_and_the_interval_holds_the_share() -> None:
    shares = []
    for part in (0.4, 0.8):
        said, lookup, oracle, denied = blend(part)
        found = share_of_distance(auc, said, lookup, oracle, denied, seed=1)
        assert 0 < found["share_low"] < found["share"] < found["share_high"] < 1
        shares.append(found["share"])
    assert shares[0] < shares[1]
