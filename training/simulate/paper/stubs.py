"""A bare check stub: an amount, and little that says what it is for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
LISTED = 6  # numbers that a stub has room for; chosen
SEVERAL = " ET AL"  # follows the first patient's name on half of the lumps that name one


# What a payer has, half the time the claim's number, which is the provider's own (CLM01 is the patient's account to
# X12): else an account that stands in no claim file, the member's, or the payer's own.
NUMBERS: tuple[Callable[[Payment], str], ...] = (
    *(3 * (lambda payment: payment.claim_id,)),
    lambda payment: payment.claim.patient.account,
    lambda payment: payment.member_id,
    lambda payment: payment.payer_claim_number,
)


def stub(draws: Draws, batch: Batch, *, received: date, check_number: str) -> tuple[str, ...]:
    """The cells of a check, without ``stub_id``: one row, however many claims it pays, with the check's own date."""
    paid = [payment for payment in batch.payments if payment.paid > 0]  # interest may be paid alone
    chosen = draws.pick(paid or batch.payments)
    several = len({(p.claim.patient.last, p.claim.patient.first) for p in batch.payments}) > 1
    name = _name(draws, chosen, several) if draws.chance(NAMED) else ""
    reference = _references(draws, chosen, paid or batch.payments) if draws.chance(REFERENCED) else ""
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


def _references(draws: Draws, chosen: Payment, paid: Sequence[Payment]) -> str:
    """One sort of number that a payer has, of every claim that the check pays, as far as there is room.

    A check for several claims without as much is returned to its payer, as nobody could post it.
    """
    number = draws.pick(NUMBERS)
    ordered = [chosen, *(payment for payment in paid if payment is not chosen)]
    distinct = list(dict.fromkeys(number(payment) for payment in ordered))[:LISTED]
    return "; ".join(typing_noise.number(draws, one) for one in distinct)


def _memo(draws: Draws, payment: Payment, count: int) -> str:
    day = typing_noise.day(draws, payment.service_from)
    return draws.pick(
        (f"DOS {day:%m/%d/%y}", "MEDICAL CLAIM", "CLAIM PMT", f"{count} CLAIM{'S' if count > 1 else ''}")
    )
