"""What is said about a remittance-match model: its card, its plots, and an example of its input and answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import numpy as np

from features.x12.records import ClaimPayment, Source
from models.certification import Certificate
from models.remittance_match import RemittanceMatchModel
from training import plots
from training.datasets import Dataset
from training.denial_report import EXAMPLE as EXAMPLE_CLAIM
from training.match_evaluation import Answers
from training.match_labels import MatchLabels
from training.model_card import CERTIFIED_ROWS, THRESHOLDS, ModelCard
from training.trained import Signature
from training.windows import NAMES, Windows

PLOTS = ("plots/reliability.png", "plots/precision_coverage.png")

# A made-up claim payment; no row of a data set may stand in a signature.
EXAMPLE = ClaimPayment(
    trace_number="EX0000001",
    payment_date=date(2024, 1, 30),
    payer_name="EXAMPLE PLAN",
    payer_id="EX001",
    payee_npi="1234567893",
    claim_id="EXAMPLE-1",
    status="1",
    charge=Decimal("150.00"),
    paid=Decimal("100.00"),
    patient_responsibility=Decimal("0.00"),
    filing_indicator="CI",
    payer_claim_number="EX9",
    facility_code="11",
    frequency="1",
    patient_last="EXAMPLE",
    patient_first="EXAMPLE",
    subscriber_id="EX0000001",
    rendering_npi="1234567893",
    service_from=date(2024, 1, 2),
    service_to=date(2024, 1, 2),
    adjustments=(),
    remarks=(),
    lines=(),
    balanced=True,
    source=Source(file="example.835"),
)


def signature(model: RemittanceMatchModel) -> Signature:
    """A payment and its candidates as the JSON that ``python -m features read`` prints, and their score."""
    score = model.score([EXAMPLE], [[EXAMPLE_CLAIM]])[0]
    answer = msgspec.structs.asdict(score)
    answer |= {name: " ".join(map(str, answer[name])) for name in ("order", "probabilities")}
    return Signature(
        inputs=(
            {
                "payment": msgspec.json.encode(EXAMPLE).decode(),
                "candidates": msgspec.json.encode([EXAMPLE_CLAIM]).decode(),
            },
        ),
        outputs=(answer,),
    )


def draw(folder: Path, answers: Answers, certificates: Sequence[Certificate]) -> None:
    """Reliability and precision by coverage on the test window."""
    plots.reliability(
        folder / PLOTS[0],
        probabilities=answers.confidence,
        outcomes=answers.right.astype(np.float64),
        title="Remittance match: stated and observed, test window",
        event="right claim",
    )
    plots.precision_coverage(
        folder / PLOTS[1],
        confidence=answers.confidence,
        errors=answers.errors(),
        title="Remittance match: payments posted without a look, test window",
        alpha=certificates[0].alpha if certificates else None,
        thresholds={c.cell.value_band: c.threshold for c in certificates if c.threshold is not None},
    )


def card(
    labels: MatchLabels,
    windows: Windows,
    dataset: Dataset,
    metrics: Mapping[str, float],
    certificates: tuple[Certificate, ...],
) -> ModelCard:
    """The model card."""
    spans = {f"{name} window": windows.describe()[name] for name in NAMES}
    return ModelCard(
        title="Remittance match",
        what=(
            "Which open claim a claim payment of an 835 belongs to, or none of them. Candidates by blocking keys, "
            "RapidFuzz similarities, LightGBM on pairs, and a softmax over a payment's candidates and none."
        ),
        intended_use=(
            "To propose a claim for a payment, with alternatives and how sure each is, and to post the surest ones "
            "under a live certificate.",
            "Reversals, corrections, second payers and duplicates may point at a claim that is paid already: one "
            "claim may be proposed for several payments.",
        ),
        limits=(
            "Its labels are the clerks' postings, errors among them: agreement with the ledger is what is measured "
            "and certified, and a clerk's error counts as the model's.",
            "A claim that shares no blocking key with its payment is never proposed.",
            "Payments with a negative amount, and those at or over the ceiling of the policy, always go to a person.",
            "Deposits, lump sums and provider-level adjustments (PLB) are not matched.",
            *(CERTIFIED_ROWS if certificates else ()),
        ),
        data={"labels": labels.describe(), **spans, "digest (SHA-256)": dataset.digest},
        metrics=metrics,
        certificates=certificates,
        plots=(*PLOTS, *((THRESHOLDS,) if certificates else ())),
    )
