"""Values, few enough at a time for one statement."""

from __future__ import annotations

from collections.abc import Sequence

from serving.parts import in_parts

CHUNK = 500  # values in one IN (...): SQLite takes 999 in its oldest releases


def chunks(values: Sequence[str]) -> list[Sequence[str]]:
    """The values in order, at most ``CHUNK`` together."""
    return in_parts(values, CHUNK)
