"""A service in processes of its own, with keys, on models that are trained here and hold a certificate."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from models.policy import DEFAULT, policy_of
from models.policy_table import Policy
from serving import ingestion
from serving.access.keys import make_key
from serving.champions import Champions
from serving.store.access import AccessStore
from serving.store.store import Store
from training import remittance_match
from training.benchmarks.service.process import Service
from training.datasets import Dataset

ROLES = {"engine": "engine", "ann": "reviewer", "bob": "reviewer", "lead": "lead"}
DAYS = "2025-12-1[0-8]*.835"  # whose remittances make the file that is sent
CLAIMS = ("2025-0[6-9]*.837", "2025-1*.837")  # that may have been paid in them
ROUNDS = 100  # of boosting: enough for a small network


@dataclass(frozen=True)
class Trained:
    """Models, and the policy that they were certified under."""

    models: Path
    policy: Path
    network: Path

    @property
    def claims(self) -> list[Path]:
        """The files of claims that may have been paid."""
        return sorted(path for pattern in CLAIMS for path in self.network.glob(f"claims/{pattern}"))

    @property
    def remittances(self) -> bytes:
        """Some days' remittances as one file of several interchanges."""
        return b"".join(path.read_bytes() for path in sorted(self.network.glob(f"remittances/{DAYS}")))


def train(dataset: Dataset, network: Path, folder: Path, *, seconds: float) -> Trained:
    """A match model with a certificate that so few labels allow, and ``seconds`` until an item is due."""
    trained = Trained(folder / "models", folder / "policy.toml", network)
    trained.policy.write_text(_lenient(seconds), encoding="utf-8")
    remittance_match.train(
        dataset,
        folder=trained.models / remittance_match.KIND,
        seed=7,
        rounds=ROUNDS,
        policy=_policy(trained.policy),
    )
    return trained


def _lenient(seconds: float) -> str:
    """The policy that ships, with a limit of 3 % wrong, and hours that pass in seconds."""
    text = DEFAULT.read_text(encoding="utf-8")
    for old, new in (
        ("remittance-match = { alpha = 0.005", "remittance-match = { alpha = 0.03"),
        ('"cash poster", sla_hours = 48', f'"cash poster", sla_hours = {seconds / 3600:.6f}'),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


def _policy(path: Path) -> Policy:
    return policy_of(tomllib.loads(path.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Desk:
    """The service and the keys of those who use it."""

    service: Service
    keys: dict[str, str]
    url: str

    def ask(self, who: str, method: str, path: str, **content: Any) -> httpx.Response:
        """One request under a key."""
        headers = {"Authorization": f"Bearer {self.keys[who]}", **content.pop("headers", {})}
        return httpx.request(method, self.service.address + path, headers=headers, timeout=60, **content)

    def items(self) -> list[dict[str, Any]]:
        """Every payment in the queue."""
        found = self.ask("ann", "GET", "/v1/items?kind=remittance-match&status=all&limit=200").json()
        assert found["next"] is None
        return list(found["rows"])

    def decide(self, who: str, item: str, action: str = "accept", version: int = 1) -> httpx.Response:
        """A decision at the service itself."""
        return self.ask(
            who,
            "POST",
            f"/v1/items/{item}/decision",
            json={"action": action, "reason": "the second page of the remittance says so"},
            headers={"If-Match": f'"{version}"'},
        )

    def restart(self) -> None:
        """``kill -9`` of all its processes, and the same service again at the same address."""
        self.service.kill()
        self.service.start()


@contextmanager
def running(trained: Trained, folder: Path, url: str, **settings: str) -> Iterator[Desk]:
    """The desk, whose store at ``url`` knows the claims; ``settings`` are variables of the service's environment."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = _fill(url, trained)
    environment = {
        "CLEARLANE_DATABASE_URL": url,
        "CLEARLANE_MODELS": str(trained.models),
        "CLEARLANE_POLICY": str(trained.policy),
        **settings,
    }
    with Service(folder, environment, ("--without-models",), workers=1) as service:
        yield Desk(service, keys, url)


def _fill(url: str, trained: Trained) -> dict[str, str]:
    store = Store(url)
    nobody = Champions(policy=_policy(trained.policy))
    for path in trained.claims:
        data = path.read_bytes()
        ingestion.take(
            data, name=path.name, store=store, champions=nobody, at=datetime.now(UTC), backlog=True
        )
    keys = {}
    for name, role in ROLES.items():
        keys[name], kept = make_key(name, frozenset({role}), None, at=datetime.now(UTC))
        AccessStore.of(store).add(kept)
    store.close()
    return keys
