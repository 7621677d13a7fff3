"""Claim payments that each pay a part of one claim: together their services are the claim's, and so is their charge.

A payer may make two claims of one and pay them days apart. A part shows in its charge, which is less than the claim's,
and in its services, which are some of the claim's. The other part is the one that completes them; until it comes, the
first is a part that waits.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain, combinations

from msgspec import Struct

from features.groups.facts import CLAIM, DATE, LINES, MEMBER, NAME, NAME_LETTERS, Brief, Pattern, weight
from features.groups.ties import Tie, money
from features.match_keys import KEPT_CHARACTERS, MEMBER_CHARACTERS, cents, normalised
from features.x12.records import Claim, ClaimPayment

MOST_PARTS = 4  # of one claim
MOST_WAITING = 8  # parts of one claim that are tried with each other
FIRST_PAYERS = ("1", "19", None)  # CLP02; typed rows state none
OTHER_PAID = (
    "twin paid"  # a claim alike was paid as a whole before: true but for numbers that a payer confuses
)
Services = Counter[tuple[str, int | None]]


class Whole(Struct, frozen=True, gc=False):
    """A claim as its parts are compared with it."""

    place: int
    claim: str
    member: str
    name: str
    first: str
    day: date | None
    charge: int
    services: Services
    submitted: date | None


class Splits:
    """Finds what completes a claim, payment by payment; claims of several lines are given at first or as they come."""

    def __init__(self, claims: Iterable[Claim] = ()) -> None:
        self.claims: list[Claim] = []
        self._by_key: defaultdict[tuple[object, ...], list[Whole]] = defaultdict(list)
        self._waiting: defaultdict[int, list[tuple[int, Brief]]] = defaultdict(list)
        self._answered: set[int] = set()  # claims that were paid as a whole, under their own number
        self._payments = 0
        for claim in claims:
            self.add_claim(claim)

    def add_claim(self, claim: Claim) -> None:
        """Take in a claim; one with a single line cannot be split."""
        place = len(self.claims)
        self.claims.append(claim)
        charge = cents(claim.charge)
        if len(claim.lines) < 2 or not charge:
            return
        whole = Whole(
            place,
            normalised(claim.claim_id)[:KEPT_CHARACTERS],
            normalised(claim.subscriber_id)[:MEMBER_CHARACTERS],
            normalised(claim.patient_last)[:NAME_LETTERS],
            normalised(claim.patient_first)[:NAME_LETTERS],
            claim.service_from,
            charge,
            Counter((line.procedure or "", cents(line.charge)) for line in claim.lines),
            claim.submitted,
        )
        for key in _keys(whole):
            self._by_key[key].append(whole)

    def add(self, payment: ClaimPayment) -> list[Tie]:
        """Take in the next payment; a tie where it completes a claim with parts that came before.

        ``Tie.to`` are the places of the other parts, ``rivals`` those of other claims that they would complete as well.
        """
        place = self._payments
        self._payments += 1
        if payment.status not in FIRST_PAYERS or (payment.charge or 0) <= 0:
            return []
        brief = Brief.of(payment)
        self._answered.update(_answered(brief, self._by_key))
        completed = []
        for whole in self._whole_of(brief):
            waiting = self._waiting[whole.place]
            parts = _completing(whole, brief, waiting)
            if parts:
                completed.append((whole, parts, _facts(whole, brief, parts)))
            waiting.append((place, brief))
        return self._tie(place, brief, completed)

    def _whole_of(self, brief: Brief) -> list[Whole]:
        """Claims that the payment may be a part of: some of their services, less than their charge, sent before."""
        services = {service for service, _ in brief.services}
        found = {whole.place: whole for key in _keys(brief) for whole in self._by_key.get(key, ())}
        return [
            whole
            for whole in found.values()
            if (brief.charge or 0) < whole.charge
            and services <= {service for service, _ in whole.services}
            and (whole.submitted or date.min) <= (brief.paid_on or date.max)
        ]

    def _tie(
        self, place: int, brief: Brief, completed: list[tuple[Whole, list[tuple[int, Brief]], Pattern]]
    ) -> list[Tie]:
        if not completed:
            return []
        left = [row for row in completed if row[0].place not in self._answered]
        if left and len(left) < len(completed):
            completed = [(whole, parts, (*facts, OTHER_PAID)) for whole, parts, facts in left]
        most = max(weight(facts) for *_, facts in completed)
        first = [row for row in completed if weight(row[2]) == most]
        whole, parts, facts = first[0]
        if len(first) == 1:
            self._answered.add(whole.place)
        sums = " + ".join(money(part.charge) for _, part in (*parts, (place, brief)))
        when = ", ".join(f"{part.paid_on}" for _, part in parts)
        evidence = (f"charges {sums} = {money(whole.charge)}", f"the other parts were paid on {when}")
        others = tuple(other.place for other, *_ in first[1:])
        return [Tie("split", place, tuple(row for row, _ in parts), facts, evidence, others, whole.place)]


def _answered(brief: Brief, by_key: Mapping[tuple[object, ...], list[Whole]]) -> set[int]:
    """Claims that a payment answers as a whole: by their own number and charge."""
    claims = by_key.get(("claim", brief.claim), ()) if brief.claim else ()
    return {whole.place for whole in claims if whole.charge == brief.charge}


def _completing(whole: Whole, brief: Brief, waiting: list[tuple[int, Brief]]) -> list[tuple[int, Brief]]:
    """Earlier parts that make up the whole claim together with this one, the fewest first; empty where none do."""
    left = whole.charge - (brief.charge or 0)
    usable = [
        (row, part)
        for row, part in waiting[-MOST_WAITING:]
        if part.payer == brief.payer and _another(part, brief) and (part.charge or 0) <= left
    ]
    for count in range(1, MOST_PARTS):
        sets = [list(parts) for parts in combinations(reversed(usable), count)]
        adding_up = [parts for parts in sets if sum(part.charge or 0 for _, part in parts) == left]
        if adding_up:
            return max(adding_up, key=lambda parts: _all_services(whole, brief, parts))
    return []


def _another(part: Brief, brief: Brief) -> bool:
    """Whether the payer counts two payments as two; typed rows state no number of the payer's."""
    return part.number != brief.number or not brief.number


def _all_services(whole: Whole, brief: Brief, parts: list[tuple[int, Brief]]) -> bool:
    """Whether the parts' services are the claim's, each once; a payer that merges lines breaks it."""
    return Counter(chain(brief.services, *(part.services for _, part in parts))) == whole.services


def _facts(whole: Whole, brief: Brief, parts: list[tuple[int, Brief]]) -> Pattern:
    """What the parts, each of them, have in common with the claim."""
    every = [brief, *(part for _, part in parts)]
    agree = {
        CLAIM: all(part.claim == whole.claim != "" for part in every),
        DATE: all(part.day == whole.day for part in every),
        MEMBER: all(part.member == whole.member != "" for part in every),
        LINES: _all_services(whole, brief, parts),
        NAME: all({whole.name, whole.first} & ({part.name, part.first} - {""}) for part in every),
    }
    return tuple(fact for fact, there in agree.items() if there)


def _keys(record: Whole | Brief) -> Iterator[tuple[object, ...]]:
    """What a part and its claim are likely to share."""
    if record.claim:
        yield "claim", record.claim
    if record.member and record.day:
        yield "member", record.member, record.day
    for name in filter(None, (record.name, record.first)):
        if record.day:
            yield "name", name, record.day
