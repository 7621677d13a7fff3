"""A provider's folder to count by hand: 240 claims of one plan, 60 of them denied, half of those paid later."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.x12_files import CLAIM_LEVELS, GUIDES, one

CLAIMS, DENIED, PAID_LATER = 240, 60, 30


def sent(claim_id: str, *, day: str = "20260102") -> list[str]:
    """A claim's own segments in an 837P."""
    return [
        f"CLM*{claim_id}*100***11:B:1*Y*A*Y*Y",
        "HI*ABK:M25561",
        "LX*1",
        "SV1*HC:99213*100*UN*1***1",
        f"DTP*472*D8*{day}",
    ]


def paid(claim_id: str, *, number: str, amount: str = "80", denied: bool = False) -> list[str]:
    """A claim payment: paid but for a contract's reduction, or refused for want of an authorization."""
    cas = "CAS*CO*197*100" if denied else f"CAS*CO*45*{100 - int(amount)}"
    head = f"CLP*{claim_id}*{'4' if denied else '1'}*100*{'0' if denied else amount}*0*12*{number}*11*1"
    return [head, "NM1*QC*1*DOE*JANE****MI*MEMBER1", f"SVC*HC:99213*100*{'0' if denied else amount}**1", cas]


def remittance(day: str, trace: str, *payments: list[str]) -> bytes:
    """An 835 of these claim payments, dated and traced; its own balance is nobody's concern here."""
    header = (f"BPR*I*80*C*ACH************{day}", f"TRN*1*{trace}*1512345678", "N1*PR*PLAN*XV*12345",
              "N1*PE*CLINIC*XX*1234567893")  # fmt: skip
    return one("835", *header, *(segment for payment in payments for segment in payment))


def claims(*claims: list[str]) -> bytes:
    """An 837P of these claims, sent on 2 January 2026."""
    return one("837", *CLAIM_LEVELS, *(segment for claim in claims for segment in claim), guide=GUIDES["837"])


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder."""
    path = tmp_path_factory.mktemp("fidelity") / "clinic"
    names = [f"A{number:04d}" for number in range(CLAIMS)]
    first = [paid(name, number=f"N{name}", denied=name in names[:DENIED]) for name in names]
    later = [paid(name, number=f"M{name}") for name in names[:PAID_LATER]]
    for place, data in (
        ("claims/all.837", claims(*(sent(name) for name in names))),
        ("remittances/first.835", remittance("20260122", "T1", *first)),
        ("remittances/later.835", remittance("20260301", "T2", *later)),
        ("remittances/last.835", remittance("20261231", "T3", paid("ELSEWHERE", number="X1"))),
    ):
        (path / place).parent.mkdir(parents=True, exist_ok=True)
        (path / place).write_bytes(data)
    return path
