"""Ways to find candidates, each asked for all payments of a scene, day by day or at once."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.match_index import MatchIndex
from features.match_index_pairs import Pairs
from features.match_keys import normalised
from features.x12.records import Claim, ClaimPayment
from training.benchmarks.candidates.scene import Scene, paid, sent

KEPT = 20  # candidates of a payment
Rankings = list[list[str]]  # control numbers, likeliest first


@dataclass(frozen=True)
class Searched:
    """What was found, and the processor's seconds, of all threads, to take the claims in and to search."""

    found: Rankings
    build_seconds: float
    search_seconds: float


class KeysAlone(MatchIndex[str]):
    """The index without what it does for payments for which keys find nothing sure."""

    def _further(self, payments: Sequence[ClaimPayment]) -> Pairs:  # noqa: ARG002
        return Pairs.joined([])


def ours(scene: Scene) -> Searched:
    """The index that is used: claims join it as the days pass, and the payments of a day are searched together."""
    return _replayed(scene, MatchIndex[str]())


def keys_alone(scene: Scene) -> Searched:
    """Keys without n-grams."""
    return _replayed(scene, KeysAlone())


def exact_number(scene: Scene) -> Searched:
    """Claims with the same control number, without what payers change of it, that were sent by then."""
    started = time.process_time()
    claims: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in scene.claims:
        claims[normalised(claim.claim_id)].append(claim)
    built = time.process_time()
    found = [
        _distinct([claim for claim in claims.get(normalised(payment.claim_id), ()) if sent(claim) <= paid(payment)])
        for payment in scene.payments
    ]  # fmt: skip
    return Searched(found, built - started, time.process_time() - built)


def tfidf(scene: Scene) -> Searched:
    """Cosine of TF-IDF 3-grams over all fields, by sparse_dot_topn with two threads: all claims at once.

    It knows no days, so claims that were sent later are taken out of half as many again as are kept.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sparse_dot_topn import sp_matmul_topn  # type: ignore[import-untyped, unused-ignore]

    started = time.process_time()
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(3, 3), lowercase=False, dtype=np.float32)
    claims = vectorizer.fit_transform([_text(claim) for claim in scene.claims]).T.tocsr()
    built = time.process_time()
    asked = vectorizer.transform([_text(payment) for payment in scene.payments])
    scores: Any = sp_matmul_topn(asked, claims, top_n=KEPT * 3 // 2, sort=True, n_threads=2)
    found = []
    for place, payment in enumerate(scene.payments):
        rows = scores.indices[scores.indptr[place] : scores.indptr[place + 1]]
        there = [scene.claims[row] for row in rows if sent(scene.claims[row]) <= paid(payment)]
        found.append(_distinct(there)[:KEPT])
    return Searched(found, built - started, time.process_time() - built)


METHODS: Mapping[str, Callable[[Scene], Searched]] = {
    "keys and n-grams": ours,
    "keys alone": keys_alone,
    "exact number": exact_number,
}
PEERS: Mapping[str, tuple[str, Callable[[Scene], Searched]]] = {
    "sparse_dot_topn": ("TF-IDF 3-grams", tfidf)
}  # by the package that is needed


def _replayed(scene: Scene, index: MatchIndex[str]) -> Searched:
    found: Rankings = [[] for _ in scene.payments]
    building = searching = 0.0
    added = 0
    for day, places in scene.days():
        started = time.process_time()
        while added < len(scene.claims) and sent(scene.claims[added]) <= day:
            claim = scene.claims[added]
            index.hold(str(added), claim, claim.claim_id or "")
            added += 1
        built = time.process_time()
        for place, claims in zip(
            places, index.search([scene.payments[p] for p in places], KEPT), strict=True
        ):
            found[place] = claims
        building, searching = building + built - started, searching + time.process_time() - built
    return Searched(found, building, searching)


def _distinct(claims: Sequence[Claim]) -> list[str]:
    return list(dict.fromkeys(claim.claim_id or "" for claim in claims))


def _text(record: Claim | ClaimPayment) -> str:
    """The fields that both sorts of record have, in one string."""
    fields = (record.claim_id, record.subscriber_id, record.patient_last, record.patient_first)
    amount = "" if record.charge is None else f"{abs(record.charge):.2f}"
    return " ".join(
        [*map(normalised, fields), f"{record.service_from or ''}", amount, record.payer_name or ""]
    )
