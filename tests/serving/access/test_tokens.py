"""Bearer tokens: what a provider signed is taken, and nothing that an attacker can make up."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from features.errors import BadInputError
from serving.access.actor import Actor
from serving.access.jwks import RETRY_SECONDS, JsonWebKeys, KeysUnknownError, keys_of
from serving.access.tokens import LARGEST, BadTokenError, Tokens, TokenSettings
from training.benchmarks.service.listening import listening

NOW = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)
ISSUER, AUDIENCE = "https://idp.example", "clearlane"
RSA = rsa.generate_private_key(65537, 2048)
OTHER_RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()
ALGORITHMS = {"RS256": RSA, "ES256": EC, "EdDSA": ED}


def jwk(key: Any, kid: str | None, **more: Any) -> dict[str, Any]:
    kind = {rsa.RSAPrivateKey: "RS256", ec.EllipticCurvePrivateKey: "ES256"}
    name = next((name for type_, name in kind.items() if isinstance(key, type_)), "EdDSA")
    found = json.loads(jwt.get_algorithm_by_name(name).to_jwk(key.public_key()))
    return {**found, **({"kid": kid} if kid else {}), "use": "sig", **more}


def document(**keys: Any) -> bytes:
    return json.dumps({"keys": [jwk(key, kid) for kid, key in keys.items()]}).encode()


def claims(**changes: Any) -> dict[str, Any]:
    plain = {
        "sub": "ann", "iss": ISSUER, "aud": AUDIENCE, "roles": ["reviewer"],
        "exp": int((NOW + timedelta(minutes=5)).timestamp()),
    }  # fmt: skip
    return {name: value for name, value in {**plain, **changes}.items() if value is not None}


def token(key: Any = RSA, algorithm: str = "RS256", kid: str | None = "RS256", **changes: Any) -> str:
    headers = {"kid": kid} if kid is not None else {}
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers=headers)


def settings(source: str, **changes: Any) -> TokenSettings:
    return TokenSettings(source, ISSUER, AUDIENCE, **changes)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "jwks.json"
    path.write_bytes(document(**ALGORITHMS))
    return path


@pytest.fixture
def tokens(source: Path) -> Tokens:
    return Tokens(settings(str(source)), JsonWebKeys(str(source)), lambda: NOW)


def actor(tokens: Tokens, given: str) -> Actor:
    return asyncio.run(tokens.actor_of(given))


def refused(tokens: Tokens, given: str) -> str:
    with pytest.raises(BadTokenError) as caught:
        asyncio.run(tokens.actor_of(given))
    return str(caught.value)


def part(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_by_each_algorithm_is_taken_and_says_who_asks(tokens: Tokens, algorithm: str) -> None:
    given = token(ALGORITHMS[algorithm], algorithm, algorithm, roles=["lead", "of-another-service"])
    assert actor(tokens, given) == Actor("ann", frozenset({"lead"}), None)
    assert actor(tokens, given) == Actor("ann", frozenset({"lead"}), None)  # from memory


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", ""])
def test_a_token_without_a_signature_is_refused_however_it_says_so(tokens: Tokens, name: str) -> None:
    for kid in ({"kid": "RS256"}, {}):
        for signature in ("", part(b"x")):
            refused(tokens, f"{part({'alg': name, **kid})}.{part(claims())}.{signature}")


@pytest.mark.parametrize("form", [Encoding.PEM, Encoding.DER])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_an_hmac_with_the_public_key_is_refused(tokens: Tokens, form: Encoding, digest: str) -> None:
    secret = RSA.public_key().public_bytes(form, PublicFormat.SubjectPublicKeyInfo)
    head = {"alg": f"HS{digest[3:]}", "kid": "RS256", "typ": "JWT"}
    signed = f"{part(head)}.{part(claims())}"
    made = hmac.new(secret, signed.encode(), getattr(hashlib, digest)).digest()
    assert refused(tokens, f"{signed}.{part(made)}") == "InvalidAlgorithmError"


def test_a_key_is_good_for_its_own_algorithm_alone(tokens: Tokens) -> None:
    for algorithm in ("RS384", "RS512", "PS256"):
        assert refused(tokens, token(RSA, algorithm)) == "InvalidAlgorithmError"
    assert refused(tokens, token(EC, "ES256", kid="RS256")) == "InvalidAlgorithmError"
    refused(tokens, token(OTHER_RSA))


def test_another_signature_or_another_body_is_refused(tokens: Tokens) -> None:
    head, body, signature = token().split(".")
    better = part(claims(roles=["admin"]))
    refused(tokens, f"{head}.{better}.{signature}")
    refused(tokens, f"{head}.{body}.{signature[:-6]}AAAAAA")
    refused(tokens, f"{head}.{body}.")
    refused(tokens, f"{head}.{body}")
    refused(
        tokens, token(EC, "ES256", kid="ES256").rsplit(".", 1)[0] + "." + part(bytes(64))
    )  # CVE-2022-21449


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"}, {"aud": None}, {"aud": ["another"]}, {"aud": ""}, {"aud": {"clearlane": 1}},
        {"iss": "https://idp.example.evil"}, {"iss": None}, {"iss": [ISSUER]},
        {"exp": None}, {"exp": "tomorrow"}, {"exp": True}, {"exp": 10**30},
        {"exp": int((NOW - timedelta(seconds=31)).timestamp())},
        {"nbf": int((NOW + timedelta(seconds=31)).timestamp())},
        {"iat": int((NOW + timedelta(hours=1)).timestamp())},
        {"sub": None}, {"sub": 7}, {"sub": ""}, {"sub": "a\nb"}, {"sub": "x" * 81},
        {"sub": "anonymous"}, {"sub": "clearlane"}, {"sub": "nobody"}, {"sub": "payer"}, {"sub": "Payer"},
        {"sub": "an\u202en"}, {"sub": "an\u200bn"}, {"sub": "\ufeffann"}, {"sub": "ann\u2028"}, {"sub": "ann\x9b"},
        {"sub": "ann "}, {"sub": "\u00a0ann"}, {"sub": "\ud800"},
    ],
)  # fmt: skip
def test_a_token_for_others_or_of_another_time_or_of_nobody_is_refused(
    tokens: Tokens, changes: dict[str, Any]
) -> None:
    body = claims(**changes)
    head = {"alg": "RS256", "kid": "RS256"}
    signed = f"{part(head)}.{part(body)}".encode()
    made = jwt.get_algorithm_by_name("RS256").sign(signed, RSA)
    refused(tokens, f"{signed.decode()}.{part(made)}")


@pytest.mark.parametrize("name", ["ann", "Ann Müller", "安娜", "auth0|5f7c8ec7c33c6c004bbafe82"])
def test_a_name_may_be_any_text_that_is_seen(tokens: Tokens, name: str) -> None:
    assert actor(tokens, token(sub=name)).name == name


def test_clocks_may_differ_a_little_and_a_remembered_token_still_expires(source: Path) -> None:
    now = [NOW]
    tokens = Tokens(settings(str(source)), JsonWebKeys(str(source)), lambda: now[0])
    given = token(exp=int(NOW.timestamp()), nbf=int(NOW.timestamp()) + 29)
    assert actor(tokens, given).name == "ann"
    now[0] = NOW + timedelta(seconds=31)
    assert refused(tokens, given) == "expired"


@pytest.mark.parametrize(
    "kid",
    [
        "../../../../dev/null", "/etc/passwd", "file:///etc/passwd", "https://evil.example/jwks.json",
        "RS256' OR '1'='1", "RS256\x00", "rs256", "", "x" * 4000,
    ],
)  # fmt: skip
def test_a_key_id_is_looked_up_and_nothing_else_is_done_by_it(tokens: Tokens, kid: str) -> None:
    assert "no key" in refused(tokens, token(kid=kid))


def test_keys_that_a_token_brings_or_points_to_are_not_used(tokens: Tokens) -> None:
    own = {"jwk": jwk(OTHER_RSA, "RS256"), "jku": "https://evil.example/k", "x5u": "https://evil.example/c"}
    given = jwt.encode(claims(), OTHER_RSA, algorithm="RS256", headers={"kid": "RS256", **own})
    assert refused(tokens, given) == "InvalidSignatureError"
    critical = jwt.encode(claims(), RSA, algorithm="RS256", headers={"kid": "RS256", "crit": ["exp"]})
    refused(tokens, critical)


@pytest.mark.parametrize(
    "given",
    ["", ".", "..", "...", "a.b.c", "\xff.x.y", part(b"[") + ".x.y", part([1]) + ".x.y", "x" * (LARGEST + 1),
     part({"alg": "RS256", "kid": 7}) + ".x.y", part(b'{"alg":' + b"[" * 2000) + ".x.y"],
)  # fmt: skip
def test_what_is_no_token_is_refused(tokens: Tokens, given: str) -> None:
    refused(tokens, given)


def test_a_huge_token_is_refused_though_it_is_signed(tokens: Tokens) -> None:
    assert refused(tokens, token(more="x" * LARGEST)) == "too large"


def test_claims_have_the_names_that_the_settings_give(source: Path) -> None:
    named = settings(
        str(source), name_claim="preferred_username", roles_claim="realm_access.roles", facilities_claim="npi"
    )
    tokens = Tokens(named, JsonWebKeys(str(source)), lambda: NOW)
    more = {"preferred_username": "ann.smith", "realm_access": {"roles": ["lead"]}, "roles": ["admin"]}
    given = actor(tokens, token(npi="1234567893 1245319599", **more))
    assert given == Actor("ann.smith", frozenset({"lead"}), frozenset({"1234567893", "1245319599"}))
    assert actor(tokens, token(npi=["*"], **more)).facilities is None
    for nothing in (None, [], 7, {"1234567893": True}):
        assert actor(tokens, token(npi=nothing, **more)).facilities == frozenset()
    refused(tokens, token(npi=["not a facility"], **more))


@pytest.mark.parametrize("roles", [None, 7, {"admin": True}, [["admin"]], "", "administrator"])
def test_roles_that_are_none_give_no_role(tokens: Tokens, roles: Any) -> None:
    assert actor(tokens, token(roles=roles)).roles == frozenset()


class TestKeys:
    """Which keys of a provider's document are used."""

    @pytest.mark.parametrize(
        "bad",
        [
            {"kty": "oct", "k": part(b"secret" * 8), "kid": "a", "alg": "HS256"},
            jwk(rsa.generate_private_key(65537, 1024), "a"),  # noqa: S505 - refused for it
            jwk(ec.generate_private_key(ec.SECP384R1()), "a"),
            jwk(RSA, "a", use="enc"),
            jwk(RSA, "a", alg="RS512"),
            jwk(RSA, "a", key_ops=["sign"]),
            {"kty": "RSA", "kid": "a"},
            7,
        ],
    )
    def test_secret_weak_and_foreign_keys_are_left_out(self, bad: Any) -> None:
        found, single = keys_of(json.dumps({"keys": [bad, jwk(EC, "good")]}).encode())
        assert set(found) == {"good"}
        assert single is not None
        with pytest.raises(KeysUnknownError):
            keys_of(json.dumps({"keys": [bad]}).encode())

    @pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"keys": 7}', b'{"keys": []}', b"<html>", b"\xff"])
    def test_what_is_no_set_of_keys_is_refused(self, text: bytes) -> None:
        with pytest.raises(KeysUnknownError):
            keys_of(text)

    def test_a_token_without_an_id_is_for_a_provider_with_one_key(
        self, tokens: Tokens, tmp_path: Path
    ) -> None:
        assert "no key" in refused(tokens, token(kid=None))
        alone = tmp_path / "alone.json"
        alone.write_bytes(document(one=RSA))
        assert (
            actor(Tokens(settings(str(alone)), JsonWebKeys(str(alone)), lambda: NOW), token(kid=None)).name
            == "ann"
        )

    @pytest.mark.parametrize("source", ["http://idp.example/keys", "ftp://idp.example/keys", "https:///keys"])
    def test_keys_come_over_https_or_from_a_file(self, source: str) -> None:
        with pytest.raises(BadInputError):
            JsonWebKeys(source)


@pytest.fixture
def provider() -> Iterator[tuple[str, list[bytes], list[int]]]:
    """The address of a provider, the documents that it serves (the last one), and its answers' statuses."""
    documents, statuses = [document(RS256=RSA)], []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = 200 if documents else 500
            statuses.append(status)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(documents[-1] if documents else b"")

        def log_message(self, *_: Any) -> None:
            pass

    with listening(Handler) as port:
        yield f"http://127.0.0.1:{port}/jwks", documents, statuses


def test_rotated_keys_are_read_again_but_unknown_ids_do_not_make_us_ask_often(
    provider: tuple[str, list[bytes], list[int]],
) -> None:
    address, documents, statuses = provider
    now = [0.0]
    tokens = Tokens(settings(address), JsonWebKeys(address, clock=lambda: now[0]), lambda: NOW)
    assert actor(tokens, token()).name == "ann"
    documents.append(document(new=OTHER_RSA))
    for _ in range(20):
        refused(tokens, token(OTHER_RSA, kid="new"))
    assert len(statuses) == 1
    now[0] += RETRY_SECONDS + 1
    assert actor(tokens, token(OTHER_RSA, kid="new")).name == "ann"
    assert "no key" in refused(tokens, token())  # by the key that was withdrawn, though it was remembered
    assert len(statuses) == 2


def test_while_the_provider_does_not_answer_the_last_keys_serve_for_a_day(
    provider: tuple[str, list[bytes], list[int]],
) -> None:
    address, documents, _ = provider
    now = [0.0]
    tokens = Tokens(settings(address), JsonWebKeys(address, clock=lambda: now[0]), lambda: NOW)
    assert actor(tokens, token()).name == "ann"
    documents.clear()
    now[0] += 3600
    assert actor(tokens, token()).name == "ann"
    now[0] += 24 * 3600
    with pytest.raises(KeysUnknownError):
        asyncio.run(tokens.actor_of(token()))


def test_a_document_without_end_is_not_read_to_its_end(provider: tuple[str, list[bytes], list[int]]) -> None:
    address, documents, _ = provider
    documents.append(b" " * 1_000_000)
    with pytest.raises(KeysUnknownError, match="too large"):
        JsonWebKeys(address).read()
