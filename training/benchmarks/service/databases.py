"""The databases that the service is measured on: SQLite, and PostgreSQL where it is installed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from training.benchmarks.service.postgres import missing, running_postgres

Kind = Literal["sqlite", "postgresql"]


def kinds() -> tuple[Kind, ...]:
    """Those that can be had here."""
    return ("sqlite",) if missing() else ("sqlite", "postgresql")


@contextmanager
def database(kind: Kind, folder: Path) -> Iterator[str]:
    """The address of a new database, which is gone afterwards; that of SQLite lies in the folder."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'store.sqlite'}"
        return
    # A folder that others may enter: as root the server runs as another user.
    with tempfile.TemporaryDirectory() as own, running_postgres(Path(own)) as url:
        yield url
