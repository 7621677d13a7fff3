"""A model by its version, wherever it may still lie: with the champions, or where it was exported or logged to.

Nothing is asked of MLflow: its store keeps the parts of every registered version as files, and their manifests say what
they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from features.code_pairs import CodePairs
from features.errors import ModelFileError
from features.settings import Settings
from models.denial_risk import DenialRiskModel
from models.files import MANIFEST, read_manifest
from models.invoices.anomalies import InvoiceAnomalyModel
from models.recovery import RecoveryModel
from models.recovery_limits import Limits
from models.recovery_neutral import NeutralRecovery
from models.remittance_match import RemittanceMatchModel
from serving.audit.in_force import InForce, tables_of
from serving.champion_folder import INVOICES, KINDS, RECOVERY
from serving.champions import Champions

FIELDS: Final = {
    KINDS[0]: "denial_risk",
    KINDS[1]: "remittance_match",
    RECOVERY: "denial_recovery",
    INVOICES: "invoice_anomaly",
}
LOADERS: Final[dict[str, Any]] = {
    KINDS[0]: DenialRiskModel.load,
    KINDS[1]: RemittanceMatchModel.load,
    RECOVERY: RecoveryModel.load,
    INVOICES: InvoiceAnomalyModel.load,
}
NEEDS: Final = {
    KINDS[0]: ("CLEARLANE_CODE_PAIRS", "CLEARLANE_COVERAGE"),
    RECOVERY: ("CLEARLANE_DENIAL_LIMITS",),
}


class ModelFinder:
    """Looks through folders once, and keeps what it has loaded."""

    def __init__(self, settings: Settings, folders: Sequence[Path] = ()) -> None:
        self._settings = settings
        self._places = (*folders, settings.models, settings.home)
        self._known: dict[tuple[str, str], Path] | None = None
        self._loaded: dict[tuple[str, str], Any] = {}

    def champions(self, found: InForce, kind: str) -> tuple[Champions, tuple[str, ...]]:
        """The champions that scored items of a kind, as far as they are still there, and what of it is missing."""
        missing = list(self._changed_tables(found, kind))
        champions = Champions(policy=found.policy, certificates=found.certificates)
        version = found.models.get(kind)
        if version is not None:
            model = self._model(kind, version)
            if model is None:
                places = ", ".join(dict.fromkeys(map(str, self._places)))
                missing.append(f"the {kind} model {version} is in none of: {places}")
            else:
                champions = replace(champions, **{FIELDS[kind]: model})
        return champions, tuple(missing)

    def _model(self, kind: str, version: str) -> Any:
        if version == NeutralRecovery().version:
            return self._with_tables(kind, NeutralRecovery())
        if (kind, version) not in self._loaded:
            place = self._index().get((kind, version))
            if place is None:
                return None
            self._loaded[kind, version] = self._with_tables(kind, LOADERS[kind](place))
        return self._loaded[kind, version]

    def _with_tables(self, kind: str, model: Any) -> Any:
        if kind == KINDS[0]:
            return replace(model, pairs=CodePairs.of_settings(self._settings))
        if kind == RECOVERY and self._settings.denial_limits is not None:
            return replace(model, limits=Limits.read(self._settings.denial_limits))
        return model

    def _changed_tables(self, found: InForce, kind: str) -> Iterator[str]:
        try:
            now = tables_of(self._settings)
        except OSError:
            now = {}
        for name in NEEDS.get(kind, ()):
            if found.tables.get(name) != now.get(name):
                then = f"SHA-256 {found.tables[name][:12]}..." if name in found.tables else "not set"
                yield f"{name} names another table than then, which was {then}"

    def _index(self) -> dict[tuple[str, str], Path]:
        if self._known is None:
            self._known = {}
            for folder in _folders(self._places):
                for kind in LOADERS:
                    try:
                        version = read_manifest(folder, kind=kind).version
                    except ModelFileError:
                        continue
                    self._known.setdefault((kind, version), folder)
        return self._known


def _folders(places: Iterable[Path]) -> Iterator[Path]:
    for place in dict.fromkeys(places):
        yield from (manifest.parent for manifest in sorted(place.rglob(MANIFEST)) if manifest.is_file())
