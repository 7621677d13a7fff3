"""The public samples, measured anew or from the figures measured once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.fidelity.conftest import paid, remittance
from training.fidelity.samples import MEASURED, MEASURED_FILES, VARIABLE, figures, load, measure
from training.fidelity.structure import FIGURES


def test_the_figures_measured_once_are_those_of_the_samples(samples: Path) -> None:
    counted = measure(samples / "x12")
    assert len(counted) == MEASURED_FILES
    found = figures(counted)
    assert {name: tuple(round(part, 3) for part in value) for name, value in found.items()} == MEASURED


def test_without_the_samples_the_figures_measured_once_stand_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    loaded = load()
    assert set(loaded.figures) == set(FIGURES)
    assert not loaded.anew
    assert "measured once" in loaded.describe()


def test_a_sample_that_two_repositories_hold_counts_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = remittance("20260122", "T1", paid("A", number="N1"))
    for name in ("one", "other"):
        (tmp_path / "x12" / name).mkdir(parents=True)
        (tmp_path / "x12" / name / "sample.835").write_bytes(data)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    loaded = load()
    assert (loaded.files, loaded.anew) == (1, True)
