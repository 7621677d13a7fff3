"""The public peers answer by the same protocol as everyone."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from tests.support.matches import a_world
from training.benchmarks.matching.network import MODEL, PEERS, methods_asked
from training.benchmarks.matching.peer_tables import rankings
from training.benchmarks.matching.task import answers_of, ask, checked, split
from training.benchmarks.protocols import NONE, named

INSTALLED = [
    method for package, offered in PEERS.items() if find_spec(package) for method in offered.values()
]


@pytest.mark.parametrize("method", INSTALLED)
def test_a_peer_finds_most_claims_and_ranks_none_among_them(method: str) -> None:
    given = split(a_world(600, seed=6), seed=1)
    peer = named(method)
    peer.fit(given.history)
    ranked = checked(ask(peer, given), given)
    right = {payment.payer_claim_number or "": f"CL{(payment.payer_claim_number or '')[4:][-6:]}"
             for payment in given.payments}  # fmt: skip
    wanted = [right[payment.payer_claim_number or ""] for payment in given.payments]
    there = {claim.claim_id for claim in given.claims}
    answers = answers_of(ranked, [claim if claim in there else NONE for claim in wanted])
    assert answers.right[answers.has_claim].mean() > 0.6
    assert all(NONE in {claim for claim, _ in one} for one in ranked)


def test_siblings_that_are_equally_likely_share_what_there_is() -> None:
    world = a_world(20, seed=1)
    payment, claims = world.claim_payments[-1], world.claims[:2]
    (ranked,) = rankings([(0, 0, 30.0), (1, 0, 30.0)], [payment], claims)
    assert [round(sure, 6) for _, sure in ranked] == [0.5, 0.5, 0.0]
    (alone,) = rankings([(0, 0, 30.0)], [payment], claims)
    assert alone[0][1] > 0.999


def test_only_narrows_what_is_asked_but_never_leaves_the_model_out() -> None:
    assert list(methods_asked([], ["rule"], peers=False)) == [MODEL, "rule"]
    assert list(methods_asked(["own:Method"], ["rule"], peers=False)) == [MODEL, "own:Method", "rule"]
