"""Addresses of code systems and extensions of FHIR R4, read and written alike.

Sources: hl7.org/fhir/R4 (claim.html, explanationofbenefit.html) and, for X12's codes, terminology.hl7.org; CARIN for
Blue Button names the same ones.
"""

from __future__ import annotations

from typing import Final

from features.x12.records import ClaimTransaction

NPI: Final = "http://hl7.org/fhir/sid/us-npi"
ICD: Final = "http://hl7.org/fhir/sid/icd-10-cm"
CPT: Final = "http://www.ama-assn.org/go/cpt"
CDT: Final = "http://www.ada.org/cdt"
HCPCS: Final = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
REVENUE: Final = "https://www.nubc.org/CodeSystem/RevenueCodes"
PLACES: Final = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
GROUPS: Final = "https://x12.org/codes/claim-adjustment-group-codes"
CARC: Final = "https://x12.org/codes/claim-adjustment-reason-codes"
RARC: Final = "https://x12.org/codes/remittance-advice-remark-codes"
FILING: Final = "https://codesystem.x12.org/005010/1032"
CLAIM_TYPE: Final = "http://terminology.hl7.org/CodeSystem/claim-type"
ADJUDICATION: Final = "http://terminology.hl7.org/CodeSystem/adjudication"
CARIN_ADJUDICATION: Final = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudication"
CARIN_DISCRIMINATOR: Final = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudicationDiscriminator"
CARE_TEAM: Final = "http://terminology.hl7.org/CodeSystem/claimcareteamrole"
RELATED: Final = "http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship"
COVERAGE_CLASS: Final = "http://terminology.hl7.org/CodeSystem/coverage-class"
INFORMATION: Final = "http://terminology.hl7.org/CodeSystem/claiminformationcategory"
PRIORITY: Final = "http://terminology.hl7.org/CodeSystem/processpriority"
ABSENT: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
ABSENT_EXTENSION: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
OWN: Final = "urn:clearlane:fhir:"
"""Before the name of an extension for what R4 has no element for: those of X12 that docs/intake.md lists."""

TRANSACTIONS: Final[dict[str, ClaimTransaction]] = {
    "professional": "837P",
    "institutional": "837I",
    "oral": "837D",
}
SEXES: Final = {"male": "M", "female": "F", "unknown": "U"}
SEQUENCES: Final = {1: "P", 2: "S", 3: "T"}
CLAIM_EXTENSIONS: Final = {"frequency": "frequency", "facility_code": "facility-code",
                           "billing_taxonomy": "billing-taxonomy"}  # fmt: skip
PAYMENT_EXTENSIONS: Final = {
    "status": "claim-status", "frequency": "frequency", "facility_code": "facility-code",
    "corrected_subscriber_id": "corrected-subscriber-id", "crossover_payer_id": "crossover-payer-id",
    "channel": "channel",
}  # fmt: skip
