"""The challengers of a folder: loaded as the champions are, each with its own certificates and its own history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from features.denial_history.history import DenialHistory
from models.certificates import load_certificates
from models.denial_risk import DenialRiskModel
from models.remittance_match import RemittanceMatchModel
from serving.champion_folder import KINDS, has_model
from serving.champions import Champions
from serving.current_rates import CurrentRates
from serving.monitor.live import LiveCertificates
from serving.store.monitor import MonitorStore
from serving.store.store import Store

DENIAL_RISK: Final = KINDS[0]


@dataclass(frozen=True)
class Challenger:
    """One model in the champion's place, under the policy in force."""

    kind: str
    version: str
    models: Champions
    rates: Callable[[], DenialHistory] | None = None  # of claims: its own history, gone on with since


@dataclass(frozen=True)
class ChallengerLoader:
    """Loads what a folder holds, to be asked in place of the given champions."""

    folder: Path
    store: Store
    champions: Champions

    def load(self, kind: str) -> Challenger | None:
        """The challenger of a kind; None where there is none, or it is the champion by now. Raises ModelFileError.

        It is certified by what lies beside it, less what was revoked: its lane is the one that it would open.
        """
        if not has_model(self.folder, kind):
            return None
        folder = self.folder / kind
        certificates = {kind: load_certificates(folder)}
        models = Champions(policy=self.champions.policy, certificates=certificates)
        models, _ = LiveCertificates.over(models, MonitorStore.of(self.store).incidents)
        rates = None
        if kind == DENIAL_RISK:
            risk = DenialRiskModel.load(folder)
            models = replace(models, denial_risk=risk).with_code_pairs(self.champions.code_pairs)
            rates = CurrentRates(risk.history, self.store).get
        else:
            models = replace(models, remittance_match=RemittanceMatchModel.load(folder))
        version = models.model_version(kind)
        if version is None or version == self.champions.model_version(kind):
            return None
        return Challenger(kind, version, models, rates)


def versions_of(found: Mapping[str, Challenger | None]) -> dict[str, str | None]:
    """Of each kind, None where no challenger is there."""
    return {kind: one.version if one else None for kind, one in found.items()}
