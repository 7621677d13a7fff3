"""``If-None-Match``: an item that the caller has as it is is not sent again, and nothing is learnt or hidden by it."""

from __future__ import annotations

import pytest

from serving.api.validators import etag_of, is_named
from serving.store.audit_reading import AuditStore, LogFilter
from serving.store.store import Store
from tests.support.asgi_client import AsgiClient
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance

TAG = '"3-9f2c4e0a1b3d5c7e"'


@pytest.fixture
def item(client: AsgiClient) -> str:
    """The address of a payment's item."""
    client.post_file(professional([BilledClaim(), BilledClaim("B-2")]))
    client.post_file(remittance([PaidClaim("C-3")]))
    (row,) = client.get("/v1/items?kind=remittance-match").json()["rows"]
    return f"/v1/items/{row['id']}"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (TAG, True), (f"W/{TAG}", True), ("*", True), (" * ", True), (f'"x", {TAG}', True),
        (f'"x",W/{TAG} ,"y"', True),
        (f', ,{TAG},', True), (f'"a,b", {TAG}', True),
        ("", False), ('"3"', False), (TAG.strip('"'), False), (f"w/{TAG}", False), (f'"x" {TAG}', False),
        (f"*, {TAG}", False),
        (f'"{TAG}"', False), (f"{TAG[:-1]}", False), ('"x"', False), (f'"x, {TAG[1:]}', False),
    ],
)  # fmt: skip
def test_a_list_of_tags_names_one_of_them_by_the_weak_comparison(given: str, named: bool) -> None:
    assert is_named(given, TAG) is named


def test_a_long_header_is_read_in_linear_time() -> None:
    assert not is_named('"a",' * 20_000 + "x", TAG)
    assert not is_named("," * 100_000, TAG)


def test_the_tag_is_the_version_and_what_was_sent() -> None:
    assert etag_of(1, b"a") != etag_of(1, b"b")
    assert etag_of(1, b"a").startswith('"1-')


@pytest.mark.parametrize("form", ["{}", "W/{}", '"1", {}', "*"])
def test_an_item_that_the_caller_has_is_not_sent_again(client: AsgiClient, item: str, form: str) -> None:
    read = client.get(item)
    etag = read.headers["etag"]
    again = client.get(item, headers={"If-None-Match": form.format(etag)})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert again.headers["cache-control"] == "no-store"
    assert "content-type" not in again.headers
    assert "content-length" not in again.headers


def test_what_is_no_tag_of_it_is_answered_in_full(client: AsgiClient, item: str) -> None:
    read = client.get(item)
    for given in ('"1"', '"1-0000000000000000"', "nothing", '"'):
        again = client.get(item, headers={"If-None-Match": given})
        assert (again.status_code, again.content) == (200, read.content)


def test_a_decision_changes_the_tag(client: AsgiClient, item: str) -> None:
    etag = client.get(item).headers["etag"]
    body = {"action": "none", "reviewer": "ann", "reason": "other patient"}
    decided = client.post_json(f"{item}/decision", body, **{"If-Match": etag})
    assert decided.status_code == 200
    read = client.get(item, headers={"If-None-Match": etag})
    assert (read.status_code, read.json()["row"]["status"]) == (200, "decided")
    known = client.get(item, headers={"If-None-Match": read.headers["etag"]})
    assert known.status_code == 304
    assert decided.headers["etag"] == read.headers["etag"]


def test_what_changes_beside_the_version_changes_the_tag(client: AsgiClient) -> None:
    large = "20000"  # never automatic
    client.post_file(professional([BilledClaim(charge=large)]))
    client.post_file(remittance([PaidClaim(charge=large, denied="197")]))
    (row,) = client.get("/v1/items?kind=denied-claim").json()["rows"]
    before = client.get(f"/v1/items/{row['id']}")
    later = remittance(
        [PaidClaim(charge=large, payer_claim_number="ICN9")], trace="TRN9", control="000000406"
    )
    client.post_file(later.replace(b"*20240402~", b"*20240502~"))
    rows = client.get("/v1/items?kind=remittance-match&status=open").json()["rows"]
    (paid,) = (one for one in rows if one["amount"] == large)
    accept = {"action": "accept", "reviewer": "ann", "reason": "a test"}
    posted = client.post_json(f"/v1/items/{paid['id']}/decision", accept, **{"If-Match": '"1"'})
    assert posted.status_code == 200, posted.text
    after = client.get(f"/v1/items/{row['id']}", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["paid_since"] != before.json()["paid_since"]
    assert after.json()["row"]["version"] == before.json()["row"]["version"]


def test_an_item_that_is_not_there_is_not_found_whatever_the_caller_says(client: AsgiClient) -> None:
    assert client.get(f"/v1/items/{'0' * 24}", headers={"If-None-Match": "*"}).status_code == 404


def test_one_that_was_not_sent_again_counts_as_shown(client: AsgiClient, item: str, store: Store) -> None:
    etag = client.get(item).headers["etag"]
    client.get(item, headers={"If-None-Match": etag})
    assert len(AuditStore.of(store).page(LogFilter(action="view"), limit=9)) == 2
