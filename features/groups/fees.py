"""What a payer allows for a procedure, learnt line by line from the claim payments that it has sent before.

A contract's fee schedule stands in no file, but its amounts come back in every remittance: the allowed amount of a line
by payer, procedure and modifiers. Where they repeat, the fee is known to the cent; where they do not, what the payer
usually allows of a charge is the best that files say.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Sequence

from msgspec import Struct

from features.x12.records import ClaimLine, PaymentLine

USUAL = 0.5  # of a charge: what is assumed where nothing at all was seen; the first payments replace it
DOUBT = 4.0  # lines that a narrower rate needs before it weighs as much as the wider one
FEWEST = 3  # lines of one fee before it counts as scheduled
RECENT = 12  # lines of a service with a payer that are remembered: schedules change every year
MODIFIERS = 2  # the first ones decide prices; later ones inform


class Rate(Struct, gc=False):
    """Allowed of charged, both summed over lines in cents."""

    lines: int = 0
    allowed: int = 0
    charged: int = 0


class Fees:
    """Allowed amounts of lines by payer and procedure; grows with ``add``."""

    def __init__(self) -> None:
        self._units: defaultdict[tuple[str, str], deque[int]] = defaultdict(lambda: deque(maxlen=RECENT))
        self._rates: defaultdict[tuple[str, ...], Rate] = defaultdict(Rate)

    def add(self, payer: str, line: PaymentLine) -> None:
        """Take in a paid line; one that was denied, or allowed whole, shows no fee but the charge."""
        allowed = allowed_of(line)
        charge = int((line.charge or 0) * 100)
        if not allowed or not 0 < allowed < charge:
            return
        service = service_of(line)
        units = max(1, int(line.units or 1))
        self._units[payer, service].append(allowed // units)
        for key in ((payer, service), (payer,), ()):
            rate = self._rates[key]
            rate.lines += 1
            rate.allowed += allowed
            rate.charged += charge

    def add_whole(self, payer: str, charge: int, allowed: int) -> None:
        """Take in a claim payment without lines, in cents."""
        for key in ((payer,), ()):
            rate = self._rates[key]
            rate.lines += 1
            rate.allowed += allowed
            rate.charged += charge

    def fee(self, payer: str, line: ClaimLine) -> tuple[int, bool]:
        """What the payer will allow for a billed line in cents, and whether that is a fee that has repeated.

        Never more than the charge: a payer allows at most what is billed.
        """
        known = self.known(payer, line)
        if known is not None:
            return known, True
        return round(int((line.charge or 0) * 100) * self.rate(payer, service_of(line))), False

    def known(self, payer: str, line: ClaimLine | PaymentLine) -> int | None:
        """The scheduled fee of the line in cents: one amount a unit that came back often enough."""
        seen = self._units.get((payer, service_of(line)))
        if not seen or len(seen) < FEWEST:
            return None
        amount, times = Counter(seen).most_common(1)[0]
        if 2 * times <= len(seen) and times < FEWEST:
            return None
        return min(int((line.charge or 0) * 100), amount * max(1, int(line.units or 1)))

    def rate(self, payer: str, service: str = "") -> float:
        """Allowed over charged, in 0..1: of the service with the payer, drawn towards wider rates where it is rare."""
        rate = USUAL
        for key in ((), (payer,), (payer, service)):
            seen = self._rates.get(key)
            if seen:
                rate = (seen.allowed / seen.charged * seen.lines + DOUBT * rate) / (seen.lines + DOUBT)
        return rate


def allowed_of(line: PaymentLine) -> int | None:
    """The allowed amount in cents: AMT*B6, else what is paid and what the patient owes; None where neither is known."""
    if line.allowed is not None:
        return int(line.allowed * 100)
    if line.paid is None:
        return None
    return int((line.paid + sum(each.amount for each in line.adjustments if each.group == "PR")) * 100)


def service_of(line: ClaimLine | PaymentLine) -> str:
    """The service as a contract prices it: procedure and first modifiers, or the revenue code."""
    original = line.original_procedure if isinstance(line, PaymentLine) else None
    code = original or line.procedure or f"revenue {line.revenue_code or ''}"
    return ":".join((code, *_sorted(line.modifiers)))


def _sorted(modifiers: Sequence[str]) -> list[str]:
    return sorted(modifiers[:MODIFIERS])
