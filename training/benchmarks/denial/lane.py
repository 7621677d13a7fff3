"""What the product would release without a look: the certificates of a model trained on the same folder."""

from __future__ import annotations

import tempfile
from pathlib import Path

from models.certification import load_certificates
from training.datasets import Dataset
from training.denial_risk import train


def certified(dataset: Dataset, *, seed: int) -> list[str]:
    """A sentence a certificate."""
    with tempfile.TemporaryDirectory() as scratch:
        train(dataset, folder=Path(scratch) / "model", seed=seed, issued=dataset.end)
        certificates = load_certificates(Path(scratch) / "model")
    return [
        f"certified at {one.alpha:.1%} in {one.cell.value_band}: "
        f"{'nothing' if one.threshold is None else f'confidence {one.threshold:.4f} and above'} "
        f"({one.errors} errors in {one.n} labels)"
        for one in certificates
    ]
