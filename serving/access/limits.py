"""How often someone may ask: a bucket of tokens a name, in this worker alone, for a bounded number of names."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

MOST_NAMES = 10_000


class Buckets:
    """Each name may take ``burst`` at once, and then ``rate`` a second.

    Where more names come than are remembered, those that were quiet longest are forgotten: their buckets are fullest.
    """

    def __init__(
        self,
        *,
        rate: float,
        burst: float,
        most: int = MOST_NAMES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._most = most
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and when that was so

    def take(self, name: str) -> float:
        """Take a token: 0 where there was one, else the seconds until there will be."""
        now = self._clock()
        left, since = self._left.pop(name, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        taken = left >= 1.0
        self._left[name] = (left - 1.0 if taken else left, now)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return 0.0 if taken else (1.0 - left) / self._rate

    def __len__(self) -> int:
        return len(self._left)
