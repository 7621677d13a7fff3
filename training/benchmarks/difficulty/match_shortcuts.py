"""What a payment and a candidate give away together besides what they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from features.x12.records import Claim, ClaimPayment
from training.benchmarks.difficulty.places import Places
from training.benchmarks.difficulty.texts import form, identifier, length, money_form
from training.match_fit import Candidates
from training.metrics import Floats

Columns = Callable[[ClaimPayment, Claim], tuple[float, ...]]


def shortcuts(sent: Sequence[Claim], paid: Sequence[ClaimPayment]) -> Mapping[str, Columns]:
    """By name; none of them looks at the number that the payer echoes, at names or at amounts themselves."""
    claims, payments = Places(sent), Places(paid)
    order = PayerOrder(sent, paid)
    return {
        "file order": lambda payment, claim: _beside(payments.of(payment), claims.of(claim)),
        "payer's numbering": lambda payment, claim: _beside(order.of(payment), order.of(claim)),
        "identifiers": lambda payment, claim: (
            *_beside(identifier(payment.payer_claim_number), identifier(claim.claim_id)),
            *identifier(payment.trace_number),
        ),
        "lengths": lambda payment, claim: _beside(_lengths(payment), _lengths(claim)),
        "padding and format": lambda payment, claim: _beside(_forms(payment), _forms(claim)),
    }


def matrix(columns: Columns, payments: Sequence[ClaimPayment], candidates: Candidates) -> Floats:
    """Rows (m, k) of m pairs."""
    pairs = zip(payments, candidates, strict=True)
    return np.array(
        [columns(payment, claim) for payment, claims in pairs for claim in claims], dtype=np.float64
    )


class PayerOrder:
    """How far along its payer's records a record stands, 0..1: claims as sent, payments by the payer's own number.

    A payer that numbers claims in the order in which the simulator made them would give all of them away.
    """

    def __init__(self, sent: Sequence[Claim], paid: Sequence[ClaimPayment]) -> None:
        by_payer: dict[tuple[type, str | None], list[tuple[str, int]]] = defaultdict(list)
        for claim in sent:
            by_payer[Claim, claim.payer_id].append((f"{claim.submitted}", id(claim)))
        for payment in paid:
            number = (payment.payer_claim_number or "").zfill(30)
            by_payer[ClaimPayment, payment.payer_id].append((number, id(payment)))
        self._places = {
            record: (place / len(records),)
            for records in by_payer.values()
            for place, (_, record) in enumerate(sorted(records, key=lambda pair: pair[0]))
        }

    def of(self, record: Claim | ClaimPayment) -> tuple[float, ...]:
        """One column."""
        return self._places[id(record)]


def _beside(ours: tuple[float, ...], theirs: tuple[float, ...]) -> tuple[float, ...]:
    return (*ours, *theirs, *(a - b for a, b in zip(ours, theirs, strict=True)))


def _lengths(record: Claim | ClaimPayment) -> tuple[float, ...]:
    texts = (record.patient_last, record.patient_first, record.subscriber_id, record.charge)
    return (*(length(text) for text in texts), float(len(record.lines)))


def _forms(record: Claim | ClaimPayment) -> tuple[float, ...]:
    return (*form(record.subscriber_id), *form(record.patient_last), *money_form(record.charge))
