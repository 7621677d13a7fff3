"""A small simulated folder of vendor invoices, and a model trained on it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from training.invoices.train import train_folder
from training.simulate.invoices import run
from training.trained import Trained


@pytest.fixture(scope="package")
def purchasing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of a small provider, about 2,500 invoices."""
    folder = tmp_path_factory.mktemp("purchasing")
    run.write(folder, seed=4, start=date(2023, 1, 1), end=date(2024, 12, 30), invoices=2500)
    return folder


@pytest.fixture(scope="package")
def trained(purchasing: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Trained on it with few rounds."""
    out = tmp_path_factory.mktemp("model")
    return train_folder(purchasing, out=out, rounds=60, issued=date(2025, 1, 2))
