"""The API as a caller sees it, in process."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from serving.application import Application
from serving.intake import Receipt
from tests.support.asgi_client import AsgiClient
from tests.support.builders import make_claim, make_claim_payment
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance

PROBLEM = "application/problem+json"
PLANTED = "ZEBEDEE"


def claims(*given: Any) -> dict[str, Any]:
    return {"items": [{"id": f"c{n}", "claim": claim} for n, claim in enumerate(given)]}


def test_claims_are_scored_in_their_order(client: AsgiClient) -> None:
    body = claims(make_claim(), make_claim(charge="80"))
    first, second = client.post_json("/v1/denial-risk", body).json()["items"]
    assert (first["id"], first["lane"], first["probability"]) == ("c0", "review", 0.9)
    assert first["queue"] == "denial-risk-review"
    assert (second["id"], second["lane"], second["queue"]) == ("c1", "auto", None)
    assert second["versions"]["model"] == "denial-risk-fake"
    assert second["due_at"] == "2024-04-04T09:30:00Z"


def test_a_claim_may_leave_out_what_is_not_known(client: AsgiClient) -> None:
    answer = client.post_json("/v1/denial-risk", claims({"transaction": "837P", "charge": 12.5}))
    assert answer.status_code == 200
    assert answer.json()["items"][0]["lane"] == "auto"


def test_a_thousand_claims_are_taken_at_once(client: AsgiClient) -> None:
    answer = client.post_json("/v1/denial-risk", claims(*[make_claim()] * 1000))
    assert len(answer.json()["items"]) == 1000


def test_a_payment_is_matched_against_the_claims_of_the_request(client: AsgiClient) -> None:
    item = {"claim_payment": make_claim_payment(), "claims": [make_claim(claim_id="B-2"), make_claim()]}
    (answer,) = client.post_json("/v1/remittance-match", {"items": [item]}).json()["items"]
    assert (answer["id"], answer["lane"]) == ("0", "auto")
    assert (answer["proposed_index"], answer["proposed_claim"], answer["candidates"]) == (1, None, 2)


def test_a_payment_is_matched_against_the_store_where_none_are_sent(client: AsgiClient) -> None:
    client.post_file(professional())
    body = {
        "items": [
            {"claim_payment": make_claim_payment()},
            {"claim_payment": make_claim_payment(), "claims": []},
        ]
    }
    stored, none = client.post_json("/v1/remittance-match", body).json()["items"]
    assert len(stored["proposed_claim"]) == 24
    assert (none["candidates"], none["proposed_claim"]) == (0, None)


def test_scoring_stores_nothing(client: AsgiClient) -> None:
    client.post_json("/v1/denial-risk", claims(make_claim()))
    assert client.get("/v1/items?status=all").json()["total"] == 0


@pytest.mark.parametrize("how", ["form", "body"])
def test_a_file_is_taken_once(client: AsgiClient, how: str) -> None:
    data = professional()
    answers = [
        client.post_file(data) if how == "form" else client.send("POST", "/v1/files?name=a.837", content=data)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 200]
    first, second = (msgspec.json.decode(answer.content, type=Receipt) for answer in answers)
    assert (first.already_taken, second.already_taken) == (False, True)
    assert first.counts == second.counts
    assert first.counts.items == 1


def test_an_item_is_listed_read_and_decided(client: AsgiClient) -> None:
    client.post_file(professional([BilledClaim(), BilledClaim("B-2")]))
    client.post_file(remittance([PaidClaim("C-3")]))
    page = client.get("/v1/items?kind=remittance-match").json()
    (row,) = page["rows"]
    read = client.get(f"/v1/items/{row['id']}")
    assert read.headers["etag"].startswith('"1-')
    assert read.headers["cache-control"] == "no-store"
    item = read.json()
    assert [reason["code"] for reason in item["reasons"]][-1] == "same-id"
    assert item["candidates"][0]["evidence"]
    other = item["candidates"][1]["reference"]
    chosen = {"action": "choose", "reviewer": "ann", "claim_reference": other, "reason": "the other visit"}
    decided = client.post_json(f"/v1/items/{row['id']}/decision", chosen, **{"If-Match": '"1"'})
    assert decided.json()["decided"]["decision"]["reviewer"] == "ann"
    assert decided.headers["etag"].startswith('"2-')
    assert client.get("/v1/items?kind=remittance-match").json()["total"] == 0
    again = client.post_json(f"/v1/items/{row['id']}/decision", chosen, **{"If-Match": '"1"'})
    assert (again.status_code, again.json(), again.headers["etag"]) == (
        *(200, decided.json(), decided.headers["etag"]),
    )
    other = client.post_json(
        f"/v1/items/{row['id']}/decision", {**chosen, "reviewer": "bob"}, **{"If-Match": '"1"'}
    )
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("decision", "pointer"),
    [
        ({"action": "choose", "claim_reference": "best"}, "/reason"),
        ({"action": "choose", "claim_reference": "best", "reason": "  "}, "/reason"),
        ({"action": "choose", "claim_reference": PLANTED, "reason": "why"}, "/claim_reference"),
        ({"action": "accept", "reason": "why"}, "/action"),
        ({"action": "none", "reviewer": " "}, "/reviewer"),
    ],
)
def test_a_decision_that_lacks_something_is_told_which_field(
    client: AsgiClient, decision: dict[str, str], pointer: str
) -> None:
    """None of the claims is proposed here, so that to choose the best one overrides the proposal."""
    client.post_file(professional([BilledClaim(), BilledClaim("B-2")]))
    client.post_file(remittance([PaidClaim("C-3")]))
    (row,) = client.get("/v1/items?kind=remittance-match").json()["rows"]
    best = client.get(f"/v1/items/{row['id']}").json()["candidates"][0]["reference"]
    body = {"reviewer": "ann", **decision}
    body = {name: best if value == "best" else value for name, value in body.items()}
    answer = client.post_json(f"/v1/items/{row['id']}/decision", body, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-input")
    assert answer.headers["content-type"] == PROBLEM
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert PLANTED not in answer.text
    assert client.get(f"/v1/items/{row['id']}").json()["row"]["version"] == 1


def test_holding_or_releasing_a_claim_against_its_score_needs_a_reason(client: AsgiClient) -> None:
    client.post_file(professional([BilledClaim(charge="2750")]))
    (row,) = client.get("/v1/items?kind=denial-risk").json()["rows"]
    path, headers = f"/v1/items/{row['id']}/decision", {"If-Match": '"1"'}
    refused = client.post_json(path, {"action": "accept", "reviewer": "ann"}, **headers)
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/reason"]
    body = {"action": "accept", "reviewer": "ann", "reason": "the authorization came by phone"}
    assert client.post_json(path, body, **headers).status_code == 200


def test_a_payment_without_candidates_has_no_confidence(client: AsgiClient) -> None:
    client.post_file(remittance([PaidClaim("C-3")]))
    (row,) = client.get("/v1/items?kind=remittance-match").json()["rows"]
    assert (row["confidence"], row["lane"]) == (None, "review")
    item = client.get(f"/v1/items/{row['id']}").json()
    assert (item["low"], item["high"], item["candidates"]) == (None, None, [])
    assert item["reasons"][0]["code"] == "nothing-proposed"
    assert "no score" in client.get("/").text
    assert "nothing to be sure of" in client.get(f"/items/{row['id']}").text


def test_the_pages_stand_beside_the_api(client: AsgiClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


CLAIM = {"transaction": "837P"}
DENIAL, MATCH, FILES = "/v1/denial-risk", "/v1/remittance-match", "/v1/files"
BAD_BODIES = {
    "no JSON": (DENIAL, b"{", 400, "malformed-json", None),
    "not UTF-8": (DENIAL, b'{"items": [{"id": "\xff"}]}', 400, "malformed-json", None),
    "NaN": (DENIAL, b'{"items": [{"claim": {"transaction": "837P", "charge": NaN}}]}', 400, "malformed-json", None),
    "NaN as text": (DENIAL, claims({**CLAIM, "charge": "NaN"}), 422, "bad-input", "/items/0/claim/charge"),
    "a huge amount": (DENIAL, claims({**CLAIM, "charge": "1e400"}), 422, "bad-input", "/items/0/claim/charge"),
    "a text amount": (DENIAL, claims({**CLAIM, "charge": PLANTED}), 422, "bad-input", "/items/0/claim/charge"),
    "a later item": (DENIAL, claims(CLAIM, {**CLAIM, "lines": [{"units": {}}]}), 422, "bad-input",
                     "/items/1/claim/lines/0/units"),
    "an empty list": (DENIAL, {"items": []}, 422, "bad-input", "/items"),
    "too many": (DENIAL, claims(*[CLAIM] * 1001), 422, "bad-input", "/items"),
    "no list": (DENIAL, {"items": {}}, 422, "bad-input", "/items"),
    "a list": (DENIAL, [], 422, "bad-input", ""),
    "null": (DENIAL, b"null", 422, "bad-input", ""),
    "an unknown field on top": (DENIAL, {"items": [{"claim": CLAIM}], PLANTED: 1}, 422, "bad-input", ""),
    "an unknown field inside": (DENIAL, claims({**CLAIM, PLANTED: 1}), 422, "bad-input", "/items/0/claim"),
    "an unknown code": (DENIAL, claims({"transaction": PLANTED}), 422, "bad-input", "/items/0/claim/transaction"),
    "another kind": (DENIAL, claims({**CLAIM, "kind": PLANTED}), 422, "bad-input", "/items/0/claim/kind"),
    "a bad date": (DENIAL, claims({**CLAIM, "service_from": PLANTED}), 422, "bad-input", "/items/0/claim/service_from"),
    "no claim": (DENIAL, {"items": [{"id": PLANTED}]}, 422, "bad-input", "/items/0"),
    "a payment for a claim": (MATCH, claims(CLAIM), 422, "bad-input", "/items/0"),
    "an empty file": (FILES, b"", 422, "empty-file", None),
    "a file of something else": (FILES, f"name\n{PLANTED}".encode(), 422, "not-x12", None),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_BODIES)
def test_a_bad_body_is_answered_with_a_problem_that_points_to_the_place(
    client: AsgiClient, case: str
) -> None:
    path, body, status, code, pointer = BAD_BODIES[case]
    answer = client.post_json(path, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["status"] == status
    assert PLANTED not in answer.text
    if pointer is not None:
        assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


BAD_REQUESTS = {
    "an unknown address": ("GET", "/v1/nothing", {}, 404),
    "an unknown item": ("GET", f"/v1/items/{PLANTED}", {}, 404),
    "a wrong method": ("DELETE", "/v1/items", {}, 405),
    "no media type": ("POST", DENIAL, {"content": b"{}"}, 415),
    "another media type": ("POST", DENIAL, {"content": b"{}", "headers": {"content-type": "text/plain"}}, 415),
    "a large body": ("POST", FILES, {"content": b"x" * (25 * 1024 * 1024 + 1)}, 413),
    "a broken form": ("POST", FILES, {"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 400),
    "two files": ("POST", FILES, {"files": [("a", ("a", b"1")), ("b", ("b", b"2"))]}, 422),
    "a file of another name": ("POST", FILES, {"files": {"upload": ("a", b"1")}}, 422),
    "a field beside the file": ("POST", FILES, {"files": {"file": ("a", b"1")}, "data": {"desk": PLANTED}}, 422),
    "a file of another name beside it": ("POST", FILES, {"files": {"file": ("a", b"1"), "b": ("b", b"2")}}, 422),
    "a field in place of the file": ("POST", FILES, {"files": {"file": (None, b"1")}}, 422),
    "an unknown parameter beside a form": ("POST", f"{FILES}?to={PLANTED}", {"files": {"file": ("a", b"1")}}, 422),
    "another site": ("POST", FILES, {"content": b"ISA", "headers": {"sec-fetch-site": "cross-site"}}, 403),
    "a limit of 0": ("GET", "/v1/items?limit=0", {}, 422),
    "a negative offset": ("GET", "/v1/items?offset=-1", {}, 422),
    "an unknown lane": ("GET", f"/v1/items?lane={PLANTED}", {}, 422),
    "an unknown parameter": ("GET", f"/v1/items?name={PLANTED}", {}, 422),
    "no version": ("POST", "/v1/items/x/decision", {"json": {"action": "none", "reviewer": "ann"}}, 428),
    "no version of ours": ("POST", "/v1/items/x/decision", {"json": {}, "headers": {"if-match": '"x"'}}, 412),
    "no tag": ("POST", "/v1/items/x/decision", {"json": {}, "headers": {"if-match": "1"}}, 400),
    "an unknown action": ("POST", "/v1/items/x/decision", {"json": {"action": "pay"}, "headers": {"if-match": "*"}},
                          422),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_REQUESTS)
def test_every_refused_request_is_answered_with_a_problem(client: AsgiClient, case: str) -> None:
    method, path, more, status = BAD_REQUESTS[case]
    answer = client.send(method, path, **more)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert {"type", "title", "status", "detail"} <= answer.json().keys()
    assert PLANTED not in answer.text


def test_an_error_of_ours_is_an_opaque_incident(
    application: Application,
    client: AsgiClient,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError(f"cannot read {PLANTED}")

    monkeypatch.setattr(application.store, "page", fail)
    answer = client.get("/v1/items")
    assert (answer.status_code, answer.headers["content-type"]) == (500, PROBLEM)
    assert answer.json()["instance"].startswith("urn:clearlane:incident:")
    assert PLANTED not in answer.text + "".join(capsys.readouterr())


def test_metrics_have_no_label_that_a_caller_makes_up(client: AsgiClient) -> None:
    for path in (f"/v1/items/{PLANTED}", f"/{PLANTED}", f"/v1/{PLANTED}"):
        client.get(path)
    client.send(PLANTED, "/v1/items")
    text = client.get("/metrics").text
    assert 'route="/v1/items/{id}"' in text
    assert PLANTED not in text


def test_the_logs_name_no_patient(client: AsgiClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        client.post_file(professional([BilledClaim(PLANTED, last=PLANTED)]), f"{PLANTED}.837")
        client.post_json("/v1/denial-risk", claims(make_claim(patient_last=PLANTED)))
        client.get(f"/v1/items/{PLANTED}")
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx")
    assert "/v1/files 201" in ours
    assert PLANTED not in ours


@pytest.mark.parametrize(
    ("body", "pointer", "known"),
    [
        ({"itemz": []}, "", "known: items"),
        (
            claims({"transaction": "837P", PLANTED: 1}),
            "/items/0/claim",
            "billing_npi, billing_taxonomy, charge",
        ),
        (claims({"lines": [{PLANTED: 1}]}), "/items/0/claim/lines/0", "modifiers, number, place_of_service"),
    ],
)
def test_of_an_unknown_field_it_is_said_where_and_which_are_known(
    client: AsgiClient, body: dict[str, Any], pointer: str, known: str
) -> None:
    answer = client.post_json("/v1/denial-risk", body)
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"]) == (422, pointer)
    assert known in fault["detail"]
    assert PLANTED not in answer.text


def test_of_an_unknown_parameter_it_is_said_which_are_known(client: AsgiClient) -> None:
    answer = client.get(f"/v1/items?{PLANTED}=1")
    assert answer.json()["errors"][0]["detail"].endswith(
        "known: after, file, kind, lane, limit, offset, queue, status"
    )
    assert PLANTED not in answer.text
