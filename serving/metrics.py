"""What Prometheus reads. Every label has a closed set of values, so that no caller can make more of them."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from serving.metric_series import begin

if TYPE_CHECKING:
    from prometheus_client import Counter, Gauge, Histogram

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


_making = threading.Lock()


@dataclass(frozen=True)
class Metrics:
    """One set a process."""

    requests: Counter
    seconds: Histogram
    scores: Counter
    items: Counter
    files: Counter
    checks: Counter
    answers: Counter
    incidents: Counter
    swaps: Counter
    champions: Gauge
    anchors: Counter
    deliveries: Counter
    outbox: Gauge
    challengers: Gauge
    challenger_swaps: Counter
    shadowed: Counter
    shadow_lag: Gauge
    background_failures: Counter

    def check(self, kind: str, *, wrong: bool) -> None:
        """Count a blind check of an automatic item."""
        self.checks.labels(kind, "wrong" if wrong else "right").inc()

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request; ``route`` is a template such as ``/v1/items/{id}``, never a path."""
        self.requests.labels(method_of(method), route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)


def method_of(given: str) -> str:
    """The request's method out of a closed set: a caller may send any word as one.

    >>> method_of("GET"), method_of("JONSON")
    ('GET', 'other')
    """
    return given if given in METHODS else "other"


def metrics() -> Metrics:
    """The process's metrics; whichever threads ask first, they are made once, as each name can be given only once."""
    with _making:
        return _made()


@cache
def _made() -> Metrics:
    """All of them.

    ``prometheus_client`` is imported here and not above: it looks at the environment once, and BentoML sets the
    folder that its workers share only after our modules are loaded.
    """
    from prometheus_client import Counter, Gauge, Histogram

    made = Metrics(
        requests=Counter("clearlane_requests", "Requests that were answered", ["method", "route", "status"]),
        seconds=Histogram("clearlane_request_seconds", "Time until the answer", ["route"], buckets=BUCKETS),
        scores=Counter("clearlane_scores", "Answers of the scoring endpoints", ["kind", "lane"]),
        items=Counter(
            "clearlane_items", "Items of files that were scored, routed and stored", ["kind", "lane"]
        ),
        files=Counter("clearlane_files", "Files that came in", ["outcome"]),
        checks=Counter(
            "clearlane_blind_checks", "Automatic items that were checked blindly", ["kind", "verdict"]
        ),
        answers=Counter(
            "clearlane_claim_answers", "Payers' answers to claims that went automatically", ["answer"]
        ),
        incidents=Counter("clearlane_incidents", "Certificates that the monitor revoked", ["kind"]),
        swaps=Counter("clearlane_model_swaps", "New champions or policies, taken or refused", ["outcome"]),
        champions=Gauge(
            "clearlane_champion_info",
            "Processes that serve with this champion or policy",
            ["kind", "version"],
            multiprocess_mode="livesum",
        ),
        anchors=Counter(
            "clearlane_audit_anchors", "Heads of the audit log that were to be carried out", ["outcome"]
        ),
        deliveries=Counter(
            "clearlane_deliveries", "Attempts to deliver an event, by what came of it", ["outcome"]
        ),
        outbox=Gauge(
            "clearlane_outbox",
            "Deliveries that wait, and that were given up",
            ["status"],
            multiprocess_mode="mostrecent",
        ),
        challengers=Gauge(
            "clearlane_challenger_info",
            "1 for the challenger that shadows live traffic",
            ["kind", "version"],
            multiprocess_mode="mostrecent",
        ),
        challenger_swaps=Counter(
            "clearlane_challenger_swaps", "New challengers, taken or refused", ["outcome"]
        ),
        shadowed=Counter(
            "clearlane_shadow_scores", "Items that challengers scored or left out", ["kind", "outcome"]
        ),
        shadow_lag=Gauge(
            "clearlane_shadow_lag_seconds",
            "Age of the oldest item that the challenger has not scored",
            ["kind"],
            multiprocess_mode="mostrecent",
        ),
        background_failures=Counter(
            "clearlane_background_failures",
            "Turns of what runs beside requests that were broken off",
            ["name"],
        ),
    )
    begin(made)
    return made


def exposition() -> tuple[bytes, str]:
    """The text that Prometheus reads, of all worker processes together, and its media type."""
    import prometheus_client
    from prometheus_client import multiprocess

    metrics()
    registry = prometheus_client.REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        drop_the_dead(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
        registry = prometheus_client.CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return prometheus_client.generate_latest(registry), prometheus_client.CONTENT_TYPE_LATEST


def drop_the_dead(folder: Path) -> None:
    """Forget what only living processes tell of those that are no more: one that was killed could not do so itself."""
    from prometheus_client import multiprocess

    for process in {path.stem.rpartition("_")[2] for path in folder.glob("gauge_live*_*.db")}:
        if process.isdigit() and not _lives(int(process)):
            with suppress(FileNotFoundError):  # another process was quicker
                multiprocess.mark_process_dead(int(process), str(folder))  # type: ignore[no-untyped-call]


def _lives(process: int) -> bool:
    if sys.platform == "win32":  # where a signal 0 is none that only asks
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
