"""The simulated years in memory: who visits, what is billed, what is answered, what is paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from features.progress import track
from training.simulate import billing, network, population, quirks, rates, visits
from training.simulate.adjudication import Decision, decide
from training.simulate.batches import Batch, gather
from training.simulate.claims import SimulatedClaim
from training.simulate.draws import Draws
from training.simulate.network import Network
from training.simulate.payments import Payment, answer

RESUBMITTED_SHARE = 0.055  # of all claims: RESUBMITTED of the 12 to 15 % that are denied, after rounding down


@dataclass(slots=True)
class Simulated:
    """Everything that happened; claims in order of submission, batches in order of payment."""

    network: Network
    decided: list[tuple[SimulatedClaim, Decision]]
    batches: list[Batch]


def simulate(*, claims: int, seed: int, start: date, end: date) -> Simulated:
    """Exactly so many claims between the two days, and all that payers paid by the last of them."""
    net = network.build(Draws(seed, "network"), start, end)
    resubmitted = round(claims * RESUBMITTED_SHARE)
    people = population.build(
        Draws(seed, "people"), net, people=max(40, round(claims / rates.CLAIMS_A_PATIENT)), start=start
    )
    ours = _billed(Draws(seed, "visits"), net, people, claims - resubmitted, start, end)
    draws = Draws(seed, "adjudication")
    decided = [(claim, decide(draws, claim)) for claim in track(ours, "Adjudicating")]
    payments: list[Payment] = []
    for claim, decision in decided:
        payments += answer(draws, claim, decision, net.supplement)
    again = _resubmissions(Draws(seed, "resubmissions"), decided, payments, resubmitted, end)
    for claim in again:
        decision = decide(draws, claim)
        decided.append((claim, decision))
        payments += answer(draws, claim, decision, net.supplement)
    payments += _foreign(Draws(seed, "foreign"), net, people, len(payments), start, end)
    noise = Draws(seed, "quirks")
    for payment in payments:
        quirks.disturb(noise, payment)
    decided.sort(key=lambda pair: pair[0].submitted)
    return Simulated(net, decided, gather(Draws(seed, "batches"), payments, last_day=end))


def _billed(
    draws: Draws, net: Network, people: list[population.Patient], count: int, start: date, end: date
) -> list[SimulatedClaim]:
    planned = visits.plan(draws, net, people, claims=count, start=start, end=end)
    return [claim for visit in track(planned, "Billing") for claim in billing.bill(draws, visit, end=end)]


def _resubmissions(
    draws: Draws,
    decided: list[tuple[SimulatedClaim, Decision]],
    payments: list[Payment],
    count: int,
    end: date,
) -> list[SimulatedClaim]:
    """Corrected claims (frequency 7) for some of the denied ones, sent after the answer was there."""
    numbers = {p.claim.claim_id: p.payer_claim_number for p in reversed(payments) if p.status != "2"}
    denied = [
        (c, d)
        for c, d in decided
        if d.denied and d.reason not in ("27", "18") and (end - d.answered).days > 4
    ]
    chosen = sorted(denied, key=lambda _: draws.random())[:count]
    again = []
    for claim, decision in sorted(chosen, key=lambda pair: (pair[1].answered, pair[0].claim_id)):
        submitted = min(end, decision.answered + timedelta(draws.between(4, 45)))
        again.append(billing.resubmit(draws, claim, number=numbers[claim.claim_id], submitted=submitted))
    return again


def _foreign(
    draws: Draws, net: Network, people: list[population.Patient], ours: int, start: date, end: date
) -> list[Payment]:
    """Payments for claims of another system: they look as ours do, and have no claim here."""
    count = round(ours * rates.FOREIGN / (1 - rates.FOREIGN))
    kept = round(count * rates.FOREIGN_OF_OUR_PATIENTS)
    strangers = population.build(
        draws, net, people=max(20, round((count - kept) / rates.CLAIMS_A_PATIENT)), start=start
    )
    claims = _billed(draws, net, people, kept, start, end) + _billed(
        draws, net, strangers, count - kept, start, end
    )
    payments: list[Payment] = []
    for claim in claims:
        claim.foreign = True
    for claim in claims:
        payments += answer(draws, claim, decide(draws, claim), net.supplement)[:1]
    return payments
