"""What is searched for: claims, the payments of the last stretch in all channels, and which claims they truly pay."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from features.paper import read_paper
from features.stubs import read_stubs
from features.x12.records import Claim, ClaimPayment
from training import datasets
from training.benchmarks.matching.truth import UNKNOWN, read_truth

OPEN, PAYMENTS = 100_000, 20_000  # at most
PART = 5  # at most one payment in so many claims
Wanted = frozenset[str]  # control numbers; none for a claim of another system


@dataclass(frozen=True)
class Scene:
    """Open claims in the order in which they were sent, and payments in that of their days, with what they pay."""

    claims: tuple[Claim, ...]
    payments: tuple[ClaimPayment, ...]
    wanted: tuple[Wanted, ...]
    digest: str

    def days(self) -> Iterator[tuple[date, list[int]]]:
        """The payments of each day, by their places."""
        for day, places in groupby(range(len(self.payments)), key=lambda place: paid(self.payments[place])):
            yield day, list(places)

    def described(self) -> str:
        """A sentence for the reader."""
        first, last = paid(self.payments[0]), paid(self.payments[-1])
        return f"{len(self.claims):,} open claims, {len(self.payments):,} payments from {first} to {last}"


def read_scene(folder: Path) -> Scene:
    """The last 20,000 payments of a simulated folder, or fewer of a small one, and the last 100,000 claims before.

    Stubs of the same days come on top. A payment whose claim is older than these counts as one of another system.
    Raises MissingDataError where the folder has no truth.
    """
    dataset = datasets.load(folder)
    counted = [*_of_files(dataset.claim_payments, folder), *_typed(folder, "paper", read_paper)]
    counted.sort(key=lambda one: paid(one[0]))
    counted = counted[-min(PAYMENTS, max(1, len(dataset.claims) // PART)) :]
    first, last = paid(counted[0][0]), paid(counted[-1][0])
    stubs = _typed(folder, "stubs", lambda path: [stub.claim_payment() for stub in read_stubs(path)])
    counted += [one for one in stubs if first <= paid(one[0]) <= last]
    counted.sort(key=lambda one: paid(one[0]))
    claims = sorted((claim for claim in dataset.claims if sent(claim) <= last), key=sent)[-OPEN:]
    known = {claim.claim_id for claim in claims}
    return Scene(
        tuple(claims),
        tuple(payment for payment, _ in counted),
        tuple(frozenset(claim for claim in wanted if claim in known) for _, wanted in counted),
        dataset.digest,
    )


def sent(claim: Claim) -> date:
    """The day from which a claim can be found."""
    return claim.submitted or date.min


def paid(payment: ClaimPayment) -> date:
    """The day on which a payment is searched for."""
    return payment.payment_date or date.max


def _of_files(payments: Sequence[ClaimPayment], folder: Path) -> list[tuple[ClaimPayment, Wanted]]:
    """Those that the truth knows, each with its claim; what came twice stands in it once."""
    truth = read_truth(folder, payments)
    distinct = {
        (payment.trace_number, payment.payer_claim_number, payment.status, payment.paid): (payment, true)
        for payment, true in zip(payments, truth, strict=True)
        if true.event != UNKNOWN
    }
    return [(payment, frozenset({true.claim_id} - {""})) for payment, true in distinct.values()]


def _typed(
    folder: Path, name: str, read: Callable[[Path], Sequence[ClaimPayment]]
) -> list[tuple[ClaimPayment, Wanted]]:
    """The payments of a typed table, where there is one, and their claims by the ids of its rows."""
    path = folder / f"{name}.csv"
    if not path.exists():
        return []
    claims = _true_claims(folder / "truth" / path.name)
    return [(payment, claims[payment.source.transaction or ""]) for payment in read(path)]


def _true_claims(path: Path) -> Mapping[str, Wanted]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found[row["row_id"]].add(row["claim_id"])
    return defaultdict(frozenset, {row: frozenset(claims - {""}) for row, claims in found.items()})
