"""From where on a difference is worth a finding. This is policy: one place, kept with every model that used it.

A tolerance decides only what is looked at. Whether a finding is likely to be right, the model says.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct


class Tolerances(Struct, frozen=True):
    """Shares are of the order's value; money is USD. The figures are starting values, and not measured."""

    price_share: Decimal = Decimal("0.005")  # of the unit price
    price: Decimal = Decimal("0.02")  # of a unit; both must be exceeded
    quantity: Decimal = Decimal("0.01")  # units
    total: Decimal = Decimal("0.005")  # half a cent: sums are exact
    unusual_times: float = 1.8  # the median of earlier ones, or one such part of it
    unusual_history: int = 4  # earlier ones from which a median means something
    duplicate_days: int = 400  # between the two invoices' dates
    duplicate_near_days: int = 2  # dates so near make a pair whatever its numbers
    duplicate_likeness: float = 0.75  # 0..1, of numbers that make a pair whatever their dates
    same_vendor: float = 90.0  # 0..100, likeness of names under two vendor ids


DEFAULT = Tolerances()
