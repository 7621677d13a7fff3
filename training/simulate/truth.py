"""What only evaluation may know: what stands behind each decision, and what each payment truly pays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from training.simulate.batches import Batch
from training.simulate.network_run import Day
from training.simulate.pattern_truth import PATTERN_CLAIMS, PatternTruth
from training.simulate.tables import Row, table
from training.simulate.x12_text import money

CLAIMS = ("claim_id", "denial_probability", "denied", "reason", "without_luck", "without_hidden",
          "reason_probabilities")  # fmt: skip
CLAIM_PAYMENTS = ("trace_number", "payer_claim_number", "status", "amount", "claim_id", "event")
TAKEBACKS = ("trace_number", "payer_claim_number", "amount", "claim_id")
DENIALS = ("claim_id", "payer_claim_number", "reason", "action", "overturn_probability", "overturned")


class Truth:
    """The sealed folder; takes the days in order, until it is closed."""

    def __init__(self, folder: Path) -> None:
        self._open = ExitStack()
        self._claims = self._table(folder / "claims.csv", CLAIMS)
        self._payments = self._table(folder / "claim_payments.csv", CLAIM_PAYMENTS)
        self._takebacks = self._table(folder / "takebacks.csv", TAKEBACKS)
        self._denials = self._table(folder / "denials.csv", DENIALS)

        self._patterns = PatternTruth(self._table(folder / "pattern_claims.csv", PATTERN_CLAIMS))
        self._folder = folder

    def _table(self, path: Path, columns: Row) -> Callable[[Row], object]:
        return self._open.enter_context(table(path, columns))

    def add(self, day: Day) -> None:
        """Write what is true of a day."""
        write_all(self._claims, _claims(day))
        write_all(self._denials, _denials(day))
        self._patterns.add(day.decided)
        for batch in day.batches:
            write_all(self._payments, _payments(batch))
            write_all(self._takebacks, _takebacks(batch))

    def close(self) -> None:
        """Write the patterns, which are known at the end alone, and close the tables."""
        with self._open:
            self._patterns.write(self._folder / "patterns.csv")


def write_all(write: Callable[[Row], object], rows: Iterable[Row]) -> None:
    """Write some rows."""
    for row in rows:
        write(row)


def _claims(day: Day) -> Iterator[Row]:
    for (claim, decision), known in zip(day.decided, day.knowable, strict=True):
        yield (
            claim.claim_id,
            f"{decision.probability:.6f}",
            str(int(decision.denied)),
            decision.reason or "",
            f"{known.without_luck:.6f}",
            f"{known.without_hidden:.6f}",
            ";".join(f"{reason}={probability:.6f}" for reason, probability in decision.reasons.items()),
        )


def _denials(day: Day) -> Iterator[Row]:
    for work in day.worked:
        yield (work.claim.claim_id, work.denial.payer_claim_number, work.reason, work.action, f"{work.overturn:.6f}",
               str(int(work.overturned)))  # fmt: skip


def _payments(batch: Batch) -> Iterator[Row]:
    for payment in batch.payments:
        yield (payment.trace_number, payment.payer_claim_number, payment.status, money(payment.paid),
               payment.true_claim_id, payment.event)  # fmt: skip


def _takebacks(batch: Batch) -> Iterator[Row]:
    for taken in batch.takebacks:
        yield taken.trace_number, taken.payer_claim_number, money(-taken.paid), taken.claim.claim_id
