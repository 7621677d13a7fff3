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

FEW = 200
Decided = list[tuple[SimulatedClaim, Decision]]


@dataclass(slots=True)
class Simulated:
    """Everything that happened; claims in order of submission, batches in order of payment."""

    network: Network
    decided: Decided
    batches: list[Batch]


def simulate(*, claims: int, seed: int, start: date, end: date) -> Simulated:
    """So many claims between the two days, and all that payers paid by the last of them.

    Claims of another system are billed and answered among ours, so that no number or order tells them apart.
    """
    net = network.build(Draws(seed, "network"), start, end)
    # The number of claims is exact; below FEW there might not be denied ones enough to send again.
    resubmitted = round(claims * rates.RESUBMITTED * rates.DENIED_EXPECTED) if claims >= FEW else 0
    calendar = _calendar(seed, net, claims - resubmitted, start, end)
    draws = Draws(seed, "billing")
    billed = [claim for visit in track(calendar, "Billing") for claim in billing.bill(draws, visit, end=end)]
    decided, payments = _answered(Draws(seed, "adjudication"), net, billed)
    ours = [(claim, decision) for claim, decision in decided if not claim.foreign]
    again = _resubmissions(Draws(seed, "resubmissions"), ours, payments, resubmitted, end)
    decided_again, more = _answered(Draws(seed, "second adjudication"), net, again)
    payments += more
    noise = Draws(seed, "quirks")
    for payment in payments:
        quirks.disturb(noise, payment)
    ours = sorted(ours + decided_again, key=lambda pair: pair[0].submitted)
    return Simulated(net, ours, gather(Draws(seed, "batches"), payments, last_day=end))


def _calendar(seed: int, net: Network, claims: int, start: date, end: date) -> list[visits.Visit]:
    """Visits in order of their days: ours, and those that another system bills, half of them for our patients."""
    foreign = round(claims * rates.FOREIGN / (1 - rates.FOREIGN) * rates.PAYMENTS_A_CLAIM)
    shared = round(foreign * rates.FOREIGN_OF_OUR_PATIENTS)
    people = population.build(Draws(seed, "people"), net, people=_people(claims), start=start)
    strangers = population.build(Draws(seed, "strangers"), net, people=_people(foreign - shared), start=start)
    calendar = visits.plan(Draws(seed, "visits"), net, people, claims=claims, start=start, end=end)
    elsewhere = Draws(seed, "visits elsewhere")
    for group, count in ((people, shared), (strangers, foreign - shared)):
        for visit in visits.plan(elsewhere, net, group, claims=count, start=start, end=end):
            visit.foreign = True
            calendar.append(visit)
    return sorted(calendar, key=lambda visit: visit.day)  # a stable sort: equal days keep their order


def _people(claims: int) -> int:
    return max(20, round(claims / rates.CLAIMS_A_PATIENT))


def _answered(draws: Draws, net: Network, claims: list[SimulatedClaim]) -> tuple[Decided, list[Payment]]:
    decided: Decided = []
    payments: list[Payment] = []
    for claim in track(claims, "Adjudicating"):
        decision = decide(draws, claim)
        decided.append((claim, decision))
        answers = answer(draws, claim, decision, net.supplement)
        if claim.foreign:
            answers = answers[:1]
            answers[0].event = "foreign"
        payments += answers
    return decided, payments


def _resubmissions(
    draws: Draws, ours: Decided, payments: list[Payment], count: int, end: date
) -> list[SimulatedClaim]:
    """Corrected claims (frequency 7) for some of the denied ones, sent 4 to 45 days after the answer."""
    numbers = {payment.claim.claim_id: payment.payer_claim_number for payment in reversed(payments)}
    worked = [
        (visits.working_day(decision.answered + timedelta(draws.between(4, 45))), claim)
        for claim, decision in ours
        if decision.denied and decision.reason not in ("27", "18")
    ]
    in_time = [(day, claim) for day, claim in worked if day <= end]
    chosen = sorted(in_time, key=lambda _: draws.random())[:count]
    chosen.sort(key=lambda pair: (pair[0], pair[1].claim_id))
    return [
        billing.resubmit(draws, claim, number=numbers[claim.claim_id], submitted=day) for day, claim in chosen
    ]
