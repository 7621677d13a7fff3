"""What the product's model says that denials of the test window's claims would be about."""

from __future__ import annotations

from training.benchmarks.denial.methods import Model
from training.benchmarks.denial.task import Split

Ranking = dict[str, list[list[str]]]  # "category" and "carc": for each claim codes, likeliest first


def foreseen(given: Split) -> Ranking:
    """Categories and CARCs ranked for every claim of the test window, day by day."""
    model = Model()
    model.fit(given.history)
    outlooks = [outlook for day in given.days for outlook in model.outlooks_on(day)]
    return {
        "category": [[one.code for one in outlook.categories] for outlook in outlooks],
        "carc": [[one.code for one in outlook.carcs] for outlook in outlooks],
    }
