"""What a payer will pay for a claim, as it can be known on a day: from its own earlier claim payments alone.

The answer is a mixture. Some amounts are likely to the cent: nothing (a denial, a deductible), the whole charge, and
the usual shares and copays of a scheduled fee. The rest is spread around what the payer usually pays of a charge.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import exp, pi, sqrt
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from features.groups.fees import Fees
from features.groups.paid_shares import Normal, Spread, Way, way_of
from features.match_keys import payer_key
from features.x12.records import Claim, ClaimPayment

LIKELY = 6  # amounts that are named for a claim
DOUBT = 10.0  # payments of all payers that a payer's own shares start from
FIRST_HITS, FIRST_TRIES = 1.0, 10.0  # how often a named amount comes to the cent, before any was seen to
LEAST_DEVIATION = 100.0  # cents; nothing is known better than to a dollar unless it is named
REVERSED, LATER_PAYERS = "22", ("2", "3", "20", "21")  # CLP02: no first payment of a claim


class Likely(Struct, frozen=True, gc=False):
    """An amount in cents with the probability that just this is paid, and how it comes about."""

    cents: int
    share: float
    way: str


class Expected(Struct, frozen=True, gc=False):
    """What will be allowed and paid, in cents.

    ``paid`` names amounts that are likely to the cent, the likeliest first; what their shares leave of 1 is divided
    over ``spread``, the bulk first and then what lies far off.
    """

    allowed: int
    paid: tuple[Likely, ...]
    spread: tuple[Normal, Normal]

    @property
    def mean(self) -> float:
        """Of the bulk, in cents."""
        return self.spread[0].mean

    @property
    def deviation(self) -> float:
        """Of the bulk, in cents."""
        return self.spread[0].deviation

    @property
    def unnamed(self) -> float:
        """The probability 0..1 that none of the named amounts is paid."""
        return max(0.0, 1 - sum(each.share for each in self.paid))

    def likelihood(self, cents: int) -> float:
        """The probability 0..1 that the claim is paid exactly so many cents."""
        at = sum(each.share for each in self.paid if each.cents == cents)
        return at + self.unnamed * sum(_density(cents, part) for part in self.spread)


class Payer:
    """How one payer pays: how often nothing, all or a part; by which shares and copays; which part of a charge."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()  # nothing, all, part
        self.ways: Counter[Way] = Counter()
        self.part = Spread()
        self.hits = 0
        self.tries = 0


class Habit(NamedTuple):
    """A payer's figures: shares in 0..1 of nothing, of the whole charge and of each way, allowed of charged, and the
    spread of paid of charged."""

    nothing: float
    whole: float
    ways: list[tuple[Way, float]]
    rate: float
    bulk: Normal
    others: Normal


class ExpectedPayments:
    """Learns from claim payments as they come; ask it about a claim before its payment is added.

    >>> ExpectedPayments().expect(charge=10_000).allowed
    5000
    """

    def __init__(self) -> None:
        self.fees = Fees()
        self._payers: defaultdict[str, Payer] = defaultdict(Payer)
        self._all = Payer()
        self._habits: dict[str, Habit] = {}

    @staticmethod
    def of(payments: Iterable[ClaimPayment]) -> ExpectedPayments:
        """What these payments teach; pass those that were known before the day of the question."""
        learnt = ExpectedPayments()
        for payment in payments:
            learnt.add(payment)
        return learnt

    def add(self, payment: ClaimPayment) -> None:
        """Take in a payer's first answer to a claim; reversals and second payers are passed over."""
        if payment.charge is None or payment.paid is None or payment.charge <= 0 or payment.paid < 0:
            return
        if payment.status in (REVERSED, *LATER_PAYERS):
            return
        payer = payer_key(payment)
        charge, paid = int(payment.charge * 100), int(payment.paid * 100)
        responsibility = int((payment.patient_responsibility or 0) * 100)
        self._judge(payer, payment, charge, paid)
        for line in payment.lines:
            self.fees.add(payer, line)
        if not payment.lines and 0 < paid + responsibility < charge and paid:
            self.fees.add_whole(payer, charge, paid + responsibility)
        self.add_amount(payer, charge, paid, allowed=paid + responsibility)

    def add_amount(self, payer: str, charge: int, paid: int, *, allowed: int | None = None) -> None:
        """Take in that a claim of so many cents was paid so many, as a ledger may say of a check without a word."""
        self._habits.clear()
        kind = "nothing" if paid == 0 else "all" if paid >= charge else "part"
        for one in (self._payers[payer], self._all):
            one.kinds[kind] += 1
            if kind == "part":
                one.part.add(paid / charge)
                if allowed:
                    one.ways[way_of(paid, allowed)] += 1

    def expected(self, claim: Claim, payer: str | None = None) -> Expected:
        """What the payer, or else the claim's own, will pay for the claim."""
        who = payer_key(claim) if payer is None else payer
        priced = [self.fees.fee(who, line) for line in claim.lines]
        charge = int((claim.charge or Decimal(0)) * 100)
        if not priced:
            return self.expect(who, charge=charge)
        scheduled = all(known for _, known in priced)
        return self.expect(
            who, charge=charge, allowed=min(charge, sum(fee for fee, _ in priced)), scheduled=scheduled
        )

    def expect(
        self, payer: str = "", *, charge: int, allowed: int | None = None, scheduled: bool = False
    ) -> Expected:
        """The same of a charge in cents, where the lines are not known."""
        habit = self._habit(payer)
        if allowed is None:
            allowed = round(charge * habit.rate)
        likely = [Likely(0, habit.nothing, "nothing"), Likely(charge, habit.whole, "the whole charge")]
        if scheduled:
            likely += [Likely(way.of(allowed), share, way.words()) for way, share in habit.ways]
        pricier = allowed / (charge * habit.rate) if charge else 1.0
        return Expected(
            allowed=allowed,
            paid=tuple(sorted(likely, key=lambda each: -each.share)),
            spread=(_scaled(habit.bulk, charge * pricier, charge), _scaled(habit.others, charge, charge)),
        )

    def _habit(self, payer: str) -> Habit:
        """The payer's figures, worked out once between two payments."""
        habit = self._habits.get(payer)
        if habit is None:
            own = self._payers.get(payer, self._all)
            nothing, whole = self._share(own, "nothing"), self._share(own, "all")
            named = (1 - nothing - whole) * (own.hits + FIRST_HITS) / (own.tries + FIRST_TRIES)
            total = own.ways.total()
            ways = [(way, named * count / total) for way, count in own.ways.most_common(LIKELY - 2)]
            habit = Habit(nothing, whole, ways, self.fees.rate(payer), *own.part.drawn_to(self._all.part))
            self._habits[payer] = habit
        return habit

    def columns(self, claims: Sequence[Claim]) -> dict[str, NDArray[Any]]:
        """Arrays (n,) of n claims: allowed, mean, deviation and the likeliest positive amount in cents, and the shares
        of nothing, of the whole charge and of that amount in 0..1."""
        rows = [self.expected(claim) for claim in claims]
        first = [next((each for each in row.paid if each.cents), NOTHING) for row in rows]
        return {
            "allowed": np.array([row.allowed for row in rows], dtype=np.int64),
            "mean": np.array([row.mean for row in rows]),
            "deviation": np.array([row.deviation for row in rows]),
            "nothing": np.array([_share_of(row, "nothing") for row in rows]),
            "whole": np.array([_share_of(row, "the whole charge") for row in rows]),
            "likeliest": np.array([each.cents for each in first], dtype=np.int64),
            "likeliest_share": np.array([each.share for each in first]),
        }

    def _judge(self, payer: str, payment: ClaimPayment, charge: int, paid: int) -> None:
        """Count, before learning from the payment, whether its amount would have been named."""
        priced = [self.fees.known(payer, line) for line in payment.lines]
        if not priced or not 0 < paid < charge or None in priced:
            return
        allowed = min(charge, sum(fee for fee in priced if fee))
        for one in (self._payers[payer], self._all):
            one.tries += 1
            one.hits += any(way.of(allowed) == paid for way, _ in one.ways.most_common(LIKELY - 2))

    def _share(self, own: Payer, kind: str) -> float:
        """How often the payer pays so, drawn to how all do; 0..1."""
        overall = (self._all.kinds[kind] + 1) / (self._all.kinds.total() + 3)
        return (own.kinds[kind] + DOUBT * overall) / (own.kinds.total() + DOUBT)


def _scaled(part: Normal, charge: float, width: int) -> Normal:
    """A spread of ratios as one of cents."""
    return Normal(part.share, charge * part.mean, max(LEAST_DEVIATION, width * part.deviation))


NOTHING = Likely(0, 0.0, "nothing")


def _density(cents: float, part: Normal) -> float:
    z = (cents - part.mean) / part.deviation
    return part.share * exp(-z * z / 2) / (part.deviation * sqrt(2 * pi))


def _share_of(row: Expected, way: str) -> float:
    return next((each.share for each in row.paid if each.way == way), 0.0)
