"""``python -m features read``: what it prints, and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from features.commandline import main
from tests.support.paper import PAPER_HEADER
from tests.support.x12_files import CLAIM_LEVELS, PAYMENT, one

ROOT = Path(__file__).parents[2]
CLAIM_PAYMENT = (
    "CLP*C1*1*100*.5*20*12*P1*11*1",
    "CAS*CO*45*99.50**OA*.0000001",
    "NM1*QC*1*MU\u00d1OZ*ANA",
    "SVC*HC:9*0*0",
)
CLAIM = ("CLM*C1*100***11:B:1", "HI*ABK:J459", "LX*1", "SV1*HC:99213:25*100*UN*1", "DTP*472*D8*20260101")
FIELDS = {
    "claim": "transaction claim_id charge frequency facility_code filing_indicator payer_name payer_id subscriber_id "
    "patient_last patient_first billing_npi rendering_npi prior_authorization referral original_reference "
    "service_from service_to diagnoses lines prior_payers source",
    "remittance": "payment_amount credit_debit method payment_date trace_number payer_name payer_id payee_name "
    "payee_npi claim_payments provider_adjustments balanced source",
    "claim_payment": "trace_number claim_id status charge paid patient_responsibility filing_indicator "
    "payer_claim_number facility_code frequency patient_last patient_first subscriber_id rendering_npi "
    "service_from service_to adjustments remarks lines balanced source",
    "acknowledgment": "transaction claim_id accepted category status entity payer_claim_number source",
    "problem": "code severity message source",
}
LINE_FIELDS = {
    "claim": "number procedure modifiers revenue_code charge units service_from service_to control_number",
    "claim_payment": "procedure modifiers original_procedure revenue_code charge paid units service_from service_to "
    "control_number allowed adjustments remarks",
}


def run(*arguments: str | Path) -> int:
    return main(
        prog="features",
        description="",
        commands={"read": "features.read_command"},
        argv=["read", *map(str, arguments)],
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.txt").write_bytes(one("835", *PAYMENT, *CLAIM_PAYMENT))
    (tmp_path / "deep" / "b").write_bytes(one("837", *CLAIM_LEVELS, *CLAIM))
    (tmp_path / "deep" / "c.837").write_bytes(one("999", "AK1*HC*1", "AK2*837*0021", "IK5*R", "AK9*R*1*1*0"))
    (tmp_path / "notes.835").write_text("not X12, in spite of its name")
    return tmp_path


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_every_record_is_one_json_object_a_line(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(folder) == 0
    out, err = capfd.readouterr()
    records = lines(out)
    assert {record["kind"] for record in records} == set(FIELDS)
    for record in records:
        assert set(FIELDS[record["kind"]].split()) <= set(record)
        assert set(record["source"]) == {"file", "interchange", "group", "transaction", "segment"}
        for line in record.get("lines", []):
            assert set(LINE_FIELDS[record["kind"]].split()) <= set(line)
    assert "notes.835: passed over, it is no X12" in err


def test_amounts_are_plain_decimal_strings_dates_iso_and_absent_is_null(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run(folder / "a.txt")
    payment = next(record for record in lines(capfd.readouterr().out) if record["kind"] == "claim_payment")
    assert (payment["charge"], payment["paid"]) == ("100", "0.5")
    assert [a["amount"] for a in payment["adjustments"]] == ["99.50", "0.0000001"]
    assert payment["adjustments"][0]["quantity"] is None
    assert (payment["patient_last"], payment["service_from"]) == ("MU\u00d1OZ", None)
    assert payment["source"]["file"] == str(folder / "a.txt")


def test_what_was_typed_from_paper_is_read_beside_x12(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = "P1,2024-03-05,8351,PLAN,A B,,C1,,10.00,,5.00,,,LM\nP2,2024-03-05,,,,,,,,,five,,,LM\n"
    (folder / "typed.csv").write_text(f"{PAPER_HEADER}\n{rows}", encoding="utf-8")
    assert run(folder / "typed.csv") == 1
    payment, problem = lines(capfd.readouterr().out)
    assert (payment["channel"], payment["paid"], payment["claim_id"]) == ("paper", "5.00", "C1")
    assert (problem["code"], problem["source"]["segment"]) == ("typed-row-unreadable", 3)
    run(folder)
    out, err = capfd.readouterr()
    assert any(record.get("channel") == "paper" for record in lines(out))
    assert "typed.csv" not in err


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (one("835", *PAYMENT, "CLP*C*1*80*80"), 0),
        (one("835", *PAYMENT, "CLP*C*1*70*80"), 0),  # a warning
        (one("835", *PAYMENT, "CLP*C*1*80*80")[:-40], 1),
        (b"nothing", 2),
        (b"", 2),
    ],
)
def test_the_exit_status_says_whether_data_was_quarantined(
    tmp_path: Path, data: bytes, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert run(path) == status
    assert run("--summary", path) == status
    assert run("--format", "table", path) == status
    assert capfd.readouterr().err.count("no X12") == (3 if status == 2 else 0)


def test_of_a_file_that_cannot_be_read_there_is_no_heading_and_no_table(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "notes.835"
    path.write_text("nothing", encoding="utf-8")
    for form in (("--summary",), ("--format", "table"), ()):
        assert run(path, *form) == 2
        out, err = capfd.readouterr()
        assert out == ""
        assert err.count("notes.835") == 1


def test_a_named_path_that_cannot_be_read_does_not_stop_the_others(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(folder / "notes.835", folder / "nowhere", folder / "a.txt") == 1
    out, err = capfd.readouterr()
    assert len(lines(out)) > 1
    assert "notes.835" in err
    assert "nowhere" in err


def test_tables_and_the_summary_are_for_people(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run("--format", "table", folder)
    text = capfd.readouterr().out
    assert "MU\u00d1OZ, ANA" in text
    assert "CO-45 99.50" in text
    run("--summary", folder)
    text = capfd.readouterr().out
    assert "payment-unbalanced" in text
    assert "0.50" in text


def test_control_characters_out_of_a_file_do_not_reach_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(one("835", *PAYMENT, "CLP*\x1b[31mC[bold]*1*80*80"))
    run("--format", "table", path)
    out = capfd.readouterr().out
    assert "\x1b[31m" not in out
    assert "C[bold]" in out


def test_the_command_works_in_a_process_with_a_closed_pipe_and_an_ascii_terminal(folder: Path) -> None:
    command = f"{sys.executable} -m features read {folder} --format table"
    environment = {"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin:/bin", "LC_ALL": "C"}
    done = subprocess.run(command.split(), cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    (folder / "large.835").write_bytes(one("835", *PAYMENT, *(CLAIM_PAYMENT * 3000)))
    pipe = f"set -o pipefail; {sys.executable} -m features read {folder} | head -1"
    done = subprocess.run(["/bin/bash", "-c", pipe], cwd=ROOT, capture_output=True, check=False)
    assert done.stdout.count(b"\n") == 1
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


def test_the_help_teaches_by_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("--help")
    text = capsys.readouterr().out
    assert "python -m features read" in text
    assert "exit status" in text
