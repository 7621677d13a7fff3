"""A log that two processes write at once, and that is killed while it is written, stays whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from serving.store.audit_reading import AuditStore
from serving.store.store import Store
from tests.serving.audit.logs import KEY, of_store

ROOT = Path(__file__).parent.parent.parent.parent
WRITER = """
import sys
from serving.audit.chain import Entry
from serving.store.audit_reading import AuditStore
from serving.store.store import Store
store = Store(sys.argv[1], audit_key=b"a key that is not in the database")
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    AuditStore.of(store).add(*(Entry("view", f"{sys.argv[3]}-{number}-{place}") for place in range(3)))
    print(number, flush=True)
store.close()
"""


def writer(url: str, requests: int, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, url, str(requests), name],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )


def begin(*writers: subprocess.Popen[str]) -> None:
    """All at the same moment, once each has started."""
    for one in writers:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in writers:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()


def test_two_processes_write_one_whole_log(url: str) -> None:
    Store(url).close()
    writers = [writer(url, 15, name) for name in ("one", "two")]
    begin(*writers)
    assert [one.wait(timeout=300) for one in writers] == [0, 0]
    for one in writers:
        one.communicate()
    store = Store(url)
    log = list(AuditStore.of(store).entries())
    assert of_store(store, key=KEY).whole
    assert [one.number for one in log] == list(range(1, 91))
    subjects = [one.subject for one in log]
    assert len(set(subjects)) == 90
    store.close()


def test_a_kill_between_leaves_the_log_whole_with_all_that_was_confirmed(url: str) -> None:
    confirmed = 0
    Store(url).close()
    for turn in range(2):
        running = writer(url, 10_000, f"turn{turn}")
        begin(running)
        assert running.stdout is not None
        until = time.monotonic() + 0.3 + turn * 0.13
        while time.monotonic() < until:
            confirmed += running.stdout.readline() != ""
        running.send_signal(signal.SIGKILL)
        confirmed += len(running.communicate()[0].splitlines())
    store = Store(url)
    report = of_store(store, key=KEY)
    assert report.whole
    assert report.entries % 3 == 0
    assert report.entries >= 3 * confirmed > 0
    store.close()
