"""How a deposit and a candidate agree, and how the candidate stands among the deposit's others: a row a pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from features.deposits.anchors import shown_number
from features.deposits.books import Books, Candidate, Query
from features.deposits.habits import name_similarity, sender
from features.deposits.payments import Payment
from features.deposits.statement import Deposit
from features.match_keys import normalised

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

OWN = (
    "number_shown", "number_same", "number_cut", "number_similarity", "amount_difference", "amount_same", "days",
    "days_between", "transfer", "wire", "lockbox", "method_same", "company_id_same", "name_similarity", "sent_share",
    "company_tied", "company_seen", "account_share", "payments", "by_chance", "spent", "channel_835", "amount",
)  # fmt: skip
STANDING = ("candidates", "crude", "crude_rank", "crude_gap", "as_good", "same_amount_count", "days_rank")
FEATURES = (*OWN, *STANDING)


@dataclass(frozen=True)
class Pairs:
    """``rows`` (m, len(FEATURES)) of the candidates (m,); ``starts`` (n + 1,) bounds those of each query."""

    candidates: Sequence[Candidate]
    rows: Floats
    starts: Indices

    @staticmethod
    def of(books: Books, queries: Sequence[Query]) -> Pairs:
        """All candidates of the queries in turn, with their features."""
        found = [books.candidates(query) for query in queries]
        blocks = [_block(books, query, some) for query, some in zip(queries, found, strict=True) if some]
        starts = np.concatenate([[0], np.cumsum([len(some) for some in found])]).astype(np.intp)
        rows = np.vstack(blocks) if blocks else np.zeros((0, len(FEATURES)))
        return Pairs([one for some in found for one in some], rows, starts)


def _block(books: Books, query: Query, candidates: Sequence[Candidate]) -> Floats:
    own = np.array([_own(books, query, one) for one in candidates], dtype=np.float64)
    return np.hstack([own, _standing(own)])


def _own(books: Books, query: Query, candidate: Candidate) -> list[float]:
    deposit = query.deposit
    payments = [books.payments[place] for place in candidate.members]
    first, last = payments[0], payments[-1]
    difference = deposit.cents - sum(payment.cents for payment in payments)
    return [
        *_number(shown_number(deposit), payments),
        float(np.sign(difference) * np.log1p(abs(difference))),
        float(difference == 0),
        float((deposit.day - last.day).days),
        float((last.day - first.day).days),
        float(not deposit.checks),
        float(deposit.type == "wire"),
        float(deposit.type == "lockbox"),
        float(deposit.checks == first.check),
        *_names(deposit, first),
        *_habits(books, deposit, first),
        float(len(payments)),
        np.nan if candidate.by_chance is None else float(np.log(candidate.by_chance)),
        sum(books.spent(query, place) for place in candidate.members) / len(payments),
        float(first.channel == "835"),
        float(np.log1p(abs(deposit.cents))),
    ]


def _number(shown: str, payments: Sequence[Payment]) -> tuple[float, float, float, float]:
    """A combined deposit shows the number of one of its payments."""
    if not shown:
        return 0.0, np.nan, np.nan, np.nan
    keys = [payment.key for payment in payments]
    similarity = max(OSA.normalized_similarity(shown, key) for key in keys)
    cut = any(key.startswith(shown) or key.endswith(shown) for key in keys)
    return float(len(shown)), float(shown in keys), float(cut), similarity


def _names(deposit: Deposit, payment: Payment) -> tuple[float, float]:
    """Checks come in nobody's name, and paper says no company id."""
    ids = not deposit.checks and deposit.company_id and payment.originator
    same = float(normalised(deposit.company_id) == normalised(payment.originator)) if ids else np.nan
    similarity = None if deposit.checks else name_similarity(deposit, payment)
    return same, np.nan if similarity is None else similarity


def _habits(books: Books, deposit: Deposit, payment: Payment) -> tuple[float, float, float, float]:
    """Shares of the earlier sure ties: of the company that were this payer's, of the account that were this payee's."""
    habits, day, name = books.habits, deposit.day, sender(deposit)
    tied, seen = habits.before(day, "tied", name), habits.before(day, "seen", name)
    account = habits.before(day, "tied to", deposit.account)
    payees = habits.before(day, "account", deposit.account, payment.payee or "")
    return (
        habits.before(day, "sent", name, payment.payer) / tied if name and tied else np.nan,
        float(np.log1p(tied)) if name else np.nan,
        tied / seen if name and seen else np.nan,
        payees / account if account and payment.payee else np.nan,
    )


def _standing(own: Floats) -> Floats:
    """Rank and gap by a crude score, and ties; two candidates that nothing tells apart get the same row."""
    crude = _crude(own)
    better = (crude[:, None] < crude[None, :]).sum(axis=1)
    others = np.where(np.eye(crude.size, dtype=bool), -np.inf, crude[None, :]).max(axis=1)
    gap = np.where(np.isfinite(others), crude - others, np.nan)
    same = own[:, OWN.index("amount_same")]
    days = np.abs(own[:, OWN.index("days")])
    return np.column_stack(
        [
            np.full(crude.size, float(crude.size)),
            crude,
            better,
            gap,
            (crude[:, None] == crude[None, :]).sum(axis=1),
            np.full(crude.size, same.sum()),
            (days[:, None] > days[None, :]).sum(axis=1),
        ]
    )


def _crude(own: Floats) -> Floats:
    """What each agreement is worth before any model has seen data; only to rank by."""
    column = {name: np.nan_to_num(own[:, place]) for place, name in enumerate(OWN)}
    score = 3 * column["number_same"] + 2 * column["number_cut"] + 3 * column["amount_same"]
    score += (
        column["company_id_same"] + column["name_similarity"] + column["sent_share"] + column["account_share"]
    )
    score += column["method_same"] - 3 * column["spent"] - np.abs(column["amount_difference"]) / 10
    return np.round(score, 6)
