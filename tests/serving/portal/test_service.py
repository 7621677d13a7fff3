"""Portals over HTTP: the examples of docs/intake.md, what is refused in them, and FHIR out and in again."""

from __future__ import annotations

import contextlib
import io

import httpx
import pytest

from serving.__main__ import main
from serving.application import Application
from serving.portal.tables import SORTS
from tests.serving.portal.examples import CLAIMS, FHIR, LISTS, PAYMENTS
from tests.support.asgi_client import AsgiClient
from tests.support.small_x12 import professional, remittance


def send(client: AsgiClient, data: bytes, media_type: str = "text/csv") -> httpx.Response:
    return client.send("POST", "/v1/files?name=a", content=data, headers={"Content-Type": media_type})


@pytest.mark.parametrize(
    ("data", "media_type", "claims", "payments"),
    [
        (CLAIMS, "text/csv", 1, 0),
        (PAYMENTS, "text/csv", 0, 1),
        (LISTS, "application/json", 1, 2),
        (FHIR, "application/fhir+json", 1, 0),
    ],
)
def test_every_example_of_the_page_is_taken_once(
    client: AsgiClient, data: bytes, media_type: str, claims: int, payments: int
) -> None:
    first, again = send(client, data, media_type), send(client, data, media_type)
    assert (first.status_code, again.status_code) == (201, 200), first.text
    counts = first.json()["counts"]
    assert (counts["claims"], counts["claim_payments"], counts["problems"]) == (claims, payments, 0)
    assert again.json() == {**first.json(), "already_taken": True}


def test_a_payment_from_a_portal_meets_the_claim_from_a_portal(client: AsgiClient) -> None:
    send(client, CLAIMS)
    send(client, PAYMENTS)
    (row,) = client.get("/v1/items?status=all&kind=remittance-match").json()["rows"]
    (candidate,) = client.get(f"/v1/items/{row['id']}").json()["candidates"]
    assert candidate["claim"]["claim_id"] == "PORTAL-1"


def test_a_refused_row_waits_in_the_queue_with_its_place(client: AsgiClient) -> None:
    taken = send(
        client, CLAIMS + CLAIMS.splitlines()[1].replace(b"PORTAL-1", b"BAD").replace(b"275.00", b"x") + b"\n"
    )
    assert taken.json()["counts"]["claims"] == taken.json()["counts"]["problems"] == 1
    (row,) = client.get("/v1/items?status=all&kind=unreadable").json()["rows"]
    subject = client.get(f"/v1/items/{row['id']}").json()["subject"]
    assert subject["message"].startswith("row 4, column charge: is no amount")


def test_an_unknown_column_refuses_the_file_and_keeps_nothing(client: AsgiClient) -> None:
    refused = send(client, CLAIMS.replace(b"payer_name", b"payer_nmae"))
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-input")
    assert "the nearest known name is payer_name" in refused.json()["detail"]
    assert client.get("/v1/items?status=all").json()["total"] == 0


def test_x12_goes_out_as_fhir_and_comes_in_again(client: AsgiClient) -> None:
    client.post_file(professional())
    client.post_file(remittance())
    rows = {row["kind"]: row["id"] for row in client.get("/v1/items?status=all").json()["rows"]}
    item = client.get(f"/v1/items/{rows['remittance-match']}").json()
    claim = client.get(f"/v1/fhir/Claim/{item['candidates'][0]['reference']}")
    benefit = client.get(f"/v1/fhir/ExplanationOfBenefit/{rows['remittance-match']}")
    for answer, kind in ((claim, "claims"), (benefit, "claim_payments")):
        assert answer.headers["content-type"] == "application/fhir+json"
        taken = send(client, answer.content, "application/fhir+json")
        assert (taken.status_code, taken.json()["counts"][kind]) == (201, 1), taken.text
        assert taken.json()["counts"]["problems"] == 0


def test_a_resource_that_there_is_not_is_not_found(client: AsgiClient) -> None:
    client.post_file(professional())
    (row,) = client.get("/v1/items?status=all").json()["rows"]
    for path in (
        f"Claim/{'0' * 24}",
        f"ExplanationOfBenefit/{row['id']}",
        f"ExplanationOfBenefit/{'0' * 24}",
    ):
        assert client.get(f"/v1/fhir/{path}").json()["code"] == "not-found"


def test_whoever_is_shown_a_resource_stands_in_the_audit_log(
    client: AsgiClient, application: Application
) -> None:
    client.post_file(professional())
    (row,) = client.get("/v1/items?status=all").json()["rows"]
    before = len(views(application))
    client.get(f"/v1/fhir/Claim/{row['id']}")
    assert views(application)[before:] == [row["id"]]


def views(application: Application) -> list[str]:
    with application.store._database.reading() as connection:
        found = connection.exec_driver_sql(
            "SELECT subject FROM audit_log WHERE action = 'view' ORDER BY number"
        )
        return [str(subject) for (subject,) in found]


@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: sort.name)
def test_a_template_names_every_column(sort: object) -> None:
    written = io.StringIO()
    with contextlib.redirect_stdout(written):
        assert run_template(getattr(sort, "name", "")) == 0
    assert written.getvalue() == ",".join(getattr(sort, "columns", ())) + "\n"


def run_template(name: str) -> int:
    return main(
        prog="s", description="", commands={"template": "serving.template_command"}, argv=["template", name]
    )
