"""Denial risk on a network: trained and certified on what was known on a day, and asked about the claims sent next."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from models.certificates import Certificate, load_certificates
from models.denial_risk import DenialRiskModel
from models.monitoring import ANSWERS_DUE
from models.policy import Policy
from training.benchmarks.denial.truth import read_truth, true_of
from training.benchmarks.routing.naive import naive_certificates
from training.benchmarks.routing.network_period import Days, Deployed, Period
from training.datasets import Dataset
from training.denial_evaluation import Evaluation
from training.denial_history import past_of
from training.denial_labels import label
from training.denial_risk import train
from training.windows import Indices, Windows

NOTHING = np.zeros(0, dtype=np.intp)


def deploy(
    folder: Path, past: Dataset, whole: Dataset, *, first: date, policy: Policy, seed: int
) -> Deployed:
    """Train on the past as ``training train --before FIRST`` does; the period lasts as long as the certificates.

    Only claims that a payer answered are judged: of the others nobody can say whether releasing them was right.
    """
    until = first + timedelta(policy.certificate_days)
    model, certificates = _trained(past, first, policy, seed)
    evaluation = _evaluation(model, whole, certificates, first, until, policy)
    return Deployed(
        model_version=model.version,
        certificates=certificates,
        naive=naive_certificates(certificates, evaluation.judged("certification"), policy),
        period=_period(folder, evaluation),
        first=first,
        until=until,
    )


def _trained(
    past: Dataset, issued: date, policy: Policy, seed: int
) -> tuple[DenialRiskModel, tuple[Certificate, ...]]:
    with tempfile.TemporaryDirectory() as scratch:
        train(past, folder=Path(scratch), seed=seed, policy=policy, issued=issued)
        return DenialRiskModel.load(Path(scratch)), load_certificates(Path(scratch))


def _evaluation(
    model: DenialRiskModel,
    whole: Dataset,
    certificates: tuple[Certificate, ...],
    first: date,
    until: date,
    policy: Policy,
) -> Evaluation:
    """The labels that the certificates were tested on as its certification window, the period as its test window."""
    labels = label(whole)
    days = np.asarray(labels.sent, dtype="datetime64[D]")
    start, end = certificates[0].window_from, certificates[0].window_to
    tested = _between(days, start, end + timedelta(1))
    windows = Windows(days, NOTHING, NOTHING, tested, _between(days, first, until))
    known = past_of(whole).replayed.rows[list(labels.places)]
    return Evaluation(model, labels, known, windows, policy)


def _period(folder: Path, evaluation: Evaluation) -> Period:
    labels, rows = evaluation.labels, evaluation.windows.test
    truth = true_of(read_truth(folder), [labels.claims[row] for row in rows])
    days = evaluation.windows.days[rows]
    return Period(
        items=evaluation.judged("test").items,
        errors=np.array([true.denied for true in truth], dtype=np.int64),
        days=days,
        told=told_on(days),
        answers=np.asarray(labels.answered, dtype="datetime64[D]")[rows],
    )


def told_on(sent: Days) -> Days:
    """When the service asks for the answers to the claims of each day, (n,): when all of the day are old enough.

    A blind look cannot tell whether a claim will be denied, so nothing else is told of it here.
    """
    return np.asarray(sent + np.timedelta64(ANSWERS_DUE.days + 1, "D"), dtype="datetime64[D]")


def _between(days: Days, first: date, until: date) -> Indices:
    """The rows from the first day to before the last, in order of day."""
    inside = np.flatnonzero((days >= np.datetime64(first)) & (days < np.datetime64(until)))
    return inside[np.argsort(days[inside], kind="stable")]
