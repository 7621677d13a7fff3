"""The store as the settings say, for whoever writes to it: without the key of its log, entries would have no MAC."""

from __future__ import annotations

from features.settings import Settings
from serving.audit.keys import audit_key
from serving.store.store import Store


def open_store(settings: Settings) -> Store:
    """An open store; raises StoreError, and BadInputError where its address or the key is none."""
    return Store(settings.database_url, audit_key=audit_key(settings))
