"""Checks that may pay many claims, with nothing but an amount and a word or two: which claims are they for?

A ``LumpFinder`` knows what is known on the day: which claims of the payer wait, how long payers take, what they pay,
what earlier checks seem to have paid. It weighs every set of waiting claims by how well the set comes to the amount
and fits the words, and answers with the likeliest, how likely it is, and what else it may be. It never forces all of
the amount on claims that are here: a part may be for none of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from features.groups.delays import Delays
from features.groups.expected import ExpectedPayments
from features.groups.hints import claim_hint, count_hint
from features.groups.lump_search import MOST_PARTS, Floats, Part, Rest, Sets, search
from features.groups.ties import money
from features.match_keys import normalised, payer_key
from features.stubs import Stub
from features.x12.records import Claim, ClaimPayment

WAITING_DAYS = 240  # after which a claim is no candidate
ALTERNATIVES = 3
FIRST_LOGS = (
    17.2,
    150.0,
    2.0,
)  # of paid cents: logarithms, their squares and their count, of two around 55.00
DOUBTED = 0.02  # a claim that an earlier check pays with less is not remembered
FIRST_PAYERS = ("1", "4", "19")  # CLP02
UNLIKELY = 15.0  # natural logarithms below the likeliest set, at which a set is left out of the answer
WORDS = ("name", "service date")  # what ``claim_hint`` is of, before the numbers
TINY = 1e-9  # keeps the logarithm of the empty set's words finite; it is never an answer to an amount
SOMETHING_ELSE = 1.0  # the ratio of any word where something unknown is paid: it may be of that


class LumpSet(Struct, frozen=True):
    """One answer: the claims paid, whether something that is not here is paid beside them, and how likely that is."""

    claims: tuple[str, ...]
    rest: bool
    probability: float


class LumpAnswer(Struct, frozen=True):
    """What a check is for.

    ``claims`` and ``probability`` are of the likeliest set of claims, whatever stands beside it; ``alternatives`` the
    next ones; ``evidence`` says why; ``waiting`` are the claims that were weighed, apart by payee. ``bounded`` means
    that not all sets were tried: nobody should trust it.
    """

    claims: tuple[str, ...]
    probability: float
    alternatives: tuple[LumpSet, ...]
    evidence: tuple[str, ...]
    waiting: tuple[tuple[str, ...], ...]
    bounded: bool


class LumpFinder:
    """Learns from claims, claim payments and postings as they become known, and is asked about checks in between."""

    def __init__(self) -> None:
        self.expected = ExpectedPayments()
        self.delays = Delays()
        self._claims: dict[str, Claim] = {}
        self._waiting: defaultdict[str, dict[str, None]] = defaultdict(dict)  # of a payer, as they were sent
        self._payer_of_name: dict[str, str] = {}
        self._payees: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._taken: dict[str, float] = {}  # by earlier checks that are not posted yet
        self._logs = FIRST_LOGS
        self._checks, self._with_rest = 10.0, 1.0

    def add_claim(self, claim: Claim) -> None:
        """Take in a claim on the day on which it is sent."""
        if not claim.claim_id or claim.submitted is None:
            return
        payer = payer_key(claim)
        self._claims[claim.claim_id] = claim
        self._waiting[payer][claim.claim_id] = None
        if claim.payer_name:
            self._payer_of_name[normalised(claim.payer_name)] = payer

    def add_payment(self, payment: ClaimPayment) -> None:
        """Take in a claim payment of a remittance, which says what its payer pays."""
        self.expected.add(payment)
        if payment.paid and payment.paid > 0:
            log = float(np.log(float(payment.paid) * 100))
            total, squares, count = self._logs
            self._logs = (total + log, squares + log * log, count + 1)

    def add_posting(self, claim_id: str, *, paid_on: date | None, status: str, amount: int | None = None,
                    payee: str | None = None) -> None:  # fmt: skip
        """Take in that a payment was posted to a claim, which waits no longer.

        ``amount`` in cents is given for a check: no remittance says what its payer pays. ``payee`` is who was paid.
        """
        claim = self._claims.get(claim_id)
        if claim is None or claim.submitted is None:
            return
        payer = payer_key(claim)
        if payee and claim.billing_npi:
            self._payees[claim.billing_npi][payee] += 1
        if status not in FIRST_PAYERS:
            return
        self._waiting[payer].pop(claim_id, None)
        self._taken.pop(claim_id, None)
        if paid_on is not None:
            self.delays.add(payer, (paid_on - claim.submitted).days)
        if amount is not None and amount >= 0 and claim.charge:
            self.expected.add_amount(payer, int(claim.charge * 100), amount)

    def add_check(self, *, rest: bool) -> None:
        """Take in that all of a check was posted, and whether it paid something else than claims that waited."""
        self._checks += 1
        self._with_rest += rest

    def answer(self, stub: Stub, payee: str | None = None) -> LumpAnswer:
        """What the check is for, as far as is known; the next answers count on this one.

        ``payee`` is the NPI of whom the check pays, where the bank has told it; claims of others are then left out.
        """
        payer = self._payer_of_name.get(normalised(stub.payer_name), normalised(stub.payer_name))
        day = stub.stub_date or stub.received_date
        found: list[LumpSet] = []
        weights: list[float] = []
        bounded, candidates = False, list[tuple[str, ...]]()
        for waiting in self._by_payee(payer, day, payee):
            bounded |= len(waiting) > MOST_PARTS
            claims = waiting[-MOST_PARTS:]  # the latest wait with the best of reasons
            parts = [self._part(claim, payer, day) for claim in claims]
            sets = search(int(stub.amount * 100), parts, self._rest())
            names = tuple(claim.claim_id or "" for claim in claims)
            for members, rest, weight in _weighed(stub, claims, sets):
                found.append(LumpSet(tuple(names[place] for place in members), rest, 0.0))
                weights.append(weight)
            bounded |= sets.bounded
            candidates.append(names)
        return self._told(stub, found, np.array(weights), candidates, bounded)

    def _by_payee(self, payer: str, day: date, paid: str | None) -> list[list[Claim]]:
        """Waiting claims, apart by who is paid: a check pays one payee, and only its claims count where it is known."""
        groups: defaultdict[str, list[Claim]] = defaultdict(list)
        for claim_id in self._waiting[payer]:
            claim = self._claims[claim_id]
            sent = claim.submitted or day
            if sent < day <= sent + timedelta(WAITING_DAYS):
                payees = self._payees.get(claim.billing_npi or "")
                groups[payees.most_common(1)[0][0] if payees else claim.billing_npi or ""].append(claim)
        known = {npi for payees in self._payees.values() for npi in payees}
        return [some for payee, some in groups.items() if paid in (None, payee) or payee not in known]

    def _part(self, claim: Claim, payer: str, day: date) -> Part:
        due = self.delays.due(payer, (day - (claim.submitted or day)).days)
        due *= 1 - self._taken.get(claim.claim_id or "", 0.0)
        return Part.of(self.expected.expected(claim), max(due, 1e-6))

    def _rest(self) -> Rest:
        total, squares, count = self._logs
        mean = total / count
        return Rest(
            self._with_rest / self._checks, mean, float(np.sqrt(max(0.25, squares / count - mean**2)))
        )

    def _told(
        self,
        stub: Stub,
        found: list[LumpSet],
        weights: Floats,
        candidates: Sequence[tuple[str, ...]],
        bounded: bool,
    ) -> LumpAnswer:
        if not found or not np.isfinite(weights).any():
            return LumpAnswer(
                (), 0.0, (), ("no waiting claim of the payer fits",), tuple(candidates), bounded
            )
        shares = np.exp(weights - np.logaddexp.reduce(weights))
        by_claims: defaultdict[tuple[str, ...], float] = defaultdict(float)
        beside: defaultdict[tuple[str, ...], float] = defaultdict(float)
        taken: defaultdict[str, float] = defaultdict(float)
        for one, share in zip(found, shares.tolist(), strict=True):
            by_claims[one.claims] += share
            beside[one.claims] += share * one.rest
            for claim_id in one.claims:
                taken[claim_id] += share
        self._remember(taken)
        ranked = sorted(by_claims, key=lambda claims: (-by_claims[claims], claims))
        sets = [
            LumpSet(claims, beside[claims] > by_claims[claims] / 2, min(1.0, by_claims[claims]))
            for claims in ranked
        ]
        best = sets[0]
        return LumpAnswer(best.claims, best.probability, tuple(sets[1 : 1 + ALTERNATIVES]),
                          self._evidence(stub, best), tuple(candidates), bounded)  # fmt: skip

    def _remember(self, taken: dict[str, float]) -> None:
        for claim_id, share in taken.items():
            if share > DOUBTED:
                self._taken[claim_id] = max(share, self._taken.get(claim_id, 0.0))

    def _evidence(self, stub: Stub, best: LumpSet) -> tuple[str, ...]:
        """The amount against what the claims are expected to come to, and which words fit."""
        claims = [self._claims[claim_id] for claim_id in best.claims]
        usual = sum(round(self.expected.expected(claim).mean) for claim in claims)
        said = [
            f"the check is over {money(int(stub.amount * 100))}, the claims usually come to {money(usual)}"
        ]
        if best.rest:
            said.append("a part of it is for no claim here")
        for claim in claims:
            words = (*WORDS, *("number" for _ in stub.references))
            fits = [word for word, ratio in zip(words, claim_hint(stub, claim), strict=True) if ratio > 1]
            if fits:
                said.append(f"{claim.claim_id}: same {' and '.join(fits)}")
        return tuple(said)


def _weighed(stub: Stub, claims: list[Claim], sets: Sets) -> list[tuple[tuple[int, ...], bool, float]]:
    """Places of the members, whether something unknown is beside them, and the logarithm of their weight."""
    hints = np.array([claim_hint(stub, claim) for claim in claims])
    member = ((sets.bits[:, None] >> np.arange(len(claims), dtype=np.uint64)) & np.uint64(1)).astype(
        np.float64
    )
    rows: list[tuple[tuple[int, ...], bool, float]] = []
    for rest, logs in ((False, sets.log_weight), (True, sets.rest)):
        paid = member.sum(axis=1) + rest
        told = np.maximum(member @ hints + SOMETHING_ELSE * rest, TINY) / np.maximum(paid, 1)[:, None]
        words = np.log(told).sum(axis=1)
        counts = np.log([count_hint(stub, int(count)) if count else 1.0 for count in paid])
        total = np.where(paid > 0, logs + words + counts, -np.inf)
        likely = np.flatnonzero(total > total.max(initial=-np.inf) - UNLIKELY)
        rows += [(_members(member[row]), rest, float(total[row])) for row in likely]
    return rows


def _members(row: NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(np.flatnonzero(row).tolist())
