"""An edit, and what may be known beside the claim itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from features.code_pairs import Conflict
from features.x12.records import Claim

ASSUMED: Final = "ASSUMED"
"""A value that nobody knows yet. An edited claim is there to be scored and is never sent."""


@dataclass(frozen=True)
class Edit:
    """A change to one claim; edits of the same ``kind`` exclude each other."""

    code: str  # kebab-case, stable: "authorization", "diagnosis-first-2"
    kind: str
    text: str  # what is changed, as a sentence without patient data
    verify: str  # what a person has to make sure of before it is true
    change: Callable[[Claim], Claim]
    alone: bool = False  # never put together with others: it is about findings, not about paperwork
    value: str | None = None  # what would stand on the claim, where history knows it: patient data


@dataclass(frozen=True)
class Known:
    """What history and tables tell of a claim, likeliest first; empty where nothing does.

    ``subscriber_ids`` and ``group_numbers`` are those of the same patient with the same payer, ``rendering_npis`` those
    seen with the same billing provider, ``original_references`` the payer's numbers of an earlier claim for the same
    patient and day, ``conflicts`` what ``features.code_pairs`` finds.
    """

    subscriber_ids: tuple[str, ...] = ()
    group_numbers: tuple[str, ...] = ()
    rendering_npis: tuple[str, ...] = ()
    original_references: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


NOTHING_KNOWN: Final = Known()


class Knowing(Protocol):
    """Where it is looked up what is known of a claim."""

    def of(self, claim: Claim, /) -> Known:
        """What history tells; ``conflicts`` may be left empty."""


def likeliest(values: tuple[str, ...]) -> str | None:
    """The first value; None where nothing is known."""
    return values[0] if values else None
