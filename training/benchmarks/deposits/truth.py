"""The sealed truth of a statement: which payments each deposit holds, and of what kind it is."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from features.deposits.books import Books
from features.deposits.payments import Payment
from features.deposits.statement import Deposit

SEALED = "truth"
LATE_TRANSFER, LATE_CHECK = 7, 14  # days after its last payment, from which on a deposit counts as late
KINDS = (
    "single transfer",
    "combined transfer",
    "wire",
    "check",
    "lockbox of several",
    "late",
    "other income",
)


class DepositTruth:
    """What every deposit of the books truly holds."""

    def __init__(self, folder: Path, books: Books) -> None:
        self._held = _held(folder / SEALED / "deposits.csv")
        rows = _typed(folder)
        self._traces = [_true_trace(payment, rows) for payment in books.payments]
        self._days = {
            trace: payment.day
            for trace, payment in zip(self._traces, books.payments, strict=True)
            if payment.channel != "paper"
        }
        self._announced = set(self._traces)

    def holds(self, deposit: Deposit) -> frozenset[str]:
        """The true trace numbers of its payments; none for other income."""
        return self._held.get(deposit.reference, frozenset())

    def announced(self, deposit: Deposit) -> bool:
        """Whether all its payments are in the files at all, and there is one."""
        return bool(self.holds(deposit)) and self.holds(deposit) <= self._announced

    def right(self, deposit: Deposit, members: tuple[int, ...]) -> bool:
        """Whether these payments, by their places, are all that the deposit holds."""
        return frozenset(self._traces[place] for place in members) == self.holds(deposit)

    def kinds(self, deposit: Deposit) -> list[str]:
        """One kind, and ``late`` beside it."""
        held = self.holds(deposit)
        if not held:
            return ["other income"]
        return [_kind(deposit, len(held)), *(["late"] if self._late(deposit, held) else [])]

    def _late(self, deposit: Deposit, held: frozenset[str]) -> bool:
        """The day on which a paper check was written is in no file, so paper is never counted as late."""
        days = [self._days[trace] for trace in held if trace in self._days]
        allowed = LATE_CHECK if deposit.checks else LATE_TRANSFER
        return bool(days) and (deposit.day - max(days)).days > allowed


def _kind(deposit: Deposit, payments: int) -> str:
    if deposit.checks:
        return "check" if payments == 1 else "lockbox of several"
    if deposit.type == "wire":
        return "wire"
    return "single transfer" if payments == 1 else "combined transfer"


def _held(path: Path) -> Mapping[str, frozenset[str]]:
    held: defaultdict[str, set[str]] = defaultdict(set)
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["trace_number"]:
                held[row["bank_reference"]].add(row["trace_number"])
    return {reference: frozenset(traces) for reference, traces in held.items()}


def _typed(folder: Path) -> Mapping[str, str]:
    """The true trace number of each row that was typed."""
    found: dict[str, str] = {}
    for name in ("paper.csv", "stubs.csv"):
        path = folder / SEALED / name
        if path.exists():
            with path.open(encoding="utf-8", newline="") as stream:
                found |= {row["row_id"]: row["trace_number"] for row in csv.DictReader(stream)}
    return found


def _true_trace(payment: Payment, rows: Mapping[str, str]) -> str:
    return payment.trace_number if payment.channel == "835" else rows[payment.rows[0]]
