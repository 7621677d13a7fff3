"""Baselines for ties: one rule a kind, as posting systems have it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from features.groups.facts import Brief
from features.groups.payment_ties import LATER_PAYERS
from features.groups.ties import Kind, Tie
from features.match_keys import normalised
from features.x12.records import Claim, ClaimPayment


def by_claim_id(payments: Sequence[ClaimPayment], claims: Sequence[Claim]) -> list[Tie]:
    """The latest earlier payment with the same claim id (CLP01), of the kind that status and amounts suggest."""
    latest: defaultdict[str, list[int]] = defaultdict(list)
    known = {normalised(claim.claim_id): place for place, claim in enumerate(claims)}
    ties: list[Tie] = []
    for place, payment in enumerate(payments):
        number = normalised(payment.claim_id)
        earlier = latest[number] if number else []
        kind = _kind(payments, place, earlier)
        if kind:
            ties.append(Tie(kind, place, (earlier[-1],), (), (), claim=known.get(number)))
        earlier.append(place)
    return ties


def _kind(payments: Sequence[ClaimPayment], place: int, earlier: Sequence[int]) -> Kind | None:
    if not earlier:
        return None
    one, two = Brief.of(payments[place]), Brief.of(payments[earlier[-1]])
    if one.negative:
        return "reversal" if not two.negative else None
    if payments[place].status in LATER_PAYERS:
        return "secondary"
    if two.negative:
        return "correction" if one.trace == two.trace else None
    return "paid-again" if (one.charge, one.paid) == (two.charge, two.paid) else "split"
