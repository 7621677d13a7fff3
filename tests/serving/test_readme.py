"""What the README says of the API is so: its examples and scratch files; the addresses stand in the reference."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch
from pathlib import Path

import msgspec
import pytest

from serving.contract.endpoints import ENDPOINTS
from serving.inputs import DecisionInput
from tests.support.asgi_client import AsgiClient
from tests.support.builders import make_claim, make_claim_payment
from tests.support.small_x12 import professional

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL))
RECORDS = {"claim.json": make_claim(), "payment.json": make_claim_payment()}


def bodies(path: str) -> list[bytes]:
    """The JSON that the README sends to an address, with records in place of ``$(cat file)``."""
    found = re.findall(rf"curl[^\n]*:3000{path} .*?-d (\"(?:\\.|[^\"\\])*\"|'[^']*')", EXAMPLES, re.DOTALL)
    plain = [text[1:-1].replace('\\"', '"') for text in found]
    return [
        re.sub(r"\$\(cat (\S+)\)", lambda name: msgspec.json.encode(RECORDS[name[1]]).decode(), text).encode()
        for text in plain
    ]


def test_the_reference_tells_of_every_address_of_the_api() -> None:
    reference = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for endpoint in ENDPOINTS:
        assert f"| `{endpoint.method} {endpoint.path}` |" in reference


def test_the_readme_tells_of_every_field_and_action_of_a_decision() -> None:
    for word in (*DecisionInput.__struct_fields__, "accept", "choose", "none"):
        assert word in README


@pytest.mark.parametrize("path", ["/v1/denial-risk", "/v1/remittance-match"])
def test_the_scoring_examples_of_the_readme_are_answered(client: AsgiClient, path: str) -> None:
    (body,) = bodies(path)
    answer = client.post_json(path, body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["items"][0]["lane"]


def test_the_decision_example_of_the_readme_is_taken(client: AsgiClient) -> None:
    client.post_file(professional())
    (row,) = client.get("/v1/items?status=all&kind=denial-risk&limit=1").json()["rows"]
    etag = client.get(f"/v1/items/{row['id']}").headers["etag"]
    version = etag.partition("-")[0] + '"'
    assert f"-H 'If-Match: {version}'" in EXAMPLES
    (body,) = bodies("/v1/items/[0-9a-f]{24}/decision")
    answer = client.post_json(f"/v1/items/{row['id']}/decision", body, **{"If-Match": version})
    assert answer.status_code == 200, answer.text
    assert answer.json()["decided"]["decision"]["action"] == json.loads(body)["action"]


def test_the_examples_pick_claims_and_payments_and_never_a_problem() -> None:
    for record, kind in ((make_claim(), "claim"), (make_claim_payment(), "claim_payment")):
        wanted = f'"kind":"{kind}"'
        assert f"grep -m 1 '{wanted}'" in EXAMPLES
        assert wanted in msgspec.json.encode(record).decode()


def test_git_ignores_the_files_that_the_examples_write() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    written = [f"/{name}" for name in re.findall(r"> (\w+\.\w+)", EXAMPLES)]
    written += [f"/{name}/" for name in re.findall(r"--out (\w+)", EXAMPLES)]
    assert {"/claim.json", "/payment.json", "/network/"} <= set(written)
    for name in (*written, "/claims.837", "/remittance.835"):
        assert any(fnmatch(name, pattern) for pattern in ignored), name
