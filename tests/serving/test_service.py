"""The service as it runs: a real server on a port, with trained models."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from serving.demo.server import running_service
from tests.support.builders import make_claim, make_claim_payment
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance

ROOT = Path(__file__).parent.parent.parent
PLANTED = "ZEBEDEE"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("service") / "service.log"


@pytest.fixture(scope="module")
def service(
    trained: Path, log: Path, new_database_settings: Callable[[], dict[str, str]]
) -> Iterator[httpx.Client]:
    """A client of the running service."""
    home = {"CLEARLANE_HOME": str(log.parent), "CLEARLANE_MODELS": str(trained)}
    environment = {**os.environ, **home, **new_database_settings()}
    with (
        running_service(port=free_port(), environment=environment, log=log, patience=180) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


def test_it_lives_and_is_ready(service: httpx.Client) -> None:
    assert service.get("/livez").status_code == 200
    assert service.get("/readyz").status_code == 200


def test_a_day_goes_from_files_to_a_decision(service: httpx.Client) -> None:
    large = "12000"  # above the ceiling: however sure the model is, a person decides
    claims = professional([BilledClaim(PLANTED, large, last=PLANTED), BilledClaim("B-2")])
    payments = remittance([PaidClaim(PLANTED, large, last=PLANTED)])
    for data in (claims, payments):
        taken = service.post("/v1/files", files={"file": ("day.x12", data)})
        assert taken.status_code == 201, taken.text
    (row,) = service.get("/v1/items?kind=remittance-match&status=all").json()["rows"]
    item = service.get(f"/v1/items/{row['id']}")
    assert item.json()["subject"]["claim_id"] == PLANTED
    assert item.json()["candidates"]
    decision = {"action": "none", "reviewer": "ann", "reason": "a test"}
    decided = service.post(
        f"/v1/items/{row['id']}/decision", json=decision, headers={"If-Match": item.headers["etag"]}
    )
    assert decided.json()["row"]["status"] == "decided"


def test_scores_come_with_their_versions(service: httpx.Client) -> None:
    headers = {"Content-Type": "application/json"}
    body = msgspec.json.encode({"items": [{"claim": make_claim()}]})
    (answer,) = service.post("/v1/denial-risk", content=body, headers=headers).json()["items"]
    assert 0 <= answer["probability"] <= 1
    assert answer["versions"]["model"].startswith("denial-risk-")
    body = msgspec.json.encode({"items": [{"claim_payment": make_claim_payment(), "claims": [make_claim()]}]})
    (answer,) = service.post("/v1/remittance-match", content=body, headers=headers).json()["items"]
    assert answer["proposed_index"] == 0
    assert answer["versions"]["model"].startswith("remittance-match-")


def test_page_metrics_and_errors_stand_beside_bentoml(service: httpx.Client) -> None:
    assert service.get("/").headers["content-type"].startswith("text/html")
    assert 'clearlane_requests_total{method="GET",route="/"' in service.get("/metrics").text
    for method, path, status in (
        ("GET", "/v1/nothing", 404),
        ("POST", "/livez", 405),
        ("PUT", "/v1/items", 405),
    ):
        answer = service.request(method, path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_another_name_for_this_machine_gets_nothing_but_the_probes(service: httpx.Client) -> None:
    elsewhere = {"Host": "attacker.example"}
    answer = service.get("/v1/items", headers=elsewhere)
    assert (answer.status_code, answer.json()["code"]) == (421, "unknown-host")
    for probe in ("/livez", "/readyz", "/metrics"):
        assert service.get(probe, headers=elsewhere).status_code == 200


def logged(log: Path, line: str) -> str:
    """The log once the line is in it: a line is written when its answer has gone."""
    deadline = time.monotonic() + 20
    while line not in (text := log.read_text(encoding="utf-8")) and time.monotonic() < deadline:
        time.sleep(0.05)
    return text


def test_a_wrong_method_is_logged_and_counted_as_it_was_answered(service: httpx.Client, log: Path) -> None:
    service.delete("/v1/items")
    assert "DELETE /v1/items 405" in logged(log, "DELETE /v1/items")
    counted = 'clearlane_requests_total{method="DELETE",route="/v1/items",status="405"}'
    assert counted in service.get("/metrics").text


def test_what_it_logs_names_no_patient(service: httpx.Client, log: Path) -> None:
    service.get(f"/v1/items/{PLANTED}")
    service.post("/v1/denial-risk", json={"items": [{"claim": {"transaction": PLANTED}}]})
    text = logged(log, "POST /v1/denial-risk 422")
    assert "POST /v1/denial-risk 422" in text
    assert PLANTED not in text
    assert PLANTED not in service.get("/metrics").text


def test_without_models_it_says_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "serving", "serve", "--port", str(free_port())],
        cwd=ROOT,
        env={**os.environ, "CLEARLANE_HOME": str(tmp_path), "CLEARLANE_MODELS": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "python -m training train" in done.stderr
    assert "--without-models" in done.stderr
