"""``python -m serving serve`` looks at the port before it trains what is missing."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from features.errors import BadInputError, MissingDataError
from features.settings import Settings
from serving import serve_command
from serving.access.settings import AccessError, AccessSettings
from serving.champion_folder import KINDS
from serving.outbox.settings import OutboxSettings
from tests.serving.outbox.desk import SECRET_TEXT
from tests.serving.test_service import free_port
from tests.support.other_service import other_service

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = ("docs/access.md", "docs/audit.md", "docs/events.md", "docs/store.md")
NO_PATHS = ("CLEARLANE_AUDIT_KEY", "CLEARLANE_EVENTS_SECRET", "CLEARLANE_TODAY")  # their rows speak of files
ADDRESSES = (
    "CLEARLANE_DATABASE_URL",
    "CLEARLANE_DATABASE_URL_FILE",
)  # of a file too, with tests of their own


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, where the only step that is run trains nothing and the server is never become."""
    monkeypatch.setenv("CLEARLANE_HOME", str(tmp_path))
    for name in ("CLEARLANE_MODELS", "CLEARLANE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def done(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the command did, in order; training leaves a manifest of each kind."""
    steps: list[str] = []

    def train(*step: str) -> None:
        steps.append(" ".join(step))
        put_models(home)

    monkeypatch.setattr(serve_command, "run_step", train)
    monkeypatch.setattr(serve_command, "become_server", lambda *_: steps.append("serve"))
    return steps


def put_models(home: Path) -> None:
    for kind in KINDS:
        (home / "models" / kind).mkdir(parents=True)
        (home / "models" / kind / "manifest.json").touch()


def run(*argv: str) -> int:
    parser = argparse.ArgumentParser()
    serve_command.configure(parser)
    return serve_command.run(parser.parse_args(argv))


def test_a_taken_port_is_told_before_anything_is_trained(done: list[str]) -> None:
    with other_service() as other, pytest.raises(BadInputError, match=f"port {other.port} is taken"):
        run("--train-missing", "--port", str(other.port))
    assert done == []


def test_missing_models_are_trained_where_that_is_asked_for(done: list[str]) -> None:
    assert run("--train-missing", "--port", str(free_port())) == 0
    assert done == ["training champions", "serve"]


def test_models_that_are_there_are_left_alone(home: Path, done: list[str]) -> None:
    put_models(home)
    assert run("--train-missing", "--port", str(free_port())) == 0
    assert done == ["serve"]


def test_missing_models_are_an_error_where_it_is_not(done: list[str]) -> None:
    with pytest.raises(MissingDataError, match="there is no model"):
        run("--port", str(free_port()))
    assert done == []


@pytest.mark.parametrize("setting", ["CLEARLANE_CODE_PAIRS", "CLEARLANE_COVERAGE", "CLEARLANE_DENIAL_LIMITS"])
def test_tables_that_are_not_there_are_an_error_before_the_server_starts(
    home: Path, done: list[str], monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    put_models(home)
    monkeypatch.setenv(setting, str(home / "none"))
    with pytest.raises(MissingDataError, match="there is no"):
        run("--port", str(free_port()))
    assert done == []


def test_the_name_of_a_proxy_is_an_error_before_the_server_starts_while_there_is_no_key(
    home: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put_models(home)
    monkeypatch.setenv("CLEARLANE_HOSTS", "clearlane.example.org")
    with pytest.raises(AccessError, match="access add-key"):
        run("--port", str(free_port()))
    assert done == []


def test_make_serve_leaves_the_training_to_the_command_that_looks_at_the_port_first() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (rule,) = [part for part in text.split("\n\n") if part.startswith("serve:")]
    assert rule.startswith("serve: $(READY) ##")
    assert "serve --train-missing" in rule


def told_of() -> set[str]:
    """The settings that may name a file or a folder, by the documents' tables."""
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", *DOCUMENTS)]
    rows = re.findall(r"^\| [^|]*`CLEARLANE_.*$", "\n".join(texts), re.MULTILINE)
    about = [row for row in rows if re.search(r"\b(files?|folder|below the home)\b|_FILE`", row)]
    return {name for row in about for name in re.findall(r"`(CLEARLANE_[A-Z_]+)`", row)}


def test_every_path_that_was_given_from_here_leads_to_the_same_place_for_the_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workers run in another folder, and read the settings again from what they are given."""
    folder, other = tmp_path / "here", tmp_path / "elsewhere"
    (folder / "settings").mkdir(parents=True)
    other.mkdir()
    monkeypatch.chdir(folder)
    kinds = get_type_hints(Settings)
    paths = {f"CLEARLANE_{name.upper()}" for name, kind in kinds.items() if Path in (kind, *get_args(kind))}
    names = {*paths, "CLEARLANE_AUDIT_ANCHOR", "CLEARLANE_JWKS", "CLEARLANE_EVENTS_SECRET_FILE"}
    assert names >= told_of() - {*NO_PATHS, *ADDRESSES} >= {"CLEARLANE_CHALLENGERS", "CLEARLANE_JWKS"}
    for name in names:
        monkeypatch.setenv(name, f"settings/{name.lower()}")
    for name in ("ISSUER", "AUDIENCE"):
        monkeypatch.setenv(f"CLEARLANE_JWT_{name}", "x")
    (folder / "settings" / "clearlane_events_secret_file").write_text(SECRET_TEXT, encoding="utf-8")
    for name in (*NO_PATHS, *ADDRESSES):
        monkeypatch.delenv(name, raising=False)
    settings, access, outbox = all_settings()
    assert settings.policy == folder / "settings" / "clearlane_policy"
    given = told_to_the_server(other, settings, monkeypatch)
    assert Path.cwd() == other
    assert {name: given[name] for name in names} == {
        name: str(folder / "settings" / name.lower()) for name in names
    }
    assert all_settings(given) == (settings, access, outbox)


def all_settings(given: dict[str, str] | None = None) -> tuple[Settings, AccessSettings, OutboxSettings]:
    return (
        Settings.from_environment(given),
        AccessSettings.from_environment(given),
        OutboxSettings.from_environment(given),
    )


def test_an_address_of_keys_or_of_anchors_is_told_as_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {
        "CLEARLANE_JWKS": "https://idp.example/keys",
        "CLEARLANE_JWT_ISSUER": "x",
        "CLEARLANE_JWT_AUDIENCE": "x",
        "CLEARLANE_AUDIT_ANCHOR": "https://anchors.example/",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    told = told_to_the_server(tmp_path, Settings.from_environment(), monkeypatch)
    assert given.items() <= told.items()


@pytest.mark.parametrize("by", ["CLEARLANE_DATABASE_URL", "CLEARLANE_DATABASE_URL_FILE"])
@pytest.mark.parametrize("address", ["sqlite:///kept/a.sqlite", "sqlite+pysqlite:///kept/a.sqlite?timeout=9"])
def test_a_database_that_was_named_from_here_is_the_same_for_the_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str, address: str
) -> None:
    folder, other = tmp_path / "here", tmp_path / "elsewhere"
    folder.mkdir()
    other.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("CLEARLANE_DATABASE_URL", raising=False)
    (folder / "address").write_text(address, encoding="utf-8")
    monkeypatch.setenv(by, "address" if by.endswith("_FILE") else address)
    settings = Settings.from_environment()
    assert settings.database_url == address.replace("kept", f"{folder}/kept")
    given = told_to_the_server(other, settings, monkeypatch)
    assert Settings.from_environment(given) == settings


def test_an_address_with_a_password_stays_in_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLEARLANE_DATABASE_URL", raising=False)
    (tmp_path / "address").write_text("postgresql+psycopg://clearlane:s3cret@db/clearlane", encoding="utf-8")
    monkeypatch.setenv("CLEARLANE_DATABASE_URL_FILE", "address")
    given = told_to_the_server(tmp_path, Settings.from_environment(), monkeypatch)
    assert given["CLEARLANE_DATABASE_URL_FILE"] == str(tmp_path / "address")
    assert not [name for name, value in given.items() if "s3cret" in value]


def test_two_services_of_one_machine_keep_their_metrics_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server keeps them below its home, and empties that as it starts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BENTOML_HOME", raising=False)
    places = []
    for name in ("one", "two"):
        monkeypatch.setenv("CLEARLANE_HOME", str(tmp_path / name))
        places.append(told_to_the_server(tmp_path, Settings.from_environment(), monkeypatch)["BENTOML_HOME"])
    assert places == [str(tmp_path / name / "bentoml") for name in ("one", "two")]
    monkeypatch.setenv("BENTOML_HOME", "given")
    told = told_to_the_server(tmp_path, Settings.from_environment(), monkeypatch)
    assert told["BENTOML_HOME"] == str(tmp_path / "given")


def told_to_the_server(folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment with which the command becomes the server."""
    given: dict[str, str] = {}
    monkeypatch.setattr(os, "execve", lambda _path, _argv, environment: given.update(environment))
    parser = argparse.ArgumentParser()
    serve_command.configure(parser)
    serve_command.become_server("a:b", folder, settings, parser.parse_args([]))
    return given
