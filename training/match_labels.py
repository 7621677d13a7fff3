"""Which claim each claim payment was posted to, by the posting ledger alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from features.errors import MissingDataError
from features.x12.records import ClaimPayment
from training import posting_ties
from training.datasets import Dataset
from training.posting_ties import NOWHERE as NOWHERE
from training.posting_ties import Tie
from training.typed_labels import Labelled, LumpLabels, label_typed

NO_LUMPS = LumpLabels()


@dataclass(frozen=True)
class MatchLabels:
    """Labelled claim payments in order of payment, each once, all columns in parallel."""

    payments: tuple[ClaimPayment, ...]
    posted: tuple[
        str, ...
    ]  # the claim id (CLM01) of the audit, else of the ledger; NOWHERE where none was found
    paid_on: tuple[date, ...]
    batch: tuple[str, ...]  # the remittance: payer and trace number
    unposted: int  # payments without a row in the ledger, or on paper without a tie to one
    ambiguous: int  # payments whose rows in the ledger contradict each other
    posted_on: tuple[
        date, ...
    ] = ()  # the day from which the ledger names the claim; empty where that is not kept
    audited: tuple[str | None, ...] = ()  # the claim that a second person found; None where none checked
    untied: int = 0  # of ``unposted``, those on paper
    lumps: LumpLabels = NO_LUMPS  # checks for several claims

    def known_on(self) -> tuple[date, ...]:
        """The day from which each posting is known: that of the ledger, else the payment's."""
        return self.posted_on or self.paid_on

    def checked(self) -> tuple[str | None, ...]:
        """What a second person found of each payment, None where nobody looked again."""
        return self.audited or (None,) * len(self.payments)

    def has_audits(self) -> bool:
        """Whether anybody looked again at all."""
        return any(claim is not None for claim in self.audited)

    def describe(self) -> str:
        """A sentence for the person who trains."""
        nowhere = sum(claim == NOWHERE for claim in self.posted)
        told = (
            f"{len(self.payments):,} claim payments with a posting ({nowhere:,} of them to no claim here), "
            f"{self.unposted:,} without one, {self.ambiguous:,} with contradicting ones; "
            f"{sum(claim is not None for claim in self.audited):,} checked by a second person"
        )
        channels = Counter(payment.channel for payment in self.payments)
        typed = channels["paper"] + channels["stub"]
        if not (typed or self.untied or self.lumps):
            return told
        return (
            f"{told}; {typed:,} are on paper ({channels['stub']:,} of them checks with a bare stub), "
            f"{self.untied:,} on paper could not be tied to the ledger, "
            f"and {len(self.lumps):,} checks pay several claims"
        )


def label(dataset: Dataset, *, lumps_apart: bool = True) -> MatchLabels:
    """Tie the payments of 835s to the ledger by trace number, payer claim number, status and amount, and those on
    paper as ``training.typed_labels`` does.

    A file that was sent twice gives each of its payments once. A check for several claims stands apart, or with
    ``lumps_apart=False`` is also a payment that no one claim is right for: many checks do not say that they are one,
    and whoever judges checks as they come judges these too. Raises MissingDataError where there is no ledger.
    """
    if not dataset.postings:
        raise MissingDataError(
            "there is no posting ledger, so remittance matching cannot be learnt",
            "postings.csv",
            "export which claim payment was posted to which claim; until then matches go to a person",
        )
    posted = posting_ties.posted_claims(dataset.postings)
    distinct = _distinct(dataset.claim_payments)
    counts = Counter(len(posted.get(tie, ())) for tie in distinct)
    typed = label_typed(dataset)
    rows = [*_electronic(dataset, distinct, posted), *typed.labelled]
    if not lumps_apart:
        rows += typed.lumps.as_payments()
    rows.sort(key=lambda row: row.order)
    return MatchLabels(
        payments=tuple(row.payment for row in rows),
        posted=tuple(row.claim if row.audited is None else row.audited for row in rows),
        paid_on=tuple(row.paid_on for row in rows),
        batch=tuple(row.batch for row in rows),
        unposted=counts[0] + typed.untied,
        ambiguous=sum(count for found, count in counts.items() if found > 1) + typed.ambiguous,
        posted_on=tuple(row.posted_on for row in rows),
        audited=tuple(row.audited for row in rows),
        untied=typed.untied,
        lumps=typed.lumps,
    )


def _distinct(payments: Sequence[ClaimPayment]) -> dict[Tie, ClaimPayment]:
    """Dated payments, each once."""
    found: dict[Tie, ClaimPayment] = {}
    for payment in payments:
        if payment.payment_date is not None:
            found.setdefault(posting_ties.of_payment(payment), payment)
    return found


def _electronic(
    dataset: Dataset, distinct: Mapping[Tie, ClaimPayment], posted: Mapping[Tie, set[str]]
) -> Iterator[Labelled]:
    """The payments of 835s that were posted to one claim, or as one to none."""
    first_posted, checks = posting_ties.first_posted(dataset.postings), posting_ties.checks(dataset.audits)
    for tie, payment in distinct.items():
        claims = posted.get(tie, set())
        if len(claims) == 1 and payment.payment_date is not None:
            yield Labelled(
                paid_on=payment.payment_date,
                payment=payment,
                claim=min(claims),
                batch=f"{payment.payer_id}/{payment.trace_number}",
                posted_on=first_posted[tie],
                audited=checks.get(tie),
            )
