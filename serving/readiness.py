"""Whether the service can do its work, for probes: asked on one thread, however many ask and however long it hangs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from features.errors import ClearlaneError

PATIENCE: Final = 5.0  # seconds


class Readiness:
    """One check at a time: who asks while one is under way gets its answer, or none in time."""

    def __init__(self, check: Callable[[], object], *, patience: float = PATIENCE) -> None:
        """``check`` raises ClearlaneError where the service cannot work; it may block."""
        self._check = check
        self._patience = patience
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="readiness")
        self._under_way: Future[object] | None = None

    async def now(self) -> bool:
        """Whether the check passes, in time; on the event loop, and always the same one."""
        if self._under_way is None or self._under_way.done():
            self._under_way = self._executor.submit(self._check)
        asked = asyncio.wrap_future(self._under_way)
        try:
            # Shielded, because who has waited for long enough must not call off what others wait for.
            await asyncio.wait_for(asyncio.shield(asked), timeout=self._patience)
        except (ClearlaneError, TimeoutError):
            return False
        return True

    def close(self) -> None:
        """Ask nothing more; a check that hangs is not waited for."""
        self._executor.shutdown(wait=False, cancel_futures=True)
