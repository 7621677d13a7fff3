"""What two claim payments have in common: the facts by which one can be the reversal or the repetition of another.

Facts are a closed list of words; which of them agree is a pattern, and how far a pattern can be trusted is learnt.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from features.match_keys import KEPT_CHARACTERS, MEMBER_CHARACTERS, cents, normalised
from features.x12.records import ClaimPayment, PaymentLine

NUMBER, CLAIM, MEMBER, NAME, DATE = "payer claim number", "claim id", "member", "name", "service date"
CHARGE, PAID, LINES, REMITTANCE, REST = "charge", "paid", "services", "remittance", "patient's part"
NOTHING = "nothing paid"  # in place of PAID: two claims denied are alike, two amounts to the cent are not
WEIGHTS = {
    NUMBER: 9,
    CHARGE: 5,
    PAID: 4,
    NOTHING: 2,
    CLAIM: 4,
    DATE: 3,
    MEMBER: 3,
    NAME: 2,
    LINES: 1,
    REMITTANCE: 0,
    REST: 4,
}
"""How much a fact says that two payments are of one claim and one decision; for ranking only, chosen."""
NAME_LETTERS = 5  # of a surname: some payers cut it
REVERSAL = "22"  # CLP02
Pattern = tuple[str, ...]


class Brief(Struct, frozen=True, gc=False):
    """A claim payment as it is compared: identifiers normalised, amounts in cents without their signs."""

    payer: str
    number: str
    claim: str
    member: str
    name: str
    first: str
    day: date | None  # of the service
    charge: int | None
    paid: int | None
    negative: bool
    services: tuple[tuple[str, int | None], ...]
    trace: str
    paid_on: date | None

    @staticmethod
    def of(payment: ClaimPayment) -> Brief:
        """Of a payment or a reversal."""
        return Brief(
            payer=normalised(payment.payer_id) or normalised(payment.payer_name),
            number=normalised(payment.payer_claim_number),
            claim=normalised(payment.claim_id)[:KEPT_CHARACTERS],
            member=normalised(payment.subscriber_id)[:MEMBER_CHARACTERS],
            name=normalised(payment.patient_last)[:NAME_LETTERS],
            first=normalised(payment.patient_first)[:NAME_LETTERS],
            day=payment.service_from,
            charge=cents(payment.charge),
            paid=cents(payment.paid),
            negative=is_reversal(payment),
            services=tuple(sorted((_billed(line), cents(line.charge)) for line in payment.lines)),
            trace=payment.trace_number or "",
            paid_on=payment.payment_date,
        )


def is_reversal(payment: ClaimPayment) -> bool:
    """Whether it takes something back: by its status, or by a negative charge."""
    return payment.status == REVERSAL or (payment.charge or 0) < 0


def pattern(one: Brief, other: Brief) -> Pattern:
    """The facts that agree, in the order of ``WEIGHTS``; what either side does not state agrees with nothing."""
    agree = {
        NUMBER: _same(one.number, other.number),
        CHARGE: one.charge is not None and one.charge == other.charge,
        PAID: bool(one.paid) and one.paid == other.paid,
        NOTHING: one.paid == 0 == other.paid,
        CLAIM: _same(one.claim, other.claim),
        DATE: one.day is not None and one.day == other.day,
        MEMBER: _same(one.member, other.member),
        NAME: _same(one.name, other.name) or _same(one.name, other.first),
        LINES: bool(one.services) and one.services == other.services,
        REMITTANCE: _same(one.trace, other.trace) and one.payer == other.payer,
        REST: False,  # only who knows the patient's part can say it
    }
    return tuple(fact for fact in WEIGHTS if agree[fact])


def weight(facts: Pattern) -> int:
    """The sum of the facts' weights; a fact of another list weighs nothing."""
    return sum(WEIGHTS.get(fact, 0) for fact in facts)


def _billed(line: PaymentLine) -> str:
    """The procedure as it was billed, where the payer says that it decided on another (SVC06)."""
    return line.original_procedure or line.procedure or ""


def _same(one: str, other: str) -> bool:
    return bool(one) and one == other
