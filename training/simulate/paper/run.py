"""Remittances on paper: ``paper.csv`` as clerks type it, ``stubs.csv`` where only the check's stub came."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType

from training.simulate.bank.channels import MAILED_DAYS, TYPED_DAYS, Channels, check_number
from training.simulate.batches import Batch
from training.simulate.draws import Draws
from training.simulate.paper import rows, stubs, typing_noise
from training.simulate.payments import Payment
from training.simulate.tables import Row, dollars, table
from training.simulate.waiting import Waiting
from training.simulate.workdays import working_day_after

TRUTH_COLUMNS = ("row_id", "claim_id", "event", "trace_number", "amount")
STUB_ALONE = 0.1  # checks of payers that send explanations of benefits, that come without one; chosen

Truth = tuple[str, ...]


class Paper:
    """Writes the paper of a simulation day by day, and keeps only what is in the mail or on a clerk's desk.

    It takes the payers that ``channels.is_paper`` names and leaves the others. What would be typed after the last
    day is in neither file, nor in the truth, which has a row for each claim payment of a typed row or a stub: the
    claim that it pays ('' for claims of another system), the event, the trace number that ``truth/deposits.csv``
    knows the check by, and the true amount. To be used in a ``with``, so that the last days are written at its end:

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     folder = Path(folder)
    ...     with Paper(folder, folder / "truth", seed=1, channels=Channels(1, []), last_day=date(2024, 3, 5)) as paper:
    ...         paper.add(date(2024, 3, 4), [])
    ...     sorted(path.name for path in folder.glob("*/*"))
    ['paper.csv', 'stubs.csv']
    """

    def __init__(self, folder: Path, truth: Path, *, seed: int, channels: Channels, last_day: date) -> None:
        self._draws = Draws(seed, "paper")
        self._channels = channels
        self._last_day = last_day
        self._rows: Waiting[tuple[Row, Truth]] = Waiting()
        self._stubs: Waiting[tuple[Row, list[Truth]]] = Waiting()
        self._counts = {"P": 0, "S": 0}
        with ExitStack() as stack:
            self._paper = stack.enter_context(table(folder / "paper.csv", rows.COLUMNS))
            self._stub = stack.enter_context(table(folder / "stubs.csv", stubs.COLUMNS))
            self._paper_truth = stack.enter_context(table(truth / "paper.csv", TRUTH_COLUMNS))
            self._stub_truth = stack.enter_context(table(truth / "stubs.csv", TRUTH_COLUMNS))
            self._files = stack.pop_all()

    def add(self, day: date, batches: Sequence[Batch]) -> None:
        """All payments of a day, of any channel; days come in order, and empty ones may be left out."""
        self._write_until(day - timedelta(1))
        for batch in batches:
            if self._channels.is_paper(batch.payer):
                self._mail(batch)

    def __len__(self) -> int:
        """How many rows and stubs are not written yet."""
        return len(self._rows) + len(self._stubs)

    def __enter__(self) -> Paper:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._files:
            if kind is None:
                self._write_until(self._last_day)

    def _mail(self, batch: Batch) -> None:
        """A check with its explanation of benefits or a bare stub; without money there is only the former."""
        draws = self._draws
        received = working_day_after(batch.day, draws.between(*MAILED_DAYS))
        number = check_number(batch) if batch.amount > 0 else ""
        if number and (self._channels.of(batch.payer).stubs_only or draws.chance(STUB_ALONE)):
            row = stubs.stub(draws, batch, received=received, check_number=number)
            self._stubs.put(received, (row, [_truth(payment, batch) for payment in batch.payments]))
            return
        clerk = draws.pick(rows.CLERKS)
        on = working_day_after(received, draws.between(*TYPED_DAYS))
        channel = self._channels.of(batch.payer)
        typed_number = typing_noise.number(draws, number)
        for payment in batch.payments:
            row = rows.typed(draws, channel, clerk, payment, on=on, check_number=typed_number)
            self._rows.put(on, (row, _truth(payment, batch)))

    def _write_until(self, last: date) -> None:
        last = min(last, self._last_day)
        for row, true in self._rows.take(last):
            row_id = self._next("P")
            self._paper((row_id, *row))
            self._paper_truth((row_id, *true))
        for row, all_true in self._stubs.take(last):
            row_id = self._next("S")
            self._stub((row_id, *row))
            for true in all_true:
                self._stub_truth((row_id, *true))

    def _next(self, letter: str) -> str:
        self._counts[letter] += 1
        return f"{letter}{self._counts[letter]:07d}"


def _truth(payment: Payment, batch: Batch) -> Truth:
    return payment.true_claim_id, payment.event, batch.trace_number, dollars(payment.paid)
