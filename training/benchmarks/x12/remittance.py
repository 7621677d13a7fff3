"""A large remittance for measuring: claims of a small sample's shapes, each with contents of its own.

All balances hold where the sample's do.
"""

from __future__ import annotations

import os
import shutil
from decimal import Decimal
from itertools import cycle, pairwise
from pathlib import Path

from training.benchmarks.x12.variation import Segment, Variation

# A payer's own layout, three lines a claim, about 400 bytes a claim: of the public samples the most like daily files.
SAMPLE = Path("x12/keironstoddart__edi-835-parser/tests/test_edi_835_files/emedny_sample.txt")

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
    before, claims, after = _parted([text.strip().split("*") for text in sample.split("~") if text.strip()])
    variation, shapes = Variation(), cycle(claims)
    paid, count, segments, written = Decimal(0), 0, 0, 0
    body = path.with_suffix(".body")
    with body.open("w", encoding="ascii", newline="") as file:
        while written < size:
            claim, payment = variation.claim(next(shapes))
            written += file.write(_text(claim))
            paid += payment
            count += 1
            segments += len(claim)
    for segment in before:
        if segment[0] == "BPR":
            segment[2] = str(paid)
    started = next(index for index, segment in enumerate(before) if segment[0] == "ST")
    after[0][1] = str(len(before) - started + segments + 1)
    with (
        path.open("w", encoding="ascii", newline="") as file,
        body.open(encoding="ascii", newline="") as claims_file,
    ):
        file.write(_text(before))
        shutil.copyfileobj(claims_file, file)
        file.write(_text(after))
    body.unlink()
    return count


def _parted(segments: list[Segment]) -> tuple[list[Segment], list[list[Segment]], list[Segment]]:
    """What stands before the first claim, the claims, and what stands from SE on."""
    starts = [index for index, segment in enumerate(segments) if segment[0] in ("CLP", "SE")]
    claims = [segments[start:end] for start, end in pairwise(starts)]
    return segments[: starts[0]], claims, segments[starts[-1] :]


def _text(segments: list[Segment]) -> str:
    return "".join("*".join(elements) + "~" for elements in segments)
