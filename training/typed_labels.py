"""Which claims the payments on paper were posted to: typed remittances, checks for one claim, and for several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from features.postings import Posting
from features.stubs import Stub
from features.x12.records import ClaimPayment
from training import posting_ties
from training.datasets import Dataset
from training.posting_ties import NOWHERE, Tie
from training.typed_ties import Ledger, PayerNames, Tied, tie_paper, tie_stubs

REVERSAL = "22"  # CLP02
Checks = Mapping[Tie, str | None]


@dataclass(frozen=True)
class Labelled:
    """One claim payment and the claim that it was posted to."""

    paid_on: date
    payment: ClaimPayment
    claim: str  # by the ledger; NOWHERE for none of this system
    batch: str  # payer and trace number
    posted_on: date
    audited: str | None  # the claim that a second person found; None where none checked

    @property
    def order(self) -> tuple[date, str]:
        """In time, and within a day by remittance."""
        return self.paid_on, self.payment.trace_number or ""


@dataclass(frozen=True)
class LumpLabels:
    """Checks with a bare stub that the ledger has several payments for, in the order of their days, in parallel.

    ``postings`` of a check are all of its rows in the ledger, with the claim, the payer's numbers and the amount of
    each; members that nothing was paid for are among them. ``audited`` is what a second person found of each row.
    """

    stubs: tuple[Stub, ...] = ()
    postings: tuple[tuple[Posting, ...], ...] = ()
    audited: tuple[tuple[str | None, ...], ...] = ()

    def __len__(self) -> int:
        return len(self.stubs)

    def claims(self) -> list[tuple[str, ...]]:
        """The claims that each check was posted to, in the order of its rows, by the audit where there is one."""
        return [
            tuple(
                (row.posted_claim_id or NOWHERE) if check is None else check
                for row, check in zip(rows, checks, strict=True)
            )
            for rows, checks in zip(self.postings, self.audited, strict=True)
        ]

    def as_payments(self) -> list[Labelled]:
        """Each check as a payment that no one claim is right for; audited where all of its rows are."""
        return [
            Labelled(
                paid_on=stub.claim_payment().payment_date or stub.received_date,
                payment=stub.claim_payment(),
                claim=NOWHERE,
                batch=f"{rows[0].payer_id}/{rows[0].trace_number}",
                posted_on=min(row.posting_date for row in rows),
                audited=None if None in found else NOWHERE,
            )
            for stub, rows, found in zip(self.stubs, self.postings, self.audited, strict=True)
        ]


@dataclass(frozen=True)
class TypedLabels:
    """What became of a data set's paper."""

    labelled: tuple[Labelled, ...]
    lumps: LumpLabels
    untied: int  # rows and checks for which no row of the ledger could be told
    ambiguous: int  # those that several rows of the ledger fit, or whose rows contradict each other


def label_typed(dataset: Dataset) -> TypedLabels:
    """Tie what was typed to the rows of the ledger that no 835 accounts for, as ``training.typed_ties`` does.

    Which rows are labelled does not depend on the claims that they were posted to, else clerks' errors would choose
    them: a typed row is, if it ties to a single row of the ledger, and a check, if one row of it is a payment. A
    check with more is a lump.
    """
    ledger = _unexplained(dataset)
    checks = posting_ties.checks(dataset.audits)
    claims = posting_ties.posted_claims(dataset.postings)

    def contradicted(rows: Tied) -> bool:
        return any(len(claims[posting_ties.of_row(row)]) > 1 for row in rows)

    paper = list(zip(dataset.paper, tie_paper(dataset.paper, ledger), strict=True))
    stubs = list(zip(dataset.stubs, tie_stubs(dataset.stubs, ledger), strict=True))
    single = [(stub.claim_payment(), _payments(rows)) for stub, rows in stubs if len(_payments(rows)) <= 1]
    lumps = [(stub, rows) for stub, rows in stubs if len(_payments(rows)) > 1]
    tied = [(payment, rows) for payment, rows in [*paper, *single] if rows]
    clear = [(payment, rows[0]) for payment, rows in tied if len(rows) == 1 and not contradicted(rows)]
    clear_lumps = [(stub, rows) for stub, rows in lumps if not contradicted(rows)]
    return TypedLabels(
        labelled=tuple(_labelled(payment, row, checks) for payment, row in clear),
        lumps=_lumps(clear_lumps, checks),
        untied=len(paper) + len(single) - len(tied),
        ambiguous=len(tied) - len(clear) + len(lumps) - len(clear_lumps),
    )


def _unexplained(dataset: Dataset) -> Ledger:
    """The rows of the ledger that are of no payment in an 835, each once."""
    known = {posting_ties.of_payment(payment) for payment in dataset.claim_payments}
    rest: dict[Tie, Posting] = {}
    for row in dataset.postings:
        if (tie := posting_ties.of_row(row)) not in known:
            rest.setdefault(tie, row)
    return Ledger(rest.values(), PayerNames.of([*dataset.claims, *dataset.claim_payments]))


def _payments(rows: Tied) -> Tied:
    """The rows of a check that are no reversal: a reversal stands beside the payment that takes its place."""
    return tuple(row for row in rows if row.status != REVERSAL)


def _labelled(payment: ClaimPayment, row: Posting, checks: Checks) -> Labelled:
    return Labelled(
        paid_on=payment.payment_date or row.posting_date,
        payment=payment,
        claim=row.posted_claim_id or NOWHERE,
        batch=f"{row.payer_id}/{row.trace_number}",
        posted_on=row.posting_date,
        audited=checks.get(posting_ties.of_row(row)),
    )


def _lumps(pairs: Sequence[tuple[Stub, Tied]], checks: Checks) -> LumpLabels:
    in_time = sorted(pairs, key=lambda pair: (pair[0].received_date, pair[0].stub_id))
    return LumpLabels(
        stubs=tuple(stub for stub, _ in in_time),
        postings=tuple(rows for _, rows in in_time),
        audited=tuple(tuple(checks.get(posting_ties.of_row(row)) for row in rows) for _, rows in in_time),
    )
