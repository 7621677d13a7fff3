"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from training.datasets import Dataset

pytest_plugins = ["tests.support.databases"]

# A busy machine is no failure, so examples have no deadline.
settings.register_profile("clearlane", deadline=None)
settings.load_profile("clearlane")


def pytest_configure(config: pytest.Config) -> None:
    """Leave the slow tests out unless the caller chose with ``-m``."""
    if not config.option.markexpr:
        config.option.markexpr = "not slow"


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of public third-party files, which are never part of this project."""
    folder = os.environ.get("CLEARLANE_SAMPLES")
    if not folder:
        pytest.skip(
            "CLEARLANE_SAMPLES is not set: point it at a folder of public samples (x12/, documents/, ...)"
        )
    return Path(folder)


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A provider's folder of 3,000 simulated claims, their remittances and the ledger, with its truth apart."""
    from training.simulate.command import write

    folder = tmp_path_factory.mktemp("simulated") / "network"
    write(folder, claims=3_000, seed=7)
    return folder


@pytest.fixture(scope="session")
def dataset(simulated: Path) -> Dataset:
    """The simulated folder, read."""
    from training.datasets import load

    return load(simulated)


@pytest.fixture(scope="session")
def trained(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of champions as serving finds it, trained on the simulated claims: one folder a kind."""
    from training import denial_risk, remittance_match

    folder = tmp_path_factory.mktemp("trained")
    denial_risk.train(dataset, folder=folder / "denial-risk", seed=7)
    remittance_match.train(dataset, folder=folder / "remittance-match", seed=7)
    return folder
