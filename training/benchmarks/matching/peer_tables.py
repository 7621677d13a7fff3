"""What the public peers are given: claims and payments as two cleaned tables, and how their pairs become answers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import pandas as pd

from features.match_columns import Columns, claim_columns, payment_columns
from features.x12.records import Claim, ClaimPayment
from training.benchmarks.protocols import NONE, MatchHistory, Ranked

START = 15  # characters of a control number that survive a cut
FEWEST = -7.0  # log2 of the odds below which a pair is not kept
SURE = 25.0  # log2 of odds beyond which they are squeezed
RECENT = 20_000  # payments of the history, its latest, that a peer learns from: more brought nothing but time
# Rules that together bring nearly every claim to its payment, none of them alone.
BLOCKS = (
    ("control",),
    ("control_start", "last_name"),
    ("member",),
    ("last_name", "first_name"),
    ("charge", "service_from", "provider"),
)


def claim_table(claims: Sequence[Claim]) -> pd.DataFrame:
    """A row a claim, in their order."""
    return _table(claim_columns(claims))


def payment_table(payments: Sequence[ClaimPayment]) -> pd.DataFrame:
    """A row a payment, in their order, with the columns of the claims."""
    return _table(payment_columns(payments))


def recent(history: MatchHistory) -> tuple[tuple[ClaimPayment, ...], tuple[str, ...]]:
    """The latest payments of a history and the claims that they were posted to."""
    return history.payments[-RECENT:], history.posted[-RECENT:]


def true_pairs(claims: Sequence[Claim], posted: Sequence[str]) -> list[tuple[int, int]]:
    """Rows of the claim and of the payment, by the ledger: of claims sent under one number, the last."""
    rows = {claim.claim_id or NONE: row for row, claim in enumerate(claims)}
    return [(rows[one], row) for row, one in enumerate(posted) if one != NONE and one in rows]


def rankings(
    pairs: Iterable[tuple[int, int, float]], payments: Sequence[ClaimPayment], claims: Sequence[Claim]
) -> list[Ranked]:
    """Scored pairs (claim, payment, weight) as rankings; a weight is the log2 of the odds that the pair is right.

    A peer scores each pair as if there were no other, so that two siblings may both be sure. Here the odds of a
    payment's claims are weighed against each other and against none of them, which helps every peer.
    """
    found: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for claim, payment, weight in pairs:
        if weight >= FEWEST and in_time(claims[claim], payments[payment]):
            found[payment].append((weight, claim))
    return [_ranked(found[row], claims) for row in range(len(payments))]


def in_time(claim: Claim, payment: ClaimPayment) -> bool:
    """Whether the claim was sent by the day of the payment."""
    day = payment.payment_date
    return day is None or (claim.submitted or day) <= day


def _ranked(found: list[tuple[float, int]], claims: Sequence[Claim]) -> Ranked:
    weights = [0.0, *(weight for weight, _ in found)]  # none of them has even odds
    names = [NONE, *(claims[row].claim_id or NONE for _, row in found)]
    order = sorted(range(len(names)), key=lambda place: (-weights[place], place))
    return [(names[place], _share(place, weights)) for place in order]


def _share(place: int, weights: Sequence[float]) -> float:
    """What one entry has of all odds; close to 1 squeezed a little, as floats would tie what is surer and surest.

    >>> _share(0, [1.0, 1.0])
    0.5
    >>> _share(1, [0.0, 60.0]) < _share(1, [0.0, 70.0]) < 1
    True
    """
    rest = [weight - weights[place] for number, weight in enumerate(weights) if number != place]
    if not rest:
        return 1.0
    most = max(rest)
    against = most + math.log2(sum(2.0 ** (weight - most) for weight in rest))  # log2 of the odds against
    if against < -SURE:
        against = -SURE - SURE * (1 + SURE / against)
    return float(1 / (1 + 2.0 ** min(against, 1000.0)))


def _table(columns: Columns) -> pd.DataFrame:
    """Text columns, absent text as null."""
    days = pd.to_datetime(pd.Series(columns.service_from), unit="D").dt.strftime("%Y%m%d")
    frame = pd.DataFrame(
        {
            "control": columns.control,
            "control_start": [control[:START] for control in columns.control],
            "member": columns.member,
            "last_name": columns.last,
            "first_name": columns.first,
            "charge": [None if charge != charge else f"{charge:.0f}" for charge in columns.charge],
            "service_from": days,
            "payer": columns.payer,
            "provider": columns.provider,
            "procedures": [" ".join(sorted(codes)) for codes in columns.procedures],
        },
        dtype=object,
    )
    return frame.where(frame.notna() & (frame != ""), None)
