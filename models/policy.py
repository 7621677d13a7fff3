"""The policy: a decision table in a JSON file that a finance lead can read and edit, checked when it is loaded.

Every row that applies to an item counts, and the strictest lane of them wins. Where no row applies the default does,
which is never ``auto``: only an explicit row can allow an item to go without a person, and then only under a live
certificate and below the hard ceiling (``models.routing``).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from features.errors import BadInputError
from models.policy_check import check
from models.policy_table import Policy

__all__ = ["DEFAULT", "Policy", "load_policy", "parse_policy"]

DEFAULT = Path(__file__).with_name("policy.json")
LARGEST = 1024 * 1024  # bytes


def load_policy(path: Path | None = None) -> Policy:
    """The policy of a file, or the one that ships with Clearlane.

    Raises BadInputError, which names the row, for unknown keys, rows that can never decide, gaps and overlaps, and
    rows that would let items go unbounded.
    """
    where = path or DEFAULT
    try:
        data = where.read_bytes()
    except OSError as error:
        raise BadInputError("the policy cannot be read", where.name) from error
    if len(data) > LARGEST:
        raise BadInputError("the policy is too large", where.name)
    return parse_policy(data, where=where.name)


def parse_policy(data: bytes, *, where: str = "policy") -> Policy:
    """The policy of a JSON text; raises BadInputError as ``load_policy`` does."""
    try:
        policy = msgspec.json.decode(data, type=Policy)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInputError(f"the policy is not as it should be: {error}", where) from error
    if policy.version:
        raise BadInputError("the policy states a version; it is a digest and cannot be set", where)
    check(policy, where=where)
    digest = hashlib.sha256(msgspec.json.encode(policy, order="deterministic")).hexdigest()
    return msgspec.structs.replace(policy, version=f"policy-{digest[:12]}")
