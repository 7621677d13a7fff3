"""What the files of champions and policy are, in one text: another text, and there is something new to serve with."""

from __future__ import annotations

import hashlib
from pathlib import Path

from serving.champion_folder import INVOICES, KINDS, MANIFEST, RECOVERY


def fingerprint(models: Path, policy: Path | None = None) -> str:
    """A digest of the manifests, which name every other file of a model by its digest, and of the policy file.

    A manifest is written last, so a model that is still being copied does not change it. Files that are absent
    count as empty ones.
    """
    digest = hashlib.sha256()
    for kind in (*KINDS, RECOVERY, INVOICES):
        digest.update(_content(models / kind / MANIFEST))
    digest.update(_content(policy) if policy else b"")
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return b"-"
