"""Names of queues: which there are, and how they are said to people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, get_args

from features.errors import BadInputError
from serving.items import Kind, LaneName

LONGEST_SAID: Final = 12  # names that an error lists


def check_queue(wanted: str | None, known: Iterable[str]) -> None:
    """Raises BadInputError, ``where`` being the filter, for a queue that neither the policy nor any item knows."""
    names = list(known)
    if wanted is not None and wanted not in names:
        more = f" and {len(names) - LONGEST_SAID} others" if len(names) > LONGEST_SAID else ""
        remedy = f"use one of {', '.join(names[:LONGEST_SAID])}{more}"
        raise BadInputError("neither the policy nor any item has such a queue", "queue", remedy)


def queue_words(name: str) -> str:
    """A queue as a reviewer reads it.

    >>> queue_words("coding-specialists"), queue_words("remittance-match-review")
    ('Coding specialists', 'Remittance match, review')
    """
    for kind in get_args(Kind):
        lane = name.removeprefix(f"{kind}-")
        if lane in get_args(LaneName) and lane != name:
            return f"{_said(kind)}, {lane}"
    return _said(name)


def _said(name: str) -> str:
    text = " ".join(name.replace("_", "-").split("-"))
    return text[:1].upper() + text[1:]
