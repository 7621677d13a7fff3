"""What payers do to the identifiers of a claim before they send them back; each payer has rates of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from training.simulate import rates
from training.simulate.draws import Draws
from training.simulate.names import NICKNAMES
from training.simulate.payments import PaidLine, Payment

OCR = (("RN", "M"), ("CL", "D"), ("O", "0"), ("I", "1"), ("S", "5"), ("B", "8"), ("VV", "W"), ("G", "6"))

LOWER_LEVEL = {
    "99285": "99284", "99284": "99283", "99204": "99203", "99214": "99213", "99213": "99212", "90837": "90834",
    "45385": "45380", "80053": "80048", "97140": "97110", "93306": "93308", "96413": "96409",
}  # fmt: skip


def disturb(draws: Draws, payment: Payment, day: date) -> None:
    """Change the payment as its payer would that day; a correction or reversal gets its own, as each is typed anew."""
    for quirk, rate in payment.payer.habits(day).quirks.items():
        if draws.chance(rate):
            ACTIONS[quirk](draws, payment)
    payment.claim_id = payment.claim_id[:38]
    if draws.chance(rates.UNBALANCED):
        payment.misprint = draws.pick((-1, 1)) * draws.pick((1, 10, 90, 100, 2000))


def _padded(_: Draws, payment: Payment) -> None:
    payment.claim_id = payment.claim_id.zfill(20)


def _cut(_: Draws, payment: Payment) -> None:
    payment.claim_id = payment.claim_id[:20]


def _case(_: Draws, payment: Payment) -> None:
    payment.claim_id = payment.claim_id.upper()


def _prefixed(draws: Draws, payment: Payment) -> None:
    payment.claim_id = draws.pick(("P", "00", "PCN")) + payment.claim_id


def _transposed(draws: Draws, payment: Payment) -> None:
    number = payment.claim_id
    if len(number) < 2:  # a 0 that another quirk has left
        return
    place = draws.below(len(number) - 1)
    payment.claim_id = number[:place] + number[place + 1] + number[place] + number[place + 2 :]


def _sibling(draws: Draws, payment: Payment) -> None:
    """Another claim's number: the sibling's where there is one, the original's for a resubmission."""
    if payment.claim.siblings:
        payment.claim_id = draws.pick(payment.claim.siblings).claim_id
        payment.event = "sibling" if payment.event == "plain" else payment.event


def _account(_: Draws, payment: Payment) -> None:
    payment.claim_id = payment.claim.patient.account


def _zero(_: Draws, payment: Payment) -> None:
    payment.claim_id = "0"


def _ocr(draws: Draws, payment: Payment) -> None:
    usable = [(seen, read) for seen, read in OCR if seen in payment.last]
    if usable:
        seen, read = draws.pick(usable)
        payment.last = payment.last.replace(seen, read, 1)


def _name_cut(_: Draws, payment: Payment) -> None:
    payment.last, payment.first = payment.last[:8], payment.first[:5]


def _nickname(_: Draws, payment: Payment) -> None:
    payment.first = NICKNAMES.get(payment.first, payment.first)


def _swapped(_: Draws, payment: Payment) -> None:
    payment.last, payment.first = payment.first, payment.last


def _suffix(_: Draws, payment: Payment) -> None:
    if payment.payer.member_style in ("suffix", "lettered-suffix"):
        payment.member_id = payment.member_id.partition("-")[0].removesuffix("01") or payment.member_id


def _date_off(draws: Draws, payment: Payment) -> None:
    days = timedelta(draws.pick((-1, 1, 1, 30)))
    payment.service_from += days
    payment.service_to += days
    for line in payment.lines:
        line.day_from += days
        line.day_to += days


def _date_range(draws: Draws, payment: Payment) -> None:
    days = timedelta(draws.pick((1, 6, 29)))
    payment.service_to += days
    for line in payment.lines:
        line.day_to += days


def _modifiers_dropped(_: Draws, payment: Payment) -> None:
    for line in payment.lines:
        line.modifiers = ()


def _procedure_changed(draws: Draws, payment: Payment) -> None:
    """The payer pays for a lower level of service; SVC06 keeps what was billed."""
    line = draws.pick(payment.lines) if payment.lines else None
    if line and line.procedure in LOWER_LEVEL:
        line.original, line.procedure = line.procedure, LOWER_LEVEL[line.procedure]


def _merged(_: Draws, payment: Payment) -> None:
    """Two lines of the same day become one; denied lines stay as they are."""
    if len(payment.lines) < 2 or not (payment.lines[0].allowed and payment.lines[1].allowed):
        return
    one, two = payment.lines[0], payment.lines[1]
    one.charge += two.charge
    one.paid += two.paid
    one.allowed += two.allowed
    one.units += two.units
    one.adjustments = _joined(one, two)
    del payment.lines[1]


def _joined(one: PaidLine, two: PaidLine) -> list[tuple[str, str, int]]:
    totals: dict[tuple[str, str], int] = {}
    for group, reason, amount in one.adjustments + two.adjustments:
        totals[group, reason] = totals.get((group, reason), 0) + amount
    return [(group, reason, amount) for (group, reason), amount in totals.items()]


def _no_line_control(_: Draws, payment: Payment) -> None:
    for line in payment.lines:
        line.control = None


ACTIONS: dict[str, Callable[[Draws, Payment], None]] = {
    "control-padded": _padded,
    "control-cut": _cut,
    "control-case": _case,
    "control-prefixed": _prefixed,
    "control-transposed": _transposed,
    "control-sibling": _sibling,
    "control-account": _account,
    "control-zero": _zero,
    "name-ocr": _ocr,
    "name-cut": _name_cut,
    "name-nickname": _nickname,
    "name-swapped": _swapped,
    "member-suffix": _suffix,
    "date-off": _date_off,
    "date-range": _date_range,
    "modifiers-dropped": _modifiers_dropped,
    "procedure-changed": _procedure_changed,
    "lines-merged": _merged,
    "no-line-control": _no_line_control,
}
