"""What a claim holds before it is written; money is whole cents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from training.simulate.network import Facility, Physician
from training.simulate.payers import Payer
from training.simulate.population import Coverage, Patient
from training.simulate.services import Form, Service


@dataclass(slots=True)
class Line:
    """A billed service."""

    procedure: str | None
    modifiers: tuple[str, ...]
    revenue: str | None
    charge: int
    units: int
    day: date


@dataclass(slots=True)
class SimulatedClaim:
    """A claim as the facility knows it; what no file shows stands last."""

    claim_id: str
    form: Form
    facility: Facility
    patient: Patient
    coverage: Coverage
    subscriber_id: str
    service: Service
    service_from: date
    service_to: date
    submitted: date
    lines: list[Line]
    diagnoses: list[str]
    physician: Physician
    rendering_shown: bool
    authorization: str | None
    referral: str | None
    frequency: str = "1"
    original_reference: str | None = None
    foreign: bool = False
    siblings: list[SimulatedClaim] = field(default_factory=list)
    follows_sibling: bool = False
    # Shown in no file:
    wrong_diagnosis: bool = False
    wrong_member_id: bool = False
    not_covered: bool = False

    @property
    def payer(self) -> Payer:
        """Whom the claim is sent to."""
        return self.coverage.payer

    @property
    def charge(self) -> int:
        """The sum of the lines, cents."""
        return sum(line.charge for line in self.lines)

    @property
    def indicator(self) -> str:
        """The claim filing indicator (SBR09, CLP06)."""
        return self.payer.indicator if self.form == "P" else self.payer.indicator_institutional
