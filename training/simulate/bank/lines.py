"""What the bank's statement shows of a payment: traces that are cut or missing, names in capitals that are cut."""

from __future__ import annotations

from dataclasses import dataclass, field

from training.simulate.draws import Draws, running
from training.simulate.network import Organization

# What becomes of TRN02 on its way through the addenda to the bank's export. Banks hand on the addenda only where they
# are asked to (Nacha, healthcare.nacha.org), and many exports have a narrow field; the shares are chosen.
TRACE_FORMS = {"full": 0.76, "cut": 0.10, "missing": 0.08, "zeros": 0.06}
CUTS = (10, 15)  # characters that are left
ZEROS_TO = 18  # digits of a field that is filled with zeros from the left; a longer trace gets three
NAME_WIDTHS = (16, 22)  # Nacha's company name has 16 characters, its individual name 22
WIRE_NAME_WIDTH = 35
WIRE_TRACE = 0.5  # wires whose text names the trace; chosen

_FORM_SUMS = running(TRACE_FORMS.values())


@dataclass(frozen=True, slots=True)
class Part:
    """The payment of one batch: what the deposit truly holds."""

    trace_number: str
    amount: int
    check_number: str = ""


@dataclass(slots=True)
class Deposit:
    """One line of the statement, as the bank shows it; cents. ``amount`` is the sum of the parts but for a fee."""

    kind: str
    account: str
    amount: int
    parts: list[Part] = field(default_factory=list)
    trace: str = ""
    company: str = ""
    company_id: str = ""
    check_number: str = ""
    lockbox_batch: str = ""


def shown_trace(draws: Draws, trace: str) -> str:
    """The trace number as the bank shows it, in one of the ``TRACE_FORMS``."""
    form = draws.weighted(tuple(TRACE_FORMS), _FORM_SUMS)
    if form == "missing":
        return ""
    if form == "zeros":
        return max(trace.zfill(ZEROS_TO), f"000{trace}", key=len)
    cuts = [width for width in CUTS if width < len(trace)]
    return trace[: draws.pick(cuts)] if form == "cut" and cuts else trace


def account(payee: Organization) -> str:
    """The last four digits of the payee's account, the same as in BPR15.

    A payee has one account, where transfers arrive and its lockbox is emptied to.
    """
    return payee.tax_id[:6][-4:]


def company(name: str, title: str, account: str) -> str:
    """Name and description of an electronic deposit; how wide the name is depends on the bank of the account.

    >>> company("Evercare Blue Advantage", "HCCLAIMPMT", "4410"), company("Blue River", "PAYMENT", "4411")
    ('EVERCARE BLUE AD HCCLAIMPMT', 'BLUE RIVER PAYMENT')
    """
    width = NAME_WIDTHS[int(account) % len(NAME_WIDTHS)]
    return f"{name[:width].strip().upper()} {title}"
