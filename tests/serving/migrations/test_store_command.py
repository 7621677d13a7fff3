"""``python -m serving store``, and the backup that docs/store.md shows."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from features.errors import MissingDataError
from serving import store_command
from serving.store.migrations.running import of_this_release
from serving.store.store import Store
from tests.support import earlier_stores

ROOT = Path(__file__).parent.parent.parent.parent


@pytest.fixture
def address(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database that the environment names."""
    monkeypatch.setenv("CLEARLANE_DATABASE_URL", url)
    return url


def run(what: str) -> int:
    parser = argparse.ArgumentParser()
    store_command.configure(parser)
    return store_command.run(parser.parse_args([what]))


@pytest.mark.parametrize("what", ["version", "check"])
def test_where_there_is_no_store_that_is_said_and_none_is_made(address: str, what: str) -> None:
    with pytest.raises(MissingDataError, match="there is no store yet"):
        run(what)
    if address.startswith("sqlite"):
        assert not Path(address.removeprefix("sqlite:///")).exists()
    else:
        assert earlier_stores.contents(address) == {}


def test_an_earlier_store_is_brought_up_once(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    newest = of_this_release().newest
    earlier_stores.load("first", address)
    before = earlier_stores.contents(address)
    assert run("version") == 1
    assert run("check") == 1
    assert earlier_stores.contents(address) == before  # to look changes nothing
    capsys.readouterr()
    for said in (f"brought up: {', '.join(of_this_release().revisions)}\n", "nothing to do\n"):
        assert run("upgrade") == 0
        assert capsys.readouterr().out == said
    assert run("version") == 0
    assert capsys.readouterr().out == f"store    {newest}\nrelease  {newest}\n"


def test_check_names_what_differs(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("upgrade") == 0
    assert run("check") == 0
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX items_by_queue"))
    engine.dispose()
    capsys.readouterr()
    assert run("check") == 1
    assert capsys.readouterr().out == "add_index items_by_queue\n1 differences\n"


def test_the_backup_of_the_documents_holds_what_still_stands_in_the_journal(tmp_path: Path) -> None:
    (command,) = re.findall(
        r"^python -c (.*)$", (ROOT / "docs" / "store.md").read_text("utf-8"), re.MULTILINE
    )
    url = f"sqlite:///{tmp_path}/.clearlane/clearlane.sqlite"
    (tmp_path / ".clearlane").mkdir()
    earlier_stores.load("last", url)
    store = Store(url)  # stays open, as under a service
    assert (tmp_path / ".clearlane" / "clearlane.sqlite-wal").stat().st_size
    subprocess.run([sys.executable, "-c", command.strip('"')], cwd=tmp_path, check=True)
    expected = earlier_stores.contents(url)
    store.close()
    assert earlier_stores.contents(f"sqlite:///{tmp_path}/backup.sqlite") == expected
