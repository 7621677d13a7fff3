"""In which order candidates stand: what their keys say, and how amounts and days agree.

This is only to cut a list; how sure a match is, a model says. The weights are chosen: what matters is that the right
claim stands among the first, which the benchmark of candidates measures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.match_index_pairs import Pairs, Scores
from features.match_index_runs import Flags
from features.match_index_table import NO_CENTS, NO_DAY, Table, ordinal
from features.match_keys import cents
from features.x12.records import ClaimPayment

# What a shared key of each sort says, by its first letter (features.match_keys).
WEIGHTS = {"c": 6, "d": 3, "t": 2, "e": 2, "f": 1, "l": 2, "m": 5, "a": 4, "n": 3, "g": 2, "p": 2,
           "s": 5, "w": 5, "x": 3, "v": 0}  # fmt: skip
OF_NUMBER = frozenset(
    "cdtefl"
)  # keys of the control numbers; all others tell of the patient, the days or the amounts
SURE = 8.0  # of keys of both sorts together, each with some, or of twice as much of one that is no number

SAME_CHARGE, SAME_DAY, NEAR_DAY, RECENT, TEXT = 2.0, 1.0, 0.5, 0.5, 8.0
OVERPAID, NOT_SENT = -3.0, -4.0
USUAL_SHARE, USUAL_SPREAD = 0.45, 0.2  # of the charge that is paid
NEAR = 3  # days
PROMPT, FRESH = 40, 90  # days from being sent to being paid
UNDATED, UNBILLED = (
    1.5,
    2.0,
)  # how much more the wait says where no day, and the amount where no charge is known


Cents = NDArray[np.int64]


class Asked(NamedTuple):
    """What ranking looks at of payments: arrays (n,)."""

    charge: Cents
    paid: Cents
    service: NDArray[np.int64]  # days since the year 1
    day: NDArray[np.int64]  # of the payment

    @staticmethod
    def of(payments: Sequence[ClaimPayment]) -> Asked:
        """The columns of payments."""
        return Asked(
            np.array([_cents(payment.charge) for payment in payments], np.int64),
            np.array([_cents(payment.paid) for payment in payments], np.int64),
            np.array([ordinal(payment.service_from) for payment in payments], np.int64),
            np.array([ordinal(payment.payment_date) for payment in payments], np.int64),
        )


def closeness(pairs: Pairs, asked: Asked, table: Table) -> Scores:
    """How amounts and days of each pair agree; 0 where nothing is known."""
    claims = table[pairs.rows]
    charge, service, sent = claims["charge"], claims["service"], claims["submitted"]
    told, paid = asked.charge[pairs.payments], asked.paid[pairs.payments]
    apart = np.abs(asked.service[pairs.payments] - service)
    dated = (asked.service[pairs.payments] != NO_DAY) & (service != NO_DAY)
    waited = asked.day[pairs.payments] - sent
    known = (asked.day[pairs.payments] != NO_DAY) & (sent != NO_DAY)
    said = np.zeros(len(charge))
    said += SAME_CHARGE * ((told == charge) & (charge != NO_CENTS))
    said += SAME_DAY * (dated & (apart == 0)) + NEAR_DAY * (dated & (apart > 0) & (apart <= NEAR))
    said += OVERPAID * ((paid > charge) & (charge != NO_CENTS))
    said += np.where(known, RECENT * promptness(waited) + NOT_SENT * (waited < 0), 0.0)
    said += UNDATED * np.where(known & ~dated, promptness(waited), 0.0)
    said += UNBILLED * np.where((told == NO_CENTS) & (charge != NO_CENTS), plausibility(paid, charge), 0.0)
    return said


def plausibility(paid: Cents, charge: Cents) -> Scores:
    """How usual it is that so much is paid of such a charge, both in cents, by nothing else; 0 to 1.

    >>> plausibility(np.array([100, 45, 120]), np.array([100, 100, 100])).tolist()
    [1.0, 1.0, 0.0]
    """
    share = paid / np.maximum(charge, 1)
    usual = np.exp(-(((share - USUAL_SHARE) / USUAL_SPREAD) ** 2) / 2)
    whole = (paid == charge) & (paid > 0)
    return np.where(whole, 1.0, np.where((share < 0) | (share > 1), 0.0, usual))


def promptness(waited: NDArray[np.int64]) -> Scores:
    """How usual it is that a claim is paid after so many days; 0 to 1.

    >>> promptness(np.array([-1, 0, 30, 65, 200])).tolist()
    [0.0, 1.0, 1.0, 0.5, 0.0]
    """
    late = np.clip((FRESH - waited) / (FRESH - PROMPT), 0.0, 1.0)
    return np.where(waited < 0, 0.0, late)


def sure(payments: int, owners: NDArray[np.int64], by_number: Scores, by_others: Scores) -> Flags:
    """Of each payment, whether some claim shares its control number and more, or enough else."""
    found = np.zeros(payments, np.bool_)
    found[owners[_enough(by_number, by_others)]] = True
    return found


def surely(keys: Iterable[str]) -> bool:
    """The same of the keys that one payment shares with one claim."""
    shared = list(keys)
    by_number = sum(WEIGHTS[key[0]] for key in shared if key[0] in OF_NUMBER)
    by_others = sum(WEIGHTS[key[0]] for key in shared if key[0] not in OF_NUMBER)
    return bool(_enough(np.array([by_number]), np.array([by_others]))[0])


def _enough(by_number: Scores, by_others: Scores) -> Flags:
    return (by_number > 0) & (by_others > 0) & (by_number + by_others >= SURE) | (by_others >= 2 * SURE)


def without_superseded(pairs: Pairs, table: Table) -> Pairs:
    """Ranked pairs without claims that were sent again under their own number, as after a rejection: of those that a
    payment found only the last one sent counts, and of equals the first."""
    identities, sent = table["identity"][pairs.rows], table["submitted"][pairs.rows]
    order = np.lexsort((np.arange(len(sent)), -sent, identities, pairs.payments))
    identities = identities[order]
    again = (np.diff(identities, prepend=0) == 0) & (np.diff(pairs.payments[order], prepend=-1) == 0)
    kept = np.ones(len(sent), np.bool_)
    kept[order[again & (identities != 0)]] = False
    return pairs.taken(kept)


def _cents(amount: object) -> int:
    found = cents(amount)  # type: ignore[arg-type]
    return NO_CENTS if found is None else found
