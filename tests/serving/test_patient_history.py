"""What the store tells of a patient, for the edits that history suggests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from datetime import date

from msgspec.structs import replace

from features.x12.records import Claim
from models.denial_risk import DenialRiskScore
from serving.application import build
from serving.ingestion import take
from serving.patient_history import PatientHistory
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.asgi_client import AsgiClient
from tests.support.builders import make_claim
from tests.support.fake_champions import FakeDenialRisk, fake_champions
from tests.support.small_x12 import BilledClaim, professional


class FakeClaims:
    """Claims of one patient, whoever is asked for."""

    def __init__(self, *claims: Claim) -> None:
        self.claims = claims

    def claims_of_patient(self, claim: Claim) -> list[Claim]:
        """All of them."""
        del claim
        return list(self.claims)


def ids(*others: str | None) -> tuple[str, ...]:
    claims = [make_claim(claim_id=f"B-{number}", subscriber_id=other) for number, other in enumerate(others)]
    return PatientHistory(FakeClaims(*claims)).of(make_claim()).subscriber_ids


def test_other_member_ids_stand_most_frequent_first_and_each_once() -> None:
    assert ids("M1", "M2", "0m-2", "M2", None) == ("M2", "M1")


def test_the_claims_own_id_is_no_other_id_however_it_is_written() -> None:
    assert ids("W123456789", "w-123456789") == ()


def test_a_claim_is_no_history_of_itself() -> None:
    own = PatientHistory(FakeClaims(make_claim(subscriber_id="M1"))).of(make_claim())
    assert own.subscriber_ids == ()


def test_a_missing_group_number_is_known_from_other_claims() -> None:
    history = PatientHistory(FakeClaims(make_claim(claim_id="B-1")))
    assert history.of(make_claim(group_number=None)).group_numbers == ("GRP77",)


def test_nothing_is_known_of_a_patient_without_a_birth_date() -> None:
    history = PatientHistory(FakeClaims(make_claim(claim_id="B-1", subscriber_id="M1")))
    assert history.of(make_claim(patient_birth_date=None)).subscriber_ids == ()


def test_the_store_finds_the_same_patient_and_no_other(store: Store) -> None:
    files = (
        BilledClaim("B-1", member="M1"),
        BilledClaim("B-2", member="M2", first="JANET"),
        BilledClaim("B-3", member="M3", last="DOERING"),
    )
    for number, billed in enumerate(files):
        data = professional([billed], control=f"00000010{number}")
        take(data, name="a.837", store=store, champions=fake_champions(), at=NOW)
    history = PatientHistory(store)
    claim = make_claim(claim_id="C-1", subscriber_id="W9")
    assert [other.subscriber_id for other in store.claims_of_patient(claim)] == ["M1"]
    assert history.of(claim).subscriber_ids == ("M1",)
    assert history.of(replace(claim, patient_birth_date=date(1999, 1, 1))).subscriber_ids == ()


@dataclass(frozen=True)
class AsksForId(FakeDenialRisk):
    """Claims under another id than M1 are denied."""

    def score(self, claims: Sequence[Claim]) -> list[DenialRiskScore]:
        """One answer a claim."""
        risks = [0.1 if claim.subscriber_id == "M1" else 0.6 for claim in claims]
        return [DenialRiskScore(risk, risk, risk) for risk in risks]


def test_an_item_suggests_the_other_id_that_the_store_knows(store: Store) -> None:
    application = build(store, replaced(fake_champions(), denial_risk=AsksForId()), clock=lambda: NOW)
    client = AsgiClient(application.asgi)
    client.post_file(professional([BilledClaim("B-1", member="M1")], control="000000100"))
    client.post_file(professional([BilledClaim("B-2", member="M2")]))
    rows = client.get("/v1/items?kind=denial-risk").json()["rows"]
    (item,) = [row["id"] for row in rows if row["claim_id"] == "B-2"]
    (change,) = client.get(f"/v1/items/{item}").json()["advice"]["changes"]
    application.close()
    assert [(edit["code"], edit["value"]) for edit in change["edits"]] == [("member-id-1", "M1")]
    assert (change["before"], change["after"]) == (0.6, 0.1)
