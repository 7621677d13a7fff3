"""The paid services beside the billed ones: which line answers which, and whether they agree."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from features.x12.records import ClaimLine, PaymentLine
from serving.pages.looks import Mark

_SAME = Mark("check", "same", "good")
_ONLY_PAYMENT = Mark("absent", "payment only", "fair")
_ONLY_CLAIM = Mark("absent", "claim only", "fair")


@dataclass(frozen=True)
class LinePair:
    """A paid line with the billed line that it answers, or either alone."""

    payment: PaymentLine | None
    claim: ClaimLine | None
    mark: Mark


def pair_lines(payment: Sequence[PaymentLine], claim: Sequence[ClaimLine]) -> tuple[LinePair, ...]:
    """Every line of both sides exactly once, in the payment's order, billed lines without an answer last.

    Pairs by line control number first, then by procedure with date and charge, then by procedure alone.
    """
    answers: dict[int, ClaimLine] = {}
    left = list(claim)
    for paid_key, billed_key in _KEYS:
        for place, line in enumerate(payment):
            key = paid_key(line)
            found = next((one for one in left if key is not None and billed_key(one) == key), None)
            if place not in answers and found is not None:
                answers[place] = found
                left.remove(found)
    pairs = [_pair(line, answers.get(place)) for place, line in enumerate(payment)]
    return (*pairs, *(LinePair(None, line, _ONLY_CLAIM) for line in left))


def _billed_procedure(line: PaymentLine) -> str | None:
    return line.original_procedure or line.procedure or line.revenue_code


def _procedure(line: ClaimLine) -> str | None:
    return line.procedure or line.revenue_code


def _paid_service(line: PaymentLine) -> Hashable:
    procedure = _billed_procedure(line)
    return (procedure, line.service_from, line.charge) if procedure else None


def _billed_service(line: ClaimLine) -> Hashable:
    procedure = _procedure(line)
    return (procedure, line.service_from, line.charge) if procedure else None


# The surest first; a key of None says nothing.
_KEYS: tuple[tuple[Callable[[PaymentLine], Hashable], Callable[[ClaimLine], Hashable]], ...] = (
    (lambda paid: paid.control_number, lambda billed: billed.control_number),
    (_paid_service, _billed_service),
    (_billed_procedure, _procedure),
)


def _pair(paid: PaymentLine, billed: ClaimLine | None) -> LinePair:
    if billed is None:
        return LinePair(paid, None, _ONLY_PAYMENT)
    sides = {
        "procedure": (_billed_procedure(paid), _procedure(billed)),
        "date": (paid.service_from, billed.service_from),
        "amount": (paid.charge, billed.charge),
    }
    unlike = [name for name, (left, right) in sides.items() if left and right and left != right]
    mark = Mark("cross", f"differs: {', '.join(unlike)}", "bad") if unlike else _SAME
    return LinePair(paid, billed, mark)
