"""Migrations are whole or nothing: in one process of several, through a kill, and never by an older release."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from serving.store.connections import Connections, StoreError
from serving.store.migrations.running import HERE, Migrations, of_this_release, standing_of
from serving.store.store import Store
from tests.support import earlier_stores

ROOT = Path(__file__).parent.parent.parent.parent
HEADER = """
import time
from pathlib import Path
from alembic import op
revision, down_revision = "{revision}", "{before}"
def upgrade():
"""
COPIES_AND_WAITS = """
    op.execute("CREATE TABLE copies AS SELECT id, record FROM items")
    op.execute("UPDATE items SET payer_name = 'CHANGED'")
    if Path({flag!r}).exists():
        print("in the middle", flush=True)
        time.sleep(600)
"""
MIGRATES = """
import sys
from pathlib import Path
from serving.store.connections import Connections
from serving.store.migrations.running import Migrations
connections = Connections(sys.argv[1])
with connections.altering() as connection:
    print(len(Migrations(Path(sys.argv[2])).bring_up(connection)), flush=True)
"""
OPENS = """
import sys
from serving.store.store import Store
print("ready", flush=True)
sys.stdin.readline()
Store(sys.argv[1]).close()
"""


def with_another(folder: Path, body: str) -> Migrations:
    """This release's migrations and one more."""
    shutil.copytree(HERE, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    header = HEADER.format(revision="9999", before=of_this_release().newest)
    (folder / "migrations" / "versions" / "9999_another.py").write_text(header + body, encoding="utf-8")
    return Migrations(folder / "migrations")


def started(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("release", ["first", "last"])
def test_a_kill_in_the_middle_leaves_the_store_as_it_was_and_it_can_be_brought_up_then(
    url: str, release: str, tmp_path: Path
) -> None:
    earlier_stores.load(release, url)
    before = earlier_stores.contents(url)
    flag = tmp_path / "wait"
    flag.touch()
    migrations = with_another(tmp_path, COPIES_AND_WAITS.format(flag=str(flag)))
    process = started(MIGRATES, url, str(migrations.folder))
    assert process.stdout is not None
    assert process.stdout.readline() == "in the middle\n"
    process.kill()
    process.communicate()
    assert earlier_stores.contents(url) == before
    flag.unlink()
    connections = Connections(url)
    with connections.altering() as connection:
        assert migrations.bring_up(connection) == migrations.revisions
    connections.close()
    assert len(earlier_stores.contents(url)["copies"]) == len(before["items"])


def test_of_several_that_open_an_earlier_store_at_once_one_migrates(url: str) -> None:
    earlier_stores.load("first", url)
    openers = [started(OPENS, url) for _ in range(3)]
    for one in openers:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in openers:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in openers:
        one.communicate()
        assert one.returncode == 0
    after = earlier_stores.contents(url)
    assert after["alembic_version"] == [{"version_num": of_this_release().newest}]
    assert len(after["about"]) == 1


def test_a_store_of_a_newer_release_is_refused_and_left_alone(url: str) -> None:
    Store(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    before = earlier_stores.contents(url)
    with pytest.raises(StoreError, match="at revision 9999, which is newer than this release"):
        Store(url)
    assert earlier_stores.contents(url) == before


def test_a_revision_that_fails_changes_nothing_and_quotes_no_row(url: str, tmp_path: Path) -> None:
    earlier_stores.load("last", url)
    before = earlier_stores.contents(url)
    body = """
    op.execute("CREATE TABLE more (a INTEGER)")
    op.execute("UPDATE items SET payer_name = NULL")
    op.execute("INSERT INTO files SELECT * FROM files")
"""
    migrations = with_another(tmp_path, body)
    connections = Connections(url)
    with pytest.raises(StoreError) as caught, connections.altering() as connection:
        migrations.bring_up(connection)
    connections.close()
    assert "to 9999 (IntegrityError); nothing was changed" in str(caught.value)
    assert "day.x12" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert earlier_stores.contents(url) == before


def test_sqlite_makes_a_table_anew_that_others_refer_to(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    earlier_stores.load("last", url)
    body = """
    with op.batch_alter_table("files") as batch:
        batch.alter_column("name", new_column_name="called")
"""
    connections = Connections(url)
    with connections.altering() as connection:
        with_another(tmp_path, body).bring_up(connection)
    connections.close()
    after = earlier_stores.contents(url)
    assert {row["called"] for row in after["files"]} == {"day.x12"}
    assert len(after["items"]) == earlier_stores.answers("last")["total"]


def test_sqlite_keeps_no_row_that_refers_to_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    earlier_stores.load("last", url)
    before = earlier_stores.contents(url)
    connections = Connections(url)
    with pytest.raises(StoreError, match="nothing was changed"), connections.altering() as connection:
        with_another(tmp_path, '\n    op.execute("DELETE FROM files")\n').bring_up(connection)
    with connections.writing() as connection:  # and references are followed again
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    connections.close()
    assert earlier_stores.contents(url) == before


def test_what_a_store_lacks_is_what_came_after_its_revision(url: str, tmp_path: Path) -> None:
    Store(url).close()
    migrations = with_another(tmp_path, "\n    pass\n")
    connections = Connections(url)
    with connections.reading() as connection:
        assert migrations.lacking(standing_of(connection)) == ("9999",)
        assert of_this_release().lacking(standing_of(connection)) == ()
    connections.close()
