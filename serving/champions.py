"""The models that score now, with their certificates and the policy; loaded once and never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from features.claim_edits.edit import Knowing
from features.code_pairs import CodePairs
from features.evidence import Reason
from features.invoices.cases import InvoiceCase
from features.invoices.tolerances import Tolerances
from features.match_history import Postings
from features.x12.records import Claim, ClaimPayment
from models.certificate_curves import Curve, load_curves
from models.certificates import Certificate, load_certificates
from models.denial_risk import DenialRiskModel, DenialRiskScore
from models.invoices.anomalies import InvoiceAnomalyModel, InvoiceScore
from models.match_weights import CandidateEvidence
from models.policy import Policy, load_policy
from models.recovery import RecoveryModel
from models.recovery_limits import Limits
from models.recovery_neutral import NeutralRecovery
from models.recovery_options import Assessor
from models.remittance_match import MatchScore, RemittanceMatchModel
from serving.champion_folder import INVOICES, KINDS, RECOVERY, has_model, present
from serving.claim_history import InformedDenialRisk, Past


class DenialScorer(Protocol):
    """What scores claims: ``models.denial_risk.DenialRiskModel``, or a test's own."""

    @property
    def version(self) -> str: ...
    def score(self, claims: Sequence[Claim], /) -> Sequence[DenialRiskScore]: ...
    def explain(self, claim: Claim, /) -> tuple[Reason, ...]: ...


class MatchScorer(Protocol):
    """What matches claim payments: ``models.remittance_match.RemittanceMatchModel``, or a test's own."""

    @property
    def version(self) -> str: ...
    def score(
        self,
        payments: Sequence[ClaimPayment],
        candidates: Sequence[Sequence[Claim]],
        earlier: Sequence[Sequence[Postings]] | None = None,
        /,
    ) -> Sequence[MatchScore]: ...
    def explain(
        self,
        payment: ClaimPayment,
        candidates: Sequence[Claim],
        score: MatchScore,
        earlier: Sequence[Postings] | None = None,
        /,
    ) -> tuple[Reason, ...]: ...
    def evidence(
        self,
        payment: ClaimPayment,
        candidates: Sequence[Claim],
        score: MatchScore,
        earlier: Sequence[Postings] | None = None,
        /,
    ) -> tuple[CandidateEvidence, ...]: ...


class InvoiceScorer(Protocol):
    """What judges invoices: ``models.invoices.anomalies.InvoiceAnomalyModel``, or a test's own."""

    @property
    def version(self) -> str: ...
    @property
    def tolerances(self) -> Tolerances: ...
    def score(self, cases: Sequence[InvoiceCase], /) -> Sequence[InvoiceScore]: ...


@dataclass(frozen=True)
class Champions:
    """What a score and a lane are made of. Without a model its items have no score, and a person sees them."""

    policy: Policy
    denial_risk: DenialScorer | None = None
    remittance_match: MatchScorer | None = None
    denial_recovery: Assessor | None = None  # of denied claims; without it they come without figures
    invoice_anomaly: InvoiceScorer | None = None  # of vendor invoices; they come without it too
    certificates: Mapping[str, Sequence[Certificate]] = field(default_factory=dict)  # by kind
    curves: Mapping[str, Sequence[Curve]] = field(
        default_factory=dict
    )  # by kind: how certificates came about
    code_pairs: CodePairs | None = None  # that the user supplies
    known: Knowing | None = None  # what history tells of a claim, for edits
    in_force: str | None = None  # under which all of this is kept for replays (``serving.audit.in_force``)

    @property
    def complete(self) -> bool:
        """Whether both models are there."""
        return self.denial_risk is not None and self.remittance_match is not None

    def model_version(self, kind: str) -> str | None:
        """The version of the model whose scores a certificate of a kind speaks of; None where there is none."""
        models = {KINDS[0]: self.denial_risk, KINDS[1]: self.remittance_match, INVOICES: self.invoice_anomaly}
        model = models.get(kind)
        return None if model is None else model.version

    def as_they_stand(self) -> Champions:
        """The same with the certificates as they are now, for scores that are to be made under the same ones."""
        return replace(self, certificates={kind: tuple(found) for kind, found in self.certificates.items()})

    def informed_by(self, past: Past) -> Champions:
        """The same with a denial-risk model that knows the earlier claims of a patient."""
        model = self.denial_risk
        knows = InformedDenialRisk.over(model, past) if isinstance(model, DenialRiskModel) else model
        return replace(self, denial_risk=knows)

    def with_code_pairs(self, pairs: CodePairs | None) -> Champions:
        """The same with the user's tables, which the denial-risk model then names in its reasons."""
        model = self.denial_risk
        knows = replace(model, pairs=pairs) if isinstance(model, DenialRiskModel) else model
        return replace(self, denial_risk=knows, code_pairs=pairs)

    def with_limits(self, limits: Limits) -> Champions:
        """The same with the user's deadlines for what is done about denials."""
        model = self.denial_recovery
        knows = replace(model, limits=limits) if isinstance(model, RecoveryModel | NeutralRecovery) else model
        return replace(self, denial_recovery=knows)


def load(folder: Path, *, without_models: bool = False, policy: Path | None = None) -> Champions:
    """The champions of a folder that holds ``denial-risk/`` and ``remittance-match/``, and may hold others.

    ``policy`` is a file; without it they route by that of ``CLEARLANE_POLICY``, else the one that ships.

    Raises MissingDataError where one is absent, unless ``without_models`` allows it, and ModelFileError for one that
    is damaged, whatever is allowed: a damaged model is no absent one.
    """
    there = present(folder, without_models=without_models)
    return Champions(
        policy=load_policy(policy),
        denial_risk=DenialRiskModel.load(folder / KINDS[0]) if KINDS[0] in there else None,
        remittance_match=RemittanceMatchModel.load(folder / KINDS[1]) if KINDS[1] in there else None,
        denial_recovery=_recovery(folder, without_models=without_models),
        invoice_anomaly=InvoiceAnomalyModel.load(folder / INVOICES) if has_model(folder, INVOICES) else None,
        certificates={kind: load_certificates(folder / kind) for kind in (*there, INVOICES)},
        curves={kind: load_curves(folder / kind) for kind in (*there, INVOICES)},
    )


def _recovery(folder: Path, *, without_models: bool) -> Assessor | None:
    """The trained model; where there is none published rates, which are marked as such and know the deadlines."""
    if has_model(folder, RECOVERY):
        return RecoveryModel.load(folder / RECOVERY)
    return None if without_models else NeutralRecovery()
