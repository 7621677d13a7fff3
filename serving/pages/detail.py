"""What the detail page shows of an item, worked out before the template sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from features.x12.records import Claim, ClaimLine, ClaimPayment
from serving.decisions import proposal_of
from serving.denied.records import DeniedClaim
from serving.invoices.records import VendorInvoice
from serving.items import CandidateDetail, ItemDetail
from serving.pages.advice import AdviceView, advice_view
from serving.pages.choices import Choice, choices
from serving.pages.comparison import Comparison, agreement_summary, comparisons
from serving.pages.confidence import has_figure, interval_words, promise
from serving.pages.denied import DeniedView, denied_view
from serving.pages.facts import Facts, facts
from serving.pages.invoices import InvoiceView, invoice_view
from serving.pages.service_lines import LineGroup, line_groups
from serving.pages.weights import besides


@dataclass(frozen=True)
class CandidateView:
    """A candidate in the picker; ranks count from 1, the best first."""

    rank: int
    candidate: CandidateDetail
    proposed: bool
    as_likely: bool  # as the best, so that the score cannot choose between them
    shown: bool
    summary: str


@dataclass(frozen=True)
class DetailView:
    """An item as the detail page shows it."""

    item: ItemDetail
    facts: Facts
    candidates: tuple[CandidateView, ...]
    shown: CandidateView | None
    other: CandidateView | None  # the runner-up; the best, where another one is shown
    comparisons: tuple[Comparison, ...]
    weighed: bool  # whether it is known what the fields weigh
    besides: tuple[tuple[str, str], ...]
    line_groups: tuple[LineGroup, ...]
    claim_lines: tuple[ClaimLine, ...]
    choices: tuple[Choice, ...]
    proposes_none: bool
    tied: int  # how many candidates are as likely as the best, it included; 0 where it stands alone
    has_figure: bool
    promise: str
    interval: str
    unbalanced: bool
    advice: AdviceView | None = None  # on a claim before it is sent
    denied: DeniedView | None = None  # of a denied claim
    invoice: InvoiceView | None = None  # of a vendor invoice

    @property
    def blind(self) -> bool:
        """Whether what the model said is hidden, as the item or its payment waits for a blind check."""
        return self.item.awaits_check is not None


def detail_view(item: ItemDetail, *, rank: int | None = None, today: date | None = None) -> DetailView:
    """An item with the candidate of the given rank, else the best one, beside the payment.

    Deadlines are counted from ``today``, by default the day on which the item was received.
    """
    views = _candidate_views(item, rank)
    shown = next((view for view in views if view.shown), None)
    other = next((view for view in views if not view.shown), None)
    subject = item.subject
    paid = subject.lines if isinstance(subject, ClaimPayment) else ()
    billed = shown.candidate.claim.lines if shown else ()
    return DetailView(
        item=item,
        facts=() if isinstance(subject, DeniedClaim | VendorInvoice) else facts(subject),
        candidates=views,
        shown=shown,
        other=other,
        comparisons=comparisons(shown.candidate.evidence, other.candidate.evidence if other else ())
        if shown
        else (),
        weighed=shown is not None and shown.candidate.log_odds is not None,
        besides=besides(shown.candidate.beside) if shown else (),
        line_groups=line_groups(paid, billed),
        claim_lines=subject.lines if isinstance(subject, Claim) else (),
        choices=choices(item, shown.candidate.reference if shown else None),
        proposes_none=proposal_of(item).action == "none",
        tied=sum(view.as_likely for view in views),
        has_figure=has_figure(item),
        promise=promise(item),
        interval=interval_words(item),
        unbalanced=isinstance(subject, ClaimPayment) and not subject.balanced,
        advice=advice_view(item.advice),
        denied=denied_view(item, today=today or item.row.received_at.date()),
        invoice=invoice_view(item),
    )


def _candidate_views(item: ItemDetail, rank: int | None) -> tuple[CandidateView, ...]:
    wanted = rank if rank is not None and 1 <= rank <= len(item.candidates) else 1
    proposal = proposal_of(item)
    tied = proposal.tied
    return tuple(
        CandidateView(
            rank=place,
            candidate=candidate,
            proposed=place == 1 and proposal.action == "accept",
            as_likely=candidate.reference in tied,
            shown=place == wanted,
            summary=agreement_summary(candidate.evidence),
        )
        for place, candidate in enumerate(item.candidates, start=1)
    )


def rank_of(item: ItemDetail, reference: str | None) -> int | None:
    """The rank of a candidate by its reference; None where it is not among them."""
    for place, candidate in enumerate(item.candidates, start=1):
        if candidate.reference == reference:
            return place
    return None
