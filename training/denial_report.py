"""What is said about a denial-risk model: its card, and an example of its input and answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec

from features.x12.records import Claim, ClaimLine, Source
from models.certification import Certificate
from models.denial_risk import DenialRiskModel
from training.datasets import Dataset
from training.denial_labels import DenialLabels
from training.model_card import CERTIFIED_ROWS, THRESHOLDS, ModelCard
from training.trained import Signature
from training.windows import NAMES, Windows

# A made-up claim; no row of a data set may stand in a signature.
EXAMPLE = Claim(
    transaction="837P",
    claim_id="EXAMPLE-1",
    charge=Decimal("150.00"),
    frequency="1",
    facility_code="11",
    payer_sequence="P",
    filing_indicator="CI",
    payer_name="EXAMPLE PLAN",
    payer_id="EX001",
    subscriber_id="EX0000001",
    subscriber_last="EXAMPLE",
    subscriber_first="EXAMPLE",
    patient_last="EXAMPLE",
    patient_first="EXAMPLE",
    patient_birth_date=date(1970, 1, 1),
    patient_sex="F",
    group_number=None,
    billing_name="EXAMPLE CLINIC",
    billing_npi="1234567893",
    billing_taxonomy="207Q00000X",
    rendering_npi="1234567893",
    prior_authorization=None,
    referral=None,
    original_reference=None,
    submitted=date(2024, 1, 9),
    service_from=date(2024, 1, 2),
    service_to=date(2024, 1, 2),
    admitted=None,
    diagnoses=("I10",),
    lines=(
        ClaimLine(
            number=1,
            procedure="99213",
            modifiers=(),
            revenue_code=None,
            charge=Decimal("150.00"),
            units=Decimal(1),
            service_from=date(2024, 1, 2),
            service_to=date(2024, 1, 2),
            control_number="1",
        ),
    ),
    prior_payers=(),
    source=Source(file="example.837"),
)


def signature(model: DenialRiskModel) -> Signature:
    """A claim as the JSON that ``python -m features read`` prints, and its score."""
    score = model.score([EXAMPLE])[0]
    return Signature(
        inputs=({"claim": msgspec.json.encode(EXAMPLE).decode()},),
        outputs=(
            {
                "probability": score.probability,
                "low": score.low,
                "high": score.high,
                "unseen": " ".join(score.unseen),
                "missing": " ".join(score.missing),
            },
        ),
    )


def card(
    labels: DenialLabels,
    windows: Windows,
    dataset: Dataset,
    metrics: Mapping[str, float],
    certificates: tuple[Certificate, ...],
) -> ModelCard:
    """The model card."""
    spans = {f"{name} window": windows.describe()[name] for name in NAMES}
    return ModelCard(
        title="Denial risk",
        what=(
            "The probability that the payer refuses a claim, or a part of it, as it is written now. LightGBM on "
            "fields of the 837 that are known when the claim is sent; sigmoid calibration; Venn-Abers intervals."
        ),
        intended_use=(
            "To order claims for a biller's look before they are sent, and to release the least risky ones under a "
            "live certificate.",
            "It never denies, down-codes or writes off a claim, and it is no judgement of medical need.",
        ),
        limits=(
            "It knows the payers, procedures and rules of its fit window; what changed since shows as a drift of its "
            "calibration. A code that it has not seen is reported, and goes to a specialist.",
            "A denial is judged by the remittance's group and reason codes; a payer that hides denials behind "
            "contractual codes is not seen.",
            "Claims that were never answered, or were refused before adjudication, have no label.",
            *(CERTIFIED_ROWS if certificates else ()),
        ),
        data={
            "labels": labels.describe(),
            "denied": f"{sum(labels.denied) / len(labels.denied):.1%}",
            **spans,
            "digest (SHA-256)": dataset.digest,
        },
        metrics=metrics,
        certificates=certificates,
        plots=(
            "plots/reliability.png",
            "plots/precision_coverage.png",
            *((THRESHOLDS,) if certificates else ()),
        ),
    )
