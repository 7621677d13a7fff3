"""The benchmark of deposits: what counts as right, and a run on a small network."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from features.deposits.anchors import anchors
from features.deposits.books import Books, Candidate
from models.deposit_match import Answer
from tests.support.deposit_builders import DAY, deposit, payment
from tests.training.benchmarks.conftest import Asked
from training.benchmarks.deposits import benchmark, judge
from training.benchmarks.deposits.methods import Tied, by_trace, by_trace_then_amount, ours
from training.benchmarks.deposits.truth import DepositTruth

ONE, TWO = "123450000001", "123450000002"
HELD = {"D1": [ONE], "D2": [ONE, TWO], "D3": [], "D4": [TWO]}
DEPOSITS = [
    deposit(),
    deposit(reference="D2", cents=12_550),
    deposit(reference="D3", trace_number=""),
    deposit(reference="D4", trace_number="", cents=2_550, day=DAY + timedelta(12)),
]
PAYMENTS = [payment(ONE), payment(TWO, cents=2_550)]


@pytest.fixture
def books() -> Books:
    return Books(DEPOSITS, PAYMENTS, anchors(DEPOSITS, PAYMENTS))


@pytest.fixture
def truth(tmp_path: Path, books: Books) -> DepositTruth:
    rows = [f"{reference},{trace},1.00" for reference, traces in HELD.items() for trace in traces or [""]]
    sealed = tmp_path / "truth"
    sealed.mkdir()
    (sealed / "deposits.csv").write_text("\n".join(["bank_reference,trace_number,amount", *rows]) + "\n")
    return DepositTruth(tmp_path, books)


def test_kinds_follow_what_a_deposit_truly_holds(truth: DepositTruth) -> None:
    assert [truth.kinds(one) for one in DEPOSITS] == [
        ["single transfer"],
        ["combined transfer"],
        ["other income"],
        ["single transfer", "late"],
    ]


@pytest.mark.parametrize(
    ("tied", "right", "wrong"),
    [
        ([(0,), (0, 1), None, (1,)], 3, 0),
        ([(0,), (0,), None, None], 1, 1),
        ([None, (1,), (0,), (0,)], 0, 2),
    ],
)
def test_all_payments_of_a_deposit_must_be_right(
    books: Books, truth: DepositTruth, tied: list[Tied], right: int, wrong: int
) -> None:
    tally = judge.by_kind(books, truth, tied, range(4))["all with payments"]
    assert (tally.of, tally.right, tally.wrong) == (3, right, wrong)


def test_to_tie_other_income_is_wrong_and_to_leave_it_is_right(books: Books, truth: DepositTruth) -> None:
    tied, left = (
        judge.by_kind(books, truth, [None, None, said, None], [2])["other income"] for said in ((0,), None)
    )
    assert (tied.right, tied.wrong) == (0, 1)
    assert (left.right, left.wrong) == (1, 0)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (by_trace, [(0,), (0,), None, None]),
        (by_trace_then_amount, [(0,), None, (0,), None]),
    ],
)
def test_the_rules_answer_as_they_say(
    books: Books, method: Callable[[Books], list[Tied]], expected: list[Tied]
) -> None:
    assert method(books) == expected


def test_ours_abstains_below_the_least_confidence() -> None:
    answers = [Answer(Candidate((0,)), confidence, 0.0, None, 0.0) for confidence in (0.98, 0.995)]
    assert ours(answers, 0.99) == [None, (0,)]


def test_coverage_stops_where_a_mistake_costs_the_precision(books: Books, truth: DepositTruth) -> None:
    answers = [
        Answer(Candidate((0,)), 0.99, 0.01, None, 0.0),
        Answer(Candidate((1,)), 0.98, 0.02, None, 0.0),
        Answer(None, 0.0, 1.0, None, 0.0),
        Answer(Candidate((1,)), 0.97, 0.03, None, 0.0),
    ]
    assert judge.trust(books, truth, answers, range(4))["coverage"] == pytest.approx(1 / 3)


@pytest.mark.slow
def test_a_small_network_is_judged(asked: Asked, tmp_path: Path) -> None:
    assert benchmark.run(asked("deposits")) == 0
    (path,) = (tmp_path / "out").glob("deposits-seed-7.json")
    rows = {row["method"]: row["figures"] for row in json.loads(path.read_text())["rows"]}
    assert rows["all with payments: ours"]["of_answers"]["value"] > 0.98
    mine, rule = (
        rows[f"all with payments: {name}"]["of_all"]["value"]
        for name in ("ours", "trace, then amount and date")
    )
    assert mine > rule
    assert rows["confidence"]["ece"]["value"] < 0.05
