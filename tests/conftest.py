"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

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
