"""Build the Bento: the service with the champion models inside, as one thing to deploy.

It serves without this checkout and without MLflow. The Bento goes into BentoML's store below .clearlane/bentoml
(BENTOML_HOME moves it), and the command prints how to serve it.

    python -m serving bento
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from features.errors import ClearlaneError, MissingDataError
from features.patterns.report import FILE as PATTERNS
from features.progress import track
from features.settings import Settings
from models.files import read_manifest
from serving.champion_folder import INVOICES, KINDS, RECOVERY, has_model
from serving.champions import load

CHECKOUT = Path(__file__).resolve().parent.parent
ROOMS = ("features", "models", "serving")
SERVED = ("manifest.json", "certificates.json", "certificate_curves.json", "model_card.md")


class BuildFailedError(ClearlaneError):
    """BentoML did not build the Bento."""

    code = "build-failed"
    exit_status = 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--version", help="of the Bento; by default BentoML draws one")


def run(arguments: argparse.Namespace) -> int:
    """Build, and print where the Bento is."""
    settings = Settings.from_environment()
    store = Path(os.environ.get("BENTOML_HOME") or settings.home / "bentoml").absolute()
    tag = build(settings.models, store, version=arguments.version)
    place = store / "bentos" / tag.replace(":", "/")
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"Built {tag} in {place}")
    console.print("Serve it from anywhere, with its data below CLEARLANE_HOME:")
    console.print(f"  CLEARLANE_HOME=/srv/clearlane python -m bentoml serve {place} --host 127.0.0.1")
    console.print("At another address it starts once there is an API key (docs/access.md).")
    return 0


def build(models: Path, store: Path, *, version: str | None = None) -> str:
    """Build a Bento of this checkout and these champions into a BentoML store; the answer is its tag.

    Raises MissingDataError or ModelFileError for the models, BuildFailedError for the build.
    """
    load(models)  # all of it is sound, before it is packed
    if not (CHECKOUT / "bentofile.yaml").is_file():
        raise MissingDataError(
            "there is no bentofile.yaml", where=str(CHECKOUT), remedy="build from a checkout"
        )
    store.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="clearlane-bento-") as scratch:
        folder = Path(scratch)
        _assemble(folder, models)
        return _build(folder, store, version)


def _assemble(folder: Path, models: Path) -> None:
    """What goes in, side by side: the rooms, and the champions that stand elsewhere, with the patterns beside them."""
    for room in track(ROOMS, "Copying", total=len(ROOMS)):
        shutil.copytree(CHECKOUT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("bentofile.yaml", "LICENSE"):
        shutil.copy2(CHECKOUT / name, folder / name)
    for kind in (*KINDS, *(one for one in (RECOVERY, INVOICES) if has_model(models, one))):
        target = folder / "champions" / kind
        target.mkdir(parents=True)
        manifest = read_manifest(models / kind, kind=kind)
        parts = [part.file for part in (*manifest.boosters.values(), *manifest.arrays.values())]
        for name in (*SERVED, *parts):
            if (models / kind / name).is_file():
                shutil.copy2(models / kind / name, target / name)
    if (models / PATTERNS).is_file():
        shutil.copy2(models / PATTERNS, folder / "champions" / PATTERNS)


def _build(folder: Path, store: Path, version: str | None) -> str:
    command = [sys.executable, "-m", "bentoml", "build", "--output", "tag", "."]
    if version:
        command += ["--version", version]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "BENTOML_HOME": str(store), "BENTOML_DO_NOT_TRACK": "True"},
        capture_output=True,
        text=True,
        check=False,
    )
    tags = [line for line in done.stdout.splitlines() if line.startswith("__tag__:")]
    if done.returncode or not tags:
        sys.stderr.write(done.stdout + done.stderr)
        raise BuildFailedError("BentoML did not build the Bento", remedy="what it printed says why")
    return tags[-1].removeprefix("__tag__:")
