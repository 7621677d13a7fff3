"""Serve the API and the reviewers' page.

Needs trained models (CLEARLANE_MODELS, by default .clearlane/models). Without them it refuses to start, unless
--without-models says that every item shall go to a person, without a score, or --train-missing that models shall be
trained on a simulated network first. Whether the port is free is asked before any of it.

    python -m serving serve
    python -m serving serve --host 0.0.0.0 --port 8080 --workers 2

Everyone is asked who they are once there is an API key (python -m serving access add-key) or an identity provider
(docs/access.md); until then it serves this machine alone, and refuses to listen at another address or to be reached
by another name (CLEARLANE_HOSTS).
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from features.code_pairs import CodePairs
from features.errors import BadInputError
from features.settings import Settings
from models.recovery_limits import Limits
from serving import logs
from serving.access.entrance import Entrance
from serving.access.settings import AccessSettings
from serving.audit.targets import target_of
from serving.champion_folder import KINDS, present
from serving.opening import open_store
from serving.outbox.settings import OutboxSettings
from serving.ports import check_free
from serving.retention.limit import check_limit
from serving.steps import run_step

CHECKOUT = Path(__file__).resolve().parent.parent


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=int, default=3000, help="port to listen on (default %(default)s)")
    parser.add_argument(
        "--workers",
        type=int,
        default=int(os.environ.get("CLEARLANE_WORKERS") or 1),
        help="processes (default CLEARLANE_WORKERS, or 1)",
    )
    parser.add_argument(
        "--without-models", action="store_true", help="start without models: nothing is scored"
    )
    parser.add_argument(
        "--train-missing",
        action="store_true",
        help="where there is no champion, first train one on a simulated network",
    )


def run(arguments: argparse.Namespace) -> int:
    """Check what can be checked, then become the server."""
    settings = Settings.from_environment()
    if arguments.workers < 1:
        raise BadInputError("at least one worker is needed", "--workers")
    check_free(arguments.host, arguments.port)
    logs.as_json(os.environ)
    CodePairs.check_settings(settings)
    limits = None if settings.denial_limits is None else Limits.read(settings.denial_limits)
    if settings.retention_days is not None:
        check_limit(settings.retention_days, limits, where="CLEARLANE_RETENTION_DAYS")
    if arguments.train_missing and _lacks_a_model(settings):
        run_step("training", "champions")
    present(settings.models, without_models=arguments.without_models)
    if settings.audit_anchor:
        target_of(settings.audit_anchor)
    OutboxSettings.from_environment()
    _check_access(settings, arguments.host)
    become_server("serving.service:Clearlane", CHECKOUT, settings, arguments)
    return 0


def _check_access(settings: Settings, host: str) -> None:
    """Opens the store too, so that one that cannot be used is told here."""
    store = open_store(settings)
    try:
        Entrance(AccessSettings.from_environment(), store, hosts=[host], names=settings.hosts)
    finally:
        store.close()


def _lacks_a_model(settings: Settings) -> bool:
    return len(present(settings.models, without_models=True)) < len(KINDS)


def _places(settings: Settings) -> dict[str, Path | str | None]:
    """Files, folders and addresses that may be files: as they were given they might lead elsewhere from the server's
    working folder.
    """
    tokens = AccessSettings.from_environment().tokens
    return {
        "CLEARLANE_CHALLENGERS": settings.challengers,
        "CLEARLANE_CODE_PAIRS": settings.code_pairs,
        "CLEARLANE_COVERAGE": settings.coverage,
        "CLEARLANE_DENIAL_LIMITS": settings.denial_limits,
        "CLEARLANE_AUDIT_KEY_FILE": settings.audit_key_file,
        "CLEARLANE_JWKS": tokens.jwks if tokens else None,
        "CLEARLANE_POLICY": settings.policy,
        "CLEARLANE_REVIEWERS": settings.reviewers,
    }


def _secrets(settings: Settings) -> dict[str, str]:
    """A secret that came in a file stays there; the path to it is told as one that holds in any folder.

    SQLite's address is none, and may be a path from here, so it is told itself.
    """
    given = {
        name: str(Path(value).absolute())
        for name, value in os.environ.items()
        if name.startswith("CLEARLANE_") and name.endswith("_FILE") and value
    }
    if "CLEARLANE_DATABASE_URL_FILE" not in given or settings.database_url.startswith("sqlite"):
        given |= {"CLEARLANE_DATABASE_URL": settings.database_url, "CLEARLANE_DATABASE_URL_FILE": ""}
    return given


def become_server(
    service: str, folder: Path, settings: Settings, arguments: argparse.Namespace
) -> None:  # pragma: no cover - replaces the process
    """Replace this process by BentoML's, so that signals reach it as they are sent."""
    environment = {
        **os.environ,
        **{name: str(path) for name, path in _places(settings).items() if path},
        "BENTOML_DO_NOT_TRACK": "True",
        # The server keeps its metrics below it, and wipes those of whoever else keeps them there when it starts.
        "BENTOML_HOME": str(Path(os.environ.get("BENTOML_HOME") or settings.home / "bentoml").absolute()),
        # A thread that works now and then would else keep a heap of its own, which only grows.
        "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX") or "2",
        "CLEARLANE_HOME": str(settings.home),
        **_secrets(settings),
        "CLEARLANE_MODELS": str(settings.models),
        "CLEARLANE_AUDIT_ANCHOR": settings.audit_anchor or "",
        "CLEARLANE_WORKERS": str(arguments.workers),
        "CLEARLANE_WITHOUT_MODELS": "1" if arguments.without_models else "",
    }
    place = ["--host", arguments.host, "--port", str(arguments.port), "--working-dir", str(folder)]
    command = [sys.executable, "-m", "bentoml", "serve", service, *place]
    os.chdir(folder)
    os.execve(sys.executable, command, environment)  # noqa: S606
