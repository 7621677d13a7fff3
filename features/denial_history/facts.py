"""A claim as its history sees it: the keys under which claims are alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from features.claim_services import largest_line, service_of, visit_without_25
from features.x12.records import Claim

TELLS_APART = frozenset(
    {"76", "77", "59", "26"}
)  # modifiers that say that a service is not a second bill of one
LAG_DAYS = 15
LONGEST_LAG = 26  # times ``LAG_DAYS``: a little more than a year, which no payer's filing limit exceeds

Patient = tuple[str | None, str | None, date | None]


@dataclass(slots=True)
class Facts:
    """What rates and patients are looked up by. Services are procedures, or revenue codes where there is none."""

    day: int  # the proleptic ordinal of the day on which the claim was sent
    payer: str
    service: str  # of the line with the largest charge
    services: tuple[str, ...]  # each once, sorted
    diagnosis: str
    diagnosis_category: str
    facility: str | None
    provider: str | None
    place: str | None
    plan: str | None
    frequency: str | None
    month: int  # of the service; 0 where it is not dated
    authorized: bool
    referred: bool
    provider_named: bool
    visit_without_25: bool
    several_lines: bool
    modifiers: tuple[str, ...]
    told_apart: bool
    lag: int  # days from the last service to sending
    patient: Patient
    subscriber: str
    served: int  # ordinal of the first day of service, of sending where it is not dated
    service_from: date | None

    @staticmethod
    def of(claim: Claim) -> Facts:
        """Of a claim that says when it was sent; one that does not counts as sent with its service."""
        sent = claim.submitted or claim.service_to or claim.service_from or date.min
        last, first = claim.service_to or claim.service_from, claim.service_from
        principal = claim.diagnoses[0] if claim.diagnoses else ""
        largest = largest_line(claim)
        modifiers = {modifier for line in claim.lines for modifier in line.modifiers}
        return Facts(
            day=sent.toordinal(),
            payer=claim.payer_id or claim.payer_name or "",
            service=service_of(largest) if largest else "",
            services=tuple(sorted({service_of(line) for line in claim.lines})),
            diagnosis=principal,
            diagnosis_category=principal[:3],
            facility=claim.billing_npi,
            provider=claim.rendering_npi,
            place=claim.facility_code,
            plan=claim.group_number,
            frequency=claim.frequency,
            month=first.month if first else 0,
            authorized=claim.prior_authorization is not None,
            referred=claim.referral is not None,
            provider_named=claim.rendering_npi is not None,
            visit_without_25=visit_without_25(claim),
            several_lines=len(claim.lines) > 1,
            modifiers=tuple(sorted(modifiers)),
            told_apart=bool(claim.lines) and not TELLS_APART.isdisjoint(claim.lines[0].modifiers),
            lag=(sent - last).days if last else 0,
            patient=(claim.patient_last, claim.patient_first, claim.patient_birth_date),
            subscriber=claim.subscriber_id or "",
            served=(first or sent).toordinal(),
            service_from=first,
        )

    @property
    def lag_step(self) -> int:
        """The lag in steps of ``LAG_DAYS``, capped."""
        return min(max(self.lag, 0) // LAG_DAYS, LONGEST_LAG)

    @property
    def member_shape(self) -> str:
        """How the member id is built, without the id: digits as 9, letters as A.

        A lost character shows in it, because a payer's numbers are all built alike.
        """
        return "".join("9" if sign.isdigit() else "A" if sign.isalpha() else sign for sign in self.subscriber)
