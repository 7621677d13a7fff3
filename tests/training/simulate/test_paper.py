"""Paper is typed with the errors that people make, at their stated rates, and the truth knows what each row pays."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from string import capwords

import pytest

from tests.training.simulate.small_batches import (
    START,
    cents,
    make_channels,
    make_days,
    make_payer,
    read_rows,
)
from training.simulate.bank import channels
from training.simulate.bank.channels import Channels
from training.simulate.bank.deposits import Deposits
from training.simulate.batches import Batch
from training.simulate.paper import rows as paper_rows
from training.simulate.paper import stubs
from training.simulate.paper.run import STUB_ALONE, Paper
from training.simulate.payments import Payment

DAYS = 75
LAST_DAY = START + timedelta(7 * DAYS // 3 + 30)  # all is typed by then
SEED = 8

Rows = list[dict[str, str]]


@dataclass
class Desk:
    """What was paid, what the files say, and the most that ever waited."""

    channels: Channels
    payments: dict[str, Payment]  # by the true claim, also of another system
    batches: dict[str, Batch]
    rows: Rows
    stubs: Rows
    row_truth: Rows
    stub_truth: Rows
    waiting: list[int]

    def typed(self) -> list[tuple[dict[str, str], Payment]]:
        """The rows for claims of ours, with the payments that they were typed from."""
        truth = {row["row_id"]: row["claim_id"] for row in self.row_truth}
        return [(row, self.payments[truth[row["row_id"]]]) for row in self.rows if truth[row["row_id"]]]


def write(
    folder: Path, *, payers: int, seed: int = SEED, last_day: date = LAST_DAY
) -> tuple[list[Batch], list[int]]:
    batches, waiting = [], []
    with Paper(
        folder, folder / "truth", seed=seed, channels=make_channels(seed, payers=payers), last_day=last_day
    ) as paper:
        for day, paid in make_days(payers=payers, payees=2, days=DAYS):
            paper.add(day, paid)
            batches += paid
            waiting.append(len(paper))
    return batches, waiting


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("desk")
    batches, waiting = write(folder, payers=120)
    return Desk(
        channels=make_channels(SEED, payers=120),
        payments={payment.claim.claim_id: payment for batch in batches for payment in batch.payments},
        batches={batch.trace_number: batch for batch in batches},
        rows=read_rows(folder / "paper.csv"),
        stubs=read_rows(folder / "stubs.csv"),
        row_truth=read_rows(folder / "truth" / "paper.csv"),
        stub_truth=read_rows(folder / "truth" / "stubs.csv"),
        waiting=waiting,
    )


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("two", 3), ("other", 4)):
        write(tmp_path / name, payers=20, seed=seed)
    for file in ("paper.csv", "stubs.csv", "truth/paper.csv", "truth/stubs.csv"):
        one, two, other = ((tmp_path / name / file).read_bytes() for name in ("one", "two", "other"))
        assert one == two != other


def test_the_payers_that_send_paper_are_dealt_by_their_ids_and_the_seed_whatever_their_order() -> None:
    payers = [make_payer(number) for number in range(50)]
    known = Channels(1, payers)
    answers = [known.is_paper(payer) for payer in payers]
    assert sum(answers) == round(channels.PAPER * 50)
    assert [Channels(1, payers[::-1]).is_paper(payer) for payer in payers] == answers
    assert [Channels(2, payers).is_paper(payer) for payer in payers] != answers


@pytest.mark.parametrize("change", [{"kind": "medicare"}, {"weight": 0.08}])
def test_governments_and_large_payers_send_no_paper_nor_does_a_payer_that_is_not_dealt(
    change: dict[str, object],
) -> None:
    payers = [make_payer(number) for number in range(100)]
    for payer in payers[:90]:
        for name, value in change.items():
            setattr(payer, name, value)
    known = Channels(1, payers[:99])
    assert {payer.payer_id for payer in payers if known.is_paper(payer)} == {
        p.payer_id for p in payers[90:99]
    }


def test_payers_that_send_paper_pay_by_check_and_so_do_a_few_others() -> None:
    payers = [make_payer(number) for number in range(200)]
    known = Channels(1, payers)
    by_paper = Counter((known.is_paper(payer), known.pays_by_check(payer)) for payer in payers)
    assert by_paper == {(True, True): 24, (False, True): 21, (False, False): 155}


def test_every_claim_payment_on_paper_is_in_a_row_or_a_stub_and_no_other_is(desk: Desk) -> None:
    told = Counter((row["trace_number"], row["amount"]) for row in desk.row_truth + desk.stub_truth)
    paid = Counter(
        (trace, f"{payment.paid / 100:.2f}")
        for trace, batch in desk.batches.items()
        for payment in batch.payments
        if desk.channels.is_paper(batch.payer)
    )
    assert told == paid


def test_the_truth_names_the_claim_that_a_row_pays_and_none_for_another_systems(desk: Desk) -> None:
    assert [row["row_id"] for row in desk.rows] == [row["row_id"] for row in desk.row_truth]
    assert {row["stub_id"] for row in desk.stubs} == {row["row_id"] for row in desk.stub_truth}
    foreign = [row for row in desk.row_truth + desk.stub_truth if not row["claim_id"]]
    assert 0.05 < len(foreign) / len(desk.row_truth + desk.stub_truth) < 0.12
    assert {row["event"] for row in foreign} == {"foreign"}
    for row in desk.row_truth + desk.stub_truth:
        if row["claim_id"]:
            assert desk.payments[row["claim_id"]] in desk.batches[row["trace_number"]].payments


def test_the_identifiers_that_a_row_shows_are_mostly_right_and_sometimes_wrong_or_missing(desk: Desk) -> None:
    typed = desk.typed()
    for field, right in {
        "member_id": lambda p: {p.member_id, p.member_id.removesuffix("01")},
        "claim_number": lambda p: {p.claim_id, p.payer_claim_number},
        "service_date": lambda p: {p.service_from.isoformat()},
    }.items():
        missing = sum(not row[field] for row, _ in typed) / len(typed)
        assert abs(missing - paper_rows.MISSING[field]) < 0.015
        wrong = sum(bool(row[field]) and row[field] not in right(payment) for row, payment in typed)
        assert 0.005 < wrong / len(typed) < 0.04


def test_names_are_written_in_the_habit_of_the_clerk_and_a_stated_share_is_misspelt_or_a_nickname(
    desk: Desk,
) -> None:
    habits = {clerk.initials: clerk for clerk in paper_rows.CLERKS}
    other = 0
    for row, payment in desk.typed():
        clerk = habits[row["typed_by"]]
        exact = clerk.name.format(last=payment.last, first=payment.first)
        other += row["patient_name"] != (exact if clerk.capitals else capwords(exact))
    assert {row["typed_by"] for row in desk.rows} == habits.keys()
    assert 0.05 < other / len(desk.typed()) < 0.12


def test_an_amount_is_rarely_wrong_by_a_digit_and_what_was_paid_is_never_missing(desk: Desk) -> None:
    typed = [(row, payment) for row, payment in desk.typed() if payment.paid]
    wrong = [(row, payment) for row, payment in typed if cents(row["paid"]) != payment.paid]
    assert 0.001 < len(wrong) / len(typed) < 0.009
    for row, payment in wrong:
        differing = sum(
            a != b for a, b in zip(row["paid"].zfill(9), f"{payment.paid / 100:.2f}".zfill(9), strict=True)
        )
        assert differing == 1


def test_a_denial_is_typed_with_its_code_and_what_is_paid_with_none(desk: Desk) -> None:
    codes = defaultdict(set)
    for row, payment in desk.typed():
        codes[payment.paid > 0].add(row["denial_code"])
        if not payment.paid:
            assert row["check_number"] == ""
    assert codes == {True: {""}, False: {"", "50", "CO50", "CO-50", "CO 50"}}


def test_the_rows_of_a_check_are_typed_on_one_day_by_one_clerk(desk: Desk) -> None:
    checks = defaultdict(set)
    for row, truth in zip(desk.rows, desk.row_truth, strict=True):
        checks[truth["trace_number"]].add((row["typed_date"], row["typed_by"], row["check_number"]))
    assert {len(seen) for seen in checks.values()} == {1}


def test_stubs_come_from_the_payers_that_send_nothing_else_and_now_and_then_from_others(desk: Desk) -> None:
    stubbed = {row["trace_number"] for row in desk.stub_truth}
    counts: dict[bool, list[bool]] = {True: [], False: []}
    for trace, batch in desk.batches.items():
        if desk.channels.is_paper(batch.payer) and batch.amount > 0:
            counts[desk.channels.of(batch.payer).stubs_only].append(trace in stubbed)
    assert all(counts[True])
    assert abs(sum(counts[False]) / len(counts[False]) - STUB_ALONE) < 0.03


def test_a_stub_is_one_row_a_check_with_its_amount_however_many_claims_it_pays(desk: Desk) -> None:
    claims = Counter(row["row_id"] for row in desk.stub_truth)
    traces = {row["row_id"]: row["trace_number"] for row in desk.stub_truth}
    assert len(set(traces.values())) == len(desk.stubs) == len(claims)
    assert sum(count > 1 for count in claims.values()) > 0.5 * len(claims)
    right = sum(cents(stub["amount"]) == desk.batches[traces[stub["stub_id"]]].amount for stub in desk.stubs)
    assert 0.98 < right / len(desk.stubs) < 1
    for field, share in {"patient_name": stubs.NAMED, "account_or_reference": stubs.REFERENCED}.items():
        assert (
            abs(sum(bool(stub[field]) for stub in desk.stubs) / len(desk.stubs) - share) < 0.05
        )  # three standard errors


def test_a_plain_rule_on_number_and_amount_ties_most_rows_but_not_all(desk: Desk) -> None:
    keys = {(p.claim_id, p.paid): claim_id for claim_id, p in desk.payments.items() if not p.claim.foreign}
    tied = [keys.get((row["claim_number"], cents(row["paid"]))) for row in desk.rows]
    right = sum(
        bool(claim) and claim == row["claim_id"] for claim, row in zip(tied, desk.row_truth, strict=True)
    )
    assert 0.4 < right / len(desk.rows) < 0.85


def test_a_check_number_on_paper_finds_the_deposit_of_the_check(tmp_path: Path) -> None:
    known, bank = make_channels(SEED, payers=40), tmp_path / "deposits.csv"
    with (
        Deposits(bank, tmp_path / "truth.csv", seed=SEED, channels=known, last_day=LAST_DAY) as deposits,
        Paper(tmp_path, tmp_path / "truth", seed=SEED, channels=known, last_day=LAST_DAY) as paper,
    ):
        for day, paid in make_days(payers=40, payees=2, days=DAYS):
            deposits.add(day, paid)
            paper.add(day, paid)
    numbers = {
        row["check_number"] for name in ("paper.csv", "stubs.csv") for row in read_rows(tmp_path / name)
    }
    traces = {row["trace_number"] for path in (tmp_path / "truth").iterdir() for row in read_rows(path)}
    truth = {row["bank_reference"]: row["trace_number"] for row in read_rows(tmp_path / "truth.csv")}
    alone = [
        deposit
        for deposit in read_rows(bank)
        if deposit["check_number"] and truth[deposit["bank_reference"]] in traces
    ]
    found = sum(deposit["check_number"] in numbers for deposit in alone)
    assert len(alone) > 50
    assert 0.9 < found / len(alone) < 1


def test_what_is_typed_after_the_last_day_is_in_no_file(tmp_path: Path) -> None:
    last_day = START + timedelta(60)
    write(tmp_path, payers=30, last_day=last_day)
    days = [date.fromisoformat(row["typed_date"]) for row in read_rows(tmp_path / "paper.csv")]
    days += [date.fromisoformat(row["received_date"]) for row in read_rows(tmp_path / "stubs.csv")]
    assert last_day - timedelta(4) < max(days) <= last_day
    assert len(read_rows(tmp_path / "paper.csv")) == len(read_rows(tmp_path / "truth" / "paper.csv"))


def test_only_what_is_in_the_mail_or_on_the_desk_is_kept(desk: Desk) -> None:
    half = len(desk.waiting) // 2
    assert max(desk.waiting[half:]) < 1.2 * max(desk.waiting[:half])
    assert max(desk.waiting) < 0.15 * len(desk.rows)
