"""The sealed truth of claim payments: which claim each one truly pays, and what kind of event it is."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from features.errors import MissingDataError
from features.x12.records import ClaimPayment
from training.match_labels import NOWHERE

FILE = Path("truth/claim_payments.csv")
TYPED = {"paper": Path("truth/paper.csv"), "stub": Path("truth/stubs.csv")}  # by channel
UNKNOWN = "unknown"
SEVERAL = "several"  # the event of a check whose claims are not all of one kind


class TruePayment(Struct, frozen=True):
    """What one claim payment is."""

    claim_id: str  # CLM01; NOWHERE for a claim of another system
    event: str  # "plain", "sibling", "reversal", "foreign" ...


class TrueMember(Struct, frozen=True):
    """One of the claims that a row or a check on paper truly pays."""

    claim_id: str  # NOWHERE for a claim of another system
    event: str
    trace_number: str
    amount: Decimal


Members = Mapping[str, Sequence[TrueMember]]
"""By the row's own id: one of a typed row, and as many of a check as it pays claims."""


def read_truth(folder: Path, payments: Sequence[ClaimPayment]) -> list[TruePayment]:
    """The truth of each payment, in their order; raises MissingDataError where the folder has none.

    A check for several claims is right for none of them alone: its claim is NOWHERE, unless all of it is of one.
    """
    known = _electronic(folder)
    typed = {
        channel: read_members(folder, channel)
        for channel in TYPED
        if any(payment.channel == channel for payment in payments)
    }
    nothing = TruePayment(NOWHERE, UNKNOWN)
    return [
        known.get(_tie(payment), nothing)
        if payment.channel == "835"
        else _as_one(typed[payment.channel].get(payment.source.transaction or "", ()))
        for payment in payments
    ]


def read_members(folder: Path, channel: str) -> Members:
    """What each typed row ("paper") or check ("stub") truly pays; raises MissingDataError as ``read_truth``."""
    members: dict[str, list[TrueMember]] = defaultdict(list)
    for row in _rows(folder / TYPED[channel]):
        members[row["row_id"]].append(
            TrueMember(row["claim_id"] or NOWHERE, row["event"], row["trace_number"], Decimal(row["amount"]))
        )
    return members


def _as_one(members: Sequence[TrueMember]) -> TruePayment:
    """What a row or check is as a payment of one claim."""
    claims, events = {member.claim_id for member in members}, {member.event for member in members}
    if not members:
        return TruePayment(NOWHERE, UNKNOWN)
    return TruePayment(
        claims.pop() if len(claims) == 1 else NOWHERE, events.pop() if len(events) == 1 else SEVERAL
    )


def _electronic(folder: Path) -> dict[tuple[str, str, str, Decimal], TruePayment]:
    return {
        (row["trace_number"], row["payer_claim_number"], row["status"], Decimal(row["amount"])): TruePayment(
            row["claim_id"] or NOWHERE, row["event"]
        )
        for row in _rows(folder / FILE)
    }


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        raise MissingDataError(
            "there is no sealed truth", str(path), "simulate a folder, or leave --data out"
        )
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _tie(payment: ClaimPayment) -> tuple[str, str, str, Decimal]:
    return (
        payment.trace_number or "",
        payment.payer_claim_number or "",
        payment.status or "",
        payment.paid if payment.paid is not None else Decimal(0),
    )
