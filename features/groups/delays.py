"""How long payers take to answer: how likely a claim that still waits is to be in a check of a given day."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

LONGEST = 240  # days; later answers count as these
WINDOW = 7  # days that one check covers: payers pay once or twice a week
DOUBT = 20.0  # answers of all payers that a payer's own start from
LEAST, MOST = 0.002, 0.95  # nothing is sure


class Delays:
    """Days from the sending of a claim to the payer's answer, payer by payer; grows with ``add``.

    >>> delays = Delays()
    >>> for days in (12, 13, 14, 15, 16):
    ...     delays.add("PAY01", days)
    >>> delays.due("PAY01", 2) < delays.due("PAY01", 14)
    True
    """

    def __init__(self) -> None:
        self._counts: defaultdict[str, np.ndarray] = defaultdict(lambda: np.zeros(LONGEST + 1))
        self._all = np.full(LONGEST + 1, 1 / LONGEST)

    def add(self, payer: str, days: int) -> None:
        """Take in that an answer came after so many days."""
        at = min(LONGEST, max(0, days))
        self._counts[payer][at] += 1
        self._all[at] += 1

    def due(self, payer: str, days: int) -> float:
        """The probability, within ``LEAST`` and ``MOST``, that a claim sent so many days ago is answered by a check of
        that day, given that no earlier check answered it."""
        counts = self._counts[payer] + DOUBT * self._all / self._all.sum()
        last = min(LONGEST, max(0, days))
        first = max(0, last - WINDOW + 1)
        waiting = counts[first:].sum()
        return float(min(MOST, max(LEAST, counts[first : last + 1].sum() / waiting)))
