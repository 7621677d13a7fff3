"""The simulated days, one after another: who visits, what is sent, what payers answer and pay.

Only what waits is held: claims that are not yet sent, payments that are not yet made, denials that are not yet
worked. So what grows with the network is its patients and the calendar of their visits, and no claim or payment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from features.errors import BadInputError
from features.progress import track
from training.simulate import (
    billing,
    followups,
    front_end,
    network,
    planted,
    population,
    rates,
    scenarios,
    visits,
)
from training.simulate.adjudication import Decision, decide
from training.simulate.bank.channels import Channels
from training.simulate.batches import Batch, pay_day
from training.simulate.cashier import Cashier
from training.simulate.claims import SimulatedClaim
from training.simulate.draws import Draws
from training.simulate.followups import FollowUp
from training.simulate.front_end import Answer
from training.simulate.knowable import Knowable, knowable
from training.simulate.payments import answer, as_decided, overturned
from training.simulate.visits import Visit

Decided = list[tuple[SimulatedClaim, Decision]]


@dataclass(slots=True)
class Day:
    """What happened on a day: claims that were sent, what was said and decided of them, what was worked and paid."""

    day: date
    sent: list[SimulatedClaim] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    decided: Decided = field(default_factory=list)
    knowable: list[Knowable] = field(default_factory=list)  # of each claim that was decided
    worked: list[FollowUp] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)


class Run:
    """A network and its days, which can be walked once.

    ``claims`` counts first claims; corrected ones and those sent again after a rejection come on top. Claims of
    another system are billed and answered among ours, so that no number or order tells them apart.
    """

    def __init__(self, *, claims: int, seed: int, start: date, end: date, scenario: str = "steady") -> None:
        if scenario not in scenarios.SCENARIOS:
            raise BadInputError(
                f"there is no scenario {scenario!r}", remedy=f"choose among {', '.join(scenarios.SCENARIOS)}"
            )
        self.claims, self.seed, self.scenario = claims, seed, scenario
        self.start, self.end = start, end
        self.change = scenarios.change_day(start, end)
        self.network = network.build(Draws(seed, "network"), start, end)
        changing = scenarios.Change(self.network, Draws(seed, "scenario"), self.change, end)
        scenarios.SCENARIOS[scenario](changing)
        self.planted = planted.draw(Draws(seed, "planted"), self.network, start, end)
        self.channels = Channels(seed, self.network.payers)
        self._visits = iter(self._calendar(claims))
        self._next_visit = next(self._visits, None)
        self._cashier = Cashier(seed, last_day=end)
        self._ready: dict[date, list[SimulatedClaim]] = defaultdict(list)
        self._follow_ups: dict[date, list[FollowUp]] = defaultdict(list)
        self._billing = Draws(seed, "billing")
        self._gate = Draws(seed, "front end")
        self._adjudication = Draws(seed, "adjudication")
        self._work = Draws(seed, "follow-ups")

    def days(self) -> Iterator[Day]:
        """Every day from the first to the last."""
        count = (self.end - self.start).days + 1
        for number in track(range(count), "Simulating days", total=count):
            today = Day(self.start + timedelta(number))
            self._see_patients(today)
            self._work_denials(today)
            for claim in self._ready.pop(today.day, ()):
                self._send(claim, today)
            today.batches = self._cashier.pay(today.day)
            yield today

    def _see_patients(self, today: Day) -> None:
        while self._next_visit and self._next_visit.day <= today.day:
            for claim in billing.bill(self._billing, self._next_visit, end=self.end):
                self._ready[claim.submitted].append(claim)
            self._next_visit = next(self._visits, None)

    def _work_denials(self, today: Day) -> None:
        today.worked = self._follow_ups.pop(today.day, [])
        for follow_up in today.worked:
            if follow_up.action == "corrected":
                number = follow_up.denial.payer_claim_number
                again = billing.resubmit(self._work, follow_up.claim, number=number, submitted=today.day)
                follow_up.new_claim_id = again.claim_id
                self._ready[today.day].append(again)
            elif follow_up.overturned:
                due = today.day + timedelta(self._work.between(*rates.DAYS_TO_OVERTURN))
                self._cashier.expect(overturned(self._work, follow_up.denial, due))

    def _send(self, claim: SimulatedClaim, today: Day) -> None:
        if claim.foreign:
            decision = decide(self._adjudication, claim, self.planted)
            (first, *_) = answer(self._adjudication, claim, decision, self.network.supplement)
            first.event = "foreign"
            self._cashier.expect([first])
            return
        today.sent.append(claim)
        said = front_end.check(self._gate, claim)
        today.answers.append(said)
        if said.accepted:
            self._decide(claim, today)
        elif again := front_end.sent_again(self._gate, claim, end=self.end):
            self._ready[again.submitted].append(again)

    def _decide(self, claim: SimulatedClaim, today: Day) -> None:
        decision = decide(self._adjudication, claim, self.planted)
        payments = answer(self._adjudication, claim, decision, self.network.supplement)
        today.decided.append((claim, decision))
        today.knowable.append(knowable(claim, self.planted))
        self._cashier.expect(payments)
        if decision.denied:
            denial = as_decided(payments[0])
            known = self.channels.known(denial.payer, pay_day(denial.payer, denial.due))
            follow_up = followups.plan(self._work, claim, decision, denial, known=known)
            if follow_up.action != "none" and follow_up.day <= self.end:
                self._follow_ups[follow_up.day].append(follow_up)

    def _calendar(self, claims: int) -> list[Visit]:
        """Visits in order of their days: ours, and those that another system bills, half of them for our patients."""
        seed, net, start, end = self.seed, self.network, self.start, self.end
        surge = self.change if self.scenario == "surge" else None
        calendar = scenarios.Calendar(start, end, surge=surge)
        foreign = round(claims * rates.FOREIGN / (1 - rates.FOREIGN) * rates.PAYMENTS_A_CLAIM)
        shared = round(foreign * rates.FOREIGN_OF_OUR_PATIENTS)
        people = population.build(Draws(seed, "people"), net, people=_people(claims), start=start, end=end)
        strangers = population.build(
            Draws(seed, "strangers"), net, people=_people(foreign - shared), start=start, end=end
        )
        planned = visits.plan(Draws(seed, "visits"), net, people, claims=claims, calendar=calendar, end=end)
        elsewhere = Draws(seed, "visits elsewhere")
        for group, count in ((people, shared), (strangers, foreign - shared)):
            for visit in visits.plan(elsewhere, net, group, claims=count, calendar=calendar, end=end):
                visit.foreign = True
                planned.append(visit)
        return sorted(planned, key=lambda visit: visit.day)  # a stable sort: equal days keep their order


def _people(claims: int) -> int:
    return max(20, round(claims / rates.CLAIMS_A_PATIENT))
