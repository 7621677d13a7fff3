"""What clerks, auditors and denial specialists record, as an ERP exports it: postings, with the errors that clerks
make, the sample of them that a second person checked, and what was done about denials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from training.simulate import rates
from training.simulate.bank.channels import Channels
from training.simulate.batches import Batch
from training.simulate.draws import Draws
from training.simulate.followups import FollowUp
from training.simulate.payments import Payment
from training.simulate.workdays import working_day
from training.simulate.x12_text import money

POSTINGS = ("posting_date", "trace_number", "payer_id", "remittance_claim_id", "payer_claim_number", "status", "amount",
            "posted_claim_id", "posted_by")  # fmt: skip
AUDITS = (
    "audit_date",
    "trace_number",
    "payer_claim_number",
    "status",
    "amount",
    "audited_claim_id",
    "audited_by",
)
DENIAL_WORK = ("action_date", "claim_id", "payer_id", "payer_claim_number", "action", "new_claim_id", "minutes",
               "worked_by")  # fmt: skip
CLERKS = ("APARK", "BRUIZ", "CDOYLE", "DSHAH", "AUTO")
AUDITORS = ("EVEGA", "FNOLAN")


@dataclass(frozen=True, slots=True)
class Posted:
    """A claim payment that a clerk posted on a day, rightly or not."""

    payment: Payment
    day: date
    claim_id: str
    clerk: str

    def row(self) -> Sequence[str]:
        """Cells by ``POSTINGS``."""
        paid = self.payment
        return (self.day.isoformat(), paid.trace_number, paid.payer.payer_id, paid.claim_id, paid.payer_claim_number,
                paid.status, money(paid.paid), self.claim_id, self.clerk)  # fmt: skip


def posted(draws: Draws, batches: Iterable[Batch], channels: Channels, *, last_day: date) -> Iterator[Posted]:
    """Each claim payment, in the order in which they were paid; posted on a working day soon after it is known.

    What would be posted after the last day is not there.
    """
    for batch in batches:
        known = channels.known(batch.payer, batch.day)
        for payment in batch.payments:
            day = working_day(known + timedelta(draws.below(5)))
            claim_id, clerk = _posted_to(draws, payment), draws.pick(CLERKS)
            if day <= last_day:
                yield Posted(payment, day, claim_id, clerk)


def audits(draws: Draws, postings: Iterable[Posted], *, last_day: date) -> Iterator[Sequence[str]]:
    """A row a remittance: one of its postings, drawn at random, as an auditor found it, who is always right.

    One of each says more than as many drawn from all: errors within a remittance hang together. The auditor does not
    see the clerk's answer. ``postings`` of one remittance stand together.
    """
    for _, together in groupby(postings, key=lambda posting: posting.payment.trace_number):
        posting = draws.pick(list(together))
        day = working_day(posting.day + timedelta(1 + draws.below(7)))
        auditor = draws.pick(AUDITORS)
        if day <= last_day:
            paid = posting.payment
            yield (day.isoformat(), paid.trace_number, paid.payer_claim_number, paid.status, money(paid.paid),
                   paid.true_claim_id, auditor)  # fmt: skip


def denial_work(worked: Iterable[FollowUp]) -> Iterator[Sequence[str]]:
    """One row an action that was taken about a denial."""
    for work in worked:
        yield (work.day.isoformat(), work.claim.claim_id, work.claim.payer.payer_id, work.denial.payer_claim_number,
               work.action, work.new_claim_id, str(work.minutes), work.worked_by)  # fmt: skip


def _posted_to(draws: Draws, payment: Payment) -> str:
    """The claim that the clerk chose: the right one, but for the stated rate of errors."""
    truly = payment.true_claim_id
    if truly and draws.chance(rates.CLERK_ERROR):
        siblings = payment.claim.siblings
        return draws.pick(siblings).claim_id if siblings and draws.chance(0.5) else ""
    return truly
