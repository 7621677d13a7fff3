"""Several seeds together: each figure's mean with its interval over networks, and what was posted in all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from training.benchmarks.matching.coverage import above, certified_threshold, posted
from training.benchmarks.matching.shift import Judged
from training.benchmarks.matching.tables import in_words, shown
from training.benchmarks.repeats import named_mean
from training.benchmarks.results import ENDS, Row, versions
from training.match_evaluation import Answers
from training.metrics import rate

SHOWN = ("f1", "precision", "recall", "share_at_999_precision", "ece_excess")


@dataclass(frozen=True)
class Seed:
    """What is kept of one network."""

    seed: int
    rows: Sequence[Row]
    answers: Answers  # of the product's model, by the truth
    lane: Mapping[str, float]
    posted: int  # under certificates
    rightly: int
    facts: Mapping[str, float]  # single figures: siblings, the oracle's share
    missed: Sequence[str]
    shifted: Sequence[Judged] = ()


def over_seeds(seeds: Sequence[Seed]) -> list[Row]:
    """A row a method: the mean of each figure, with Student's interval over the networks."""
    methods = [row.method for row in seeds[0].rows]
    return [Row(method, _means([_row(seed, method).figures for seed in seeds])) for method in methods]


def lanes(seeds: Sequence[Seed]) -> dict[str, float]:
    """The automatic lane: means over networks, and the precision of all that was posted in any."""
    figures = _means([seed.lane for seed in seeds if seed.lane])
    rightly, of = sum(seed.rightly for seed in seeds), sum(seed.posted for seed in seeds)
    figures |= rate("auto_precision_pooled", rightly, of)
    return figures | elsewhere(seeds) | _means([seed.facts for seed in seeds])


def elsewhere(seeds: Sequence[Seed]) -> dict[str, float]:
    """What each network's model posts under a threshold that the other networks' test windows certify."""
    shares, hits, through = [], 0, 0
    for seed in seeds:
        threshold = _certified_by([other for other in seeds if other is not seed], seed.seed)
        passed = above(seed.answers, threshold)
        shares.append(posted("elsewhere", passed, seed.answers))
        hits, through = hits + int((passed & seed.answers.right).sum()), through + int(passed.sum())
    only = [{"elsewhere_share": one["elsewhere_share"]} for one in shares]
    return _means(only) | rate("elsewhere_precision_pooled", hits, through)


def table(seeds: Sequence[Seed], figures: Mapping[str, float]) -> Table:
    """The lane and the facts, a line each."""
    numbers = ", ".join(str(seed.seed) for seed in seeds)
    result = Table(title=f"Over seeds {numbers}", title_justify="left", show_header=False)
    names = [name for name in figures if not name.endswith(ENDS)]
    for name in names:
        result.add_row(name.replace("_", " "), in_words(figures, name))
    result.add_row("seeds that miss no bar", shown(sum(not seed.missed for seed in seeds), len(seeds)))
    return result


def write(
    folder: Path, name: str, seeds: Sequence[Seed], rows: Sequence[Row], lane: Mapping[str, float]
) -> Path:
    """``NAME-summary.json``; the answer is its path."""
    content: dict[str, Any] = {
        "benchmark": name,
        "seeds": [seed.seed for seed in seeds],
        "versions": versions(),
        "rows": [{"method": row.method, "figures": dict(row.figures)} for row in rows],
        "lane": dict(lane),
        "missed": {seed.seed: list(seed.missed) for seed in seeds},
    }
    path = folder / f"{name}-summary.json"
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return path


def _certified_by(others: Sequence[Seed], seed: int) -> float | None:
    """A threshold from other networks: their rows in random order, so that part of each plans and part certifies."""
    confidence = np.concatenate(
        [np.where(one.answers.posted, one.answers.confidence, np.nan) for one in others]
    )
    errors = np.concatenate([one.answers.errors() for one in others])
    order = np.random.default_rng(seed).permutation(errors.size)
    rows = [str(row) for row in order]
    return certified_threshold(confidence[order], errors[order], rows, seed=seed)


def _row(seed: Seed, method: str) -> Row:
    return next(row for row in seed.rows if row.method == method)


def _means(drawn: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Of every figure that all draws have."""
    common = [name for name in drawn[0] if not name.endswith(ENDS) and all(name in one for one in drawn)]
    figures: dict[str, float] = {}
    for name in common:
        figures |= named_mean(name, [one[name] for one in drawn])
    return figures
