"""What may be wrong with an invoice: a reason with its values, the money at stake, and the evidence for the model."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import isfinite

from msgspec import Struct

CODES = ("duplicate", "price", "quantity", "not-received", "cost-centre", "unusual-amount", "wrong-total")
WHOLE = ("duplicate", "wrong-total")  # findings about the whole invoice
CENT = Decimal("0.01")


class Finding(Struct, frozen=True):
    """Something to look at. ``confidence`` is the probability that a person would find it wrong, once scored."""

    code: str  # one of CODES
    line: int  # 0: the whole invoice
    at_stake: Decimal  # USD, 0 or more: what would be paid wrongly
    text: str  # a sentence with the invoice's own values
    evidence: Mapping[str, float]
    confidence: float | None = None  # 0..1
    other_voucher: str = ""  # the earlier invoice that a duplicate repeats


def family(code: str) -> str:
    """The group within which a person may name either: goods that did not come are a wrong quantity, too.

    >>> family("not-received"), family("price")
    ('quantity', 'price')
    """
    return "quantity" if code == "not-received" else code


def money(amount: Decimal | float) -> str:
    """An amount as it is read.

    >>> money(Decimal("1234.5")), money(0.333)
    ('1,234.50', '0.33')
    """
    return f"{Decimal(str(amount)).quantize(CENT):,}"


def number(quantity: Decimal) -> str:
    """A quantity without needless zeros.

    >>> number(Decimal("12.00")), number(Decimal("2.5"))
    ('12', '2.5')
    """
    return f"{quantity.quantize(CENT).normalize():f}"


def known(**evidence: float | None) -> dict[str, float]:
    """Evidence that there is: finite numbers."""
    return {name: float(value) for name, value in evidence.items() if value is not None and isfinite(value)}
