"""What is told of a trained recovery model: its card, its plot and its signature, without a word about a patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from features.recovery_columns import Floats
from training import plots
from training.model_card import ModelCard
from training.recovery_outcomes import Outcome, Outcomes
from training.trained import Signature

PLOT = "plots/reliability.png"


def card(found: Outcomes, test: Sequence[Outcome], metrics: Mapping[str, float]) -> ModelCard:
    """The model card."""
    return ModelCard(
        title="Denial recovery",
        what=(
            "For a denied claim: how likely a corrected claim or an appeal recovers it, the dollars and the minutes, "
            "and which action is worth most."
        ),
        intended_use=(
            "To order work on denials and to propose the next action, with its grounds and its deadline, to a person.",
            "Never to write off: a write-off is a proposal, and a person decides it.",
        ),
        limits=(
            "The actions were chosen by people, not drawn: what is learnt of an action holds for denials like those on "
            "which it was taken. Reason, payer, amount and what the claim shows are in the model because they drove "
            "the choice; what a specialist knew besides is not.",
            "Billing another payer or the patient is not learnt; those options carry neutral rates and say so.",
            "Limits in time are typical published ones unless a table of the provider's own replaces them.",
        ),
        data={
            "outcomes": found.describe(),
            "test": f"{len(test)} actions of {test[0].day} to {test[-1].day}, by a model of what was settled before",
        },
        metrics=metrics,
        certificates=(),
        plots=(PLOT,),
    )


def plot(folder: Path, said: Floats, outcomes: Floats) -> None:
    """Reliability on the later work."""
    plots.reliability(
        folder / Path(PLOT).name,
        probabilities=said,
        outcomes=outcomes,
        title="Denial recovery: stated and observed, later work",
        event="recovery",
    )


def signature() -> Signature:
    """Made-up values with the columns that the model takes and gives."""
    return Signature(
        inputs=({"denial": "{}"},),
        outputs=(
            {
                "action": "appeal",
                "probability": 0.6,
                "low": 0.5,
                "high": 0.7,
                "amount": 120.5,
                "minutes": 40.0,
                "deadline": "2025-05-31",
            },
        ),
    )
