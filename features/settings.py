"""What the environment sets, read once and frozen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from features.errors import BadInputError

LONGEST_PAUSE = 86_400.0  # seconds


@dataclass(frozen=True)
class Settings:
    """Where things are kept, and by which names the service is reached.

    ``CLEARLANE_HOME`` (default ``.clearlane``) holds all that Clearlane writes; each of the others moves one part
    of it: ``CLEARLANE_DATABASE_URL`` (SQLAlchemy URL, PostgreSQL by ``postgresql+psycopg://``; or
    ``CLEARLANE_DATABASE_URL_FILE``, a file that holds it),
    ``CLEARLANE_MODELS`` (the folder of the champions), ``CLEARLANE_CHALLENGERS`` (the folder of models that score live
    traffic in the shadow of the champions; none by default) and ``MLFLOW_TRACKING_URI``. ``CLEARLANE_HOSTS`` are the
    names
    by which the service is reached, separated by commas. ``CLEARLANE_CODE_PAIRS`` (NCCI edits as CMS publishes them)
    and ``CLEARLANE_COVERAGE`` (tables of covered diagnoses) name a file or a folder each, ``CLEARLANE_DENIAL_LIMITS``
    a file of the days within which payers want a corrected claim or an appeal, ``CLEARLANE_REVIEWERS`` the file of who
    works which queues, and how long.
    ``CLEARLANE_RETENTION_DAYS`` has the service remove patients' data of items that are over and older (docs/store.md).
    ``CLEARLANE_POLICY`` is a policy in TOML that the service and training route by in place of the one that ships.
    ``CLEARLANE_AUDIT_KEY``, or the file of ``CLEARLANE_AUDIT_KEY_FILE``, is the key of the audit log's MACs, which
    ``serving.audit.keys`` reads; ``CLEARLANE_AUDIT_ANCHOR`` is the file or the address that the log's head is carried
    to, every ``CLEARLANE_AUDIT_ANCHOR_SECONDS``. ``CLEARLANE_AUDIT_ANSWERS=off`` leaves scores that are stored nowhere
    out of the log.
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
    audit_key: str | None = field(default=None, repr=False)
    audit_key_file: Path | None = None
    audit_anchor: str | None = None
    audit_anchor_seconds: float = 60.0
    audit_answers: bool = True
    retention_days: int | None = None
    challengers: Path | None = None

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
            database_url=_database(
                secret(given, "CLEARLANE_DATABASE_URL") or f"sqlite:///{home / 'clearlane.sqlite'}"
            ),
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
            audit_key=given.get("CLEARLANE_AUDIT_KEY") or None,
            audit_key_file=_path(given.get("CLEARLANE_AUDIT_KEY_FILE")),
            audit_anchor=_file_or_address(given.get("CLEARLANE_AUDIT_ANCHOR")),
            audit_anchor_seconds=_seconds(given, "CLEARLANE_AUDIT_ANCHOR_SECONDS", 60.0),
            audit_answers=_is_on(given, "CLEARLANE_AUDIT_ANSWERS"),
            retention_days=_days(given.get("CLEARLANE_RETENTION_DAYS")),
            challengers=_path(given.get("CLEARLANE_CHALLENGERS")),
        )


def _path(text: str | None) -> Path | None:
    return Path(text).absolute() if text else None


def _database(url: str) -> str:
    """SQLite's file by its path from the root: the server's workers run in another folder."""
    kind, _, path = url.partition(":///")
    if kind.partition("+")[0] != "sqlite" or not path or path.startswith(("/", "?", ":memory:", "file:")):
        return url
    file, mark, query = path.partition("?")
    return f"{kind}:///{Path(file).absolute()}{mark}{query}"


def _file_or_address(text: str | None) -> str | None:
    return str(Path(text).absolute()) if text and "://" not in text else text or None


def _is_on(given: Mapping[str, str], name: str) -> bool:
    text = given.get(name) or "on"
    if text not in ("on", "off"):
        raise BadInputError("this is neither on nor off", name)
    return text == "on"


def _seconds(given: Mapping[str, str], name: str, default: float) -> float:
    text = given.get(name)
    if not text:
        return default
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1.0 <= seconds <= LONGEST_PAUSE:
        raise BadInputError("this is no number of seconds from 1 to 86400", name)
    return seconds


def secret(given: Mapping[str, str], name: str) -> str | None:
    """A setting that is a secret: its text, or that of the file that ``NAME_FILE`` names; None where neither is set.

    What stands in the environment is seen by more than what stands in a file. Raises BadInputError where both are set,
    or the file cannot be read or is empty.
    """
    text, path = given.get(name) or None, given.get(f"{name}_FILE")
    if not path:
        return text
    if text is not None:
        raise BadInputError(f"{name} and {name}_FILE are both set", f"{name}_FILE", "set one of them")
    try:
        found = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        found = ""
    if not found:  # what was meant is not known: a default in its place would be another database
        raise BadInputError("the file cannot be read as text, or is empty", f"{name}_FILE")
    return found


def _days(text: str | None) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit():
        raise BadInputError("this is no number of days", "CLEARLANE_RETENTION_DAYS", "write it as in 2555")
    return int(text)
