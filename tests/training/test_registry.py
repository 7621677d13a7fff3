"""The registry on an SQLite store of its own: champion first, challengers after, and no pickle anywhere."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import mlflow
import msgspec
import pandas as pd
import pytest
from rich.console import Console

from features.errors import ModelFileError, NotFoundError
from features.settings import Settings
from models.certificate_curves import load_curves
from models.certificate_words import cell_name
from models.certificates import load_certificates
from models.denial_risk import DenialRiskModel
from models.files import content_version, read_manifest
from training.datasets import Dataset
from training.denial_risk import train
from training.follow_command import Follower
from training.registry import (
    Registered,
    connect,
    curves_of,
    export,
    log_and_register,
    metrics_of,
    number_of_run,
    promote,
)
from training.trained import Trained


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    home = tmp_path_factory.mktemp("home")
    yield Settings.from_environment({"CLEARLANE_HOME": str(home)})
    mlflow.set_tracking_uri("")
    mlflow.set_registry_uri("")


@pytest.fixture(scope="module")
def runs(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> list[Trained]:
    """Two trainings that differ by their seed."""
    folder = tmp_path_factory.mktemp("runs")
    return [train(dataset, folder=folder / str(seed), seed=seed, rounds=40) for seed in (1, 2)]


@pytest.fixture(scope="module")
def registered(runs: list[Trained], settings: Settings) -> list[Registered]:
    return [log_and_register(run, settings) for run in runs]


def test_the_first_version_is_the_champion_and_the_next_a_challenger(registered: list[Registered]) -> None:
    assert [(version.number, version.alias) for version in registered] == [(1, "champion"), (2, "challenger")]
    assert registered[1].exported_to is None


def test_the_champion_lies_where_serving_loads_it(
    registered: list[Registered], runs: list[Trained], settings: Settings
) -> None:
    assert registered[0].exported_to == settings.models / "denial-risk"
    assert DenialRiskModel.load(settings.models / "denial-risk").version == runs[0].version
    assert (settings.models / "denial-risk" / "certificates.json").exists()
    curves = load_curves(settings.models / "denial-risk")
    assert curves == load_curves(runs[0].folder)
    assert [curve.certificate for curve in curves] == [
        certificate.id for certificate in load_certificates(settings.models / "denial-risk")
    ]


def test_the_curves_of_a_version_are_found_by_its_number_and_by_its_run(
    registered: list[Registered], runs: list[Trained], settings: Settings
) -> None:
    number = number_of_run("denial-risk", registered[1].run_id, settings)
    assert number == registered[1].number
    assert curves_of("denial-risk", number, settings) == load_curves(runs[1].folder)
    with pytest.raises(NotFoundError, match="no version of remittance-match was made by that run"):
        number_of_run("remittance-match", registered[1].run_id, settings)


def test_the_metrics_of_a_version_come_back(
    registered: list[Registered], runs: list[Trained], settings: Settings
) -> None:
    assert metrics_of("denial-risk", registered[1].number, settings) == pytest.approx(dict(runs[1].metrics))


def test_a_run_tells_which_cells_are_certified_and_keeps_their_certificates(
    registered: list[Registered], runs: list[Trained], settings: Settings
) -> None:
    run = connect(settings).get_run(registered[0].run_id)
    certificates = load_certificates(runs[0].folder)
    found = [one.threshold for one in certificates if one.threshold is not None]
    logged = run.data.metrics
    assert (logged["certificates/cells"], logged["certificates/certified"]) == (len(certificates), len(found))
    assert sorted(
        value for name, value in logged.items() if name.startswith("certificates/threshold-")
    ) == pytest.approx(sorted(found))
    assert (run.data.tags["certified"] == "none") == (not found)
    files = connect(settings).list_artifacts(registered[0].run_id)
    assert "certificates.json" in {file.path for file in files}


def test_training_and_card_say_of_each_cell_what_is_certified_or_wanting(runs: list[Trained]) -> None:
    card = (runs[0].folder / "model_card.md").read_text()
    for certificate, note in zip(load_certificates(runs[0].folder), runs[0].notes[1:], strict=True):
        name = cell_name(certificate.cell)
        assert note.startswith(f"{name}: ")
        assert f"- {name}: " in card
        if certificate.threshold is None:
            assert "more checked items" in note or "only a model that errs less" in note
            assert note.removeprefix(f"{name}: not certified. ") in card


@pytest.mark.usefixtures("registered")
def test_what_is_logged_holds_no_pickle_and_no_code(settings: Settings) -> None:
    logged = [path for path in (settings.home / "mlflow-artifacts").rglob("*") if path.is_file()]
    names = {path.name for path in logged}
    assert {"MLmodel", "manifest.json", "model_card.md", "reliability.png", "certificates.json"} <= names
    assert {"certificate_curves.json", "overview.png"} <= names
    suffixes = {path.suffix for path in logged}
    assert suffixes <= {"", ".json", ".txt", ".npy", ".png", ".md", ".yaml"}
    for path in logged:
        if path.suffix == ".npy":
            assert b"|O" not in path.read_bytes()[:128]
        assert not path.read_bytes().startswith(b"\x80"), f"{path.name} looks like a pickle"


@pytest.mark.usefixtures("registered")
def test_mlflow_loads_the_champion_by_its_alias_and_scores_as_we_do(
    runs: list[Trained], dataset: Dataset
) -> None:
    loaded = mlflow.pyfunc.load_model("models:/denial-risk@champion")
    claims = dataset.claims[:5]
    frame = pd.DataFrame({"claim": [msgspec.json.encode(claim).decode() for claim in claims]})
    ours = DenialRiskModel.load(runs[0].folder).score(claims)
    assert loaded.predict(frame)["probability"].tolist() == [score.probability for score in ours]
    assert loaded.metadata.signature.inputs.input_names() == ["claim"]


@pytest.mark.usefixtures("registered")
def test_nothing_of_a_patient_is_in_any_file_of_mlflow(dataset: Dataset, settings: Settings) -> None:
    """Members, claims and surnames, as bytes in the tracking store and in every artifact, packed ones too."""
    told = {claim.claim_id for claim in dataset.claims} | {
        claim.subscriber_id or "" for claim in dataset.claims
    }
    told = {text.encode() for text in told if len(text) >= 8}
    assert len(told) > 1_000
    files = [path for path in settings.home.rglob("*") if path.is_file()]
    assert {"mlflow.sqlite", "certificates.json", "manifest.json"} <= {path.name for path in files}
    words = re.compile(rb"[A-Za-z0-9-]{8,}")
    for path in files:
        found = told.intersection(words.findall(path.read_bytes()))
        assert not found, f"{path.name} holds {len(found)} of them"


@pytest.mark.usefixtures("registered")
def test_a_version_that_is_not_there_is_said_so(settings: Settings) -> None:
    with pytest.raises(NotFoundError, match="no version 9 of denial-risk"):
        promote("denial-risk", 9, settings)


def test_where_there_is_no_store_a_promotion_makes_none(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with pytest.raises(NotFoundError, match="no version 1 of denial-risk: nothing has been trained"):
        promote("denial-risk", 1, Settings.from_environment({"CLEARLANE_HOME": str(home)}))
    assert not home.exists()


@pytest.mark.usefixtures("registered")
def test_promotion_moves_the_alias_and_what_serving_loads(runs: list[Trained], settings: Settings) -> None:
    folder = promote("denial-risk", 2, settings)
    assert DenialRiskModel.load(folder).version == runs[1].version
    assert int(mlflow.MlflowClient().get_model_version_by_alias("denial-risk", "champion").version) == 2
    assert len(list(folder.glob("booster-risk-*.txt"))) == 1
    promote("denial-risk", 1, settings)


@pytest.mark.usefixtures("registered")
def test_an_alias_that_somebody_moves_is_followed_once(runs: list[Trained], settings: Settings) -> None:
    client, said = connect(settings), io.StringIO()
    follower = Follower(settings, Console(file=said, width=400))
    client.set_registered_model_alias("denial-risk", "champion", "2")
    assert follower.look()
    assert DenialRiskModel.load(settings.models / "denial-risk").version == runs[1].version
    assert follower.look()
    assert said.getvalue().count("is the champion") == 1, "what was exported is not exported again"
    client.set_registered_model_alias("denial-risk", "champion", "1")
    assert follower.look()
    assert DenialRiskModel.load(settings.models / "denial-risk").version == runs[0].version


@pytest.mark.usefixtures("registered")
def test_a_challenger_is_followed_to_its_own_folder_and_taken_away_with_its_alias(
    runs: list[Trained], settings: Settings, tmp_path: Path
) -> None:
    client, said = connect(settings), io.StringIO()
    folder = tmp_path / "challengers"
    follower = Follower(replace(settings, challengers=folder), Console(file=said, width=400))
    client.set_registered_model_alias("denial-risk", "champion", "1")
    client.set_registered_model_alias("denial-risk", "challenger", "2")
    assert follower.look()
    assert DenialRiskModel.load(settings.models / "denial-risk").version == runs[0].version
    assert DenialRiskModel.load(folder / "denial-risk").version == runs[1].version
    assert follower.look()
    assert said.getvalue().count("is the challenger") == 1
    promote("denial-risk", 2, settings)
    assert follower.look()
    assert DenialRiskModel.load(settings.models / "denial-risk").version == runs[1].version
    assert list((folder / "denial-risk").iterdir()) == []
    assert "is a challenger no longer" in said.getvalue()
    promote("denial-risk", 1, settings)


@pytest.mark.usefixtures("registered")
def test_a_model_that_other_hands_put_among_the_challengers_stays(
    runs: list[Trained], settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "challengers"
    shutil.copytree(runs[1].folder, folder / "denial-risk")
    manifest = read_manifest(folder / "denial-risk", kind="denial-risk")
    other = msgspec.structs.replace(manifest, version="", manifest={**manifest.manifest, "facts": {}})
    other = msgspec.structs.replace(other, version=content_version(other))
    text = json.dumps(msgspec.to_builtins(other, str_keys=True))
    (folder / "denial-risk" / "manifest.json").write_text(text, encoding="utf-8")
    client = connect(settings)
    client.delete_registered_model_alias("denial-risk", "challenger")
    assert Follower(replace(settings, challengers=folder), Console(file=io.StringIO())).look()
    assert read_manifest(folder / "denial-risk", kind="denial-risk").version == other.version


def test_with_nothing_registered_there_is_nothing_to_follow(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert Follower(Settings.from_environment({"CLEARLANE_HOME": str(home)}), Console()).look()
    assert not home.exists()


@pytest.mark.usefixtures("registered")
def test_a_damaged_copy_in_the_store_never_reaches_serving(
    runs: list[Trained], settings: Settings, tmp_path: Path
) -> None:
    stored = [
        path
        for path in (settings.home / "mlflow-artifacts").rglob("booster-risk-*.txt")
        if path.name in {part.name for part in runs[1].folder.glob("booster-risk-*.txt")}
    ]
    for path in stored:
        shutil.copy(path, tmp_path / path.name)
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    served = DenialRiskModel.load(settings.models / "denial-risk").version
    with pytest.raises(ModelFileError):
        export("denial-risk", 2, settings)
    assert DenialRiskModel.load(settings.models / "denial-risk").version == served
    for path in stored:
        shutil.copy(tmp_path / path.name, path)
