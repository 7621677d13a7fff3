"""What the product would post without a look: a model trained on the same folder, and its certificates."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.certification import load_certificates
from models.policy import load_policy
from models.remittance_match import RemittanceMatchModel
from training.certificates import automatic
from training.datasets import Dataset
from training.remittance_match import Prepared, answers_of, items_of, score, train


@dataclass(frozen=True)
class Lane:
    """The test window's payments: how many go without a look, and how many of these rightly, by the truth."""

    model: RemittanceMatchModel
    payments: int
    through: int
    right: int
    certificates: tuple[str, ...]  # a sentence each

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        counts = {"payments": self.payments, "posted": self.through, "posted_rightly": self.right}
        return {**counts, "certificates": list(self.certificates)}


def posted(dataset: Dataset, prepared: Prepared, wanted: Sequence[str], *, seed: int) -> Lane:
    """Train as the product does, and count on the test window."""
    rows, policy = prepared.windows.test, load_policy()
    with tempfile.TemporaryDirectory() as scratch:
        train(dataset, folder=Path(scratch), seed=seed)
        model, certificates = RemittanceMatchModel.load(Path(scratch)), load_certificates(Path(scratch))
    scores = score(model, prepared, rows)
    through = automatic(
        items_of(scores, prepared, rows),
        policy=policy,
        certificates=certificates,
        model_version=model.version,
        at=datetime.now(tz=UTC).date(),
    )
    right = answers_of(scores, prepared, rows, wanted=wanted).right
    sentences = tuple(
        f"certificate {one.cell.value_band}: "
        f"threshold {'none' if one.threshold is None else f'{one.threshold:.4f}'}, {one.errors} errors in {one.n}"
        for one in certificates
    )
    return Lane(model, through.size, int(through.sum()), int((through & right).sum()), sentences)
