"""What became of worked denials, from the provider's files: a corrected claim's first decision, an appeal's payment.

A corrected claim recovered if its own first decision refuses nothing; an appeal if a later payment of the same claim
does not. What is not finished is left out: work of the last days, and corrected claims that nobody has answered yet.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from features.denial_work import APPEAL, CORRECTED, FILE, WRITE_OFF, DenialWork, read_denial_work
from features.denials import DECIDES_NOTHING, is_denial
from features.errors import MissingDataError
from features.first_decision import SECONDARY, first_decision
from features.recovery import Denial
from features.x12.records import Claim, ClaimPayment
from training.datasets import Dataset
from training.denial_labels import MATURES_AFTER, answers

NOTHING = Decimal(0)
APPEAL_MATURES_AFTER = timedelta(days=120)
"""Payers decide appeals within 60 days (42 CFR 405.950 for Medicare, 29 CFR 2560.503-1(i) for group health plans), and
pay, and are posted, weeks later."""


@dataclass(frozen=True)
class Outcome:
    """One worked denial and how it ended."""

    denial: Denial
    action: str
    day: date  # of the action
    recovered: bool
    gained: Decimal  # dollars paid above what the denial had left
    minutes: float
    settled: date  # from which day on this could be known
    new_claim_id: str | None = None


class Worked(NamedTuple):
    """The minutes of one action, finished or not."""

    day: date
    action: str
    category: str
    minutes: float


@dataclass(frozen=True)
class Outcomes:
    """The finished ones in the order of their days, minutes of all work, and what was left out."""

    finished: tuple[Outcome, ...]
    worked: tuple[Worked, ...]
    left_out: dict[str, int]

    def describe(self) -> str:
        """The counts, as a sentence."""
        hits = sum(one.recovered for one in self.finished)
        rest = ", ".join(f"{count} {reason}" for reason, count in sorted(self.left_out.items()) if count)
        return f"{len(self.finished)} finished actions, {hits} of them recovered; left out: {rest or 'none'}"


def read_outcomes(dataset: Dataset, work: Path) -> Outcomes:
    """Outcomes of the work of a file; raises MissingDataError where it is not there."""
    rows = read_denial_work(work)
    before = dataset.before
    return outcomes(dataset, [row for row in rows if before is None or row.action_date < before])


def work_file(dataset: Dataset) -> Path:
    """``denial_work.csv`` of the data set's folder; raises MissingDataError where there is none."""
    path = dataset.folder / FILE if dataset.folder else None
    if path is None or not path.exists():
        remedy = "export what was done about denials as denial_work.csv, as docs/recovery.md says"
        raise MissingDataError("nothing tells what was done about denials", FILE, remedy)
    return path


def outcomes(dataset: Dataset, work: Iterable[DenialWork]) -> Outcomes:
    """Tie each action to its denial and to how it ended."""
    files = _Files.of(dataset)
    left_out: Counter[str] = Counter()
    finished, worked = [], []
    for row in work:
        denied = files.denial(row)
        if denied is None:
            left_out["without the denial in the files"] += 1
            continue
        place, denial = denied
        worked.append(Worked(row.action_date, row.action, denial.category, row.minutes))
        found = files.outcome(row, place, denial)
        if isinstance(found, Outcome):
            finished.append(found)
        else:
            left_out[found] += 1
    finished.sort(key=lambda one: (one.day, one.denial.claim.claim_id or ""))
    return Outcomes(tuple(finished), tuple(worked), dict(left_out))


@dataclass(frozen=True)
class _Files:
    """Claims by their number, and what was paid on each."""

    claims: Sequence[Claim]
    by_id: dict[str, list[int]]
    answered: dict[int, list[ClaimPayment]]
    end: date

    @staticmethod
    def of(dataset: Dataset) -> _Files:
        by_id: defaultdict[str, list[int]] = defaultdict(list)
        for place, claim in enumerate(dataset.claims):
            by_id[claim.claim_id or ""].append(place)
        return _Files(dataset.claims, dict(by_id), answers(dataset), dataset.end)

    def denial(self, row: DenialWork) -> tuple[int, Denial] | None:
        """The claim's place and the denial that was worked: by its number, else the last one before the action."""
        earlier = [
            (place, payment)
            for place in self.by_id.get(row.claim_id, ())
            for payment in self.answered.get(place, ())
            if payment.payment_date and payment.payment_date <= row.action_date and is_denial(payment)
        ]
        named = [one for one in earlier if one[1].payer_claim_number == row.payer_claim_number] or earlier
        if not named:
            return None
        place, payment = max(named, key=lambda one: one[1].payment_date or date.min)
        denial = Denial.of(self.claims[place], payment, known=payment.payment_date or date.min)
        return (place, denial) if denial else None

    def outcome(self, row: DenialWork, place: int, denial: Denial) -> Outcome | str:
        """How the action ended, or why that is not known."""
        if row.action == CORRECTED:
            return self._corrected(row, denial)
        if row.action == APPEAL:
            return self._appeal(row, place, denial)
        return "written off" if row.action == WRITE_OFF else "of another action"

    def _corrected(self, row: DenialWork, denial: Denial) -> Outcome | str:
        if row.action_date > self.end - MATURES_AFTER:
            return "too young"
        decided = [
            payments
            for place in self.by_id.get(row.new_claim_id or "", ())
            if (payments := first_decision(self.answered.get(place, ()), self.claims[place]))
        ]
        if not decided:
            return "without an answer"
        first = min(decided, key=lambda payments: payments[0].payment_date or date.max)
        settled = row.action_date + MATURES_AFTER
        return _ended(row, denial, first, not any(map(is_denial, first)), settled)

    def _appeal(self, row: DenialWork, place: int, denial: Denial) -> Outcome | str:
        if row.action_date > self.end - APPEAL_MATURES_AFTER:
            return "too young"
        settled = row.action_date + APPEAL_MATURES_AFTER
        later = [
            payment
            for payment in self.answered.get(place, ())
            if row.action_date < (payment.payment_date or date.min) <= settled and _pays(payment)
        ]
        return _ended(row, denial, later, bool(later), settled)


def _pays(payment: ClaimPayment) -> bool:
    """Whether a payer decides anew and refuses nothing."""
    return payment.status not in DECIDES_NOTHING | SECONDARY and not is_denial(payment)


def _ended(
    row: DenialWork, denial: Denial, payments: Sequence[ClaimPayment], recovered: bool, settled: date
) -> Outcome:
    paid = sum((payment.paid or NOTHING for payment in payments), NOTHING)
    gained = max(NOTHING, paid - (denial.payment.paid or NOTHING)) if recovered else NOTHING
    return Outcome(
        denial, row.action, row.action_date, recovered, gained, row.minutes, settled, row.new_claim_id
    )
