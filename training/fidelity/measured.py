"""The figures of a folder, each measured as its published counterpart is and with its 95 % interval."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from training.fidelity import structure
from training.fidelity.folder import Folder
from training.fidelity.histories import History, followed, histories
from training.fidelity.reason_mix import CATEGORIES
from training.metrics import HIGH, LOW, exact_interval

FEW = 30  # claims, denials or files: with fewer, a figure is shown but not judged
FEW_OF_PAYER = 200  # matured claims of a payer for its rate to count in the spread
FOLLOWED_DAYS = 180  # a denial's time to be paid after all
PAYMENT_FLOOR = 14  # the first day on which Medicare may pay an electronic claim
RESAMPLES = 1000


@dataclass(frozen=True)
class Measured:
    """A figure in its unit (shares in 0..1), the ends of its 95 % interval, and how many it rests on."""

    value: float
    low: float
    high: float
    of: int


@dataclass(frozen=True)
class PayerRate:
    """The denial rate of a payer's matured claims."""

    payer: str
    kind: str
    rate: Measured


@dataclass(frozen=True)
class Measurements:
    """All that the report shows; ``figures`` by the names that ``published`` uses."""

    figures: Mapping[str, Measured]
    payers: tuple[PayerRate, ...]  # those with claims enough, lowest first
    days: Mapping[str, Mapping[int, int]]  # by kind of plan: how many claims were answered after so many days
    claims: int
    judged: int  # claims with a matured first decision
    claim_payments: int
    remittances: int
    files: int
    rejected: int
    problems: int
    first_day: date
    last_day: date
    digest: str


def measure(folder: Folder) -> Measurements:
    """Every figure that the folder's files hold."""
    dataset = folder.dataset
    found = histories(dataset, folder.appealed)
    payers = payer_rates(found)
    figures = {
        **denial_rates(found),
        **_spread(payers),
        **reason_mix(found),
        **later(followed(found, dataset.end, FOLLOWED_DAYS)),
        **days_to_answer(found),
        **_structure(folder.structures),
    }
    sent = [claim.submitted for claim in dataset.claims if claim.submitted]
    return Measurements(
        figures={name: figure for name, figure in figures.items() if figure.of},
        payers=payers,
        days=waits(found),
        claims=len(dataset.claims),
        judged=len(found),
        claim_payments=len(dataset.claim_payments),
        remittances=len(dataset.remittances),
        files=folder.files,
        rejected=folder.rejected,
        problems=dataset.problems,
        first_day=min(sent, default=dataset.end),
        last_day=dataset.end,
        digest=dataset.digest,
    )


def share(hits: int, of: int) -> Measured:
    """A rate with its exact interval.

    >>> share(1, 2).value, round(share(1, 2).low, 3)
    (0.5, 0.013)
    """
    return Measured(hits / of if of else 0.0, *exact_interval(hits, of), of)


def denial_rates(found: Sequence[History]) -> dict[str, Measured]:
    """Of all claims, of each kind of plan, of Medicare Advantage by setting, of physicians' claims by plan."""

    def rate(wanted: Callable[[History], bool]) -> Measured:
        chosen = [history for history in found if wanted(history)]
        return share(sum(history.denied for history in chosen), len(chosen))

    rates = {"denial.overall": rate(lambda _: True)}
    for kind in ("advantage", "hmo", "commercial"):
        rates[f"denial.{kind}"] = rate(lambda h, kind=kind: h.kind == kind)  # type: ignore[misc]
    for setting in ("outpatient", "inpatient", "professional"):
        rates[f"denial.advantage.{setting}"] = rate(
            lambda h, setting=setting: h.kind == "advantage" and h.setting == setting  # type: ignore[misc]
        )
    for kind in ("medicare", "medicaid"):
        rates[f"denial.{kind}.professional"] = rate(
            lambda h, kind=kind: h.kind == kind and h.setting == "professional"  # type: ignore[misc]
        )
    rates["denial.medicaid-over-medicare"] = _difference(
        rates["denial.medicaid.professional"], rates["denial.medicare.professional"]
    )
    return rates


def _difference(one: Measured, other: Measured) -> Measured:
    """The difference of two independent rates, its interval from theirs (Newcombe's method 10)."""
    value = one.value - other.value
    below = np.hypot(one.value - one.low, other.high - other.value)
    above = np.hypot(one.high - one.value, other.value - other.low)
    return Measured(value, float(value - below), float(value + above), min(one.of, other.of))


def payer_rates(found: Iterable[History]) -> tuple[PayerRate, ...]:
    """The rate of each payer with claims enough, lowest first."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for history in found:
        count = counts[history.payer, history.kind]
        count[0] += history.denied
        count[1] += 1
    rates = [
        PayerRate(payer, kind, share(denied, of))
        for (payer, kind), (denied, of) in counts.items()
        if of >= FEW_OF_PAYER
    ]
    return tuple(sorted(rates, key=lambda rate: (rate.rate.value, rate.payer)))


def _spread(payers: Sequence[PayerRate]) -> dict[str, Measured]:
    if not payers:
        return {}
    return {"payers.lowest": payers[0].rate, "payers.highest": payers[-1].rate}


def reason_mix(found: Iterable[History]) -> dict[str, Measured]:
    """Each category's share of the denied claims; a claim counts once, with its first denial."""
    counts = Counter(history.reason for history in found if history.reason)
    return {f"reason.{name}": share(counts[name], counts.total()) for name in CATEGORIES}


def later(denied: Sequence[History]) -> dict[str, Measured]:
    """What became of denials that had time enough: paid after all, and after how long."""
    advantage = [history for history in denied if history.kind == "advantage"]
    again = [history for history in denied if history.again]
    appealed = [history for history in denied if history.appealed]
    waited = [(history.paid_later - history.answered).days for history in denied if history.paid_later]
    return {
        "later.paid": share(sum(h.paid_later is not None for h in denied), len(denied)),
        "later.paid.advantage": share(sum(h.paid_later is not None for h in advantage), len(advantage)),
        "later.again": share(len(again), len(denied)),
        "later.again-paid": share(sum(history.again_paid for history in again), len(again)),
        "later.appeal-won": share(sum(h.paid_later is not None for h in appealed), len(appealed)),
        "later.fought": _fought(denied),
        **({"later.days": _median(waited)} if waited else {}),
    }


def _fought(denied: Sequence[History]) -> Measured:
    """Of those appealed or sent again, how many were paid; without a work list no one knows of the appeals."""
    fought = [history for history in denied if history.appealed or history.again]
    if not any(history.appealed for history in fought):
        fought = []
    return share(sum(history.paid_later is not None for history in fought), len(fought))


def _median(values: Sequence[int]) -> Measured:
    """The median with its bootstrap interval."""
    array = np.asarray(values, dtype=np.float64)
    generator = np.random.default_rng(0)
    medians = [np.median(generator.choice(array, array.size)) for _ in range(RESAMPLES)]
    low, high = np.quantile(medians, (LOW, HIGH))
    return Measured(float(np.median(array)), float(low), float(high), array.size)


def days_to_answer(found: Sequence[History]) -> dict[str, Measured]:
    """From submission to the first decision: how many within so many days, and Medicare's floor."""

    def within(days: int, chosen: Sequence[History]) -> Measured:
        return share(sum(history.days <= days for history in chosen), len(chosen))

    clean = [history for history in found if not history.denied]
    medicare = [history for history in clean if history.kind == "medicare"]
    return {
        "days.15": within(15, found),
        "days.30": within(30, found),
        "days.advantage": within(30, [history for history in clean if history.kind == "advantage"]),
        "days.medicaid": within(30, [history for history in clean if history.kind == "medicaid"]),
        "days.floor": share(
            sum(history.days < PAYMENT_FLOOR for history in medicare),
            len(medicare),
        ),
    }


def waits(found: Iterable[History]) -> dict[str, dict[int, int]]:
    """By kind of plan, how many claims waited so many days for their first decision."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for history in found:
        counts[history.kind][history.days] += 1
    return {kind: dict(sorted(count.items())) for kind, count in sorted(counts.items())}


def _structure(files: Sequence[structure.Structure]) -> dict[str, Measured]:
    means = {name: structure.mean_of_files(files, name) for name in structure.FIGURES}
    return {name: Measured(*mean, len(files)) for name, mean in means.items() if mean is not None}
