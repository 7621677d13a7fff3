"""How late a payer still pays: learnt from its answers, for filing limits stand in contracts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from features.denial_history.facts import Facts
from features.denial_history.outcome import Outcome

COLUMNS: Final = ("days_past_limit", "days_to_longest_paid")
NO_LIMIT: Final = 400  # days: more than any payer's limit, until a denial shows one
FIRST_CLAIM: Final = "1"  # CLM05-3; a replacement is not held to the limit of first claims


class Limits:
    """By payer: the least days at which it denied a claim as late, and the most at which it paid one."""

    def __init__(self) -> None:
        self.denied: dict[str, int] = {}
        self.paid: dict[str, int] = {}

    def columns(self, facts: Facts) -> tuple[float, ...]:
        """The values of ``COLUMNS``, days; the first is above 0 where such a claim was denied."""
        return (
            float(facts.lag - self.denied.get(facts.payer, NO_LIMIT)),
            float(self.paid.get(facts.payer, 0) - facts.lag),
        )

    def answered(self, facts: Facts, outcome: Outcome) -> None:
        """Take in a payer's first answer."""
        payer, lag = facts.payer, facts.lag
        if "timely-filing" in outcome.categories:
            self.denied[payer] = min(self.denied.get(payer, NO_LIMIT), lag)
        elif facts.frequency == FIRST_CLAIM:
            self.paid[payer] = max(self.paid.get(payer, 0), lag)

    def to_plain(self) -> dict[str, dict[str, int]]:
        """For a manifest."""
        return {"denied": dict(sorted(self.denied.items())), "paid": dict(sorted(self.paid.items()))}

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> Limits:
        """The inverse of ``to_plain``."""
        limits = Limits()
        limits.denied, limits.paid = dict(plain["denied"]), dict(plain["paid"])
        return limits
