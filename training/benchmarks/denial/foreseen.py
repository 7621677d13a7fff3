"""What the product's model says that denials of the test window's claims would be about."""

from __future__ import annotations

from training.benchmarks.denial.methods import Model
from training.benchmarks.denial.task import Split

Ranking = dict[str, list[list[str]]]  # "category" and "carc": for each claim codes, likeliest first


def foreseen(given: Split) -> Ranking | None:
    """Categories and CARCs ranked for every claim of the test window; None where the model does not tell."""
    model = Model()
    model.fit(given.history)
    outlooks = model.outlooks(given.claims)
    if outlooks is None:
        return None
    return {
        "category": [[one.code for one in outlook.categories] for outlook in outlooks],
        "carc": [[one.code for one in outlook.carcs] for outlook in outlooks],
    }
