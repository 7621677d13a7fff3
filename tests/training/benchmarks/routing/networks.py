"""A period of made-up items, so that the harness is tested without training anything."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import numpy as np

from models.certificates import Certificate, Certified, issue
from models.policy import load_policy
from models.routing import RoutingInput
from training.benchmarks.routing.naive import naive_certificates
from training.benchmarks.routing.network_period import Deployed, Period
from training.certificates import Judged

POLICY = load_policy()
KIND, BAND = "remittance-match", "under-1000"
FIRST = date(2025, 4, 1)
DAYS, A_DAY = 90, 24
VERSION = "remittance-match-000000000000"
CELL = next(cell for cell in POLICY.cells(KIND) if cell.value_band == BAND)


def item(confidence: float, payer: str = "PAYER-1", amount: str = "200") -> RoutingInput:
    """A payment that waits for nothing but its certificate."""
    return RoutingInput(
        kind=KIND, confidence=confidence, amount=Decimal(amount), payer=payer, low=confidence, high=confidence,
        margin=1.0, proposes_action=True, age_days=0.0,
    )  # fmt: skip


def certificate(threshold: float | None) -> Certificate:
    """In force for the cell during the whole period; without a threshold, for none of it."""
    issued = issue(
        Certified(0.5, 10_000, 0),
        cell=CELL, alpha=0.005, delta=0.001, window=(date(2024, 9, 1), date(2025, 3, 31)),
        model_version=VERSION, data_digest="0" * 64, expires=FIRST + timedelta(DAYS),
    )  # fmt: skip
    return msgspec.structs.replace(issued, threshold=threshold)


def period(error_rate: float, *, seed: int, payers: int = 3) -> Period:
    """As many wrong items as said, whatever their confidence; a check is answered two days later."""
    draws = np.random.default_rng(seed)
    count = DAYS * A_DAY
    days = np.repeat(np.arange(DAYS), A_DAY).astype("timedelta64[D]") + np.datetime64(FIRST)
    return Period(
        items=[
            item(float(sure), f"PAYER-{draws.integers(payers)}") for sure in draws.uniform(0.9, 1.0, count)
        ],
        errors=(draws.random(count) < error_rate).astype(np.int64),
        days=np.asarray(days, dtype="datetime64[D]"),
        told=np.asarray(days + np.timedelta64(2, "D"), dtype="datetime64[D]"),
    )


def deployed(error_rate: float, *, seed: int, labels: int = 300) -> Deployed:
    """Certified with room to spare; the naive threshold is the one that looks good on a few hundred labels."""
    draws = np.random.default_rng(seed + 1_000)
    confidence = draws.uniform(0.9, 1.0, labels)
    labelled = Judged(
        items=[item(float(sure)) for sure in confidence],
        errors=(draws.random(labels) < error_rate).astype(np.int64),
        batches=list(range(labels)),
        window=(date(2024, 9, 1), date(2025, 3, 31)),
    )
    certificates = (certificate(None),)
    return Deployed(
        model_version=VERSION,
        certificates=certificates,
        naive=naive_certificates(certificates, labelled, POLICY),
        period=period(error_rate, seed=seed),
        first=FIRST,
        until=FIRST + timedelta(DAYS),
    )
