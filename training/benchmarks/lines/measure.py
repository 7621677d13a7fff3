"""How right pairs of lines are; lines of one payment are resampled together.

A twin of a line, alike in all that is billed (of a paid line: and paid), is as right as the line: nobody could tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np

from features.match_keys import cents
from features.match_line_scores import claim_code
from features.x12.records import ClaimLine
from training.benchmarks.lines.methods import Paired
from training.benchmarks.lines.task import Answer, Case
from training.metrics import HIGH, LOW, RESAMPLES, Floats, resampled


def counted(cases: Sequence[Case], answers: Sequence[Paired]) -> Floats:
    """For each case (n, 5): lines, lines with a billed one, paired lines, right pairs, and whether all are right."""
    return np.array([_count(*one) for one in zip(cases, answers, strict=True)], dtype=np.float64)


def figures(counts: Floats, *, seed: int) -> dict[str, float]:
    """Precision of the pairs, recall of the lines that have a billed one, and payments that are right as a whole."""
    weights = np.vstack([np.ones((1, len(counts))), resampled(len(counts), RESAMPLES, seed=seed)])
    _, have, paired, right, whole = (weights @ counts).T
    rates = {
        "precision": _ratio(right, paired),
        "recall": _ratio(right, have),
        "whole_payments": _ratio(whole, weights.sum(axis=1)),
    }
    return {key: value for name, spread in rates.items() for key, value in _interval(name, spread).items()}


def has_twins(case: Case) -> bool:
    """Whether a claim bills the same service twice."""
    kinds = [_kind(line) for line in case.claim]
    return len(set(kinds)) < len(kinds)


def hits(case: Case, answers: Paired) -> list[bool]:
    """Whether the answer of each paid line is right, twins on either side being as good as one another.

    Of paid lines that are alike in everything, each true answer may be given to any, but only once.
    """
    kinds = [_kind(line) for line in case.claim]
    left: Counter[Hashable] = Counter()
    for line, true in zip(case.payment, case.answers, strict=True):
        left[line, _of_kinds(true, kinds)] += 1
    found = []
    for line, said in zip(case.payment, answers, strict=True):
        key = (line, _of_kinds(said, kinds))
        found.append(left[key] > 0)
        left[key] -= 1
    return found


def _of_kinds(places: Answer, kinds: Sequence[Hashable]) -> Hashable:
    return frozenset(Counter(kinds[place] for place in places).items())


def _count(case: Case, answers: Paired) -> tuple[int, int, int, int, bool]:
    right = hits(case, answers)
    paired = [bool(said) for said in answers]
    have = sum(bool(true) for true in case.answers)
    return len(right), have, sum(paired), sum(map(min, right, paired)), all(right)


def _kind(line: ClaimLine) -> tuple[object, ...]:
    return (
        claim_code(line),
        line.revenue_code,
        line.modifiers,
        cents(line.charge),
        line.units,
        line.service_from,
    )


def _ratio(above: Floats, below: Floats) -> Floats:
    quotient = np.zeros(above.shape)
    np.divide(above, below, out=quotient, where=below > 0)
    return quotient


def _interval(name: str, spread: Floats) -> dict[str, float]:
    low, high = np.quantile(spread[1:], (LOW, HIGH))
    return {name: float(spread[0]), f"{name}_low": float(low), f"{name}_high": float(high)}
