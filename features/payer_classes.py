"""The class of a payer by the claim filing indicator of a claim (SBR09) or of its payment (CLP06).

A policy names classes where a list of payers would be out of date next week. Source: X12 data element 1032, claim
filing indicator code, as in https://www.stedi.com/edi/x12/element/1032; the codes of mortgage insurance in the same
list (01 to 08, 18 to 21, 31 to 33) name no health coverage. ``09`` (self-pay), ``CH``, ``DS`` and ``MC`` stand in the
implementation guides of 4010 and 5010.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

_CODES: Final = {
    "medicare": ("MA", "MB", "MD"),  # parts A, B and D, which Medicare's own contractors pay
    "medicare-advantage": ("16", "ME"),  # Medicare by private plans, each with rules of its own
    "medicaid": ("MC",),
    "blue": ("BL",),  # Blue Cross and Blue Shield
    "commercial": ("CI", "15", "SA"),  # also indemnity and self-administered groups
    "managed-care": ("12", "13", "14", "HM", "MH"),  # PPO, point of service, EPO, HMO, other managed care
    "dental": ("17", "34"),
    "workers-compensation": ("WB", "WC", "WD"),
    "liability": ("22", "AM", "LI", "LM"),  # automobile medical, liability
    "disability": ("DS",),
    "government-other": ("11", "CH", "FI", "OF", "TV", "VA"),  # TRICARE, federal employees, Title V, veterans
    "self-pay": ("09",),
    "other": ("10", "ZZ"),  # central certification, mutually defined
}

PAYER_CLASSES: Final = tuple(_CODES)
"""All names that ``payer_class`` gives."""

CLASS_OF_CODE: Final = MappingProxyType({code: name for name, codes in _CODES.items() for code in codes})


def payer_class(filing_indicator: str | None) -> str | None:
    """The class of the payer; None where the indicator is missing or is none of the list.

    >>> payer_class("MB"), payer_class("hm"), payer_class(None), payer_class("??")
    ('medicare', 'managed-care', None, None)
    """
    return CLASS_OF_CODE.get((filing_indicator or "").strip().upper())
