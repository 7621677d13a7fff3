"""What a process has loaded, which every score of it depends on: kept under a digest, and logged when it changes."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from features.settings import Settings
from models.certificates import Certificate
from models.policy import Policy
from serving.audit.chain import Entry, plain
from serving.champion_folder import INVOICES, KINDS, RECOVERY
from serving.champions import Champions

LIBRARIES: Final = ("clearlane", "lightgbm", "numpy", "scikit-learn")
ID_LENGTH: Final = 24


class InForce(Struct, frozen=True, omit_defaults=True):
    """All that a score and a lane depend on besides the item, and whether the log tells of every score."""

    models: dict[str, str]  # version by kind; a kind without a model is absent
    policy: Policy
    certificates: dict[str, tuple[Certificate, ...]]  # by kind, as they were issued
    tables: dict[str, str]  # SHA-256 of each of the user's tables, by its setting
    runtime: dict[str, str]  # versions of what computes
    answers_logged: bool = True  # scores too that are answered and not stored

    @property
    def versions(self) -> dict[str, str]:
        """In short, for the log."""
        certified = {f"certificates:{kind}": _digest(found)[:12] for kind, found in self.certificates.items()}
        silent = {} if self.answers_logged else {"answers": "not logged"}
        return {
            **self.models,
            "policy": self.policy.version,
            **certified,
            **self.tables,
            **self.runtime,
            **silent,
        }


def in_force(champions: Champions, settings: Settings) -> InForce:
    """What these champions are, with the tables that the settings name; certificates as they were issued."""
    recovery = champions.denial_recovery
    versions = {kind: champions.model_version(kind) for kind in (*KINDS, INVOICES)}
    versions[RECOVERY] = recovery.version if recovery else None
    return InForce(
        models={kind: found for kind, found in versions.items() if found is not None},
        policy=champions.policy,
        certificates={kind: tuple(found) for kind, found in champions.certificates.items()},
        tables=tables_of(settings),
        runtime=runtime(),
        answers_logged=settings.audit_answers,
    )


def tables_of(settings: Settings) -> dict[str, str]:
    """The SHA-256 of each table that the settings name, over all of its files where it is a folder; raises OSError."""
    named = {
        "CLEARLANE_CODE_PAIRS": settings.code_pairs,
        "CLEARLANE_COVERAGE": settings.coverage,
        "CLEARLANE_DENIAL_LIMITS": settings.denial_limits,
    }
    return {name: _of_files(_files(path)) for name, path in named.items() if path is not None}


def runtime() -> dict[str, str]:
    """What computes here: another version of it may round otherwise."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        **{name: _version(name) for name in LIBRARIES},
    }


def _version(name: str) -> str:
    """A Bento carries our own code without its package."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def encoded(found: InForce) -> bytes:
    """The same bytes for the same content."""
    return msgspec.json.encode(found, order="deterministic")


def identity(body: bytes) -> str:
    """The id under which a configuration is kept."""
    return hashlib.sha256(body).hexdigest()[:ID_LENGTH]


def with_identity(champions: Champions, settings: Settings) -> tuple[Champions, bytes]:
    """The champions, who from now on say in every score what was in force, and what is to be kept of that."""
    body = encoded(in_force(champions, settings))
    return replace(champions, in_force=identity(body)), body


def change_entry(before: bytes | None, now: bytes) -> Entry:
    """That what is in force has changed: the versions that did, before and after."""
    was, is_ = _versions(before), _versions(now)
    changed = sorted(name for name in was.keys() | is_.keys() if was.get(name) != is_.get(name))
    return Entry(
        "in-force",
        identity(now),
        before=plain(**{name: was[name] for name in changed if name in was}) if before else None,
        after=plain(**{name: is_[name] for name in changed if name in is_}),
        policy=is_.get("policy"),
    )


def _versions(body: bytes | None) -> Mapping[str, str]:
    return DECODER.decode(body).versions if body else {}


def _digest(found: Sequence[Certificate]) -> str:
    return hashlib.sha256(msgspec.json.encode(tuple(found), order="deterministic")).hexdigest()


def _files(path: Path) -> list[Path]:
    return sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]


def _of_files(paths: Sequence[Path]) -> str:
    whole = hashlib.sha256()
    for path in paths:
        data = path.read_bytes()
        whole.update(len(data).to_bytes(8, "big"))
        whole.update(data)
    return whole.hexdigest()


DECODER = msgspec.json.Decoder(InForce)
