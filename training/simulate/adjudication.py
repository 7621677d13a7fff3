"""How a payer decides: the hazard of each of its rules, the draw, and what it pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from training.simulate import rates, rules
from training.simulate.claims import SimulatedClaim
from training.simulate.draws import Draws, running
from training.simulate.network import Facility
from training.simulate.payers import Policies
from training.simulate.planted import Planted, Rule
from training.simulate.services import MINOR_PROCEDURES, VISIT_CODES


@dataclass(slots=True)
class Hazard:
    """One rule that may deny a claim, or one line of it."""

    reason: str  # CARC
    probability: float
    line: int | None = None
    remark: str | None = None  # RARC
    rule: Rule | None = None  # that an analyst could find


@dataclass(slots=True)
class Adjudicated:
    """A payer's decision on one line; cents. ``charge`` less the adjustments is ``paid``."""

    charge: int
    paid: int
    allowed: int
    adjustments: list[tuple[str, str, int]]
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Decision:
    """A payer's decision on a claim, with the probability of denial that it was drawn from."""

    probability: float
    reason: str | None
    lines: list[Adjudicated]
    denied_lines: set[int]
    denial: Hazard | None
    at_claim_level: bool
    answered: date
    rules: tuple[tuple[Rule, float], ...] = ()  # that applied, each with the probability that it added
    reasons: dict[str, float] = field(default_factory=dict)  # by CARC, the probability of being denied for it

    @property
    def denied(self) -> bool:
        """Whether any of it is denied."""
        return self.denial is not None


def decide(draws: Draws, claim: SimulatedClaim, planted: Sequence[Planted] = ()) -> Decision:
    """Draw the payer's decision.

    ``probability`` is that of at least one rule firing; each rule fires by its own draw, and the first of them
    in the payer's order gives the reason.
    """
    found = hazards(draws, claim, planted)
    survives = 1.0
    reasons: dict[str, float] = {}
    fired: Hazard | None = None
    for hazard in found:
        reasons[hazard.reason] = reasons.get(hazard.reason, 0.0) + survives * hazard.probability
        survives *= 1 - hazard.probability
        if draws.chance(hazard.probability) and fired is None:
            fired = hazard
    denied = _denied_lines(draws, claim, fired)
    policies = claim.payer.policies
    whole = fired is not None and len(denied) == len(claim.lines)
    return Decision(
        probability=1 - survives,
        reason=fired.reason if fired else None,
        lines=_pay(draws, claim, denied, fired),
        denied_lines=denied,
        denial=fired,
        at_claim_level=whole and not draws.chance(policies.line_level),
        answered=claim.submitted + timedelta(_days(draws, claim, fired)),
        rules=tuple((h.rule, h.probability * survives / (1 - h.probability)) for h in found if h.rule),
        reasons=reasons,
    )


def _days(draws: Draws, claim: SimulatedClaim, fired: Hazard | None) -> int:
    first, last = rates.DAYS_TO_ANSWER
    if claim.payer.kind == "medicare":
        first = rates.MEDICARE_FLOOR
    days = claim.payer.days_to_answer * draws.lognormal(0.35) + (draws.between(0, 12) if fired else 0)
    if draws.chance(rates.PENDED):
        days += draws.between(*rates.DAYS_PENDED)
    return min(last, max(first, round(days)))


def hazards(draws: Draws, claim: SimulatedClaim, planted: Sequence[Planted]) -> list[Hazard]:
    """Every rule that applies, in the order in which a payer checks."""
    policies, day = claim.payer.policies, claim.service_from
    found: list[Hazard] = []
    if claim.not_covered:
        found.append(Hazard("27", rates.DENIED_NOT_ELIGIBLE))
    if claim.wrong_member_id:
        found.append(Hazard("31", rates.DENIED_MISSING_DATA * policies.strictness))
    if (claim.submitted - claim.service_to).days > policies.filing_days and claim.frequency == "1":
        found.append(Hazard("29", rates.DENIED_TIMELY_FILING))
    found.extend(_missing_data(claim, policies))
    if claim.patient.other_coverage and claim.payer.kind in ("commercial", "exchange", "military"):
        found.append(Hazard("22", rates.DENIED_OTHER_COVERAGE))
    if claim.wrong_diagnosis:
        found.append(Hazard("11", rates.DENIED_WRONG_DIAGNOSIS))
    found.extend(_authorization(claim, policies, day))
    found.extend(_necessity(claim, policies, day))
    if policies.telehealth_ends and claim.service.place == "10" and day > policies.telehealth_ends:
        rule = rules.telehealth(claim.payer.payer_id, policies.telehealth_ends + timedelta(1))
        found.append(Hazard("96", 0.5 * policies.strictness, remark="N130", rule=rule))
    found.extend(_bundling(claim, policies))
    found.extend(_planted(claim, planted))
    if claim.follows_sibling and claim.frequency == "1":
        found.append(_duplicate(claim, policies))
    found.append(_lapsed(claim))
    found.append(_unseen(draws, claim, policies))
    return found


def _missing_data(claim: SimulatedClaim, policies: Policies) -> list[Hazard]:
    hazards = []
    if not claim.rendering_shown:
        hazards.append(_missing(policies, "N290", rules.RENDERING))
    if policies.referral and claim.service.specialist and not claim.referral:
        hazards.append(_missing(policies, "N286", rules.referral(claim.payer.payer_id)))
    return hazards


def _missing(policies: Policies, remark: str, rule: Rule) -> Hazard:
    return Hazard("16", rates.DENIED_MISSING_DATA * policies.strictness, remark=remark, rule=rule)


def _authorization(claim: SimulatedClaim, policies: Policies, day: date) -> list[Hazard]:
    for place, line in enumerate(claim.lines):
        since = policies.authorization.get(line.procedure or "")
        if since and since <= day:
            probability = (
                rates.DENIED_WITH_AUTHORIZATION if claim.authorization else rates.DENIED_WITHOUT_AUTHORIZATION
            )
            rule = rules.authorization(claim.payer.payer_id, line.procedure or "", since)
            named = None if claim.authorization else rule
            return [Hazard("197", min(0.95, probability * policies.strictness), line=place, rule=named)]
    if claim.service.days[1] and not claim.authorization:
        return [Hazard("197", 0.3 * policies.strictness, rule=rules.stay(claim.payer.payer_id))]
    return []


def _necessity(claim: SimulatedClaim, policies: Policies, day: date) -> list[Hazard]:
    for place, line in enumerate(claim.lines):
        pair = line.procedure or "", claim.diagnoses[0]
        since = policies.doubtful.get(pair)
        if since and since <= day:
            probability = min(0.9, rates.DENIED_NOT_NECESSARY * policies.strictness)
            rule = rules.necessity(claim.payer.payer_id, *pair, since)
            return [Hazard("50", probability, line=place, remark="N115", rule=rule)]
    return []


def _planted(claim: SimulatedClaim, planted: Sequence[Planted]) -> list[Hazard]:
    return [
        Hazard(one.rule.reason, one.probability, one.line(claim), one.remark, one.rule)
        for one in planted
        if one.meets(claim)
    ]


def _bundling(claim: SimulatedClaim, policies: Policies) -> list[Hazard]:
    codes = {line.procedure for line in claim.lines}
    if not policies.bundles or not codes & MINOR_PROCEDURES:
        return []
    for place, line in enumerate(claim.lines):
        if line.procedure in VISIT_CODES and "25" not in line.modifiers:
            rule = rules.bundled(claim.payer.payer_id)
            return [Hazard("97", rates.DENIED_BUNDLED, line=place, remark="M15", rule=rule)]
    return []


def _duplicate(claim: SimulatedClaim, policies: Policies) -> Hazard:
    other = claim.siblings[0]
    told_apart = {"76", "77", "59", "26"} & set(
        claim.lines[0].modifiers
    ) or other.patient is not claim.patient
    return Hazard("18", policies.duplicates * (0.2 if told_apart else 1.4))


def _lapsed(claim: SimulatedClaim) -> Hazard:
    """Coverage that ended without anyone at the provider hearing of it: by kind of payer, month and patient."""
    kind = rates.LAPSED_BY_KIND.get(claim.payer.kind, 1.0)
    month = rates.LAPSED_BY_MONTH[claim.service_from.month - 1]
    return Hazard("27", min(0.6, rates.LAPSED * kind * month * claim.patient.frailty))


def _unseen(draws: Draws, claim: SimulatedClaim, policies: Policies) -> Hazard:
    """What the payer knows and no file shows: clustered by payer, patient and facility, with noise of its own."""
    place = 1.35 if claim.form == "I" and not claim.service.days[1] else 1.15 if claim.form == "I" else 0.9
    size = 1.5 if claim.charge > 500_000 else 1.0
    again = 1.6 if claim.frequency == "7" else 1.0
    new = rates.NEW_PATIENT_FACTOR if claim.service.name.startswith("new-patient") else 1.0
    shown = policies.base * place * size * again * new * policies.specialties[claim.service.specialty]
    probability = shown * claim.patient.frailty * _facility(claim.facility)
    reason = draws.weighted(tuple(rates.UNSEEN_REASONS), _UNSEEN_SUMS)
    remark = {"16": "M127", "96": "N130", "50": "N115", "252": "N706", "B7": "N570"}.get(reason)
    return Hazard(reason, min(0.6, probability * draws.lognormal(rates.CLAIM_NOISE)), remark=remark)


def _facility(facility: Facility) -> float:
    return 0.6 + 0.4 * facility.intake


def _denied_lines(draws: Draws, claim: SimulatedClaim, fired: Hazard | None) -> set[int]:
    everything = set(range(len(claim.lines)))
    if fired is None:
        return set()
    if len(claim.lines) == 1 or fired.reason in ("27", "31", "29", "22", "18"):
        return everything
    if fired.line is not None and (fired.reason == "97" or draws.chance(rates.PARTIAL_DENIAL)):
        return {fired.line}
    return {draws.below(len(claim.lines))} if draws.chance(rates.PARTIAL_DENIAL * 0.6) else everything


def _pay(draws: Draws, claim: SimulatedClaim, denied: set[int], fired: Hazard | None) -> list[Adjudicated]:
    payer = claim.payer
    commercial = payer.kind in ("commercial", "exchange")
    month = claim.service_from.month
    deductible = commercial and draws.chance(rates.TO_DEDUCTIBLE_JANUARY * (13 - month) / 12)
    share = 0.2 if payer.kind in ("medicare", "commercial", "exchange") else 0.0
    copay = draws.pick((0, 1500, 2500, 4000)) if payer.kind in ("advantage", "commercial", "military") else 0
    in_full = draws.chance(rates.PAID_IN_FULL)
    lines = []
    for place, line in enumerate(claim.lines):
        if fired is not None and place in denied:
            group = (
                "PR" if fired.reason == "27" and draws.chance(0.2) else "CO" if fired.reason != "22" else "OA"
            )
            lines.append(Adjudicated(line.charge, 0, 0, [(group, fired.reason, line.charge)],
                                     [fired.remark] if fired.remark else []))  # fmt: skip
            continue
        if in_full:
            lines.append(Adjudicated(line.charge, line.charge, line.charge, []))
            continue
        allowed = min(line.charge, round(line.charge * payer.ratio * draws.uniform(0.85, 1.15)))
        paid = _paid(line.charge, allowed, deductible, share, copay, payer.kind == "medicare")
        if draws.chance(rates.REMARKED):
            paid.remarks.append(draws.pick(("N381", "N620", "N19")))
        lines.append(paid)
        copay = 0
    return lines


def _paid(
    charge: int, allowed: int, deductible: bool, share: float, copay: int, sequestered: bool
) -> Adjudicated:
    adjustments = [("CO", "45", charge - allowed)] if charge > allowed else []
    left = allowed
    if deductible:
        return Adjudicated(charge, 0, allowed, [*adjustments, ("PR", "1", allowed)])
    if copay:
        taken = min(copay, left)
        adjustments.append(("PR", "3", taken))
        left -= taken
    elif share:
        taken = round(left * share)
        adjustments.append(("PR", "2", taken))
        left -= taken
    if sequestered and left:
        taken = round(left * 0.02)
        adjustments.append(("CO", "253", taken))
        left -= taken
    return Adjudicated(charge, left, allowed, [a for a in adjustments if a[2]])


_UNSEEN_SUMS = running(rates.UNSEEN_REASONS.values())
