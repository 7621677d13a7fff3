"""The benchmark of candidates, small: its tables, what counts as found, and the copies of claims."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest

from tests.support.matches import payment_of, some_claims
from tests.training.benchmarks.conftest import Asked
from training.benchmarks.candidates.benchmark import channels, misses, run
from training.benchmarks.candidates.methods import METHODS, PEERS, exact_number, keys_alone, ours
from training.benchmarks.candidates.multiplied import multiplied
from training.benchmarks.candidates.scene import Scene, paid, sent
from training.benchmarks.candidates.warm import warm
from training.benchmarks.results import Row

CLAIMS = some_claims(80, seed=9)


def scene_of(**changes: object) -> Scene:
    """Each claim's payment, changed alike."""
    payments = [payment_of(claim, number, **changes) for number, claim in enumerate(CLAIMS)]
    payments.sort(key=paid)
    wanted = {claim.claim_id: frozenset({claim.claim_id or ""}) for claim in CLAIMS}
    by_trace = {f"TRN{number:06d}": wanted[claim.claim_id] for number, claim in enumerate(CLAIMS)}
    return Scene(
        tuple(sorted(CLAIMS, key=sent)),
        tuple(payments),
        tuple(by_trace[payment.trace_number or ""] for payment in payments),
        "0" * 64,
    )


def test_every_method_stands_in_one_table_and_in_a_file(
    asked: Asked, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(asked("candidates", "--open", "3000")) == 0
    printed = capsys.readouterr().out
    written = json.loads((tmp_path / "out/candidates-seed-7.json").read_text())
    peers = [label for package, (label, _) in PEERS.items() if find_spec(package)]
    assert [row["method"] for row in written["rows"]] == [*METHODS, *peers]
    for said in (*METHODS, *peers, "paper", "stub", "median ms"):
        assert said in printed, said
    recall = {row["method"]: row["figures"]["recall_at_10"]["value"] for row in written["rows"]}
    assert recall["keys and n-grams"] > 0.99
    assert recall["exact number"] < recall["keys alone"] <= recall["keys and n-grams"]
    assert written["warm"]["hits"] / written["warm"]["matches"] > 0.99
    assert {"835", "paper", "stub"} <= set(written["channels"])


def test_a_claim_that_was_sent_after_the_payment_is_no_candidate() -> None:
    scene = scene_of(payment_date=min(sent(claim) for claim in CLAIMS))
    for method in (ours, keys_alone, exact_number):
        found = {claim for one in method(scene).found for claim in one}
        assert found == {CLAIMS[0].claim_id}


def test_recall_counts_the_claims_that_are_paid_by_channel() -> None:
    scene = scene_of()
    found = [[*wanted] for wanted in scene.wanted]
    assert channels(found, scene)["835"]["recall_at_1"] == 1
    assert channels([[] for _ in found], scene)["835"]["recall_at_20"] == 0
    lumps = Scene(scene.claims, scene.payments[:1], (frozenset({"A", "B"}),), "")
    stub = msgspec.structs.replace(scene.payments[0], channel="stub")
    lumps = Scene(scene.claims, (stub,), lumps.wanted, "")
    assert channels([["A", "C"]], lumps)["stub of several claims"]["recall_at_5"] == 0.5


def test_copies_of_claims_are_other_peoples_and_keep_what_siblings_share() -> None:
    copies = list(multiplied(CLAIMS, 200, seed=1))
    assert len(copies) == 200
    assert copies[:80] == CLAIMS
    assert len({claim.claim_id for claim in copies}) == 200
    members = {claim.subscriber_id for claim in CLAIMS}
    assert not members & {claim.subscriber_id for claim in copies[80:]}
    assert copies[86].subscriber_id == copies[87].subscriber_id  # the eighth is a sibling of the seventh
    assert copies == list(multiplied(CLAIMS, 200, seed=1))


def test_a_warm_index_is_searched_while_claims_come_and_go() -> None:
    measured = warm(scene_of(), 500, seed=1)
    assert measured.claims == 500
    assert measured.hits == measured.matches == 80
    assert 0 < measured.median_ms <= measured.p99_ms <= measured.slowest_ms
    missed = misses(Row("ours", {"recall_at_10": 0.5}, 9.0, 1.0), measured._replace(median_ms=6.0))
    assert [sentence.split()[0:2] for sentence in missed] == [
        ["the", "right"],
        ["taking", "the"],
        ["a", "single"],
    ]
