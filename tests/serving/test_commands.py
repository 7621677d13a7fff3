"""``python -m serving score`` and ``load``, with fakes in place of trained models."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from features.errors import BadInputError, MissingDataError
from features.settings import Settings
from serving import champions, load_command, offline, score_command
from serving.items import ItemFilter
from serving.store.store import Store
from tests.serving.portal.examples import CLAIMS, FHIR, LISTS, PAYMENTS
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance


@pytest.fixture
def home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new_database_settings: Callable[[], dict[str, str]]
) -> Path:
    """A folder with an 837 and its 835, and an empty CLEARLANE_HOME beside them."""
    monkeypatch.setenv("CLEARLANE_HOME", str(tmp_path / "home"))
    for name in ("CLEARLANE_DATABASE_URL", "CLEARLANE_MODELS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in new_database_settings().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(champions, "load", lambda *_, **__: fake_champions())
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.837").write_bytes(professional())
    (tmp_path / "files" / "b.835").write_bytes(remittance())
    return tmp_path


def run(command: object, *argv: str) -> int:
    parser = argparse.ArgumentParser()
    command.configure(parser)  # type: ignore[attr-defined]
    return int(command.run(parser.parse_args(argv)))  # type: ignore[attr-defined]


def queue() -> int:
    store = Store(Settings.from_environment().database_url)
    try:
        return store.page(ItemFilter(status=None), offset=0, limit=1).total
    finally:
        store.close()


def test_score_prints_a_json_object_a_line_and_stores_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(score_command, "--format", "json", str(home / "files")) == 0
    claim, payment = map(json.loads, capsys.readouterr().out.splitlines())
    assert (claim["kind"], claim["lane"]) == ("denial-risk", "review")
    assert (payment["kind"], payment["lane"], payment["proposed_claim_id"]) == (
        "remittance-match",
        "auto",
        "A-1001",
    )
    assert not (home / "home").exists()


def test_score_flags_a_remittance_that_came_twice_and_no_reversal_whose_original_may_have_come_before(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    back = PaidClaim("B-2", charge="-275", status="22", payer_claim_number="ICN2")
    (home / "files" / "c.835").write_bytes(remittance(control="000000777"))
    (home / "files" / "d.835").write_bytes(remittance([back], trace="TRN77", control="000000778"))
    assert run(score_command, "--format", "json", str(home / "files")) == 0
    _, first, again, reversal = map(json.loads, capsys.readouterr().out.splitlines())
    codes = [{reason["code"] for reason in line["reasons"]} for line in (first, again, reversal)]
    assert ["file-sent-twice" in one for one in codes] == [False, True, False]
    assert again["lane"] == "escalate" != reversal["lane"]


def test_score_gives_evidence_where_it_is_asked_for_and_only_as_json(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(home / "files")
    assert run(score_command, "--format", "json", "--evidence", folder) == 0
    claim, payment = map(json.loads, capsys.readouterr().out.splitlines())
    assert claim["evidence"] is None
    (candidate,) = payment["evidence"]["candidates"]
    assert candidate["evidence"][0]["claim_value"] == "A-1001"
    assert [pair["claim"] for pair in payment["evidence"]["lines"]["pairs"]] == [[0]]
    with pytest.raises(BadInputError, match="more than a table holds"):
        run(score_command, "--evidence", folder)


def test_score_prints_totals_and_items_a_line_each_on_a_narrow_terminal(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    billed = [BilledClaim(f"A-{number}", str(100 + number)) for number in range(7)]
    (home / "files" / "a.837").write_bytes(professional([BilledClaim(), *billed]))
    assert run(score_command, str(home / "files")) == 0
    out = capsys.readouterr().out
    words = [line.split() for line in out.splitlines()]
    assert ["review", "denial-risk", "8", "996.00"] in words
    assert ["auto", "remittance-match", "1", "275.00"] in words
    assert ["all", "9", "1,271.00"] in words
    shown = [" ".join(line[:4]) for line in words if line[:1] and line[0].startswith("A-")]
    largest = ["A-1001 275.00 10.0 %", *(f"A-{number} {100 + number}.00 10.0 %" for number in (6, 5, 4, 3))]
    assert shown == [*largest, "A-1001 275.00 99.9 %"]
    assert words[-2] == ["3", "more", "items", "are", "not", "shown.", "All", "as", "JSON:"]
    assert max(map(len, out.splitlines()[:-1])) <= 80


def test_score_says_how_many_items_it_left_out_and_how_to_get_all(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(home / "files")
    assert run(score_command, "--most", "0", folder) == 0
    *_, told, how = capsys.readouterr().out.splitlines()
    assert told == "2 more items are not shown. All as JSON:"
    assert how == f"  python -m serving score --format json {folder}"
    assert run(score_command, folder) == 0
    assert "not shown" not in capsys.readouterr().out


def test_a_claim_number_that_looks_like_markup_is_shown_as_it_is(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "files" / "a.837").write_bytes(professional([BilledClaim("[/b]7"), BilledClaim("[red]8")]))
    assert run(score_command, str(home / "files")) == 0
    out = capsys.readouterr().out
    assert "[/b]7" in out
    assert "[red]8" in out


def test_many_records_are_scored_in_batches_and_keep_their_order(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline, "AT_ONCE", 2)
    ids = [f"A-{number}" for number in range(5)]
    (home / "files" / "a.837").write_bytes(professional([BilledClaim(one) for one in ids]))
    (home / "files" / "b.835").write_bytes(remittance([PaidClaim(one) for one in ids]))
    assert run(score_command, "--format", "json", str(home / "files")) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["claim_id"] for line in lines] == [*ids, *ids]
    assert [line["proposed_claim_id"] for line in lines[5:]] == ids


@pytest.mark.parametrize("command", [score_command, load_command])
def test_a_path_that_is_not_there_is_told_before_a_missing_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: object
) -> None:
    monkeypatch.setenv("CLEARLANE_MODELS", str(tmp_path / "none"))
    monkeypatch.setenv("CLEARLANE_HOME", str(tmp_path / "home"))
    with pytest.raises(MissingDataError, match="no such file or folder"):
        run(command, str(tmp_path / "nope"))


@pytest.mark.parametrize(
    ("name", "data", "kinds"),
    [
        ("claims.csv", CLAIMS, ["denial-risk"]),
        ("payments.csv", PAYMENTS, ["remittance-match"]),
        ("lists.json", LISTS, ["denial-risk", "remittance-match", "remittance-match"]),
        ("claim.fhir.json", FHIR, ["denial-risk"]),
    ],
)
def test_score_reads_what_the_service_takes_from_portals(
    home: Path, capsys: pytest.CaptureFixture[str], name: str, data: bytes, kinds: list[str]
) -> None:
    file = home / name
    file.write_bytes(data)
    assert run(score_command, "--format", "json", str(file)) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["kind"] for line in lines] == kinds
    assert {line["source"]["file"] for line in lines} == {str(file)}


def test_json_that_is_no_submission_is_passed_over_beside_what_is(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "files" / "manifest.json").write_text('{"made": "2026-01-01"}')
    assert run(score_command, "--format", "json", str(home / "files")) == 1
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 2
    assert "manifest.json" in told.err


def test_a_file_of_something_else_is_passed_over_and_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "files" / "notes.txt").write_text("nothing here")
    assert run(score_command, str(home / "files")) == 1
    assert "notes.txt" in capsys.readouterr().err


def test_nothing_but_other_files_is_an_error(home: Path) -> None:
    (home / "notes.txt").write_text("nothing here")
    for command in (score_command, load_command):
        with pytest.raises(MissingDataError, match="no X12 file"):
            run(command, str(home / "notes.txt"))


def test_load_fills_the_queue_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert run(load_command, str(home / "files")) == 0
    assert queue() == 2
    assert "files loaded before" in capsys.readouterr().out


def test_a_backlog_is_there_to_be_matched_against(home: Path) -> None:
    assert run(load_command, "--backlog", str(home / "files" / "a.837")) == 0
    assert queue() == 0
    assert run(load_command, str(home / "files" / "b.835")) == 0
    assert queue() == 1
