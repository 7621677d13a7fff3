"""The page names every column that the reader knows, with examples out of files that the service takes whole."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from features.x12.records import Claim, ClaimPayment
from serving.portal.door import records_of
from serving.portal.tables import SORTS, Sort
from tests.serving.portal.examples import PAGE
from tests.support.asgi_client import AsgiClient
from tests.support.fhir_paths import fhir_paths

FILES = PAGE.parent / "examples" / "portals"


def file_of(sort: Sort) -> Path:
    return FILES / f"{sort.name}.csv"


def told(sort: Sort) -> list[list[str]]:
    """The rows of the page's table: column, needed, format, example, X12, FHIR."""
    table = PAGE.read_text(encoding="utf-8").split(f"| column of {sort.name} |")[1].split("\n\n")[0]
    return [[cell.strip().strip("`") for cell in row.split("|")[1:-1]] for row in table.splitlines()[2:]]


@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: sort.name)
def test_the_page_has_every_column_and_those_that_are_needed(sort: Sort) -> None:
    assert tuple(row[0] for row in told(sort)) == sort.columns
    assert {row[0] for row in told(sort) if row[1] == "yes"} == set(sort.needed)
    assert all(row[2] and row[4] for row in told(sort))


@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: sort.name)
def test_each_example_of_the_page_stands_in_a_file_that_fills_every_column(sort: Sort) -> None:
    with file_of(sort).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for column, _, _, example, *_ in told(sort):
        assert next(row[column] for row in rows if row[column]) == example, column


@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: sort.name)
def test_the_page_says_where_each_column_stands_in_fhir(sort: Sort) -> None:
    read = records_of(file_of(sort).read_bytes(), file="a")
    records = [one for one in read if isinstance(one, Claim | ClaimPayment)]
    for column, *_, path in told(sort):
        assert fhir_paths(column, records) == path, column


@pytest.mark.parametrize(
    ("name", "claims", "payments"), [("claims", 2, 0), ("claim-payments", 0, 3)], ids=["claims", "payments"]
)
def test_the_service_takes_each_file_without_a_problem(
    client: AsgiClient, name: str, claims: int, payments: int
) -> None:
    answer = client.post_file((FILES / f"{name}.csv").read_bytes(), f"{name}.csv")
    assert answer.status_code == 201, answer.text
    counts = answer.json()["counts"]
    assert (counts["claims"], counts["claim_payments"], counts["problems"]) == (claims, payments, 0)
