"""FHIR R4 Claim to claim and ExplanationOfBenefit to claim payment, for the fields that the records hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from features.x12.records import Claim, ClaimPayment
from serving.portal.fhir_names import (
    ABSENT,
    ADJUDICATION,
    CARC,
    CARIN_ADJUDICATION,
    CLAIM_EXTENSIONS,
    CLAIM_TYPE,
    FILING,
    GROUPS,
    NPI,
    OWN,
    PAYMENT_EXTENSIONS,
    RARC,
    SEQUENCES,
    SEXES,
    TRANSACTIONS,
)
from serving.portal.fhir_nodes import MOST_OF, Node, Resources
from serving.portal.records import One, record_of
from serving.portal.refusals import PartError

AMOUNTS = (ADJUDICATION, CARIN_ADJUDICATION)
CODE_FIELD = {"procedure": "productOrService", "revenue_code": "revenue"}


def claim_of(node: Node, resources: Resources) -> Claim:
    """The claim of a Claim; raises PartError with the FHIR path of what does not fit."""
    _check(node)
    kind = node.code("type", CLAIM_TYPE)
    if kind not in TRANSACTIONS:
        raise node.refuse("type", "is not professional, institutional or oral")
    insurances = node.children("insurance")
    focal = [one for one in insurances if one.value.get("focal") is True] or insurances[:1]
    if len(focal) > 1:
        raise node.refuse("insurance", "names more than one as focal")
    own = focal[0] if focal else None
    name, payer = _payer(node, own, resources)
    billing_name, billing_npi = resources.party(node.child("provider"), NPI)
    start, end = node.span("billablePeriod")
    codes, places = _diagnoses(node, resources)
    value = {
        **_bill(node),
        **_own_texts(node, CLAIM_EXTENSIONS),
        "transaction": TRANSACTIONS[kind],
        "claim_id": node.identifier(OWN + "claim-id") or node.identifier(),
        "charge": node.money("total"),
        **_coverage(own, resources),
        **_patient(node, resources),
        "payer_name": name,
        "payer_id": payer,
        "payer_sequence": _sequence(own),
        "billing_name": billing_name,
        "billing_npi": billing_npi,
        "rendering_npi": _rendering(node, resources),
        "prior_authorization": next(iter(own.texts("preAuthRef")), None) if own else None,
        "referral": _value(node.child("referral"), "identifier"),
        "original_reference": next((_value(one, "reference") for one in node.children("related")), None),
        "submitted": node.day("created"),
        "service_from": start,
        "service_to": end,
        "admitted": _admitted(node),
        "diagnoses": codes,
        "lines": [
            _claim_line(one, place, places) for place, one in enumerate(node.children("item"), start=1)
        ],
        "prior_payers": [_prior_payer(one, resources) for one in insurances if one is not own],
    }
    return _record(value, Claim, node)


def payment_of(node: Node, resources: Resources) -> ClaimPayment:
    """The claim payment of an ExplanationOfBenefit; raises PartError as ``claim_of``."""
    _check(node)
    if node.text("outcome") != "complete":
        raise node.refuse("outcome", "is not complete, so what is paid may yet change")
    insurances = node.children("insurance")
    own = next((one for one in insurances if one.value.get("focal") is True), next(iter(insurances), None))
    name, payer = _payer(node, own, resources)
    payee = _payee(node, resources)
    payment = node.child("payment")
    start, end = node.span("billablePeriod")
    coverage, patient = _coverage(own, resources), _patient(node, resources)
    totals = _amounts(node.children("total"))
    paid = _paid(totals)
    value = {
        **_bill(node),
        **_own_texts(node, PAYMENT_EXTENSIONS),
        "channel": node.own_text(PAYMENT_EXTENSIONS["channel"]) or "835",
        "claims": next((one.whole("valueInteger") for one in node.extensions("claims")), None),
        "trace_number": _value(payment, "identifier"),
        "payment_date": payment.day("date") if payment else None,
        "payer_name": name,
        "payer_id": payer,
        "payee_npi": payee,
        "claim_id": _claim_number(node, resources),
        "payer_claim_number": node.identifier(OWN + "payer-claim-number") or node.identifier(),
        "charge": totals.get("submitted"),
        "paid": payment.money("amount") if paid is None and payment else paid,
        "patient_responsibility": totals.get("memberliability"),
        "filing_indicator": coverage["filing_indicator"],
        "subscriber_id": coverage["subscriber_id"],
        "patient_last": patient["patient_last"],
        "patient_first": patient["patient_first"],
        "rendering_npi": _rendering(node, resources),
        "service_from": start,
        "service_to": end,
        "adjustments": _adjustments(node.children("adjudication")),
        "remarks": _remarks(node.children("adjudication")),
        "lines": [_payment_line(one) for one in node.children("item")],
    }
    return _record(value, ClaimPayment, node)


def _record(value: Mapping[str, Any], kind: type[One], node: Node) -> One:
    try:
        return record_of(value, kind)
    except PartError as refusal:
        raise PartError(node.path, f"{refusal.where} of the record made from it {refusal.what}") from None


def _check(node: Node) -> None:
    """Status and use change what a resource means: what is no claim that stands is not taken for one."""
    if node.text("status") != "active":
        raise node.refuse("status", "is not active")
    if node.text("use") != "claim":
        raise node.refuse("use", "is not claim")


def _payer(node: Node, insurance: Node | None, resources: Resources) -> tuple[str | None, str | None]:
    name, number = resources.party(node.child("insurer"))
    if name or number or insurance is None:
        return name, number
    coverage = resources.resolve(insurance.child("coverage"))
    payors = coverage.children("payor") if coverage else []
    return resources.party(payors[0]) if payors else (None, None)


def _coverage(insurance: Node | None, resources: Resources) -> dict[str, str | None]:
    found = resources.resolve(insurance.child("coverage")) if insurance else None
    if found is None:
        return dict.fromkeys(("filing_indicator", "subscriber_id", "group_number", *_NAMES))
    groups = (one.text("value") for one in found.children("class") if one.code("type") == "group")
    last, first = _name(resources.resolve(found.child("subscriber")))
    return {
        "filing_indicator": found.code("type", FILING),
        "subscriber_id": found.text("subscriberId"),
        "group_number": next(groups, None),
        "subscriber_last": last,
        "subscriber_first": first,
    }


_NAMES = ("subscriber_last", "subscriber_first")


def _patient(node: Node, resources: Resources) -> dict[str, Any]:
    found = resources.resolve(node.child("patient"))
    last, first = _name(found)
    return {
        "patient_last": last,
        "patient_first": first,
        "patient_birth_date": found.day("birthDate") if found else None,
        "patient_sex": (found.own_text("sex") or SEXES.get(found.text("gender") or "")) if found else None,
    }


def _name(person: Node | None) -> tuple[str | None, str | None]:
    names = person.children("name") if person else []
    if not names:
        return None, None
    best = next((one for one in names if one.text("use") == "official"), names[0])
    return best.text("family"), next(iter(best.texts("given")), None)  # X12 has the further ones apart


def _sequence(insurance: Node | None) -> str | None:
    if insurance is None or any(insurance.extensions("payer-sequence-unknown")):
        return None
    return insurance.own_text("payer-sequence") or SEQUENCES.get(insurance.whole("sequence") or 0)


def _rendering(node: Node, resources: Resources) -> str | None:
    team = node.children("careTeam")
    leading = [one for one in team if one.code("role") in ("primary", "performing", "rendering")]
    chosen = next(iter(leading or (team if len(team) == 1 else [])), None)
    return resources.party(chosen.child("provider"), NPI)[1] if chosen else None


def _value(node: Node | None, name: str) -> str | None:
    found = node.child(name) if node else None
    return found.text("value") if found else None


def _claim_number(node: Node, resources: Resources) -> str | None:
    """The provider's number of the claim: the reference's own, or that of the Claim in the same Bundle."""
    reference = node.child("claim")
    found = resources.resolve(reference)
    number = _value(reference, "identifier")
    number = number or (found.identifier(OWN + "claim-id") or found.identifier() if found else None)
    account = _information(node, "patientaccountnumber")
    return number or (account.text("valueString") if account else None)


def _admitted(node: Node) -> Any:
    found = _information(node, "admissionperiod")
    return (found.span("timingPeriod")[0] or found.day("timingDate")) if found else None


def _information(node: Node, category: str) -> Node | None:
    """The first supporting information of one of CARIN's categories."""
    return next((one for one in node.children("supportingInfo") if one.code("category") == category), None)


def _bill(node: Node) -> dict[str, str | None]:
    """Facility code and frequency out of CARIN's type of bill, as 0131 or 131."""
    found = _information(node, "typeofbill")
    digits = (found.code("code") or "") if found else ""
    digits = digits.removeprefix("0") if len(digits) == 4 else digits
    return {"facility_code": digits[:2], "frequency": digits[2]} if len(digits) == 3 else {}


def _own_texts(node: Node, named: Mapping[str, str]) -> dict[str, str]:
    """What our own extensions say, by field."""
    found = ((field, node.own_text(name)) for field, name in named.items())
    return {field: text for field, text in found if text is not None}


def _payee(node: Node, resources: Resources) -> str | None:
    payee = node.child("payee")
    _, own = resources.party(payee.child("party") if payee else None, NPI)
    return own or resources.party(node.child("provider"), NPI)[1]


def _diagnoses(node: Node, resources: Resources) -> tuple[list[str], dict[int, int]]:
    """The codes, the principal one first, and the place of each sequence number among them, from 1."""
    found = []
    for place, one in enumerate(node.children("diagnosis"), start=1):
        condition = resources.resolve(one.child("diagnosisReference"))
        code = one.code("diagnosisCodeableConcept") or (condition.code("code") if condition else None)
        if code:
            principal = any(kind.coded() == "principal" for kind in one.children("type"))
            found.append((not principal, one.whole("sequence") or place, code.replace(".", "")))
    codes = list(dict.fromkeys(code for _, _, code in sorted(found)))
    return codes, {sequence: codes.index(code) + 1 for _, sequence, code in found}


def _served(item: Node) -> dict[str, Any]:
    day = item.day("servicedDate")
    start, end = (day, day) if day else item.span("servicedPeriod")
    quantity = item.child("quantity")
    return {
        **{field: item.code(named) for field, named in CODE_FIELD.items()},
        "modifiers": [code for one in item.children("modifier") if (code := one.coded())],
        "units": quantity.number("value") if quantity else None,
        "charge": _price(item),
        "service_from": start,
        "service_to": end,
        "control_number": item.own_text("control-number"),
    }


def _price(item: Node) -> Any:
    """The net amount, else the units by their price."""
    net, each, quantity = item.money("net"), item.money("unitPrice"), item.child("quantity")
    units = quantity.number("value") if quantity else None
    return net if net is not None or each is None else each * (1 if units is None else units)


def _claim_line(item: Node, place: int, places: Mapping[int, int]) -> dict[str, Any]:
    pointers = item.value.get("diagnosisSequence", [])
    few = isinstance(pointers, list) and len(pointers) <= MOST_OF["diagnosisSequence"]
    if not (few and all(type(one) is int and 0 < one < 100 for one in pointers)):
        raise item.refuse(
            "diagnosisSequence", f"is no list of up to {MOST_OF['diagnosisSequence']} numbers from 1"
        )
    return {
        **_served(item),
        "number": item.whole("sequence") or place,
        "diagnosis_pointers": [places.get(one, one) for one in pointers],
        "place_of_service": item.code("locationCodeableConcept"),
    }


def _prior_payer(insurance: Node, resources: Resources) -> dict[str, Any]:
    coverage = resources.resolve(insurance.child("coverage"))
    payors = coverage.children("payor") if coverage else []
    name, number = resources.party(payors[0]) if payors else (None, None)
    days = (one.day("valueDate") for one in insurance.extensions("adjudicated"))
    paid = (one.number("valueDecimal") for one in insurance.extensions("paid"))
    return {
        "sequence": _sequence(insurance),
        "filing_indicator": coverage.code("type", FILING) if coverage else None,
        "payer_name": name,
        "payer_id": number,
        "subscriber_id": coverage.text("subscriberId") if coverage else None,
        "paid": next(paid, None),
        "adjustments": [_plain(one) for one in insurance.extensions("adjustment")],
        "line_adjustments": [_plain(one) for one in insurance.extensions("line-adjustment")],
        "adjudicated": next(days, None),
    }


def _plain(extension: Node) -> dict[str, Any]:
    amounts = {
        name: next((one.number("valueDecimal") for one in extension.extensions(name)), None)
        for name in ("amount", "quantity")
    }
    if amounts["amount"] is None:
        raise extension.refuse("", "holds no amount")
    return {
        "group": extension.own_text("group") or "",
        "reason": extension.own_text("reason") or "",
        **amounts,
    }


def _amounts(nodes: Iterable[Node]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in nodes:
        code = one.code("category", *AMOUNTS)
        if code:
            found.setdefault(code, one.money("amount"))
    return found


def _paid(amounts: Mapping[str, Any]) -> Any:
    """What the provider got; the benefit may hold what was paid to the patient too."""
    to_provider = amounts.get("paidtoprovider")
    return amounts.get("benefit") if to_provider is None else to_provider


def _adjustments(adjudications: Iterable[Node]) -> list[dict[str, Any]]:
    """By X12's group in the category and CARC in the reason."""
    found = []
    for one in adjudications:
        group, reason = one.code("category", GROUPS), one.code("reason", CARC)
        if group is None and reason is None and not _without_group(one):
            continue
        amount = one.money("amount")
        if amount is None:
            if group is None:  # a reason alone, as CARIN's denialreason, takes nothing off
                continue
            raise one.refuse("amount", "is missing: an adjustment has one")
        adjustment = {"group": group or "", "reason": reason or "", "amount": amount}
        found.append({**adjustment, "quantity": one.number("value")})
    return found


def _without_group(adjudication: Node) -> bool:
    category = adjudication.child("category")
    return category is not None and any(one.text("system") == ABSENT for one in category.children("coding"))


def _remarks(adjudications: Iterable[Node]) -> list[str]:
    return [code for one in adjudications if (code := one.code("reason", RARC))]


def _payment_line(item: Node) -> dict[str, Any]:
    adjudications = item.children("adjudication")
    amounts = _amounts(adjudications)
    served = _served(item)
    return {
        **served,
        "charge": amounts.get("submitted") if served["charge"] is None else served["charge"],
        "paid": _paid(amounts),
        "allowed": amounts.get("eligible"),
        "original_procedure": item.own_text("original-procedure"),
        "adjustments": _adjustments(adjudications),
        "remarks": _remarks(adjudications),
    }
