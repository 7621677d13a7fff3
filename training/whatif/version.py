"""A model version to replay with: where it lies, what certificates it has, and which days it must not be judged on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from features.errors import MissingDataError, ModelFileError, NotFoundError
from features.files import shown
from features.settings import Settings
from models.certificates import Certificate, load_certificates
from models.files import MANIFEST, read_manifest

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
BEFORE_TEST = ("fit", "calibration", "certification")


@dataclass(frozen=True)
class Version:
    """A saved model of a kind."""

    kind: str
    folder: Path
    model: str  # its content version
    certificates: Sequence[Certificate]
    windows: Mapping[
        str, tuple[date, date]
    ]  # "fit", "calibration", "certification", "test": first and last day

    @property
    def honest_from(self) -> date:
        """The first day that had no part in the model, its calibration, or any of its certificates."""
        ends = [self.windows[name][1] for name in BEFORE_TEST]
        ends += [certificate.window_to for certificate in self.certificates]
        return max(ends) + timedelta(days=1)


def version_in(folder: Path, kind: str) -> Version:
    """The model of a folder; raises ModelFileError where it is none, or does not say what it was made on."""
    manifest = read_manifest(folder, kind=kind)
    facts = manifest.manifest.get("facts")
    told = facts.get("windows") if isinstance(facts, dict) else None
    windows = {name: _span(text) for name, text in told.items()} if isinstance(told, dict) else {}
    if not set(BEFORE_TEST) <= set(windows):
        raise ModelFileError(
            "the model does not say on which days it was fitted, calibrated and certified",
            MANIFEST,
            "train it again; without these days no replay can be honest",
        )
    return Version(kind, folder, manifest.version, load_certificates(folder), windows)


def champion(kind: str, settings: Settings) -> Version | None:
    """The champion that serving loads; None where there is none."""
    folder = settings.models / kind
    return version_in(folder, kind) if (folder / MANIFEST).exists() else None


def challenger(given: str, kind: str, settings: Settings, scratch: Path) -> Version:
    """A model by its folder or by its number in the registry, which is only read.

    Raises NotFoundError, MissingDataError or ModelFileError.
    """
    if not given.isdecimal():
        if not (Path(given) / MANIFEST).exists():
            raise MissingDataError(
                "there is no saved model",
                shown(Path(given)),
                "give its folder, or its number in the registry",
            )
        return version_in(Path(given), kind)
    from training.registry import connect, download, no_store

    if no_store(settings):
        raise NotFoundError(
            f"the registry has no version {given} of {kind}", remedy="nothing has been trained yet"
        )
    connect(settings)
    return version_in(download(kind, int(given), scratch), kind)


def _span(text: object) -> tuple[date, date]:
    """The days of "300 rows, 2024-01-01 to 2024-03-01"."""
    days = [date.fromisoformat(day) for day in DAY.findall(str(text))]
    if len(days) != 2:
        raise ModelFileError("the model's windows have no days", MANIFEST, "train it again")
    return days[0], days[1]
