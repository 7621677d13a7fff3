"""Certificates for the cells of a kind: planned on one window, tested on a later one, issued or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.certification import (
    Cell,
    Certificate,
    Certified,
    Step,
    certify,
    issue,
    one_per_batch,
    plan,
    walk,
)
from models.policy import Policy
from models.routing import Lane, RoutingInput, awaits_certificate, route
from training.metrics import rate

WITHOUT = "issued without certificates: a person sees every item"


@dataclass(frozen=True)
class Judged:
    """Scored rows with known outcome, as serving would route them; all run in parallel."""

    items: Sequence[RoutingInput]
    errors: NDArray[np.int64]  # (n,) 1 where acting without a look would have been wrong
    batches: Sequence[Any]  # the remittance that each row was decided in
    window: tuple[date, date]

    def confidence(self) -> NDArray[np.float64]:
        """(n,) 0..1, that acting without a look is right; NaN where there is nothing to be sure of."""
        return np.array([item.confidence for item in self.items], dtype=np.float64)

    def cents(self) -> NDArray[np.int64]:
        """(n,) the amounts in cents; 0 where there is none."""
        return np.array([round((item.amount or 0) * 100) for item in self.items], dtype=np.int64)


@dataclass(frozen=True)
class Trial:
    """How a cell was tried: the labels, what was planned on the earlier ones, and what came of it."""

    cell: Cell
    prior_scores: NDArray[np.float64]  # (m,) labels that planned
    prior_errors: NDArray[np.int64]  # (m,) 0 or 1
    scores: NDArray[np.float64]  # (n,) fresh labels, one of each remittance
    errors: NDArray[np.int64]  # (n,) 0 or 1
    amounts: NDArray[np.int64]  # (n,) cents, of the fresh labels
    thresholds: tuple[float, ...]  # planned, strict to loose
    level: float  # of the cell's own test, at most the family's delta
    certificate: Certificate


@dataclass(frozen=True)
class Family:
    """All cells of a kind, certified together: any of them breaks its promise with probability at most delta."""

    certificates: tuple[Certificate, ...]
    trials: tuple[Trial, ...]  # one a certificate, in the same order


NO_FAMILY = Family((), ())


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
) -> Family:
    """One certificate a cell of the policy, with or without a threshold.

    ``planned`` are rows of an earlier window than ``fresh``, which had no part in the model, its calibration or the
    plan. Only rows that the policy lets go take part: a promise on all rows above a threshold need not hold for that
    part of them. Of each remittance one row takes part, as errors within one hang together.
    """
    trials = tuple(
        _trial(cell, policy, planned, fresh, model_version, data_digest, issued, seed)
        for cell in policy.cells(kind)
    )
    return Family(tuple(trial.certificate for trial in trials), trials)


def automatic(
    items: Sequence[RoutingInput],
    *,
    policy: Policy,
    certificates: Sequence[Certificate],
    model_version: str,
    at: date,
) -> NDArray[np.bool_]:
    """Which rows serving would let go without a look on a day, (n,)."""
    lanes = [
        route(item, policy=policy, certificates=certificates, model_version=model_version, at=at).lane
        for item in items
    ]
    return np.array([lane is Lane.AUTO for lane in lanes], dtype=np.bool_)


def automatic_figures(
    went: NDArray[np.bool_], errors: NDArray[np.int64], certificates: Sequence[Certificate]
) -> dict[str, float]:
    """The share of rows that go without a look, and the error rate among them, if any go; both (n,)."""
    if not certificates:
        return {"automatic_share": 0.0}  # by decision, so that there is no interval
    count = int(went.sum())
    share = rate("automatic_share", count, went.size)
    return share | rate("automatic_error_rate", int(errors[went].sum()), count)


def _trial(
    cell: Cell,
    policy: Policy,
    planned: Judged,
    fresh: Judged,
    model_version: str,
    data_digest: str,
    issued: date,
    seed: int,
) -> Trial:
    alpha, delta = policy.alpha(cell.kind), policy.delta(cell.kind)
    level = delta / len(policy.cells(cell.kind))
    prior = _rows_of(cell, policy, planned)
    now = _rows_of(cell, policy, fresh)
    now = now[one_per_batch([fresh.batches[row] for row in now], seed)]
    before = planned.confidence()[prior], planned.errors[prior]
    labels = fresh.confidence()[now], fresh.errors[now]
    thresholds = plan(*before, now.size, alpha, delta=level)
    certificate = issue(
        certify(*labels, thresholds, alpha, level) or _nothing(walk(*labels, thresholds)),
        cell=cell,
        alpha=alpha,
        delta=delta,
        level=level,
        window=fresh.window,
        planned=planned.window,
        model_version=model_version,
        data_digest=data_digest,
        expires=issued + timedelta(days=policy.certificate_days),
    )
    return Trial(cell, *before, *labels, fresh.cents()[now], thresholds, level, certificate)


def _nothing(steps: Sequence[Step]) -> Certified:
    """A cell where nothing was certified keeps the counts of the first threshold tried."""
    return Certified(None, steps[0].n, steps[0].errors) if steps else Certified(None, 0, 0)


def _rows_of(cell: Cell, policy: Policy, rows: Judged) -> NDArray[np.intp]:
    """The rows of a cell that wait for nothing but its certificate."""
    inside = [
        number
        for number, item in enumerate(rows.items)
        if policy.cell(cell.kind, item.amount, item.payer_class) == cell and awaits_certificate(item, policy)
    ]
    return np.asarray(inside, dtype=np.intp)
