"""No address is sent to that the settings do not allow, and none that leads to a private network by another way."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from features.errors import BadInputError
from serving.outbox import sending
from serving.outbox.addresses import Allowed, NotAllowedError, shown
from serving.outbox.sending import Letter, attempt
from serving.outbox.settings import OutboxSettings
from tests.serving.outbox.desk import SECRET_TEXT
from tests.support.receiver import receiving

ENTRIES = "erp.example.org, https://engine.example.org:8443/hooks/, http://10.1.2.3:8080/in/, 10.1.0.0/16"


@pytest.mark.parametrize(
    "address",
    [
        "https://erp.example.org",
        "https://erp.example.org/a/b?c=d",
        "https://erp.example.org:443/a",
        "https://engine.example.org:8443/hooks/1",
        "http://10.1.2.3:8080/in/batches",
    ],
)
def test_what_an_entry_names_may_be_sent_to(address: str) -> None:
    assert Allowed.of(ENTRIES).check(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://erp.example.org/",
        "https://erp.example.org:8443/",
        "https://erp.example.org.evil.test/",
        "https://evil.test/erp.example.org",
        "https://erp.example.org@evil.test/",
        "https://erp.example.org:x@evil.test/",
        "https://evil.test#erp.example.org",
        "https://erp.example.org/#a",
        "https://erp.example.org\\@evil.test/",
        "https://erp.example.org/%2e%2e/x",
        "https://engine.example.org:8443/hooks/../admin",
        "https://engine.example.org:8443/hooks/%2E%2E/admin",
        "https://engine.example.org:8443/hooks%2f..%2fadmin",
        "https://engine.example.org:8443/hooksmore",
        "https://engine.example.org:8443//hooks/",
        "http://10.1.2.3:8080/",
        "http://10.1.2.4:8080/in/",
        "http://0x0a010203:8080/in/",
        "http://167838211:8080/in/",
        "http://[::ffff:10.1.2.3]:8080/in/",
        "file:///etc/passwd",
        "gopher://erp.example.org/",
        "https:/erp.example.org/",
        "//erp.example.org/",
        "https://erp.example.org/\r\nHost: evil.test",
        "https://erp.ex\u0430mple.org/",
        "https://erp.example.org/" + "a" * 2000,
        "",
    ],
)
def test_nothing_else_may(address: str) -> None:
    with pytest.raises(NotAllowedError):
        Allowed.of(ENTRIES).check(address)


def test_by_default_nothing_may() -> None:
    with pytest.raises(NotAllowedError):
        Allowed.of("").check("https://erp.example.org/")


@pytest.mark.parametrize(
    "found",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104 - refused
        "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "::",
        "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:a00:1::1", "64:ff9b:1::a00:1", "::10.0.0.1",
    ],
)  # fmt: skip
def test_a_name_that_leads_to_a_private_network_needs_it_as_an_entry(found: str) -> None:
    with pytest.raises(NotAllowedError):
        Allowed.of(ENTRIES).reachable([found])
    with pytest.raises(NotAllowedError):
        Allowed.of(ENTRIES).reachable(["93.184.216.34", found])
    assert Allowed.of(ENTRIES).reachable(["93.184.216.34"]) == "93.184.216.34"
    assert Allowed.of(ENTRIES).reachable(["10.1.9.9"]) == "10.1.9.9"


def letter(target: str) -> Letter:
    return Letter("d", "e", target, b"{}", 0, datetime.now(UTC))


def test_an_attempt_asks_where_a_name_leads_and_connects_nowhere_else() -> None:
    with receiving() as receiver:
        port = receiver.address.rpartition(":")[2]
        target = f"http://localhost:{port}/in"

        def tried(entries: str) -> sending.Answered:
            allowed = Allowed.of(entries)
            return asyncio.run(attempt(letter(target), allowed=allowed, secrets=(b"k" * 24,)))

        assert tried(f"http://localhost:{port}/").error == "not-allowed"
        assert tried("localhost, 127.0.0.0/8, ::1").error == "not-allowed"
        assert receiver.came == []
        assert tried(f"http://localhost:{port}/, 127.0.0.0/8, ::1").error in (
            None,
            "no-connection",
        )  # IPv6 first
        assert tried(f"http://127.0.0.1:{port}/, 127.0.0.0/8").error == "not-allowed"


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver, receiving() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.address)
        monkeypatch.setenv("ALL_PROXY", proxy.address)
        allowed = Allowed.of(f"{receiver.address}/, 127.0.0.1")
        done = asyncio.run(attempt(letter(f"{receiver.address}/"), allowed=allowed, secrets=(b"k" * 24,)))
        assert (done.status, proxy.came, len(receiver.came)) == (204, [], 1)


def test_settings_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET_TEXT}\n", encoding="utf-8")
    given = {
        "CLEARLANE_CALLBACKS": "erp.example.org",
        "CLEARLANE_EVENTS_TO": "https://erp.example.org/in",
        "CLEARLANE_EVENTS_SECRET_FILE": str(tmp_path / "secret"),
    }
    settings = OutboxSettings.from_environment(given)
    assert settings.subscribers == ("https://erp.example.org/in",)
    assert settings.secrets == (b"0123456789abcdef0123456789abcdef",)
    assert OutboxSettings.from_environment({}) == OutboxSettings()


@pytest.mark.parametrize(
    "given",
    [
        {"CLEARLANE_CALLBACKS": "erp.example.org"},
        {"CLEARLANE_EVENTS_TO": "https://erp.example.org/in", "CLEARLANE_EVENTS_SECRET": SECRET_TEXT},
        {"CLEARLANE_CALLBACKS": "erp.example.org", "CLEARLANE_EVENTS_SECRET": "plain words"},
        {"CLEARLANE_CALLBACKS": "erp.example.org", "CLEARLANE_EVENTS_SECRET": "whsec_c2hvcnQ="},
        {"CLEARLANE_CALLBACKS": "https://erp.example.org/?a=b", "CLEARLANE_EVENTS_SECRET": SECRET_TEXT},
        {"CLEARLANE_CALLBACKS": "not a host", "CLEARLANE_EVENTS_SECRET": SECRET_TEXT},
        {"CLEARLANE_EVENTS_SECRET": SECRET_TEXT, "CLEARLANE_EVENTS_SECRET_FILE": "x"},
        {"CLEARLANE_EVENTS_SECRET_FILE": "/nowhere/at/all"},
    ],
)
def test_settings_that_cannot_be_meant_are_refused_without_quoting_a_secret(given: dict[str, str]) -> None:
    with pytest.raises(BadInputError) as caught:
        OutboxSettings.from_environment(given)
    assert "plain words" not in str(caught.value)
    assert "whsec_c2" not in str(caught.value)


def test_people_see_the_host_of_an_address_alone() -> None:
    assert shown("https://erp.example.org:8443/in/abc?token=x") == "https://erp.example.org:8443"
