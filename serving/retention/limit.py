"""The shortest time for which patients' data has to be kept so that everything else still works, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from features.errors import BadInputError
from models.monitoring import ANSWERS_DUE
from models.recovery_limits import Limits

LONGEST: Final = 36_600  # days; more than a hundred years is a slip of the pen


def check_limit(days: int, limits: Limits | None = None, *, where: str = "--older-than") -> None:
    """Raises BadInputError for a limit below what deadlines and the monitor need; ``limits`` are the payers' days."""
    if days > LONGEST:
        raise BadInputError("nothing is as old as that", where, f"give at most {LONGEST} days")
    needed = [(least, why) for least, why in needs(limits or Limits()) if days < least]
    if needed:
        said = "; ".join(f"{why}: {least} days" for least, why in needed)
        least = max(least for least, _ in needed)
        raise BadInputError(
            f"data of the last {days} days is still needed ({said})", where, f"give at least {least} days"
        )


def needs(limits: Limits) -> Iterator[tuple[int, str]]:
    """Days and what for.

    >>> [days for days, _ in needs(Limits())]
    [365, 46]
    """
    longest = max(one.days for one in (*limits.own, *limits.rows))
    yield longest, "a payer may be sent a correction or an appeal for as long"
    yield (
        (ANSWERS_DUE + timedelta(days=1)).days,
        "payers' answers are held against the automatic lane for as long",
    )
