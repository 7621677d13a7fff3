"""Batches made by hand: only what the bank and the paper need of a payer, a claim and a patient."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from training.simulate.bank.channels import Channels
from training.simulate.batches import Batch
from training.simulate.claims import SimulatedClaim
from training.simulate.draws import Draws
from training.simulate.names import FEMALE, MALE, SURNAMES
from training.simulate.network import Organization
from training.simulate.payers import Payer
from training.simulate.payments import PaidLine, Payment

START = date(2024, 1, 1)


def make_payer(number: int) -> Payer:
    """A small commercial payer, that may send paper."""
    fields = {"name": f"EVERGREEN MUTUAL BENEFIT PLAN {number}", "payer_id": f"{50_000 + number}",
              "kind": "commercial", "weight": 0.01, "tax_id": f"{610_000_000 + number}"}  # fmt: skip
    return cast(Payer, SimpleNamespace(**fields))


def make_channels(seed: int, *, payers: int) -> Channels:
    """The channels of the payers that ``make_days`` has."""
    return Channels(seed, [make_payer(number) for number in range(payers)])


def make_payee(number: int) -> Organization:
    return Organization(
        f"CLINIC {number}", f"{number}", f"{310_000 + number}222", "1 MAIN ST", ("SALEM", "KY", "42078")
    )


def make_payment(draws: Draws, payer: Payer, number: int, *, paid: int, foreign: bool = False) -> Payment:
    """One line, of which twenty dollars are written off and the payer pays ``paid`` cents; for 0 it is denied."""
    last, first = draws.pick(SURNAMES), draws.pick(FEMALE + MALE)
    patient = SimpleNamespace(last=last, first=first, account=f"{7_000_000 + number}")
    claim = cast(
        SimulatedClaim, SimpleNamespace(claim_id=f"NB{number:07d}", foreign=foreign, patient=patient)
    )
    day = START + timedelta(number % 300)
    adjustments = [("CO", "45", 2000)] if paid else [("CO", "50", 2000)]
    line = PaidLine(1, "99213", (), None, None, paid + 2000, paid, paid, 1, day, day, "1", adjustments, [])
    return Payment(
        claim=claim, payer=payer, event="foreign" if foreign else "plain", status="1", due=day,
        payer_claim_number=f"24001{number:07d}", claim_id=claim.claim_id, last=last, first=first,
        member_id=f"{800_000_000 + number}01", frequency="1", service_from=day, service_to=day, adjustments=[],
        lines=[line], charge=line.charge,
    )  # fmt: skip


def make_days(*, payers: int, payees: int, days: int, seed: int = 1) -> Iterator[tuple[date, list[Batch]]]:
    """Pay days two days apart at the least; every payer pays every payee, 3 % of it nothing, for 1 to 4 claims."""
    draws = Draws(seed, "small batches")
    number = trace = 0
    for step in range(days):
        day = START + timedelta(7 * (step // 3) + 2 * (step % 3))
        batches = []
        for payer in (make_payer(place) for place in range(payers)):
            for payee in (make_payee(place) for place in range(payees)):
                denied = draws.chance(0.03)
                payments = []
                for _ in range(draws.between(1, 4)):
                    number += 1
                    paid = 0 if denied else draws.between(500, 90_000)
                    payments.append(make_payment(draws, payer, number, paid=paid, foreign=number % 12 == 0))
                trace += draws.between(1, 9)
                batches.append(Batch(payer, payee, day, f"{payer.payer_id}{trace:012d}", payments))
        yield day, batches


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def cents(text: str) -> int:
    return round(float(text) * 100)
