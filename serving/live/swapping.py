"""Going over to new champions or another policy without a pause: what is there is looked at every few seconds.

The new generation is loaded beside the old one, which goes on serving; only when it is whole do new requests go to it,
and the old one ends when its last request does. What cannot be loaded or is refused changes nothing but the log and a
metric: the service goes on with what it has. Where it was not the files that failed, the next look tries again.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Mapping
from typing import Final

from serving.live.gateway import Gateway
from serving.live.generation import Generation, Loader
from serving.live.refusing import passes, said_of
from serving.metrics import metrics
from serving.periodic import Periodic

EVERY: Final = 10.0  # seconds between two looks
DRAINING: Final = 120.0  # seconds; longer than any request may take
logger = logging.getLogger("clearlane.serving")


class Swapper:
    """One thread a process: several workers go over within two looks of one another, each answer names its versions."""

    def __init__(self, loader: Loader, gateway: Gateway, first: Generation, *, every: float = EVERY) -> None:
        """``first`` is what serves; it is begun here."""
        self._loader = loader
        self._gateway = gateway
        self._served = self._seen = first.files
        self.generation = first
        self._periodic = Periodic(
            "swapping",
            self._look,
            every=every,
            logger=logger,
            failing="new champions were not looked for",
            wait_first=True,
        )

    def start(self) -> None:
        """Serve with the first generation, and look for a next one from now on."""
        tell_served(self.generation.named)
        self.generation.begin()
        self._gateway.application = self.generation.application
        self._periodic.start()

    def close(self) -> None:
        """Serve nothing more, and finish what runs."""
        self._periodic.close()
        self._gateway.application = None
        self.generation.retire()
        tell_served({}, instead_of=self.generation.named)

    def look(self) -> bool:
        """Go over to what is new, where something is and has settled since the last look; the answer says whether."""
        found = self._loader.fingerprint()
        settled, self._seen = found == self._seen, found
        if found == self._served or not settled:
            return False
        try:
            following = self._loader.load()
        except Exception as error:  # whatever the files hold, the old ones serve on
            self._refuse(found, error)
            return False
        self._served = following.files
        self._go_over(following)
        return True

    def _refuse(self, found: str, error: Exception) -> None:
        logger.error("new champions are not taken, the old ones serve on: %s", said_of(error))
        metrics().swaps.labels("refused").inc()
        if not passes(error):
            self._served = found  # else workers of which one had no luck would differ for good

    def _go_over(self, following: Generation) -> None:
        old, self.generation = self.generation, following
        self._gateway.application = following.application
        logger.info("went over to %s", following.versions)
        metrics().swaps.labels("taken").inc()
        tell_served(following.named, instead_of=old.named)
        following.begin()
        if not self._gateway.drained(old.application, within=DRAINING):
            logger.warning(
                "a request to the old champions took longer than %.0f s and is broken off", DRAINING
            )
        old.retire()
        # What was loaded at the start was frozen, so that collections pass it over; now it can go.
        gc.unfreeze()
        del old
        gc.collect()
        gc.freeze()

    def _look(self) -> bool:
        self.look()
        return False


def tell_served(named: Mapping[str, str], *, instead_of: Mapping[str, str] | None = None) -> None:
    """Have the metrics name the versions, by kind, that this process serves with."""
    gauge = metrics().champions
    for left in set((instead_of or {}).items()) - set(named.items()):
        gauge.labels(*left).set(0)
    for one in named.items():
        gauge.labels(*one).set(1)
