"""A long sequence in parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


def in_parts(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """The same items in order, in parts of at most ``size``.

    >>> in_parts("abcde", 2)
    ['ab', 'cd', 'e']
    """
    return [items[start : start + size] for start in range(0, len(items), size)]
