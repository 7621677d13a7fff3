"""``python -m training thresholds``: the table of the cells and the pictures of a champion."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.commandline import main
from models.certificate_curves import save_curves
from models.certificate_words import promise
from models.certificates import Cell
from tests.support.certificate_labels import Labels, certified
from training.__main__ import COMMANDS
from training.certificates import Trial
from training.thresholds.explaining import explain, picture_name, told


def command(*argv: str) -> int:
    return main(prog="training", description="", commands=COMMANDS, argv=["thresholds", *argv])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A champion of remittance matching with a certified cell and one that is not."""
    monkeypatch.setenv("CLEARLANE_HOME", str(tmp_path))
    for name in ("CLEARLANE_MODELS", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "models" / "remittance-match"
    folder.mkdir(parents=True)
    small = Labels.draw(1, prior=800, fresh=500)
    save_curves(folder, [certified(Labels.draw(0))[1], certified(small, band="1000-to-10000")[1]])
    return tmp_path


def test_the_table_tells_every_cell_and_what_is_wanting(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert command("--model", "remittance-match", "--out", str(tmp_path / "pictures")) == 0
    shown = capsys.readouterr().out
    assert "All payers, under $1,000" in shown
    assert "All payers, $1,000 to $10,000: Needs about 2,200 more checked items" in shown
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == {
        "overview.png",
        "all-payers-under-1000.png",
        "all-payers-1000-to-10000.png",
    }
    assert home.exists()


def test_whoever_trains_is_told_the_promise_with_the_counts() -> None:
    certificate, curve = certified(Labels.draw(0))
    (sentence,) = told([curve])
    end = promise(certificate).split(": ", 1)[1]
    assert sentence.startswith("All payers, under $1,000: certified from a confidence of")
    assert sentence.endswith(end)
    assert "at most 0.5 % wrong, 95 % sure; checked" in end


def test_without_curves_it_says_how_to_get_them(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("--model", "denial-risk") != 0
    assert "there is no champion of denial-risk" in capsys.readouterr().err
    assert home.exists()


@pytest.mark.parametrize("which", [("--version", "3"), ("--run", "abc")])
def test_before_any_training_it_says_so_and_makes_no_store(
    home: Path, capsys: pytest.CaptureFixture[str], which: tuple[str, str]
) -> None:
    assert command("--model", "denial-risk", *which) == 2
    assert "nothing has been trained yet" in capsys.readouterr().err
    assert {path.name for path in home.iterdir()} == {"models"}


def test_the_help_teaches_to_read_the_picture(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command("--help")
    shown = capsys.readouterr().out
    for text in ("coverage", "diamond", "no promise", "docs/thresholds.md", "--version", "--run"):
        assert text in shown


def test_a_training_keeps_the_curves_of_its_trials_and_draws_them(tmp_path: Path) -> None:
    labels = Labels.draw(0, prior=1000, fresh=1000)
    certificate, curve = certified(labels)
    trial = Trial(
        cell=certificate.cell,
        prior_scores=labels.prior[0],
        prior_errors=labels.prior[1],
        scores=labels.fresh[0],
        errors=labels.fresh[1],
        amounts=labels.fresh[1] * 0,
        thresholds=tuple(point.threshold for point in curve.walked),
        level=certificate.level,
        certificate=certificate,
    )
    (found,) = explain(tmp_path, [trial])
    assert found.points == curve.points
    assert found.walked == curve.walked
    assert (tmp_path / "certificate_curves.json").exists()
    assert (tmp_path / "plots" / "thresholds" / "all-payers-under-1000.png").exists()


def test_a_model_without_certificates_has_no_picture(tmp_path: Path) -> None:
    assert explain(tmp_path, ()) == ()
    assert not (tmp_path / "plots").exists()


def test_a_cells_name_is_safe_as_the_name_of_a_file() -> None:
    assert picture_name(Cell("denial-risk", "../Blue Cross", "über/1000")) == "-blue-cross-ber-1000.png"
