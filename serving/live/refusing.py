"""Why something new was not taken: what the log says of it, and whether the next look may find it otherwise."""

from __future__ import annotations

import errno
from typing import Final

from features.errors import ClearlaneError
from serving.problem_details import where_it_happened
from serving.store.connections import StoreError

PASSING: Final = (StoreError, OSError, MemoryError)


def passes(error: BaseException) -> bool:
    """Whether the same files may be taken a little later, because it was not they that failed.

    >>> passes(MemoryError()), passes(ClearlaneError("the policy contradicts itself"))
    (True, False)
    """
    return isinstance(error, PASSING) or _could_not_be_read(error.__cause__)


def said_of(error: BaseException) -> str:
    """Its text where that is meant for people; else the type and place alone, because a text may quote a record."""
    why = str(error) if isinstance(error, ClearlaneError | OSError) else where_it_happened(error)
    return f"{why}; it is tried again at the next look" if passes(error) else why


def _could_not_be_read(cause: BaseException | None) -> bool:
    """Whether the system failed and not the content; what is absent comes with other files."""
    return isinstance(cause, OSError) and cause.errno not in (None, errno.ENOENT)
