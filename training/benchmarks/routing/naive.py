"""What is done without a test: the threshold at which the labels at hand look good enough.

Beside certificates it shows what they are for, and that this harness sees a promise broken.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.certificates import Certificate
from models.policy import Policy
from models.routing import awaits_certificate, cell_of
from training.certificates import Judged


def naive_threshold(scores: NDArray[np.float64], errors: NDArray[np.int64], alpha: float) -> float | None:
    """The loosest threshold with at most ``alpha`` wrong among the labels above it; None where there is none.

    >>> naive_threshold(np.array([0.9, 0.8, 0.7, 0.6]), np.array([0, 0, 1, 0]), 0.25)
    0.6
    """
    order = np.argsort(-scores, kind="stable")
    ranked, wrong = scores[order], np.cumsum(errors[order])
    ends = np.append(ranked[1:] != ranked[:-1], True) if ranked.size else np.zeros(0, dtype=np.bool_)
    good = np.flatnonzero(ends & (wrong <= alpha * np.arange(1, ranked.size + 1)))
    return float(ranked[good[-1]]) if good.size else None


def naive_certificates(
    certificates: Sequence[Certificate], labelled: Judged, policy: Policy
) -> tuple[Certificate, ...]:
    """The certificates with naive thresholds in their place, from the labels that they were tested on."""
    return tuple(_naive(certificate, labelled, policy) for certificate in certificates)


def _naive(certificate: Certificate, labelled: Judged, policy: Policy) -> Certificate:
    cell = certificate.cell
    inside = np.array(
        [cell_of(item, policy) == cell and awaits_certificate(item, policy) for item in labelled.items],
        dtype=np.bool_,
    )
    threshold = naive_threshold(
        labelled.confidence()[inside], labelled.errors[inside], policy.alpha(cell.kind)
    )
    return msgspec.structs.replace(certificate, threshold=threshold)
