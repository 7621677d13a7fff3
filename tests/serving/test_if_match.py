"""``If-Match``: a decision is one on the version that its tags name, by the strong comparison of RFC 9110."""

from __future__ import annotations

import msgspec
import pytest

from serving.api.preconditions import MOST
from tests.support.asgi_client import AsgiClient
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance

DIGEST = "9f2c4e0a1b3d5c7e"
NONE = {"action": "none", "reviewer": "ann", "reason": "other patient"}
UNDO = {"reason": "I was wrong", "reviewer": "ann"}


@pytest.fixture
def item(client: AsgiClient) -> str:
    """The address of a payment's item, at version 1."""
    client.post_file(professional([BilledClaim(), BilledClaim("B-2")]))
    client.post_file(remittance([PaidClaim("C-3")]))
    (row,) = client.get("/v1/items?kind=remittance-match").json()["rows"]
    assert row["version"] == 1
    return f"/v1/items/{row['id']}"


@pytest.mark.parametrize(
    "given",
    [
        '"1"',
        f'"1-{DIGEST}"',
        "*",
        " * ",
        '"1", "2"',
        '"3","1"',
        f'"x", W/"2", "1-{DIGEST}"',
        ', "1",',
        ' "1" ',
    ],
)
def test_a_tag_of_the_version_or_a_list_that_holds_one_lets_a_decision_through(
    client: AsgiClient, item: str, given: str
) -> None:
    answer = client.post_json(f"{item}/decision", NONE, **{"If-Match": given})
    assert (answer.status_code, answer.json()["row"]["version"]) == (200, 2), answer.text


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ('W/"1"', 412, "version-unknown"), (f'W/"1-{DIGEST}"', 412, "version-unknown"),
        ('W/"1", W/"2"', 412, "version-unknown"), ('"x"', 412, "version-unknown"), ('""', 412, "version-unknown"),
        ('"1-9f2c"', 412, "version-unknown"), ('"1234567890"', 412, "version-unknown"),
        ("1", 400, "malformed-if-match"), ('"1', 400, "malformed-if-match"), ('1"', 400, "malformed-if-match"),
        (f"1-{DIGEST}", 400, "malformed-if-match"), ('w/"1"', 400, "malformed-if-match"),
        ('W/1', 400, "malformed-if-match"), ('"1" "2"', 400, "malformed-if-match"),
        ('*, "1"', 400, "malformed-if-match"), ("", 400, "malformed-if-match"),
        (", ".join(f'"{n}"' for n in range(MOST + 1)), 400, "malformed-if-match"),
        ('"2"', 409, "conflict"), ('"2", "3"', 409, "conflict"), ('"2", W/"1"', 409, "conflict"),
    ],
)  # fmt: skip
def test_what_names_another_version_or_none_changes_nothing(
    client: AsgiClient, item: str, given: str, status: int, code: str
) -> None:
    for verb, body in (("decision", NONE), ("undo", UNDO)):
        answer = client.post_json(f"{item}/{verb}", body, **{"If-Match": given})
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert client.get(item).json()["row"]["version"] == 1


def test_two_headers_are_one_list(client: AsgiClient, item: str) -> None:
    headers = [("If-Match", '"7"'), ("If-Match", '"1"'), ("Content-Type", "application/json")]
    sent = client.send("POST", f"{item}/decision", content=msgspec.json.encode(NONE), headers=headers)
    assert sent.status_code == 200, sent.text


@pytest.mark.parametrize("given", ['"1"', '"1", "2"', '"2", "1"'])
def test_a_decision_that_is_sent_again_changes_nothing(client: AsgiClient, item: str, given: str) -> None:
    for _ in range(2):
        answer = client.post_json(f"{item}/decision", NONE, **{"If-Match": given})
        assert (answer.status_code, answer.json()["row"]["version"]) == (200, 2), answer.text


@pytest.mark.parametrize("given", ['"2"', "*", '"1", "2"'])
def test_a_decision_is_taken_back_on_the_version_that_came_of_it(
    client: AsgiClient, item: str, given: str
) -> None:
    assert client.post_json(f"{item}/undo", UNDO, **{"If-Match": given}).status_code == 409
    client.post_json(f"{item}/decision", NONE, **{"If-Match": '"1"'})
    undone = client.post_json(f"{item}/undo", UNDO, **{"If-Match": given})
    assert (undone.status_code, undone.json()["row"]["status"]) == (200, "open"), undone.text


def test_what_is_not_there_has_no_version_at_all(client: AsgiClient) -> None:
    for verb, body in (("decision", NONE), ("undo", UNDO)):
        answer = client.post_json(f"/v1/items/{'0' * 24}/{verb}", body, **{"If-Match": "*"})
        assert answer.status_code == 404
