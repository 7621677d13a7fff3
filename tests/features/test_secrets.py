"""A setting that is a secret may stand in a file, and is never quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import BadInputError
from features.settings import Settings

URL = "postgresql+psycopg://clearlane:s3cret@db/clearlane"


def test_the_database_s_address_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text(f"{URL}\n", encoding="utf-8")
    given = {"CLEARLANE_DATABASE_URL_FILE": str(tmp_path / "url")}
    assert Settings.from_environment(given).database_url == URL
    with pytest.raises(BadInputError, match="both set") as caught:
        Settings.from_environment({**given, "CLEARLANE_DATABASE_URL": URL})
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"\n"])
def test_a_file_that_cannot_be_read_is_said_to_be_so(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "url").write_bytes(content)
    with pytest.raises(BadInputError, match="CLEARLANE_DATABASE_URL_FILE"):
        Settings.from_environment({"CLEARLANE_DATABASE_URL_FILE": str(tmp_path / "url")})
