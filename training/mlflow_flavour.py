"""Clearlane's own flavour of an MLflow model: our parts as they are, beside an MLmodel file. Nothing is pickled.

``mlflow.pyfunc.load_model("models:/denial-risk@champion")`` works where Clearlane is installed: the loader is
``models.pyfunc``, imported from there and never from a copy inside the artifact.
"""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from training.trained import Signature

with warnings.catch_warnings():  # MLflow warns of type hints of its own while it is imported
    warnings.simplefilter("ignore")
    import mlflow.pyfunc
    from mlflow.models import Model, infer_signature
    from mlflow.models.signature import ModelSignature

FLAVOUR = "clearlane"
PARTS = "parts"
LOADER = "models.pyfunc"


def save_model(
    path: str,
    mlflow_model: Model,
    *,
    folder: Path,
    kind: str,
    version: str,
    signature: ModelSignature | None = None,
    **_: Any,
) -> None:
    """Write an MLflow model; MLflow calls this by its name while it logs one."""
    target = Path(path)
    shutil.copytree(folder, target / PARTS)
    mlflow_model.signature = signature
    mlflow_model.add_flavor(FLAVOUR, kind=kind, version=version, data=PARTS)
    mlflow.pyfunc.add_to_model(mlflow_model, loader_module=LOADER, data=PARTS)
    mlflow_model.save(str(target / "MLmodel"))


def as_mlflow_signature(signature: Signature) -> ModelSignature:
    """MLflow's form of a signature."""
    return infer_signature(pd.DataFrame(list(signature.inputs)), pd.DataFrame(list(signature.outputs)))
