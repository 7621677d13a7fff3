"""Evidence as the API gives it: what each field weighs, the margin, and which paid line answers which billed one."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from features.evidence import FieldEvidence
from serving.champions import Champions
from serving.match_evidence import weigh
from serving.queue import detail
from serving.store.store import Store
from tests.support.asgi_client import AsgiClient
from tests.support.builders import make_claim, make_claim_payment
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance

SIBLING = make_claim(claim_id="B-2")


def matched(client: AsgiClient, **more: Any) -> Any:
    item = {"claim_payment": make_claim_payment(), "claims": [SIBLING, make_claim()]}
    (answer,) = client.post_json("/v1/remittance-match", {"items": [item], **more}).json()["items"]
    return answer


def queued(client: AsgiClient) -> Any:
    """A match that a person decides: the payer sent a number that is no claim's."""
    client.post_file(professional((BilledClaim(), BilledClaim("A-1002"))))
    client.post_file(remittance((PaidClaim("A-10"),)))
    (row,) = client.get("/v1/items?kind=remittance-match&status=all").json()["rows"]
    return client.get(f"/v1/items/{row['id']}").json()


def test_evidence_is_given_only_where_it_is_asked_for(client: AsgiClient) -> None:
    assert matched(client)["evidence"] is None
    assert matched(client, evidence=False)["evidence"] is None


def test_asked_for_it_names_every_candidate_best_first_with_weights_that_add_up(client: AsgiClient) -> None:
    best, other = matched(client, evidence=True)["evidence"]["candidates"]
    assert (best["reference"], other["reference"]) == ("1", "0")
    assert best["probability"] == 0.999
    for one in (best, other):
        weights = [row["weight"] for row in (*one["evidence"], *one["beside"])]
        assert sum(weights) == pytest.approx(one["log_odds"])
    field = best["evidence"][0]
    assert (field["field"], field["payment_value"], field["claim_value"]) == ("claim_id", "A-1001", "A-1001")
    assert (field["agreement"], field["weight"], other["evidence"][0]["weight"]) == ("exact", 1.0, -1.0)


def test_it_says_the_margin_and_which_field_decides(client: AsgiClient) -> None:
    margin = matched(client, evidence=True)["evidence"]["margin"]
    assert (margin["likeliest"], margin["runner_up"]) == ("claim", "claim")
    assert margin["deciding"] == [{"field": "claim_id", "weight": 2.0}]
    assert "the control number decides" in margin["text"]


def test_it_pairs_the_lines_of_the_best_claim(client: AsgiClient) -> None:
    lines = matched(client, evidence=True)["evidence"]["lines"]
    assert [(pair["payment"], pair["claim"]) for pair in lines["pairs"]] == [([0], [0]), ([1], [1])]
    assert {pair["sureness"] for pair in lines["pairs"]} == {"certain"}
    assert (lines["payment_only"], lines["claim_only"]) == ([], [])


def test_evidence_is_taken_for_a_hundred_items_at_once(client: AsgiClient) -> None:
    item = {"claim_payment": make_claim_payment(), "claims": []}
    answer = client.post_json("/v1/remittance-match", {"items": [item] * 101, "evidence": True})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/items", "detail": "holds 101 items; 1 to 100 are taken"}]
    assert (
        client.post_json("/v1/remittance-match", {"items": [item] * 100, "evidence": True}).status_code == 200
    )


def test_claims_of_the_store_that_are_shown_as_evidence_stand_in_the_log(client: AsgiClient) -> None:
    client.post_file(professional((BilledClaim(),)))
    for evidence in (False, True):
        body = {"items": [{"claim_payment": make_claim_payment()}], "evidence": evidence}
        (told,) = client.post_json("/v1/remittance-match", body).json()["items"]
        entries = client.get("/v1/audit?action=view").json()["rows"]
        if not evidence:
            assert entries == []
    assert told["evidence"]["candidates"]
    shown = {one["reference"] for one in told["evidence"]["candidates"]}
    assert {one["subject"] for one in entries} == shown
    assert all(one["after"] == '{"claim":true}' for one in entries)


def test_a_payment_without_candidates_has_no_evidence_to_show(client: AsgiClient) -> None:
    body = {"items": [{"claim_payment": make_claim_payment(), "claims": []}], "evidence": True}
    evidence = client.post_json("/v1/remittance-match", body).json()["items"][0]["evidence"]
    assert evidence == {"candidates": [], "margin": None, "lines": None}


def test_an_item_carries_weights_margin_and_lines(client: AsgiClient) -> None:
    item = queued(client)
    assert item["margin"]["likeliest"] == "none"
    for one in item["candidates"]:
        weights = [row["weight"] for row in (*one["evidence"], *one["beside"])]
        assert sum(weights) == pytest.approx(one["log_odds"])
        assert [pair["claim"] for pair in one["lines"]["pairs"]] == [[0]]


def test_where_the_model_was_replaced_the_fields_stand_without_weights(
    client: AsgiClient, store: Store, champions: Champions
) -> None:
    stored = store.get(queued(client)["row"]["id"])
    versions = msgspec.structs.replace(stored.versions, model="older")
    item = detail(msgspec.structs.replace(stored, versions=versions), champions)
    assert item.margin is None
    for one in item.candidates:
        assert (one.beside, one.log_odds) == ((), None)
        assert {row.weight for row in one.evidence} == {None}
        assert one.lines is not None


def test_the_margin_is_that_of_the_answer_that_was_given_whatever_a_score_would_be_now(
    client: AsgiClient, store: Store, champions: Champions
) -> None:
    stored = store.get(queued(client)["row"]["id"])
    shares = (0.5, 0.4)
    given = tuple(
        (name, claim, share) for (name, claim, _), share in zip(stored.candidates, shares, strict=True)
    )
    item = detail(msgspec.structs.replace(stored, candidates=given, none_probability=0.1), champions)
    assert item.margin is not None
    assert item.margin.probability == pytest.approx(0.1)
    assert (item.margin.likeliest, item.margin.runner_up) == ("claim", "claim")


def test_without_a_model_the_agreement_is_shown_and_nothing_is_weighed(champions: Champions) -> None:
    without = Champions(policy=champions.policy)
    found = weigh(make_claim_payment(), [("x", make_claim())], without)
    assert found.margin is None
    assert all(isinstance(row, FieldEvidence) and row.weight is None for row in found.candidates[0].evidence)
