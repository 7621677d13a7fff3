"""A large remittance for measuring: the claims of a small sample, repeated with other numbers and amounts.

Each copy has its own claim identifiers and, in the cents of its first claim, one of ten thousand amounts, so that a
reader that remembers values gains no more than on a real file. All balances hold where the sample's do.
"""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

# A payer's own layout, three lines a claim, about 400 bytes a claim: of the public samples the most like daily files.
SAMPLE = Path("x12/keironstoddart__edi-835-parser/tests/test_edi_835_files/emedny_sample.txt")
AMOUNTS = 10_000

OWN_SAMPLE = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *260105*0900*^*00501*000000001*0*P*:~"
    "GS*HP*PAYER*CLINIC*20260105*0900*1*X*005010X221A1~ST*835*0001~"
    "BPR*I*160*C*ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*20260105~"
    "TRN*1*TRACE0001*1512345678~DTM*405*20260104~N1*PR*EXAMPLE HEALTH PLAN*XV*12345~N3*1 MAIN STREET~"
    "N4*SPRINGFIELD*IL*62701~PER*BL*PROVIDER SERVICES*TE*8005550100~N1*PE*EXAMPLE CLINIC*XX*1234567893~LX*1~"
    "CLP*CLAIM1*1*200*160*40*12*PAYER1*11*1~CAS*PR*1*10~NM1*QC*1*DOE*JANE****MI*MEMBER1~"
    "NM1*82*1*SMITH*ANNA****XX*1245319599~DTM*232*20251201~AMT*AU*160~SVC*HC:99213:25*120*100**1~"
    "DTM*472*20251201~CAS*PR*2*20~REF*6R*LINE1~AMT*B6*120~SVC*HC:85025*80*70**1~DTM*472*20251201~CAS*CO*45*10~"
    "REF*6R*LINE2~AMT*B6*70~SE*25*0001~GE*1*1~IEA*1*000000001~"
)


def sample_text() -> tuple[str, str]:
    """The sample and where it is from: a public file where ``CLEARLANE_SAMPLES`` points at some, else our own."""
    folder = os.environ.get("CLEARLANE_SAMPLES")
    path = Path(folder) / SAMPLE if folder else None
    if path and path.exists():
        return path.read_text(encoding="utf-8"), "a public sample"
    return OWN_SAMPLE, "the benchmark's own sample"


def write_remittance(path: Path, size: int, *, sample: str) -> int:
    """Write a remittance of about ``size`` bytes; the answer is the number of its claim payments.

    The sample must be one 835 with ``*`` between elements, ``:`` between components and ``~`` after segments.
    """
    segments = [segment.strip().split("*") for segment in sample.split("~") if segment.strip()]
    names = [segment[0] for segment in segments]
    first, last = names.index("CLP"), names.index("SE")
    claims = segments[first:last]
    count, paid, written, copy = 2 + first, Decimal(0), 0, 0
    with path.open("w", encoding="ascii", newline="") as file:
        body = path.with_suffix(".body")
        with body.open("w", encoding="ascii", newline="") as claims_file:
            while written < size:
                varied = _copy(claims, copy)
                text = "".join("*".join(elements) + "~" for elements in varied)
                claims_file.write(text)
                written += len(text)
                paid += sum((Decimal(elements[4]) for elements in varied if elements[0] == "CLP"), Decimal(0))
                copy += 1
        for elements in segments[:first]:
            if elements[0] == "BPR":
                elements[2] = str(paid)
            file.write("*".join(elements) + "~")
        with body.open(encoding="ascii", newline="") as claims_file:
            while text := claims_file.read(1 << 20):
                file.write(text)
        body.unlink()
        count = first - names.index("ST") + copy * len(claims) + 1
        file.write(f"SE*{count}*{segments[last][2]}~")
        file.write("".join("*".join(elements) + "~" for elements in segments[last + 1 :]))
    return copy * names.count("CLP")


def _copy(claims: list[list[str]], copy: int) -> list[list[str]]:
    """The claims with numbers of their own; charge and payment of the first are higher by the same cents."""
    more = Decimal(copy % AMOUNTS) / 100
    varied = [list(elements) for elements in claims]
    for elements in varied:
        if elements[0] == "CLP":
            elements[1], elements[7] = f"{elements[1]}{copy}", f"{elements[7]}{copy}"
    clp = next(elements for elements in varied if elements[0] == "CLP")
    svc = next(elements for elements in varied if elements[0] == "SVC")
    for elements, places in ((clp, (3, 4)), (svc, (2, 3))):
        for place in places:
            elements[place] = str(Decimal(elements[place]) + more)
    return varied
