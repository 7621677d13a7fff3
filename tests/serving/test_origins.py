"""A page of another site has a browser do nothing here, with or without a body."""

from __future__ import annotations

import pytest

from serving.access.rules import RULES
from serving.application import Application
from tests.support.asgi_client import AsgiClient

CHANGING = sorted(path for method, path in RULES if method != "GET" and path.startswith("/v1"))
HOST = "clearlane.test"
ELSEWHERE = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": f"http://{HOST}"},
    {"Sec-Fetch-Site": "none", "Origin": "http://elsewhere.example"},
    {"Origin": "http://elsewhere.example"},
    {"Origin": f"http://{HOST}:8080"},
    {"Origin": f"http://{HOST}.elsewhere.example"},
    {"Origin": "http://["},
    {"Origin": "null"},
    {"Origin": ""},
)
NOT_ELSEWHERE = (
    {},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Origin": f"https://{HOST}"},
    # a proxy that writes another Host
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://clearlane.example.org"},
)


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_nothing_of_the_api_is_done_for_a_page_of_another_site(
    client: AsgiClient, headers: dict[str, str]
) -> None:
    for path in CHANGING:
        answer = client.send("POST", path.replace("{id}", "0" * 24), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross-site"), path
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("headers", NOT_ELSEWHERE, ids=str)
def test_programs_and_our_own_pages_are_answered(client: AsgiClient, headers: dict[str, str]) -> None:
    assert client.send("POST", "/v1/postings/batches", headers=headers).status_code == 204
    again = client.send("POST", f"/v1/outbox/{'0' * 24}/retry", headers=headers)
    assert again.json()["code"] == "not-found"


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_reading_is_left_to_the_rule_of_browsers(application: Application, headers: dict[str, str]) -> None:
    for method in ("GET", "HEAD"):
        assert AsgiClient(application.asgi).send(method, "/v1/items", headers=headers).status_code == 200
