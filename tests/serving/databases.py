"""Databases for tests: SQLite, and a PostgreSQL of our own where its programs are installed.

``CLEARLANE_TEST_DATABASE=postgresql`` (``make test-postgres``) has every test of the service run on PostgreSQL. By
default they run on SQLite, and those of the store itself on both.
"""

from __future__ import annotations

import os

CHOSEN = os.environ.get("CLEARLANE_TEST_DATABASE") or None
KINDS = (CHOSEN,) if CHOSEN else ("sqlite", "postgresql")
"""The first is that of the tests for which any will do."""
