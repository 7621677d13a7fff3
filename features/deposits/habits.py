"""What earlier sure ties tell: in whose name a payer's money comes, and whose account a deposit went to."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from rapidfuzz.fuzz import partial_ratio

from features.deposits.anchors import Ties
from features.deposits.payments import Payment
from features.deposits.statement import Deposit
from features.match_keys import normalised

Key = tuple[str, ...]
NACHA_NAME = 16  # characters of a company's name in an ACH batch header, which banks export


class Habits:
    """Days of the sure ties by company, payer, account and payee, so that a question looks only at the days before."""

    def __init__(self, deposits: Sequence[Deposit], payments: Sequence[Payment], ties: Ties) -> None:
        days: defaultdict[Key, list[date]] = defaultdict(list)
        payers: defaultdict[str, set[str]] = defaultdict(set)
        payees: defaultdict[str, set[str]] = defaultdict(set)
        for place, members in ties.items():
            deposit, company = deposits[place], sender(deposits[place])
            payers[company].update(payments[member].payer for member in members)
            payees[deposit.account].update(payments[member].payee or "" for member in members)
            for member in members:
                for key in _keys(deposit, payments[member]):
                    days[key].append(deposit.day)
        for deposit in deposits:
            days["seen", sender(deposit)].append(deposit.day)
        self._days: Mapping[Key, Sequence[date]] = {key: sorted(some) for key, some in days.items()}
        self._payers = payers
        self._payees = {account: some - {""} for account, some in payees.items()}

    def before(self, day: date, *key: str) -> int:
        """How many ties with this key there were before a day."""
        return bisect_left(self._days.get(key, ()), day)

    def payers(self, deposit: Deposit) -> list[str]:
        """Payers whose money came in the deposit's name before."""
        name = sender(deposit)
        known = sorted(self._payers.get(name, ()))
        return [payer for payer in known if self.before(deposit.day, "sent", name, payer)]

    def payee(self, deposit: Deposit) -> str | None:
        """The payee that most ties of the account were of; None before there is any."""
        day, account = deposit.day, deposit.account
        counted = {
            payee: self.before(day, "account", account, payee) for payee in self._payees.get(account, ())
        }
        best = max(sorted(counted), key=lambda payee: counted[payee], default=None)
        return best if best is not None and counted[best] else None


def name_similarity(deposit: Deposit, payment: Payment) -> float | None:
    """How alike the names are, 0 to 1, where both are there; a bank keeps the first letters of the payer's."""
    if not deposit.company_name or not payment.payer_name:
        return None
    kept = payment.payer_name[:NACHA_NAME].upper().strip()
    return partial_ratio(kept, deposit.company_name.upper()) / 100


def sender(deposit: Deposit) -> str:
    """In whose name the money came, else by whose id; checks say nothing of it."""
    return "" if deposit.checks else normalised(deposit.company_name) or normalised(deposit.company_id)


def _keys(deposit: Deposit, payment: Payment) -> list[Key]:
    name = sender(deposit)
    return [
        ("tied", name),
        ("sent", name, payment.payer),
        ("account", deposit.account, payment.payee or ""),
        ("tied to", deposit.account),
        ("arrived", deposit.account, payment.payer),
        ("payer", payment.payer),
    ]
