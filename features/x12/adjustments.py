"""CAS: one group code and up to six triplets of reason, amount and quantity."""

from __future__ import annotations

from decimal import Decimal

from features.x12.codes import ADJUSTMENT_GROUPS
from features.x12.place import Place
from features.x12.records import Adjustment

ZERO = Decimal(0)


def read_adjustments(elements: list[str], place: Place, into: list[Adjustment]) -> Decimal:
    """Append the segment's adjustments; the answer is the sum of their amounts.

    A triplet without a reason and an amount is a gap; the quantity may be empty; an absent amount is zero.
    """
    group = elements[1] if len(elements) > 1 else ""
    if group not in ADJUSTMENT_GROUPS:
        place.report("unknown-code")
    if len(elements) == 4:  # one reason and its amount, as nearly always
        amount = place.amounts[elements[3]] or ZERO
        into.append(Adjustment(group, elements[2], amount))
        return amount
    total = ZERO
    for index in range(2, len(elements), 3):
        reason, amount_text, quantity = [*elements[index : index + 3], "", ""][:3]
        if reason or amount_text:
            amount = place.amounts[amount_text] or ZERO
            into.append(Adjustment(group, reason, amount, place.amounts[quantity]))
            total += amount
    return total
