"""Building the records of an 835: its header and its provider adjustments here, its claim payments beside."""

from __future__ import annotations

from collections.abc import Callable

from features.x12.adjustments import ZERO
from features.x12.balances import payment_balance
from features.x12.claim_payments import ClaimPayments
from features.x12.elements import at
from features.x12.place import Place
from features.x12.records import ProviderAdjustment
from features.x12.remittance_header import RemittanceHeader
from features.x12.values import text_of


class RemittanceBuilder:
    """Takes the segments of one 835 that are no claim payment's and gives the remittance to the place.

    The claim payments are read by ``claims``; handlers are called between their segments too.
    """

    def __init__(self, place: Place, component: str) -> None:
        self.place = place
        self.component = component
        self.header = RemittanceHeader(place)
        self.claims = ClaimPayments(place, self.header, component)
        self.provider_adjustments: list[ProviderAdjustment] = []
        self.handlers: dict[str, Callable[[list[str]], None]] = {
            **self.header.handlers,
            "LQ": self.claims.remark,
            "MIA": self.claims.inpatient,
            "MOA": self.claims.outpatient,
            "PLB": self.provider_adjustment,
        }

    def provider_adjustment(self, elements: list[str]) -> None:
        """PLB: up to six pairs of reason:reference and amount, for the provider and not for a claim."""
        for index in range(3, len(elements), 2):
            reason, _, reference = elements[index].partition(self.component or "\0")
            amount = self.place.amounts[at(elements, index + 1)]
            if reason or amount is not None:
                self.provider_adjustments.append(
                    ProviderAdjustment(reason, text_of(reference), amount or ZERO)
                )

    def close(self) -> None:
        """The transaction ends: the remittance."""
        count = self.claims.count
        if not (self.header.begun or count or self.provider_adjustments):
            self.place.report("transaction-empty")
            return
        adjustments = tuple(self.provider_adjustments)
        balanced = payment_balance(self.place, self.header, self.claims.paid_total, adjustments)
        self.place.give(self.header.remittance(count, adjustments, balanced))
