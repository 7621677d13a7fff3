"""The canary in what is accepted: decisions, what is taken back, checks, verdicts, jobs, forms, and every sort of file.

Events, answers to keys and the audit log are searched too; what holds patients at rest (docs/store.md) may hold it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from serving.application import Application, build
from serving.store.outbox import outbox
from serving.store.store import Store
from tests.serving.outbox.desk import settings_for
from tests.support.automatic_lane import START, all_checked
from tests.support.canary import CANARY, Watch, planted
from tests.support.fake_champions import fake_champions
from tests.support.fake_invoices import FakeInvoices
from tests.support.invoice_builders import invoice, order_line, receipt
from tests.support.paper import PAPER_HEADER, STUB_HEADER
from tests.support.purchasing_files import invoices_csv, orders_csv, receipts_csv
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance
from tests.support.x12_files import one

RECEIVER = "http://127.0.0.1:9"  # nobody is there: what is told waits in the outbox
LARGE, SMALL = "12000", "150"  # the one for a person, the other goes automatically
WHY = {"reviewer": "ann", "reason": f"see {CANARY}"}
OWN_FORM = {"sec-fetch-site": "same-origin"}
BILLED = [BilledClaim(f"{CANARY}{n}", charge, last=CANARY) for n, charge in enumerate((LARGE, SMALL, LARGE))]


@pytest.fixture
def application(store: Store) -> Iterator[Application]:
    champions = replace(all_checked(fake_champions()), invoice_anomaly=FakeInvoices())
    built = build(store, champions, clock=lambda: START, events=settings_for(RECEIVER))
    yield built
    built.close()


@pytest.fixture
def paid(watch: Watch) -> dict[str, str]:
    """The payments of three claims: the ids of their items by the charge, the last one of a charge."""
    payments = [
        PaidClaim(claim.claim_id, claim.charge, payer_claim_number=f"{CANARY}N{place}", last=CANARY)
        for place, claim in enumerate(BILLED)
    ]
    for name, data in (("a.837", professional(BILLED)), ("a.835", remittance(payments))):
        assert watch("POST", f"/v1/files?name={name}", content=data).status_code == 201
    rows = watch("GET", "/v1/items?kind=remittance-match&status=all").json()["rows"]
    assert len(rows) == 3
    return {"automatic" if row["status"] == "automatic" else "open": row["id"] for row in rows}


def post(watch: Watch, path: str, value: Any, status: int, **headers: str) -> None:
    """A body that is taken; sent twice with its key."""
    for _ in range(2):
        headers = {"Content-Type": "application/json", "Idempotency-Key": path[-150:], **headers}
        answer = watch("POST", path, content=msgspec.json.encode(value), headers=headers)
        assert answer.status_code == status, answer.text


def etag(watch: Watch, item: str) -> str:
    return str(watch("GET", f"/v1/items/{item}").headers["etag"])


def told(store: Store) -> bytes:
    """All events."""
    with store._database.reading() as connection:
        return b"".join(connection.execute(select(outbox.c.body)).scalars())


def test_in_what_a_person_writes(watch: Watch, paid: dict[str, str], store: Store) -> None:
    item = paid["open"]
    post(
        watch,
        f"/v1/items/{item}/decision",
        {"action": "accept", **WHY},
        200,
        **{"If-Match": etag(watch, item)},
    )
    assert CANARY in watch("GET", f"/v1/items/{item}").text, "it is there for whoever asks for the item"
    batch = watch("POST", "/v1/postings/batches").json()["id"]
    post(watch, f"/v1/items/{item}/undo", WHY, 200, **{"If-Match": etag(watch, item)})
    post(watch, f"/v1/blind-checks/{paid['automatic']}", {"action": "none", **WHY}, 200)
    post(watch, f"/v1/items/{paid['automatic']}/verdict", {"source": "reversal", "wrong": True, **WHY}, 204)
    paths = (
        *(f"/v1/postings/batches/{batch}", f"/v1/postings/batches/{batch}/csv", "/v1/outbox", "/v1/audit"),
        *("/v1/monitor", "/v1/incidents", "/v1/shadow", "/v1/backlog"),
        *(f"/v1/fhir/ExplanationOfBenefit/{item}", f"/items/{item}", "/", "/monitor", "/blind-checks"),
    )
    for path in paths:
        assert watch("GET", path).status_code == 200, path
    events = told(store)
    for kind in (b"item.decided", b"item.undone", b"posting.batch.closed"):
        assert kind in events


def form(watch: Watch, item: str, action: str) -> dict[str, str]:
    """The hidden fields of a form of the item's page."""
    page = watch("GET", f"/items/{item}").text
    return dict(
        re.findall(r'name="(csrf|version)" value="([^"]*)"', page.split(f'/items/{item}/{action}"')[1])
    )


def test_in_the_forms_of_pages(watch: Watch, paid: dict[str, str], store: Store) -> None:
    item = paid["open"]
    for action, more in (("decision", {"action": "none"}), ("undo", {})):
        data = {**form(watch, item, action), **WHY, **more}
        answer = watch("POST", f"/items/{item}/{action}", data=data, headers=OWN_FORM)
        assert answer.status_code == 303, answer.text
        assert watch("GET", f"/items/{item}?status=all").status_code == 200
    refused = watch("POST", f"/items/{item}/decision", data={**data, "action": CANARY}, headers=OWN_FORM)
    assert refused.is_error
    assert b"item.undone" in told(store)


@pytest.mark.parametrize(
    ("query", "headers"), [("", {"Prefer": "respond-async"}), (f"&callback={RECEIVER}/own", {})]
)
def test_in_a_file_that_is_left_to_a_job(
    watch: Watch, application: Application, store: Store, query: str, headers: dict[str, str]
) -> None:
    for number, data in enumerate((professional(BILLED), f"{CANARY} is no X12".encode())):
        key = {"Idempotency-Key": f"k{number}", **headers}
        path = f"/v1/files?name={CANARY}.837{query}"
        first, again = (watch("POST", path, content=data, headers=key) for _ in range(2))
        assert (first.status_code, again.status_code) == (202, 202)
        assert application.runner.once()
        assert watch("GET", first.headers["location"]).json()["status"] == ("done", "failed")[number]
    events = told(store)
    for kind in (b"job.done", b"job.failed"):
        assert kind in events


INSTITUTIONAL = (
    professional()
    .replace(b"005010X222A1", b"005010X223A2")
    .replace(b"SV1*HC:99213*275*UN*1***1", b"SV2*0450*HC:99213*275*UN*1")
    .replace(b"11:B:1", b"11:A:1")
)
DENTAL = (
    professional()
    .replace(b"005010X222A1", b"005010X224A2")
    .replace(b"SV1*HC:99213*275*UN*1***1", b"SV3*AD:D1110*275****1")
)
REFUSED = one("999", "AK1*HC*101*005010X222A1", "AK2*837*0001*005010X222A1", "IK3*NM1*8**8", "IK4*9*67*7*X",
              "IK5*R*5", "AK9*R*1*1*0")  # fmt: skip


@pytest.mark.parametrize("data", [INSTITUTIONAL, DENTAL, REFUSED], ids=["837I", "837D", "999"])
def test_in_any_element_of_another_sort_of_x12_file(watch: Watch, data: bytes) -> None:
    answers = [watch("POST", "/v1/files?name=a.x12", content=changed) for changed in planted(data)]
    assert 201 in {answer.status_code for answer in answers}
    assert watch("GET", "/v1/items?status=all&limit=200").json()["total"] > 0
    for page in ("/", "/?status=all", "/backlog"):
        watch("GET", page)


TABLES = {
    "orders.csv": orders_csv(order_line()),
    "receipts.csv": receipts_csv(receipt()),
    "invoices.csv": invoices_csv(invoice()),
    "paper.csv": f"{PAPER_HEADER}\nP1,2024-04-02,8351,PLAN,ANN B,M1,a1001,,275.00,,168.00,,,LM\n".encode(),
    "stubs.csv": f"{STUB_HEADER}\nS1,2024-04-09,2024-04-02,8351,PLAN,168.00,ANN B,a1001,memo\n".encode(),
}


@pytest.mark.parametrize("name", TABLES)
def test_in_any_cell_of_a_table_that_is_accepted(watch: Watch, name: str) -> None:
    head, first = (line.split(",") for line in TABLES[name].decode().splitlines())
    statuses = []
    for place in range(len(first)):
        changed = [*first[:place], CANARY, *first[place + 1 :]]
        data = "\n".join(",".join(line) for line in (head, changed)).encode()
        statuses.append(watch("POST", f"/v1/files?name={name}", content=data).status_code)
    assert set(statuses) <= {201, 422}
    assert statuses.count(201) > len(first) / 2, "most are taken, and what cannot be read is an item"
    for row in watch("GET", "/v1/items?status=all&limit=200").json()["rows"][::3]:
        assert CANARY not in row["id"]
        assert watch("GET", f"/items/{row['id']}").status_code == 200
    for page in ("/", "/?status=all", "/backlog"):
        watch("GET", page)
