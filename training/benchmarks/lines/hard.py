"""Harder lines than the simulated network has, made from its own cases with the truth known by construction.

In the network no claim bills a procedure twice, so the procedure alone tells lines apart. Real claims have series of
one procedure, both sides of the body, and the same service twice; real payers judge another code without naming the
billed one, merge, split, leave out, add and reorder lines. How often is set here, not measured anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from msgspec.structs import replace

from features.x12.records import ClaimLine, PaymentLine
from training.benchmarks.lines.task import Answer, Case
from training.simulate.draws import Draws

# Shares of claims that bill one of their services again, and of payments whose lines are changed on the way.
BILLED = {"series": 0.25, "sides": 0.10, "twice": 0.10}
PAID = {
    "another code": 0.08, "merged": 0.10, "in parts": 0.08, "left out": 0.10, "added": 0.05, "without days": 0.10,
    "one period": 0.05, "without modifiers": 0.30, "another charge": 0.03, "reordered": 0.40,
}  # fmt: skip


@dataclass
class Lines:
    """A case while it is made harder."""

    payment: list[tuple[PaymentLine, Answer]]
    claim: list[ClaimLine]


def harder(given: Iterable[Case], *, seed: int) -> Iterator[Case]:
    """Each case made harder; those that the payer has merged already are left out."""
    draws = Draws(seed, "lines")
    for case in given:
        if all(len(answer) == 1 for answer in case.answers):
            lines = Lines(list(zip(case.payment, case.answers, strict=True)), list(case.claim))
            for name, rate in (*BILLED.items(), *PAID.items()):
                if draws.chance(rate) and any(answer for _, answer in lines.payment):
                    CHANGES[name](draws, lines)
            if lines.payment:
                paid, answers = zip(*lines.payment, strict=True)
                yield Case(paid, tuple(lines.claim), answers)


def _again(lines: Lines, place: int, paid: PaymentLine, billed: ClaimLine) -> None:
    """Bill and pay a service once more, right after the paid line at a place."""
    lines.claim.append(billed)
    lines.payment.insert(place + 1, (paid, frozenset((len(lines.claim) - 1,))))


def _service(draws: Draws, lines: Lines) -> tuple[int, PaymentLine, ClaimLine]:
    """One of the paid lines that answer a billed one, with that one; the caller has seen that there is one."""
    place = draws.pick([n for n, (_, answer) in enumerate(lines.payment) if answer])
    paid, answer = lines.payment[place]
    return place, paid, lines.claim[min(answer)]


def _series(draws: Draws, lines: Lines) -> None:
    place, paid, billed = _service(draws, lines)
    for number in range(1, draws.between(2, 5)):
        days = timedelta(number * draws.pick((1, 2, 7)))
        first, last, day = (
            _after(day, days) for day in (paid.service_from, paid.service_to, billed.service_from)
        )
        _again(
            lines,
            place,
            replace(paid, service_from=first, service_to=last),
            replace(billed, service_from=day, service_to=day),
        )


def _sides(draws: Draws, lines: Lines) -> None:
    place, paid, billed = _service(draws, lines)
    _again(lines, place, replace(paid, modifiers=("RT",)), replace(billed, modifiers=("RT",)))
    answer = lines.payment[place][1]
    lines.payment[place] = (replace(paid, modifiers=("LT",)), answer)
    lines.claim[min(answer)] = replace(billed, modifiers=("LT",))


def _twice(draws: Draws, lines: Lines) -> None:
    place, paid, billed = _service(draws, lines)
    _again(lines, place, paid, billed)


def _another_code(draws: Draws, lines: Lines) -> None:
    place, paid, _ = _service(draws, lines)
    code = paid.procedure or ""
    if len(code) == 5:
        other = code[:4] + draws.pick([digit for digit in "0123456789" if digit != code[4]])
        lines.payment[place] = (
            replace(paid, procedure=other, original_procedure=None),
            lines.payment[place][1],
        )


def _merge(draws: Draws, lines: Lines) -> None:
    place, paid, _ = _service(draws, lines)
    others = [
        n
        for n, (line, _) in enumerate(lines.payment)
        if n != place and line.service_from == paid.service_from and line.charge
    ]
    if others:
        other = draws.pick(others)
        more, answer = lines.payment[other]
        whole = replace(paid, charge=_sum(paid.charge, more.charge), units=_sum(paid.units, more.units))
        lines.payment[place] = (whole, lines.payment[place][1] | answer)
        del lines.payment[other]


def _split(draws: Draws, lines: Lines) -> None:
    place, paid, _ = _service(draws, lines)
    charge = paid.charge or Decimal(0)
    first = (charge * draws.pick((3, 4, 5, 6)) / 10).quantize(Decimal("0.01"))
    if abs(charge) >= 1:
        answer = lines.payment[place][1]
        lines.payment[place] = (replace(paid, charge=first), answer)
        lines.payment.insert(place + 1, (replace(paid, charge=charge - first), answer))


def _left_out(draws: Draws, lines: Lines) -> None:
    del lines.payment[draws.below(len(lines.payment))]


def _added(draws: Draws, lines: Lines) -> None:
    _, paid, _ = _service(draws, lines)
    new = replace(
        paid, procedure="G9999", original_procedure=None, charge=Decimal(draws.between(5, 400)), modifiers=()
    )
    lines.payment.append((new, frozenset()))


def _each(lines: Lines, change: Callable[[PaymentLine], PaymentLine]) -> None:
    lines.payment = [(change(line), answer) for line, answer in lines.payment]


def _without_days(_: Draws, lines: Lines) -> None:
    _each(lines, lambda line: replace(line, service_from=None, service_to=None))


def _one_period(_: Draws, lines: Lines) -> None:
    days = [line.service_from for line, _ in lines.payment if line.service_from]
    if days:
        _each(lines, lambda line: replace(line, service_from=min(days), service_to=max(days)))


def _without_modifiers(_: Draws, lines: Lines) -> None:
    _each(lines, lambda line: replace(line, modifiers=()))


def _another_charge(draws: Draws, lines: Lines) -> None:
    place, paid, _ = _service(draws, lines)
    partial = ((paid.charge or Decimal(0)) * draws.pick((5, 8, 9)) / 10).quantize(Decimal("0.01"))
    lines.payment[place] = (replace(paid, charge=partial), lines.payment[place][1])


def _reordered(draws: Draws, lines: Lines) -> None:
    lines.payment.sort(key=lambda _: draws.random())


def _after(day: date | None, days: timedelta) -> date | None:
    return None if day is None else day + days


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


CHANGES: dict[str, Callable[[Draws, Lines], None]] = {
    "series": _series, "sides": _sides, "twice": _twice, "another code": _another_code, "merged": _merge,
    "in parts": _split, "left out": _left_out, "added": _added, "without days": _without_days,
    "one period": _one_period, "without modifiers": _without_modifiers, "another charge": _another_charge,
    "reordered": _reordered,
}  # fmt: skip
