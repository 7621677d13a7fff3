"""What a denied claim tells the policy of its denial: whether a coder settles it. The policy names the queues."""

from __future__ import annotations

from typing import Final, Literal

DeniedQueue = Literal["coding-specialists", "denial-specialists"]
"""The queues of the policy that ships; another policy may name others."""

CODING: Final = frozenset({"coding", "bundling", "medical-necessity"})
"""Categories that a coder settles: modifiers, pairs of codes, and diagnoses that bear out a service."""

DENIED_FOR_CODING: Final = "denied-for-coding"


def flags_of(category: str) -> tuple[str, ...]:
    """The flags that a policy's rows can ask for.

    >>> flags_of("bundling"), flags_of("authorization")
    (('denied-for-coding',), ())
    """
    return (DENIED_FOR_CODING,) if category in CODING else ()
