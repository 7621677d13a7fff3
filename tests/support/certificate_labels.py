"""Simulated labels of a cell, its certificate, and the curve that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from models.certificate_curves import Curve
from models.certificates import Cell, Certificate, Uncertified, issue
from models.certification import certify, plan
from training.thresholds.curves import curve_of

EXPIRES = date(2026, 6, 1)


@dataclass(frozen=True)
class Labels:
    """Prior and fresh labels whose risk falls with the score."""

    prior: tuple[Any, Any]
    fresh: tuple[Any, Any]

    @classmethod
    def draw(cls, seed: int, *, prior: int = 4000, fresh: int = 6000, risk: float = 1.0) -> Labels:
        """``risk`` multiplies how often items are wrong."""
        rng = np.random.default_rng(seed)
        return cls(_draw(rng, prior, risk), _draw(rng, fresh, risk))


def certified(
    labels: Labels, *, alpha: float = 0.005, level: float = 0.025, band: str = "under-1000"
) -> tuple[Certificate, Curve]:
    """The certificate of a cell and its curve."""
    thresholds = plan(*labels.prior, labels.fresh[0].size, alpha, delta=level)
    found = certify(*labels.fresh, thresholds, alpha, level)
    certificate = issue(
        found or Uncertified(labels.fresh[0].size, 0),
        cell=Cell("remittance-match", "*", band),
        alpha=alpha,
        delta=2 * level,
        level=level,
        window=(date(2026, 1, 1), date(2026, 3, 1)),
        model_version="remittance-match-fake",
        data_digest="0" * 64,
        expires=EXPIRES,
    )
    curve = curve_of(
        certificate,
        prior_scores=labels.prior[0],
        prior_errors=labels.prior[1],
        scores=labels.fresh[0],
        errors=labels.fresh[1],
        thresholds=thresholds,
    )
    return certificate, curve


def _draw(rng: np.random.Generator, count: int, risk: float) -> tuple[Any, Any]:
    scores = rng.beta(8, 1, count)
    chance = np.clip(((1 - scores) ** 2.6 + 0.0003) * risk, 0, 1)
    return scores, (rng.random(count) < chance).astype(int)
