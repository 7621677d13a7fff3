"""Train the remittance-match model: fit, calibrate, certify and test it, each on a window of its own, in time order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from features.errors import MissingDataError
from features.groups.flags import flags_in_order
from features.x12.records import Claim
from models.certification import save_certificates
from models.policy import Policy, load_policy
from models.remittance_match import KIND, MatchScore, RemittanceMatchModel, routing_input, save
from models.routing import RoutingInput
from training.certificates import NO_FAMILY, WITHOUT, Family, Judged, automatic, certify_cells
from training.datasets import Dataset
from training.match_baselines import baselines
from training.match_candidates import candidates_in_time
from training.match_evaluation import (
    Answers,
    batch_counts,
    calibration,
    decisions,
    lane_metrics,
    ranking,
)
from training.match_examples import Known
from training.match_fit import PARAMETERS, ROUNDS, Candidates, Fitted, chosen, fit
from training.match_history import known_postings
from training.match_labels import NOWHERE, MatchLabels, label
from training.match_report import card, draw, signature
from training.metrics import rate
from training.thresholds.explaining import explain, told
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
    earlier: Known  # what the ledger said of each candidate before the payment's day
    windows: Windows
    flags: Sequence[tuple[str, ...]]  # what earlier payments say of each


def train(
    dataset: Dataset,
    *,
    folder: Path,
    seed: int = 0,
    rounds: int = ROUNDS,
    policy: Policy | None = None,
    issued: date | None = None,
    certify: bool = True,
) -> Trained:
    """Train on a data set and save all into ``folder``; ``issued`` is the day of the certificates (default today).

    Without ``certify`` none is issued, and a person sees every item.
    Raises MissingDataError where there is no posting ledger, or fewer than 300 postings or 100 to a claim.
    """
    prepared = prepare(dataset)
    labels, windows = prepared.labels, prepared.windows
    model, fitted = fit_and_save(dataset, prepared, folder=folder, seed=seed, rounds=rounds)
    rules, day = policy or load_policy(), issued or _today()
    family = _family(model, prepared, fitted, rules, dataset.digest, day, seed) if certify else NO_FAMILY
    certificates = family.certificates
    save_certificates(folder, certificates)
    curves = explain(folder, family.trials)
    scores = score(model, prepared, windows.test)
    answers = answers_of(scores, prepared, windows.test)
    posted = automatic(
        items_of(scores, prepared, windows.test),
        policy=rules,
        certificates=certificates,
        model_version=model.version,
        at=day,
    )
    metrics = {
        **_measure(answers, prepared, dataset.claims, seed),
        **lane_metrics(posted, answers, certificates),
    }
    draw(folder, answers, certificates)
    card(labels, windows, dataset, metrics, certificates).write(folder, curves)
    return Trained(
        kind=KIND,
        version=model.version,
        folder=folder,
        metrics=metrics,
        parameters={
            **_parameters(dataset, windows, fitted, seed=seed, rounds=rounds),
            "certify": certify,
        },
        signature=signature(model),
        notes=(labels.describe(), *(told(curves) if certify else (WITHOUT,))),
    )


def prepare(dataset: Dataset) -> Prepared:
    """Labels, candidates and windows of a data set; raises MissingDataError where there are too few labels."""
    labels = label(dataset, lumps_apart=False)  # whoever judges checks as they come judges lumps too
    matches = sum(claim != NOWHERE for claim in labels.posted)
    if len(labels.payments) < FEWEST_PAYMENTS or matches < FEWEST_MATCHES:
        raise MissingDataError(
            f"too few labels for a remittance-match model: {labels.describe()}",
            remedy=f"at least {FEWEST_PAYMENTS} postings, {FEWEST_MATCHES} of them to a claim here, are needed",
        )
    windows = Windows.from_dates(labels.paid_on, SHARES)
    flags = _flags(dataset, labels)
    candidates = candidates_in_time(dataset.claims, labels.payments)
    return with_candidates(Prepared(labels, candidates, [], windows, flags), candidates)


def _flags(dataset: Dataset, labels: MatchLabels) -> list[tuple[str, ...]]:
    """What all payments before say of each labelled one, as serving would have flagged it on its day.

    Bare checks are not among them: too little is known of one to call it a repetition.
    """
    arrived = sorted(
        (*dataset.claim_payments, *dataset.paper), key=lambda payment: payment.payment_date or date.min
    )
    found = flags_in_order(arrived, dataset.remittances)
    by_payment = {id(payment): flags for payment, flags in zip(arrived, found, strict=True)}
    return [by_payment.get(id(payment), ()) for payment in labels.payments]


def with_candidates(prepared: Prepared, candidates: Candidates) -> Prepared:
    """The same payments with other candidates, and what the ledger said of these."""
    labels = prepared.labels
    earlier = known_postings(labels.payments, candidates, labels.posted, labels.known_on())
    return replace(prepared, candidates=candidates, earlier=earlier)


def fit_and_save(
    dataset: Dataset, prepared: Prepared, *, folder: Path, seed: int, rounds: int, decoys: bool = True
) -> tuple[RemittanceMatchModel, Fitted]:
    """The model as it is read back from its folder, and what it was made from."""
    fitted = fit(
        prepared.labels,
        prepared.candidates,
        prepared.earlier,
        prepared.windows,
        seed=seed,
        rounds=rounds,
        decoys=decoys,
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
        background=fitted.background,
        softmax=fitted.softmax,
        decision=fitted.decision,
        intervals=fitted.intervals,
        facts=facts,
    )
    return RemittanceMatchModel.load(folder), fitted


def answer(
    model: RemittanceMatchModel, prepared: Prepared, rows: Indices, *, wanted: Sequence[str] | None = None
) -> Answers:
    """The model's answers to some payments, judged by the ledger, or by ``wanted`` where it is given."""
    return answers_of(score(model, prepared, rows), prepared, rows, wanted=wanted)


def score(model: RemittanceMatchModel, prepared: Prepared, rows: Indices) -> list[MatchScore]:
    """The model's scores of some payments, each against the candidates of its day."""
    payments, candidates, _ = chosen(prepared.labels, prepared.candidates, rows)
    return model.score(payments, candidates, [prepared.earlier[row] for row in rows])


def answers_of(
    scores: Sequence[MatchScore], prepared: Prepared, rows: Indices, *, wanted: Sequence[str] | None = None
) -> Answers:
    """Scores judged by the ledger, or by ``wanted`` where it is given."""
    _, candidates, posted = chosen(prepared.labels, prepared.candidates, rows)
    judge = posted if wanted is None else wanted
    best = [
        claims[one.order[0]].claim_id or NOWHERE if one.order else NOWHERE
        for claims, one in zip(candidates, scores, strict=True)
    ]
    return Answers(
        confidence=np.array([one.confidence or 0.0 for one in scores]),
        posted=np.array([one.proposes_action for one in scores], dtype=np.bool_),
        right=np.array(
            [one == other != NOWHERE for one, other in zip(best, judge, strict=True)], dtype=np.bool_
        ),
        has_claim=np.array([claim != NOWHERE for claim in judge], dtype=np.bool_),
    )


def items_of(scores: Sequence[MatchScore], prepared: Prepared, rows: Indices) -> list[RoutingInput]:
    """Scores as serving would route them on the day of receipt."""
    return [
        routing_input(prepared.labels.payments[row], one, flags=prepared.flags[row])
        for row, one in zip(rows, scores, strict=True)
    ]


def _family(
    model: RemittanceMatchModel,
    prepared: Prepared,
    fitted: Fitted,
    policy: Policy,
    digest: str,
    issued: date,
    seed: int,
) -> Family:
    """Planned on what came before the certification window, cross-fitted where the model was fitted on it."""
    rows = prepared.windows.calibration
    before = np.concatenate([fitted.crossed.rows, rows])
    scores = [*model.as_scores(fitted.crossed.scored), *score(model, prepared, rows)]
    return certify_cells(
        KIND,
        policy=policy,
        planned=judged(prepared, before, scores),
        fresh=judged(
            prepared, prepared.windows.certification, score(model, prepared, prepared.windows.certification)
        ),
        model_version=model.version,
        data_digest=digest,
        issued=issued,
        seed=seed,
    )


def judged(prepared: Prepared, rows: Indices, scores: Sequence[MatchScore]) -> Judged:
    """The audited ones of some rows; posting was wrong where the audit names another claim, or none.

    A ledger that was never audited is taken at its word, as there is nothing better.
    """
    labels = prepared.labels
    looked, everything = labels.checked(), not labels.has_audits()
    kept = [place for place, row in enumerate(rows) if everything or looked[row] is not None]
    chosen_rows, chosen_scores = rows[kept], [scores[place] for place in kept]
    days = [labels.paid_on[row] for row in rows]
    return Judged(
        items=items_of(chosen_scores, prepared, chosen_rows),
        errors=answers_of(chosen_scores, prepared, chosen_rows).errors(),
        batches=[labels.batch[row] for row in chosen_rows],
        window=(min(days), max(days)),
    )


def _measure(
    answers: Answers,
    prepared: Prepared,
    claims: Sequence[Claim],
    seed: int,
) -> dict[str, float]:
    """The model and its baselines on the test window."""
    rows = prepared.windows.test
    payments, candidates, posted = chosen(prepared.labels, prepared.candidates, rows)
    counts = batch_counts([prepared.labels.batch[row] for row in rows], seed=seed)
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
        "postings_doubted": fitted.doubted,
        "data_digest": dataset.digest,
        **dataset.intake.counts(),
        **{f"softmax_{name}": value for name, value in fitted.softmax.to_dict().items()},
        **{f"window_{name}": text for name, text in windows.describe().items()},
    }


def _today() -> date:
    return datetime.now(tz=UTC).date()
