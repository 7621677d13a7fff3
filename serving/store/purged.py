"""What a caller is told who asks for an item whose patient data was removed."""

from __future__ import annotations

from datetime import datetime

from features.errors import NotFoundError


class PurgedError(NotFoundError):
    """What was asked for was removed, as it was older than is kept."""


def check_there(purged_at: datetime | None) -> None:
    """Raises PurgedError for an item that was purged."""
    if purged_at is not None:
        raise PurgedError(
            f"what this item held was removed on {purged_at:%Y-%m-%d}, as it was older than is kept",
            remedy="the audit log still tells what was done with it",
        )
