"""Sure ties: the bank shows the whole trace number, the amount agrees to the cent, and nothing else would do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from features.deposits.payments import Payment
from features.deposits.statement import Deposit
from features.match_keys import normalised

SHORTEST = 6  # characters of a number that is more than a patient's check
EARLIEST, LATEST = -10, 45  # days from the payment to the deposit; paper is often typed after the money came

Ties = dict[int, tuple[int, ...]]  # a deposit's place -> the places of the payments that it holds


def shown_number(deposit: Deposit) -> str:
    """What the bank shows to tell the payment by: the trace number of a transfer, the number of a check."""
    return normalised(deposit.trace_number) or normalised(deposit.check_number)


def within(deposit: Deposit, payment: Payment) -> bool:
    """Whether the money may have come on that day at all."""
    return EARLIEST <= (deposit.day - payment.day).days <= LATEST


def anchors(deposits: Sequence[Deposit], payments: Sequence[Payment]) -> Ties:
    """The sure ties of a statement.

    A number that two deposits or two payments of that amount share ties neither.
    """
    by_number: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for place, payment in enumerate(payments):
        by_number[payment.key, payment.cents].append(place)
    shown: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for place, deposit in enumerate(deposits):
        number = shown_number(deposit)
        if len(number) >= SHORTEST:
            shown[number, deposit.cents].append(place)
    pairs = ((places, by_number[number]) for number, places in shown.items() if number in by_number)
    return {
        places[0]: (found[0],)
        for places, found in pairs
        if len(places) == 1 and len(found) == 1 and within(deposits[places[0]], payments[found[0]])
    }
