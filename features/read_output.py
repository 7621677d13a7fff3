"""How ``read`` shows records: JSON lines for programs, tables and a summary for people."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any, ClassVar, Protocol

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem, Record, Remittance

ROWS = 1000  # rows of one table; a longer file goes on in the next, so that memory stays bounded


class Output(Protocol):
    """Takes the records of one file after another."""

    def take(self, file: Path, records: Iterable[Record]) -> None:
        """Show a file's records as they come."""

    def finish(self) -> None:
        """Show what is shown at the end."""


class JsonLines:
    """One JSON object a line, in UTF-8 whatever the terminal's own encoding is."""

    def take(self, file: Path, records: Iterable[Record]) -> None:  # noqa: ARG002 (each record names its file)
        """Write each record at once."""
        write = sys.stdout.buffer.write
        for record in records:
            write(json_line(record))

    def finish(self) -> None:
        """Nothing is kept back."""
        sys.stdout.flush()


_encode = msgspec.json.Encoder(decimal_format="string").encode
_EXPONENT = re.compile(rb'"-?\d+(\.\d+)?E-\d+"')


def json_line(record: Record) -> bytes:
    """A record as one line of JSON; its amounts are strings in plain decimal notation, never with an exponent."""
    line = _encode(record)
    if _EXPONENT.search(line):  # str() of a decimal under a millionth
        line = _encode(_plain(msgspec.to_builtins(record, builtin_types=(Decimal,))))
    return line + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def console() -> Console:
    """For tables: as wide as the terminal, wide enough for a file name where there is none, and never failing
    on a character that the terminal cannot show."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    terminal = sys.stdout.isatty()
    return Console(highlight=False, width=None if terminal else 160)


def cell(text: str) -> str:
    """Text out of a file, harmless to a terminal and to the table's own mark-up."""
    return escape("".join(letter if letter.isprintable() else "\ufffd" for letter in text))


def money(amount: Decimal | None) -> str:
    """An amount for people: two decimals and thousands' separators, nothing where it is absent."""
    return "" if amount is None else f"{amount:,.2f}"


class Tables:
    """A table a kind of record, in the order of the file."""

    COLUMNS: ClassVar[dict[type, tuple[str, ...]]] = {
        Claim: ("claim", "type", "charge", "payer", "patient", "from", "lines", "diagnoses"),
        ClaimPayment: (
            "claim",
            "status",
            "charge",
            "paid",
            "patient owes",
            "patient",
            "adjustments",
            "balanced",
        ),
        Remittance: ("trace", "amount", "method", "date", "payer", "payee", "claims", "balanced"),
        Acknowledgment: ("claim", "type", "accepted", "category", "status", "payer's number"),
        Problem: ("severity", "code", "transaction", "segment", "message"),
    }
    TITLES: ClassVar[dict[type, str]] = {
        Claim: "claims",
        ClaimPayment: "claim payments",
        Remittance: "remittances",
        Acknowledgment: "acknowledgments",
        Problem: "problems",
    }

    def __init__(self) -> None:
        self.console = console()

    def take(self, file: Path, records: Iterable[Record]) -> None:
        """Collect rows, and print a table when it is full and at the end of the file.

        The heading waits for the first record: a file that cannot be read has none.
        """
        remaining = iter(records)
        first = list(islice(remaining, 1))
        self.console.print(f"\n[bold]{cell(str(file))}[/bold]")
        rows: dict[type, list[tuple[str, ...]]] = {kind: [] for kind in self.COLUMNS}
        for record in chain(first, remaining):
            kind = type(record)
            rows[kind].append(row(record))
            if len(rows[kind]) == ROWS:
                self.show(kind, rows[kind])
        for kind, some in rows.items():
            self.show(kind, some)

    def show(self, kind: type, rows: list[tuple[str, ...]]) -> None:
        """Print the rows and forget them."""
        if not rows:
            return
        table = Table(*self.COLUMNS[kind], title=self.TITLES[kind], title_justify="left")
        for cells in rows:
            table.add_row(*(cell(text) for text in cells))
        self.console.print(table)
        rows.clear()

    def finish(self) -> None:
        """Every file's tables were shown with it."""


def row(record: Record) -> tuple[str, ...]:
    """The cells of a record, in the order of ``Tables.COLUMNS``."""
    match record:
        case Claim():
            return (
                record.claim_id or "",
                record.transaction,
                money(record.charge),
                record.payer_name or record.payer_id or "",
                _name(record.patient_last, record.patient_first),
                str(record.service_from or ""),
                str(len(record.lines)),
                " ".join(record.diagnoses),
            )
        case ClaimPayment():
            adjustments = [*record.adjustments, *(a for line in record.lines for a in line.adjustments)]
            return (
                record.claim_id or "",
                record.status or "",
                money(record.charge),
                money(record.paid),
                money(record.patient_responsibility),
                _name(record.patient_last, record.patient_first),
                " ".join(f"{a.group}-{a.reason} {money(a.amount)}" for a in adjustments),
                _yes(record.balanced),
            )
        case Remittance():
            return (
                record.trace_number or "",
                money(record.payment_amount),
                record.method or "",
                str(record.payment_date or ""),
                record.payer_name or record.payer_id or "",
                record.payee_name or record.payee_npi or "",
                str(record.claim_payments),
                _yes(record.balanced),
            )
        case Acknowledgment():
            return (
                record.claim_id or "",
                record.transaction,
                _yes(record.accepted),
                record.category or "",
                record.status or "",
                record.payer_claim_number or "",
            )
        case Problem():
            place = record.source
            return (
                record.severity,
                record.code,
                place.transaction or "",
                str(place.segment or ""),
                record.message,
            )


def _name(last: str | None, first: str | None) -> str:
    return ", ".join(part for part in (last, first) if part)


def _yes(value: bool) -> str:
    return "yes" if value else "NO"
