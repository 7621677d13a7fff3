"""Whom a check pays, by the bank account that it went to: a stub does not say it, the bank's statement does.

Which payee owns an account is learnt from the deposits of 835s, whose remittances name the payee.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from features.csv_tables import Table
from features.match_keys import normalised
from features.postings import amount
from features.stubs import Stub
from features.x12.records import Remittance

FILE = "deposits.csv"
COLUMNS = ("deposit_date", "bank_account", "amount", "trace_number", "check_number")
REMEDY = "all columns stand in docs/simulated-network.md under 'Columns'"


class Credit(Struct, frozen=True):
    """One line of a bank's statement, as far as it says whom a check pays."""

    day: date
    account: str
    amount: Decimal
    trace_number: str
    check_number: str  # normalised


def read_credits(folder: Path) -> list[Credit]:
    """The deposits of a folder; empty where it has none. Raises what ``features.csv_tables.Table.read`` raises."""
    path = folder / FILE
    return Table("bank statement", COLUMNS, _credit, REMEDY).read(path) if path.exists() else []


def payees_of(
    stubs: Iterable[Stub], credits_: Sequence[Credit], remittances: Iterable[Remittance]
) -> dict[str, str]:
    """The payee (NPI) of each check by its stub's id, where it was at the bank by the day on which its stub came.

    Number and amount must agree. An account's payee is the one most named before that day.
    """
    checks = {(credit.check_number, credit.amount): credit for credit in credits_ if credit.check_number}
    owners = _owners(credits_, remittances)
    found: dict[str, str] = {}
    for stub in stubs:
        credit = checks.get((normalised(stub.check_number), stub.amount))
        if credit is not None and credit.day <= stub.received_date:
            owner = _owner(owners.get(credit.account, ()), stub.received_date)
            if owner:
                found[stub.stub_id] = owner
    return found


def _owners(
    credits_: Iterable[Credit], remittances: Iterable[Remittance]
) -> Mapping[str, list[tuple[date, str]]]:
    """By account the payees of its transfers, each with its day."""
    payees = {remittance.trace_number: remittance.payee_npi for remittance in remittances}
    owners: defaultdict[str, list[tuple[date, str]]] = defaultdict(list)
    for credit in credits_:
        payee = payees.get(credit.trace_number)
        if payee:
            owners[credit.account].append((credit.day, payee))
    return owners


def _owner(named: Iterable[tuple[date, str]], before: date) -> str | None:
    counts = Counter(payee for day, payee in named if day < before)
    return counts.most_common(1)[0][0] if counts else None


def _credit(row: Mapping[str, str]) -> Credit:
    return Credit(
        day=date.fromisoformat(row["deposit_date"]),
        account=row["bank_account"],
        amount=amount(row["amount"]),
        trace_number=row["trace_number"],
        check_number=normalised(row["check_number"]),
    )
