"""From the trials of a kind's cells to their curves beside the certificates, and to pictures among the plots."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from models.certificate_curves import Curve, save_curves
from models.certificate_words import cell_name, cell_slug, rate_text, wanting
from models.certificates import Cell
from training.certificates import Trial
from training.thresholds.curves import curve_of
from training.thresholds.picture import draw_cell, draw_overview

PICTURES = "thresholds"  # the folder of the pictures, below that of the plots
OVERVIEW = "overview.png"


def explain(folder: Path, trials: Sequence[Trial]) -> tuple[Curve, ...]:
    """Save the curves into a model's folder and draw them into its ``plots``, which the registry logs."""
    curves = tuple(curve_of_trial(trial) for trial in trials)
    save_curves(folder, curves)
    draw(folder / "plots" / PICTURES, curves)
    return curves


def told(curves: Sequence[Curve]) -> tuple[str, ...]:
    """A sentence a cell for whoever trained the model: what is certified, or what is wanting and for how many days."""
    return tuple(f"{cell_name(curve.cell)}: {_told(curve)}" for curve in curves)


def _told(curve: Curve) -> str:
    point = curve.certified
    if point is None:
        return f"not certified. {wanting(curve)}"
    counted = ", in items and in dollars" if curve.unit == "dollars" else ""
    return (
        f"certified from a confidence of {point.threshold:.4f}, {rate_text(point.coverage)} of its items; "
        f"at most {rate_text(curve.alpha)} wrong{counted}, {rate_text(1 - curve.delta)} sure; "
        f"checked {point.n:,}, wrong {point.errors:,}."
    )


def curve_of_trial(trial: Trial) -> Curve:
    """How a cell came to its certificate."""
    return curve_of(
        trial.certificate,
        prior_scores=trial.prior_scores,
        prior_errors=trial.prior_errors,
        scores=trial.scores,
        errors=trial.errors,
        thresholds=trial.thresholds,
    )


def draw(folder: Path, curves: Sequence[Curve]) -> tuple[Path, ...]:
    """Write a picture of every cell and one of all of them; nothing where there is no cell."""
    paths = tuple(folder / picture_name(curve.cell) for curve in curves)
    for path, curve in zip(paths, curves, strict=True):
        draw_cell(path, curve)
    if curves:
        draw_overview(folder / OVERVIEW, curves)
    return (folder / OVERVIEW, *paths) if curves else ()


def picture_name(cell: Cell) -> str:
    """The file of a cell's picture.

    >>> picture_name(Cell("denial-risk", "*", "under-1000"))
    'all-payers-under-1000.png'
    """
    return f"{cell_slug(cell)}.png"
