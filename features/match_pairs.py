"""What a claim payment and a candidate claim have in common, as numbers: one row a pair, computed in batch.

Nothing here knows what a payment was posted to. Similarities are RapidFuzz's, over whole columns of pairs at once.
Absent values are NaN, which the booster reads as its own case, and never as "different".
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, JaroWinkler, Levenshtein, Postfix, Prefix
from rapidfuzz.process import cpdist

from features.match_columns import Columns, Floats, Objects
from features.match_history import HISTORY, REVERSAL, Postings, history_columns
from features.match_standing import STANDING, standing
from features.payer_numbers import NO_NUMBERS, PayerNumbers

Indices = NDArray[np.intp]
BUCKETS = 4096
SHORTEST_PREFIX = 6  # characters that still say something when a control number is cut

# Each feature with the business reason that it belongs to when a score is explained.
PAIR_FEATURES: dict[str, str] = {
    "control_same_raw": "control-number",
    "control_same": "control-number",
    "control_similarity": "control-number",
    "control_start": "control-number",
    "control_end": "control-number",
    "control_cut": "control-number",
    "line_controls_shared": "control-number",
    "number_repeated": "control-number",
    "reference_to_member": "member-id",
    "member_same": "member-id",
    "member_root_same": "member-id",
    "member_similarity": "member-id",
    "last_similarity": "patient-name",
    "first_similarity": "patient-name",
    "names_swapped": "patient-name",
    "last_frequency": "patient-name",
    "charge_difference": "charge",
    "charge_ratio": "charge",
    "charge_frequency": "charge",
    "paid_share": "charge",
    "service_from_days": "service-dates",
    "service_to_days": "service-dates",
    "days_to_payment": "payment-timing",
    "days_since_submission": "payment-timing",
    "numbered_days": "payment-timing",
    "numbered_close": "payment-timing",
    "payer_same": "payer",
    "payer_name_similarity": "payer",
    "payer_among_others": "payer",
    "provider_same": "provider",
    "rendering_same": "provider",
    "facility_same": "provider",
    "procedures_shared": "services",
    "procedures_covered": "services",
    "priced_shared": "services",
    "modified_shared": "services",
    "frequency_same": "claim-kind",
    "claim_resubmitted": "claim-kind",
    "replaces_this_payment": "claim-kind",
    "reversal": "claim-kind",
    "secondary": "claim-kind",
    "denied": "claim-kind",
    "on_paper": "claim-kind",
    "on_stub": "claim-kind",
    **dict.fromkeys(HISTORY, "earlier-postings"),
}
FEATURES: dict[str, str] = {**PAIR_FEATURES, **dict.fromkeys(STANDING, "other-candidates")}


@dataclass(frozen=True)
class Background:
    """What is known before any pair is seen: how common surnames and charges are, and how payers number claims.

    ``last`` and ``charge`` are shares of claims by hashed value, (BUCKETS,) each: hashed, so that a saved model holds
    no name; a collision makes a value look a little more common than it is.
    """

    last: Floats
    charge: Floats
    numbers: PayerNumbers = NO_NUMBERS

    @staticmethod
    def of(claims: Columns, numbers: PayerNumbers = NO_NUMBERS) -> Background:
        """Counted over claims; one is added to each bucket, so that an unseen value is rare and not impossible."""
        return Background(_shares(claims.last), _shares(_as_text(claims.charge)), numbers)

    def to_arrays(self) -> dict[str, Floats]:
        """Arrays for a saved model."""
        return {"frequency_last": self.last, "frequency_charge": self.charge}


@dataclass(frozen=True)
class Pairs:
    """Row numbers of payments and of claims, (m,) each; the candidates of one payment stand together."""

    payment: Indices
    claim: Indices
    starts: Indices  # (n + 1,): the pairs of payment i are starts[i] to starts[i + 1]

    @staticmethod
    def of(candidates: Sequence[Sequence[int]]) -> Pairs:
        """From each payment's claim rows."""
        sizes = np.fromiter((len(rows) for rows in candidates), dtype=np.intp, count=len(candidates))
        claim = np.fromiter(
            (row for rows in candidates for row in rows), dtype=np.intp, count=int(sizes.sum())
        )
        return Pairs(np.repeat(np.arange(sizes.size), sizes), claim, np.append(0, np.cumsum(sizes)))


def pair_features(
    payments: Columns,
    status: Sequence[str | None],
    claims: Columns,
    pairs: Pairs,
    background: Background,
    earlier: Sequence[Postings],
    sent: Floats,
) -> Floats:
    """Features (m, len(FEATURES)) of m pairs, columns in the order of ``FEATURES``.

    ``status`` is CLP02 of each payment; ``earlier`` (m,) what was posted to each pair's claim before; ``sent`` (n,) the
    day on which each payment's claim was sent as the payer's number tells, NaN where it does not.
    """
    p, c = _Side(payments, pairs.payment), _Side(claims, pairs.claim)
    kinds = _objects(status)[pairs.payment]
    columns = (
        _control(p, c) | _person(p, c, background) | _money_and_days(p, c, background) | _parties(p, c)
        | _services(p, c) | _claim_kind(p, c, kinds) | history_columns(payments, status, pairs.payment, earlier)
        | {"number_repeated": _number_repeated(payments, status)[pairs.payment]}
        | _numbered(sent[pairs.payment] - c.day)
    )  # fmt: skip
    own = np.column_stack([columns[name] for name in PAIR_FEATURES]) if len(pairs.claim) else _nothing()
    return np.hstack([own, standing(own, list(PAIR_FEATURES), pairs.starts)])


class _Side:
    """One side's columns as the pairs need them."""

    def __init__(self, columns: Columns, rows: Indices) -> None:
        self.columns, self.rows = columns, rows

    def __getattr__(self, name: str) -> NDArray[Any]:
        column: NDArray[Any] = getattr(self.columns, name)[self.rows]
        return column


def _control(p: _Side, c: _Side) -> dict[str, Floats]:
    ours, theirs = p.control, c.control
    start = _where_known(ours, theirs, _compare(Prefix.similarity, ours, theirs))
    shortest = np.minimum(_lengths(ours), _lengths(theirs))
    return {
        "control_same_raw": _same(p.raw_control, c.raw_control),
        "control_same": _same(ours, theirs),
        "control_similarity": _where_known(ours, theirs, _compare(OSA.normalized_similarity, ours, theirs)),
        "control_start": start,
        "control_end": _where_known(ours, theirs, _compare(Postfix.similarity, ours, theirs)),
        "control_cut": np.where(shortest < SHORTEST_PREFIX, np.nan, (start >= shortest).astype(np.float64)),
        "line_controls_shared": _jaccard(p.line_controls, c.line_controls),
    }


def _person(p: _Side, c: _Side, background: Background) -> dict[str, Floats]:
    swapped = np.fmin(
        _compare(JaroWinkler.normalized_similarity, p.last, c.first),
        _compare(JaroWinkler.normalized_similarity, p.first, c.last),
    )
    to_member = _known_similarity(Levenshtein.normalized_similarity, p.control, c.member)
    return {
        "reference_to_member": np.where(p.channel == "stub", to_member, np.nan),
        "member_same": _same(p.member, c.member),
        "member_root_same": _same(p.member_root, c.member_root),
        "member_similarity": _known_similarity(Levenshtein.normalized_similarity, p.member, c.member),
        "last_similarity": _known_similarity(JaroWinkler.normalized_similarity, p.last, c.last),
        "first_similarity": _known_similarity(JaroWinkler.normalized_similarity, p.first, c.first),
        "names_swapped": swapped,
        "last_frequency": np.log(background.last[_buckets(c.last)]),
    }


def _money_and_days(p: _Side, c: _Side, background: Background) -> dict[str, Floats]:
    ours, theirs = p.charge, c.charge
    largest = np.fmax(np.fmax(ours, theirs), 1.0)
    return {
        "charge_difference": np.abs(ours - theirs) / largest,
        "charge_ratio": ours / np.fmax(theirs, 1.0),
        "charge_frequency": np.log(background.charge[_buckets(_as_text(theirs))]),
        "paid_share": p.paid / np.fmax(theirs, 1.0),
        "service_from_days": p.service_from - c.service_from,
        "service_to_days": p.service_to - c.service_to,
        "days_to_payment": p.day - c.service_to,
        "days_since_submission": p.day - c.day,
    }


def _parties(p: _Side, c: _Side) -> dict[str, Floats]:
    among = [payer in others for payer, others in zip(p.payer, c.other_payers, strict=True)]
    return {
        "payer_same": _same(p.payer, c.payer),
        "payer_name_similarity": _known_similarity(JaroWinkler.normalized_similarity, p.payer_name, c.payer_name),
        "payer_among_others": np.array(among, dtype=np.float64),
        "provider_same": _same(p.provider, c.provider),
        "rendering_same": _same(p.rendering, c.rendering),
        "facility_same": _same(p.facility, c.facility),
    }  # fmt: skip


def _services(p: _Side, c: _Side) -> dict[str, Floats]:
    return {
        "procedures_shared": _jaccard(p.procedures, c.procedures),
        "procedures_covered": _covered(p.procedures, c.procedures),
        "priced_shared": _jaccard(p.priced, c.priced),
        "modified_shared": _jaccard(p.modified, c.modified),
    }


def _claim_kind(p: _Side, c: _Side, status: Objects) -> dict[str, Floats]:
    """A reversal or a second payer points again at a claim that is paid already: a kind, and no fault."""
    return {
        "frequency_same": _same(p.frequency, c.frequency),
        "claim_resubmitted": (c.frequency == "7").astype(np.float64),
        "replaces_this_payment": _same(p.payer_number, c.payer_number),
        "reversal": (status == REVERSAL).astype(np.float64),
        "secondary": np.isin(status.astype(str), ("2", "3", "20", "21")).astype(np.float64),
        "denied": (status == "4").astype(np.float64),
        "on_paper": (p.channel == "paper").astype(np.float64),
        "on_stub": (p.channel == "stub").astype(np.float64),
    }


def _numbered(days: Floats) -> dict[str, Floats]:
    """Days (m,) between the sending of the claim by the payer's number and by the claim's own file."""
    return {"numbered_days": days, "numbered_close": -np.abs(days)}


def _number_repeated(payments: Columns, status: Sequence[str | None]) -> Floats:
    """How many payments of the same remittance state the same control number, (n,); reversals count apart.

    Two claims of one patient under one number: for one of them it is the other's.
    """
    numbers = [
        (remittance, control, kind == REVERSAL)
        for remittance, control, kind in zip(payments.remittance, payments.control, status, strict=True)
    ]
    counts = Counter(numbers)
    return np.array([counts[number] if number[1] else np.nan for number in numbers], dtype=np.float64)


def _compare(scorer: Any, ours: Objects, theirs: Objects) -> Floats:
    if not len(ours):
        return np.zeros(0)
    return np.asarray(
        cpdist(ours.tolist(), theirs.tolist(), scorer=scorer, dtype=np.float64), dtype=np.float64
    )


def _known_similarity(scorer: Any, ours: Objects, theirs: Objects) -> Floats:
    return _where_known(ours, theirs, _compare(scorer, ours, theirs))


def _where_known(ours: Objects, theirs: Objects, values: Floats) -> Floats:
    return np.where((ours != "") & (theirs != ""), values, np.nan)


def _same(ours: Objects, theirs: Objects) -> Floats:
    return _where_known(ours, theirs, (ours == theirs).astype(np.float64))


def _lengths(texts: Objects) -> NDArray[np.intp]:
    return np.fromiter(map(len, texts), dtype=np.intp, count=len(texts))


def _jaccard(ours: Objects, theirs: Objects) -> Floats:
    """Shared share of the union; NaN where a side is empty."""
    values = [
        len(a & b) / len(a | b) if a and b else np.nan for a, b in zip(ours, theirs, strict=True)
    ]  # fmt: skip
    return np.array(values, dtype=np.float64)


def _covered(ours: Objects, theirs: Objects) -> Floats:
    """Share of our values that they have too: a split payment covers part of its claim; NaN where a side is empty."""
    values = [len(a & b) / len(a) if a and b else np.nan for a, b in zip(ours, theirs, strict=True)]
    return np.array(values, dtype=np.float64)


def _buckets(values: Objects) -> Indices:
    hashes = {value: zlib.crc32(value.encode()) % BUCKETS for value in set(values)}
    return np.fromiter((hashes[value] for value in values), dtype=np.intp, count=len(values))


def _shares(values: Objects) -> Floats:
    counts = np.bincount(_buckets(values), minlength=BUCKETS).astype(np.float64) + 1
    shares: Floats = counts / counts.sum()
    return shares


def _as_text(amounts: Floats) -> Objects:
    return _objects(f"{amount:.0f}" for amount in amounts)


def _objects(values: Any) -> Objects:
    listed = list(values)
    column = np.empty(len(listed), dtype=object)
    column[:] = listed
    return column


def _nothing() -> Floats:
    return np.zeros((0, len(PAIR_FEATURES)))
