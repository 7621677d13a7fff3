"""Loads a saved model for ``mlflow.pyfunc``, from Clearlane as it is installed; it needs no MLflow itself.

A frame in, a frame out, one row each. Records are JSON as ``python -m features read`` prints them: a denial-risk model
takes the column ``claim``; a remittance-match model takes ``payment``, and ``candidates`` as a JSON array of claims;
an invoice-anomaly model takes ``case``, a ``features.invoices.cases.InvoiceCase``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import pandas as pd
from msgspec import Struct

from features.errors import BadInputError, ModelFileError
from features.x12.records import Claim, ClaimPayment
from models.files import MANIFEST


class Scorer:
    """What ``mlflow.pyfunc`` asks to predict."""

    def __init__(self, score: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
        self._score = score

    def predict(self, model_input: pd.DataFrame, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Score every row; raises BadInputError, which quotes nothing, where one is no record."""
        del params  # there are none
        return self._score(model_input)


def load(folder: Path) -> Scorer:
    """The scorer of a model's folder; raises ModelFileError."""
    kind = _kind(folder)
    if kind not in LOADERS:
        raise ModelFileError("the folder holds no model of a known kind", MANIFEST)
    return Scorer(LOADERS[kind](folder))


def _load_pyfunc(data_path: str) -> Scorer:
    """MLflow looks a loader up by this name."""
    return load(Path(data_path))


def _denial_risk(folder: Path) -> Callable[[pd.DataFrame], pd.DataFrame]:
    from models.denial_risk import DenialRiskModel

    model = DenialRiskModel.load(folder)

    def score(frame: pd.DataFrame) -> pd.DataFrame:
        claims = [_decoded(text, Claim) for text in frame["claim"]]
        return _frame(model.score(claims), frame)

    return score


def _remittance_match(folder: Path) -> Callable[[pd.DataFrame], pd.DataFrame]:
    from models.remittance_match import RemittanceMatchModel

    model = RemittanceMatchModel.load(folder)

    def score(frame: pd.DataFrame) -> pd.DataFrame:
        payments = [_decoded(text, ClaimPayment) for text in frame["payment"]]
        candidates = [_decoded(text, list[Claim]) for text in frame["candidates"]]
        return _frame(model.score(payments, candidates), frame)

    return score


def _invoice_anomaly(folder: Path) -> Callable[[pd.DataFrame], pd.DataFrame]:
    from features.invoices.cases import InvoiceCase
    from models.invoices.anomalies import InvoiceAnomalyModel

    model = InvoiceAnomalyModel.load(folder)

    def score(frame: pd.DataFrame) -> pd.DataFrame:
        scores = model.score([_decoded(text, InvoiceCase) for text in frame["case"]])
        names = [tuple(finding.code for finding in score.findings) for score in scores]
        return _frame(scores, frame).assign(findings=[" ".join(codes) for codes in names])

    return score


def _denial_recovery(folder: Path) -> Callable[[pd.DataFrame], pd.DataFrame]:
    from features.recovery import Denial
    from models.recovery import RecoveryModel

    model = RecoveryModel.load(folder)

    def score(frame: pd.DataFrame) -> pd.DataFrame:
        denials = [_decoded(text, Denial) for text in frame["denial"]]
        best = [model.assess([one], at=one.known)[0].best for one in denials]  # on the day it was known
        return _frame(best, frame)

    return score


LOADERS: Final[Mapping[str, Callable[[Path], Callable[[pd.DataFrame], pd.DataFrame]]]] = {
    "denial-risk": _denial_risk,
    "remittance-match": _remittance_match,
    "invoice-anomaly": _invoice_anomaly,
    "denial-recovery": _denial_recovery,
}


def _frame(scores: list[Any], like: pd.DataFrame) -> pd.DataFrame:
    """Scores as columns; a sequence becomes text, its values parted by blanks."""
    rows = [
        {
            name: " ".join(map(str, value)) if isinstance(value, tuple) else value
            for name, value in msgspec.structs.asdict(score).items()
        }
        for score in scores
        if isinstance(score, Struct)
    ]
    return pd.DataFrame(rows, index=like.index)


def _decoded(text: str, wanted: Any) -> Any:
    try:
        return msgspec.json.decode(text, type=wanted)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInputError(
            "a row is no record of the kind that the model scores",
            remedy="pass records as 'python -m features read' prints them",
        ) from error


def _kind(folder: Path) -> str:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        return str(manifest["kind"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelFileError("the folder holds no saved model", MANIFEST) from error
