"""The benchmark of the remittance match, small: its tables, its controls and the truth that judges it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from features.errors import BadInputError, MissingDataError
from tests.support.builders import make_claim, make_claim_payment
from tests.support.matches import a_world, payment_of
from tests.training.benchmarks.conftest import Asked
from training.benchmarks.matching.bars import below_baselines, imprecise, unfit
from training.benchmarks.matching.benchmark import WIDTH, run
from training.benchmarks.matching.controls import (
    candidates_recall,
    indistinguishable,
    random_pick,
    with_shuffled_labels,
    without_control_number,
)
from training.benchmarks.matching.lane import Lane
from training.benchmarks.matching.siblings import Siblings
from training.benchmarks.matching.tables import rightly
from training.benchmarks.matching.task import Split, checked
from training.benchmarks.matching.truth import UNKNOWN, read_truth
from training.benchmarks.protocols import MatchHistory
from training.benchmarks.repeats import Mean
from training.match_evaluation import Answers
from training.remittance_match import answer, fit_and_save, prepare

HEADER = "trace_number,payer_claim_number,status,amount,claim_id,event\n"


def test_every_method_stands_in_one_table_and_in_a_file(
    asked: Asked, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(asked("matching", "--without-peers")) == 0
    printed = capsys.readouterr().out
    written = json.loads((tmp_path / "out/matching-seed-7.json").read_text())
    methods = [row["method"] for row in written["rows"]]
    assert methods == ["model", "exact number", "rule", "without number"]
    for wanted in (*methods, "shuffled labels", "by event", "by channel", "by month", "reversal", "foreign",
                   "right claim among the candidates", "certificate below-the-ceiling", "siblings: ",
                   "can be posted at 99.9% precision", "a provider that the model never saw"):  # fmt: skip
        assert wanted in printed, wanted
    assert max(map(len, printed.splitlines())) <= WIDTH
    f1 = {row["method"]: row["figures"]["f1"]["value"] for row in written["rows"]}
    assert f1["model"] > f1["without number"]
    assert written["automatic"]["posted_rightly"] <= written["automatic"]["posted"]
    assert (
        0 < written["facts"]["oracle_share_at_999_precision"] <= written["facts"]["oracle_tells_apart"] <= 1
    )


def test_shuffled_labels_teach_nothing_and_a_blank_control_number_costs(tmp_path: Path) -> None:
    world = a_world(900, seed=6)
    prepared = prepare(world)
    wanted = [prepared.labels.posted[row] for row in prepared.windows.test]
    model, _ = fit_and_save(world, prepared, folder=tmp_path, seed=1, rounds=60)
    honest = rightly(answer(model, prepared, prepared.windows.test)).mean()
    shuffled = rightly(with_shuffled_labels(world, prepared, wanted, seed=1)).mean()
    blank = rightly(without_control_number(world, prepared, wanted, seed=1)).mean()
    chance = rightly(random_pick(prepared, wanted, seed=1)).mean()
    assert shuffled < chance + 0.1
    assert chance + 0.1 < blank < honest
    siblings = sum(
        len({claim.claim_id for claim in prepared.candidates[row]}) > 1 for row in prepared.windows.test
    )
    assert 0 < indistinguishable(model, prepared, wanted) <= siblings


def test_the_truth_is_tied_as_the_ledger_is(tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    row = "TRN0000042,ICN900001,1,168,A-1001,plain\n"
    (tmp_path / "truth/claim_payments.csv").write_text(HEADER + row, encoding="utf-8")
    found = read_truth(tmp_path, [make_claim_payment(), payment_of(make_claim(), 5)])
    assert [(true.claim_id, true.event) for true in found] == [("A-1001", "plain"), ("", UNKNOWN)]


def test_a_folder_without_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="no sealed truth"):
        read_truth(tmp_path, [])


def test_an_answer_of_none_is_right_where_there_is_no_claim() -> None:
    answers = Answers(
        confidence=np.array([0.9, 0.9, 0.2, 0.2]),
        posted=np.array([True, True, False, False]),
        right=np.array([True, False, False, True]),
        has_claim=np.array([True, False, False, True]),
    )
    assert rightly(answers).tolist() == [True, False, True, False]


def test_recall_counts_only_payments_that_have_a_claim() -> None:
    assert candidates_recall([[make_claim()], [], [make_claim()]], ["A-1001", "", "B"]) == (1, 2)


def test_a_claim_that_came_after_the_payment_is_struck_out_and_a_strange_one_refused() -> None:
    day = date(2026, 2, 1)
    payment = make_claim_payment(payment_date=day)
    early, late = (
        make_claim(claim_id=name, submitted=day + timedelta(days=days))
        for name, days in (("EARLY", -9), ("LATE", 1))
    )
    history = MatchHistory((), (), (), (), (), seed=1)
    given = Split(history, (payment,), (early, late), ("B",), "")
    assert checked([[("LATE", 0.9), ("EARLY", 0.1), ("", 0.0)]], given) == [[("EARLY", 0.1), ("", 0.0)]]
    for wrong in ([], [[("ELSE", 0.5)]], [[("EARLY", 1.5)]], [[("EARLY", float("nan"))]]):
        with pytest.raises(BadInputError):
            checked(wrong, given)


def test_the_bar_names_what_falls_short(tmp_path: Path) -> None:
    good = Answers.of(["A"] * 200, ["A"] * 200)
    poor = Answers.of(["B"] * 150 + ["A"] * 50, ["A"] * 200)
    counts = np.ones((4, 200))
    answers = {"model": good, "exact number": poor, "rule": poor, "Splink": good}
    assert below_baselines(answers, counts) == []
    assert len(below_baselines(answers | {"model": poor}, counts)) == 2
    assert unfit(Mean(0.04, 0.01, 0.07), Siblings(100, 12, 9)) == []
    assert len(unfit(Mean(0.08, 0.06, 0.1), Siblings(100, 11, 9))) == 2
    world = a_world(900, seed=6)
    model, _ = fit_and_save(world, prepare(world), folder=tmp_path, seed=1, rounds=5)
    everything = np.ones(200, dtype=np.bool_)
    assert imprecise(Lane(model, good, everything, everything, None, ())) == []
    assert len(imprecise(Lane(model, poor, everything, everything, None, ()))) == 1
