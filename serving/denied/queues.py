"""Who works on a denied claim: what was coded wrongly goes to coders, all else to denial specialists."""

from __future__ import annotations

from typing import Final, Literal

DeniedQueue = Literal["coding-specialists", "denial-specialists"]

CODING: Final = frozenset({"coding", "bundling", "medical-necessity"})
"""Categories that a coder settles: modifiers, pairs of codes, and diagnoses that bear out a service."""


def queue_for(category: str) -> DeniedQueue:
    """The queue of a category of denials.

    >>> queue_for("bundling"), queue_for("authorization")
    ('coding-specialists', 'denial-specialists')
    """
    return "coding-specialists" if category in CODING else "denial-specialists"
