"""The service as it runs, for the tests of its contract."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from serving.demo.server import running_service
from tests.serving.test_service import free_port


@pytest.fixture(scope="session")
def contract_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it logs."""
    return tmp_path_factory.mktemp("contract") / "service.log"


@pytest.fixture(scope="session")
def address(contract_log: Path, new_database_settings: Callable[[], dict[str, str]]) -> Iterator[str]:
    """Where it answers; without models, which none of these tests asks."""
    environment = {
        **os.environ,
        "CLEARLANE_HOME": str(contract_log.parent),
        "CLEARLANE_MODELS": str(contract_log.parent / "none"),
        **new_database_settings(),
    }
    options = ("--without-models",)
    with running_service(
        port=free_port(), environment=environment, log=contract_log, patience=240, options=options
    ) as found:
        yield found
