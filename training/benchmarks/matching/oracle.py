"""What a perfect matcher could tell apart from the files alone: fields of payments beside fields of claims, no model.

The right claim is told apart where no other claim sent by then is as consistent with the payment in every field. A
rival that is as consistent in all of them ties: only chance decides. A rival that is more consistent in one and less
in none misleads: the payer echoed a sibling's number, say, and whoever trusts the file posts wrongly. The same is true
of a payment without a claim here that agrees with one in every field that it has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from features.match_columns import Columns, claim_columns, payment_columns
from features.x12.records import Claim, ClaimPayment

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
SAME = ("member", "payer", "payer_name", "provider", "rendering", "facility", "frequency")
DISTANT = ("service_from", "service_to")
SETS = ("procedures", "priced", "modified")
NUMBERS = 2  # the first columns of consistency: control numbers of claim and lines
KEYS = (
    "control",
    "member",
    "charge",
    "service_from",
    "last",
    "provider",
)  # equal ones are as consistent as can be
NO_ROWS: Rows = np.empty(0, dtype=np.intp)
CONTAINED = 0.95  # consistency of a number that holds the other, cut or with something before it
FEWEST_SAID = 2  # fields that a payment without a claim must state before it can look like one of a claim
SHORTEST = 6  # characters of a control number that say something where only a part is there


class Apart(NamedTuple):
    """Payments that have a claim here, and how many of them are told apart, tied and misled; and the others."""

    surely: int  # no other claim is as consistent, even without the control number
    by_number: int  # the right claim differs from a sibling in nothing but the control number that was echoed
    tied: int
    misled: int
    foreign: int  # payments without a claim here
    alike: int  # other payments without a claim, that agree with one in all that they say

    @property
    def payments(self) -> int:
        """That have a claim here."""
        return self.surely + self.by_number + self.tied + self.misled

    @property
    def share(self) -> float:
        """Of the payments with a claim: those that are told apart."""
        return (self.surely + self.by_number) / max(self.payments, 1)

    @property
    def precision(self) -> float:
        """Of a matcher that posts all that the files seem to tell apart."""
        right = self.surely + self.by_number
        return right / max(right + self.misled + self.alike, 1)

    def share_at(self, precision: float) -> float:
        """What can be posted rightly at a precision, by one who must trust echoed numbers but need not post by them.

        A misled payment looks just like one that a number alone decides: so of those two kinds together only so many
        can be posted that the errors among them stay within what the precision allows.

        >>> Apart(900, 90, 0, 10, 0, 0).share_at(0.99), Apart(900, 90, 0, 10, 0, 0).share_at(0.999)
        (0.99, 0.9082)
        """
        wrong, doubtful = self.misled, self.by_number + self.misled
        allowed = 1 - precision
        surely, budget = self.surely, allowed * (self.surely + self.alike) - self.alike
        if wrong <= allowed * doubtful + max(budget, 0.0) or not doubtful:
            return (surely + self.by_number) / max(self.payments, 1)
        part = min(1.0, max(budget, 0.0) / (wrong - allowed * doubtful))
        return round((surely + part * self.by_number) / max(self.payments, 1), 4)


@dataclass(frozen=True)
class Claims:
    """Claims as columns, with the rows of each value that may be looked up."""

    ids: NDArray[np.object_]
    columns: Columns
    day: Floats  # submitted; a claim without a day was always there
    rows: Mapping[str, Mapping[Any, Rows]]
    by_id: Mapping[str, Rows]

    @staticmethod
    def of(claims: Sequence[Claim]) -> Claims:
        """Index them once."""
        columns = claim_columns(claims)
        ids = np.array([claim.claim_id or "" for claim in claims], dtype=object)
        rows = {name: _rows_of(getattr(columns, name)) for name in KEYS}
        return Claims(ids, columns, np.nan_to_num(columns.day, nan=-1.0), rows, _rows_of(ids))


def apart(payments: Sequence[ClaimPayment], claims: Sequence[Claim], wanted: Sequence[str]) -> Apart:
    """Count the payments whose right claim, ``wanted`` ("" for none here), can be told from every other."""
    known, columns = Claims.of(claims), payment_columns(payments)
    verdicts = [verdict(columns, row, known, claim_id) for row, claim_id in enumerate(wanted)]
    return Apart(*(verdicts.count(name) for name in Apart._fields))


def verdict(payments: Columns, row: int, known: Claims, claim_id: str) -> str:
    """The field of ``Apart`` that a payment counts in."""
    there = known.day <= np.nan_to_num(payments.day[row], nan=np.inf)
    if not claim_id:
        return "alike" if _agrees_in_all(payments, row, known, there) else "foreign"
    own = known.by_id.get(claim_id, NO_ROWS)
    own = own[there[own]]
    if not own.size:
        return "misled"  # the claim is not among the files of its day
    mine = consistency(payments, row, known.columns, own).max(axis=0)
    rivals = _block(payments, row, known, own[0])
    rivals = rivals[there[rivals] & (known.ids[rivals] != claim_id)]
    theirs = consistency(payments, row, known.columns, rivals)
    return _compared(mine, theirs)


def _compared(mine: Floats, theirs: Floats) -> str:
    """The right claim's consistencies (fields,) beside those of its rivals (n, fields)."""
    as_good = (theirs >= mine).all(axis=1)
    if as_good.any():
        return "misled" if (theirs[as_good] > mine).any() else "tied"
    but_for_numbers = (theirs[:, NUMBERS:] >= mine[NUMBERS:]).all(axis=1)
    return "by_number" if but_for_numbers.any() else "surely"


def consistency(payments: Columns, row: int, claims: Columns, rows: Rows) -> Floats:
    """How consistent claims are with a payment, (n, fields): the higher the more, 0 where either is silent."""
    columns = [
        _control(payments.control[row], claims.control[rows]),
        _overlap(payments.line_controls[row], claims.line_controls[rows]),
        _similar(payments.last[row], claims.last[rows]),
        _similar(payments.first[row], claims.first[rows]),
        _money(payments.charge[row], claims.charge[rows]),
        _equal(payments.member_root[row], claims.member_root[rows]),
        *(_equal(getattr(payments, name)[row], getattr(claims, name)[rows]) for name in SAME),
        *(-np.nan_to_num(np.abs(getattr(claims, name)[rows] - getattr(payments, name)[row])) for name in DISTANT),
        *(_overlap(getattr(payments, name)[row], getattr(claims, name)[rows]) for name in SETS),
    ]  # fmt: skip
    return np.column_stack(columns) if rows.size else np.empty((0, len(columns)))


def _agrees_in_all(payments: Columns, row: int, known: Claims, there: NDArray[np.bool_]) -> bool:
    """Whether a claim has the payment's number, member, charge and service date, as far as it states them."""
    said = [name for name in KEYS[:4] if _stated(getattr(payments, name)[row])]
    found = [known.rows[name].get(getattr(payments, name)[row], NO_ROWS) for name in said]
    if len(found) < FEWEST_SAID:
        return False
    common = found[0]
    for rows in found[1:]:
        common = np.intersect1d(common, rows)
    return bool(there[common].any())


def _block(payments: Columns, row: int, known: Claims, own: int) -> Rows:
    """Claims that may be as consistent: they share the rarest value that payment and right claim share."""
    shared = [
        known.rows[name][value]
        for name in KEYS[1:]  # not by the number: a sibling has another
        if _stated(value := getattr(payments, name)[row]) and getattr(known.columns, name)[own] == value
    ]
    return min(shared, key=len) if shared else np.arange(known.ids.size, dtype=np.intp)


def _stated(value: Any) -> bool:
    return value not in ("", None) and value == value


def _rows_of(values: Sequence[Any] | NDArray[Any]) -> dict[Any, Rows]:
    rows: dict[Any, list[int]] = defaultdict(list)
    for row, value in enumerate(values):
        if _stated(value):
            rows[value].append(row)
    return {value: np.array(found, dtype=np.intp) for value, found in rows.items()}


def _equal(value: Any, others: NDArray[Any]) -> Floats:
    return np.asarray(others == value, dtype=np.float64) if value else np.zeros(len(others))


def _similar(name: str, others: NDArray[np.object_]) -> Floats:
    return np.array([JaroWinkler.similarity(name, other) if name and other else 0.0 for other in others])


def _control(number: str, others: NDArray[np.object_]) -> Floats:
    return np.array([_alike(number, other) if number and other else 0.0 for other in others])


def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= SHORTEST and shorter in longer:
        return CONTAINED
    return float(DamerauLevenshtein.normalized_similarity(one, other)) * CONTAINED


def _money(charge: float, others: Floats) -> Floats:
    """2 for the same amount, 1 for a part of the claim's, else 0."""
    return np.where(others == charge, 2.0, np.where(others > charge, 1.0, 0.0))


def _overlap(said: frozenset[Any], others: NDArray[np.object_]) -> Floats:
    return np.array([len(said & other) / len(said | other) if said else 0.0 for other in others])
