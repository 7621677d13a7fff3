"""Takebacks by provider-level adjustments, and remittances that came twice, judged by the truth and the files."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from features.duplicates import grouped, sent_before
from features.groups.takebacks import Takebacks
from features.match_keys import normalised
from features.x12.records import ClaimPayment, Remittance
from training.benchmarks.groups.tally import Tally
from training.datasets import Dataset

FILE = Path("truth/takebacks.csv")
AGAIN = "-again"  # what the simulator calls the second delivery of a file
Arrived = Sequence[tuple[Remittance, list[ClaimPayment]]]


def arrived(dataset: Dataset) -> list[tuple[Remittance, list[ClaimPayment]]]:
    """Remittances with their claim payments in the order of their files, which are named by the day."""
    return sorted(
        grouped(dataset.remittances, dataset.claim_payments), key=lambda pair: Path(pair[0].source.file).name
    )


def sent_twice(given: Arrived) -> Tally:
    """Remittances that are recognised as having come before."""
    tally = Tally()
    for (remittance, _), again in zip(given, sent_before(given), strict=True):
        truly = AGAIN in Path(remittance.source.file).name
        tally.of += truly
        tally.right += truly and again
        tally.invented += again and not truly
    return tally


def sent_twice_by_control_number(given: Arrived) -> Tally:
    """The baseline: an interchange with a control number that came before from the same payer."""
    tally, seen = Tally(), dict[tuple[str | None, str | None], str]()
    for remittance, _ in given:
        truly = AGAIN in Path(remittance.source.file).name
        number = (remittance.payer_id, remittance.source.interchange)
        again = seen.setdefault(number, remittance.source.file) != remittance.source.file
        tally.of += truly
        tally.right += truly and again
        tally.invented += again and not truly
    return tally


def takebacks(given: Arrived, folder: Path) -> tuple[Tally, Tally]:
    """Adjustments that take a payment back, tied to it: ours, and a baseline that ties every recovery (WO) whose
    reference is a payer's claim number."""
    true = _true_takebacks(folder)
    known, numbers = Takebacks(), list[tuple[str, str]]()
    ours, baseline = Tally(of=0), Tally(of=0)
    for (remittance, inside), again in zip(given, sent_before(given), strict=True):
        if again:
            continue
        for payment in inside:
            known.add(payment)
            numbers.append((payment.payer_id or "", normalised(payment.payer_claim_number)))
        there = set(numbers) if remittance.provider_adjustments else set()
        found = known.explain(remittance)
        for adjustment, answer in zip(remittance.provider_adjustments, found, strict=True):
            number = true.get((remittance.trace_number or "", adjustment.amount))
            tied = numbers[answer.to[0]][1] if answer.kind == "takeback" else None
            _judge(ours, number, tied)
            reference = normalised(adjustment.reference)
            named = adjustment.reason == "WO" and (remittance.payer_id or "", reference) in there
            _judge(baseline, number, reference if named else None)
    return ours, baseline


def _judge(tally: Tally, truly: str | None, answer: str | None) -> None:
    """Count one adjustment: the payer's claim number of what it takes back, and the one that was said."""
    tally.of += truly is not None
    if answer is not None:
        tally.right += answer == truly
        tally.wrong += truly is not None and answer != truly
        tally.invented += truly is None


def _true_takebacks(folder: Path) -> dict[tuple[str, Decimal], str]:
    """The payer's claim number of the payment that is taken back, by trace number and amount."""
    with (folder / FILE).open(encoding="utf-8", newline="") as stream:
        return {
            (row["trace_number"], Decimal(row["amount"])): normalised(row["payer_claim_number"])
            for row in csv.DictReader(stream)
        }
