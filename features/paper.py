"""Remittances on paper that clerks typed, a row a claim payment, as a table of their own.

A row says less than an 835 does, and what it says was typed:

- ``claim_number`` may be the provider's number or the payer's, and the row does not say which. It stands in
  ``claim_id``, for that is what is compared with claims; ``payer_claim_number`` stays empty.
- ``typed_date`` is the payment's date: the check's own is on no row, and before that day nobody knew of the payment.
- A name without a comma may have its parts swapped, see ``features.typed_text.split_name``.
- No CLP02 is typed. Negative amounts are a reversal ("22"), nothing paid and a denial code are a denial ("4"); of
  any other row the status is unknown.
- An adjustment's amount is what the payer did not pay, without what the patient owes where the group is not PR.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO

from msgspec.structs import replace

from features.csv_tables import Table
from features.denials import DENIED
from features.files import shown
from features.postings import needed
from features.typed_rows import Typed, problems
from features.typed_text import TypedCells, split_name, typed_amount, typed_day
from features.x12.records import Adjustment, ClaimPayment, Problem, Source

COLUMNS = ("row_id", "typed_date", "check_number", "payer_name", "patient_name", "member_id", "claim_number",
           "service_date", "billed", "paid", "patient_responsibility", "denial_code")  # fmt: skip
REMEDY = "all columns stand in docs/paper.md"
REVERSAL = "22"


def read_paper(path: Path) -> list[ClaimPayment]:
    """The claim payments of a file in their order, without the rows that cannot be read; see ``paper_records``."""
    return [record for record in paper_records(path) if isinstance(record, ClaimPayment)]


def paper_records(path: Path) -> list[ClaimPayment | Problem]:
    """The claim payments of a file in their order, then what is wrong with its rows.

    A row needs a ``row_id``, the day and the amount paid, and without one of these it is an error; any other cell
    that cannot be read counts as absent and is a warning. ``source`` holds the row's id as its transaction and its
    line as its segment. Raises MissingDataError where the file or a column is missing, BadInputError where it is no
    CSV.
    """
    return _records(shown(path), *_table().read_what_can_be(path))


def paper_records_in(stream: IO[bytes], *, file: str) -> list[ClaimPayment | Problem]:
    """The same of an open file, which is ``file`` in sources and messages."""
    return _records(file, *_table().read_stream(stream, file=file))


def _table() -> Table[Typed[ClaimPayment]]:
    return Table("table of remittances typed from paper", COLUMNS, _typed, REMEDY)


def _records(
    file: str, rows: Sequence[tuple[int, Typed[ClaimPayment]]], unreadable: Sequence[int]
) -> list[ClaimPayment | Problem]:
    payments = [
        replace(typed.row, source=Source(file, transaction=typed.row.source.transaction, segment=line))
        for line, typed in rows
    ]
    return [*payments, *problems(file, rows, unreadable)]


def _typed(row: Mapping[str, str]) -> Typed[ClaimPayment]:
    cells = TypedCells(row)
    day, paid = typed_day(row["typed_date"]), typed_amount(row["paid"])
    charge, patients = cells.amount("billed"), cells.amount("patient_responsibility")
    adjustments = _adjustments(cells, charge, paid, patients)
    name = split_name(row["patient_name"])
    served = cells.day("service_date")
    payment = ClaimPayment(
        trace_number=cells.text("check_number"), payment_date=day, payer_name=cells.text("payer_name"), payer_id=None,
        payee_npi=None, claim_id=cells.text("claim_number"), status=_status(charge, paid, adjustments), charge=charge,
        paid=paid, patient_responsibility=patients, filing_indicator=None, payer_claim_number=None, facility_code=None,
        frequency=None, patient_last=name.last, patient_first=name.first, subscriber_id=cells.text("member_id"),
        rendering_npi=None, service_from=served, service_to=served, adjustments=adjustments, remarks=(), lines=(),
        balanced=True, source=Source("", transaction=needed(row["row_id"])), channel="paper",
    )  # fmt: skip
    return Typed(payment, tuple(cells.unread))


def _adjustments(
    cells: TypedCells, charge: Decimal | None, paid: Decimal, patients: Decimal | None
) -> tuple[Adjustment, ...]:
    code = cells.code("denial_code")
    if code is None:
        return ()
    group, reason = code
    patients_share = Decimal(0) if group == "PR" or patients is None else patients
    return (Adjustment(group, reason, (charge or Decimal(0)) - paid - patients_share),)


def _status(charge: Decimal | None, paid: Decimal, adjustments: tuple[Adjustment, ...]) -> str | None:
    if paid < 0 or (charge is not None and charge < 0):
        return REVERSAL
    return DENIED if adjustments and not paid else None
