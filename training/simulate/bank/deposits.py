"""The bank's statement: ``deposits.csv``, and beside it in the truth, which payments each deposit holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType

from training.simulate.bank.channels import Channels
from training.simulate.bank.lines import Deposit, Part
from training.simulate.bank.other_income import other_deposit
from training.simulate.bank.transit import Transit
from training.simulate.batches import Batch
from training.simulate.draws import Draws
from training.simulate.tables import dollars, table

COLUMNS = ("bank_reference", "deposit_date", "bank_account", "type", "amount", "trace_number", "company_name",
           "company_id", "check_number", "lockbox_batch")  # fmt: skip
TRUTH_COLUMNS = ("bank_reference", "trace_number", "amount")
OTHER = 0.04  # other income, as a share of the deposits; chosen


class Deposits:
    """Writes the deposits of a simulation day by day, and keeps only what is on its way.

    The truth has a row for each payment of a deposit, with the payment's amount (BPR02); one without a
    ``bank_reference`` for each payment that is not at the bank by the last day; and one without a trace number for
    each deposit that has no remittance. To be used in a ``with``, so that the last days are written at its end:

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     bank, truth = Path(folder, "deposits.csv"), Path(folder, "truth", "deposits.csv")
    ...     with Deposits(bank, truth, seed=1, channels=Channels(1, []), last_day=date(2024, 3, 5)) as deposits:
    ...         deposits.add(date(2024, 3, 4), [])
    ...     truth.read_text()
    'bank_reference,trace_number,amount\\n'
    """

    def __init__(self, path: Path, truth: Path, *, seed: int, channels: Channels, last_day: date) -> None:
        self._transit = Transit(Draws(seed, "deposits"), channels)
        self._other = Draws(seed, "other income")
        self._last_day = last_day
        self._next: date | None = None  # the first day that is not written yet
        self._number = 0
        with ExitStack() as stack:
            self._row = stack.enter_context(table(path, COLUMNS))
            self._truth = stack.enter_context(table(truth, TRUTH_COLUMNS))
            self._files = stack.pop_all()

    def add(self, day: date, batches: Sequence[Batch]) -> None:
        """All payments of a day, of any channel; days come in order and once, and empty ones may be left out.

        Raises ValueError for a day that is written already.
        """
        if self._next is not None and day < self._next:
            raise ValueError(f"{day} comes after {self._next - timedelta(1)}")
        self._write_until(day - timedelta(1))
        self._missing(self._transit.send(day, batches))
        self._next = self._next or day
        self._write_until(day)

    def __len__(self) -> int:
        """How many deposits are on their way."""
        return len(self._transit)

    def __enter__(self) -> Deposits:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._files:
            if kind is None:
                self._write_until(self._last_day)
                self._missing(self._transit.rest())

    def _write_until(self, last: date) -> None:
        while self._next is not None and self._next <= min(last, self._last_day):
            self._missing(self._transit.release(self._next))
            self._number = 0
            arrived = self._transit.arrive(self._next)
            others = [other_deposit(self._other, d.account) for d in arrived if self._other.chance(OTHER)]
            for deposit in sorted(arrived + others, key=lambda d: (d.account, d.kind, d.amount)):
                self._write(self._next, deposit)
            self._next += timedelta(1)

    def _write(self, day: date, deposit: Deposit) -> None:
        self._number += 1
        reference = f"{day:%y%m%d}{self._number:05d}"
        self._row((reference, day.isoformat(), deposit.account, deposit.kind, dollars(deposit.amount), deposit.trace,
                   deposit.company, deposit.company_id, deposit.check_number, deposit.lockbox_batch))  # fmt: skip
        for part in deposit.parts or [Part("", 0)]:
            self._truth((reference, part.trace_number, dollars(part.amount)))

    def _missing(self, parts: Iterable[Part]) -> None:
        for part in parts:
            self._truth(("", part.trace_number, dollars(part.amount)))
