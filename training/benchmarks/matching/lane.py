"""What the product would post without a look: a model trained on the same folder, and its certificates.

Beside it stands what the same model could post under a threshold for which every row of the certification window was
checked by the truth: how much the certificates lose to how few rows are audited, and to what the policy bars.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from models.certification import Certificate, load_certificates
from models.policy import Policy, load_policy
from models.policy_table import ValueBand
from models.remittance_match import KIND, RemittanceMatchModel
from models.routing import awaits_certificate
from training.benchmarks.matching.coverage import WANTED, above, certified_threshold, posted
from training.certificates import automatic
from training.datasets import Dataset
from training.match_evaluation import Answers, Flags
from training.metrics import Floats
from training.remittance_match import Prepared, answer, answers_of, items_of, score, train
from training.windows import Indices


@dataclass(frozen=True)
class Lane:
    """Payments judged by the truth, and which of them go without a look."""

    model: RemittanceMatchModel
    answers: Answers
    through: Flags  # under the product's own certificates
    open: Flags  # that the policy lets wait for nothing but a certificate
    checked: float | None  # the threshold for which every row was checked
    certificates: Sequence[Certificate]

    def figures(self) -> dict[str, float]:
        """Share and precision of the automatic lane, and of the threshold that was certified by the truth."""
        return posted("auto", self.through, self.answers) | posted(
            "checked", above(self.answers, self.checked), self.answers
        )

    def sentences(self) -> list[str]:
        """One a certificate."""
        return [
            f"certificate {one.cell.value_band}: threshold {_shown(one.threshold)}, {one.errors} errors in {one.n}"
            for one in self.certificates
        ] + [f"every row of the certification window checked: threshold {_shown(self.checked)}"]

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        counts = {
            "payments": self.through.size,
            "posted": int(self.through.sum()),
            "posted_rightly": int((self.through & self.answers.right).sum()),
            "barred_by_policy": int((~self.open).sum()),
        }
        return {**counts, **self.figures(), "certificates": self.sentences()}


def strict(policy: Policy) -> Policy:
    """The policy with the benchmark's promise, where its own is weaker, for all amounts together.

    A promise for each band of amounts would take 3,700 audited remittances in each of them.
    """
    promise = policy.kinds[KIND]
    wanted = msgspec.structs.replace(promise, alpha=min(promise.alpha, round(1 - WANTED, 6)))
    everything = ValueBand("below-the-ceiling", policy.value_bands[0].at_least, policy.value_bands[-1].below)
    return msgspec.structs.replace(policy, kinds={**policy.kinds, KIND: wanted}, value_bands=(everything,))


def trained(
    dataset: Dataset, *, seed: int, policy: Policy, issued: date | None = None
) -> tuple[RemittanceMatchModel, tuple[Certificate, ...]]:
    """The product's model and certificates, as training saves and serving loads them."""
    with tempfile.TemporaryDirectory() as scratch:
        train(dataset, folder=Path(scratch), seed=seed, policy=policy, issued=issued)
        return RemittanceMatchModel.load(Path(scratch)), load_certificates(Path(scratch))


def lane_of(dataset: Dataset, prepared: Prepared, wanted: Sequence[str], *, seed: int) -> Lane:
    """Train as the product does, and judge the test window; ``wanted`` (n,) is the truth of all labelled payments."""
    policy = strict(load_policy())
    model, certificates = trained(dataset, seed=seed, policy=policy)
    checked = checked_threshold(model, prepared, wanted, seed=seed)
    return judged(
        model, certificates, prepared, prepared.windows.test, wanted, checked=checked, policy=policy
    )


def judged(
    model: RemittanceMatchModel,
    certificates: Sequence[Certificate],
    prepared: Prepared,
    rows: Indices,
    wanted: Sequence[str],
    *,
    checked: float | None,
    policy: Policy,
    at: date | None = None,
) -> Lane:
    """What a model and its certificates do with some payments on a day (today)."""
    scores = score(model, prepared, rows)
    items = items_of(scores, prepared, rows)
    through = automatic(
        items,
        policy=policy,
        certificates=certificates,
        model_version=model.version,
        at=at or datetime.now(tz=UTC).date(),
    )
    answers = answers_of(scores, prepared, rows, wanted=[wanted[row] for row in rows])
    waiting = np.array([awaits_certificate(item, policy) for item in items], dtype=np.bool_)
    return Lane(model, answers, through, waiting, checked, certificates)


def checked_threshold(
    model: RemittanceMatchModel, prepared: Prepared, wanted: Sequence[str], *, seed: int
) -> float | None:
    """A threshold certified on the calibration and certification windows by the truth."""
    windows = prepared.windows
    rows = np.concatenate([windows.calibration, windows.certification])
    answers = answer(model, prepared, rows, wanted=[wanted[row] for row in rows])
    batches = [prepared.labels.batch[row] for row in rows]
    return certified_threshold(_sure(answers), answers.errors(), batches, seed=seed)


def _sure(answers: Answers) -> Floats:
    """Confidence in what is proposed; nothing is posted where nothing is."""
    return np.where(answers.posted, answers.confidence, np.nan)


def _shown(threshold: float | None) -> str:
    return "none" if threshold is None else f"{threshold:.6f}"
