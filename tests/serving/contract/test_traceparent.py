"""A caller's trace is passed on; what is none begins a new one."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from serving.traceparent import trace_of
from tests.serving.test_service import logged

TRACE, STEP = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
FORM = re.compile(r"00-(?P<trace>[0-9a-f]{32})-(?P<step>[0-9a-f]{16})-0[01]")


def test_a_callers_trace_is_in_the_answer_and_in_the_log(address: str, contract_log: Path) -> None:
    answer = httpx.get(f"{address}/v1/certificates", headers={"traceparent": f"00-{TRACE}-{STEP}-01"})
    found = FORM.fullmatch(answer.headers["traceparent"])
    assert found
    assert found["trace"] == TRACE
    assert found["step"] != STEP
    assert answer.headers["traceparent"].endswith("-01")
    assert f"trace={TRACE}" in logged(contract_log, f"trace={TRACE}")


def test_an_error_and_a_page_carry_a_trace_too(address: str) -> None:
    for path in ("/v1/nothing", "/v1/items?limit=0", "/"):
        assert FORM.fullmatch(httpx.get(address + path).headers["traceparent"])


BROKEN = {
    "nothing": [],
    "two": [f"00-{TRACE}-{STEP}-01"] * 2,
    "no form": ["ZEBEDEE"],
    "upper case": [f"00-{TRACE.upper()}-{STEP}-01"],
    "a trace of zeros": [f"00-{'0' * 32}-{STEP}-01"],
    "a step of zeros": [f"00-{TRACE}-{'0' * 16}-01"],
    "a version that is none": [f"ff-{TRACE}-{STEP}-01"],
    "more than its version has": [f"00-{TRACE}-{STEP}-01-more"],
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_no_trace_is_not_passed_on(case: str) -> None:
    found = trace_of(BROKEN[case])
    assert found.trace_id != TRACE
    assert FORM.fullmatch(found.header)


def test_a_later_version_is_read_as_far_as_it_is_known() -> None:
    assert trace_of([f"01-{TRACE}-{STEP}-03-more"]).trace_id == TRACE
