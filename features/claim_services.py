"""The services of a claim: what a line is billed as, the largest, and a visit that does not stand for itself."""

from __future__ import annotations

from typing import Final

from features.x12.records import Claim, ClaimLine

VISIT_PREFIXES: Final = ("9920", "9921", "9924", "9928", "9938", "9939")  # CPT evaluation and management


def service_of(line: ClaimLine) -> str:
    """The procedure, or the revenue code of a line without one; empty where it has neither."""
    return line.procedure or line.revenue_code or ""


def largest_line(claim: Claim) -> ClaimLine | None:
    """The line with the largest charge, the first of them where several are as large."""
    return max(claim.lines, key=lambda line: line.charge or 0, default=None)


def visit_without_25(claim: Claim) -> bool:
    """Whether a visit is billed beside something else without modifier 25, which says that it stands for itself."""
    visits = [line for line in claim.lines if (line.procedure or "").startswith(VISIT_PREFIXES)]
    return len(visits) < len(claim.lines) and any("25" not in line.modifiers for line in visits)
