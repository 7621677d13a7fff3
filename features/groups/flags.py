"""Words that an item in the queue bears for what its payment has to do with earlier ones.

One definition for training and serving: training asks for all files at once, ``flags_in_order``; serving knows from its
store what came before, and asks ``flags`` for each payment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from features import duplicates
from features.duplicates import FILE_FLAG, FLAG
from features.evidence import Reason
from features.groups.facts import is_reversal
from features.groups.originals import Originals
from features.groups.ties import money
from features.match_keys import cents
from features.x12.records import ClaimPayment, Remittance

WITHOUT_FLAG = "reversal-without-original"  # of a payment that takes back one that never came
Flags = tuple[str, ...]
WORDS = {
    FLAG: Reason(FLAG, "The payer has sent this payment before."),
    FILE_FLAG: Reason(FILE_FLAG, "The whole remittance came before: trace number, amount and every payment."),
    WITHOUT_FLAG: Reason(WITHOUT_FLAG, "The payment that this takes back has not come here."),
}
"""What each flag tells a reviewer."""

HELD = Reason("held", "A person has to look at this before it is posted.")
"""In place of the words of a repeated payment, for those who may not know of the earlier one."""

TAKEN_BACK = "takes-back"
TAKES_BACK = Reason(TAKEN_BACK, "This takes back a payment that came before.")
"""In place of ``taken_back``, for the same."""


def flags(payment: ClaimPayment, *, repeated: bool, whole: bool, original: ClaimPayment | None) -> Flags:
    """The flags of a payment that was sent before, alone or with the ``whole`` remittance, or takes one back.

    ``original`` is the earlier payment that a reversal takes back, where one is known.
    """
    again = ((FLAG, FILE_FLAG) if whole else (FLAG,)) if repeated or whole else ()
    return (*again, WITHOUT_FLAG) if is_reversal(payment) and original is None else again


def flags_in_order(payments: Sequence[ClaimPayment], remittances: Iterable[Remittance] = ()) -> list[Flags]:
    """The flags of payments of several files, which arrive in the order in which they first occur here.

    What stands in the same file counts as known to a reversal wherever it stands there.
    """
    whole = _in_repeated_remittances(payments, remittances)
    answers: dict[int, Flags] = {}
    originals, places = Originals(), _by_file(payments)
    again = duplicates.repeated(payments[place] for file in places for place in file)
    seen = dict(zip((place for file in places for place in file), again, strict=True))
    for file in places:
        for place in file:
            originals.add(payments[place])
        for place in file:
            one = payments[place]
            answers[place] = flags(
                one, repeated=seen[place], whole=id(one) in whole, original=originals.of(one)
            )
    return [answers[place] for place in range(len(payments))]


def taken_back(original: ClaimPayment) -> Reason:
    """Says which payment a reversal takes back, by its day, amount and remittance."""
    when = f" of {original.payment_date}" if original.payment_date else ""
    inside = f" in remittance {original.trace_number}" if original.trace_number else ""
    return Reason(
        TAKEN_BACK, f"This takes back the payment{when} over {money(cents(original.paid))}{inside}."
    )


def _by_file(payments: Sequence[ClaimPayment]) -> list[list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place, payment in enumerate(payments):
        found[payment.source.file].append(place)
    return list(found.values())


def _in_repeated_remittances(
    payments: Sequence[ClaimPayment], remittances: Iterable[Remittance]
) -> frozenset[int]:
    """Payments, by ``id``, of remittances that came before as a whole."""
    order = {file: number for number, file in enumerate(dict.fromkeys(one.source.file for one in payments))}
    arriving = sorted(remittances, key=lambda each: order.get(each.source.file, len(order)))
    groups = duplicates.grouped(arriving, payments)
    before = duplicates.sent_before(groups)
    return frozenset(
        id(payment) for (_, inside), again in zip(groups, before, strict=True) if again for payment in inside
    )
