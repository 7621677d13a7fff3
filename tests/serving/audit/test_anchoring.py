"""The log's head leaves the database: to a file or an address, by one of several, and whatever fails stops nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import msgspec
import pytest

from features.errors import BadInputError
from features.settings import Settings
from serving.audit.anchoring import Anchoring, anchoring_of
from serving.audit.anchors import Anchor, mac_of_anchor, read_anchors
from serving.audit.keys import audit_key
from serving.audit.targets import AnchorError, FileTarget, UrlTarget, target_of
from serving.metrics import exposition
from serving.store.audit_reading import AuditStore
from serving.store.store import Store
from serving.store.turns import OwnTurn, turn_of
from tests.serving.audit.logs import KEY, entry, of_store

ROOT = Path(__file__).parent.parent.parent.parent
HOLDER = """
import sys
from serving.store.store import Store
from serving.store.turns import turn_of
print(turn_of(Store(sys.argv[1])).mine(), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def logged(url: str) -> Iterator[Store]:
    store = Store(url, audit_key=KEY)
    AuditStore.of(store).add(*(entry(place) for place in range(5)))
    yield store
    store.close()


def settings(**given: str) -> Settings:
    return Settings.from_environment({"CLEARLANE_AUDIT_KEY": KEY.decode(), **given})


def failures() -> float:
    """How many anchors could not be written, as Prometheus reads it."""
    line = 'clearlane_audit_anchors_total{outcome="failed"} '
    found = [one for one in exposition()[0].decode().splitlines() if one.startswith(line)]
    return float(found[0].removeprefix(line)) if found else 0.0


def waited(until: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not until() and time.monotonic() < deadline:
        time.sleep(0.02)
    return until()


def test_a_head_goes_to_a_file_with_its_mac_and_holds(logged: Store, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere" / "anchors.jsonl"
    anchoring = anchoring_of(settings(CLEARLANE_AUDIT_ANCHOR=str(path)), logged)
    assert anchoring.once() is not None
    assert anchoring.once() is None, "the log has not grown"
    AuditStore.of(logged).add(entry(9))
    anchoring.once()
    anchoring.close()
    found = read_anchors(path).found
    assert [one.number for one in found] == [5, 6]
    assert all(one.mac == mac_of_anchor(one, KEY) for one in found)
    report = of_store(logged, key=KEY, anchors=found)
    assert (report.whole, report.anchored) == (True, 6)


def test_the_schedule_begins_and_ends_with_an_anchor(logged: Store, tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    anchoring = Anchoring(AuditStore.of(logged).head, FileTarget(path), turn_of(logged), every=0.05)
    anchoring.start()
    assert waited(path.is_file)
    AuditStore.of(logged).add(entry(9))
    assert waited(lambda: len(read_anchors(path).found) == 2)
    AuditStore.of(logged).add(entry(10))
    anchoring.close()
    assert [one.number for one in read_anchors(path).found] == [5, 6, 7]


def test_of_several_one_anchors_and_another_takes_over(logged: Store, tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    other = Store(logged._database.engine.url.render_as_string(hide_password=False))
    one, two = (anchoring_of(settings(CLEARLANE_AUDIT_ANCHOR=str(path)), each) for each in (logged, other))
    assert one.once() is not None
    assert two.once() is None
    assert len(read_anchors(path).found) == 1
    one.close()
    assert two.once() is not None
    two.close()
    other.close()


def test_a_process_that_is_killed_lets_another_one_anchor(logged: Store) -> None:
    url = logged._database.engine.url.render_as_string(hide_password=False)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    mine = turn_of(logged)
    assert not mine.mine()
    holder.kill()
    holder.communicate()
    assert waited(mine.mine)
    mine.give_back()


def test_what_fails_is_counted_and_tried_again(logged: Store, tmp_path: Path) -> None:
    path = tmp_path / "folder" / "anchors.jsonl"
    path.mkdir(parents=True)  # where the file should be
    before = failures()
    anchoring = Anchoring(AuditStore.of(logged).head, FileTarget(path), OwnTurn(), every=0.02)
    anchoring.start()
    assert waited(lambda: failures() >= before + 2)
    path.rmdir()
    assert waited(path.is_file)
    anchoring.close()
    assert [one.number for one in read_anchors(path).found] == [5]


def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    target = FileTarget(path)
    target.write(Anchor(1, "a" * 64, "t"))
    with path.open("ab") as stream:
        stream.write(b'{"number":2,"ha')
    target.write(Anchor(3, "b" * 64, "t"))
    read = read_anchors(path)
    assert ([one.number for one in read.found], read.unreadable) == ([1, 3], (2,))
    path.write_bytes(b"\n")
    with pytest.raises(BadInputError, match="holds no anchor"):
        read_anchors(path)


class Receiver(BaseHTTPRequestHandler):
    """Keeps what is posted to ``/keep``; elsewhere it answers as its path says."""

    kept: list[bytes]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/keep":
            self.kept.append(body)
        self.send_response({"/keep": 201, "/moved": 302}.get(self.path, 500))
        self.send_header("Location", "/keep")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    Receiver.kept = []
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_address_gets_each_anchor_as_json(receiver: str) -> None:
    said = Anchor(7, "a" * 64, "2026-01-31T09:30:00.000000Z", "b" * 64)
    target_of(f"{receiver}/keep").write(said)
    assert [msgspec.json.decode(one, type=Anchor) for one in Receiver.kept] == [said]


@pytest.mark.parametrize(("path", "told"), [("/moved", "status 302"), ("/broken", "status 500")])
def test_an_answer_that_keeps_nothing_is_a_failure(receiver: str, path: str, told: str) -> None:
    with pytest.raises(AnchorError, match=told):
        UrlTarget(receiver + path).write(Anchor(1, "a" * 64, "t"))
    assert Receiver.kept == []


def test_an_address_where_nobody_listens_is_a_failure() -> None:
    with pytest.raises(AnchorError, match="did not take one"):
        UrlTarget("http://127.0.0.1:9/").write(Anchor(1, "a" * 64, "t"))


@pytest.mark.parametrize("given", ["ftp://x/y", "file:///etc/passwd", "http://", "s3://bucket"])
def test_other_addresses_are_refused(given: str) -> None:
    with pytest.raises(BadInputError, match="CLEARLANE_AUDIT_ANCHOR"):
        target_of(given)


def test_the_key_comes_from_the_environment_or_a_file_and_is_never_told(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(f" {KEY.decode()}\n", encoding="utf-8")
    by_file = {"CLEARLANE_AUDIT_KEY_FILE": str(path)}
    assert audit_key(Settings.from_environment(by_file)) == KEY == audit_key(settings())
    assert audit_key(Settings.from_environment({})) is None
    assert KEY.decode() not in repr(settings())
    for wrong in (
        {"CLEARLANE_AUDIT_KEY": "short"},
        {**by_file, "CLEARLANE_AUDIT_KEY": KEY.decode()},
        {"CLEARLANE_AUDIT_KEY_FILE": str(tmp_path / "absent")},
    ):
        with pytest.raises(BadInputError, match="key of the audit log"):
            audit_key(Settings.from_environment(wrong))
    with pytest.raises(BadInputError, match="number of seconds"):
        settings(CLEARLANE_AUDIT_ANCHOR_SECONDS="0.5")
