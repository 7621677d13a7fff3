"""The public sets as tables, pairs and truth. None is shipped: the caller names a folder that holds them."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.errors import MissingDataError
from features.records.cleaning import present
from features.records.pair_files import PairRows
from features.records.spec import Column, Spec
from features.records.tables import RecordTable, read_table

Floats = NDArray[np.float64]
PARTS = ("train", "valid", "test")
FOLDER = "matching"  # below the samples
_FIELD = re.compile(r"(?:^|\s)COL (\S+) VAL")

PAIR_SETS: Mapping[str, Mapping[str, str]] = {
    "DBLP-ACM": {"title": "text", "authors": "name", "venue": "text", "year": "number"},
    "Walmart-Amazon": {
        "title": "text",
        "category": "text",
        "brand": "name",
        "modelno": "code",
        "price": "number",
    },
    "Amazon-Google": {"title": "text", "manufacturer": "name", "price": "number"},
    "Fodors-Zagats": {"name": "name", "addr": "text", "city": "text", "phone": "code", "type": "text"},
    "Beer": {"Beer_Name": "text", "Brew_Factory_Name": "name", "Style": "text", "ABV": "number"},
}
FEBRL = {
    "given_name": "name",
    "surname": "name",
    "street_number": "code",
    "address_1": "text",
    "address_2": "text",
    "suburb": "name",
    "postcode": "code",
    "state": "code",
    "date_of_birth": "date",
}
NUMBER = "soc_sec_id"
TABLE_SETS: Mapping[str, tuple[str, str, str, Mapping[str, str]]] = {
    "Abt-Buy": ("D2", "abt", "buy", {"name": "text", "description": "text", "price": "number"}),
    "Amazon-Google": (
        "D3",
        "amazon",
        "gp",
        {"title": "text", "description": "text", "manufacturer": "name", "price": "number"},
    ),
    "DBLP-ACM": (
        "D4",
        "dblp",
        "acm",
        {"title": "text", "authors": "name", "venue": "text", "year": "number"},
    ),
    "Walmart-Amazon": (
        "D8",
        "walmart",
        "amazon",
        {"title": "text", "modelno": "code", "brand": "name", "price": "number"},
    ),
}


@dataclass(frozen=True)
class PairSet:
    """Two tables and the published splits of labelled pairs."""

    name: str
    left: RecordTable
    right: RecordTable
    spec: Spec
    parts: Mapping[str, tuple[PairRows, Floats]]


@dataclass(frozen=True)
class TableSet:
    """Two tables and all true pairs."""

    name: str
    left: RecordTable
    right: RecordTable
    spec: Spec
    truth: PairRows


def samples_folder(given: Path | None) -> Path:
    """The folder with the sets; raises MissingDataError where none is named or it lacks them."""
    named = given or (Path(os.environ["CLEARLANE_SAMPLES"]) if os.environ.get("CLEARLANE_SAMPLES") else None)
    if named is None:
        remedy = "give --samples DIR or set CLEARLANE_SAMPLES: a folder with matching/magellan_pairs and the others"
        raise MissingDataError("the public matching sets are not part of this project", remedy=remedy)
    if not (named / FOLDER).is_dir():
        raise MissingDataError(
            "the folder has no matching sets", f"{named.name}/{FOLDER}", "name another folder"
        )
    return named / FOLDER


def pair_set(folder: Path, name: str) -> PairSet:
    """A set of published pairs, its tables put together from all records that the pairs name."""
    records: tuple[dict[tuple[str, ...], int], ...] = ({}, {})
    columns: Sequence[str] = ()
    parts = {}
    for part in PARTS:
        rows: tuple[list[int], list[int]] = ([], [])
        labels = []
        lines = (folder / "magellan_pairs" / name / f"{part}.txt").read_text(encoding="utf-8").splitlines()
        for line in lines:
            *sides, label = line.split("\t")
            for side, known, found in zip(sides, records, rows, strict=True):
                columns, values = _fields(side)
                found.append(known.setdefault(values, len(known)))
            labels.append(float(label))
        parts[part] = (PairRows(*(np.array(found, dtype=np.intp) for found in rows)), np.array(labels))
    left, right = (_table(name, columns, list(known)) for known in records)
    return PairSet(name, left, right, _spec(PAIR_SETS[name]), parts)


def table_set(folder: Path, name: str) -> TableSet:
    """Two whole tables and the pairs that are true."""
    place, first, second, kinds = TABLE_SETS[name]
    inside = folder / "pyjedai_tables" / place
    left, right = (
        read_table(inside / f"{file}.csv", id_column="id", columns=kinds) for file in (first, second)
    )
    truth = _truth(inside / "gt.csv")
    rows = left.rows(), right.rows()
    found = [(rows[0][a], rows[1][b]) for a, b in truth]
    return TableSet(name, left, right, _spec(kinds), PairRows(*np.array(found, dtype=np.intp).T))


def febrl4(folder: Path, *, with_number: bool) -> TableSet:
    """FEBRL4: 5,000 persons and a damaged copy of each."""
    kinds = {**FEBRL, **({NUMBER: "code"} if with_number else {})}
    left, right = (
        read_table(folder / "febrl" / f"dataset4{half}.csv", id_column="rec_id", columns=kinds)
        for half in ("a", "b")
    )
    return TableSet("FEBRL4", left, right, _spec(kinds, "rec_id"), _same_person(left, right))


def person(identifier: str) -> str:
    """Whom a FEBRL record is of.

    >>> person("rec-1070-dup-0")
    '1070'
    """
    return identifier.split("-")[1]


def _same_person(left: RecordTable, right: RecordTable) -> PairRows:
    rows = defaultdict(list)
    for row, identifier in enumerate(right.ids):
        rows[person(identifier)].append(row)
    pairs = [(row, other) for row, identifier in enumerate(left.ids) for other in rows[person(identifier)]]
    return PairRows(*np.array(pairs, dtype=np.intp).T)


def _fields(text: str) -> tuple[Sequence[str], tuple[str, ...]]:
    parts = _FIELD.split(text)
    return parts[1::2], tuple(present(value) for value in parts[2::2])


def _table(name: str, columns: Sequence[str], records: Sequence[tuple[str, ...]]) -> RecordTable:
    values = list(zip(*records, strict=True))
    return RecordTable(name, tuple(map(str, range(len(records)))), dict(zip(columns, values, strict=True)))


def _truth(path: Path) -> list[tuple[str, str]]:
    text = path.read_text(encoding="utf-8-sig").split("\n")
    pairs = [re.findall(r"\d+", line) for line in text[1:] if line.strip()]
    return [(left, right) for left, right in pairs]


def _spec(kinds: Mapping[str, str], identifier: str = "id") -> Spec:
    columns = tuple(Column(name, name, name, kind) for name, kind in kinds.items())
    return Spec(identifier, identifier, columns)
