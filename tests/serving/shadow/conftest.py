"""A service with champions and challengers over one store; a test sets its clock and begins its rounds."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from features.settings import Settings
from models.certificates import FILE as CERTIFICATES
from models.policy import DEFAULT
from serving.live.generation import Generation, Loader
from serving.opening import open_store
from serving.shadow.rounds import ShadowRounds
from serving.store.schema import about
from serving.store.shadow_tables import shadow_scores
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.asgi_client import AsgiClient
from tests.support.small_champions import champions_in
from tests.support.small_x12 import BilledClaim, PaidClaim, payments_of, professional, remittance
from training.datasets import Dataset, load
from training.simulate.command import write

HERE = "http://127.0.0.1"  # nobody is asked who they are, so only this machine is answered
CLAIMS = [BilledClaim(f"A-{place}", str(90 + 130 * place), member=f"W{place:09d}") for place in range(12)]
PAID = payments_of(CLAIMS)


@pytest.fixture(scope="session")
def first(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Champions, certified for small amounts."""
    return champions_in(tmp_path_factory.mktemp("first"), dataset, seed=1)


@pytest.fixture(scope="session")
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models of another network's history, certified too."""
    folder = tmp_path_factory.mktemp("second")
    write(folder / "network", claims=2_000, seed=8)
    return champions_in(folder / "models", load(folder / "network"), seed=2)


@pytest.fixture(scope="session")
def third(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models of the champions' history, fitted otherwise."""
    return champions_in(tmp_path_factory.mktemp("third"), dataset, seed=3)


@dataclass
class Service:
    """One process over a store."""

    settings: Settings
    store: Store
    at: datetime = NOW
    number: int = 0
    generation: Generation = field(init=False)

    def __post_init__(self) -> None:
        self.generation = Loader(self.settings, self.store, lambda: self.at).load()
        self.client = AsgiClient(self.generation.application.asgi)

    @property
    def rounds(self) -> ShadowRounds:
        return self.generation.shadow

    def get(self, path: str) -> httpx.Response:
        answer = self.client.get(HERE + path)
        assert answer.status_code == 200, answer.text
        return answer

    def send(self, data: bytes) -> httpx.Response:
        self.number += 1
        answer = self.client.send("POST", f"{HERE}/v1/files?name={self.number}.x12", content=data)
        assert answer.status_code == 201, answer.text
        return answer

    def bill(self, *claims: BilledClaim) -> httpx.Response:
        return self.send(professional(claims, control=f"{self.number + 1:09d}"))

    def pay(self, *paid: PaidClaim) -> httpx.Response:
        return self.send(remittance(paid, trace=f"TRN{self.number:07d}", control=f"{self.number + 1:09d}"))

    def rows(self, kind: str, status: str = "all") -> dict[str, dict[str, Any]]:
        """Items as the list tells them, by the number of their claim."""
        found = self.get(f"/v1/items?kind={kind}&status={status}&limit=200").json()["rows"]
        return {row["claim_id"]: row for row in found}

    def decide(self, row: dict[str, Any]) -> None:
        """Post an open payment to the claim of its own number."""
        item = self.get(f"/v1/items/{row['id']}")
        offered = item.json()["candidates"]
        chosen = next(one["reference"] for one in offered if one["claim"]["claim_id"] == row["claim_id"])
        body = {"action": "choose", "claim_reference": chosen, "reviewer": "ann", "reason": "its own"}
        etag = {"If-Match": item.headers["etag"]}
        answer = self.client.post_json(f"{HERE}/v1/items/{row['id']}/decision", body, **etag)
        assert answer.status_code == 200, answer.text

    def shadow(self, version: str | None = None) -> dict[str, Any]:
        """What is stored of challengers, or of one, by item."""
        query = select(shadow_scores)
        if version:
            query = query.where(shadow_scores.c.version == version)
        with self.store._database.reading() as connection:
            return {row.item_id: row for row in connection.execute(query)}

    def entries(self, action: str) -> list[dict[str, Any]]:
        """Of the audit log, the first one first."""
        return list(self.get(f"/v1/audit?action={action}&limit=200").json()["rows"])[::-1]

    def close(self) -> None:
        self.generation.retire()


def put(models: Path, folder: Path, *kinds: str, certified: bool = True) -> None:
    """Models into a folder of the service, as an export does: the manifest is replaced last."""
    for kind in kinds or ("denial-risk", "remittance-match"):
        target = folder / kind
        target.mkdir(parents=True, exist_ok=True)
        for path in sorted((models / kind).iterdir(), key=lambda one: one.name == "manifest.json"):
            if path.is_file() and (certified or path.name != CERTIFICATES):
                shutil.copy(path, target / path.name)


@dataclass
class Site:
    """Where services are made: each over a database of its own, or over one."""

    set_env: Callable[..., None]
    folder: Path
    new_url: Callable[[], str]
    opened: list[Service] = field(default_factory=list)

    @property
    def challengers(self) -> Path:
        return self.folder / "challengers"

    def serve(
        self,
        models: Path,
        *,
        shadowed: bool = True,
        url: str | None = None,
        key: bytes | None = None,
        certified: bool = True,
        policy_draws: float | None = None,
    ) -> Service:
        """A service with champions, over a new database or one that is there; ``key`` is that of its ids.

        ``policy_draws`` is the share of automatic items that are drawn for a blind check, where it is another.
        """
        home = self.folder / f"home{len(self.opened)}"
        put(models, home / "models", certified=certified)
        variables = {"CLEARLANE_HOME": str(home), "CLEARLANE_DATABASE_URL": url or self.new_url()}
        if shadowed:
            variables["CLEARLANE_CHALLENGERS"] = str(self.challengers)
        if policy_draws is not None:
            text = DEFAULT.read_text(encoding="utf-8")
            drawn = text.replace("audit_probability = 0.05", f"audit_probability = {policy_draws}")
            (home / "policy.toml").write_text(drawn, encoding="utf-8")
            variables["CLEARLANE_POLICY"] = str(home / "policy.toml")
        settings = Settings.from_environment(variables)
        if key is not None:
            store = open_store(settings)
            with store._database.writing() as connection:
                connection.execute(update(about).values(id_key=key))
            store.close()
        self.opened.append(Service(settings, open_store(settings)))
        return self.opened[-1]


@pytest.fixture
def site(
    request: pytest.FixtureRequest,
    url: str,
    tmp_path: Path,
    empty_database: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Site]:
    """On each kind of database."""
    del request
    for name in ("CLEARLANE_CHALLENGERS", "CLEARLANE_POLICY"):
        monkeypatch.delenv(name, raising=False)
    kind = "sqlite" if url.startswith("sqlite") else "postgresql"
    made = Site(monkeypatch.setenv, tmp_path, lambda: empty_database(kind))
    yield made
    for service in made.opened:
        service.close()
        service.store.close()
