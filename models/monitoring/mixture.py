"""The mixture of Shiryaev-Roberts statistics that an e-detector watches: what it bets on, and how it moves.

For each alternative error rate ``multiple * alpha`` the likelihood ratio of a check against alpha is a bet with mean at
most 1 while the error rate, given all that came before, is at most alpha: it is ``multiple`` for a wrong item and less
than 1 for a right one, so it rises with the chance of a wrong one and has mean exactly 1 at alpha. The statistic of an
alternative adds up, over every check as the possible moment of change, the product of the bets since:
``M = (M + 1) * bet``. Hence ``M`` less the number of checks falls on average (Shin, Ramdas & Rinaldo 2022,
"E-detectors", section 3), and so does any weighted mean of several.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.errors import BadInputError

Floats = NDArray[np.float64]
NEAR = (1.1, 1.2, 1.35)
FAR = tuple(float(one) for one in np.geomspace(1.5, 8.0, 9))
MULTIPLES = (*NEAR, *FAR)
"""Of alpha: the error rates that are bet on. A bet on 1.5 alpha loses money at 1.2: only the near ones see a breach so
small, which a lane of many checks can show."""

NEAR_SHARE = 0.4
"""Of all weight, evenly on the near bets. More of it delays the alarm of a rate far above alpha by a day at most, as
weights enter by their logarithm."""

TYPICAL, SPREAD = 3.5, 0.5
"""Where the far bets' weights are highest, in multiples of alpha, and how fast they fall, on the scale of logarithms:
a doubling is worth noticing slowly, a tenfold rate is noticed fast by every bet."""

HEAD_START = 10.0
"""Checks, in units of 1 / alpha, that a statistic has behind it when it begins: a certificate that never held is
noticed sooner, and a change that comes late hardly later (Moustakides, Polunchenko & Tartakovsky 2011, SR-r)."""

HEAD_START_OF_SHARES = 240.0
"""The same in bets on shares: as many as the horizon has days. A share of many items says more than one check, so a
change is noticed after few bets, most of the time right from the start of a certificate."""


@dataclass(frozen=True)
class Mixture:
    """Bets against an error rate of at most ``alpha``; all arrays have one entry a bet, (m,)."""

    alpha: float
    log_wrong: Floats  # logarithm of the likelihood ratio of a wrong item, above 0
    log_right: Floats  # of a right one, below 0
    log_weight: Floats
    head_start: float  # checks

    @staticmethod
    def of(alpha: float, *, shares: bool = False) -> Mixture:
        """The bets for an alpha on single checks, or on ``shares``; raises BadInputError where it is not inside 0..0.5.

        >>> Mixture.of(0.005).log_wrong.size, Mixture.of(0.005, shares=True).log_wrong.size
        (12, 9)
        """
        if not 0 < alpha < 0.5:
            raise BadInputError("an error rate to watch lies between 0 and 0.5", "alpha")
        multiples = FAR if shares else MULTIPLES
        rates = np.array([multiple * alpha for multiple in multiples if multiple * alpha < 0.95])
        weights = np.full(rates.size, 1 / rates.size) if shares else _weights(rates / alpha)
        return Mixture(
            alpha=alpha,
            log_wrong=np.log(rates / alpha),
            log_right=np.log((1 - rates) / (1 - alpha)),
            log_weight=np.log(weights),
            head_start=HEAD_START_OF_SHARES if shares else HEAD_START / alpha,
        )

    def start(self, streams: int | None = None) -> Floats:
        """The levels before the first check, (m,), or (streams, m)."""
        shape = self.log_wrong.shape if streams is None else (streams, self.log_wrong.size)
        return np.full(shape, np.log(self.head_start))

    def advance(self, levels: Floats, checked: NDArray[np.int64], wrong: NDArray[np.int64]) -> Floats:
        """Logarithms of the statistics (..., m) after ``checked`` (...,) more checks, at least 1, ``wrong`` of them.

        Checks that come together count as starting together: ``M = (M + checked) * bets``, so their order is of no
        account. More wrong ones never give less.
        """
        count, errors = checked[..., None], wrong[..., None]
        bets = errors * self.log_wrong + (count - errors) * self.log_right
        return np.asarray(np.logaddexp(levels, np.log(count)) + bets)

    def bets_on(self, share: Floats) -> Floats:
        """Logarithms of the bets (..., m) on a ``share`` (...,), 0..1, of items that is wrong.

        A bet is linear in the share, ``1 + stake * (share - alpha)``: its mean is at most 1 while the mean share is
        at most alpha, whatever its law, so that the items may depend on each other in any way.
        """
        part = share[..., None]
        return np.asarray(np.log(part * np.exp(self.log_wrong) + (1 - part) * np.exp(self.log_right)))

    def run_without_error(self, levels: Floats, gap: NDArray[np.int64]) -> Floats:
        """The same after ``gap`` (...,) checks one by one, 0 or more, all of them right."""
        log_right, count = self.log_right, gap[..., None]
        grown = count * log_right
        with np.errstate(divide="ignore"):
            added = log_right + np.log(-np.expm1(grown)) - np.log(-np.expm1(log_right))
        return np.asarray(np.logaddexp(levels + grown, added))

    def together(self, levels: Floats) -> Floats:
        """The logarithm of the mixture (...,) of all bets (..., m)."""
        return np.asarray(np.logaddexp.reduce(levels + self.log_weight, axis=-1))

    @property
    def quiet(self) -> float:
        """The highest mixture that checks without any error can lead to; an alarm lies above it."""
        fixed = 1 / -np.expm1(self.log_right)
        return float(np.sum(np.exp(self.log_weight) * np.maximum(fixed, self.head_start)))


def _weights(multiples: Floats) -> Floats:
    """Of each bet on single checks, (m,), in sum 1.

    Those on shares all weigh the same: the best stake depends on how many items a share is of, more than on the rate;
    for some tens of items it is a high one even where the rate is hardly above alpha.
    """
    near = multiples < FAR[0] - 1e-9
    far = np.where(near, 0.0, np.exp(-0.5 * (np.log(multiples / TYPICAL) / SPREAD) ** 2))
    return np.asarray(np.where(near, NEAR_SHARE / near.sum(), (1 - NEAR_SHARE) * far / far.sum()))
