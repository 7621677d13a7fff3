"""On the sockets of the real service: what is no request, or too large a one, is answered as every error is."""

from __future__ import annotations

import json
import re
import socket
import time
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from serving.wire import LARGEST_HEAD, LONGEST_KEPT

PLANTED = b"ZEBEDEE"
SMALL = b"GET /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"


def answered(address: str, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    """The status, headers and body that came until the service closed."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30) as connection:
        connection.sendall(sent)
        came = b""
        while piece := connection.recv(65536):
            came += piece
    head, _, body = came.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    headers = dict(one.lower().split(": ", 1) for one in lines)
    return int(line.split()[1]), headers, body


def problem(address: str, sent: bytes) -> dict[str, Any]:
    """The problem that came, which says nothing of what was sent."""
    status, headers, body = answered(address, sent)
    assert headers["content-type"] == "application/problem+json"
    assert int(headers["content-length"]) == len(body)
    assert PLANTED not in body
    found: dict[str, Any] = json.loads(body)
    assert found["status"] == status
    return found


NO_REQUESTS = {
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01 ZEBEDEE\r\n\r\n",
    "a method that HTTP does not know": b"ZEBEDEE / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost: localhost\r\nZEBEDEE\r\n\r\n",
    "two lengths": b"POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "a length that is none": b"POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: ZEBEDEE\r\n\r\n",
    "an address to tunnel to": b"CONNECT zebedee:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("case", NO_REQUESTS)
def test_what_is_no_request_is_a_malformed_one(address: str, case: str) -> None:
    assert problem(address, NO_REQUESTS[case])["code"] == "malformed-request"


TOO_LONG = {
    "a header of 1 MB": SMALL + b"X-Long: " + PLANTED * 150_000 + b"\r\n\r\n",
    "a header that does not end": SMALL + b"X-Long: " + b"x" * 2 * LARGEST_HEAD,
    "many headers": SMALL + b"".join(b"X-%d: ZEBEDEE\r\n" % n for n in range(5_000)) + b"\r\n",
    "a long address": b"GET /" + b"x" * LARGEST_HEAD + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("case", TOO_LONG)
def test_a_head_that_is_too_long_is_told_so(address: str, case: str) -> None:
    assert problem(address, TOO_LONG[case])["code"] == "headers-too-large"


def test_a_head_that_is_almost_too_long_is_read(address: str) -> None:
    status, _, _ = answered(address, SMALL + b"X-Long: " + b"x" * (LARGEST_HEAD - 300) + b"\r\n\r\n")
    assert status == 200


def test_a_body_may_be_longer_than_a_head(address: str) -> None:
    body = b"x" * 3 * LARGEST_HEAD
    head = b"POST /v1/files HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    assert problem(address, head % len(body) + body)["code"] == "not-x12"


def test_a_connection_may_carry_more_requests_than_fit_one_head(address: str) -> None:
    with httpx.Client(base_url=address) as client:
        for _ in range(40):
            assert client.get("/v1/certificates", headers={"X-Long": "x" * 4_000}).status_code == 200


def test_a_connection_ends_after_some_hundreds_of_requests_and_its_last_answer_says_so(address: str) -> None:
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    count, said = 0, None
    while said is None:
        connection.request("GET", "/v1/certificates")
        answer = connection.getresponse()
        assert answer.status == 200
        assert json.loads(answer.read())
        count, said = count + 1, answer.headers["connection"]
        assert count <= LONGEST_KEPT[1]
    assert said == "close"
    assert count >= LONGEST_KEPT[0]
    assert connection.sock is None  # http.client closes what the server said it would
    connection.close()


def test_a_chunked_body_beyond_the_limit_is_too_large(address: str) -> None:
    piece = b"x" * 1024 * 1024

    def pieces() -> Any:
        for _ in range(26):
            yield piece

    answer = httpx.post(f"{address}/v1/files", content=pieces(), timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize("method", ["PROPFIND", "TRACE", "DELETE"])
def test_a_method_that_is_not_taken_is_told_which_are(address: str, method: str) -> None:
    answer = httpx.request(method, f"{address}/v1/items")
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert answer.headers["allow"]


def test_a_request_goes_past_the_servers_own_addresses_and_a_probe_to_them(address: str) -> None:
    assert httpx.get(f"{address}/livez").status_code == 200
    assert httpx.get(f"{address}/readyz").status_code == 200
    refused = httpx.get(f"{address}/docs.json")  # the description that BentoML would give of itself
    assert (refused.status_code, refused.headers["traceparent"][:3]) == (404, "00-")


def said(address: str, *sent: bytes) -> list[tuple[int, dict[str, Any]]]:
    """The statuses and bodies of all answers that came until the service closed, each of them whole."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30) as connection:
        for piece in sent:
            connection.sendall(piece)
            time.sleep(0.1 if len(sent) > 1 else 0)
        came = b""
        while piece := connection.recv(65536):
            came += piece
    found = []
    while came:
        head, _, came = came.partition(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])  # type: ignore[index]
        found.append((int(head.split()[1]), json.loads(came[:length])))
        came = came[length:]
    return found


ASKED = b"GET /v1/items HTTP/1.1\r\nHost: localhost\r\n\r\n"
CHUNKED = b"POST /v1/files HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"
BROKEN_BEHIND = {
    "garbage": (ASKED + b"ZEBEDEE\r\n\r\n",),
    "garbage behind two": (ASKED * 2 + b"ZEBEDEE\r\n\r\n",),
    "garbage in a packet of its own": (ASKED, b"ZEBEDEE\r\n\r\n"),
    "an address to tunnel to": (ASKED + b"CONNECT zebedee:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",),
    "a body that breaks off": (ASKED + CHUNKED + b"ZEBEDEE\r\n",),
    "a body that breaks off in a packet of its own": (ASKED + CHUNKED, b"ZEBEDEE\r\n"),
    "a header that does not end": (ASKED + b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 8 * LARGEST_HEAD,),
}


@pytest.mark.parametrize("case", BROKEN_BEHIND)
def test_what_came_whole_is_answered_whole_before_what_is_broken_behind_it(address: str, case: str) -> None:
    sent = BROKEN_BEHIND[case]
    answers = said(address, *sent)
    assert [status for status, _ in answers[:-1]] == [200] * b"".join(sent).count(ASKED)
    assert all("rows" in body for _, body in answers[:-1])
    assert answers[-1][1]["code"] in ("malformed-request", "headers-too-large")
