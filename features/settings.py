"""What the environment sets, read once and frozen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Where things are kept, and by which names the service is reached.

    ``CLEARLANE_HOME`` (default ``.clearlane``) holds all that Clearlane writes; each of the others moves one part
    of it: ``CLEARLANE_DATABASE_URL`` (SQLAlchemy URL, PostgreSQL by ``postgresql+psycopg://``),
    ``CLEARLANE_MODELS`` (the folder of the champions) and ``MLFLOW_TRACKING_URI``. ``CLEARLANE_HOSTS`` are the names
    by which the service is reached, separated by commas. ``CLEARLANE_CODE_PAIRS`` (NCCI edits as CMS publishes them)
    and ``CLEARLANE_COVERAGE`` (tables of covered diagnoses) name a file or a folder each, ``CLEARLANE_DENIAL_LIMITS``
    a file of the days within which payers want a corrected claim or an appeal, ``CLEARLANE_REVIEWERS`` the file of who
    works which queues, and how long.
    ``CLEARLANE_POLICY`` is a policy in TOML that the service and training route by in place of the one that ships.
    """

    home: Path
    database_url: str
    models: Path
    mlflow_uri: str
    hosts: tuple[str, ...] = ()
    code_pairs: Path | None = None
    coverage: Path | None = None
    denial_limits: Path | None = None
    policy: Path | None = None
    reviewers: Path | None = None

    @staticmethod
    def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
        """The settings, embedded defaults where the environment is silent.

        >>> Settings.from_environment({"CLEARLANE_HOME": "/srv/c"}).database_url
        'sqlite:////srv/c/clearlane.sqlite'
        """
        given = os.environ if environment is None else environment
        home = Path(given.get("CLEARLANE_HOME") or ".clearlane").absolute()
        return Settings(
            home=home,
            database_url=given.get("CLEARLANE_DATABASE_URL") or f"sqlite:///{home / 'clearlane.sqlite'}",
            models=Path(given.get("CLEARLANE_MODELS") or home / "models").absolute(),
            mlflow_uri=given.get("MLFLOW_TRACKING_URI") or f"sqlite:///{home / 'mlflow.sqlite'}",
            hosts=tuple(
                name.strip() for name in (given.get("CLEARLANE_HOSTS") or "").split(",") if name.strip()
            ),
            code_pairs=_path(given.get("CLEARLANE_CODE_PAIRS")),
            coverage=_path(given.get("CLEARLANE_COVERAGE")),
            denial_limits=_path(given.get("CLEARLANE_DENIAL_LIMITS")),
            policy=_path(given.get("CLEARLANE_POLICY")),
            reviewers=_path(given.get("CLEARLANE_REVIEWERS")),
        )


def _path(text: str | None) -> Path | None:
    return Path(text).absolute() if text else None
