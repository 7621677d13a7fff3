"""Saved models: the same bytes for the same content, and nothing built from a file that is not as it was saved."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import lightgbm as lgb
import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.errors import BadInputError, ModelFileError
from models.files import MANIFEST, Manifest, PartFile, content_version, load_parts, save_parts


@pytest.fixture(scope="module")
def booster() -> lgb.Booster:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(200, 3))
    data = lgb.Dataset(rows, label=(rows[:, 0] > 0).astype(int))
    settings = {"objective": "binary", "verbose": -1, "deterministic": True, "num_threads": 1, "seed": 1}
    return lgb.train(settings, data, num_boost_round=3)


def save(folder: Path, booster: lgb.Booster, **changes: Any) -> str:
    given: dict[str, Any] = {
        "kind": "denial-risk",
        "manifest": {"columns": ["a", "b", "c"], "vocabularies": {"payer": ["Ä", "B"]}, "slope": 0.1},
        "boosters": {"risk": booster},
        "arrays": {"knots": np.linspace(0, 1, 7), "counts": np.arange(3)},
    }
    return save_parts(folder, **{**given, **changes})


def sign(folder: Path, **changes: Any) -> None:
    """Write a manifest with changes and a version that fits them, as a forger would."""
    manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    changed = msgspec.structs.replace(manifest, **changes)
    signed = msgspec.structs.replace(changed, version=content_version(changed))
    (folder / MANIFEST).write_bytes(msgspec.json.encode(signed))


def test_what_was_saved_comes_back(tmp_path: Path, booster: lgb.Booster) -> None:
    version = save(tmp_path, booster)
    parts = load_parts(tmp_path, kind="denial-risk")
    rows = np.random.default_rng(2).normal(size=(20, 3))
    assert parts.version == version
    assert version.startswith("denial-risk-")
    assert parts.manifest["vocabularies"] == {"payer": ["Ä", "B"]}
    np.testing.assert_array_equal(parts.boosters["risk"].predict(rows), booster.predict(rows))
    np.testing.assert_array_equal(parts.arrays["knots"], np.linspace(0, 1, 7))
    assert parts.arrays["counts"].dtype == np.arange(3).dtype


def test_the_same_content_gives_the_same_bytes_and_other_content_another_version(
    tmp_path: Path, booster: lgb.Booster
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    version = save(one, booster)
    assert save(two, booster) == version
    assert {path.name: path.read_bytes() for path in one.iterdir()} == {
        path.name: path.read_bytes() for path in two.iterdir()
    }
    assert save(two, booster, manifest={"columns": []}) != version
    assert save(two, booster, arrays={"knots": np.linspace(0, 2, 7)}) != version


def test_saving_anew_removes_old_parts_and_keeps_the_neighbours(tmp_path: Path, booster: lgb.Booster) -> None:
    save(tmp_path, booster)
    (tmp_path / "certificates.json").write_text("{}")
    save(tmp_path, booster, arrays={"other": np.zeros(2)})
    names = sorted(path.name.rsplit("-", 1)[0] for path in tmp_path.iterdir())
    assert names == ["array-other", "booster-risk", "certificates.json", "manifest.json"]


def test_a_save_that_fails_half_way_leaves_the_old_model(
    tmp_path: Path, booster: lgb.Booster, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = save(tmp_path, booster)
    left = iter([None, None])

    def full_disk(_: int) -> None:
        if next(left, "full") == "full":
            raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="no space"):
        save(tmp_path, booster, arrays={"knots": np.ones(3), "counts": np.ones(4)})
    assert load_parts(tmp_path, kind="denial-risk").version == version
    assert not list(tmp_path.glob(".*"))


def test_a_missing_part_or_folder_is_said(tmp_path: Path, booster: lgb.Booster) -> None:
    with pytest.raises(ModelFileError, match="cannot be read"):
        load_parts(tmp_path / "nowhere", kind="denial-risk")
    save(tmp_path, booster)
    next(tmp_path.glob("array-*")).unlink()
    with pytest.raises(ModelFileError, match="cannot be read"):
        load_parts(tmp_path, kind="denial-risk")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_flipped_byte_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, booster: lgb.Booster, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("flipped")
    save(folder, booster)
    path = folder / data.draw(st.sampled_from(sorted(path.name for path in folder.iterdir())))
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        loaded = load_parts(folder, kind="denial-risk")
    except ModelFileError:
        return
    # Only white space between the manifest's values may change without changing what it says.
    assert path.name == MANIFEST
    assert json.loads(content)["version"] == loaded.version


def test_a_longer_or_cut_off_part_is_refused(tmp_path: Path, booster: lgb.Booster) -> None:
    save(tmp_path, booster)
    path = next(tmp_path.glob("booster-*"))
    content = path.read_bytes()
    path.write_bytes(content + b"\n")
    with pytest.raises(ModelFileError, match="larger"):
        load_parts(tmp_path, kind="denial-risk")
    path.write_bytes(content[:-10])
    with pytest.raises(ModelFileError, match="damaged"):
        load_parts(tmp_path, kind="denial-risk")


def test_another_kind_or_format_is_refused(tmp_path: Path, booster: lgb.Booster) -> None:
    save(tmp_path, booster)
    with pytest.raises(ModelFileError, match="does not hold a remittance-match model"):
        load_parts(tmp_path, kind="remittance-match")
    sign(tmp_path, format=99)
    with pytest.raises(ModelFileError, match="format 99"):
        load_parts(tmp_path, kind="denial-risk")


@pytest.mark.parametrize(
    "name", ["../secret.txt", "/etc/passwd", "array-a-0123456789ab.npy/../../x", "x.pkl"]
)
def test_a_manifest_that_points_elsewhere_is_refused(tmp_path: Path, booster: lgb.Booster, name: str) -> None:
    save(tmp_path / "model", booster)
    (tmp_path / "secret.txt").write_text("secret")
    sign(tmp_path / "model", boosters={"risk": PartFile(file=name, bytes=6, sha256="0" * 64)})
    with pytest.raises(ModelFileError, match="no part of a model"):
        load_parts(tmp_path / "model", kind="denial-risk")


def test_a_manifest_with_a_huge_part_or_unknown_keys_is_refused(tmp_path: Path, booster: lgb.Booster) -> None:
    save(tmp_path, booster)
    huge = PartFile(file="array-a-0123456789ab.npy", bytes=2**40, sha256="0" * 64)
    sign(tmp_path, arrays={"a": huge})
    with pytest.raises(ModelFileError, match="no part of a model"):
        load_parts(tmp_path, kind="denial-risk")
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    (tmp_path / MANIFEST).write_text(json.dumps({**manifest, "pickle": "x"}))
    with pytest.raises(ModelFileError, match="no manifest"):
        load_parts(tmp_path, kind="denial-risk")


@pytest.mark.parametrize("name", ["", "../up", "Upper", "a b", "x" * 65, "a.b"])
def test_names_that_are_not_plain_are_refused(tmp_path: Path, booster: lgb.Booster, name: str) -> None:
    with pytest.raises(BadInputError, match="no name"):
        save(tmp_path, booster, arrays={name: np.zeros(1)})


def test_values_that_cannot_be_kept_plainly_are_refused(tmp_path: Path, booster: lgb.Booster) -> None:
    with pytest.raises(BadInputError, match="holds Python objects"):
        save(tmp_path, booster, arrays={"a": np.array([None], dtype=object)})
    for value in (object(), float("nan")):
        with pytest.raises(BadInputError, match="JSON cannot"):
            save(tmp_path, booster, manifest={"value": value})
    assert not (tmp_path / MANIFEST).exists()
