"""What a payer's first answer to a claim says, as its history keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from features.claim_services import service_of
from features.denial_codes import category_of
from features.denials import denial_reasons
from features.x12.records import Claim, ClaimPayment, PaymentLine

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """``categories`` of the denials, none where the claim was paid as sent; ``by_service`` those on its lines."""

    categories: frozenset[str]
    by_service: Mapping[str, frozenset[str]]
    carcs: tuple[str, ...]  # in the order in which the payer gives them
    numbers: tuple[str, ...]  # the payer's own for the claim, which a corrected claim refers to

    @property
    def denied(self) -> bool:
        """Whether any of it was denied."""
        return bool(self.categories)

    def of_service(self, service: str) -> frozenset[str]:
        """The categories of denials on the lines with a service."""
        return self.by_service.get(service, NOTHING)


def outcome_of(claim: Claim, payments: Sequence[ClaimPayment]) -> Outcome:
    """The outcome of the claim payments of one day; a denial of the whole claim falls on each of its lines."""
    carcs = tuple(
        dict.fromkeys(reason.partition("-")[2] for payment in payments for reason in denial_reasons(payment))
    )
    numbers = tuple(payment.payer_claim_number for payment in payments if payment.payer_claim_number)
    if not carcs:
        return Outcome(NOTHING, {}, (), numbers)
    return Outcome(
        categories=frozenset(map(category_of, carcs)),
        by_service=_by_service(claim, payments, frozenset(carcs)),
        carcs=carcs,
        numbers=numbers,
    )


def _by_service(
    claim: Claim, payments: Sequence[ClaimPayment], carcs: frozenset[str]
) -> dict[str, frozenset[str]]:
    whole = {
        category_of(adjustment.reason)
        for payment in payments
        for adjustment in payment.adjustments
        if adjustment.reason in carcs and adjustment.amount > 0
    }
    lines: dict[str, set[str]] = {}
    for payment in payments:
        for line in payment.lines:
            if found := denied_line(line, carcs):
                for name in _names(line):
                    lines.setdefault(name, set()).update(map(category_of, found))
    everywhere = whole or (set() if lines else set(map(category_of, carcs)))
    services = {service_of(line) for line in claim.lines}
    return {
        service: frozenset(lines.get(service, set()) | everywhere)
        for service in services
        if everywhere or service in lines
    }


def denied_line(line: PaymentLine, carcs: frozenset[str]) -> set[str]:
    """Of these denial codes the ones that take money from a line."""
    return {
        adjustment.reason
        for adjustment in line.adjustments
        if adjustment.amount > 0 and adjustment.reason in carcs
    }


def _names(line: PaymentLine) -> list[str]:
    """What the claim may call the service of a paid line."""
    return [name for name in (line.original_procedure, line.procedure, line.revenue_code) if name]
