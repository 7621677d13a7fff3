"""Train the remittance-match model: fit, calibrate, certify and test it, each on a window of its own, in time order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from features.errors import MissingDataError
from features.x12.records import Claim
from models.certification import Certificate, save_certificates
from models.policy import Policy, load_policy
from models.remittance_match import KIND, RemittanceMatchModel, save
from training.certificates import Judged, certify_cells
from training.datasets import Dataset
from training.match_baselines import baselines
from training.match_candidates import candidates_in_time
from training.match_evaluation import Answers, batch_counts, calibration, decisions, ranking, rate
from training.match_fit import PARAMETERS, ROUNDS, Candidates, Fitted, chosen, fit
from training.match_labels import NOWHERE, MatchLabels, label
from training.match_report import card, draw, signature
from training.trained import Trained
from training.windows import Indices, Windows

FEWEST_PAYMENTS = 300
FEWEST_MATCHES = 100
# Twice as much for certification as windows usually get: of each remittance one row counts, and to show 0.5 % with
# five errors takes about 2,300 of them. The booster needs few examples.
SHARES = (0.46, 0.14, 0.28, 0.12)


@dataclass(frozen=True)
class Prepared:
    """Labelled payments, each with the candidates of its day, and the windows that they are cut into."""

    labels: MatchLabels
    candidates: Candidates
    windows: Windows


def train(
    dataset: Dataset,
    *,
    folder: Path,
    seed: int = 0,
    rounds: int = ROUNDS,
    policy: Policy | None = None,
    issued: date | None = None,
) -> Trained:
    """Train on a data set and save all into ``folder``; ``issued`` is the day of the certificates (default today).

    Raises MissingDataError where there is no posting ledger, or fewer than 300 postings or 100 to a claim.
    """
    prepared = prepare(dataset)
    labels, windows = prepared.labels, prepared.windows
    model, fitted = fit_and_save(dataset, prepared, folder=folder, seed=seed, rounds=rounds)
    rules = policy or load_policy()
    certificates = _certify(model, prepared, rules, dataset.digest, issued or _today(), seed)
    save_certificates(folder, certificates)
    answers = answer(model, prepared, windows.test)
    metrics = _measure(answers, prepared, dataset.claims, certificates, rules, seed)
    draw(folder, answers, certificates)
    card(labels, windows, dataset, metrics, certificates).write(folder)
    return Trained(
        kind=KIND,
        version=model.version,
        folder=folder,
        metrics=metrics,
        parameters=_parameters(dataset, windows, fitted, seed=seed, rounds=rounds),
        signature=signature(model),
        notes=(labels.describe(),),
    )


def prepare(dataset: Dataset) -> Prepared:
    """Labels, candidates and windows of a data set; raises MissingDataError where there are too few labels."""
    labels = label(dataset)
    matches = sum(claim != NOWHERE for claim in labels.posted)
    if len(labels.payments) < FEWEST_PAYMENTS or matches < FEWEST_MATCHES:
        raise MissingDataError(
            f"too few labels for a remittance-match model: {labels.describe()}",
            remedy=f"at least {FEWEST_PAYMENTS} postings, {FEWEST_MATCHES} of them to a claim here, are needed",
        )
    windows = Windows.from_dates(labels.paid_on, SHARES)
    return Prepared(labels, candidates_in_time(dataset.claims, labels.payments), windows)


def fit_and_save(
    dataset: Dataset, prepared: Prepared, *, folder: Path, seed: int, rounds: int, decoys: bool = True
) -> tuple[RemittanceMatchModel, Fitted]:
    """The model as it is read back from its folder, and what it was made from."""
    fitted = fit(
        prepared.labels, prepared.candidates, prepared.windows, seed=seed, rounds=rounds, decoys=decoys
    )
    facts = {
        "data_digest": dataset.digest,
        "windows": prepared.windows.describe(),
        "seed": seed,
        "rounds": rounds,
    }
    save(
        folder,
        booster=fitted.booster,
        frequencies=fitted.frequencies,
        softmax=fitted.softmax,
        intervals=fitted.intervals,
        facts=facts,
    )
    return RemittanceMatchModel.load(folder), fitted


def answer(
    model: RemittanceMatchModel, prepared: Prepared, rows: Indices, *, wanted: Sequence[str] | None = None
) -> Answers:
    """The model's answers to some payments, judged by the ledger, or by ``wanted`` where it is given."""
    payments, candidates, posted = chosen(prepared.labels, prepared.candidates, rows)
    judge = posted if wanted is None else wanted
    scores = model.score(payments, candidates)
    best = [
        claims[score.order[0]].claim_id or NOWHERE if score.order else NOWHERE
        for claims, score in zip(candidates, scores, strict=True)
    ]
    return Answers(
        confidence=np.array([score.confidence for score in scores]),
        posted=np.array([score.proposes_action for score in scores], dtype=np.bool_),
        right=np.array(
            [one == other != NOWHERE for one, other in zip(best, judge, strict=True)], dtype=np.bool_
        ),
        has_claim=np.array([claim != NOWHERE for claim in judge], dtype=np.bool_),
    )


def automatic(
    answers: Answers, prepared: Prepared, rows: Indices, certificates: Sequence[Certificate], policy: Policy
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which payments the certificates let through, (n,): proposed, in a certified cell, and sure enough."""
    thresholds = {certificate.cell: certificate.threshold for certificate in certificates}
    cells = [policy.cell(KIND, prepared.labels.payments[row].paid) for row in rows]
    wanted = [None if cell is None else thresholds.get(cell) for cell in cells]
    needed = np.array([np.inf if threshold is None else threshold for threshold in wanted])
    return np.asarray(answers.posted & (answers.confidence >= needed))


def _certify(
    model: RemittanceMatchModel, prepared: Prepared, policy: Policy, digest: str, issued: date, seed: int
) -> tuple[Certificate, ...]:
    return certify_cells(
        KIND,
        policy=policy,
        planned=_judged(model, prepared, "calibration"),
        fresh=_judged(model, prepared, "certification"),
        model_version=model.version,
        data_digest=digest,
        issued=issued,
        seed=seed,
    )


def _judged(model: RemittanceMatchModel, prepared: Prepared, name: str) -> Judged:
    """The rows of a window that propose a claim; posting was wrong where the ledger names another, or none."""
    rows: Indices = getattr(prepared.windows, name)
    answers = answer(model, prepared, rows)
    proposed = np.flatnonzero(answers.posted)
    return Judged(
        confidence=answers.confidence[proposed],
        errors=answers.errors()[proposed],
        amounts=[prepared.labels.payments[row].paid for row in rows[proposed]],
        batches=[prepared.labels.batch[row] for row in rows[proposed]],
        window=prepared.windows.span(name),
    )


def _measure(
    answers: Answers,
    prepared: Prepared,
    claims: Sequence[Claim],
    certificates: Sequence[Certificate],
    policy: Policy,
    seed: int,
) -> dict[str, float]:
    """The model and its baselines on the test window, and what the certificates would have let through."""
    rows = prepared.windows.test
    payments, candidates, posted = chosen(prepared.labels, prepared.candidates, rows)
    counts = batch_counts([prepared.labels.batch[row] for row in rows], seed=seed)
    through = automatic(answers, prepared, rows, certificates, policy)
    exact, rule = baselines(claims, payments)
    there = [
        wanted in {claim.claim_id for claim in found}
        for found, wanted in zip(candidates, posted, strict=True)
    ]
    return {
        **decisions(answers, counts),
        **ranking(answers, counts),
        **calibration(answers, seed=seed),
        **rate("candidates_recall", sum(there), int(answers.has_claim.sum())),
        **rate("automatic_share", int(through.sum()), through.size),
        **rate("automatic_precision", int((through & answers.right).sum()), int(through.sum())),
        **decisions(Answers.of(exact, posted), counts, prefix="baseline_lookup_"),
        **decisions(Answers.of(rule, posted), counts, prefix="baseline_rule_"),
    }


def _parameters(
    dataset: Dataset, windows: Windows, fitted: Fitted, *, seed: int, rounds: int
) -> dict[str, Any]:
    return {
        **PARAMETERS,
        "seed": seed,
        "rounds": rounds,
        "best_rounds": fitted.booster.num_trees(),
        "pairs": fitted.pairs,
        "data_digest": dataset.digest,
        **{f"softmax_{name}": value for name, value in fitted.softmax.to_dict().items()},
        **{f"window_{name}": text for name, text in windows.describe().items()},
    }


def _today() -> date:
    return datetime.now(tz=UTC).date()
