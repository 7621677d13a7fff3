"""What is written is read back by our reader, and the ledger and the truth tie to it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest

from features import files as reading
from features.denials import is_denial
from features.errors import BadInputError
from features.x12.records import Claim, ClaimPayment, Problem, Record, Remittance
from tests.training.simulate.conftest import END, SMALL, Simulated, a_run
from training.simulate import files
from training.simulate.bank.channels import Channels
from training.simulate.draws import Draws
from training.simulate.ledger import POSTINGS, posted
from training.simulate.network_run import Day


def records(folder: Path) -> list[Record]:
    return [record for path in reading.find([folder]) for record in reading.read(path)]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def key(row: dict[str, str]) -> tuple[str | None, str | None, str | None, Decimal | None]:
    return row["trace_number"], row["payer_claim_number"], row["status"], Decimal(row["amount"])


def tie(payment: ClaimPayment) -> tuple[str | None, str | None, str | None, Decimal | None]:
    return payment.trace_number, payment.payer_claim_number, payment.status, payment.paid


def written(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.*"))}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(folder: Path, tmp_path: Path) -> None:
    for seed, name in ((7, "same"), (6, "other")):
        files.write(tmp_path / name, a_run(claims=SMALL, seed=seed))
    assert written(tmp_path / "same") == written(folder)
    assert written(tmp_path / "other") != written(folder)


def test_a_second_run_replaces_the_first(folder: Path, tmp_path: Path) -> None:
    files.write(tmp_path, a_run(claims=30, seed=1))
    files.write(tmp_path, a_run(claims=SMALL, seed=7))
    assert written(tmp_path) == written(folder)


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear payer", encoding="utf-8")
    with pytest.raises(BadInputError, match="other files"):
        files.write(tmp_path, a_run(claims=30, seed=7))
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("own", ["claims/mine.837", "truth/notes.txt"])
def test_a_file_of_ones_own_among_the_simulated_ones_is_never_deleted(tmp_path: Path, own: str) -> None:
    files.write(tmp_path, a_run(claims=30, seed=7))
    (tmp_path / own).write_text("mine", encoding="utf-8")
    with pytest.raises(BadInputError, match="have changed"):
        files.write(tmp_path, a_run(claims=30, seed=8))
    assert (tmp_path / own).read_text(encoding="utf-8") == "mine"


def test_a_run_that_was_stopped_half_way_can_be_begun_again(tmp_path: Path) -> None:
    run = a_run(claims=30, seed=7)
    days = run.days

    def stopped() -> Iterator[Day]:
        yield from islice(days(), 400)
        raise KeyboardInterrupt

    run.days = stopped  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        files.write(tmp_path, run)
    manifest = files.write(tmp_path, a_run(claims=30, seed=7))
    assert manifest.counts["claims"] >= 30


def test_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a-file"
    path.write_text("", encoding="utf-8")
    with pytest.raises(BadInputError, match="a file and no folder"):
        files.write(path, a_run(claims=30, seed=7))


def test_the_reader_finds_every_claim_as_it_was_sent(folder: Path, small: Simulated) -> None:
    read = records(folder / "claims")
    claims = {(claim.claim_id, claim.submitted): claim for claim in read if isinstance(claim, Claim)}
    assert len(read) == len(claims) == len(small.sent)
    assert len({claim.claim_id for claim in claims.values() if claim.frequency == "1"}) == SMALL
    for sent in small.sent:
        claim = claims[sent.claim_id, sent.submitted]
        assert claim.charge == Decimal(sent.charge) / 100 == sum(line.charge or 0 for line in claim.lines)
        assert [line.procedure for line in claim.lines] == [line.procedure for line in sent.lines]
        assert (claim.patient_last, claim.patient_first) == (sent.patient.last, sent.patient.first)
        assert (claim.payer_id, claim.subscriber_id) == (sent.payer.payer_id, sent.subscriber_id)
        assert (claim.submitted, claim.service_from) == (sent.submitted, sent.service_from)
        assert (claim.prior_authorization, claim.referral) == (sent.authorization, sent.referral)
        assert (claim.frequency, claim.original_reference) == (sent.frequency, sent.original_reference)
        assert claim.diagnoses == tuple(sent.diagnoses)
        assert (claim.rendering_npi == sent.physician.npi) == (
            sent.rendering_shown and claim.rendering_npi is not None
        )


def test_the_reader_finds_every_payment_and_the_balances(folder: Path, small: Simulated) -> None:
    once = [path for path in reading.find([folder / "remittances"]) if "again" not in path.name]
    read = [record for path in once for record in reading.read(path)]
    payments = {tie(record): record for record in read if isinstance(record, ClaimPayment)}
    remittances = [record for record in read if isinstance(record, Remittance)]
    batches = small.electronic(seed=7)
    paid = [payment for batch in batches for payment in batch.payments]
    assert len(payments) == len(paid)
    for sent in paid:
        payment = payments[sent.trace_number, sent.payer_claim_number, sent.status, Decimal(sent.paid) / 100]
        assert (payment.claim_id, payment.charge) == (sent.claim_id, Decimal(sent.charge) / 100)
        assert (payment.patient_last, payment.subscriber_id) == (sent.last, sent.member_id)
        assert payment.balanced == (sent.misprint == 0)
        assert len(payment.lines) == len(sent.lines)
    assert {r.trace_number for r in remittances} == {batch.trace_number for batch in batches}
    assert sum(r.payment_amount or 0 for r in remittances) == Decimal(sum(b.amount for b in batches)) / 100
    assert all(remittance.balanced for remittance in remittances)
    assert {record.code for record in read if isinstance(record, Problem)} <= {"claim-unbalanced"}


def test_denials_in_the_remittances_are_those_that_were_decided(folder: Path, small: Simulated) -> None:
    truth = {key(row): row for row in rows(folder / "truth" / "claim_payments.csv")}
    denied = {row["claim_id"]: row["denied"] == "1" for row in rows(folder / "truth" / "claims.csv")}
    assert sum(denied.values()) == sum(decision.denied for _, decision in small.decided)
    seen = 0
    for record in records(folder / "remittances"):
        if isinstance(record, ClaimPayment):
            row = truth[
                str(record.trace_number),
                str(record.payer_claim_number),
                str(record.status),
                record.paid or Decimal(),
            ]
            if row["event"] in ("plain", "split", "sibling"):
                seen += 1
                assert is_denial(record) == denied[row["claim_id"]]
    assert seen > 0.8 * SMALL


def test_every_posting_ties_to_one_claim_payment_and_nearly_all_to_its_claim(
    folder: Path, small: Simulated
) -> None:
    ledger = rows(folder / "postings.csv")
    truth = {key(row): row for row in rows(folder / "truth" / "claim_payments.csv")}
    payments = {tie(record) for record in records(folder / "remittances") if isinstance(record, ClaimPayment)}
    assert tuple(ledger[0]) == POSTINGS
    posted = {key(row): row["posting_date"] for row in ledger}
    assert list(posted) == [tied for tied in truth if tied in posted]
    assert 0.98 < len(posted) / len(truth) <= 1
    days = {date.fromisoformat(day) for day in posted.values()}
    assert max(days) <= END
    assert not any(day.weekday() > 4 for day in days)
    electronic = {batch.trace_number for batch in small.electronic(seed=7)}
    assert payments == {tied for tied in truth if tied[0] in electronic}
    assert len(payments) > 0.8 * len(truth)
    wrong = [row for row in ledger if row["posted_claim_id"] != truth[key(row)]["claim_id"]]
    assert len(wrong) / len(ledger) < 0.03


def test_what_would_be_posted_after_the_last_day_is_not_there(small: Simulated) -> None:
    channels, last_day = Channels(7, small.network.payers), END - timedelta(400)
    postings = posted(Draws(1, "clerks"), small.batches, channels, last_day=last_day)
    days = Counter(posting.day for posting in postings)
    assert max(days) <= last_day
    assert days[last_day] < 5


def test_auditors_check_one_posting_of_each_remittance_afterwards_and_are_right(folder: Path) -> None:
    truth = {key(row): row["claim_id"] for row in rows(folder / "truth" / "claim_payments.csv")}
    posted_on = {key(row): row["posting_date"] for row in rows(folder / "postings.csv")}
    audits = rows(folder / "audits.csv")
    remittances = {tied[0] for tied in posted_on}
    assert len({row["trace_number"] for row in audits}) == len(audits) > 0.95 * len(remittances)
    assert all(row["audited_claim_id"] == truth[key(row)] for row in audits)
    assert all(row["audit_date"] > posted_on[key(row)] for row in audits)


def test_claims_of_another_system_are_in_no_file_of_ours(folder: Path) -> None:
    claims = {record.claim_id for record in records(folder / "claims") if isinstance(record, Claim)}
    truth = rows(folder / "truth" / "claim_payments.csv")
    assert all((row["claim_id"] == "") == (row["event"] == "foreign") for row in truth)
    assert {row["claim_id"] for row in truth} - {""} <= claims


def test_a_resubmission_refers_to_the_number_under_which_its_claim_was_denied(folder: Path) -> None:
    read = records(folder / "claims")
    answered = {row["payer_claim_number"] for row in rows(folder / "postings.csv")}
    again = [record for record in read if isinstance(record, Claim) and record.frequency == "7"]
    assert len(again) > 10
    assert all(claim.original_reference in answered for claim in again)


def test_a_file_that_is_sent_twice_is_the_same_file(tmp_path: Path) -> None:
    files.write(tmp_path, a_run(claims=1500, seed=11))
    again = list((tmp_path / "remittances").glob("*-again.835"))
    first = {path.read_bytes() for path in (tmp_path / "remittances").iterdir() if path not in again}
    assert again
    assert all(path.read_bytes() in first for path in again)
