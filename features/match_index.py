"""Which claims a claim payment may belong to, over any number of open claims that come and go.

Shared keys first. For a payment for which they find nothing sure, keys that many claims share and the n-grams of
numbers and names; for a stub that says no more than a payer and an amount, the claims that the payer had lately.
An index keeps hashes and a few numbers a claim in arrays, and hands back what the caller gave it to hold. Hashes are
Python's own, so an index lives in one process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import compress, pairwise
from typing import Generic, TypeVar

import numpy as np

from features.match_index_pairs import Pairs, grouped, summed
from features.match_index_ranking import (
    OF_NUMBER,
    TEXT,
    WEIGHTS,
    Asked,
    closeness,
    sure,
    without_superseded,
)
from features.match_index_runs import Flags, Hashes, SortedRuns
from features.match_index_table import ClaimTable
from features.match_index_texts import claim_ngrams, payment_ngrams
from features.match_keys import (
    COMMON,
    claim_keys,
    expected_keys,
    faint_payment_keys,
    payment_keys,
    weeks_of_claim,
    weeks_of_payment,
)
from features.ngram_index import NgramIndex
from features.x12.records import Claim, ClaimPayment

Held = TypeVar("Held")

LIMIT = 20  # candidates of one payment, unless it is said otherwise

CROWDED = 20 * COMMON
"""A key under which more rows stand, closed ones among them, is not looked into."""

LATELY = 20_000  # claims of a payer that the search of a stub looks through, the last ones
LIKELY = 40  # of them that it keeps
AT_ONCE = 2048  # payments searched together: their arrays take some tens of megabytes
FEWEST_CLOSED = 4096  # closed claims that are worth tidying up


class MatchIndex(Generic[Held]):
    """Open claims by their keys and n-grams; ``held`` stands for each of them in an answer."""

    def __init__(self) -> None:
        self._keys = SortedRuns()
        self._weeks = SortedRuns()
        self._texts = NgramIndex()
        self._table = ClaimTable()
        self._held: list[Held] = []
        self._references: list[str] = []
        self._newest: dict[str, int] = {}  # the last row of each reference
        self._closed = 0

    def __len__(self) -> int:
        """How many claims are open."""
        return len(self._table) - self._closed

    def hold(self, reference: str, claim: Claim, held: Held, expected: Iterable[Decimal] = ()) -> None:
        """Take in a claim under a name that the caller knows it by; several may share a name.

        ``expected`` are amounts that its payer is likely to pay for it.
        """
        row = self._table.append(claim, earlier=self._newest.get(reference, -1))
        keys = [*claim_keys(claim), *expected_keys(claim.payer_name, expected)]
        self._keys.add([*map(hash, keys)], row)
        self._weeks.add([*map(hash, weeks_of_claim(claim))], row)
        self._texts.add(claim_ngrams(claim), row)
        self._held.append(held)
        self._references.append(reference)
        self._newest[reference] = row

    def remove(self, reference: str) -> int:
        """Never find the claims of this name again; the answer is how many there were."""
        row, removed = self._newest.pop(reference, -1), 0
        while row >= 0:
            self._table.rows["open"][row] = False
            row, removed = int(self._table.rows["earlier"][row]), removed + 1
        self._closed += removed
        if self._closed > max(FEWEST_CLOSED, len(self)):
            self._tidy()
        return removed

    def search(self, payments: Sequence[ClaimPayment], limit: int = LIMIT) -> list[list[Held]]:
        """For each payment at most ``limit`` claims that may be its own, likeliest first; none is a full answer."""
        found: list[list[Held]] = []
        for start in range(0, len(payments), AT_ONCE):
            part = payments[start : start + AT_ONCE]
            found += self._answers(self._ranked(part), len(part), limit)
        return found

    def order(self, payments: Sequence[ClaimPayment], rows: Sequence[Sequence[int]]) -> list[list[Held]]:
        """For each payment its claims of these rows, counted in the order of ``hold``, likeliest first.

        Nothing is too common here, and none is left out but those that are superseded.
        """
        places = np.repeat(np.arange(len(payments)), [*map(len, rows)])
        listed = np.array([row for own in rows for row in own], np.int64)
        pairs = self._ranked(payments, Pairs(places, listed, np.zeros(len(listed))), common=CROWDED)
        return self._answers(pairs, len(payments), len(self._table))

    def _ranked(
        self, payments: Sequence[ClaimPayment], only: Pairs | None = None, common: int = COMMON
    ) -> Pairs:
        """All pairs of a payment, by its place, and a row, the likeliest row first; or just those of ``only``."""
        pairs, settled = self._by_keys(payments, payment_keys, common)
        further = np.flatnonzero(~settled)
        if len(further):
            more = self._further([payments[place] for place in further.tolist()])
            pairs = summed(*Pairs.joined([pairs, Pairs(further[more.payments], more.rows, more.scores)]))
        if only is not None:
            pairs = summed(*Pairs.joined([only, pairs.taken(pairs.within(only))]))
        scores = pairs.scores + closeness(pairs, Asked.of(payments), self._table.rows)
        return without_superseded(Pairs(pairs.payments, pairs.rows, scores).ranked(), self._table.rows)

    def nbytes(self) -> int:
        """What the arrays take; references and what is held come on top."""
        return self._keys.nbytes() + self._weeks.nbytes() + self._texts.nbytes() + self._table.rows.nbytes

    def _further(self, payments: Sequence[ClaimPayment]) -> Pairs:
        """What faint keys and n-grams find, and for stubs among the claims that their payer had lately."""
        faint, _ = self._by_keys(payments, faint_payment_keys, CROWDED)
        likes = self._texts.find([payment_ngrams(payment) for payment in payments], self._open)
        likes = Pairs(likes.payments, likes.rows, likes.scores * TEXT)
        stubs = [place for place, payment in enumerate(payments) if payment.channel == "stub"]
        return Pairs.joined([faint, likes, *(self._lately(payments[place], place) for place in stubs)])

    def _by_keys(
        self, payments: Sequence[ClaimPayment], keys_of: Callable[[ClaimPayment], Sequence[str]], common: int
    ) -> tuple[Pairs, Flags]:
        """The pairs that share a key which is not too common, and which payments need no further search."""
        keys = [keys_of(payment) for payment in payments]
        flat = [key for own in keys for key in own]
        owners = np.repeat(np.arange(len(keys)), [*map(len, keys)])
        found = self._keys.find(_hashes(flat), lambda counts: counts <= CROWDED)
        still = self._open[found.rows]
        places, rows = found.places[still], found.rows[still]
        telling = np.bincount(places, minlength=len(flat)) <= common
        weights = np.array([WEIGHTS[key[0]] for key in flat], np.float64)
        numbers = np.array([key[0] in OF_NUMBER for key in flat], np.bool_)
        order, begins = grouped(owners[places], rows)
        places, rows = places[order], rows[order][begins]
        if not len(rows):
            return Pairs.joined([]), np.zeros(len(payments), np.bool_)
        scores = np.add.reduceat(weights[places], begins)
        by_number = np.add.reduceat(np.where(numbers, weights, 0)[places], begins)
        told = np.logical_or.reduceat(telling[places], begins)
        pairs = Pairs(owners[places[begins]], rows, scores)
        settled = sure(len(payments), pairs.payments[told], by_number[told], (scores - by_number)[told])
        return pairs.taken(told), settled

    def _lately(self, payment: ClaimPayment, place: int) -> Pairs:
        """The likeliest of the claims that the payer had in the weeks before."""
        weeks = _hashes(weeks_of_payment(payment))
        rows = self._weeks.find(weeks, lambda counts: np.cumsum(counts[::-1])[::-1] <= LATELY).rows
        rows = np.sort(rows[self._open[rows]])
        nothing = Pairs(np.zeros(len(rows), np.int64), rows, np.zeros(len(rows)))
        best = np.argsort(-closeness(nothing, Asked.of([payment]), self._table.rows), kind="stable")[:LIKELY]
        return Pairs(np.full(len(best), place), rows[best], np.zeros(len(best)))

    @property
    def _open(self) -> Flags:
        return np.asarray(self._table.rows["open"])

    def _answers(self, pairs: Pairs, count: int, limit: int) -> list[list[Held]]:
        bounds = np.searchsorted(pairs.payments, np.arange(count + 1)).tolist()
        rows = pairs.rows.tolist()
        return [
            [self._held[row] for row in rows[first : min(last, first + limit)]]
            for first, last in pairwise(bounds)
        ]

    def _tidy(self) -> None:
        """Give back the rows of closed claims."""
        kept = self._open.copy()
        numbers = np.where(kept, np.cumsum(kept) - 1, -1)
        for part in (self._keys, self._weeks, self._texts):
            part.renumber(numbers)
        self._table.keep(kept, numbers)
        self._held = [*compress(self._held, kept.tolist())]
        self._references = [*compress(self._references, kept.tolist())]
        self._newest = {name: row for row, name in enumerate(self._references)}
        self._closed = 0


def _hashes(keys: Sequence[str]) -> Hashes:
    return np.fromiter(map(hash, keys), np.int64, len(keys))
