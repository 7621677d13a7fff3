"""Ties of the payments of a folder, and which of them the posting ledger says are right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from features.groups.payment_ties import Ties
from features.groups.splits import Splits
from features.groups.ties import Tie
from features.x12.records import Claim
from training.datasets import Dataset
from training.match_labels import NOWHERE, MatchLabels, label


@dataclass(frozen=True)
class TiedPayments:
    """All labelled payments of a folder in order of payment, and their ties; a tie's places are those of payments."""

    labels: MatchLabels
    ties: tuple[Tie, ...]
    claims: tuple[Claim, ...]  # those that ``Tie.claim`` counts

    def day(self, tie: Tie) -> date:
        """When the later payment of a tie was paid."""
        return self.labels.paid_on[tie.place]

    def known_on(self, tie: Tie) -> date:
        """The day from which the ledger knows all payments of a tie."""
        known = self.labels.known_on()
        return max(known[place] for place in (tie.place, *tie.to))


def tied(dataset: Dataset) -> TiedPayments:
    """Each payment once, with its ties to those before it."""
    labels = label(dataset)
    ties, splits = Ties(), Splits(dataset.claims)
    found: list[Tie] = []
    for payment in labels.payments:
        found += ties.add(payment)
        found += splits.add(payment)
    return TiedPayments(labels, tuple(found), dataset.claims)


def judged(given: TiedPayments, before: date) -> list[tuple[Tie, bool]]:
    """Ties with whether they are right, by what the ledger and its audits said before a day.

    Ties of payments that were all posted to no claim here are left out: nothing says that it is the same one.
    """
    return [
        (tie, right)
        for tie in given.ties
        if given.known_on(tie) < before and (right := _right(given, tie)) is not None
    ]


def _right(given: TiedPayments, tie: Tie) -> bool | None:
    posted = {given.labels.posted[place] for place in (tie.place, *tie.to)}  # by the audit where there is one
    if posted == {NOWHERE}:
        return None
    if tie.claim is not None:
        return posted == {given.claims[tie.claim].claim_id}
    return len(posted) == 1
