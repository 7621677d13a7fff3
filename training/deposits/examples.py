"""Examples to learn from: sure ties whose number is then cut or hidden, or whose money is put together, as banks do.

Nobody keeps a ledger of deposits, so these are the only labels that a provider's files hold. They are as sure as the
sure ties are, but which forms they come in is chosen here and not observed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from msgspec.structs import replace
from numpy.random import Generator

from features.deposits.anchors import SHORTEST, shown_number
from features.deposits.books import Books, Query
from features.deposits.habits import sender
from features.deposits.statement import Deposit

# What is done to a sure tie's number, and to its amount; all chosen.
FORMS = {"whole": 0.25, "cut": 0.35, "missing": 0.4}
CUT_TO = (8, 10, 12, 15)  # characters from the left that narrow fields leave
SHORTEST_CUT = 8
MISTYPED = 0.15  # of the numbers of checks: clerks swap digits or hit another one
CENT_OFF = 0.06  # of transfers
DIGIT_OFF = 0.06  # of the amounts of checks: they were typed, too
FEE_KEPT, FEES = 0.4, (500, 4500)  # of wires
WIRES_AGAIN = 5  # examples of each wire: they are too rare to learn their fees from once
UNANNOUNCED = 0.12  # examples whose payments are taken away: no remittance explains them then
COMBINED = 0.25  # ties that are put together with their neighbours
MOST_PARTS = 5
NEAR_DAYS = 9  # between the payments that are put into one transfer
LOCKBOX_DAYS = 2  # between the checks that are put into one lockbox
STRANGER = 5  # deposits in a name that never had a sure tie: from so many on, no remittance is behind them


@dataclass(frozen=True)
class Example:
    """A query with the payments that are right, in rising order of their places; None where none is."""

    query: Query
    right: tuple[int, ...] | None


def examples(books: Books, *, before: date, seed: int) -> list[Example]:
    """Examples from the deposits before a day, in the order of their days."""
    generator = np.random.default_rng(seed)
    ties = sorted(
        (books.deposits[place].day, place) for place in books.ties if books.deposits[place].day < before
    )
    places = [place for _, place in ties]
    made = [
        *(_altered(books, (place,), generator) for place in places for _ in range(_times(books, place))),
        *(_altered(books, parts, generator) for parts in _neighbours(books, places, generator)),
        *(Example(Query(deposit), None) for deposit in _strangers(books, before)),
    ]
    return sorted(made, key=lambda example: example.query.deposit.day)


def _times(books: Books, place: int) -> int:
    return WIRES_AGAIN if books.deposits[place].type == "wire" else 1


def _altered(books: Books, places: Sequence[int], generator: Generator) -> Example:
    """The deposit of these sure ties together, as another bank might have shown it."""
    right = tuple(sorted(member for place in places for member in books.ties[place]))
    whole = [books.deposits[place] for place in places]
    deposit = _together(whole) if len(whole) > 1 else whole[0]
    query = Query(_number_altered(_amount_altered(deposit, generator), generator), frozenset(places))
    if generator.random() < UNANNOUNCED:
        missing = right[int(generator.integers(len(right)))]
        return Example(replace(query, hidden=frozenset([missing])), None)
    return Example(query, right)


def _together(parts: Sequence[Deposit]) -> Deposit:
    """One deposit for several: transfers show the first number, a lockbox shows none."""
    last, total = max(parts, key=lambda part: part.day), sum(part.cents for part in parts)
    if last.checks:
        return replace(last, type="lockbox", cents=total, check_number="", trace_number="")
    return replace(parts[0], cents=total, day=last.day)


def _amount_altered(deposit: Deposit, generator: Generator) -> Deposit:
    if deposit.type == "wire" and generator.random() < FEE_KEPT:
        fee = int(generator.integers(*FEES))
        return replace(deposit, cents=deposit.cents - fee) if fee < deposit.cents / 2 else deposit
    if not deposit.checks and deposit.cents > 1 and generator.random() < CENT_OFF:
        return replace(deposit, cents=deposit.cents + (1 if generator.random() < 0.5 else -1))
    if deposit.checks and generator.random() < DIGIT_OFF:
        digit = 10 ** int(generator.integers(len(str(deposit.cents))))
        return replace(deposit, cents=deposit.cents + digit * int(generator.integers(1, 9)))
    return deposit


def _number_altered(deposit: Deposit, generator: Generator) -> Deposit:
    form = str(generator.choice(list(FORMS), p=list(FORMS.values())))
    if form == "missing":
        return replace(deposit, trace_number="", check_number="")
    number = shown_number(deposit)
    cuts = [width for width in CUT_TO if SHORTEST_CUT <= width < len(number)]
    if deposit.checks:
        mistyped = len(number) >= SHORTEST and generator.random() < MISTYPED
        return (
            replace(deposit, trace_number="", check_number=_mistyped(number, generator))
            if mistyped
            else deposit
        )
    if form == "cut" and cuts:
        return replace(deposit, trace_number=number[: int(generator.choice(cuts))])
    return deposit


def _mistyped(number: str, generator: Generator) -> str:
    """A number with two neighbours swapped or one character wrong."""
    place = int(generator.integers(len(number) - 1))
    if generator.random() < 0.5:
        return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    return number[:place] + str(generator.integers(10)) + number[place + 1 :]


def _neighbours(books: Books, places: Sequence[int], generator: Generator) -> Iterator[tuple[int, ...]]:
    """Sure ties that might have come together: a payer's transfers of some days, or an account's checks."""
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for place in places:
        payment = books.payments[books.ties[place][0]]
        deposit = books.deposits[place]
        groups[("checks", deposit.account) if deposit.checks else ("transfer", payment.payer)].append(place)
    for (kind, _), members in sorted(groups.items()):
        for start, first in enumerate(members):
            if generator.random() < COMBINED:
                size = 2 + int(generator.integers(MOST_PARTS - 1))
                near = [place for place in members[start : start + size] if _near(books, kind, first, place)]
                if len(near) > 1:
                    yield tuple(sorted(near, key=lambda place: books.ties[place]))


def _near(books: Books, kind: str, first: int, other: int) -> bool:
    if kind == "checks":
        return (books.deposits[other].day - books.deposits[first].day).days <= LOCKBOX_DAYS
    days = [books.payments[books.ties[place][0]].day for place in (first, other)]
    return abs((days[1] - days[0]).days) <= NEAR_DAYS


def _strangers(books: Books, before: date) -> Iterator[Deposit]:
    """Deposits behind which no remittance can be: names without any sure tie, and checks with a patient's number."""
    known = {payment.key for payment in books.payments}
    for place, deposit in enumerate(books.deposits):
        if place in books.ties or deposit.day >= before or shown_number(deposit) in known:
            continue
        name = sender(deposit)
        if deposit.checks:
            strange = 0 < len(deposit.check_number) < SHORTEST
        else:
            seen = books.habits.before(before, "seen", name)
            strange = seen >= STRANGER and not books.habits.before(before, "tied", name)
        if strange:
            yield deposit
