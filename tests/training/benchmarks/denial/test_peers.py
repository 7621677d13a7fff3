"""Peers for denial risk: each learns something, from its own columns and day by day, and the same again by its seed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from training.benchmarks.denial.asked import METHODS, PEERS, methods
from training.benchmarks.denial.lived import Known
from training.benchmarks.denial.task import Split, ask, checked, outcomes, split
from training.benchmarks.protocols import named
from training.datasets import Dataset
from training.denial_history import past_of
from training.metrics import auc


@pytest.fixture(scope="module")
def given(dataset: Dataset) -> Split:
    return split(dataset, seed=1)


def test_peers_stand_behind_our_own_and_only_where_they_are_wanted_and_installed() -> None:
    assert list(methods([], peers=False)) == list(METHODS)
    found = list(methods(["own:One"], peers=True))
    assert found[:2] == ["model", "own:One"]
    assert set(found) - set(METHODS) - {"own:One"} == {
        name for name, (package, _) in PEERS.items() if find_spec(package)
    }


@pytest.mark.parametrize(
    "name",
    [name if "alone" in name else pytest.param(name, marks=pytest.mark.slow) for name in PEERS],
)
def test_a_peer_ranks_better_than_chance(name: str, given: Split, simulated: Path) -> None:
    package, path = PEERS[name]
    pytest.importorskip(package)
    method = named(path)
    method.fit(given.history)
    said = checked(ask(method, given), given)
    assert np.unique(said).size > 50
    assert auc(said, outcomes(given, simulated), np.ones((1, said.size)))[0] > 0.55


def test_what_is_known_of_a_claim_is_the_same_whether_lived_through_or_replayed(
    given: Split, dataset: Dataset
) -> None:
    known = Known.of(given)
    place = {id(claim): place for place, claim in enumerate(dataset.claims)}
    whole = past_of(dataset).replayed.rows
    for claims, rows in ((given.history.claims, known.history), (given.claims, known.asked)):
        expected = whole[[place[id(claim)] for claim in claims]]
        np.testing.assert_allclose(rows, expected, rtol=1e-9)
