"""Small X12 files for tests of what is done with files: whole interchanges from what a test wants to say."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class BilledClaim:
    """A claim of an 837P with one line."""

    claim_id: str = "A-1001"
    charge: str = "275"
    last: str = "DOE"
    first: str = "JANE"
    member: str = "W123456789"
    day: str = "20240305"
    original: str = ""  # the payer's number of the claim that this one replaces


@dataclass(frozen=True)
class PaidClaim:
    """A claim payment of an 835, paid in full; with ``denied``, a CARC, nothing is paid."""

    claim_id: str = "A-1001"
    charge: str = "275"
    status: str = "1"
    payer_claim_number: str = "ICN900001"
    last: str = "DOE"
    first: str = "JANE"
    member: str = "W123456789"
    day: str = "20240305"
    denied: str = ""

    @property
    def paid(self) -> str:
        """CLP04."""
        return "0" if self.denied else self.charge


def payments_of(
    claims: Sequence[BilledClaim], *, number: str = "ICN", denied: Container[int] = range(1, 1000, 4)
) -> list[PaidClaim]:
    """The payer's answer to each, numbered from 0 behind ``number``; those at the places ``denied`` are denied."""
    return [
        PaidClaim(
            one.claim_id,
            one.charge,
            member=one.member,
            payer_claim_number=f"{number}{place}",
            denied="50" if place in denied else "",
        )
        for place, one in enumerate(claims)
    ]


def professional(claims: Sequence[BilledClaim] = (BilledClaim(),), *, control: str = "000000101") -> bytes:
    """An 837P with these claims."""
    body = [
        "BHT*0019*00*0123*20240314*1023*CH",
        "NM1*41*2*NORTH CLINIC*****46*SUB01",
        "PER*IC*OFFICE*TE*5550100",
        "NM1*40*2*LAKESIDE HEALTH PLAN*****46*PAY01",
        "HL*1**20*1",
        "NM1*85*2*NORTH CLINIC*****XX*1234567893",
        "N3*1 MAIN ST",
        "N4*MADISON*WI*53703",
        "REF*EI*123456789",
    ]
    for number, claim in enumerate(claims, start=2):
        body += [
            f"HL*{number}*1*22*0",
            "SBR*P*18*GRP77******CI",
            f"NM1*IL*1*{claim.last}*{claim.first}****MI*{claim.member}",
            "N3*2 SIDE ST",
            "N4*MADISON*WI*53703",
            "DMG*D8*19700615*F",
            "NM1*PR*2*LAKESIDE HEALTH PLAN*****PI*PAY01",
            f"CLM*{claim.claim_id}*{claim.charge}***11:B:{7 if claim.original else 1}*Y*A*Y*Y",
            *([f"REF*F8*{claim.original}"] if claim.original else []),
            "HI*ABK:M25561",
            "LX*1",
            f"SV1*HC:99213*{claim.charge}*UN*1***1",
            f"DTP*472*D8*{claim.day}",
            f"REF*6R*{claim.claim_id}-1",
        ]
    return _interchange("HC", "837", "005010X222A1", body, control)


def remittance(
    paid: Sequence[PaidClaim] = (PaidClaim(),), *, trace: str = "TRN0000042", control: str = "000000202"
) -> bytes:
    """An 835 with these claim payments, balanced."""
    total = sum(Decimal(claim.paid) for claim in paid)
    body = [
        f"BPR*I*{total}*C*ACH*CCP*01*111*DA*33*1999999999**01*222*DA*44*20240402",
        f"TRN*1*{trace}*1999999999",
        "DTM*405*20240401",
        "N1*PR*LAKESIDE HEALTH PLAN*XV*PAY01",
        "N3*1 PAYER WAY",
        "N4*MADISON*WI*53703",
        "PER*BL*HELP*TE*5550199",
        "N1*PE*NORTH CLINIC*XX*1234567893",
        "LX*1",
    ]
    for claim in paid:
        number = claim.payer_claim_number
        body += [
            f"CLP*{claim.claim_id}*{claim.status}*{claim.charge}*{claim.paid}*0*CI*{number}*11*1",
            f"NM1*QC*1*{claim.last}*{claim.first}****MI*{claim.member}",
            f"DTM*232*{claim.day}",
            f"SVC*HC:99213*{claim.charge}*{claim.paid}**1",
            f"DTM*472*{claim.day}",
            *([f"CAS*CO*{claim.denied}*{claim.charge}"] if claim.denied else []),
            f"REF*6R*{claim.claim_id}-1",
        ]
    return _interchange("HP", "835", "005010X221A1", body, control)


def rejection(claim_id: str = "A-1001", *, control: str = "000000303") -> bytes:
    """A 277CA that rejects one claim."""
    body = [
        "BHT*0085*08*277X*20240315*1023*TH",
        "HL*1**20*1",
        "NM1*PR*2*LAKESIDE HEALTH PLAN*****PI*PAY01",
        "TRN*1*ABC",
        "DTP*050*D8*20240315",
        "DTP*009*D8*20240315",
        "HL*2*1*21*1",
        "NM1*41*2*NORTH CLINIC*****46*SUB01",
        "TRN*2*0123",
        "STC*A1:19*20240315*WQ*275",
        "HL*3*2*19*1",
        "NM1*85*2*NORTH CLINIC*****XX*1234567893",
        "HL*4*3*PT",
        "NM1*QC*1*DOE*JANE****MI*W123456789",
        f"TRN*2*{claim_id}",
        "STC*A3:21:PR*20240315*U*275",
        "DTP*472*D8*20240305",
    ]
    return _interchange("HN", "277", "005010X214", body, control)


def _interchange(kind: str, transaction: str, guide: str, body: Iterable[str], control: str) -> bytes:
    inside = [f"ST*{transaction}*0001*{guide}", *body]
    parties = "ZZ*SENDER         *ZZ*RECEIVER       *240314*1023"
    segments = [
        f"ISA*00*          *00*          *{parties}*^*00501*{control}*0*P*:",
        f"GS*{kind}*SENDER*RECEIVER*20240314*1023*{int(control)}*X*{guide}",
        *inside,
        f"SE*{len(inside) + 1}*0001",
        f"GE*1*{int(control)}",
        f"IEA*1*{control}",
    ]
    return "".join(f"{segment}~\n" for segment in segments).encode()
