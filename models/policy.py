"""The policy: a decision table in a TOML file that a finance lead can read and edit, checked when it is loaded.

Rows are read from the top, strict ones above lax ones, and the first that applies to an item decides. Where no row
applies the default does, which is never ``auto``: only an explicit row can allow an item to go without a person, and
then only under a live certificate and below the hard ceiling (``models.routing``).
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from features.errors import BadInputError
from features.settings import Settings
from models.policy_check import check
from models.policy_table import Policy

__all__ = ["DEFAULT", "Policy", "load_policy", "parse_policy", "policy_of"]

DEFAULT = Path(__file__).with_name("policy.toml")
LARGEST = 1024 * 1024  # bytes


def load_policy(path: Path | None = None) -> Policy:
    """The policy of a file; without one, that of ``CLEARLANE_POLICY``, else the one that ships with Clearlane.

    Raises BadInputError, which names the row, for unknown keys, rows that can never decide, strict rows below lax ones,
    gaps and overlaps of what goes by itself, and rows that would let items go unbounded.
    """
    where = path or Settings.from_environment().policy or DEFAULT
    try:
        data = where.read_bytes()
    except OSError as error:
        remedy = f"{error.strerror}; name a policy in TOML, as docs/policy.md shows"
        raise BadInputError("the policy cannot be read", where.name, remedy) from error
    if len(data) > LARGEST:
        raise BadInputError("the policy is too large", where.name)
    return parse_policy(data, where=where.name)


def parse_policy(data: bytes, *, where: str = "policy") -> Policy:
    """The policy of a TOML text; raises BadInputError as ``load_policy`` does."""
    try:
        table = tomllib.loads(data.decode("utf-8"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise BadInputError("the policy is no text in UTF-8", where, "save it as TOML in UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"the policy is not as it should be: {error}", where) from error
    return policy_of(table, where=where)


def policy_of(table: Mapping[str, Any], *, where: str = "policy") -> Policy:
    """The policy of a table of plain values; raises BadInputError as ``load_policy`` does."""
    try:
        policy = msgspec.convert(table, Policy)
    except msgspec.ValidationError as error:
        raise BadInputError(f"the policy is not as it should be: {error}", where) from error
    if policy.version:
        raise BadInputError("the policy states a version; it is a digest and cannot be set", where)
    check(policy, where=where)
    digest = hashlib.sha256(msgspec.json.encode(policy, order="deterministic")).hexdigest()
    return msgspec.structs.replace(policy, version=f"policy-{digest[:12]}")
