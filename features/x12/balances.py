"""The three sums of an 835. Real files break each of them: that is an exception to triage, and no data is lost for it.

An absent amount counts as zero; all sums are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from features.x12.place import Place
from features.x12.records import ProviderAdjustment

if TYPE_CHECKING:
    from features.x12.remittance_header import RemittanceHeader

ZERO = Decimal(0)


def line_balance(
    place: Place, segment: int, charge: Decimal | None, paid: Decimal | None, adjusted: Decimal
) -> bool:
    """Whether SVC02 - CAS of the service = SVC03; else a problem."""
    balanced = (charge or ZERO) - adjusted == (paid or ZERO)
    if not balanced:
        place.report("line-unbalanced", segment)
    return balanced


def claim_balance(
    place: Place, segment: int, charge: Decimal | None, paid: Decimal | None, adjusted: Decimal
) -> bool:
    """Whether CLP03 - CAS of the claim and of its services = CLP04; else a problem."""
    if charge is None or paid is None:
        place.report("amount-missing", segment)
    balanced = (charge or ZERO) - adjusted == (paid or ZERO)
    if not balanced:
        place.report("claim-unbalanced", segment)
    return balanced


def payment_balance(
    place: Place, header: RemittanceHeader, paid: Decimal, adjustments: Sequence[ProviderAdjustment]
) -> bool:
    """Whether BPR02 = sum of CLP04 - sum of PLB; a debit (BPR03 D) may be written without its sign. Else a problem."""
    amount = header.payment_amount or ZERO
    total = paid - sum((adjustment.amount for adjustment in adjustments), ZERO)
    balanced = amount == total or (header.credit_debit == "D" and -amount == total)
    if not balanced:
        place.report("payment-unbalanced", header.segment)
    return balanced
