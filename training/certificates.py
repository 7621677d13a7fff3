"""Certificates for the cells of a kind: planned on one window, tested on a later one, issued or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.certification import Cell, Certificate, certify, issue, one_per_batch, plan
from models.policy import Policy


@dataclass(frozen=True)
class Judged:
    """Scored rows with known outcome; all run in parallel."""

    confidence: NDArray[np.float64]  # (n,) 0..1, that acting without a look is right
    errors: NDArray[np.int64]  # (n,) 1 where it would have been wrong
    amounts: Sequence[Decimal | None]
    batches: Sequence[Any]  # the remittance that each row was decided in
    window: tuple[date, date]


def certify_cells(
    kind: str,
    *,
    policy: Policy,
    planned: Judged,
    fresh: Judged,
    model_version: str,
    data_digest: str,
    issued: date,
    seed: int,
) -> tuple[Certificate, ...]:
    """One certificate a cell of the policy, with or without a threshold.

    ``planned`` are rows of an earlier window than ``fresh``, which had no part in the model, its calibration or the
    plan. Of each remittance one row takes part, as errors within one hang together.
    """
    return tuple(
        _certify_cell(cell, policy, planned, fresh, model_version, data_digest, issued, seed)
        for cell in policy.cells(kind)
    )


def _certify_cell(
    cell: Cell,
    policy: Policy,
    planned: Judged,
    fresh: Judged,
    model_version: str,
    data_digest: str,
    issued: date,
    seed: int,
) -> Certificate:
    alpha, delta = policy.alpha(cell.kind), policy.cell_delta(cell.kind)
    prior = _rows_of(cell, policy, planned)
    now = _rows_of(cell, policy, fresh)
    now = now[one_per_batch([fresh.batches[row] for row in now], seed)]
    thresholds = plan(planned.confidence[prior], planned.errors[prior], now.size, alpha, delta=delta)
    return issue(
        certify(fresh.confidence[now], fresh.errors[now], thresholds, alpha, delta),
        cell=cell,
        alpha=alpha,
        delta=delta,
        window=fresh.window,
        model_version=model_version,
        data_digest=data_digest,
        expires=issued + timedelta(days=policy.certificate_days),
    )


def _rows_of(cell: Cell, policy: Policy, rows: Judged) -> NDArray[np.intp]:
    inside = [number for number, amount in enumerate(rows.amounts) if policy.cell(cell.kind, amount) == cell]
    return np.asarray(inside, dtype=np.intp)
