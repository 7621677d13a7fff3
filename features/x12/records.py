"""What X12 files say, as frozen typed records.

Money is ``Decimal`` in the currency of the file, exactly as written; dates are ``date``; absent is ``None``.
A code is kept as the file has it, known or not. Every record carries its source. The records are ``msgspec``
structs because building them is most of the cost of reading: a frozen dataclass takes six times as long.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import Struct

ClaimTransaction = Literal["837P", "837I", "837D"]
AcknowledgmentTransaction = Literal["277CA", "999"]
Severity = Literal["warning", "error"]


class Source(Struct, frozen=True, gc=False):
    """Where a record stands: the path as given, control numbers, and the segment's ordinal in the file from 1."""

    file: str
    interchange: str | None = None  # ISA13
    group: str | None = None  # GS06
    transaction: str | None = None  # ST02
    segment: int | None = None


class Problem(Struct, frozen=True, gc=False, tag="problem", tag_field="kind"):
    """Something wrong with a file. The message never quotes a value out of it: messages reach logs."""

    code: str  # kebab-case, stable: "claim-unbalanced"
    severity: Severity  # an error means that data was quarantined
    message: str
    source: Source


class Adjustment(Struct, frozen=True, gc=False):
    """One triplet of a CAS segment."""

    group: str  # CO, PR, OA, PI, CR
    reason: str  # CARC
    amount: Decimal
    quantity: Decimal | None = None


class ClaimLine(Struct, frozen=True, gc=False):
    """A billed service: LX with SV1, SV2 or SV3."""

    number: int  # LX01, or the line's ordinal where that is no number
    procedure: str | None
    modifiers: tuple[str, ...]
    revenue_code: str | None
    charge: Decimal | None
    units: Decimal | None
    service_from: date | None
    service_to: date | None
    control_number: str | None  # REF*6R
    diagnosis_pointers: tuple[int, ...] = ()  # SV107, from 1
    place_of_service: str | None = None  # SV105


class PriorPayer(Struct, frozen=True, gc=False):
    """Another payer of the same claim (loop 2320), with what it has already decided.

    Kept apart from the claim's own fields: it is no feature of this payer's decision.
    """

    sequence: str | None  # SBR01: P, S, T
    filing_indicator: str | None
    payer_name: str | None
    payer_id: str | None
    subscriber_id: str | None
    paid: Decimal | None  # AMT*D
    adjustments: tuple[Adjustment, ...] = ()  # of the whole claim, loop 2320
    line_adjustments: tuple[Adjustment, ...] = ()  # of its lines, loop 2430
    adjudicated: date | None = None  # DTP*573


class Claim(Struct, frozen=True, gc=False, tag="claim", tag_field="kind"):
    """One CLM of an 837, with what its enclosing loops say."""

    transaction: ClaimTransaction
    claim_id: str | None  # CLM01
    charge: Decimal | None  # CLM02
    frequency: str | None  # CLM05-3: 1 original, 7 replacement, 8 void
    facility_code: str | None  # CLM05-1
    payer_sequence: str | None  # SBR01
    filing_indicator: str | None  # SBR09
    payer_name: str | None
    payer_id: str | None
    subscriber_id: str | None
    subscriber_last: str | None
    subscriber_first: str | None
    patient_last: str | None
    patient_first: str | None
    patient_birth_date: date | None
    patient_sex: str | None
    group_number: str | None  # SBR03
    billing_name: str | None
    billing_npi: str | None
    billing_taxonomy: str | None  # PRV03
    rendering_npi: str | None
    prior_authorization: str | None  # REF*G1
    referral: str | None  # REF*9F
    original_reference: str | None  # REF*F8
    submitted: date | None  # BHT04, else GS04
    service_from: date | None
    service_to: date | None
    admitted: date | None  # DTP*435
    diagnoses: tuple[str, ...]  # principal first, without dots
    lines: tuple[ClaimLine, ...]
    prior_payers: tuple[PriorPayer, ...]
    source: Source


class PaymentLine(Struct, frozen=True, gc=False):
    """A paid service: SVC."""

    procedure: str | None  # as adjudicated, SVC01-2
    modifiers: tuple[str, ...]
    original_procedure: str | None  # as billed where it differs, SVC06-2
    revenue_code: str | None  # SVC04
    charge: Decimal | None
    paid: Decimal | None
    units: Decimal | None  # SVC05
    service_from: date | None
    service_to: date | None
    control_number: str | None  # REF*6R
    allowed: Decimal | None  # AMT*B6
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]  # LQ*HE
    balanced: bool  # SVC02 - CAS = SVC03


Channel = Literal["835", "paper", "stub"]
"""How a claim payment came: in a remittance file, typed from paper, or as a check with hardly a word beside it."""


class ClaimPayment(Struct, frozen=True, gc=False, tag="claim_payment", tag_field="kind"):
    """One CLP of an 835: a payer's decision on a claim, or a reversal of one."""

    trace_number: str | None  # TRN02 of its remittance
    payment_date: date | None  # BPR16 of its remittance
    payer_name: str | None
    payer_id: str | None
    payee_npi: str | None
    claim_id: str | None  # CLP01
    status: str | None  # CLP02
    charge: Decimal | None  # CLP03
    paid: Decimal | None  # CLP04
    patient_responsibility: Decimal | None  # CLP05
    filing_indicator: str | None  # CLP06
    payer_claim_number: str | None  # CLP07
    facility_code: str | None  # CLP08
    frequency: str | None  # CLP09
    patient_last: str | None
    patient_first: str | None
    subscriber_id: str | None  # NM1*IL, else NM1*QC
    rendering_npi: str | None
    service_from: date | None  # DTM*232, else the earliest line
    service_to: date | None
    adjustments: tuple[Adjustment, ...]  # claim level only
    remarks: tuple[str, ...]  # union of MIA, MOA and the lines' LQ*HE
    lines: tuple[PaymentLine, ...]
    balanced: bool  # CLP03 - all CAS = CLP04
    source: Source
    corrected_subscriber_id: str | None = None  # NM1*74: the insured as the payer knows him
    crossover_payer_id: str | None = None  # NM1*TT: the payer that the claim was sent on to
    channel: Channel = "835"
    claims: int | None = None  # that a check pays at least, where its stub says how many


class ProviderAdjustment(Struct, frozen=True, gc=False):
    """One pair of a PLB segment; a positive amount reduces the payment."""

    reason: str
    reference: str | None
    amount: Decimal


class Remittance(Struct, frozen=True, gc=False, tag="remittance", tag_field="kind"):
    """One 835 transaction: a payment. Its claim payments are records of their own and come before it."""

    payment_amount: Decimal | None  # BPR02
    credit_debit: str | None  # BPR03
    method: str | None  # BPR04
    payment_date: date | None  # BPR16
    trace_number: str | None  # TRN02
    originator: str | None  # TRN03
    production_date: date | None  # DTM*405
    payer_name: str | None
    payer_id: str | None  # N1*PR N104, else REF*2U
    payee_name: str | None
    payee_npi: str | None
    claim_payments: int
    provider_adjustments: tuple[ProviderAdjustment, ...]
    balanced: bool  # BPR02 = sum of CLP04 - sum of PLB
    source: Source


class Acknowledgment(Struct, frozen=True, gc=False, tag="acknowledgment", tag_field="kind"):
    """A payer's or clearing house's answer before adjudication: one claim of a 277CA, one transaction of a 999."""

    transaction: AcknowledgmentTransaction
    claim_id: str | None  # TRN*2 of a 277CA; the transaction's control number (AK202) of a 999
    accepted: bool
    category: str | None  # STC01-1, or IK501
    status: str | None  # STC01-2
    entity: str | None  # STC01-3
    payer_claim_number: str | None  # REF*1K
    source: Source


Record = Claim | ClaimPayment | Remittance | Acknowledgment | Problem
