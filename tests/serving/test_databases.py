"""A test that names SQLite itself would stay there when all others run on PostgreSQL, so few may."""

from __future__ import annotations

import ast
from pathlib import Path

TESTS = Path(__file__).parent.parent
ABOUT_SQLITE = {
    "serving/audit/test_replay.py": "a file that is not made",
    "serving/audit/test_running.py": "where the service puts its store by itself",
    "serving/audit/test_stored_log.py": "text that is none, which PostgreSQL refuses",
    "serving/migrations/test_not_replaced.py": "REPLACE, which PostgreSQL has not",
    "serving/migrations/test_running.py": "how SQLite changes a table",
    "serving/migrations/test_store_command.py": "a backup of the file and its journal",
    "serving/postings/test_any_sequence.py": "on each database by a test of its own",
    "serving/test_serve_command.py": "an address that is a path",
    "serving/test_store.py": "how SQLite plans a query",
    "support/databases.py": "makes them",
}


def names_sqlite(path: Path) -> bool:
    """Whether an address of a SQLite file stands in it."""
    return any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("sqlite:///")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )


def test_only_tests_about_sqlite_itself_name_it() -> None:
    paths = [path for room in ("serving", "end_to_end", "support") for path in (TESTS / room).rglob("*.py")]
    naming = {path.relative_to(TESTS).as_posix() for path in paths if names_sqlite(path)}
    assert naming - {Path(__file__).relative_to(TESTS).as_posix()} == ABOUT_SQLITE.keys()
