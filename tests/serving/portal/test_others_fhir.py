"""FHIR as other systems write it: their numbering, their names, CARIN's words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from features.files import looks_like_x12, read
from features.x12.records import Claim, ClaimPayment, Problem, Source
from serving.portal.door import records_of
from serving.portal.fhir_out import claim_resource, encode, payment_resource
from tests.support.builders import make_claim, make_claim_payment
from training.simulate import files
from training.simulate.network_run import Run

Resource = dict[str, Any]
CARIN = "http://hl7.org/fhir/us/carin-bb/CodeSystem/"


def claim() -> Resource:
    found: Resource = json.loads(encode(claim_resource(make_claim(), "x")))
    return found


def code(value: str, system: str | None = None) -> Resource:
    return {"coding": [{"system": system, "code": value} if system else {"code": value}]}


def claim_of(resource: Resource) -> Claim:
    *_, found = records_of(json.dumps(resource).encode(), file="a")
    assert isinstance(found, Claim), found
    return found


def payment_of(resource: Resource) -> ClaimPayment:
    *_, found = records_of(json.dumps(resource).encode(), file="a")
    assert isinstance(found, ClaimPayment), found
    return found


def test_a_line_points_to_a_diagnosis_by_its_sequence_and_not_by_its_place() -> None:
    resource = claim()
    resource["diagnosis"] = [
        {"sequence": 20, "diagnosisCodeableConcept": code("M25.561")},
        {"sequence": 10, "diagnosisCodeableConcept": code("E11.9")},
    ]
    resource["item"][0]["diagnosisSequence"] = [20]
    resource["item"][1]["diagnosisSequence"] = [10, 20]
    found = claim_of(resource)
    assert found.diagnoses == ("E119", "M25561")
    assert [line.diagnosis_pointers for line in found.lines] == [(2,), (1, 2)]


def test_the_principal_diagnosis_stands_first_whatever_its_sequence() -> None:
    resource = claim()
    resource["diagnosis"] = [
        {"sequence": 1, "diagnosisCodeableConcept": code("E11.9")},
        {"sequence": 2, "diagnosisCodeableConcept": code("M25.561"), "type": [code("principal")]},
    ]
    resource["item"][0]["diagnosisSequence"] = [2]
    found = claim_of(resource)
    assert found.diagnoses == ("M25561", "E119")
    assert found.lines[0].diagnosis_pointers == (1,)


def test_of_several_given_names_the_first_counts_as_in_x12_and_an_official_name_goes_before() -> None:
    resource = claim()
    (patient,) = [one for one in resource["contained"] if one["id"] == "patient"]
    patient["name"] = [{"use": "nickname", "given": ["JO"]},
                       {"use": "official", "family": "DOE", "given": ["JANE", "Q"]}]  # fmt: skip
    assert (claim_of(resource).patient_last, claim_of(resource).patient_first) == ("DOE", "JANE")


def test_a_person_who_bills_is_named_as_in_x12() -> None:
    resource = claim()
    resource["contained"].append({"resourceType": "Practitioner", "id": "doctor",
                                  "name": [{"family": "ROE", "given": ["RICHARD"]}]})  # fmt: skip
    resource["provider"] = {"reference": "#doctor"}
    assert claim_of(resource).billing_name == "ROE, RICHARD"


def test_a_line_without_a_net_amount_costs_its_units_by_their_price() -> None:
    resource = claim()
    del resource["item"][0]["net"]
    resource["item"][0] |= {"quantity": {"value": 2}, "unitPrice": {"value": 75.00, "currency": "USD"}}
    assert claim_of(resource).lines[0].charge == Decimal(150)


def test_carin_s_account_number_type_of_bill_and_payee_are_understood() -> None:
    resource: Resource = json.loads(encode(payment_resource(make_claim_payment(), "x")))
    del resource["claim"]
    resource["extension"] = []
    resource["supportingInfo"] = [
        {"sequence": 1, "category": code("patientaccountnumber", f"{CARIN}C4BBSupportingInfoType"),
         "valueString": "A-1001"},
        {"sequence": 2, "category": code("typeofbill", f"{CARIN}C4BBSupportingInfoType"), "code": code("0131")},
    ]  # fmt: skip
    npi = {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1245319599"}}
    resource["payee"] = {"type": code("provider"), "party": npi}
    found = payment_of(resource)
    assert (found.claim_id, found.facility_code, found.frequency) == ("A-1001", "13", "1")
    assert found.payee_npi == "1245319599"


def benefit(**changes: Any) -> Resource:
    return {**json.loads(encode(payment_resource(make_claim_payment(), "x"))), **changes}


def test_a_reason_without_a_group_and_an_amount_is_passed_over_as_carin_s_denialreason() -> None:
    reason = {
        "category": code("denialreason", f"{CARIN}C4BBAdjudicationDiscriminator"),
        "reason": code("50", "https://x12.org/codes/claim-adjustment-reason-codes"),
    }
    resource = benefit(adjudication=[reason])
    resource["item"][0]["adjudication"].append(reason)
    assert payment_of(resource) == payment_of(benefit())


def test_an_adjustment_of_a_group_needs_an_amount() -> None:
    group = {"category": code("CO", "https://x12.org/codes/claim-adjustment-group-codes")}
    (refused,) = records_of(json.dumps(benefit(adjudication=[group])).encode(), file="a")
    assert isinstance(refused, Problem)
    assert refused.message.startswith("ExplanationOfBenefit.adjudication[0].amount: is missing")


@pytest.mark.parametrize("outcome", ["queued", "error", "partial", None])
def test_a_benefit_that_is_not_decided_as_a_whole_is_no_payment(outcome: str | None) -> None:
    (refused,) = records_of(json.dumps(benefit(outcome=outcome)).encode(), file="a")
    assert isinstance(refused, Problem)
    assert refused.message.startswith("ExplanationOfBenefit.outcome: is not complete")


def test_what_the_provider_got_goes_before_the_benefit_of_which_the_patient_may_have_had_a_part() -> None:
    to_provider = {
        "category": code("paidtoprovider", f"{CARIN}C4BBAdjudication"),
        "amount": {"value": 90, "currency": "USD"},
    }
    resource = benefit()
    resource["total"].append(to_provider)
    resource["item"][0]["adjudication"].append(to_provider)
    *_, found = records_of(json.dumps(resource).encode(), file="a")
    assert isinstance(found, ClaimPayment)
    assert (found.paid, found.lines[0].paid) == (Decimal(90), Decimal(90))


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("network")
    run = Run(claims=400, seed=7, start=date(2022, 12, 31), end=date(2025, 12, 31), scenario="steady")
    files.write(folder, run)
    return folder


def records(folder: Path) -> Iterator[Claim | ClaimPayment]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and looks_like_x12(path):
            yield from (one for one in read(path) if isinstance(one, Claim | ClaimPayment))


def test_every_simulated_claim_and_payment_comes_back_from_fhir(simulated: Path) -> None:
    counted = {Claim: 0, ClaimPayment: 0}
    for record in records(simulated):
        kind = type(record)
        out = claim_resource(record, "x") if isinstance(record, Claim) else payment_resource(record, "x")
        *_, found = records_of(encode(out), file="a")
        assert msgspec.structs.replace(found, source=Source("")) == msgspec.structs.replace(
            record, source=Source("")
        )
        counted[kind] += 1
    assert min(counted.values()) > 350, counted
