"""The columns of a claim's lines: which of them a denial would fall on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.claim_services import VISIT_PREFIXES, largest_line, service_of
from features.denial_codes import CATEGORIES
from features.denial_history.rate_history import SERVICE_RATES
from features.x12.records import Claim

COLUMNS: Final = (
    "lines",
    "charge_share",
    "is_largest",
    "is_visit",
    "modifiers",
    *(f"rate_{name}" for name in SERVICE_RATES),
    *(f"lead_{name}" for name in SERVICE_RATES),  # of the line's rate over the highest of the others
    *(
        f"share_{category}" for category in CATEGORIES
    ),  # of what a denial would be about, by the claim's model
)


def line_rows(
    claim: Claim, rates: Mapping[str, tuple[float, ...]], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A row a line, (lines, len(COLUMNS)).

    ``rates`` are the values of ``SERVICE_RATES`` by service; ``shares`` (len(CATEGORIES),) add up to 1.
    """
    charges = [float(line.charge or 0) for line in claim.lines]
    total, largest = sum(charges), largest_line(claim)
    own = np.array([rates[service_of(line)] for line in claim.lines])
    first = [
        (
            float(len(claim.lines)),
            charge / total if total > 0 else np.nan,
            float(line is largest),
            float((line.procedure or "").startswith(VISIT_PREFIXES)),
            float(len(line.modifiers)),
        )
        for line, charge in zip(claim.lines, charges, strict=True)
    ]
    return np.hstack([np.array(first), own, _lead(own), np.tile(shares, (len(claim.lines), 1))])


def _lead(own: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how much each line's rates lie above the highest of the other lines."""
    if len(own) == 1:
        return np.zeros_like(own)
    others = [np.delete(own, place, axis=0).max(axis=0) for place in range(len(own))]
    return np.asarray(own - np.array(others), dtype=np.float64)
