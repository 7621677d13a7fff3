"""Vendor invoices of the simulated network: the files fit together, and what is wrong in them is hard to find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import sqrt
from pathlib import Path

import pandas as pd
import pytest

from features.errors import BadInputError
from training.simulate.draws import Draws
from training.simulate.invoices import rates
from training.simulate.invoices import run as invoices
from training.simulate.invoices.numbers import retype

START, END = date(2023, 1, 1), date(2024, 12, 31)
ASKED = 12_000
CAUSES = {
    "duplicate": rates.DUPLICATE, "near-duplicate": rates.NEAR_DUPLICATE, "price": rates.PRICE,
    "quantity": rates.QUANTITY, "not-received": rates.NOT_RECEIVED, "cost-centre": rates.COST_CENTRE,
    "unusual-amount": rates.UNUSUAL_AMOUNT, "wrong-total": rates.WRONG_TOTAL,
}  # fmt: skip


@dataclass
class Written:
    """A folder's tables; amounts are whole cents."""

    counts: dict[str, int]
    orders: pd.DataFrame
    receipts: pd.DataFrame
    lines: pd.DataFrame  # of invoices, with cause and original
    documents: pd.DataFrame  # one row an invoice, with its cause
    reviews: pd.DataFrame


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("invoices")
    counts = invoices.write(folder, seed=3, start=START, end=END, invoices=ASKED)
    truth = _read(folder / "truth" / "invoices.csv")
    lines = _read(folder / "invoices.csv").merge(
        truth, on=["voucher_number", "invoice_number", "vendor_id", "line"], how="outer", validate="1:1"
    )
    wrong = lines[lines.cause != "clean"].drop_duplicates("voucher_number")
    documents = lines.drop_duplicates("voucher_number").set_index("voucher_number")
    documents["cause"] = wrong.set_index("voucher_number").cause.reindex(documents.index).fillna("clean")
    documents["lines_amount"] = lines.groupby("voucher_number").line_amount.sum()
    return Written(
        counts,
        _read(folder / "purchase_orders.csv"),
        _read(folder / "receipts.csv"),
        lines,
        documents,
        pd.read_csv(folder / "invoice_reviews.csv", dtype=str, keep_default_na=False),
    )


def _read(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column in {"line", "quantity"} & set(table.columns):
        table[column] = table[column].astype(int)
    for column in {"unit_price", "line_amount", "freight", "tax", "total"} & set(table.columns):
        table[column] = table[column].str.replace(".", "", regex=False).astype(int)
    return table


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    def digest(name: str, seed: int) -> list[bytes]:
        invoices.write(tmp_path / name, seed=seed, start=START, end=END, invoices=600)
        return [path.read_bytes() for path in sorted((tmp_path / name).rglob("*.csv"))]

    first = digest("first", 1)
    assert len(first) == 5
    assert digest("again", 1) == first
    assert all(one != other for one, other in zip(digest("other", 2), first, strict=True))


def test_about_as_many_invoices_come_as_were_asked_for(written: Written) -> None:
    assert written.counts["invoices"] == pytest.approx(ASKED, rel=0.03)


def test_the_counts_are_those_of_the_files(written: Written) -> None:
    counts = dict(written.counts)
    assert counts.pop("invoices") == len(written.documents)
    assert counts.pop("invoice_lines") == len(written.lines)
    assert counts.pop("receipts") == len(written.receipts)
    assert counts.pop("invoice_reviews") == len(written.reviews)
    assert counts.pop("purchase_orders") == written.orders.po_number.nunique()
    by_cause = written.documents.cause.str.replace("-", "_").value_counts()
    assert counts == {f"invoices_{cause}": n for cause, n in by_cause.items()}


def test_every_invoice_line_has_its_truth(written: Written) -> None:
    assert written.lines.cause.isin(["clean", *CAUSES]).all()
    assert written.lines.invoice_date.notna().all()


@pytest.mark.parametrize("cause", CAUSES)
def test_each_cause_comes_at_about_its_rate(written: Written, cause: str) -> None:
    expected = CAUSES[cause] * len(written.documents)
    found = (written.documents.cause == cause).sum()
    # A few more percent are allowed for copies and credit notes, which never have a fault of their own.
    assert abs(found - expected) < 3.5 * sqrt(expected) + 0.06 * expected


def test_totals_add_up_except_where_that_is_what_is_wrong(written: Written) -> None:
    documents = written.documents
    right = documents.lines_amount + documents.freight + documents.tax == documents.total
    assert (right == (documents.cause != "wrong-total")).all()


def test_line_amounts_are_quantity_times_price_but_for_the_rounding_of_the_price(written: Written) -> None:
    lines = written.lines
    off = (lines.line_amount - lines.quantity * lines.unit_price).abs()
    assert (off <= lines.quantity.abs() / 2 + 1).all()
    assert 0.005 < (off > 0).mean() < 0.2


def test_rows_are_in_the_order_of_their_dates_and_within_the_time(written: Written) -> None:
    for dates in (written.orders.po_date, written.receipts.receipt_date, written.documents.received_date):
        assert dates.is_monotonic_increasing
        assert START.isoformat() <= dates.iloc[0]
        assert dates.iloc[-1] <= END.isoformat()


def test_orders_named_by_invoices_and_receipts_exist(written: Written) -> None:
    known = set(written.orders.po_number)
    assert set(written.documents.po_number) - {""} <= known
    assert set(written.receipts.po_number) <= known


def test_a_copy_comes_after_its_original_with_the_same_amount(written: Written) -> None:
    copies = written.documents[written.documents.original_voucher != ""]
    originals = written.documents.loc[copies.original_voucher]
    assert copies.cause.isin(["duplicate", "near-duplicate"]).all()
    assert (originals.cause == "clean").all()
    assert (copies.original_invoice.to_numpy() == originals.invoice_number.to_numpy()).all()
    assert (copies.total.to_numpy() == originals.total.to_numpy()).all()
    assert (copies.index > originals.index).all()


def test_only_near_duplicates_are_typed_otherwise_than_their_originals(written: Written) -> None:
    copies = written.documents[written.documents.original_voucher != ""]
    originals = written.documents.loc[copies.original_voucher]
    renumbered = copies.invoice_number.to_numpy() != originals.invoice_number.to_numpy()
    days = pd.to_datetime(copies.invoice_date).to_numpy() - pd.to_datetime(originals.invoice_date).to_numpy()
    assert (abs(days) <= pd.Timedelta(days=1)).all()
    assert ((renumbered | (days != pd.Timedelta(0))) == (copies.cause == "near-duplicate")).all()


def test_the_place_of_an_invoice_among_those_of_its_day_tells_nothing(written: Written) -> None:
    documents = written.documents.reset_index()
    place = documents.groupby("received_date").voucher_number.rank(pct=True)
    copies = documents.original_voucher != ""
    assert abs(place[copies].mean() - place[~copies].mean()) < 4 * 0.29 / sqrt(copies.sum())


@pytest.mark.parametrize("number", ["INV-000123", "0000123", "SO10234", "7", "1234/24", "240305-711"])
def test_a_retyped_number_differs_only_in_zeros_hyphens_and_letters_for_digits(number: str) -> None:
    def without(text: str) -> str:
        return text.translate(str.maketrans("I", "1", "O0-/"))

    draws = Draws(1, "test")
    for text in (retype(draws, number) for _ in range(30)):
        assert text != number
        assert without(text) == without(number)


def test_recurring_bills_of_equal_amount_are_not_duplicates(written: Written) -> None:
    clean = written.documents[(written.documents.cause == "clean") & (written.documents.total > 0)]
    bills = clean[clean.po_number.eq("") | clean.po_number.str.startswith("47")]
    bills = bills.assign(month=bills.invoice_date.str[:7])
    months = bills.groupby(["vendor_id", "facility", "total"]).month.nunique()
    assert (months >= 6).sum() > 50


def test_a_rule_for_duplicates_by_vendor_and_amount_is_mostly_wrong(written: Written) -> None:
    documents = written.documents[written.documents.total > 0]
    day = pd.to_datetime(documents.invoice_date)
    before = day.groupby([documents.vendor_id, documents.total]).shift()
    alarm = day - before <= pd.Timedelta(days=45)
    copy = documents.cause.isin(["duplicate", "near-duplicate"])
    assert alarm[copy].mean() > 0.6
    assert copy[alarm].mean() < 0.2


def _matched(written: Written) -> pd.DataFrame:
    """Invoice lines beside the line of their order, with what was billed and received on it in all."""
    key = ["po_number", "line"]
    lines = written.lines.merge(
        written.orders[[*key, "unit_price", "cost_centre"]], on=key, suffixes=("", "_ordered")
    )
    received = written.receipts.groupby(key).quantity.sum().rename("received")
    billed = lines.groupby(key).quantity.sum().rename("billed")
    return lines.join(received, on=key).join(billed, on=key).fillna({"received": 0})


def _price_differs(lines: pd.DataFrame) -> pd.Series[bool]:
    return (lines.unit_price - lines.unit_price_ordered).abs() > 0.02 * lines.unit_price_ordered


def _more_billed_than_received(lines: pd.DataFrame) -> pd.Series[bool]:
    return (lines.billed > lines.received) & ~lines.po_number.str.startswith("47")


def _other_cost_centre(lines: pd.DataFrame) -> pd.Series[bool]:
    return lines.cost_centre != lines.cost_centre_ordered


@pytest.mark.parametrize(
    ("rule", "causes"),
    [
        (_price_differs, ["price"]),
        (_more_billed_than_received, ["quantity", "not-received"]),
        (_other_cost_centre, ["cost-centre"]),
    ],
)
def test_a_plain_three_way_match_finds_most_faults_among_many_false_alarms(
    written: Written, rule: Callable[[pd.DataFrame], pd.Series[bool]], causes: list[str]
) -> None:
    lines = _matched(written)
    alarm, wrong = rule(lines), lines.cause.isin(causes)
    assert alarm[wrong].mean() > 0.8
    assert 0.02 < wrong[alarm].mean() < 0.7


def test_credit_notes_and_short_orders_are_there(written: Written) -> None:
    credits = written.documents[written.documents.total < 0]
    assert (credits.cause == "clean").all()
    assert 0.005 < len(credits) / len(written.documents) < 0.05
    parts = written.documents[written.documents.total > 0].groupby("po_number").size().drop("")
    assert (parts > 1).mean() > 0.1


@pytest.mark.parametrize(("end", "asked"), [(date(2023, 2, 1), 100), (END, 0)])
def test_too_short_a_time_or_no_invoice_is_refused(tmp_path: Path, end: date, asked: int) -> None:
    with pytest.raises(BadInputError, match="90 days"):
        invoices.write(tmp_path, seed=1, start=START, end=end, invoices=asked)
    assert not list(tmp_path.iterdir())


def test_audits_are_a_random_share_of_all_invoices(written: Written) -> None:
    audited = (written.reviews.chosen_by == "audit").sum()
    expected = rates.AUDITED * len(written.documents)
    assert abs(audited - expected) < 4 * sqrt(expected)


def test_reviewers_find_nearly_every_fault_that_they_look_at_and_imagine_few(written: Written) -> None:
    verdicts = written.reviews.set_index("voucher_number").verdict
    cause = written.documents.cause.replace("near-duplicate", "duplicate").reindex(verdicts.index)
    faulty = cause != "clean"
    assert 0.92 < (verdicts == cause)[faulty].mean() < 1
    assert (verdicts != "ok")[~faulty].mean() < 3 * rates.IMAGINED


def test_no_review_comes_before_its_invoice(written: Written) -> None:
    received = written.documents.received_date.reindex(written.reviews.voucher_number)
    assert (written.reviews.review_date.to_numpy() > received.to_numpy()).all()
    assert written.reviews.review_date.is_monotonic_increasing
