"""Finding X12 files in folders, and knowing them by their content."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import BadInputError, MissingDataError, NotX12Error
from features.files import find, looks_like_x12, read
from features.x12.records import Remittance
from tests.support.x12_files import PAYMENT, one


def test_folders_are_walked_in_order_and_hidden_files_left_out(tmp_path: Path) -> None:
    for name in ("b.835", "a/z.835", ".hidden/x", "a/.y"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert find([tmp_path]) == [tmp_path / "a" / "z.835", tmp_path / "b.835"]
    assert find([tmp_path / "b.835"]) == [tmp_path / "b.835"]
    with pytest.raises(MissingDataError):
        find([tmp_path / "nowhere"])


@pytest.mark.parametrize(
    ("before", "is_x12"),
    [(b"", True), (b"\xef\xbb\xbf\r\n  ", True), (b"Subject: today\n\n", True), (b"x" * 5000, False)],
)
def test_a_file_is_known_by_an_isa_near_its_start(tmp_path: Path, before: bytes, is_x12: bool) -> None:
    path = tmp_path / "any.name"
    path.write_bytes(before + one("835", *PAYMENT))
    assert looks_like_x12(path) is is_x12
    path.write_bytes(before + b"LOUISA*1*2*3")
    assert not looks_like_x12(path)


def test_a_file_in_utf_16_is_known_too(tmp_path: Path) -> None:
    path = tmp_path / "any.name"
    path.write_bytes(one("835", *PAYMENT).decode().encode("utf-16"))
    assert looks_like_x12(path)
    path.write_bytes("LOUISA*1*2*3".encode("utf-16"))
    assert not looks_like_x12(path)


def test_the_records_name_the_path_as_given(tmp_path: Path) -> None:
    path = tmp_path / "a.835"
    path.write_bytes(one("835", *PAYMENT))
    assert {record.source.file for record in read(path) if isinstance(record, Remittance)} == {str(path)}


def test_a_file_that_cannot_be_opened_is_an_error_for_its_user(tmp_path: Path) -> None:
    with pytest.raises(BadInputError):
        list(read(tmp_path / "nowhere"))
    (tmp_path / "empty").touch()
    with pytest.raises(NotX12Error):
        list(read(tmp_path / "empty"))
