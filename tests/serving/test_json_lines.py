"""Log lines as JSON: each is one object, says whose request it was, and never what an exception quoted."""

from __future__ import annotations

import logging
import os
import re
import socket
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from features.errors import BadInputError
from serving import logs
from serving.demo.server import running_service
from serving.json_lines import JsonLines
from tests.serving.test_service import ROOT, free_port
from tests.support.asgi_client import AsgiClient

PLANTED = "ZEBEDEE"
ON_ITS_OWN = f"""
import os, threading, warnings
from serving import logs
logs.set_up(os.environ)
import logging
try:
    int("{PLANTED}")
except ValueError:
    logging.getLogger("clearlane.serving").exception("it failed")
    logging.getLogger("elsewhere").exception("it failed there")
warnings.warn("a warning\\nof two lines")
logging.getLogger("clearlane.serving").info("%d items", "{PLANTED}")
class Unraisable:
    def __del__(self):
        int("{PLANTED}")
Unraisable()
thread = threading.Thread(target=int, args=("{PLANTED}",))
thread.start()
thread.join()
int("{PLANTED}")
"""
ALWAYS = {"time", "level", "logger", "process", "message"}


def line(record: logging.LogRecord) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.json.decode(JsonLines().format(record))
    return said


def parsed(text: str) -> list[dict[str, Any]]:
    """Every line, each an object with what all have."""
    found = [msgspec.json.decode(one, type=dict[str, Any]) for one in text.strip().split("\n")]
    for one in found:
        assert set(one) >= ALWAYS
        assert datetime.fromisoformat(one["time"]).utcoffset() == timedelta(0)
    return found


def test_a_message_of_several_lines_and_any_character_is_one_line() -> None:
    record = logging.makeLogRecord({"msg": 'a\nb "c" \u2028 \x00 %s', "args": ("é",), "levelname": "INFO"})
    text = JsonLines().format(record)
    assert "\n" not in text
    assert line(record)["message"] == 'a\nb "c" \u2028 \x00 é'


def test_a_line_of_a_request_says_which_and_what_came_of_it(
    client: AsgiClient, caplog: pytest.LogCaptureFixture
) -> None:
    found: list[dict[str, Any]] = []
    handler = logging.Handler()
    handler.emit = lambda record: found.append(line(record))  # type: ignore[method-assign]
    logger = logging.getLogger("clearlane.access")
    logger.addHandler(handler)
    try:
        with caplog.at_level(logging.INFO, logger=logger.name):
            answer = client.get("/v1/items", params={"limit": "1"})
    finally:
        logger.removeHandler(handler)
    (said,) = found
    assert answer.headers["traceparent"] == f"00-{said['trace_id']}-{said['span_id']}-00"
    assert (said["method"], said["route"], said["status"]) == ("GET", "/v1/items", 200)
    assert 0 < said["seconds"] < 60


def on_its_own(form: str) -> subprocess.CompletedProcess[str]:
    """A process that fails in every way, none of which it may tell by the text of an exception."""
    done = subprocess.run(
        [sys.executable, "-c", ON_ITS_OWN],
        cwd=ROOT,
        env={**os.environ, logs.VARIABLE: form},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert PLANTED not in done.stdout + done.stderr
    return done


def test_no_line_of_a_process_is_anything_else_and_none_quotes_an_exception() -> None:
    done = on_its_own("json")
    said = {one["message"].partition(" (")[0]: one for one in parsed(done.stderr)}
    assert said["it failed"]["exception"] == "ValueError"
    assert said["%d items"]["level"] == "INFO"
    uncaught = [one for one in parsed(done.stderr) if one["level"] == "CRITICAL"]
    assert [one["exception"] for one in uncaught] == ["ValueError"] * 3, "a thread, a __del__ and the program"


def test_as_text_too_what_nobody_caught_is_a_line_without_its_text() -> None:
    said = on_its_own("text").stderr
    uncaught = re.findall(
        r"\[CRITICAL\] \d+ clearlane\.serving an error was not caught \(ValueError at .+\)$",
        said,
        re.MULTILINE,
    )
    assert len(uncaught) == 3, "a thread, a __del__ and the program"
    assert "Traceback" not in said
    assert re.search(r"\[WARNING\] \d+ py\.warnings .*a warning", said)


def test_every_line_of_the_running_service_is_an_object(tmp_path: Path) -> None:
    log, home = tmp_path / "service.log", {"CLEARLANE_HOME": str(tmp_path), "CLEARLANE_WORKERS": "2"}
    environment = {**os.environ, **home, logs.VARIABLE: "json"}
    with running_service(
        port=free_port(), environment=environment, log=log, patience=180, options=["--without-models"]
    ) as address:
        for _ in range(20):
            httpx.get(f"{address}/v1/items/{PLANTED}", timeout=30)
        url = httpx.URL(address)
        with socket.create_connection((url.host, url.port), timeout=10) as raw:
            raw.sendall(f"{PLANTED} no HTTP\r\n\r\n".encode())
            assert raw.recv(4096).startswith(b"HTTP/1.1 400")
    found = parsed(log.read_text(encoding="utf-8"))
    asked = [one for one in found if one["logger"] == "clearlane.access"]
    assert [one["status"] for one in asked] == [404] * 20
    assert len({one["trace_id"] for one in asked}) == 20
    assert {one["logger"].partition(".")[0] for one in found} == {"clearlane", "bentoml", "uvicorn"}
    assert sum(one["logger"] == "uvicorn.error" for one in found) == 1, "it is not told twice"
    initialized = {one["process"] for one in found if one["message"].endswith("initialized")}
    assert len(initialized) == 2
    assert PLANTED not in log.read_text(encoding="utf-8")


def test_another_form_is_refused() -> None:
    assert not logs.as_json({logs.VARIABLE: "text"})
    with pytest.raises(BadInputError, match="CLEARLANE_LOG_FORMAT"):
        logs.as_json({logs.VARIABLE: "xml"})
