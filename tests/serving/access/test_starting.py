"""The service as it is started: at which addresses, with and without a key, and what a socket may send it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from serving import instance
from serving.demo.server import wait_until_ready
from tests.serving.test_service import free_port

ROOT = Path(__file__).parent.parent.parent.parent


def environment(home: Path, **more: str) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CLEARLANE")}
    return {**plain, "CLEARLANE_HOME": str(home), "CLEARLANE_MODELS": str(home / "none"),
            "CLEARLANE_WITHOUT_MODELS": "1", "BENTOML_DO_NOT_TRACK": "True", **more}  # fmt: skip


def run(home: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT, env=environment(home, **more), capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


@pytest.mark.parametrize("mode", ["", "off", "on"])
def test_at_another_address_the_command_refuses_to_start_without_a_key(tmp_path: Path, mode: str) -> None:
    done = run(
        tmp_path, "serving", "serve", "--without-models", "--host", "0.0.0.0", "--port", str(free_port()),  # noqa: S104
        CLEARLANE_ACCESS=mode,
    )  # fmt: skip
    assert done.returncode == 2
    assert "access add-key" in done.stderr
    assert "Traceback" not in done.stderr


def test_started_past_the_command_it_refuses_as_well(tmp_path: Path, database: dict[str, str]) -> None:
    """As a Bento is: BentoML listens at all addresses by default, and says nothing of it to the service."""
    server = subprocess.Popen(
        [sys.executable, "-m", "bentoml", "serve", "serving.service:Clearlane", "--port", str(free_port())],
        cwd=ROOT, env=environment(tmp_path, **database), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        said = ""
        assert server.stdout
        for line in server.stdout:
            said += line
            if "cannot start" in line:
                break
        assert "open to other machines" in said
        assert "access add-key" in said
    finally:
        server.terminate()
        server.communicate(timeout=120)  # reads on: BentoML starts the service again and again, and says so


@pytest.fixture(scope="module")
def database(new_database_settings: Callable[[], dict[str, str]]) -> dict[str, str]:
    return new_database_settings()


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory, database: dict[str, str]) -> tuple[Path, str]:
    home = tmp_path_factory.mktemp("access")
    done = run(home, "serving", "access", "add-key", "engine", "--role", "engine", **database)
    found = re.search(r"^clk_\S+$", done.stdout, re.MULTILINE)
    assert found, done.stderr
    return home, found[0]


@pytest.fixture(scope="module")
def address(key: tuple[Path, str], database: dict[str, str]) -> Iterator[str]:
    home, _ = key
    port, token, log = free_port(), instance.new_token(), home / "service.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "serving", "serve", "--without-models", "--port", str(port)],
            cwd=ROOT, env=environment(home, **{instance.VARIABLE: token}, **database), stdout=output, stderr=output,
        )  # fmt: skip
    try:
        found = f"http://127.0.0.1:{port}"
        wait_until_ready(found, token, process, log, 240)
        yield found
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_with_a_key_it_asks_everyone_on_this_machine_too(address: str, key: tuple[Path, str]) -> None:
    assert httpx.get(f"{address}/readyz").status_code == 200
    assert httpx.get(f"{address}/v1/items").status_code == 401
    assert httpx.get(f"{address}/metrics").status_code == 401
    assert httpx.get(f"{address}/").headers["location"].startswith("/login")
    assert httpx.get(f"{address}/v1/items", headers={"X-API-Key": key[1]}).status_code == 200


def test_neither_key_nor_session_stands_in_the_log(address: str, key: tuple[Path, str]) -> None:
    home, own = key
    httpx.get(f"{address}/v1/items", headers={"Authorization": f"Bearer {own}x"})
    httpx.get(f"{address}/v1/items", headers={"X-API-Key": own})
    text = (home / "service.log").read_text(encoding="utf-8")
    assert own.rpartition("_")[2][:20] not in text


def test_what_bentoml_serves_by_itself_says_nothing_of_patients(address: str) -> None:
    for path in ("/docs.json", "/schema.json", "/healthz", "/livez", "/readyz"):
        answer = httpx.get(address + path)
        assert answer.status_code in (200, 401, 404)
        assert "claim_id" not in answer.text


def sent(address: str, *parts: bytes) -> bytes:
    """What comes back for bytes as they are; the server may close before it has read all."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        for part in parts:
            try:
                connection.sendall(part)
            except (BrokenPipeError, ConnectionResetError):
                break
        received = b""
        try:
            while b"\r\n\r\n" not in received and (more := connection.recv(65536)):
                received += more
        except ConnectionResetError:
            pass
        return received


def head(path: str, key: str, *lines: str) -> bytes:
    own = (f"POST {path} HTTP/1.1", "Host: localhost", f"X-API-Key: {key}", *lines)
    return "\r\n".join((*own, "", "")).encode()


def chunks(size: int, count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield f"{size:x}\r\n".encode() + b"x" * size + b"\r\n"


@pytest.mark.parametrize("path", ["/v1/denial-risk", "/v1/files"])
def test_a_body_in_chunks_that_says_no_length_is_cut_off_at_the_limit(
    address: str, key: tuple[Path, str], path: str
) -> None:
    start = head(path, key[1], "Content-Type: application/json", "Transfer-Encoding: chunked")
    answer = sent(address, start, *chunks(1024 * 1024, 40))
    assert answer.startswith(b"HTTP/1.1 413"), answer[:200]


def test_a_length_and_chunks_together_are_refused_or_read_as_chunks(
    address: str, key: tuple[Path, str]
) -> None:
    lines = (
        "Content-Type: application/json",
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
        "Connection: close",
    )
    answer = sent(
        address, head("/v1/denial-risk", key[1], *lines), b"0\r\n\r\nGET /v1/items HTTP/1.1\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1") == 1


def test_a_stated_length_above_the_limit_is_refused_before_the_body_comes(
    address: str, key: tuple[Path, str]
) -> None:
    start = head("/v1/denial-risk", key[1], "Content-Type: application/json", "Content-Length: 999999999999")
    assert sent(address, start).startswith(b"HTTP/1.1 413")


def test_without_a_key_no_body_is_read_at_all(address: str) -> None:
    start = head("/v1/files", "clk_", "Content-Length: 20000000")
    assert sent(address, start).startswith(b"HTTP/1.1 401")
