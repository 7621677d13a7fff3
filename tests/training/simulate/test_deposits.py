"""Every payment's money comes to the bank once, and the bank's statement is as hard to read as it says."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.training.simulate.small_batches import START, cents, make_channels, make_days, read_rows
from training.simulate.bank import channels, lines, transit
from training.simulate.bank.channels import Channels
from training.simulate.bank.deposits import COLUMNS, OTHER, Deposits
from training.simulate.batches import Batch

DAYS = 75
LAST_DAY = START + timedelta(7 * DAYS // 3)
SEED = 5


@dataclass
class Bank:
    """What was paid, what the files say, and the most that was ever kept waiting."""

    batches: dict[str, Batch]
    deposits: dict[str, dict[str, str]]
    parts: dict[str, list[dict[str, str]]]  # of the truth, by bank reference
    waiting: list[int]


def write(folder: Path, *, payers: int, payees: int, seed: int = SEED) -> tuple[list[Batch], list[int]]:
    batches, waiting = [], []
    known = make_channels(seed, payers=payers)
    with Deposits(folder / "deposits.csv", folder / "truth" / "deposits.csv", seed=seed, channels=known,
                  last_day=LAST_DAY) as deposits:  # fmt: skip
        for day, paid in make_days(payers=payers, payees=payees, days=DAYS):
            deposits.add(day, paid)
            batches += paid
            waiting.append(len(deposits))
    return batches, waiting


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    folder = tmp_path_factory.mktemp("bank")
    batches, waiting = write(folder, payers=120, payees=2)
    parts = defaultdict(list)
    for row in read_rows(folder / "truth" / "deposits.csv"):
        parts[row["bank_reference"]].append(row)
    deposits = {row["bank_reference"]: row for row in read_rows(folder / "deposits.csv")}
    return Bank({batch.trace_number: batch for batch in batches}, deposits, parts, waiting)


def transfers(bank: Bank) -> list[tuple[dict[str, str], list[Batch]]]:
    """The deposits by ACH that hold payments, with these."""
    return [
        (deposit, [bank.batches[part["trace_number"]] for part in bank.parts[reference]])
        for reference, deposit in bank.deposits.items()
        if deposit["type"] == "ach" and bank.parts[reference][0]["trace_number"]
    ]


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("two", 3), ("other", 4)):
        write(tmp_path / name, payers=10, payees=2, seed=seed)
    for file in ("deposits.csv", "truth/deposits.csv"):
        one, two, other = ((tmp_path / name / file).read_bytes() for name in ("one", "two", "other"))
        assert one == two != other


def test_every_payment_stands_once_in_the_truth_with_its_amount_and_those_of_nothing_never(
    bank: Bank,
) -> None:
    told = Counter(part["trace_number"] for parts in bank.parts.values() for part in parts)
    del told[""]  # other income
    assert told == Counter(trace for trace, batch in bank.batches.items() if batch.amount > 0)
    for parts in bank.parts.values():
        for part in parts:
            if part["trace_number"]:
                assert cents(part["amount"]) == bank.batches[part["trace_number"]].amount
    assert any(batch.amount == 0 for batch in bank.batches.values())


def test_the_truth_and_the_statement_know_the_same_deposits(bank: Bank) -> None:
    assert bank.parts.keys() - {""} == bank.deposits.keys()
    assert tuple(next(iter(bank.deposits.values()))) == COLUMNS


def test_a_deposit_is_the_sum_of_its_payments_but_for_a_cent_or_a_wires_fee(bank: Bank) -> None:
    differences = Counter[int]()
    for reference, deposit in bank.deposits.items():
        parts = bank.parts[reference]
        if parts[0]["trace_number"]:
            difference = cents(deposit["amount"]) - sum(cents(part["amount"]) for part in parts)
            differences[difference] += 1
            assert difference in (-1, 0, 1) or (difference == -transit.WIRE_FEE and deposit["type"] == "wire")
    assert differences[-transit.WIRE_FEE] > 0
    assert differences[1] + differences[-1] > 0
    assert differences[0] > 0.99 * differences.total()


def test_few_payments_are_late_and_fewer_never_come(bank: Bank) -> None:
    never = [
        part for part in bank.parts[""] if bank.batches[part["trace_number"]].day < LAST_DAY - timedelta(40)
    ]
    early = [b for b in bank.batches.values() if b.amount > 0 and b.day < LAST_DAY - timedelta(40)]
    assert 0.5 * transit.NEVER < len(never) / len(early) < 2 * transit.NEVER
    waits = [
        (date.fromisoformat(deposit["deposit_date"]) - paid[0].day).days
        for deposit, paid in transfers(bank)
        if len(paid) == 1
    ]
    usual = sum(wait <= 4 for wait in waits)  # two working days over a weekend
    assert min(waits) == 0
    assert max(waits) <= transit.HELD_DAYS + 4 + 20
    late = len(waits) - usual
    assert 0.6 * transit.LATE < late / len(waits) < 1.4 * transit.LATE


def test_transfers_of_several_payments_come_from_the_payers_that_combine_and_from_no_other(
    bank: Bank,
) -> None:
    known = make_channels(SEED, payers=120)
    sizes = defaultdict(list)
    for _, paid in transfers(bank):
        assert len({batch.payer.payer_id for batch in paid}) == 1
        sizes[known.of(paid[0].payer).combines].append(len(paid))
    assert set(sizes[False]) == {1}
    several = sum(size for size in sizes[True] if size > 1)
    assert 0.8 * transit.COMBINED < several / sum(sizes[True]) < 1.3 * transit.COMBINED


def test_a_payer_with_one_payee_combines_the_payments_of_two_days(tmp_path: Path) -> None:
    batches, _ = write(tmp_path, payers=40, payees=1)
    days = {batch.trace_number: batch.day for batch in batches}
    held = defaultdict(set)
    for row in read_rows(tmp_path / "truth" / "deposits.csv"):
        held[row["bank_reference"]].add(row["trace_number"])
    kinds = {row["bank_reference"]: row["type"] for row in read_rows(tmp_path / "deposits.csv")}
    pairs = [
        traces for reference, traces in held.items() if kinds.get(reference) == "ach" and len(traces) > 1
    ]
    assert len(pairs) > 20
    assert all(len({days[trace] for trace in traces}) == 2 for traces in pairs)


def test_a_stated_share_of_the_traces_is_cut_missing_or_filled_with_zeros(bank: Bank) -> None:
    forms = Counter[str]()
    for deposit, paid in transfers(bank):
        shown, trace = deposit["trace_number"], paid[0].trace_number
        if not shown:
            forms["missing"] += 1
        elif shown == trace:
            forms["full"] += 1
        elif trace.startswith(shown):
            assert len(shown) in lines.CUTS
            forms["cut"] += 1
        else:
            assert shown.strip("0") == trace.strip("0")
            forms["zeros"] += 1
    for form, share in lines.TRACE_FORMS.items():
        assert abs(forms[form] / forms.total() - share) < 0.02


def test_equal_traces_tie_most_transfers_but_not_all_and_never_a_wrong_one(bank: Bank) -> None:
    traces = Counter(batch.trace_number for batch in bank.batches.values())
    tied = right = 0
    paid = [
        deposit
        for deposit in bank.deposits.values()
        if bank.parts[deposit["bank_reference"]][0]["trace_number"]
    ]
    for deposit in paid:
        if traces[deposit["trace_number"]]:
            tied += 1
            right += bank.parts[deposit["bank_reference"]][0]["trace_number"] == deposit["trace_number"]
    assert tied == right
    electronic = [deposit for deposit in paid if deposit["type"] in ("ach", "wire")]
    assert 0.70 < tied / len(electronic) < 0.80
    whole = sum(len(b) == 1 and d["trace_number"] == b[0].trace_number for d, b in transfers(bank))
    assert 0.60 < whole / len(transfers(bank)) < 0.76


def test_the_checks_of_a_lockbox_are_one_deposit_a_day_and_name_no_check_unless_it_is_alone(
    bank: Bank,
) -> None:
    boxes = [deposit for deposit in bank.deposits.values() if deposit["type"] == "lockbox"]
    assert len({(box["bank_account"], box["deposit_date"]) for box in boxes}) == len(boxes)
    assert len({box["lockbox_batch"] for box in boxes}) == len(boxes)
    sizes = {box["bank_reference"]: len(bank.parts[box["bank_reference"]]) for box in boxes}
    assert max(sizes.values()) > 3
    for box in boxes:
        assert bool(box["check_number"]) == (sizes[box["bank_reference"]] == 1)


def test_a_check_that_comes_to_the_office_is_deposited_alone_under_its_number(bank: Bank) -> None:
    checks, known = 0, make_channels(SEED, payers=120)
    for reference, deposit in bank.deposits.items():
        parts = bank.parts[reference]
        if deposit["type"] == "check" and parts[0]["trace_number"]:
            checks += 1
            batch = bank.batches[parts[0]["trace_number"]]
            assert len(parts) == 1
            assert deposit["check_number"] == channels.check_number(batch)
            assert known.pays_by_check(batch.payer)
    mailed = checks + sum(
        len(bank.parts[reference]) for reference, d in bank.deposits.items() if d["type"] == "lockbox"
    )
    assert abs(checks / mailed - transit.OFFICE_CHECKS) < 0.03


def test_a_few_deposits_hold_no_payment(bank: Bank) -> None:
    other = [d for reference, d in bank.deposits.items() if not bank.parts[reference][0]["trace_number"]]
    assert abs(len(other) / (len(bank.deposits) - len(other)) - OTHER) < 0.01
    assert all(cents(deposit["amount"]) > 0 for deposit in other)
    assert {deposit["type"] for deposit in other} == {"ach", "check"}


def test_the_statement_shows_names_in_capitals_cut_to_the_width_of_the_accounts_bank(bank: Bank) -> None:
    widths = defaultdict(set)
    for deposit, paid in transfers(bank):
        name, _, title = deposit["company_name"].rpartition(" ")
        assert name == name.upper()
        assert len(deposit["bank_account"]) == 4
        assert title in ("HCCLAIMPMT", "PAYMENT")
        if paid[0].payer.name.startswith(name):
            widths[deposit["bank_account"]].add(len(name))
            assert deposit["company_id"] == f"1{paid[0].payer.tax_id}"
    assert sorted(widths.values(), key=max) == [{16}, {22}]


def test_only_what_is_on_its_way_is_kept(bank: Bank) -> None:
    half = len(bank.waiting) // 2
    assert max(bank.waiting[half:]) < 1.2 * max(bank.waiting[:half])
    assert max(bank.waiting) < 4 * 240  # the payments of a few pay days, of 75


def test_the_days_of_the_statement_are_working_days_in_order_up_to_the_last(bank: Bank) -> None:
    days = [date.fromisoformat(deposit["deposit_date"]) for deposit in bank.deposits.values()]
    assert days == sorted(days)
    assert max(days) <= LAST_DAY
    assert all(day.weekday() < 5 for day in days)


def test_a_day_that_is_written_already_is_refused(tmp_path: Path) -> None:
    with Deposits(tmp_path / "deposits.csv", tmp_path / "truth.csv", seed=1, channels=Channels(1, []),
                  last_day=LAST_DAY) as deposits:  # fmt: skip
        deposits.add(START, [])
        with pytest.raises(ValueError, match="comes after"):
            deposits.add(START, [])
