"""A bare check stub: an amount, and little that says what it is for."""

from __future__ import annotations

from datetime import date

from training.simulate.batches import Batch
from training.simulate.draws import Draws
from training.simulate.paper import typing_noise
from training.simulate.payments import Payment
from training.simulate.tables import dollars

COLUMNS = ("stub_id", "received_date", "stub_date", "check_number", "payer_name", "amount", "patient_name",
           "account_or_reference", "memo")  # fmt: skip
# Chosen so that a good matcher finds the claim of a stub about as often as in the network that prototypes were measured
# on (F1 0.94): at 0.6 and 0.45 a quarter of the stubs named nobody and nothing, and no file told what they paid.
NAMED = 0.9  # stubs that name a patient
REFERENCED = 0.7  # stubs with a number beside the amount
MEMO = 0.5  # stubs with any words
SEVERAL = " ET AL"  # follows the first patient's name on half of the lumps that name one


def stub(draws: Draws, batch: Batch, *, received: date, check_number: str) -> tuple[str, ...]:
    """The cells of a check, without ``stub_id``: one row, however many claims it pays, with the check's own date."""
    paid = [payment for payment in batch.payments if payment.paid > 0]  # interest may be paid alone
    chosen = draws.pick(paid or batch.payments)
    several = len({(p.claim.patient.last, p.claim.patient.first) for p in batch.payments}) > 1
    name = _name(draws, chosen, several) if draws.chance(NAMED) else ""
    reference = typing_noise.number(draws, _reference(draws, chosen)) if draws.chance(REFERENCED) else ""
    memo = _memo(draws, chosen, len(batch.payments)) if draws.chance(MEMO) else ""
    return (
        received.isoformat(),
        batch.day.isoformat(),
        typing_noise.number(draws, check_number),
        batch.payer.name,
        dollars(typing_noise.amount(draws, batch.amount)),
        name,
        reference,
        memo,
    )


def _name(draws: Draws, payment: Payment, several: bool) -> str:
    last = typing_noise.last_name(draws, payment.last)
    first = typing_noise.first_name(draws, payment.first)
    name = draws.pick((f"{last}, {first}", f"{first} {last}", f"{last} {first[:1]}"))
    return name + SEVERAL if several and draws.chance(0.5) else name


def _reference(draws: Draws, payment: Payment) -> str:
    """One of the numbers that a payer has: the claim's, the account, the member's, or its own."""
    return draws.pick(
        (payment.claim_id, payment.claim.patient.account, payment.member_id, payment.payer_claim_number)
    )


def _memo(draws: Draws, payment: Payment, count: int) -> str:
    day = typing_noise.day(draws, payment.service_from)
    return draws.pick(
        (f"DOS {day:%m/%d/%y}", "MEDICAL CLAIM", "CLAIM PMT", f"{count} CLAIM{'S' if count > 1 else ''}")
    )
