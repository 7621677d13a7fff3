"""The paid services beside the billed ones: which line answers which, and whether they agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from features.evidence import FieldEvidence
from features.match_lines import LinePair, Unpaired, pair_lines
from features.x12.records import ClaimLine, PaymentLine
from serving.pages.looks import Mark

_SAME = Mark("check", "same", "good")
_ONLY_PAYMENT = Mark("absent", "payment only", "fair")
_ONLY_CLAIM = Mark("absent", "claim only", "fair")
_SEVERAL = "several lines fit alike"
_WORDS = {
    "control_number": "line number",
    "procedure": "procedure",
    "modifiers": "modifiers",
    "service_from": "date",
    "charge": "amount",
    "units": "units",
}


@dataclass(frozen=True)
class LineGroup:
    """Paid lines with the billed lines that they answer, or either alone; payment lines with their number from 1."""

    payment: tuple[tuple[int, PaymentLine], ...]
    claim: tuple[ClaimLine, ...]
    mark: Mark
    note: str = ""  # how they were paired, where that needs a word


def line_groups(payment: Sequence[PaymentLine], claim: Sequence[ClaimLine]) -> tuple[LineGroup, ...]:
    """Every line of both sides exactly once, in the payment's order, billed lines without an answer last."""
    pairing = pair_lines(payment, claim)
    groups = [_paired(pair, payment, claim) for pair in pairing.pairs]
    groups += [
        LineGroup(((one.place + 1, payment[one.place]),), (), _ONLY_PAYMENT, _why(one))
        for one in pairing.payment_only
    ]
    groups.sort(key=lambda group: group.payment[0][0])
    alone = [LineGroup((), (claim[one.place],), _ONLY_CLAIM, _why(one)) for one in pairing.claim_only]
    return (*groups, *alone)


def _paired(pair: LinePair, payment: Sequence[PaymentLine], claim: Sequence[ClaimLine]) -> LineGroup:
    paid = tuple((place + 1, payment[place]) for place in pair.payment)
    return LineGroup(paid, tuple(claim[place] for place in pair.claim), _mark(pair.evidence), _note(pair))


def _mark(evidence: Sequence[FieldEvidence]) -> Mark:
    unlike = [_WORDS[one.field] for one in evidence if one.agreement in ("conflict", "similar")]
    return Mark("cross", f"differs: {', '.join(unlike)}", "bad") if unlike else _SAME


def _note(pair: LinePair) -> str:
    if len(pair.claim) > 1:
        return f"{len(pair.claim)} billed lines paid as one"
    if len(pair.payment) > 1:
        return f"paid in {len(pair.payment)} parts"
    if pair.interchangeable:
        return "a line alike could stand here"
    return "a likely pair" if pair.sureness == "likely" else ""


def _why(one: Unpaired) -> str:
    return _SEVERAL if one.why == "several-alike" else ""
