"""Certificates for the cells of a kind: planned on one window, tested on a later one, issued or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.allocation import Labels, Outcome, alone_level, certify_family, plan_family
from models.certificates import Cell, Certificate, issue
from models.certification import one_per_batch
from models.certification_money import certify_dollars
from models.policy import Policy
from models.routing import Lane, RoutingInput, awaits_certificate, cell_of, route
from training.metrics import rate

Rows = NDArray[np.intp]
NO_ROWS: Rows = np.zeros(0, dtype=np.intp)
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
    tried: bool = True  # False: planned to take no part, as it would hardly pass


@dataclass(frozen=True)
class Family:
    """All cells of a kind, certified together: any of them breaks its promise with probability at most delta."""

    certificates: tuple[Certificate, ...]
    trials: tuple[Trial, ...]  # one a certificate, in the same order


NO_FAMILY = Family((), ())


@dataclass(frozen=True)
class CellTest:
    """One cell in the family: its labels and what was planned."""

    cell: Cell
    policy: Policy
    prior: Labels
    fresh: Judged
    rows: Rows  # of ``fresh``, in the order of their days
    thresholds: tuple[float, ...]

    def in_dollars(self, outcome: Outcome, level: float) -> Outcome:
        """The strictest of what items and dollars certify: both hold, each with delta over all cells.

        Dollars have delta / cells each. What is kept may be any threshold that items passed, so its level is the
        highest of these: that of the first, ``level``, or where others left their share that of the last.
        """
        if outcome.certified is None:
            return outcome
        loosest, kind = outcome.certified.threshold, self.cell.kind
        (band,) = [band for band in self.policy.value_bands if band.name == self.cell.value_band]
        certified = certify_dollars(
            self.fresh.confidence()[self.rows],
            self.fresh.errors[self.rows],
            self.fresh.cents()[self.rows],
            tuple(threshold for threshold in self.thresholds if threshold >= loosest),
            self.policy.alpha(kind),
            self.policy.delta(kind) / len(self.policy.cells(kind)),
            ceiling=int(band.below * 100),
        )
        return Outcome(certified, max(level, outcome.level), outcome.tried, outcome.first)

    def trial(self, outcome: Outcome, stated: Mapping[str, Any]) -> Trial:
        """The cell's certificate, which says what is ``stated`` of the family, and how it came about."""
        certificate = issue(outcome.certified or outcome.first, cell=self.cell, level=outcome.level, **stated)
        return Trial(
            cell=self.cell,
            prior_scores=np.asarray(self.prior.scores),
            prior_errors=np.asarray(self.prior.errors),
            scores=self.fresh.confidence()[self.rows],
            errors=self.fresh.errors[self.rows],
            amounts=self.fresh.cents()[self.rows],
            thresholds=self.thresholds,
            level=outcome.level,
            certificate=certificate,
            tried=outcome.tried,
        )


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
    dollars: bool = False,
) -> Family:
    """One certificate a cell of the policy, with or without a threshold; all together hold with the kind's delta.

    ``planned`` are rows of an earlier window than ``fresh``, which had no part in the model, its calibration or the
    plan. Only rows that the policy lets go take part: a promise on all rows above a threshold need not hold for that
    part of them. Of each remittance one row a cell takes part, as errors within one hang together; where a remittance
    has rows in several cells, these are not taken to be independent (see ``models.allocation``).

    With ``dollars`` a threshold must also keep the error rate in dollars to alpha. It is not asked for by default: it
    takes as many times the labels as the end of a value band is above its mean amount, while bands and the ceiling
    already bound what one error costs.
    """
    cells = policy.cells(kind)
    prior = [_labels(planned, rows) for rows in rows_of(cells, planned, policy)]
    rows = [_one_per_batch(fresh, inside, seed) for inside in rows_of(cells, fresh, policy)]
    plan = plan_family(
        prior,
        [one.size for one in rows],
        alpha=policy.alpha(kind),
        delta=policy.delta(kind),
        independent=are_apart([[fresh.batches[row] for row in one] for one in rows]),
    )
    labels = [_labels(fresh, one) for one in rows]
    outcomes = certify_family(plan, labels, alpha=policy.alpha(kind), delta=policy.delta(kind))
    tests = [
        CellTest(cell, policy, before, fresh, inside, tried)
        for cell, before, inside, tried in zip(cells, prior, rows, plan.thresholds, strict=True)
    ]
    if dollars:
        level = alone_level(len(plan.part), policy.delta(kind), pooled=plan.pooled)
        outcomes = tuple(
            test.in_dollars(outcome, level) for test, outcome in zip(tests, outcomes, strict=True)
        )
    stated = {
        "alpha": policy.alpha(kind),
        "delta": policy.delta(kind),
        "window": fresh.window,
        "planned": planned.window,
        "unit": "dollars" if dollars else "items",
        "model_version": model_version,
        "data_digest": data_digest,
        "expires": issued + timedelta(days=policy.certificate_days),
    }
    trials = tuple(test.trial(outcome, stated) for test, outcome in zip(tests, outcomes, strict=True))
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


def _labels(judged: Judged, rows: Rows) -> Labels:
    return Labels(judged.confidence()[rows], judged.errors[rows])


def _one_per_batch(judged: Judged, rows: Rows, seed: int) -> Rows:
    return rows[one_per_batch([judged.batches[row] for row in rows], seed)]


def are_apart(batches: Sequence[Sequence[Any]]) -> bool:
    """Whether no remittance has rows in two cells; each cell has one row of a remittance at most.

    >>> are_apart([["a", "b"], ["c"]]), are_apart([["a", "b"], ["b"]])
    (True, False)
    """
    return len({batch for one in batches for batch in one}) == sum(len(one) for one in batches)


def rows_of(cells: Sequence[Cell], judged: Judged, policy: Policy) -> list[Rows]:
    """The rows of each cell that wait for nothing but its certificate."""
    found: dict[Cell, list[int]] = {cell: [] for cell in cells}
    for number, item in enumerate(judged.items):
        cell = cell_of(item, policy)
        if cell in found and awaits_certificate(item, policy):
            found[cell].append(number)
    return [np.asarray(rows, dtype=np.intp) for rows in found.values()]
