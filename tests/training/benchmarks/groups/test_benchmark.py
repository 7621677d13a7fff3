"""The benchmark of groups: what counts as right, and a run on a small network."""

from __future__ import annotations

import argparse
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from features.groups.lumps import LumpAnswer
from features.groups.ties import Tie
from features.stubs import Stub
from features.x12.records import Source
from models.groups.trust import Trust
from tests.support.builders import make_claim, make_claim_payment
from training.benchmarks.groups import benchmark, checks
from training.benchmarks.groups.tally import Tally
from training.benchmarks.groups.tie_truth import TieTruth
from training.benchmarks.matching.truth import TrueMember, TruePayment
from training.groups.lumps import AnsweredCheck

PAID = make_claim_payment()
TAKEN = make_claim_payment(status="22", charge=Decimal(-275), trace_number="LATER")
REVERSED = [TruePayment("A-1001", "plain"), TruePayment("A-1001", "reversal")]


def tie(place: int, to: int) -> Tie:
    """A reversal's tie."""
    return Tie("reversal", place, (to,), (), ())


def test_a_tie_to_the_payment_of_the_same_claim_is_right() -> None:
    truth = TieTruth([PAID, TAKEN], REVERSED, [])
    assert truth.wanted("reversal", 0) == [1]
    assert truth.tally("reversal", [tie(1, 0)], 0) == Tally(of=1, right=1)


def test_a_tie_of_a_payment_that_reverses_nothing_is_invented() -> None:
    truth = TieTruth([PAID, TAKEN, PAID], [*REVERSED, TruePayment("B", "plain")], [])
    assert truth.tally("reversal", [tie(2, 0)], 0) == Tally(of=1, invented=1)


def test_a_reversal_whose_payment_never_came_is_not_asked_for() -> None:
    truth = TieTruth([TAKEN], REVERSED[1:], [])
    assert truth.wanted("reversal", 0) == []


def test_no_answer_is_abstained_from() -> None:
    assert Tally(of=5, right=3, wrong=1).abstained == 1


def test_all_claims_of_a_check_must_be_right() -> None:
    true = checks.TrueCheck.of([_member("A", 10), _member("B", 5), _member("C", 0)])
    assert true.several
    both = [(_answered("A", "B"), true), (_answered("A"), true)]
    assert checks.ours(both, Trust(), always=True) == Tally(of=2, right=1, wrong=1)


def test_what_a_check_gives_and_takes_back_is_nothing() -> None:
    assert checks.TrueCheck.of([_member("A", 10), _member("A", -10), _member("B", 4)]).claims == {"B": 400}


def test_the_ceiling_counts_checks_that_one_set_alone_comes_to() -> None:
    pair = (_answered("A"), checks.TrueCheck.of([_member("A", 15)]))
    assert checks.unique_by_true_amounts([pair], {"A": 1500, "B": 700}) == 1
    assert checks.unique_by_true_amounts([pair], {"A": 1500, "B": 1500}) == 0


def test_the_rule_takes_the_claim_that_the_stub_names() -> None:
    claims = {"A": make_claim(claim_id="A"), "B": make_claim(claim_id="B", patient_last="ROE")}
    pair = (_answered("B", reference="A"), checks.TrueCheck.of([_member("A", 15)]))
    assert checks.named([pair], claims) == Tally(of=1, right=1)


@pytest.mark.slow
def test_a_run_writes_each_kind_with_its_intervals(simulated: Path, tmp_path: Path) -> None:
    arguments = argparse.Namespace(data=simulated, seed=7, out=tmp_path, scenario="steady", claims=3_000)
    assert benchmark.run(arguments) == 0
    written = json.loads((tmp_path / "groups-seed-7.json").read_text())
    rows = {row["method"]: row["figures"] for row in written["rows"]}
    assert rows["reversal"]["of_answers"]["value"] > 0.95
    assert rows["remittance sent twice"]["wrong"]["value"] == 0
    assert "check for several claims" in rows


def _member(claim: str, dollars: int) -> TrueMember:
    return TrueMember(claim, "plain", "T", Decimal(dollars))


def _answered(*claims: str, reference: str | None = None) -> AnsweredCheck:
    day = date(2024, 4, 5)
    references = (reference,) if reference else ()
    stub = Stub(
        "S", day, day, "7", "PLAN", Decimal(15), None, None, False, references, None, None, Source("s")
    )
    answer = LumpAnswer(claims, 0.9, (), (), (("A", "B"),), False)
    return AnsweredCheck(stub, answer, None, False, None)
