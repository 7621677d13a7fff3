"""The registry: every training is logged in MLflow, versions are registered, and the champion is what serving loads.

What is logged are counts, metrics, digests, plots, the card and the parts; no row of a data set. By default MLflow
keeps its store in SQLite under ``CLEARLANE_HOME``; ``MLFLOW_TRACKING_URI`` names a server instead.
"""

from __future__ import annotations

import logging
import os
import tempfile
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")  # its own 7 keep a user waiting for minutes

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.models import Model
from mlflow.tracking import MlflowClient

from features.errors import ClearlaneError, MissingDataError, ModelFileError, NotFoundError
from features.settings import Settings
from models.certificate_curves import FILE as CURVES
from models.certificate_curves import Curve, load_curves
from models.certificate_words import cell_slug
from models.certificates import FILE as CERTIFICATES
from models.certificates import load_certificates
from models.files import MANIFEST, PART_FILE, load_parts, read_manifest, write_atomically
from training import mlflow_flavour
from training.mlflow_flavour import PARTS
from training.model_card import FILE as CARD
from training.trained import Trained

EXPERIMENT = "clearlane"
ABOUT_CERTIFICATES = "certificates/"  # what is logged of them beside the model's metrics
CHAMPION, CHALLENGER = "champion", "challenger"
NOTHING_YET = "nothing has been trained yet; 'python -m training train' does"


@dataclass(frozen=True)
class Registered:
    """A version in the registry and the alias that it got."""

    kind: str
    number: int
    alias: str  # "champion" or "challenger"
    run_id: str
    exported_to: Path | None  # where the champion lies for serving; None for a challenger


def log_and_register(trained: Trained, settings: Settings) -> Registered:
    """Log a training and register its model.

    The first version of a kind becomes the champion and is exported; every later one the challenger, until a person
    promotes it.
    """
    client = connect(settings)
    with mlflow.start_run(run_name=trained.version, tags={"kind": trained.kind}) as run:
        mlflow.log_params({name: str(value) for name, value in trained.parameters.items()})
        mlflow.log_metrics(dict(trained.metrics))
        mlflow.log_artifacts(str(trained.folder / "plots"), "plots")
        mlflow.log_artifact(str(trained.folder / CARD))
        _log_certificates(trained.folder)
        info = Model.log(
            artifact_path=None,
            name=trained.kind,
            flavor=mlflow_flavour,
            signature=mlflow_flavour.as_mlflow_signature(trained.signature),
            folder=trained.folder,
            kind=trained.kind,
            version=trained.version,
        )
    number = _register(client, trained, source=info.model_uri, run_id=run.info.run_id, model_id=info.model_id)
    alias = CHALLENGER if champion_of(trained.kind, settings) else CHAMPION
    client.set_registered_model_alias(trained.kind, alias, str(number))
    exported = export(trained.kind, number, settings) if alias == CHAMPION else None
    return Registered(trained.kind, number, alias, run.info.run_id, exported)


def promote(kind: str, number: int, settings: Settings) -> Path:
    """Make a version the champion and export it; the answer is the folder that serving loads.

    The export comes first: if it fails, the alias still names what is served. Raises NotFoundError, and makes no
    store only to say so.
    """
    if no_store(settings):
        raise _no_version(kind, number, remedy=NOTHING_YET)
    client = connect(settings)
    exported = export(kind, number, settings)
    client.set_registered_model_alias(kind, CHAMPION, str(number))
    if _version_of(kind, CHALLENGER, client) == number:
        client.delete_registered_model_alias(kind, CHALLENGER)
    return exported


def export(kind: str, number: int, settings: Settings, *, into: Path | None = None) -> Path:
    """Copy a version's parts, certificates and curves to a folder's kind, checked before a file changes.

    The folder is that of the champions, ``settings.models``, where ``into`` names no other.

    Parts are named by their digest and the manifest is replaced last, so a reader finds the old model or the new
    one. Certificates name their model, so none can vouch for the other.
    """
    connect(settings)
    target = (into or settings.models) / kind
    with tempfile.TemporaryDirectory() as scratch:
        source = download(kind, number, Path(scratch))
        load_parts(source, kind=kind)
        target.mkdir(parents=True, exist_ok=True)
        parts = [path for path in source.iterdir() if PART_FILE.fullmatch(path.name)]
        curves = [path for path in (source / CURVES,) if path.exists()]  # older models have none
        for path in (*parts, *curves, source / CERTIFICATES, source / MANIFEST):
            write_atomically(target / path.name, path.read_bytes())
        if not curves:
            (target / CURVES).unlink(missing_ok=True)
    for stale in target.iterdir():
        if PART_FILE.fullmatch(stale.name) and stale.name not in {path.name for path in parts}:
            stale.unlink()
    return target


def take_away(kind: str, folder: Path, settings: Settings) -> str | None:
    """Remove what was exported to a folder's kind, the manifest first; its version, None where nothing was.

    What no version of the registry made was put there by other hands, and stays.
    """
    target = folder / kind
    try:
        version = read_manifest(target, kind=kind).version
    except ModelFileError:
        return None
    known = connect(settings).search_model_versions(f"name='{kind}'")
    if version not in {one.tags.get("content_version") for one in known}:
        return None
    (target / MANIFEST).unlink(missing_ok=True)
    for left in target.iterdir():
        if PART_FILE.fullmatch(left.name) or left.name in (CURVES, CERTIFICATES):
            left.unlink()
    return version


def champion_of(kind: str, settings: Settings) -> int | None:
    """The champion's version number, or None."""
    return version_of(kind, CHAMPION, settings)


def version_of(kind: str, alias: str, settings: Settings) -> int | None:
    """The number of the version that has an alias, or None."""
    return _version_of(kind, alias, connect(settings))


def metrics_of(kind: str, number: int, settings: Settings) -> dict[str, float]:
    """The metrics that were logged with a version; raises NotFoundError."""
    client = connect(settings)
    try:
        version = client.get_model_version(kind, str(number))
    except MlflowException as error:
        raise _no_version(kind, number) from error
    logged = client.get_run(version.run_id or "").data.metrics
    return {name: value for name, value in logged.items() if not name.startswith(ABOUT_CERTIFICATES)}


def curves_of(kind: str, number: int, settings: Settings) -> tuple[Curve, ...]:
    """How a version's cells came to their certificates; raises NotFoundError, and ModelFileError for a damaged file.

    It makes no store only to say that there is none.
    """
    if no_store(settings):
        raise _no_version(kind, number, remedy=NOTHING_YET)
    connect(settings)
    with tempfile.TemporaryDirectory() as scratch:
        return load_curves(download(kind, number, Path(scratch)))


def number_of_run(kind: str, run_id: str, settings: Settings) -> int:
    """The version of a kind that a training run made; raises NotFoundError, and makes no store only to say so."""
    if no_store(settings):
        raise NotFoundError(f"no version of {kind} was made by that run", remedy=NOTHING_YET)
    found = [
        version
        for version in connect(settings).search_model_versions(f"name='{kind}'")
        if version.run_id == run_id
    ]
    if not found:
        raise NotFoundError(
            f"no version of {kind} was made by that run", remedy="see the runs with 'mlflow ui'"
        )
    return int(found[0].version)


def connect(settings: Settings) -> MlflowClient:
    """Point MLflow at the store, made where it is a file that is not there yet.

    Raises MissingDataError where it cannot be reached.
    """
    _quiet()
    settings.home.mkdir(parents=True, exist_ok=True)
    mlflow.set_tracking_uri(settings.mlflow_uri)
    mlflow.set_registry_uri(settings.mlflow_uri)
    client = MlflowClient()
    try:
        if client.get_experiment_by_name(EXPERIMENT) is None:
            local = settings.mlflow_uri.startswith("sqlite:")  # a server keeps artifacts where it was told to
            client.create_experiment(EXPERIMENT, str(settings.home / "mlflow-artifacts") if local else None)
        mlflow.set_experiment(EXPERIMENT)
    except MlflowException as error:
        raise MissingDataError(
            "MLflow's store cannot be reached",
            remedy="check MLFLOW_TRACKING_URI, or unset it for a local one",
        ) from error
    return client


def _log_certificates(folder: Path) -> None:
    """The certificates as they are served, and which cells of how many are certified from which threshold."""
    certificates = load_certificates(folder)
    if not certificates:
        return
    mlflow.log_artifact(str(folder / CERTIFICATES))
    found = {cell_slug(one.cell): one.threshold for one in certificates if one.threshold is not None}
    mlflow.set_tags({"certified": ", ".join(found) or "none"})
    figures = {"cells": float(len(certificates)), "certified": float(len(found))}
    figures |= {f"threshold-{name}": threshold for name, threshold in found.items()}
    mlflow.log_metrics({f"{ABOUT_CERTIFICATES}{name}": value for name, value in figures.items()})


def _register(client: MlflowClient, trained: Trained, *, source: str, run_id: str, model_id: str) -> int:
    with suppress(MlflowException):  # it is there already
        client.create_registered_model(trained.kind)
    version = client.create_model_version(
        trained.kind,
        source,
        run_id=run_id,
        model_id=model_id,
        tags={"content_version": trained.version, "data_digest": str(trained.parameters["data_digest"])},
    )
    return int(version.version)


def _version_of(kind: str, alias: str, client: MlflowClient) -> int | None:
    try:
        return int(client.get_model_version_by_alias(kind, alias).version)
    except MlflowException:
        return None


def download(kind: str, number: int, scratch: Path) -> Path:
    """The folder of a version's parts, copied below ``scratch``; connect first. Raises NotFoundError."""
    try:
        copied = mlflow.artifacts.download_artifacts(f"models:/{kind}/{number}", dst_path=str(scratch))
        return Path(copied) / PARTS
    except (MlflowException, OSError) as error:
        raise _no_version(kind, number) from error


def no_store(settings: Settings) -> bool:
    """Whether MLflow's store is to be a file that is not there yet."""
    scheme, _, path = settings.mlflow_uri.partition("?")[0].partition(":///")
    return scheme == "sqlite" and not Path(path).exists()


def _no_version(
    kind: str, number: int, *, remedy: str = "see the versions with 'mlflow ui'"
) -> ClearlaneError:
    return NotFoundError(f"the registry has no version {number} of {kind}", remedy=remedy)


def _quiet() -> None:
    """MLflow and Alembic tell of every migration of a new store."""
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module=r"mlflow\..*", category=FutureWarning)
