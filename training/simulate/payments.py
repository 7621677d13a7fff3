"""Claim payments: what the payer's decisions become, with reversals, corrections, splits and second payers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from training.simulate import rates
from training.simulate.adjudication import Adjudicated, Decision
from training.simulate.claims import SimulatedClaim
from training.simulate.draws import Draws
from training.simulate.identifiers import payer_claim_number
from training.simulate.payers import Payer

Adjustment = tuple[str, str, int]


@dataclass(slots=True)
class PaidLine:
    """A service as the payer writes it (SVC); cents."""

    number: int
    procedure: str | None
    modifiers: tuple[str, ...]
    original: str | None
    revenue: str | None
    charge: int
    paid: int
    allowed: int
    units: int
    day_from: date
    day_to: date
    control: str | None
    adjustments: list[Adjustment]
    remarks: list[str]


@dataclass(slots=True)
class Payment:
    """A claim payment (CLP) as it will be written, and the claim that it truly pays."""

    claim: SimulatedClaim
    payer: Payer
    event: str
    status: str
    due: date
    payer_claim_number: str
    claim_id: str
    last: str
    first: str
    member_id: str
    frequency: str
    service_from: date
    service_to: date
    adjustments: list[Adjustment]
    lines: list[PaidLine]
    charge: int
    remarks: list[str] = field(default_factory=list)
    misprint: int = 0  # cents by which the payer's own sums are wrong
    trace_number: str = ""

    @property
    def true_claim_id(self) -> str:
        """The number of the claim that it pays; empty for a claim of another system."""
        return "" if self.claim.foreign else self.claim.claim_id

    @property
    def paid(self) -> int:
        """CLP04: what the adjustments leave, but for the payer's misprint."""
        return self.charge - sum(a[2] for a in self.all_adjustments) + self.misprint

    @property
    def responsibility(self) -> int:
        """CLP05: the sum of the PR adjustments."""
        return sum(amount for group, _, amount in self.all_adjustments if group == "PR")

    @property
    def all_adjustments(self) -> list[Adjustment]:
        """Of the claim and of its lines."""
        return self.adjustments + [a for line in self.lines for a in line.adjustments]


def answer(draws: Draws, claim: SimulatedClaim, decision: Decision, supplement: Payer) -> list[Payment]:
    """All payments that a decided claim leads to."""
    first = _first(draws, claim, decision)
    payments = [first]
    if decision.denied:
        return payments  # what comes after a denial depends on what the provider does about it
    if claim.coverage.supplement_id and first.responsibility > 0:
        first.status = "19"
        payments.append(_second_payer(draws, first, supplement))
    elif len(first.lines) > 1 and draws.chance(rates.SPLIT):
        return _split(draws, first)
    if draws.chance(rates.REVERSAL):
        payments += _corrected(draws, first)
    elif draws.chance(rates.PAID_TWICE):
        payments.append(_copy(first, event="duplicate", due=first.due + timedelta(draws.between(7, 40)),
                              number=receive(draws, first.payer, first.due)))  # fmt: skip
    return payments


def receive(draws: Draws, payer: Payer, day: date) -> str:
    """The payer's number for something that it takes in on a day: it rises with the days and within each."""
    payer.received[day] = payer.received.get(day, 0) + draws.between(1, 40)
    return payer_claim_number(payer.habits(day).numbering, day, payer.received[day])


def _first(draws: Draws, claim: SimulatedClaim, decision: Decision) -> Payment:
    wholly = decision.denied and len(decision.denied_lines) == len(claim.lines)
    payment = Payment(
        claim=claim,
        payer=claim.payer,
        event="plain",
        status=claim.payer.denial_status if wholly else "1",
        due=decision.answered,
        payer_claim_number=receive(draws, claim.payer, claim.submitted + timedelta(1)),
        claim_id=claim.claim_id,
        last=claim.patient.last,
        first=claim.patient.first,
        member_id=claim.subscriber_id,
        frequency=claim.frequency,
        service_from=claim.service_from,
        service_to=claim.service_to,
        adjustments=[],
        lines=[_line(claim, place, decided) for place, decided in enumerate(decision.lines)],
        charge=claim.charge,
    )
    if decision.at_claim_level:
        payment.adjustments = _summed(payment.all_adjustments)
        payment.remarks = payment.lines[0].remarks
        payment.lines = []
    return payment


def _line(claim: SimulatedClaim, place: int, decided: Adjudicated) -> PaidLine:
    billed = claim.lines[place]
    return PaidLine(
        number=place + 1,
        procedure=billed.procedure,
        modifiers=billed.modifiers,
        original=None,
        revenue=billed.revenue,
        charge=decided.charge,
        paid=decided.paid,
        allowed=decided.allowed,
        units=billed.units,
        day_from=billed.day,
        day_to=billed.day,
        control=line_control(claim, place + 1),
        adjustments=list(decided.adjustments),
        remarks=list(decided.remarks),
    )


def line_control(claim: SimulatedClaim, number: int) -> str:
    """The line item control number (REF*6R) that the facility sends."""
    return (
        f"{claim.facility.prefix}{claim.facility.sequence % 7}{number:03d}"
        if claim.form == "I"
        else str(number)
    )


def as_decided(payment: Payment) -> Payment:
    """A copy that keeps what the payer decided; the payment itself is changed as it is typed (quirks.py)."""
    return _copy(payment, event=payment.event, due=payment.due, number=payment.payer_claim_number)


def _copy(payment: Payment, *, event: str, due: date, number: str) -> Payment:
    lines = [
        replace(line, adjustments=list(line.adjustments), remarks=list(line.remarks))
        for line in payment.lines
    ]
    return replace(payment, event=event, due=due, payer_claim_number=number, lines=lines,
                   adjustments=list(payment.adjustments), remarks=list(payment.remarks))  # fmt: skip


def _reversal(payment: Payment, due: date) -> Payment:
    """The same payment with every amount negative, under the same number."""
    taken = _copy(payment, event="reversal", due=due, number=payment.payer_claim_number)
    taken.status = "22"
    taken.charge = -payment.charge
    taken.adjustments = [(g, r, -a) for g, r, a in payment.adjustments]
    taken.remarks = []
    for line in taken.lines:
        line.charge, line.paid, line.allowed = -line.charge, -line.paid, 0
        line.adjustments = [(g, r, -a) for g, r, a in line.adjustments]
        line.remarks = []
    return taken


def _corrected(draws: Draws, payment: Payment) -> list[Payment]:
    """A takeback, usually with a new payment beside it on other terms."""
    due = payment.due + timedelta(draws.between(30, 120))
    taken = _reversal(payment, due)
    if not draws.chance(rates.CORRECTED):
        if draws.chance(rates.TAKEN_BACK_SILENTLY) and payment.paid > 0:
            taken.event = "takeback"
        return [taken]
    again = _copy(payment, event="correction", due=due, number=receive(draws, payment.payer, due))
    factor = draws.pick((0.85, 0.92, 1.05, 1.1))
    for line in again.lines:
        more = min(round(line.allowed * (1 - factor)), line.paid)
        more = max(more, -sum(a for _, r, a in line.adjustments if r == "45"))
        line.paid, line.allowed = line.paid - more, line.allowed - more
        line.adjustments = _summed([*line.adjustments, ("CO", "45", more)])
    return [taken, again]


def overturned(draws: Draws, payment: Payment, due: date) -> list[Payment]:
    """A denial that the payer takes back after an appeal, and pays: a reversal and a new payment."""
    again = _copy(payment, event="correction", due=due, number=receive(draws, payment.payer, due))
    again.status = "1"
    if not again.lines:
        allowed = round(again.charge * payment.payer.ratio)
        again.adjustments, again.remarks = [("CO", "45", again.charge - allowed)], []
    for line in again.lines:
        if not line.allowed:
            line.allowed = line.paid = round(line.charge * payment.payer.ratio)
            line.adjustments = [("CO", "45", line.charge - line.paid)]
            line.remarks = []
    return [_reversal(payment, due), again]


def _second_payer(draws: Draws, first: Payment, supplement: Payer) -> Payment:
    """The supplement pays what Medicare left to the patient; the first payer's part stands under OA 23."""
    due = first.due + timedelta(draws.between(7, 25))
    second = _copy(
        first, event="secondary", due=due, number=receive(draws, supplement, first.due + timedelta(2))
    )
    second.payer, second.status = supplement, "2"
    second.member_id = first.claim.coverage.supplement_id or ""
    for line in second.lines:
        left = sum(a for g, _, a in line.adjustments if g == "PR")
        line.paid, line.adjustments = left, [("OA", "23", line.charge - left)] if line.charge > left else []
    return second


def _split(draws: Draws, payment: Payment) -> list[Payment]:
    """The payer makes two claims of one, and may pay them in two remittances."""
    cut = draws.between(1, len(payment.lines) - 1)
    later = payment.due + timedelta(draws.pick((0, 0, 7, 14)))
    one = _copy(payment, event="split", due=payment.due, number=payment.payer_claim_number)
    two = _copy(payment, event="split", due=later, number=receive(draws, payment.payer, payment.due))
    one.lines, two.lines = one.lines[:cut], two.lines[cut:]
    for part in (one, two):
        part.charge = sum(line.charge for line in part.lines)
    return [one, two]


def _summed(adjustments: list[Adjustment]) -> list[Adjustment]:
    totals: dict[tuple[str, str], int] = {}
    for group, reason, amount in adjustments:
        totals[group, reason] = totals.get((group, reason), 0) + amount
    return [(group, reason, amount) for (group, reason), amount in totals.items() if amount]
