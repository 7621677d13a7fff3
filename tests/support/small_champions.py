"""Small trained models, in folders as the service loads them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from models.certificates import Certified, issue, save_certificates
from models.files import read_manifest
from models.policy import DEFAULT, load_policy
from training import denial_risk, remittance_match
from training.datasets import Dataset


def champions_in(folder: Path, dataset: Dataset, *, seed: int) -> Path:
    """Small trained models, each with a certificate that opens the lane for small amounts."""
    denial_risk.train(dataset, folder=folder / "denial-risk", seed=seed, rounds=15, certify=False)
    remittance_match.train(dataset, folder=folder / "remittance-match", seed=seed, rounds=15, certify=False)
    policy = load_policy(DEFAULT)
    for kind in ("denial-risk", "remittance-match"):
        certified = issue(
            Certified(threshold=0.6, n=5000, errors=0),
            cell=next(cell for cell in policy.cells(kind) if cell.value_band == "under-1000"),
            alpha=policy.alpha(kind),
            delta=policy.delta(kind),
            window=(date(2024, 1, 1), date(2024, 2, 1)),
            model_version=read_manifest(folder / kind, kind=kind).version,
            data_digest="0" * 64,
            expires=date.max - timedelta(days=1),
        )
        save_certificates(folder / kind, [certified])
    return folder
