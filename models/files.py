"""Saved models: Booster text, plain arrays and a JSON manifest. Nothing here can run code when it is loaded.

A folder holds ``manifest.json`` and the parts that it names. The manifest states each part's size and SHA-256,
and all of them are checked before anything is built: LightGBM can end the process on a damaged model text. Other
files in the folder (certificates, plots, the model card) are left alone and never read.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import re
import secrets
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import lightgbm as lgb
import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from features.errors import BadInputError, ModelFileError

FORMAT = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 16 * 1024 * 1024  # bytes; a vocabulary of a million codes fits
LARGEST_PART = 512 * 1024 * 1024  # bytes
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
PART_FILE = re.compile(r"(booster|array)-[a-z0-9][a-z0-9_-]{0,63}-[0-9a-f]{12}\.(txt|npy)")
LIBRARIES = ("lightgbm", "numpy", "scikit-learn")


class PartFile(Struct, frozen=True, forbid_unknown_fields=True):
    """One part as the manifest states it."""

    file: str
    bytes: int
    sha256: str


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """The file ``manifest.json``."""

    format: int
    kind: str
    version: str
    libraries: dict[str, str]
    boosters: dict[str, PartFile]
    arrays: dict[str, PartFile]
    manifest: dict[str, Any]  # what the model's own module keeps: columns, vocabularies, settings


class Parts(Struct, frozen=True):
    """A saved model, checked and built."""

    version: str  # "denial-risk-3f2a9c01d4b7", a digest of all the content
    manifest: dict[str, Any]  # as it was given; tuples come back as lists
    boosters: dict[str, lgb.Booster]
    arrays: dict[str, NDArray[Any]]


def save_parts(
    folder: Path,
    *,
    kind: str,
    manifest: Mapping[str, Any],
    boosters: Mapping[str, lgb.Booster],
    arrays: Mapping[str, NDArray[Any]],
) -> str:
    """Save a model and return its version, which is a digest of the content.

    The same content gives the same bytes. Parts are named by their digest and the manifest is replaced last, in
    one step, so that a reader sees the old model or the new one, and a crash leaves the old. Raises BadInputError
    for a name that is not plain and lower-case, an array of objects, and a manifest that JSON cannot hold.
    """
    _check_names([kind, *boosters, *arrays])
    texts = {name: booster.model_to_string().encode() for name, booster in sorted(boosters.items())}
    plain = {name: _array_bytes(name, array) for name, array in sorted(arrays.items())}
    unsigned = Manifest(
        format=FORMAT,
        kind=kind,
        version="",
        libraries={"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
        boosters={name: _part("booster", name, "txt", data) for name, data in texts.items()},
        arrays={name: _part("array", name, "npy", data) for name, data in plain.items()},
        manifest=dict(manifest),
    )
    complete = msgspec.structs.replace(unsigned, version=content_version(unsigned))
    folder.mkdir(parents=True, exist_ok=True)
    before = _part_files(folder)
    for parts, contents in ((complete.boosters, texts), (complete.arrays, plain)):
        for name, part in parts.items():
            write_atomically(folder / part.file, contents[name])
    write_atomically(folder / MANIFEST, _as_json(complete).encode())
    for stale in before - {part.file for part in _all_parts(complete)}:
        (folder / stale).unlink(missing_ok=True)
    return complete.version


def load_parts(folder: Path, *, kind: str) -> Parts:
    """Load a model; every digest is checked before anything is built.

    Raises ModelFileError where a file is missing, damaged, too large or of another format or kind.
    """
    manifest = read_manifest(folder, kind=kind)
    try:
        contents = _read_parts(folder, manifest)
    except ModelFileError:
        newer = read_manifest(folder, kind=kind)
        if newer.version == manifest.version:
            raise
        manifest, contents = newer, _read_parts(folder, newer)  # it was replaced while it was read
    return Parts(
        version=manifest.version,
        manifest=manifest.manifest,
        boosters={name: _booster(name, contents[part.file]) for name, part in manifest.boosters.items()},
        arrays={name: _array(name, contents[part.file]) for name, part in manifest.arrays.items()},
    )


def read_manifest(folder: Path, *, kind: str) -> Manifest:
    """The checked manifest alone: enough to tell a model's version without building it. Raises ModelFileError."""
    data = _read(folder / MANIFEST, largest=LARGEST_MANIFEST)
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelFileError("the manifest is no manifest of a saved model", MANIFEST, RETRAIN) from error
    if manifest.format != FORMAT:
        remedy = f"this release reads format {FORMAT}; train it again or use the release that saved it"
        raise ModelFileError(f"the model has format {manifest.format}", MANIFEST, remedy)
    if manifest.kind != kind:
        raise ModelFileError(
            f"the folder does not hold a {kind} model", MANIFEST, "point to the right folder"
        )
    if manifest.version != content_version(manifest):
        raise ModelFileError("the manifest was changed after it was saved", MANIFEST, RETRAIN)
    return manifest


def content_version(manifest: Manifest) -> str:
    """The version that the content gives, whatever the manifest states."""
    digest = hashlib.sha256(_as_json(msgspec.structs.replace(manifest, version="")).encode()).hexdigest()
    return f"{manifest.kind}-{digest[:12]}"


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees all of it or none."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with partial.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


RETRAIN = "export the model from the registry again, or train it again"


def _as_json(manifest: Manifest) -> str:
    """Sorted and indented, the same text for the same content."""
    try:
        plain = msgspec.to_builtins(manifest, str_keys=True)
        return json.dumps(plain, sort_keys=True, indent=1, allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        remedy = "keep plain values in the manifest and numbers in arrays"
        raise BadInputError(
            "the model's manifest holds a value that JSON cannot", MANIFEST, remedy
        ) from error


def _check_names(names: list[str]) -> None:
    for name in names:
        if not NAME.fullmatch(name):
            raise BadInputError(
                f"{name!r} is no name for a part of a model", remedy="use a-z, 0-9, - and _, at most 64"
            )


def _part(prefix: str, name: str, suffix: str, data: bytes) -> PartFile:
    digest = hashlib.sha256(data).hexdigest()
    return PartFile(file=f"{prefix}-{name}-{digest[:12]}.{suffix}", bytes=len(data), sha256=digest)


def _all_parts(manifest: Manifest) -> list[PartFile]:
    return [*manifest.boosters.values(), *manifest.arrays.values()]


def _part_files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if PART_FILE.fullmatch(path.name)}


def _array_bytes(name: str, array: NDArray[Any]) -> bytes:
    if array.dtype.hasobject:
        raise BadInputError(f"the array {name!r} holds Python objects", remedy="keep strings in the manifest")
    stream = io.BytesIO()
    np.save(stream, np.ascontiguousarray(array), allow_pickle=False)
    return stream.getvalue()


def _read(path: Path, *, largest: int) -> bytes:
    """The bytes of a file of at most ``largest`` bytes."""
    try:
        with path.open("rb") as stream:
            data = stream.read(largest + 1)
    except OSError as error:
        raise ModelFileError("a file of the model cannot be read", path.name, RETRAIN) from error
    if len(data) > largest:
        raise ModelFileError("a file of the model is larger than it should be", path.name, RETRAIN)
    return data


def _read_parts(folder: Path, manifest: Manifest) -> dict[str, bytes]:
    """The checked bytes of every part, by file name."""
    return {part.file: _read_part(folder, part) for part in _all_parts(manifest)}


def _read_part(folder: Path, part: PartFile) -> bytes:
    if not PART_FILE.fullmatch(part.file) or not 0 <= part.bytes <= LARGEST_PART:
        raise ModelFileError("the manifest names a file that is no part of a model", MANIFEST, RETRAIN)
    data = _read(folder / part.file, largest=part.bytes)
    if hashlib.sha256(data).hexdigest() != part.sha256:
        raise ModelFileError("a file of the model is damaged", part.file, RETRAIN)
    return data


def _booster(name: str, data: bytes) -> lgb.Booster:
    try:
        return lgb.Booster(model_str=data.decode())
    except (lgb.basic.LightGBMError, UnicodeDecodeError, ValueError) as error:
        raise ModelFileError(f"the booster {name!r} cannot be built", MANIFEST, RETRAIN) from error


def _array(name: str, data: bytes) -> NDArray[Any]:
    try:
        loaded: NDArray[Any] = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise ModelFileError(f"the array {name!r} cannot be built", MANIFEST, RETRAIN) from error
    return loaded
