"""The challengers that a process has loaded, and how they change with their folder."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from serving.champion_folder import KINDS
from serving.champions import Champions
from serving.live.fingerprint import fingerprint
from serving.live.refusing import passes, said_of
from serving.metrics import metrics
from serving.shadow.challengers import Challenger, ChallengerLoader, versions_of
from serving.store.shadow import ShadowStore
from serving.store.store import Store

logger = logging.getLogger("clearlane.serving.shadow")


class ChallengerFolder:
    """One for a process: several find the same within two looks, and the first says so in the audit log."""

    def __init__(self, folder: Path | None, store: Store, champions: Champions) -> None:
        """Without a folder there are no challengers, and those of before are over."""
        self._loader = None if folder is None else ChallengerLoader(folder, store, champions)
        self._kept = ShadowStore.of(store)
        self._loaded: dict[str, Challenger | None] = {}
        self._seen: str | None = None
        self._taken: str | None = None
        self._again: set[str] = set()  # kinds whose files were not what failed

    @property
    def challengers(self) -> Sequence[Challenger]:
        """Those that shadow."""
        return [one for one in self._loaded.values() if one is not None]

    def look(self, at: datetime) -> bool:
        """Take what is new, where something is and has settled since the last look; whether something was loaded.

        What is there at the first look is taken at once. One that cannot be loaded changes nothing: the one before goes
        on, and is tried again where it was not its files that failed. Raises StoreError.
        """
        found = fingerprint(self._loader.folder) if self._loader else ""
        settled = self._seen in (None, found)
        self._seen = found
        kinds = [kind for kind in KINDS if found != self._taken or kind in self._again]
        if not kinds or not settled:
            return False
        loaded, before = dict(self._loaded), self._loaded
        again = {kind for kind in kinds if not self._load(kind, loaded)}
        self._kept.stand(versions_of(loaded), at)
        is_first, self._loaded, self._taken, self._again = self._taken is None, loaded, found, again
        for kind, version in versions_of(loaded).items():
            if _shadowing.get(kind) != version and version and not is_first:
                metrics().challenger_swaps.labels("taken").inc()
            _tell(kind, version)
        return any(one is not before.get(kind) for kind, one in loaded.items())

    def _load(self, kind: str, loaded: dict[str, Challenger | None]) -> bool:
        """Whether that is all that can be made of its files; False where they are to be tried again."""
        try:
            loaded[kind] = self._loader.load(kind) if self._loader else None
        except Exception as error:  # whatever a file holds, the one before goes on
            logger.error(
                "a new challenger for %s is not taken, the service goes on: %s", kind, said_of(error)
            )
            metrics().challenger_swaps.labels("refused").inc()
            return not passes(error)
        return True


_shadowing: dict[str, str | None] = {}
"""What the metrics of this process tell, by kind, whichever generation of champions it was that looked."""


def _tell(kind: str, version: str | None) -> None:
    was, _shadowing[kind] = _shadowing.get(kind), version
    if was == version:
        return
    if was is not None:
        metrics().challengers.labels(kind, was).set(0)
        logger.info("%s shadows no longer", was)
    if version is None:
        metrics().shadow_lag.labels(kind).set(0)  # nobody tells it any more, and nothing waits
    if version is not None:
        metrics().challengers.labels(kind, version).set(1)
        logger.info("%s shadows from now on", version)
