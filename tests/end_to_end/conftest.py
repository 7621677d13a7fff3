"""Models that are trained once for all who call the service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.desk import Desk, Trained, running, train
from training.datasets import Dataset

DUE_IN = 15.0  # seconds


@pytest.fixture(scope="session")
def posting_models(dataset: Dataset, simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(dataset, simulated, tmp_path_factory.mktemp("posting"), seconds=DUE_IN)


@pytest.fixture
def desk(posting_models: Trained, tmp_path: Path, default_url: str) -> Iterator[Desk]:
    """A new service that knows the claims and asks everyone who they are."""
    with running(posting_models, tmp_path / "home", default_url) as started:
        yield started
