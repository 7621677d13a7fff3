"""A row a file: what ``read --summary`` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from rich.table import Table

from features.read_output import cell, console, money
from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem, Record, Remittance


class Totals:
    """Counts of records, totals of money, and problems by severity."""

    def __init__(self) -> None:
        self.counts: Counter[object] = Counter()
        self.charged = self.paid = self.deposited = Decimal(0)

    def add(self, record: Record) -> None:
        """Count one record; an absent amount counts as zero."""
        self.counts[type(record)] += 1
        match record:
            case Claim():
                self.charged += record.charge or 0
            case ClaimPayment():
                self.paid += record.paid or 0
            case Remittance():
                self.deposited += record.payment_amount or 0
            case Problem():
                self.counts[record.severity] += 1

    def cells(self) -> tuple[str, ...]:
        """In the order of ``Summary.COLUMNS``, without the file."""
        counts = self.counts
        return (
            str(counts[Claim]),
            money(self.charged),
            str(counts[Remittance]),
            money(self.deposited),
            str(counts[ClaimPayment]),
            money(self.paid),
            str(counts[Acknowledgment]),
            str(counts["warning"]),
            str(counts["error"]),
        )


class Summary:
    """Adds up each file, and all of them."""

    COLUMNS = (
        "claims",
        "charged",
        "remittances",
        "deposited",
        "claim payments",
        "paid",
        "acknowledgments",
        "warnings",
        "errors",
    )

    def __init__(self) -> None:
        self.console = console()
        self.table = Table()
        self.table.add_column("file", overflow="fold")
        for heading in self.COLUMNS:
            self.table.add_column(heading, justify="right", no_wrap=True)
        self.codes: Counter[str] = Counter()
        self.all = Totals()

    def take(self, file: Path, records: Iterable[Record]) -> None:
        """Add a file up."""
        totals = Totals()
        for record in records:
            totals.add(record)
            self.all.add(record)
            if isinstance(record, Problem):
                self.codes[record.code] += 1
        self.table.add_row(cell(str(file)), *totals.cells())

    def finish(self) -> None:
        """Print the table, and how often each problem occurred; nothing where no file was read."""
        if not self.table.row_count:
            return
        self.table.add_section()
        self.table.add_row("all", *self.all.cells())
        self.console.print(self.table)
        if self.codes:
            problems = Table("problem", "times", title="problems", title_justify="left")
            for code, times in self.codes.most_common():
                problems.add_row(code, str(times))
            self.console.print(problems)
