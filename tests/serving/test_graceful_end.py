"""SIGTERM: the running service finishes what is under way, begins nothing more, and ends by itself."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from serving.demo.server import _stop
from serving.items import ItemFilter
from serving.store.store import Store
from tests.support.small_x12 import BilledClaim, professional
from training.benchmarks.service.process import Service, ServiceHungError

BOUND = 60.0  # seconds; some three on a quiet machine
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"


def all_that_comes(connection: socket.socket) -> bytes:
    came = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            came += piece
    return came


def test_a_request_under_way_is_answered_and_stored_and_the_service_ends(
    default_url: str, tmp_path: Path
) -> None:
    data = professional([BilledClaim("A-1"), BilledClaim("A-2")])
    with Service(
        tmp_path, {"CLEARLANE_DATABASE_URL": default_url}, ("--without-models",), workers=1
    ) as service:
        head = (
            "POST /v1/files?name=a.837 HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            f"Content-Length: {len(data)}\r\n\r\n"
        )
        address = ("127.0.0.1", service.port)
        with (
            socket.create_connection(address, timeout=BOUND) as under_way,
            socket.create_connection(address, timeout=BOUND) as idle,
        ):
            under_way.sendall(head.encode() + data[:200])
            assert under_way.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n", "it is under way"
            service.terminate()
            assert all_that_comes(idle) == b"", "which tells that it has begun to end"
            with socket.create_connection(address, timeout=BOUND) as late:
                late.sendall(b"GET /v1/items HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert service.wait(1) is None, "it waits for the rest"
                under_way.sendall(data[200:])
                answer = all_that_comes(under_way)
                assert all_that_comes(late) == b"", "what comes while it ends is not begun"
        assert service.wait(BOUND) == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address, timeout=BOUND)
    head_of_answer, _, body = answer.partition(b"\r\n\r\n")
    assert head_of_answer.startswith(b"HTTP/1.1 201 ")
    assert f"content-length: {len(body)}".encode() in head_of_answer.lower()
    store = Store(default_url)
    assert store.page(ItemFilter(status=None), offset=0, limit=1).total == 2
    store.close()


def deaf() -> subprocess.Popen[bytes]:
    """A process that does not end when it is asked."""
    process = subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    process.stdout.close()
    return process


def test_a_service_of_a_benchmark_that_has_to_be_killed_is_told(tmp_path: Path) -> None:
    service = Service(tmp_path, {})
    service._process = deaf()
    with pytest.raises(ServiceHungError, match="did not end within 0 s"):
        service.stop(0.2)
    assert service.wait(0) is not None, "it is gone"


def test_whether_a_service_ended_or_had_to_be_killed_is_known() -> None:
    process = deaf()
    assert not _stop(process, 0.2)
    assert process.returncode is not None
    assert _stop(process), "it had ended before"
