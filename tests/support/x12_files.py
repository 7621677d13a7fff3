"""Small X12 files for tests, and a plain tokenizer that shares no code with the reader."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260105*0900*^*00501*000000007*0*P*:"
GUIDES = {"835": "005010X221A1", "837": "005010X222A1", "277": "005010X214", "999": "005010X231A1"}


def transaction(kind: str, *body: str, number: str = "0001") -> list[str]:
    """ST, the segments, and an SE that counts them."""
    return [f"ST*{kind}*{number}", *body, f"SE*{len(body) + 2}*{number}"]


def group(*transactions: list[str], guide: str = GUIDES["835"], number: str = "3") -> list[str]:
    """GS, transactions, GE."""
    inside = [segment for segments in transactions for segment in segments]
    return [f"GS*HP*S*R*20260105*0900*{number}*X*{guide}", *inside, f"GE*{len(transactions)}*{number}"]


def interchange(*groups: list[str]) -> list[str]:
    """ISA, groups, IEA."""
    inside = [segment for segments in groups for segment in segments]
    return [ISA, *inside, f"IEA*{len(groups)}*000000007"]


def written(segments: list[str], terminator: str = "~") -> bytes:
    """The segments as a file."""
    return "".join(segment + terminator for segment in segments).encode()


def one(kind: str, *body: str, guide: str | None = None) -> bytes:
    """A file of one transaction."""
    return written(interchange(group(transaction(kind, *body), guide=guide or GUIDES[kind])))


PAYMENT = (
    "BPR*I*80*C*ACH************20260105",
    "TRN*1*TRACE1*1512345678",
    "N1*PR*PLAN*XV*12345",
    "N1*PE*CLINIC*XX*1234567893",
)
CLAIM_LEVELS = (
    "BHT*0019*00*1*20260102*0900*CH",
    "HL*1**20*1",
    "PRV*BI*PXC*207Q00000X",
    "NM1*85*2*CLINIC*****XX*1234567893",
    "HL*2*1*22*0",
    "SBR*P*18*GROUP1******CI",
    "NM1*IL*1*DOE*JANE****MI*MEMBER1",
    "DMG*D8*19800102*F",
    "NM1*PR*2*PLAN*****PI*12345",
)


class Tokenized:
    """What a plain split says of a file: the delimiters of the last ISA before each segment, and no state else."""

    def __init__(self, data: bytes) -> None:
        text = data.decode("latin-1")
        starts = [at for at in range(len(text)) if text.startswith("ISA", at) and self.is_header(text, at)]
        self.transactions: list[tuple[str, list[list[str]]]] = []
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            self.split(text[start:end])

    @staticmethod
    def is_header(text: str, at: int) -> bool:
        separator = text[at + 3 : at + 4]
        parts = text[at : at + 200].split(separator) if separator.strip() and not separator.isalnum() else []
        before = text[:at].replace("ï»¿", "").rstrip(" \r\n\t")
        return len(parts) > 16 and (not before or not before[-1].isalnum())

    def split(self, text: str) -> None:
        element = text[3]
        terminator = text.split(element, 16)[16][1]
        kind: str | None = None
        for piece in text.split(terminator):
            elements = piece.strip("\r\n\t ").split(element)
            if elements[0] == "ST":
                self.transactions.append((elements[1].strip(), []))
                kind = elements[1]
            elif elements[0] in ("SE", "GE", "IEA"):
                kind = None
            elif kind and self.transactions:
                self.transactions[-1][1].append(elements)

    def count(self, kind: str, name: str) -> int:
        """How many segments of a name the transactions of a type hold."""
        return sum(s[0] == name for k, segments in self.transactions if k == kind for s in segments)

    def amounts(self, kind: str, name: str, place: int) -> Counter[Decimal]:
        """The amounts at a place of those segments."""
        texts = [
            s[place]
            for k, segments in self.transactions
            if k == kind
            for s in segments
            if s[0] == name and len(s) > place
        ]
        return Counter(Decimal(text) for text in texts if text.replace(".", "").lstrip("+-").isdigit())
