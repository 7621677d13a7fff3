"""API keys: made once, kept as a digest, known again, and useless once expired or revoked."""

from __future__ import annotations

import argparse
import getpass
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from features.errors import BadInputError, ConflictError, NotFoundError
from features.settings import Settings
from serving import access_command
from serving.access.actor import current_actor
from serving.access.key_ring import FRESH_SECONDS
from serving.access.keys import ApiKey, make_key, split
from serving.store.access import AccessStore
from serving.store.audit_reading import AuditStore
from serving.store.store import Store
from tests.support import earlier_stores

AT = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)
ENGINE = frozenset({"engine"})


def secret_of(key: str) -> str:
    found = split(key)
    assert found
    return found[1]


def run(*argv: str) -> int:
    parser = argparse.ArgumentParser()
    access_command.configure(parser)
    return access_command.run(parser.parse_args(argv))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, default_url: str) -> Path:
    monkeypatch.setenv("CLEARLANE_HOME", str(tmp_path))
    monkeypatch.setenv("CLEARLANE_DATABASE_URL", default_url)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def kept() -> list[ApiKey]:
    store = Store(Settings.from_environment().database_url)
    try:
        return AccessStore.of(store).every_key()
    finally:
        store.close()


def test_a_key_is_opened_by_its_own_secret_alone() -> None:
    key, own = make_key("engine-a", ENGINE, None, at=AT)
    other, _ = make_key("engine-b", ENGINE, None, at=AT)
    assert own.is_opened_by(secret_of(key))
    assert not own.is_opened_by(secret_of(other))
    assert not own.is_opened_by(secret_of(key)[:-1])


def test_the_same_secret_looks_different_under_another_salt() -> None:
    _, one = make_key("engine-a", ENGINE, None, at=AT)
    assert one.digest not in (one.salt, b"")
    assert len(one.digest) == 32
    assert len(one.salt) == 16


def test_a_key_is_good_until_it_expires_or_is_revoked() -> None:
    _, key = make_key("ann", frozenset({"reviewer"}), None, at=AT, expires_at=AT + timedelta(days=1))
    assert key.is_good(AT + timedelta(hours=23))
    assert (key.is_good(AT + timedelta(days=1)), key.state(AT + timedelta(days=1))) == (False, "expired")


@pytest.mark.parametrize(
    "name", ["", "anonymous", "clearlane", "nobody", "payer", "NOBODY", "a\nb", "x" * 81, " a", "<b>"]
)
def test_a_name_that_could_not_stand_in_a_log_is_refused(name: str) -> None:
    with pytest.raises(BadInputError, match="name of an actor"):
        make_key(name, ENGINE, None, at=AT)


def test_a_key_without_a_role_or_with_an_unknown_one_or_with_no_facility_is_refused() -> None:
    for roles in (frozenset[str](), frozenset({"root"})):
        with pytest.raises(BadInputError, match="roles"):
            make_key("a", roles, None, at=AT)
    for facilities in (frozenset[str](), frozenset({"1234567893' OR 1=1"})):
        with pytest.raises(BadInputError, match="no facility"):
            make_key("a", ENGINE, facilities, at=AT)


@pytest.mark.parametrize("given", ["", "clk_", "clk_0123456789ab_", "clk_0123456789AB_" + "x" * 43, "x" * 60])
def test_what_is_no_key_is_not_taken_apart(given: str) -> None:
    assert split(given) is None


def test_a_store_keeps_keys_as_they_are(url: str) -> None:
    store = Store(url)
    keys = AccessStore.of(store)
    _, own = make_key("ann", ENGINE, frozenset({"1234567893"}), at=AT, expires_at=AT + timedelta(days=90))
    keys.add(own)
    assert keys.every_key() == [own]
    with pytest.raises(ConflictError, match="name is in use"):
        keys.add(make_key("ann", ENGINE, None, at=AT)[1])
    keys.note_use([own.id], date(2024, 4, 3))
    keys.note_use([own.id], date(2024, 4, 2))  # by a worker that is late
    assert keys.every_key()[0].last_used == date(2024, 4, 3)
    keys.revoke("ann", AT)
    assert not keys.every_key()[0].is_good(AT)
    with pytest.raises(NotFoundError):
        keys.revoke("ann", AT)
    keys.add(make_key("ann", ENGINE, None, at=AT)[1])
    store.close()


def test_the_command_shows_a_key_once_and_the_store_never_holds_it(
    home: Path, default_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("add-key", "billing", "--role", "engine", "--facility", "1234567893", "--expires", "90") == 0
    (key,) = re.findall(r"^clk_\S+$", capsys.readouterr().out, re.MULTILINE)
    (own,) = kept()
    assert own.is_opened_by(secret_of(key))
    assert own.facilities == frozenset({"1234567893"})
    assert secret_of(key).encode() not in b"".join(
        path.read_bytes() for path in home.iterdir() if path.is_file()
    )
    assert secret_of(key) not in str(earlier_stores.contents(default_url))
    assert run("list") == 0
    listed = capsys.readouterr().out
    assert "billing" in listed
    assert "active" in listed
    assert secret_of(key) not in listed
    assert run("revoke", "billing") == 0
    assert f"within {FRESH_SECONDS:.0f} s" in capsys.readouterr().out
    assert run("list") == 0
    assert "revoked" in capsys.readouterr().out


def actors() -> list[str]:
    """Of the entries of keys, oldest first."""
    store = Store(Settings.from_environment().database_url)
    try:
        return [one.actor for one in AuditStore.of(store).entries() if one.action == "access"]
    finally:
        store.close()


@pytest.mark.usefixtures("home")
def test_the_log_says_who_made_and_revoked_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "bob")
    run("add-key", "billing", "--role", "engine", "--by", "Ann Lead")
    run("revoke", "billing")
    assert actors() == ["Ann Lead", "bob"]
    assert current_actor().name == "clearlane"


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", ["nobody", "clearlane", "CORP\\bob", KeyError("no such user")])
def test_a_user_without_a_name_that_a_key_could_have_is_the_service(
    monkeypatch: pytest.MonkeyPatch, name: str | KeyError
) -> None:
    def user() -> str:
        if isinstance(name, KeyError):
            raise name
        return name

    monkeypatch.setattr(getpass, "getuser", user)
    run("add-key", "billing", "--role", "engine")
    assert actors() == ["clearlane"]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", ["", "payer", "a\nb", "x" * 81])
def test_by_is_a_name_that_a_key_could_have(name: str) -> None:
    with pytest.raises(BadInputError, match=r"--by"):
        run("add-key", "billing", "--role", "engine", "--by", name)
    assert kept() == []


@pytest.mark.usefixtures("home")
def test_the_command_says_what_is_wrong() -> None:
    with pytest.raises(BadInputError, match="a day or more"):
        run("add-key", "billing", "--role", "engine", "--expires", "0")
    with pytest.raises(NotFoundError, match="no such key"):
        run("revoke", "nobody")
    assert kept() == []
