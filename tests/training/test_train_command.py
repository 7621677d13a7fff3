"""Training and promoting from the command line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest

from features.commandline import main
from models.certification import load_certificates
from models.denial_risk import DenialRiskModel
from training.__main__ import COMMANDS


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("home")
    mlflow.set_tracking_uri("")
    mlflow.set_registry_uri("")


@pytest.fixture(autouse=True)
def environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEARLANE_HOME", str(home))
    for name in ("CLEARLANE_MODELS", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def without_ledger(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulated folder as a provider has it who exports no ledger; nor is the truth there."""
    folder = tmp_path_factory.mktemp("data") / "mine"
    shutil.copytree(simulated, folder, ignore=shutil.ignore_patterns("postings.csv", "truth"))
    return folder


def training(*argv: str) -> int:
    return main(prog="python -m training", description="", commands=COMMANDS, argv=argv)


def test_without_a_ledger_the_other_model_is_trained_and_the_lack_is_said(
    without_ledger: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert training("train", "--data", str(without_ledger), "--rounds", "60") == 0
    shown = capsys.readouterr()
    assert "denial-risk: version 1, champion" in shown.out
    for heading in ("model", "lookup table", "rule", "log loss"):
        assert heading in shown.out
    assert "not trained: " in shown.err
    assert "ledger" in shown.err
    assert DenialRiskModel.load(home / "models" / "denial-risk").version


def test_damage_in_the_folder_is_said_in_a_line_and_its_counts_are_logged(
    without_ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(without_ledger, folder)
    halved, emptied, *_ = sorted((folder / "claims").iterdir())
    halved.write_bytes(halved.read_bytes()[: halved.stat().st_size // 2])
    emptied.write_bytes(b"")
    monkeypatch.setenv("CLEARLANE_HOME", str(tmp_path / "home"))
    options = ("--only", "denial-risk", "--rounds", "40", "--without-certificates")
    assert training("train", "--data", str(folder), *options) == 0
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("not all was read")]
    assert "files had errors" in line
    assert "1 file was empty" in line
    assert line.endswith(f"see 'python -m features read {folder} --summary'")
    (run,) = mlflow.search_runs(output_format="list")
    assert run.data.params["data_files_with_errors"] == "1"
    assert run.data.params["data_files_empty"] == "1"


def test_a_second_training_is_a_challenger_until_it_is_promoted(
    without_ledger: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    champion = DenialRiskModel.load(home / "models" / "denial-risk").version
    options = ("--only", "denial-risk", "--rounds", "50", "--seed", "8")
    assert training("train", "--data", str(without_ledger), *options) == 0
    assert "denial-risk: version 2, challenger" in capsys.readouterr().out
    assert DenialRiskModel.load(home / "models" / "denial-risk").version == champion
    assert training("promote", "--model", "denial-risk", "--version", "2") == 0
    assert DenialRiskModel.load(home / "models" / "denial-risk").version != champion


def test_without_certificates_none_is_kept_nor_spoken_of(
    without_ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLEARLANE_HOME", str(tmp_path))
    options = ("--only", "denial-risk", "--rounds", "50", "--without-certificates")
    assert training("train", "--data", str(without_ledger), *options) == 0
    assert "issued without certificates: a person sees every item" in capsys.readouterr().out
    assert list(load_certificates(tmp_path / "models" / "denial-risk")) == []


def test_a_day_before_which_there_is_too_little_is_an_error(
    without_ledger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--only", "denial-risk", "--before", "2023-04-30")
    assert training("train", "--data", str(without_ledger), *options) == 2
    assert "too few labels for a denial-risk model" in capsys.readouterr().err


def test_a_registry_that_is_not_there_is_said_before_anything_is_trained(
    without_ledger: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")  # the discard port: nobody listens
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    assert training("train", "--data", str(without_ledger)) == 2
    assert "MLflow's store cannot be reached" in capsys.readouterr().err


def test_a_folder_without_x12_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("nothing", encoding="utf-8")
    assert training("train", "--data", str(tmp_path)) == 2
    assert f"no X12 file was found ({tmp_path})" in capsys.readouterr().err
