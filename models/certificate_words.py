"""What a certificate and its curve say to a reviewer, in sentences."""

from __future__ import annotations

import math
import re

from models.certificate_curves import Curve, Point
from models.certificates import Cell, Certificate
from models.policy_table import ANY, OF_VENDORS

SUBJECTS = {
    "remittance-match": "Auto-posted payments of this kind",
    "denial-risk": "Claims of this kind released by themselves",
    "invoice-anomaly": "Invoices of this kind handed on by themselves",
}
OTHER = "Items of this kind that go by themselves"
OUT_OF_REACH = 3 * 365  # days: neither payers nor models stay the same for as long


def rate_text(rate: float) -> str:
    """An error rate in percent with the digits that matter and no more.

    >>> rate_text(0.005), rate_text(0.001), rate_text(0.00112), rate_text(0.0), rate_text(0.125)
    ('0.5 %', '0.1 %', '0.11 %', '0 %', '12.5 %')
    """
    percent = rate * 100
    text = f"{percent:.2f}" if percent < 1 else f"{percent:.1f}"
    return f"{text.rstrip('0').rstrip('.')} %"


def promise(certificate: Certificate) -> str:
    """What a certificate promises, or that it promises nothing.

    The rate is the one that was fixed before the labels were seen, and how sure it is counts all cells of the kind
    together.
    """
    if certificate.threshold is None:
        return "Not certified: a person decides every item of this kind."
    subject = SUBJECTS.get(certificate.cell.kind, OTHER)
    counted = ", in items and in dollars" if certificate.unit == "dollars" else ""
    return (
        f"{subject}: at most {rate_text(certificate.alpha)} wrong{counted}, {rate_text(1 - certificate.delta)} sure; "
        f"checked {certificate.n:,}, wrong {certificate.errors:,}."
    )


def tighter(curve: Curve) -> str:
    """What the counts of the chosen threshold say by themselves; empty where nothing was certified.

    It is read after the threshold was chosen by the same labels, and so it is no promise.
    """
    point = curve.certified
    if point is None:
        return ""
    return (
        f"Taken alone these counts speak for at most {rate_text(point.upper)}, but that is read after the threshold "
        f"was chosen by them: what is promised stays at {rate_text(curve.alpha)}."
    )


def wanting(curve: Curve) -> str:
    """What a cell wants to be certified; empty where it is.

    More than three years at the rate of the last window are told as out of reach, not as a number of days.
    """
    if curve.certified is not None:
        return ""
    if curve.wanted is None:
        return (
            f"At every threshold about as many were wrong as the {rate_text(curve.alpha)} allowed, or more: "
            "checking more would not help, only a model that errs less."
        )
    text = f"Needs about {_rounded(curve.wanted):,} more checked items"
    days = curve.days_wanted
    if days is None:
        return f"{text}; none came in the last window."
    if days > OUT_OF_REACH:
        return f"{text}: at today's rate more than three years, which is out of reach."
    whole = max(1, math.ceil(days))
    return f"{text}, {whole:,} {'day' if whole == 1 else 'days'} at today's rate."


def naive_text(curve: Curve) -> str:
    """What would have come of the threshold that looked good; empty where none did."""
    if curve.naive is None:
        return ""
    seen, fresh = curve.naive, curve.naive.fresh
    text = (
        f"The threshold that looked good when it was planned ({seen.seen_errors:,} wrong of {seen.seen_n:,}) "
        f"had {fresh.errors:,} wrong of {fresh.n:,} on fresh items"
    )
    if fresh.n == 0:
        return f"{text}."
    return f"{text}, {rate_text(fresh.rate)}: {_verdict(curve, fresh)}."


def _verdict(curve: Curve, fresh: Point) -> str:
    """Whether a threshold kept within alpha on fresh labels, and whether that is shown or may be luck."""
    if fresh.errors > curve.alpha * fresh.n:
        return f"more than the {rate_text(curve.alpha)} allowed"
    if fresh.upper <= curve.alpha:
        return f"within the {rate_text(curve.alpha)} allowed"
    return f"no more than the {rate_text(curve.alpha)} allowed, but it might be {rate_text(fresh.upper)}"


def _rounded(number: int) -> int:
    """Two figures are all that such a forecast is worth; never fewer than are needed.

    >>> _rounded(947), _rounded(12345), _rounded(7)
    (950, 13000, 7)
    """
    step: int = 10 ** max(0, len(str(number)) - 2)
    return -(-number // step) * step


def cell_name(cell: Cell) -> str:
    """A cell's payers and band of value in words.

    >>> cell_name(Cell("denial-risk", "*", "under-1000")), cell_name(Cell("invoice-anomaly", "*", "under-1000"))
    ('All payers, under $1,000', 'All vendors, under $1,000')
    >>> cell_name(Cell("denial-risk", "government (medicaid, medicare)", "1000-to-10000"))
    'Government (medicaid, medicare), $1,000 to $10,000'
    """
    everyone = "all vendors" if cell.kind in OF_VENDORS else "all payers"
    payers = everyone if cell.payer_group == ANY else cell.payer_group.replace("-", " ")
    return f"{payers[:1].upper()}{payers[1:]}, {_band(cell.value_band)}"


def cell_slug(cell: Cell) -> str:
    """A cell's name for files and for the keys of MLflow: small letters, digits and hyphens.

    >>> cell_slug(Cell("denial-risk", "*", "under-1000")), cell_slug(Cell("denial-risk", "x (blue)", "under-1000"))
    ('all-payers-under-1000', 'x-blue-under-1000')
    """
    payers = "all-payers" if cell.payer_group == ANY else cell.payer_group
    return re.sub(r"[^a-z0-9]+", "-", f"{payers}-{cell.value_band}".lower())


def _band(name: str) -> str:
    """A band's name with its amounts as money."""
    return re.sub(r"\d+", lambda figure: f"${int(figure[0]):,}", name.replace("-", " "))
