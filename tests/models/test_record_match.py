"""The blend and the linear member by themselves; the whole model is tested where it is trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from features.errors import ModelFileError
from features.records.wording import Wording
from models.files import save_parts
from models.record_match import KIND, RecordMatchModel
from models.records.blend import Blend
from models.records.linear import Linear, Scale


def test_a_member_of_noise_gets_less_weight_than_one_that_knows() -> None:
    draw = np.random.default_rng(1)
    labels = (draw.random(2_000) < 0.3).astype(np.float64)
    knowing = 4 * labels - 2 + draw.normal(size=2_000)
    blend = Blend.fit(np.column_stack([knowing, draw.normal(size=2_000)]), labels)
    assert blend.weights[0] > 10 * blend.weights[1] >= 0


def test_the_blend_is_calibrated_where_the_members_are_too_sure() -> None:
    draw = np.random.default_rng(2)
    odds = draw.normal(size=20_000)
    labels = (draw.random(20_000) < 1 / (1 + np.exp(-odds))).astype(np.float64)
    sure = Blend.fit(np.column_stack([5 * odds]), labels)(np.column_stack([5 * odds]))
    for low in (0.1, 0.4, 0.7):
        inside = (sure >= low) & (sure < low + 0.2)
        assert labels[inside].mean() == pytest.approx(sure[inside].mean(), abs=0.03)


def test_perfect_separation_gives_no_certainty() -> None:
    members, labels = np.array([[-9.0]] * 5 + [[9.0]] * 5), np.array([0.0] * 5 + [1.0] * 5)
    assert 0.7 < Blend.fit(members, labels)(np.array([[9.0]]))[0] < 1.0


def test_the_mean_of_linear_members_says_the_mean_of_what_they_say() -> None:
    values = np.array([[1.0, np.nan], [2.0, 5.0], [np.nan, 3.0]])
    scale = Scale.of(values)
    wording = Wording(csr_matrix(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])), ("both:a", "one:b"))
    some = [
        Linear(scale, np.arange(4.0), 0.5, {"both:a": 1.0}),
        Linear(scale, np.ones(4), -1.5, {"both:a": 3.0, "one:b": -1.0}),
    ]
    said = [one(values, wording) for one in some]
    assert np.allclose(Linear.mean(some)(values, wording), np.mean(said, axis=0))


def test_a_folder_without_the_parts_is_refused(tmp_path: Path) -> None:
    save_parts(tmp_path, kind=KIND, manifest={"spec": []}, boosters={}, arrays={})
    with pytest.raises(ModelFileError, match="a part of the model is missing"):
        RecordMatchModel.load(tmp_path)
