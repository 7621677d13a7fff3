"""What every method answers of a deposit, and the baselines: the rules that a cash poster follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from features.deposits.anchors import shown_number, within
from features.deposits.books import Books
from features.deposits.statement import Deposit
from models.deposit_match import Answer

Tied = tuple[int, ...] | None  # the places of the payments that a deposit is tied to
RULE_DAYS = (0, 10)


def ours(answers: Sequence[Answer], least: float) -> list[Tied]:
    """The likeliest candidates, where they are at least so likely."""
    return [answer.best.members if answer.best and answer.confidence >= least else None for answer in answers]


def by_trace(books: Books) -> list[Tied]:
    """The one payment of the number that the bank shows, whatever its amount."""
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for place, payment in enumerate(books.payments):
        numbers[payment.key].append(place)
    return [_only(books, deposit, numbers.get(shown_number(deposit), ())) for deposit in books.deposits]


def by_trace_then_amount(books: Books) -> list[Tied]:
    """The same where the amount agrees; else the one payment of that amount and method within ten days."""
    amounts: defaultdict[tuple[int, bool], list[int]] = defaultdict(list)
    for place, payment in enumerate(books.payments):
        amounts[payment.cents, payment.check].append(place)
    tied = []
    for deposit, found in zip(books.deposits, by_trace(books), strict=True):
        if found is None or books.payments[found[0]].cents != deposit.cents:
            early, late = RULE_DAYS
            near = [
                place
                for place in amounts.get((deposit.cents, deposit.checks), ())
                if early <= (deposit.day - books.payments[place].day).days <= late
            ]
            found = _only(books, deposit, near)
        tied.append(found)
    return tied


def _only(books: Books, deposit: Deposit, places: Sequence[int]) -> Tied:
    timely = [place for place in places if within(deposit, books.payments[place])]
    return (timely[0],) if len(timely) == 1 else None
