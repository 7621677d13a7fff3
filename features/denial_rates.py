"""Denial rates of payers, procedures and providers: how often the like of a claim has been denied before.

A gradient-boosted tree sees "this procedure needs an authorization with this payer" only through many splits; a rate
says it in one. A rate is smoothed towards the overall rate, and a claim with several lines takes its worst one.
The leak to avoid is a claim's own outcome in its own rate: in training ``rates_known_then`` gives each claim the
rates of the remittances that had come in by the day it was sent, and only the finished model freezes them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.x12.records import Claim

RATE_COLUMNS: Final = (
    "rate_payer_procedure",
    "rate_payer_procedure_authorization",
    "rate_payer_procedure_diagnosis",
    "rate_payer_provider",
)
PRIOR_CLAIMS: Final = 10.0  # a rate of its own counts as much as the overall one from this many claims on
FEWEST_CLAIMS: Final = 5  # a rate of fewer is not used, and not kept: it could tell of one patient

Keys = tuple[frozenset[str], ...]


@dataclass
class RateTables:
    """For each of ``RATE_COLUMNS``, key -> (denied, claims); ``total`` is the same over all claims."""

    tables: tuple[dict[str, tuple[int, int]], ...] = field(
        default_factory=lambda: tuple({} for _ in RATE_COLUMNS)
    )
    total: tuple[int, int] = (0, 0)

    def of(self, claim: Claim) -> list[float]:
        """The rates of a claim, each in 0..1."""
        return self.of_keys(keys(claim))

    def of_keys(self, wanted: Keys) -> list[float]:
        """The worst rate among the keys of each column; the overall rate where none is known."""
        overall = self.overall
        start = overall * PRIOR_CLAIMS
        rates = []
        for table, names in zip(self.tables, wanted, strict=True):
            known = [table[name] for name in names if name in table]
            smoothed = [
                (denied + start) / (claims + PRIOR_CLAIMS)
                for denied, claims in known
                if claims >= FEWEST_CLAIMS
            ]
            rates.append(max(smoothed, default=overall))
        return rates

    @property
    def overall(self) -> float:
        """The rate over all claims; 0.1 before the first."""
        return (self.total[0] + 1) / (self.total[1] + 10)

    def add(self, of: Keys, *, denied: bool) -> None:
        """Count a claim whose outcome is known."""
        self.total = (self.total[0] + denied, self.total[1] + 1)
        for table, names in zip(self.tables, of, strict=True):
            for name in names:
                before = table.get(name, (0, 0))
                table[name] = (before[0] + denied, before[1] + 1)

    def to_plain(self) -> dict[str, Any]:
        """For a manifest; rates of too few claims are left out."""
        kept = [
            {name: counts for name, counts in sorted(table.items()) if counts[1] >= FEWEST_CLAIMS}
            for table in self.tables
        ]
        return {"tables": kept, "total": self.total}

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> RateTables:
        """The inverse of ``to_plain``."""
        tables = tuple(
            {name: (int(denied), int(claims)) for name, (denied, claims) in table.items()}
            for table in plain["tables"]
        )
        return RateTables(tables, (int(plain["total"][0]), int(plain["total"][1])))


def keys(claim: Claim) -> Keys:
    """Under which names a claim is counted, for each of ``RATE_COLUMNS``; none of them says who the patient is."""
    payer = claim.payer_id or claim.payer_name or ""
    procedures = {line.procedure or line.revenue_code or "" for line in claim.lines}
    authorized = "authorized" if claim.prior_authorization else "not authorized"
    principal = claim.diagnoses[0] if claim.diagnoses else ""
    return (
        frozenset(f"{payer}|{procedure}" for procedure in procedures),
        frozenset(f"{payer}|{procedure}|{authorized}" for procedure in procedures),
        frozenset(f"{payer}|{procedure}|{principal}" for procedure in procedures),
        frozenset((f"{payer}|{claim.billing_npi or ''}",)),
    )


def frozen_rates(claims: Sequence[Claim], denied: Sequence[bool]) -> RateTables:
    """The rates of all these claims."""
    rates = RateTables()
    for claim, outcome in zip(claims, denied, strict=True):
        rates.add(keys(claim), denied=bool(outcome))
    return rates


def rates_known_then(
    claims: Sequence[Claim], denied: Sequence[bool], sent: Sequence[date], answered: Sequence[date]
) -> NDArray[np.float64]:
    """Rates (n, 4) of each claim as they stood on the day it was sent: of outcomes answered before that day only."""
    named = [keys(claim) for claim in claims]
    rates = RateTables()
    columns = np.empty((len(claims), len(RATE_COLUMNS)))
    outcomes = _in_order(answered)
    waiting = next(outcomes, None)
    for row in sorted(range(len(claims)), key=sent.__getitem__):
        while waiting is not None and answered[waiting] < sent[row]:
            rates.add(named[waiting], denied=bool(denied[waiting]))
            waiting = next(outcomes, None)
        columns[row] = rates.of_keys(named[row])
    return columns


def _in_order(days: Sequence[date]) -> Iterator[int]:
    return iter(sorted(range(len(days)), key=days.__getitem__))
