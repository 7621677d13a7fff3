"""The benchmark of line pairing: its truth, what makes it harder, what counts as right, and what it prints."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.support.builders import make_claim, make_claim_line, make_claim_payment, make_payment_line
from tests.training.benchmarks.conftest import Asked
from training.benchmarks.lines.benchmark import misses, run
from training.benchmarks.lines.hard import CHANGES, harder
from training.benchmarks.lines.measure import counted, figures, has_twins, hits
from training.benchmarks.lines.methods import BASELINES, order, procedure_only
from training.benchmarks.lines.task import Case, cases
from training.benchmarks.results import Row

ONE, TWO = frozenset({0}), frozenset({1})
CODES = ("99213", "73562", "80053", "36415")


def a_case(count: int = 4) -> Case:
    payment = make_claim_payment(
        lines=tuple(make_payment_line(procedure=code, control_number=str(n)) for n, code in enumerate(CODES))
    )
    claim = make_claim(
        lines=tuple(make_claim_line(procedure=code, control_number=str(n)) for n, code in enumerate(CODES))
    )
    (case,) = cases([payment], [claim], ["A-1001"])
    return Case(case.payment[:count], case.claim, case.answers[:count])


def test_the_control_numbers_are_the_truth_and_then_gone() -> None:
    case = a_case()
    assert case.answers == tuple(frozenset({n}) for n in range(4))
    assert {line.control_number for line in case.payment} == {None}
    assert {line.control_number for line in case.claim} == {None}


def test_a_payment_without_all_control_numbers_is_left_out() -> None:
    payment = make_claim_payment(lines=(make_payment_line(), make_payment_line(control_number=None)))
    assert list(cases([payment], [make_claim()], ["A-1001"])) == []
    assert list(cases([make_claim_payment()], [make_claim()], ["B-7"])) == []
    twice = [make_claim(), make_claim()]
    assert list(cases([make_claim_payment()], twice, ["A-1001"])) == []


def test_a_line_with_the_charge_of_two_answers_both() -> None:
    merged = make_claim_payment(lines=(make_payment_line(charge=Decimal(275)),))
    (case,) = cases([merged], [make_claim()], ["A-1001"])
    assert case.answers == (frozenset({0, 1}),)


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_keeps_the_truth_inside_the_claim(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.benchmarks.lines.hard.BILLED", {})
    monkeypatch.setattr("training.benchmarks.lines.hard.PAID", {change: 1.0})
    for case in harder([a_case()] * 20, seed=3):
        assert len(case.payment) == len(case.answers)
        assert all(place < len(case.claim) for answer in case.answers for place in answer)


def test_after_a_line_was_added_every_other_change_leaves_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.benchmarks.lines.hard.BILLED", {})
    monkeypatch.setattr("training.benchmarks.lines.hard.PAID", {"added": 1.0, **dict.fromkeys(CHANGES, 1.0)})
    for case in harder([a_case(2)] * 60, seed=3):
        added = [line for line, answer in zip(case.payment, case.answers, strict=True) if not answer]
        assert {line.procedure for line in added} <= {"G9999"}


def test_harder_cases_are_the_same_for_a_seed_and_have_twins() -> None:
    given = [a_case()] * 200
    first, again, other = (list(harder(given, seed=seed)) for seed in (3, 3, 4))
    assert first == again != other
    assert 0 < sum(map(has_twins, first)) < len(first)


def test_the_parts_of_a_split_add_up_to_the_billed_charge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.benchmarks.lines.hard.BILLED", {})
    monkeypatch.setattr("training.benchmarks.lines.hard.PAID", {"in parts": 1.0})
    for case in harder([a_case()] * 20, seed=3):
        (split,) = [answer for answer, count in Counter(case.answers).items() if count == 2]
        parts = [line.charge for line, true in zip(case.payment, case.answers, strict=True) if true == split]
        assert sum(part or 0 for part in parts) == case.claim[min(split)].charge


def test_a_twin_is_as_right_as_the_line_but_only_once() -> None:
    twins = Case((make_payment_line(),) * 2, (make_claim_line(),) * 2, (ONE, TWO))
    assert hits(twins, [TWO, ONE]) == [True, True]
    assert hits(twins, [ONE, frozenset()]) == [True, False]
    alike = Case((make_payment_line(),) * 2, (make_claim_line(), make_claim_line(procedure="1")), (ONE, TWO))
    assert hits(alike, [TWO, ONE]) == [True, True]
    assert hits(alike, [TWO, TWO]) == [True, False]


def test_an_unpaired_line_costs_recall_and_a_wrong_one_costs_precision() -> None:
    case = a_case(2)
    counts = counted([case, case], [[ONE, frozenset()], [TWO, TWO]])
    assert counts.tolist() == [[2, 2, 1, 1, 0], [2, 2, 2, 1, 0]]
    found = figures(np.repeat(counts, 50, axis=0), seed=1)
    assert found["precision"] == pytest.approx(2 / 3)
    assert found["recall"] == 0.5
    assert found["precision_low"] <= found["precision"] <= found["precision_high"]


def test_the_baselines_do_what_they_say() -> None:
    case = a_case()
    turned = (case.payment[::-1], case.claim)
    assert order(*turned) == [frozenset({n}) for n in range(4)]
    assert procedure_only(*turned) == [frozenset({n}) for n in (3, 2, 1, 0)]
    whole = BASELINES["procedure, day, charge"]
    assert whole(*turned) == procedure_only(*turned)
    assert whole([make_payment_line(charge=Decimal(1))], [make_claim_line()]) == [frozenset()]


def test_a_missed_bar_is_a_sentence() -> None:
    good = {"precision": 0.999, "precision_low": 0.998, "precision_high": 0.9995}
    bad = {"precision": 0.9, "precision_low": 0.89, "precision_high": 0.91}
    assert misses([Row("ours", good), Row("order", bad)], {"certain": {"precision": 1.0}}) == []
    missed = misses([Row("ours", bad), Row("order", good)], {"certain": {"precision": 0.99}})
    assert [sentence.split()[0] for sentence in missed] == ["less", "'order'"]


def test_every_method_stands_in_both_tables_and_in_a_file(
    asked: Asked, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(asked("lines")) == 0
    shown = capsys.readouterr().out
    written = json.loads((tmp_path / "out/lines-seed-7.json").read_text())
    for name in ("ours", *BASELINES):
        assert name in shown
        assert {f"as simulated: {name}", f"harder: {name}"} <= {row["method"] for row in written["rows"]}
    assert "no bar missed" in shown
    assert written["missed"] == []
