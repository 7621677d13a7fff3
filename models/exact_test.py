"""The exact binomial test that a certificate rests on."""

from __future__ import annotations

from scipy.stats import beta, binom


def p_value(n: int, errors: int, alpha: float) -> float:
    """P(Binomial(n, alpha) <= errors): small where so few errors would be a surprise at an error rate of alpha.

    >>> p_value(598, 0, 0.005) <= 0.05 < p_value(597, 0, 0.005)
    True
    >>> p_value(0, 0, 0.005)  # nothing seen proves nothing
    1.0
    """
    return float(binom.cdf(errors, n, alpha)) if n > 0 else 1.0


def labels_needed(errors: int, *, alpha: float, delta: float) -> int:
    """The fewest labels with which that many errors still certify alpha at delta.

    >>> [labels_needed(errors, alpha=0.005, delta=0.05) for errors in (0, 1, 3)]
    [598, 947, 1549]
    """
    low, high = 0, errors + 1
    while p_value(high, errors, alpha) > delta:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if p_value(middle, errors, alpha) <= delta else (middle, high)
    return high


def exact_interval(errors: int, n: int, *, tail: float = 0.025) -> tuple[float, float]:
    """The Clopper-Pearson interval of a rate, at most ``tail`` beyond each end; 0 to 1 where nothing was seen.

    >>> [round(end, 3) for end in exact_interval(0, 598)]
    [0.0, 0.006]
    """
    low = float(beta.ppf(tail, errors, n - errors + 1)) if errors else 0.0
    high = float(beta.ppf(1 - tail, errors + 1, n - errors)) if errors < n else 1.0
    return low, high
