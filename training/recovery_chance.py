"""Fit ``models.recovery_chance``: which models take part, and how sure they are, is seen on later periods.

The last periods of the training rows are predicted in turn by models that know only what came before; by these
predictions the mixture, the slope of the calibration and the intervals are chosen. Then all is learnt again from all
rows. The level is not calibrated there: it drifts, and the newest one is what the last fit itself has found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.errors import MissingDataError
from features.recovery_columns import Floats, Rows
from models.calibration import SigmoidCalibration, log_loss
from models.recovery_chance import Chance, mixed
from models.venn_abers import VennAbersGrid
from training.recovery_effects import DRIFTING, STEADY, Priors, fit_effects
from training.recovery_trees import ROUNDS, fit_trees

BOTH = 0.5  # the share of the trees where both models take part
ALONE = (0.0, 1.0)  # the effects, the trees
CLEARLY_STEADY = 0.005  # nats by which effects that stand still must beat those that drift
CLEARLY = 0.01  # nats by which one alone must beat both, which are steadier from year to year
PRIORS = (DRIFTING, STEADY)
LATER = 3  # periods that are predicted
FEWEST_EARLIER, FEWEST_LATER = 100, 30  # rows to learn from, and to predict
SLOPES = (0.6, 1.3)  # a calibration outside these has seen too little
BEYOND_CHANCE = (
    6.63  # twice the gain in log-likelihood: 1 % of the chi-square distribution with one degree of freedom
)


@dataclass(frozen=True)
class Predicted:
    """What the past said of later periods: log-odds of both models, outcomes, periods; each (n,).

    The effects are those of the priors that said it best.
    """

    priors: Priors
    effects: Floats
    trees: Floats
    outcomes: Floats
    period: NDArray[np.int64]


def fit_chance(rows: Rows, outcomes: Floats, *, seed: int = 0, rounds: int = ROUNDS) -> Chance:
    """Learn; ``outcomes`` (n,) are 1 where the denial was overturned.

    Raises MissingDataError where there are too few rows, or all of one period.
    """
    predicted = _later_periods(rows, outcomes, seed=seed, rounds=rounds)
    share = _share(predicted)
    slope = _slope(predicted, share)
    effects = fit_effects(rows, outcomes, predicted.priors)
    trees = fit_trees(rows, outcomes, seed=seed, rounds=rounds)
    level = float(np.mean(mixed(effects.log_odds(rows), trees.log_odds(rows), share)))
    calibration = SigmoidCalibration(slope, (1 - slope) * level)
    at_level = _at_their_level(predicted, share, slope)
    return Chance(
        columns=rows.columns,
        effects=effects,
        trees=trees,
        trees_share=share,
        calibration=calibration,
        intervals=VennAbersGrid.fit(at_level, predicted.outcomes),
    )


def _later_periods(rows: Rows, outcomes: Floats, *, seed: int, rounds: int) -> Predicted:
    """Each of the last periods as the ones before it predict it."""
    found: dict[Priors, list[Floats]] = {priors: [] for priors in PRIORS}
    trees, truth, periods = [], [], []
    for period in _predictable(rows):
        past, known = rows.take(rows.period < period), outcomes[rows.period < period]
        asked = rows.take(rows.period == period)
        for priors, said in found.items():
            said.append(fit_effects(past, known, priors).log_odds(asked))
        trees.append(fit_trees(past, known, seed=seed, rounds=rounds).log_odds(asked))
        truth.append(outcomes[rows.period == period])
        periods.append(asked.period)
    rest = (np.concatenate(trees), np.concatenate(truth), np.concatenate(periods))
    drifting, steady = (Predicted(priors, np.concatenate(found[priors]), *rest) for priors in PRIORS)
    gain = _loss(drifting, 0.0, slope=1.0) - _loss(steady, 0.0, slope=1.0)
    return steady if gain > CLEARLY_STEADY else drifting


def _predictable(rows: Rows) -> list[int]:
    periods, counts = np.unique(rows.period, return_counts=True)
    before = np.cumsum(counts) - counts
    able = periods[(before >= FEWEST_EARLIER) & (counts >= FEWEST_LATER)]
    if not able.size:
        what = f"{len(rows)} outcomes over {periods.size} periods are too few to learn from"
        raise MissingDataError(what, remedy="give more outcomes, over more years or quarters")
    return [int(period) for period in able[-LATER:]]


def _share(predicted: Predicted) -> float:
    best = min(ALONE, key=lambda share: _loss(predicted, share, slope=1.0))
    gain = _loss(predicted, BOTH, slope=1.0) - _loss(predicted, best, slope=1.0)
    return best if gain > CLEARLY else BOTH


def _loss(predicted: Predicted, share: float, *, slope: float) -> float:
    return log_loss(_at_their_level(predicted, share, slope), predicted.outcomes)


def _at_their_level(predicted: Predicted, share: float, slope: float) -> Floats:
    """Probabilities, each period's mean put right: how well the rows of a period are told apart."""
    odds = mixed(predicted.effects, predicted.trees, share) * slope
    probability = np.empty(odds.size)
    for period in np.unique(predicted.period):
        these = predicted.period == period
        probability[these] = _expit(odds[these] + shift(odds[these], predicted.outcomes[these]))
    return probability


def _slope(predicted: Predicted, share: float) -> float:
    """How far the log-odds may be spread, by Platt's fit on each later period; 1 where chance would do as much."""
    odds = mixed(predicted.effects, predicted.trees, share)
    each = []
    for period in np.unique(predicted.period):
        these = predicted.period == period
        fitted = SigmoidCalibration.fit(odds[these], predicted.outcomes[these])
        each.append((fitted.slope, int(these.sum())))
    slopes, weights = zip(*each, strict=True)
    slope = float(np.clip(np.average(slopes, weights=weights), *SLOPES))
    gain = _loss(predicted, share, slope=1.0) - _loss(predicted, share, slope=slope)
    return slope if 2 * gain * odds.size > BEYOND_CHANCE else 1.0


def shift(odds: Floats, outcomes: Floats, *, prior: float = np.inf, weights: Floats | None = None) -> float:
    """What to add to log-odds so that their level fits the outcomes, by Newton's method.

    ``prior`` is the standard deviation of a normal prior around no shift; ``weights`` (n,) count the rows.

    >>> round(shift(np.zeros(4), np.array([1.0, 1.0, 1.0, 0.0])), 3)  # log(3)
    1.099
    """
    weight = np.ones(odds.size) if weights is None else weights
    precision = 0.0 if np.isinf(prior) else prior**-2
    moved = 0.0
    for _ in range(30):
        probability = _expit(odds + moved)
        slope = float(weight @ (outcomes - probability)) - precision * moved
        curvature = float(weight @ (probability * (1 - probability))) + precision
        step = slope / curvature if curvature > 1e-9 else 0.0
        moved = float(np.clip(moved + np.clip(step, -2, 2), -10, 10))
        if abs(step) < 1e-9:
            break
    return moved


def _expit(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)))
