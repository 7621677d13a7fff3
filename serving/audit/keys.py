"""The key of the audit log's MACs, which is kept out of the database and of every message."""

from __future__ import annotations

from typing import Final

from features.errors import BadInputError
from features.settings import Settings

SHORTEST: Final = 16  # bytes; a shorter one could be guessed


def audit_key(settings: Settings) -> bytes | None:
    """The key that the settings give or name a file of, without blanks around it; None where there is none.

    Raises BadInputError for one that is given twice, cannot be read or is too short.

    >>> from pathlib import Path
    >>> here = Settings(Path(), "", Path(), "", audit_key="sixteen letters.")
    >>> audit_key(here)
    b'sixteen letters.'
    """
    name, path = "CLEARLANE_AUDIT_KEY", settings.audit_key_file
    if path is None and settings.audit_key is None:
        return None
    if path is not None and settings.audit_key is not None:
        raise BadInputError("the key of the audit log is given twice", name, f"set {name} or {name}_FILE")
    try:
        text = path.read_text(encoding="utf-8") if path else settings.audit_key or ""
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError("the key of the audit log cannot be read", f"{name}_FILE") from error
    key = text.strip().encode()
    if len(key) < SHORTEST:
        raise BadInputError(
            f"the key of the audit log is shorter than {SHORTEST} bytes",
            f"{name}_FILE" if path else name,
            "draw one, as by: openssl rand -hex 32",
        )
    return key
