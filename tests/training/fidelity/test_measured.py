"""The figures of a folder that can be counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from features.errors import BadInputError, MissingDataError
from tests.training.fidelity.conftest import CLAIMS, DENIED, PAID_LATER, claims, paid, remittance, sent
from training.fidelity import folder as reading
from training.fidelity import measured
from training.fidelity.histories import History
from training.fidelity.measured import Measurements
from training.fidelity.reason_mix import CATEGORIES

SENT = date(2025, 3, 3)


def history(**changes: Any) -> History:
    """A claim paid after twenty days."""
    usual = {
        "payer": "PLAN", "kind": "commercial", "setting": "professional", "sent": SENT,
        "answered": SENT + timedelta(20), "reason": None, "again": False, "again_paid": False, "appealed": False,
        "paid_later": None,
    }  # fmt: skip
    return History(**{**usual, **changes})


@pytest.fixture(scope="module")
def found(folder: Path) -> Measurements:
    return measured.measure(reading.read(folder))


def test_the_rates_of_a_folder_are_those_that_were_written_into_it(found: Measurements) -> None:
    assert found.judged == CLAIMS
    assert found.figures["denial.overall"].value == DENIED / CLAIMS
    assert found.figures["denial.overall"].of == CLAIMS
    assert found.figures["reason.authorization"].value == 1.0
    assert found.figures["later.paid"].value == PAID_LATER / DENIED
    assert found.figures["later.days"].value == 38
    assert found.figures["days.15"].value == 0.0
    assert found.figures["days.30"].value == 1.0
    assert found.figures["structure.claims"].value == pytest.approx((CLAIMS + PAID_LATER + 1) / 3)


def test_what_a_folder_does_not_hold_is_no_figure(found: Measurements) -> None:
    assert "denial.advantage" not in found.figures
    assert "days.floor" not in found.figures


def test_the_interval_holds_the_value(found: Measurements) -> None:
    assert all(one.low <= one.value <= one.high for one in found.figures.values())


def test_the_reasons_add_up_to_all_denials() -> None:
    reasons = [history(reason=name) for name in CATEGORIES] + [history(reason=CATEGORIES[0]), history()]
    mix = measured.reason_mix(reasons)
    assert sum(one.value for one in mix.values()) == pytest.approx(1.0)
    assert mix[f"reason.{CATEGORIES[0]}"].value == pytest.approx(2 / 11)


def test_medicares_floor_is_asked_of_its_paid_claims_only() -> None:
    early = {"kind": "medicare", "answered": SENT + timedelta(13)}
    claims_ = [history(**early), history(**early, reason="authorization"), history(answered=SENT)]
    claims_.append(history(kind="medicare", answered=SENT + timedelta(14)))
    floor = measured.days_to_answer(claims_)["days.floor"]
    assert (floor.value, floor.of) == (0.5, 2)


def test_medicaid_is_held_against_medicare_by_physicians_claims() -> None:
    found = [history(kind="medicaid", reason="authorization")] * 30 + [history(kind="medicaid")] * 70
    found += [history(kind="medicare", reason="authorization")] * 10 + [history(kind="medicare")] * 90
    found += [history(kind="medicaid", setting="inpatient")] * 500
    difference = measured.denial_rates(found)["denial.medicaid-over-medicare"]
    assert difference.value == pytest.approx(0.2)
    assert 0.05 < difference.low < 0.2 < difference.high < 0.35


def test_what_was_fought_is_known_only_with_a_work_list() -> None:
    sent_again = history(reason="coding", again=True, again_paid=True, paid_later=SENT + timedelta(60))
    appealed = history(reason="coding", appealed=True)
    assert measured.later([sent_again])["later.fought"].of == 0
    figures = measured.later([sent_again, appealed])
    assert (figures["later.fought"].value, figures["later.fought"].of) == (0.5, 2)
    assert (figures["later.appeal-won"].value, figures["later.appeal-won"].of) == (0.0, 1)


def test_appeals_are_read_from_the_work_list(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "denial_work.csv").write_text(
        "action_date,claim_id,action\n2026-02-01,A0001,appeal\n2026-02-01,A0002,corrected\n", encoding="utf-8"
    )
    for path in folder.rglob("*.83?"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    found = measured.measure(reading.read(tmp_path)).figures
    assert (found["later.appeal-won"].value, found["later.appeal-won"].of) == (1.0, 1)


def test_a_work_list_that_is_no_text_is_said_so(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "denial_work.csv").write_bytes(b"claim_id,action\n\xff,appeal\n")
    for path in folder.rglob("*.83?"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(BadInputError, match="work list"):
        reading.read(tmp_path)


def test_a_payer_with_few_claims_is_left_out_of_the_spread() -> None:
    found = [history(payer="LARGE")] * measured.FEW_OF_PAYER
    found += [history(payer="SMALL", reason="authorization")] * (measured.FEW_OF_PAYER - 1)
    assert [rate.payer for rate in measured.payer_rates(found)] == ["LARGE"]


def test_the_truth_and_other_files_change_nothing(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for path in (file for file in folder.rglob("*") if file.is_file()):
        (copy / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
        (copy / path.relative_to(folder)).write_bytes(path.read_bytes())
    before = measured.measure(reading.read(copy))
    (copy / "truth").mkdir()
    (copy / "truth" / "hidden.835").write_bytes(remittance("20260122", "T9", paid("A0001", number="Z")))
    (copy / "deposits.csv").write_text("trace,amount\nT1,1.00\n", encoding="utf-8")
    (copy / "manifest.json").write_text("{}", encoding="utf-8")
    assert measured.measure(reading.read(copy)) == before


@pytest.mark.parametrize(
    ("name", "data", "missing"),
    [
        ("only.837", claims(sent("A")), "835"),
        ("only.835", remittance("20260122", "T1", paid("A", number="N")), "837"),
    ],
)
def test_a_folder_without_one_of_the_two_says_which(
    tmp_path: Path, name: str, data: bytes, missing: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(MissingDataError, match=missing):
        reading.read(tmp_path)


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="no such folder"):
        reading.read(tmp_path / "nowhere")
