"""How much the model minds clerks' errors: it learns from a ledger in which more and more rows are wrong.

The simulated ledger has errors of its own; these come on top, before the windows are cut, and the truth judges. A
clerk's slip is the claim with the next control number, or any other claim. Audits are a second look and stay right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
from rich.table import Table

from features.postings import Posting
from training.benchmarks.matching.coverage import at_oracle_threshold
from training.benchmarks.matching.lane import lane_of
from training.benchmarks.matching.tables import in_words
from training.benchmarks.matching.truth import read_truth
from training.datasets import Dataset
from training.match_evaluation import batch_counts, decisions
from training.remittance_match import prepare

SHARES = (0.0, 0.002, 0.01, 0.02, 0.05)
SLIPS = 0.5  # of the wrong rows, those that name the claim with the next number


def noisy(dataset: Dataset, share: float, *, seed: int) -> Dataset:
    """The same data with a share of the ledger's rows posted to another claim."""
    generator = np.random.default_rng(seed)
    ids = sorted({claim.claim_id or "" for claim in dataset.claims})
    places = {claim_id: place for place, claim_id in enumerate(ids)}
    wrong = generator.random(len(dataset.postings)) < share
    slips = generator.random(len(dataset.postings)) < SLIPS
    anywhere = generator.integers(0, len(ids), len(dataset.postings))

    def other(row: int, posting: Posting) -> Posting:
        place = places.get(posting.posted_claim_id or "")
        at = int(anywhere[row]) if place is None or not slips[row] else (place + 1) % len(ids)
        return msgspec.structs.replace(posting, posted_claim_id=ids[at])

    postings = tuple(
        other(row, posting) if wrong[row] else posting for row, posting in enumerate(dataset.postings)
    )
    return replace(dataset, postings=postings)


def study(
    dataset: Dataset, folder: Path, *, seed: int, shares: Sequence[float] = SHARES
) -> list[tuple[float, dict[str, float]]]:
    """F1 and coverage on the test window for each share, by the truth of the folder."""
    found = []
    for share in shares:
        given = noisy(dataset, share, seed=seed)
        prepared = prepare(given)
        wanted = [true.claim_id for true in read_truth(folder, prepared.labels.payments)]
        lane = lane_of(given, prepared, wanted, seed=seed)
        batches = [prepared.labels.batch[row] for row in prepared.windows.test]
        counts = batch_counts(batches, seed=seed)
        figures = decisions(lane.answers, counts) | at_oracle_threshold(lane.answers, counts)
        found.append((share, figures | lane.figures()))
    return found


def table(found: Sequence[tuple[float, dict[str, float]]]) -> Table:
    """A line a share."""
    result = Table(title="Trained with wrong postings on top of the clerks' own", title_justify="left")
    for name in ("wrong", "F1", "share at 99.9 %", "every row audited", "precision", "under certificates"):
        result.add_column(name, justify="right")
    for share, figures in found:
        names = ("f1", "share_at_999_precision", "checked_share", "checked_precision", "auto_share")
        result.add_row(f"{share:.1%}", *(in_words(figures, name) for name in names))
    return result
