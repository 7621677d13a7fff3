"""Remittance matching on a network: trained and certified on what was known on a day, and asked about what follows."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np

from models.certificates import Certificate
from models.policy import Policy
from models.remittance_match import RemittanceMatchModel
from training.benchmarks.matching.lane import trained
from training.benchmarks.matching.truth import read_truth
from training.benchmarks.routing.naive import naive_certificates
from training.benchmarks.routing.network_period import Deployed, Period
from training.certificates import Judged
from training.datasets import Dataset
from training.remittance_match import Prepared, answers_of, items_of, judged, prepare, score
from training.windows import Indices

DAYS_TO_CHECK = 2  # from a posting to the verdict of whoever checks it blindly


def deploy(
    folder: Path, past: Dataset, whole: Dataset, *, first: date, policy: Policy, seed: int
) -> Deployed:
    """Train on the past as ``training train --before FIRST`` does; the period lasts as long as the certificates."""
    until = first + timedelta(policy.certificate_days)
    model, certificates = trained(past, seed=seed, policy=policy, issued=first)
    prepared = prepare(whole)
    labelled = _labelled(model, prepared, certificates)
    return Deployed(
        model_version=model.version,
        certificates=certificates,
        naive=naive_certificates(certificates, labelled, policy),
        period=_period(folder, model, prepared, first, until),
        first=first,
        until=until,
    )


def _labelled(
    model: RemittanceMatchModel, prepared: Prepared, certificates: tuple[Certificate, ...]
) -> Judged:
    """The rows that the certificates were tested on."""
    start, end = certificates[0].window_from, certificates[0].window_to
    rows = _rows(prepared, start, end + timedelta(1))
    return judged(prepared, rows, score(model, prepared, rows))


def _period(
    folder: Path, model: RemittanceMatchModel, prepared: Prepared, first: date, until: date
) -> Period:
    rows = _rows(prepared, first, until)
    scores = score(model, prepared, rows)
    truth = read_truth(folder, [prepared.labels.payments[row] for row in rows])
    answers = answers_of(scores, prepared, rows, wanted=[true.claim_id for true in truth])
    days = np.asarray(prepared.labels.paid_on, dtype="datetime64[D]")[rows]
    return Period(
        items=items_of(scores, prepared, rows),
        errors=answers.errors(),
        days=days,
        told=np.asarray(days + np.timedelta64(DAYS_TO_CHECK, "D"), dtype="datetime64[D]"),
    )


def _rows(prepared: Prepared, first: date, until: date) -> Indices:
    """The rows paid from the first day to before the last, in order of day."""
    days = np.asarray(prepared.labels.paid_on, dtype="datetime64[D]")
    inside = np.flatnonzero((days >= np.datetime64(first)) & (days < np.datetime64(until)))
    return inside[np.argsort(days[inside], kind="stable")]
