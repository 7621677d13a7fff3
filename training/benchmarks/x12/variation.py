"""Other claims of the same shape: what differs from claim to claim in a payer's file differs here too.

A reader may remember texts that it has read. On a file that repeats a few claims it would remember all of them and
look faster than on any real file; so identifiers, names, members, days, procedures, providers and amounts are drawn
anew for each claim, as often distinct as a payer's are.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

Segment = list[str]

SEED = 20260105
FIRST_DAY, DAYS = date(2025, 10, 1), 92  # a quarter of service days
PROCEDURES, PROVIDERS, NAMES = 400, 150, 4_000  # of a mid-sized group in a quarter
CENTS = 30_000  # amounts rise by up to 300.00
SERVICE_DATES = {"232", "233", "472", "150", "151"}


class Variation:
    """Draws claims from the claims of a sample, always the same ones in the same order."""

    def __init__(self) -> None:
        self.random = random.Random(SEED)  # noqa: S311 (a benchmark's data)
        self.procedures = [f"{self.random.randrange(10_000, 99_500):05}" for _ in range(PROCEDURES)]
        self.providers = [f"1{self.random.randrange(10**9):09}" for _ in range(PROVIDERS)]
        self.names = [self._name() for _ in range(NAMES)]
        self.days = [f"{FIRST_DAY + timedelta(days=day):%Y%m%d}" for day in range(DAYS)]
        self.count = 0

    def claim(self, sample: list[Segment]) -> tuple[list[Segment], Decimal]:
        """One claim payment like the sample's, from CLP to its last segment, and what it pays; balances still hold."""
        self.count += 1
        head, *lines = _parts(sample)
        day = self.random.choice(self.days)
        charged, paid = Decimal(0), Decimal(0)
        segments = [self._named(segment, day) for segment in head]
        for line in lines:
            named = [self._named(segment, day) for segment in line]
            more_charged, more_paid = self._raise(named)
            segments += named
            charged += more_charged
            paid += more_paid
        if not lines:
            charged = paid = self._cents()
        clp = segments[0]
        clp[3], clp[4] = str(Decimal(clp[3]) + charged), str(Decimal(clp[4]) + paid)
        for segment in segments:
            if segment[0] == "AMT" and segment[1] == "AU":
                segment[2] = str(Decimal(segment[2]) + paid)
        return segments, Decimal(clp[4])

    def _raise(self, line: list[Segment]) -> tuple[Decimal, Decimal]:
        """Raise a line's amounts, and say by how much charge and payment rose; what is adjusted rises with them."""
        svc = line[0]
        adjustment = next((segment for segment in line if segment[0] == "CAS"), None)
        adjusted = self._cents() if adjustment else Decimal(0)
        paid = self._cents() if Decimal(svc[3]) > 0 or adjustment is None else Decimal(0)
        if adjustment:
            adjustment[3] = str(Decimal(adjustment[3]) + adjusted)
        svc[2], svc[3] = str(Decimal(svc[2]) + paid + adjusted), str(Decimal(svc[3]) + paid)
        for segment in line:
            if segment[0] == "AMT" and segment[1] == "B6":
                segment[2] = str(Decimal(segment[2]) + paid)
        return paid + adjusted, paid

    def _named(self, segment: Segment, day: str) -> Segment:
        """The segment with this claim's identifiers, names and days."""
        result = list(segment)
        match result[0], result[1]:
            case "CLP", _:
                result[1], result[7] = f"A{self.count:09}", f"{2026000000000 + 7 * self.count}"
            case "NM1", "QC" | "IL" | "74":
                result[3], result[4] = self.random.choice(self.names), self.random.choice(self.names)
                if len(result) > 9:
                    result[9] = f"M{self.random.randrange(10**9):09}"
            case "NM1", "82" if len(result) > 9:
                result[9] = self.random.choice(self.providers)
            case "REF", qualifier:
                result[2] = f"{qualifier}{self.count:09}"
            case "DTM", qualifier if qualifier in SERVICE_DATES:
                result[2] = day
            case "SVC", _:
                qualifier, _, *modifiers = result[1].split(":")
                result[1] = ":".join((qualifier, self.random.choice(self.procedures), *modifiers))
        return result

    def _cents(self) -> Decimal:
        return Decimal(self.random.randrange(1, CENTS)) / 100

    def _name(self) -> str:
        return "".join(
            self.random.choice("BDFGKLMNPRSTVZ") + self.random.choice("AEIOU")
            for _ in range(self.random.randrange(2, 5))
        )


def _parts(claim: list[Segment]) -> Iterator[list[Segment]]:
    """What stands before the first service line, and each line."""
    part: list[Segment] = []
    for segment in claim:
        if segment[0] == "SVC":
            yield part
            part = []
        part.append(segment)
    yield part
