"""Trust in ties and in answers about checks: by how often their like were right."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import ModelFileError
from features.groups.lumps import LumpAnswer
from features.groups.takebacks import Takeback
from features.groups.ties import Kind, Tie
from models.calibration import SigmoidCalibration
from models.groups.trust import LUMPED, TIED, Trust

GOOD, BAD = ("payer claim number", "charge", "paid"), ("nothing paid", "name")


def tie(facts: tuple[str, ...], rivals: tuple[int, ...] = (), kind: Kind = "reversal") -> Tie:
    """A tie with some facts."""
    return Tie(kind, 5, (2,), facts, (), rivals)


def answer(probability: float, *claims: str, bounded: bool = False) -> LumpAnswer:
    """An answer about a check."""
    return LumpAnswer(claims, probability, (), (), (claims,), bounded)


LEARNT = Trust.of(
    [(tie(GOOD), True)] * 60 + [(tie(BAD), False)] * 20 + [(tie(BAD), True)] * 2,
    {"one": SigmoidCalibration(0.5, -0.2)},
    {"one": 0.7},
)


def test_facts_that_were_right_before_are_trusted_and_others_are_not() -> None:
    assert (LEARNT.tie(tie(GOOD)).confidence or 0) > 0.98
    assert (LEARNT.tie(tie(BAD)).confidence or 0) < 0.2


def test_facts_never_seen_are_trusted_as_the_kind_is() -> None:
    assert LEARNT.tie(tie(("name",))).confidence == pytest.approx(63 / 84)


def test_nothing_learnt_is_no_trust() -> None:
    assert Trust().tie(tie(GOOD)).confidence == pytest.approx(0.5)


def test_a_rival_halves_the_confidence() -> None:
    assert (LEARNT.tie(tie(GOOD, rivals=(1,))).confidence or 0) < TIED


def test_a_takeback_to_the_cent_is_trusted_as_reversals_are() -> None:
    found = Takeback("takeback", "WO", 500, (1,), ("payer claim number", "paid"), ())
    vague = Takeback("takeback", "WO", 500, (1,), ("payer claim number",), ())
    assert (LEARNT.takeback(found).confidence or 0) > (LEARNT.takeback(vague).confidence or 0)
    assert LEARNT.takeback(Takeback("unknown", "WO", 500, (), (), ())).confidence is None


def test_answers_are_calibrated_by_how_many_claims_they_name() -> None:
    assert LEARNT.lump(answer(0.99, "A")) < 0.99
    assert LEARNT.lump(answer(0.99, "A", "B")) == pytest.approx(0.99)


def test_an_answer_that_was_not_searched_out_is_never_stated() -> None:
    assert not Trust().states(answer(1.0, "A", bounded=True))
    assert not Trust().states(answer(0.0))
    assert Trust().states(answer(LUMPED + 0.01, "A"))


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    version = LEARNT.save(tmp_path)
    again = Trust.load(tmp_path)
    assert again == LEARNT
    assert again.save(tmp_path) == version


def test_a_damaged_folder_is_refused(tmp_path: Path) -> None:
    LEARNT.save(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(ModelFileError):
        Trust.load(tmp_path)
