"""A claim as FHIR R4 Claim and a claim payment as ExplanationOfBenefit; ``fhir_in`` reads the same record again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from features.x12.records import Adjustment, Claim, ClaimLine, ClaimPayment, PaymentLine, PriorPayer
from serving.portal import fhir_names as names

Json = dict[str, Any]
MEDIA_TYPE = "application/fhir+json"
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_TYPES = {transaction: code for code, transaction in names.TRANSACTIONS.items()}
_GENDERS = {code: gender for gender, code in names.SEXES.items()}
_SEQUENCES = {code: number for number, code in names.SEQUENCES.items()}


def encode(resource: Json) -> bytes:
    """The resource as JSON, amounts as numbers with the digits that they have."""
    return _ENCODER.encode(resource)


def claim_resource(claim: Claim, resource_id: str) -> Json:
    """The Claim of a claim."""
    persons = [
        _person(
            "patient", claim.patient_last, claim.patient_first, claim.patient_birth_date, claim.patient_sex
        ),
        _person("subscriber", claim.subscriber_last, claim.subscriber_first),
    ]
    coverages = [
        _coverage("coverage", claim.filing_indicator, claim.subscriber_id, claim.payer_name, claim.payer_id,
                  group=claim.group_number, subscriber=True),
        *(_coverage(f"coverage-{place}", one.filing_indicator, one.subscriber_id, one.payer_name, one.payer_id)
          for place, one in enumerate(claim.prior_payers, start=2)),
    ]  # fmt: skip
    own = {
        **_insurance(1, claim.payer_sequence, "#coverage", focal=True),
        "preAuthRef": _some(claim.prior_authorization),
    }
    others = [_prior(place, one) for place, one in enumerate(claim.prior_payers, start=2)]
    return _kept({
        "resourceType": "Claim",
        "id": resource_id,
        "contained": [*persons, *coverages],
        "extension": [_extra(url, getattr(claim, field)) for field, url in names.CLAIM_EXTENSIONS.items()],
        "identifier": _identifiers("claim-id", claim.claim_id),
        "status": "active",
        "type": _concept(names.CLAIM_TYPE, _TYPES[claim.transaction]),
        "use": "claim",
        "patient": {"reference": "#patient"},
        "billablePeriod": _period(claim.service_from, claim.service_to),
        **_created(claim.submitted),
        "insurer": _party(claim.payer_name, claim.payer_id),
        "provider": _party(claim.billing_name, claim.billing_npi, names.NPI),
        "priority": _concept(names.PRIORITY, "normal"),
        "related": _related(claim.original_reference),
        "referral": {"identifier": {"value": claim.referral}} if claim.referral else None,
        "careTeam": _team(claim.rendering_npi),
        "supportingInfo": _admission(claim.admitted),
        "diagnosis": [
            {"sequence": place, "diagnosisCodeableConcept": _concept(names.ICD, code)}
            for place, code in enumerate(claim.diagnoses, start=1)
        ],
        "insurance": [own, *others],
        "item": [_claim_line(line) for line in claim.lines],
        "total": _money(claim.charge),
    })  # fmt: skip


def payment_resource(payment: ClaimPayment, resource_id: str) -> Json:
    """The ExplanationOfBenefit of a claim payment."""
    totals = (
        (names.ADJUDICATION, "submitted", payment.charge),
        (names.ADJUDICATION, "benefit", payment.paid),
        (names.CARIN_ADJUDICATION, "memberliability", payment.patient_responsibility),
    )
    extras = {field: getattr(payment, field) for field in names.PAYMENT_EXTENSIONS}
    extras["channel"] = None if payment.channel == "835" else payment.channel
    said = [_extra(url, extras[field]) for field, url in names.PAYMENT_EXTENSIONS.items()]
    paying = payment.claims and {"url": names.OWN + "claims", "valueInteger": payment.claims}
    return _kept({
        "resourceType": "ExplanationOfBenefit",
        "id": resource_id,
        "contained": [
            _person("patient", payment.patient_last, payment.patient_first),
            _coverage("coverage", payment.filing_indicator, payment.subscriber_id, payment.payer_name,
                      payment.payer_id),
        ],
        "extension": [*said, paying],
        "identifier": _identifiers("payer-claim-number", payment.payer_claim_number),
        "status": "active",
        "type": _unknown(),
        "use": "claim",
        "patient": {"reference": "#patient"},
        "billablePeriod": _period(payment.service_from, payment.service_to),
        **_created(payment.payment_date),
        "insurer": _party(payment.payer_name, payment.payer_id),
        "provider": _party(None, payment.payee_npi, names.NPI),
        "claim": {"identifier": {"value": payment.claim_id}} if payment.claim_id else None,
        "outcome": "complete",
        "careTeam": _team(payment.rendering_npi),
        "insurance": [{"focal": True, "coverage": {"reference": "#coverage"}}],
        "item": [_payment_line(line, place) for place, line in enumerate(payment.lines, start=1)],
        "adjudication": [*map(_adjudicated, payment.adjustments), *map(_remark, payment.remarks)],
        "total": [_amount(*one) for one in totals if one[2] is not None],
        "payment": _kept({
            "date": payment.payment_date,
            "amount": _money(payment.paid),
            "identifier": {"value": payment.trace_number} if payment.trace_number else None,
        }),
    })  # fmt: skip


def _kept(value: Json) -> Json:
    """Without what is absent: FHIR has neither null nor empty objects and lists."""
    full = {
        name: [one for one in inner if one] if isinstance(inner, list) else inner
        for name, inner in value.items()
    }
    return {name: inner for name, inner in full.items() if inner is not None and inner not in ({}, [])}


def _some(text: str | None) -> list[str]:
    return [text] if text else []


def _concept(system: str, code: str | None) -> Json | None:
    return {"coding": [{"system": system, "code": code}]} if code else None


def _unknown() -> Json:
    return {"coding": [{"system": names.ABSENT, "code": "unknown"}]}


def _extra(name: str, text: str | None) -> Json | None:
    return {"url": names.OWN + name, "valueString": text} if text else None


def _money(amount: Decimal | None) -> Json | None:
    return None if amount is None else {"value": amount, "currency": "USD"}


def _period(start: date | None, end: date | None) -> Json:
    return _kept({"start": start, "end": end})


def _created(day: date | None) -> Json:
    """R4 wants a day: where none is known, it says so."""
    if day:
        return {"created": day}
    return {"_created": {"extension": [{"url": names.ABSENT_EXTENSION, "valueCode": "unknown"}]}}


def _identifiers(name: str, value: str | None) -> list[Json]:
    return [{"system": names.OWN + name, "value": value}] if value else []


def _party(name: str | None, number: str | None, system: str | None = None) -> Json:
    if not (name or number):
        return {"extension": [{"url": names.ABSENT_EXTENSION, "valueCode": "unknown"}]}
    return _kept(
        {"identifier": _kept({"system": system, "value": number}) if number else None, "display": name}
    )


def _person(
    name: str, last: str | None, first: str | None, born: date | None = None, sex: str | None = None
) -> Json:
    gender = _GENDERS.get(sex or "")
    return _kept({
        "resourceType": "Patient",
        "id": name,
        "extension": [] if gender else [_extra("sex", sex)],
        "name": [_kept({"family": last, "given": _some(first)})],
        "gender": gender,
        "birthDate": born,
    })  # fmt: skip


def _coverage(
    name: str, filing: str | None, member: str | None, payer_name: str | None, payer_id: str | None,
    *, group: str | None = None, subscriber: bool = False,
) -> Json:  # fmt: skip
    groups = [{"type": _concept(names.COVERAGE_CLASS, "group"), "value": group}] if group else []
    return _kept({
        "resourceType": "Coverage",
        "id": name,
        "status": "active",
        "type": _concept(names.FILING, filing),
        "subscriber": {"reference": "#subscriber"} if subscriber else None,
        "subscriberId": member,
        "beneficiary": {"reference": "#patient"},
        "payor": [_party(payer_name, payer_id)],
        "class": groups,
    })  # fmt: skip


def _insurance(place: int, sequence: str | None, coverage: str, *, focal: bool) -> Json:
    """R4 wants a number; X12's own letter stands beside it where the number does not say it."""
    number = _SEQUENCES.get(sequence or "")
    unknown = {"url": names.OWN + "payer-sequence-unknown", "valueBoolean": True}
    said = [] if number else [_extra("payer-sequence", sequence) or unknown]
    return {
        "extension": said,
        "sequence": number or place,
        "focal": focal,
        "coverage": {"reference": coverage},
    }


def _prior(place: int, payer: PriorPayer) -> Json:
    one = _insurance(place, payer.sequence, f"#coverage-{place}", focal=False)
    paid = {"url": names.OWN + "paid", "valueDecimal": payer.paid} if payer.paid is not None else None
    decided = (
        {"url": names.OWN + "adjudicated", "valueDate": payer.adjudicated} if payer.adjudicated else None
    )
    extensions = [
        *one["extension"], paid, decided,
        *(_nested("adjustment", adjustment) for adjustment in payer.adjustments),
        *(_nested("line-adjustment", adjustment) for adjustment in payer.line_adjustments),
    ]  # fmt: skip
    return _kept({**one, "extension": extensions})


def _nested(name: str, one: Adjustment) -> Json:
    texts = [
        {"url": url, "valueString": text}
        for url, text in (("group", one.group), ("reason", one.reason))
        if text
    ]
    amounts = [{"url": "amount", "valueDecimal": one.amount}]
    if one.quantity is not None:
        amounts.append({"url": "quantity", "valueDecimal": one.quantity})
    return {"url": names.OWN + name, "extension": [*texts, *amounts]}


def _related(number: str | None) -> list[Json]:
    return (
        [{"relationship": _concept(names.RELATED, "prior"), "reference": {"value": number}}] if number else []
    )


def _team(npi: str | None) -> list[Json]:
    if not npi:
        return []
    provider = _party(None, npi, names.NPI)
    return [{"sequence": 1, "provider": provider, "role": _concept(names.CARE_TEAM, "primary")}]


def _admission(day: date | None) -> list[Json]:
    if not day:
        return []
    category = _concept(names.INFORMATION, "admissionperiod")
    return [{"sequence": 1, "category": category, "timingPeriod": {"start": day}}]


def _procedure_system(code: str) -> str:
    if code[:1] == "D":
        return names.CDT
    return names.CPT if code[:1].isdigit() else names.HCPCS


def _served(line: ClaimLine | PaymentLine, number: int) -> Json:
    code = line.procedure
    return {
        "sequence": number,
        "extension": [_extra("control-number", line.control_number)],
        "revenue": _concept(names.REVENUE, line.revenue_code),
        "productOrService": _concept(_procedure_system(code), code) if code else _unknown(),
        "modifier": [_concept(names.HCPCS, one) for one in line.modifiers],
        "servicedPeriod": _period(line.service_from, line.service_to),
        "quantity": None if line.units is None else {"value": line.units},
        "net": _money(line.charge),
    }


def _claim_line(line: ClaimLine) -> Json:
    return _kept({
        **_served(line, line.number),
        "diagnosisSequence": list(line.diagnosis_pointers),
        "locationCodeableConcept": _concept(names.PLACES, line.place_of_service),
    })  # fmt: skip


def _payment_line(line: PaymentLine, place: int) -> Json:
    served = _served(line, place)
    amounts = ((names.ADJUDICATION, "benefit", line.paid), (names.ADJUDICATION, "eligible", line.allowed))
    return _kept({
        **served,
        "extension": [*served["extension"], _extra("original-procedure", line.original_procedure)],
        "adjudication": [
            *(_amount(*one) for one in amounts if one[2] is not None),
            *map(_adjudicated, line.adjustments),
            *map(_remark, line.remarks),
        ],
    })  # fmt: skip


def _amount(system: str, code: str, amount: Decimal | None) -> Json:
    return {"category": _concept(system, code), "amount": _money(amount)}


def _adjudicated(one: Adjustment) -> Json:
    return _kept({
        "category": _concept(names.GROUPS, one.group) or _unknown(),
        "reason": _concept(names.CARC, one.reason),
        "amount": _money(one.amount),
        "value": one.quantity,
    })  # fmt: skip


def _remark(code: str) -> Json:
    category = _concept(names.CARIN_DISCRIMINATOR, "denialreason")
    return {"category": category, "reason": _concept(names.RARC, code)}
