"""Payments that are not one payment for one claim, judged by the sealed truth: checks for several claims, splits,
reversals, corrections, second payers, second payments, takebacks, and files that came twice.

What a tie is worth is learnt from the first part of the history, and the rest is judged. The bars: of the checks for
several claims that are answered 97 % have all claims right; of splits and reversals 99 % of all are tied rightly.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from features.groups.ties import Kind, Tie
from models.groups.trust import TIED, Trust
from training import datasets
from training.benchmarks import bars
from training.benchmarks.folder import measured_folder, name_of
from training.benchmarks.groups import checks, remittances
from training.benchmarks.groups.tally import Tally, shown
from training.benchmarks.groups.tie_methods import by_claim_id
from training.benchmarks.groups.tie_truth import KINDS, TieTruth
from training.benchmarks.matching.truth import Members, read_members, read_truth
from training.benchmarks.results import Found, Row, recording, write
from training.datasets import Dataset
from training.groups.accounts import payees_of, read_credits
from training.groups.fit import fit
from training.groups.lumps import AnsweredCheck, replay
from training.groups.ties import TiedPayments, tied

WIDTH = 150
HISTORY = 0.5  # of the labelled payments: what teaches; those paid later are judged
LUMPS_RIGHT, TIES_RIGHT = 0.97, 0.99
BARRED: tuple[Kind, ...] = ("split", "reversal")
Named = list[tuple[str, Tally]]


def run(arguments: argparse.Namespace) -> int:
    """Simulate unless data is given, tie everything, and judge it by the truth; the answer is 0."""
    console = recording(WIDTH)
    with measured_folder(arguments) as folder:
        dataset = datasets.load(folder)
        start = time.perf_counter()
        payees = payees_of(dataset.stubs, read_credits(folder), dataset.remittances)
        pairs, answers = tied(dataset), replay(dataset, payees)
        seconds = time.perf_counter() - start
        first = pairs.labels.paid_on[int(len(pairs.labels.paid_on) * HISTORY)]
        trust = fit(pairs, answers, before=first)
        found = [*_ties(pairs, trust, folder, first), *_remittances(dataset, folder)]
        lumps, said = _checks(dataset, answers, trust, folder, first)
    found = [*lumps, *found]
    rows = [Row(name, tally.figures()) for name, tally in found]
    many = f"{len(pairs.labels.payments):,} payments and {len(answers):,} checks"
    about = f"{many}, judged from {first} on, in {seconds:.0f} s"
    missed = _misses(dict(found))
    console.print(shown(found))
    for sentence in (*said, about):
        console.print(sentence)
    bars.say(console, missed)
    result = Found(
        name_of("groups", arguments), arguments.seed, dataset.digest, about, rows, missed, {"checks": said}
    )
    console.print(f"written to {write(arguments.out, result, console)}")
    return 0


def _ties(pairs: TiedPayments, trust: Trust, folder: Path, first: date) -> Named:
    """By kind: ties at or above the confidence from which they are stated, and the baseline's."""
    payments = pairs.labels.payments
    truth = TieTruth(payments, read_truth(folder, payments), pairs.claims)
    start = next(place for place, day in enumerate(pairs.labels.paid_on) if day >= first)
    sure = [tie for tie in map(trust.tie, pairs.ties) if (tie.confidence or 0) >= TIED]
    rule = by_claim_id(payments, pairs.claims)
    alone = [
        tie for tie in map(trust.tie, pairs.ties) if (tie.confidence or 0) * (1 + len(tie.rivals)) >= TIED
    ]
    return [
        ("split: its parts, of whichever twin", truth.parts(alone, start)),
        *_by_kind(truth, sure, rule, start),
    ]


def _by_kind(truth: TieTruth, sure: Sequence[Tie], rule: Sequence[Tie], start: int) -> Named:
    return [
        (f"{kind}{suffix}", truth.tally(kind, given, start))
        for kind in KINDS
        for suffix, given in (("", sure), (": latest of the claim id", rule))
    ]


def _remittances(dataset: Dataset, folder: Path) -> Named:
    """Takebacks and repeated remittances of the whole history: nothing of theirs is learnt."""
    given = remittances.arrived(dataset)
    ours, baseline = remittances.takebacks(given, folder)
    return [
        ("takeback", ours),
        ("takeback: any recovery with a number", baseline),
        ("remittance sent twice", remittances.sent_twice(given)),
        ("remittance sent twice: control number", remittances.sent_twice_by_control_number(given)),
    ]


def _checks(
    dataset: Dataset, answers: Iterable[AnsweredCheck], trust: Trust, folder: Path, first: date
) -> tuple[Named, list[str]]:
    """Checks for several claims and for one, ours and by the rule, and how many anyone could have told."""
    if not dataset.stubs:
        return [], ["no check came without a remittance"]
    members = read_members(folder, "stub")
    paid, claims = _paid(members), {claim.claim_id or "": claim for claim in dataset.claims}
    judged = [
        (check, checks.TrueCheck.of(members.get(check.stub.stub_id, ())))
        for check in answers
        if check.stub.received_date >= first
    ]
    several = [pair for pair in judged if pair[1].several]
    one = [pair for pair in judged if not pair[1].several]
    rows, said = [], []
    for name, group in (("check for several claims", several), ("check for one claim", one)):
        rows += [
            (name, checks.ours(group, trust)),
            (f"{name}: likeliest set", checks.ours(group, trust, always=True)),
            (f"{name}: named on the stub", checks.named(group, claims)),
        ]
        said.append(
            f"{name}: of {len(group)}, all claims waited here for {checks.reachable(group)}; who knew what each "
            f"waiting claim will be paid could tell {checks.unique_by_true_amounts(group, paid)} by the amount alone"
        )
    return rows, said


def _paid(members: Members) -> Mapping[str, int]:
    """Cents that each claim was truly paid by the first check that gave it anything."""
    paid: defaultdict[str, int] = defaultdict(int)
    for rows in members.values():
        for claim, amount in checks.TrueCheck.of(rows).claims.items():
            paid.setdefault(claim, amount)
    return paid


def _misses(found: Mapping[str, Tally]) -> list[str]:
    """What falls short of the bars, in a sentence each."""
    missed = []
    lumps = found.get("check for several claims")
    if lumps:
        answers = lumps.right + lumps.wrong
        if not answers:
            missed.append(f"none of {lumps.of} checks for several claims is sure enough to be answered")
        elif lumps.right < LUMPS_RIGHT * answers:
            missed.append(
                f"of {answers} answered checks for several claims, {lumps.right} have all claims right"
            )
    for kind in BARRED:
        tally = found[kind]
        if tally.right < TIES_RIGHT * tally.of:
            missed.append(f"{tally.right} of {tally.of} ties of kind {kind} are right")
    return missed
