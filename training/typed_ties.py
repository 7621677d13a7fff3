"""Which rows of the posting ledger are of a remittance that was typed from paper, or of a check with a bare stub.

Nothing ties them for certain: the ledger has the remittance's own numbers, and what was typed has errors. The payer is
known by name, and only rows of that payer (by the names and ids of the claims and of the 835s), posted in the weeks
after the typing, are looked at. Then the check number, the claim's number (the provider's or the payer's, see
``features.paper``) and the amount must agree, of which one may be a slip of the finger away or missing.
What becomes of ties to several rows is for ``training.typed_labels`` to say.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from rapidfuzz.distance import OSA

from features.match_keys import cents, normalised
from features.postings import Posting
from features.stubs import Stub
from features.x12.records import Claim, ClaimPayment

BEFORE, AFTER = timedelta(3), timedelta(45)  # of the typing: when its posting is looked for; chosen
SLIPS = 1  # edits of a number or an amount that are a typing error; swapped neighbours are one
SHORTEST = 6  # characters of a number of which one may be wrong

# What agreement counts, chosen so that two sure signs make a tie, and a sure one with two likely ones.
CHECK, NEAR_CHECK = 4, 3
NUMBER, NEAR_NUMBER = 4, 2
AMOUNT, NEAR_AMOUNT = 2, 1
ENOUGH = 6
WHOLE_AMOUNT = 3  # the rows of a check add up to its amount
ENOUGH_OF_A_CHECK = 5

Tied = tuple[Posting, ...]
"""The rows of the ledger that are of one typed row; empty where none is, or where it cannot be said."""


@dataclass(frozen=True)
class PayerNames:
    """The ids under which payers of a name are known."""

    ids: Mapping[str, frozenset[str]]

    @staticmethod
    def of(records: Iterable[Claim | ClaimPayment]) -> PayerNames:
        """Learnt from claims and from the claim payments of 835s."""
        found: dict[str, set[str]] = defaultdict(set)
        for record in records:
            if record.payer_name and record.payer_id:
                found[normalised(record.payer_name)].add(record.payer_id)
        return PayerNames({name: frozenset(ids) for name, ids in found.items()})

    def known(self, name: str | None) -> frozenset[str]:
        """The ids of a name; empty where it was never seen."""
        return self.ids.get(normalised(name), frozenset())


class Ledger:
    """Rows of the ledger by payer, in order of their days."""

    def __init__(self, postings: Iterable[Posting], names: PayerNames) -> None:
        self._names = names
        self._rows: dict[str | None, list[Posting]] = defaultdict(list)
        for posting in sorted(postings, key=lambda posting: posting.posting_date):
            self._rows[posting.payer_id].append(posting)

    def near(self, payer_name: str | None, typed: date) -> list[Posting]:
        """The rows of a payer around a day; those of all payers where the name was never seen."""
        found: list[Posting] = []
        for payer in self._names.known(payer_name) or self._rows:
            rows = self._rows.get(payer, [])
            first = bisect_left(rows, typed - BEFORE, key=_day)
            found += rows[first : bisect_right(rows, typed + AFTER, key=_day)]
        return found


def tie_paper(payments: Sequence[ClaimPayment], ledger: Ledger) -> list[Tied]:
    """The ledger's rows of each payment typed from paper.

    The best rows are taken where they reach ``ENOUGH``; a row that another payment fits better is left to that one.
    """
    scores = [_scored(payment, ledger) for payment in payments]
    best_of_row: dict[int, int] = defaultdict(int)
    for scored in scores:
        for posting, score in scored:
            best_of_row[id(posting)] = max(best_of_row[id(posting)], score)
    return [_best([pair for pair in scored if pair[1] == best_of_row[id(pair[0])]]) for scored in scores]


def _scored(payment: ClaimPayment, ledger: Ledger) -> list[tuple[Posting, int]]:
    if payment.payment_date is None:
        return []
    near = ledger.near(payment.payer_name, payment.payment_date)
    scored = [(posting, paper_score(payment, posting)) for posting in near]
    return [(posting, score) for posting, score in scored if score >= ENOUGH]


def _best(scored: Sequence[tuple[Posting, int]]) -> Tied:
    highest = max((score for _, score in scored), default=0)
    return tuple(posting for posting, score in scored if score == highest)


def paper_score(payment: ClaimPayment, posting: Posting) -> int:
    """How much speaks for a tie; 0 where something speaks against it."""
    numbers = (posting.remittance_claim_id, posting.payer_claim_number)
    number = max(_agreement(payment.claim_id, other, NUMBER, NEAR_NUMBER) for other in numbers)
    if (payment.claim_id and not number) or _turned(payment, posting):
        return 0
    check = _agreement(payment.trace_number, posting.trace_number, CHECK, NEAR_CHECK)
    return check + number + _amount_agreement(payment.paid, posting.amount, AMOUNT)


def _turned(payment: ClaimPayment, posting: Posting) -> bool:
    """Whether one of them takes money back and the other does not; nothing is said where nothing was typed."""
    if not payment.paid and payment.charge is None:
        return False
    return (payment.status == "22") != (posting.status == "22")


def tie_stubs(stubs: Sequence[Stub], ledger: Ledger) -> list[Tied]:
    """The ledger's rows of each check: all of its rows, which add up to its amount; none where two checks fit."""
    return [_check_of(stub, ledger) for stub in stubs]


def _check_of(stub: Stub, ledger: Ledger) -> Tied:
    checks: dict[tuple[str | None, str], list[Posting]] = defaultdict(list)
    for posting in ledger.near(stub.payer_name, stub.received_date):
        checks[posting.payer_id, posting.trace_number].append(posting)
    scored = [(rows, _check_score(stub, number, rows)) for (_, number), rows in checks.items()]
    enough = [(rows, score) for rows, score in scored if score >= ENOUGH_OF_A_CHECK]
    highest = max((score for _, score in enough), default=0)
    best = [rows for rows, score in enough if score == highest]
    return tuple(best[0]) if len(best) == 1 else ()


def _check_score(stub: Stub, number: str, rows: Sequence[Posting]) -> int:
    check = _agreement(stub.check_number, number, CHECK, NEAR_CHECK)
    whole = sum((posting.amount for posting in rows), Decimal(0))
    return check + _amount_agreement(stub.amount, whole, WHOLE_AMOUNT) if check else 0


def _agreement(ours: str | None, theirs: str | None, exact: int, near: int) -> int:
    """What two numbers' agreement counts: nothing where one is missing or they are more than a slip apart."""
    left, right = normalised(ours), normalised(theirs)
    if not left or not right:
        return 0
    if left == right:
        return exact
    short = min(len(left), len(right)) < SHORTEST
    return 0 if short or OSA.distance(left, right, score_cutoff=SLIPS) > SLIPS else near


def _amount_agreement(ours: Decimal | None, theirs: Decimal, exact: int) -> int:
    if ours == theirs:
        return exact
    left, right = cents(ours), cents(theirs)
    if not left or not right:
        return 0
    return NEAR_AMOUNT if OSA.distance(str(left), str(right), score_cutoff=SLIPS) <= SLIPS else 0


def _day(posting: Posting) -> date:
    return posting.posting_date
