"""Small worlds of claims, payments and postings for matching tests, with the truth known by construction."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from features.audits import Audit
from features.postings import Posting
from features.x12.records import Claim, ClaimPayment, Remittance
from tests.support.builders import make_claim, make_claim_line, make_claim_payment, make_payment_line
from training.datasets import Dataset

SURNAMES = ("DOE", "ROE", "SMITH", "GARCIA", "NGUYEN", "OBRIEN", "MUELLER", "PATEL")
FIRST_NAMES = ("JANE", "JOHN", "MARIA", "WEI", "AMIR", "OLGA")
PROCEDURES = ("99213", "99214", "73562", "97110", "80053", "71046")
START = date(2024, 1, 2)


def some_claims(count: int, *, seed: int) -> list[Claim]:
    """Claims over about a year; every eighth has a sibling: same member, day, charge, next control number."""
    draws = random.Random(seed)
    claims: list[Claim] = []
    for number in range(count):
        if number % 8 == 7:
            claims.append(msgspec.structs.replace(claims[-1], claim_id=f"CL{number:06d}"))
            continue
        claims.append(_claim(draws, number, START + timedelta(number * 360 // count)))
    return claims


def payment_of(claim: Claim, number: int, **changes: object) -> ClaimPayment:
    """What a payer answers to a claim three weeks after it was sent, in a remittance of its own."""
    sent = claim.submitted or START
    paid = (claim.charge or Decimal(0)) * Decimal("0.6")
    payment = make_claim_payment(
        trace_number=f"TRN{number:06d}",
        payment_date=sent + timedelta(21),
        payer_id=claim.payer_id,
        claim_id=claim.claim_id,
        payer_claim_number=f"ICN{number:07d}",
        charge=claim.charge,
        paid=paid.quantize(Decimal("0.01")),
        patient_last=claim.patient_last,
        patient_first=claim.patient_first,
        subscriber_id=claim.subscriber_id,
        service_from=claim.service_from,
        service_to=claim.service_to,
        lines=tuple(
            make_payment_line(procedure=line.procedure, charge=line.charge, control_number=None)
            for line in claim.lines
        ),
    )
    return msgspec.structs.replace(payment, **changes)


def a_world(count: int, *, seed: int) -> Dataset:
    """A data set with a ledger: padded, cut, missing and foreign control numbers; one payment in twelve is foreign."""
    draws = random.Random(seed)
    claims = some_claims(count, seed=seed)
    ours = set(range(count)) - {number for number in range(count) if number % 12 == 5}
    payments = [_disturbed(draws, payment_of(claim, number)) for number, claim in enumerate(claims)]
    postings = [
        posting_of(payment, claims[number].claim_id if number in ours else None)
        for number, payment in enumerate(payments)
    ]
    return a_dataset([claims[number] for number in sorted(ours)], payments, postings)


def audit_of(payment: ClaimPayment, claim_id: str | None) -> Audit:
    """A second person's finding about a payment."""
    return Audit(
        audit_date=(payment.payment_date or START) + timedelta(5),
        trace_number=payment.trace_number or "",
        payer_claim_number=payment.payer_claim_number or "",
        status=payment.status or "",
        amount=payment.paid or Decimal(0),
        audited_claim_id=claim_id,
        audited_by="EVEGA",
    )


def posting_of(payment: ClaimPayment, claim_id: str | None) -> Posting:
    """The clerk's row for a payment."""
    return Posting(
        posting_date=(payment.payment_date or START) + timedelta(1),
        trace_number=payment.trace_number or "",
        payer_id=payment.payer_id,
        remittance_claim_id=payment.claim_id,
        payer_claim_number=payment.payer_claim_number or "",
        status=payment.status or "",
        amount=payment.paid or Decimal(0),
        posted_claim_id=claim_id,
        posted_by="APARK",
    )


def a_dataset(claims: list[Claim], payments: list[ClaimPayment], postings: list[Posting]) -> Dataset:
    """Records as if they had been read from a folder."""
    no_remittances: tuple[Remittance, ...] = ()
    return Dataset(
        claims=tuple(claims),
        claim_payments=tuple(payments),
        remittances=no_remittances,
        acknowledgments=(),
        postings=tuple(postings),
        problems=0,
        digest="0" * 64,
    )


def _claim(draws: random.Random, number: int, day: date) -> Claim:
    procedures = draws.sample(PROCEDURES, draws.randint(1, 3))
    charges = [Decimal(draws.randint(50, 900)) for _ in procedures]
    return make_claim(
        claim_id=f"CL{number:06d}",
        charge=sum(charges, Decimal(0)),
        payer_id=draws.choice(("PAY01", "PAY02", "PAY03")),
        subscriber_id=f"W{draws.randint(0, 10**9):09d}",
        patient_last=draws.choice(SURNAMES),
        patient_first=draws.choice(FIRST_NAMES),
        submitted=day + timedelta(5),
        service_from=day,
        service_to=day,
        lines=tuple(
            make_claim_line(number=place + 1, procedure=code, charge=charge, control_number=str(place + 1))
            for place, (code, charge) in enumerate(zip(procedures, charges, strict=True))
        ),
    )


def _disturbed(draws: random.Random, payment: ClaimPayment) -> ClaimPayment:
    number = payment.claim_id or ""
    sent_back = draws.choice((number, number, number.zfill(20), number.lower(), f"P{number}", "0"))
    return msgspec.structs.replace(payment, claim_id=sent_back)
