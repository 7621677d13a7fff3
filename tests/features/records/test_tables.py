"""Tables, specs and pairs that other systems export, and what is said of those that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import BadInputError, ClearlaneError, MissingDataError
from features.records.pair_files import read_labelled, read_pairs
from features.records.spec import Spec, read_spec
from features.records.tables import RecordTable, read_table


def written(folder: Path, data: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def table(*ids: str) -> RecordTable:
    return RecordTable("left.csv", ids, {"name": ("",) * len(ids)})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_common_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "id,name\n007,Müller\n".encode(encoding))
    found = read_table(path, id_column="id", columns=["name"])
    assert found.ids == ("007",)
    assert found.columns["name"] == ("Müller",)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "#"])
def test_any_usual_separator_is_read(tmp_path: Path, separator: str) -> None:
    path = written(tmp_path, separator.join(["id", "name"]) + "\r\n" + separator.join(["1", "anna"]) + "\r\n")
    assert read_table(path, id_column="id", columns=["name"]).columns["name"] == ("anna",)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_read(tmp_path: Path, end: str) -> None:
    path = written(tmp_path, end.join(["id,name", '1,"an,na"', "", "2,bea", ""]))
    assert read_table(path, id_column="id", columns=["name"]).columns["name"] == ("an,na", "bea")


def test_values_that_say_there_is_none_are_absent(tmp_path: Path) -> None:
    path = written(tmp_path, 'id,name\n1,NaN\n2,\n3,null\n4\n5,"a, b"\n\n')
    assert read_table(path, id_column="id", columns=["name"]).columns["name"] == ("", "", "", "", "a, b")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("id,name\n1,a\n2,b\n1,c\n", "line 4"),
        ("id,name\n1,a\n,b\n", "line 3"),
        ("id,title\n1,a\n", "no column 'name'; it has id, title"),
        ("id,name\n", "no rows"),
        ("", "empty"),
        ("id,name,name\n1,a,b\n", "twice"),
        ("id,name\n1,a,b\n", "more cells than columns in line 2"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_the_place(tmp_path: Path, data: str, said: str) -> None:
    with pytest.raises(ClearlaneError) as caught:
        read_table(written(tmp_path, data), id_column="id", columns=["name"])
    assert said in str(caught.value)


def test_a_table_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="no such file"):
        read_table(tmp_path / "nowhere.csv", id_column="id", columns=[])


def test_a_spec_names_columns_alike_or_by_side(tmp_path: Path) -> None:
    text = 'id = {left = "a", right = "b"}\n[columns]\nx = "text"\ny = {left = "l", right = "r", kind = "date"}\n'
    spec = read_spec(written(tmp_path, text))
    assert (spec.left_id, spec.right_id) == ("a", "b")
    assert [(column.left, column.right, column.kind) for column in spec.columns] == [
        ("x", "x", "text"),
        ("l", "r", "date"),
    ]
    assert Spec.from_list(spec.to_list()) == spec


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[columns]\nx = 'text'\n", "'id'"),
        ("id = 'id'\n", "no columns"),
        ("id = 'id'\n[columns]\nx = 'words'\n", "use one of name, text"),
        ("id = 'id'\n[columns]\nx = {kind = 'text', side = 'left'}\n", "unknown entries: side"),
        ("id = 'id'\nkeys = 1\n[columns]\nx = 'text'\n", "unknown entries: keys"),
        ("id = \n", "TOML"),
    ],
)
def test_a_spec_that_says_nothing_sensible_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadInputError) as caught:
        read_spec(written(tmp_path, text, "spec.toml"))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("left_id,right_id,label\n1,8,1\n3,8,0\n", "a left_id that left.csv does not have, in line 3"),
        ("left_id,right_id,label\n1,8,1\n1,5,0\n", "a right_id that left.csv does not have, in line 3"),
        ("left_id,right_id,label\n1,8,yes\n", "labels other than 0 and 1, in line 2"),
        ("left_id,right_id,label\n1,8,2\n", "labels other than 0 and 1, in line 2"),
        ("left,right,label\n1,8,1\n", "no column left_id, right_id; they have left, right, label"),
    ],
)
def test_pairs_that_cannot_be_used_are_refused_with_their_lines(tmp_path: Path, data: str, said: str) -> None:
    with pytest.raises(ClearlaneError) as caught:
        read_labelled(written(tmp_path, data), table("1", "2"), table("8", "9"))
    assert said in str(caught.value)


def test_pairs_keep_their_order_and_may_be_none(tmp_path: Path) -> None:
    left, right = table("01", "1"), table("8", "9")
    pairs = read_pairs(written(tmp_path, "right_id,left_id\n9,1\n8,01\n9,1\n"), left, right)
    assert pairs.left.tolist() == [1, 0, 1]
    assert pairs.right.tolist() == [1, 0, 1]
    assert len(read_pairs(written(tmp_path, "left_id,right_id\n"), left, right)) == 0
