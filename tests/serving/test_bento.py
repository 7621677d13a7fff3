"""The Bento serves from anywhere: without this checkout, and with no packages but those that it asks for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import httpx
import pytest

from features.patterns.report import write
from tests.serving.test_service import free_port
from tests.support.needed_packages import brought, reached, that_nobody_brings
from tests.support.pattern_reports import make_report
from tests.support.small_x12 import professional

ROOT = Path(__file__).parent.parent.parent
REVISIONS = ROOT / "serving" / "store" / "migrations" / "versions"
ROOTS = (
    "serving.service",
    "serving.access_command",
    "serving.store.migrations.env",
    *(f"serving.store.migrations.versions.{path.stem}" for path in REVISIONS.glob("*.py")),
)
LATER = {"sklearn": {"models.venn_abers._value_at"}}  # where something is fitted, which no service does
GUARD = f"""
import sys
sys.path[:] = [place for place in sys.path if place.rstrip("/") != {str(ROOT)!r}]

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(name + " is not there")

sys.meta_path.insert(0, Absent())
"""


def packages() -> set[str]:
    """What the Bento has installed, line by line."""
    lines = (ROOT / "bentofile.yaml").read_text(encoding="utf-8").partition("packages:")[2].splitlines()
    return {line.strip(" -") for line in lines if line.startswith("    - ")}


def test_the_bentofile_asks_for_what_the_project_does() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = {*project["dependencies"], *project["optional-dependencies"]["postgres"]}
    assert packages()
    assert packages() <= pinned
    assert not [name for name in packages() if name.startswith("mlflow")]


def test_the_bento_brings_all_that_its_modules_import() -> None:
    """From the service on, with the store's migrations and the command that makes the first key in a container."""
    modules, imported = reached(ROOTS)
    assert {"serving.wire", "serving.live.generation", "models.denial_risk"} <= modules
    assert not [name for name in modules if name.startswith(("training", "tests", "serving.demo"))]
    assert {"bentoml", "httptools", "prometheus_client"} <= imported.keys()
    assert imported.keys() >= LATER.keys()
    lacking = that_nobody_brings(imported, brought(packages()))
    assert {name: imported[name] for name in lacking} == LATER


@pytest.mark.slow
def test_a_built_bento_serves_from_an_empty_folder(trained: Path, tmp_path: Path, default_url: str) -> None:
    store, empty, guard = tmp_path / "bentoml", tmp_path / "empty", tmp_path / "guard"
    champions = shutil.copytree(trained, tmp_path / "champions")
    write(make_report(), champions)
    empty.mkdir()
    guard.mkdir()
    absent = {"training", *that_nobody_brings(packages_distributions(), brought(packages()))}
    assert "mlflow" in absent
    (guard / "sitecustomize.py").write_text(f"ABSENT = {absent!r}\n{GUARD}", encoding="utf-8")
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("CLEARLANE", "PYTHONPATH"))
    }
    built = subprocess.run(
        [sys.executable, "-m", "serving", "bento", "--version", "tried"],
        cwd=ROOT,
        env={**plain, "BENTOML_HOME": str(store), "CLEARLANE_MODELS": str(champions)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    place, port = store / "bentos" / "clearlane" / "tried", free_port()
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "bentoml",
                "serve",
                str(place),
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
            ],
            cwd=empty,
            env={
                **plain,
                "PYTHONPATH": str(guard),
                "BENTOML_HOME": str(tmp_path / "another"),
                "BENTOML_DO_NOT_TRACK": "True",
                "CLEARLANE_HOME": str(tmp_path / "data"),
                "CLEARLANE_DATABASE_URL": default_url,
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            _wait(client, server, tmp_path / "log")
            assert client.post("/v1/files", files={"file": ("a.837", professional())}).status_code == 201
            (row,) = client.get("/v1/items?status=all").json()["rows"]
            item = client.get(f"/v1/items/{row['id']}").json()
            assert item["versions"]["model"].startswith("denial-risk-")
            assert client.get("/").status_code == 200
            assert client.get("/v1/patterns").status_code == 200
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(client: httpx.Client, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text(encoding="utf-8")
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.3)
    raise TimeoutError(log.read_text(encoding="utf-8"))
