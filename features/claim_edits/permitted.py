"""All edits that apply to a claim."""

from __future__ import annotations

from features.claim_edits.edit import NOTHING_KNOWN, Edit, Known
from features.claim_edits.header import header_edits
from features.claim_edits.lines import line_edits
from features.x12.records import Claim


def permitted(claim: Claim, known: Known = NOTHING_KNOWN) -> tuple[Edit, ...]:
    """The edits that apply to the claim, in a fixed order; each changes it."""
    return (*header_edits(claim, known), *line_edits(claim, known))
