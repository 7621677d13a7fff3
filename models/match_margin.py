"""How far the best candidate is ahead, and which fields decide between it and the next one, in figures and in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from features.evidence import FieldEvidence
from models.match_reasons import OTHERS, SLIGHT
from models.match_weights import BASE, CandidateEvidence

MOST = 3
LEAST = 0.0005  # probability that the page cannot show
WORTH = 0.05  # of the best claim, below which what tells it from the next is no matter
TELLING = 0.1  # share of all that differs from which a field is named

WORDS: dict[str, str] = {
    "claim_id": "the control number",
    "line_controls": "the line control numbers",
    "subscriber_id": "the member id",
    "patient_last": "the last name",
    "patient_first": "the first name",
    "service_from": "the first day of service",
    "service_to": "the last day of service",
    "charge": "the billed amount",
    "procedures": "the procedures",
    "modifiers": "the modifiers",
    "payer_id": "the payer",
    "billing_npi": "the billing provider",
    "rendering_npi": "the rendering provider",
    "facility_code": "the place of service",
    "frequency": "the frequency code",
    "payment-timing": "the time between claim and payment",
    "claim-kind": "the kind of payment",
    "earlier-postings": "what was posted before",
}


PLURAL = frozenset({"procedures", "modifiers", "line_controls"})

Answer = Literal["claim", "none"]


class Deciding(Struct, frozen=True):
    """A row in which the best two claims differ, and by how much that favours the best (negative: the second)."""

    field: str
    weight: float  # log-odds


class Margin(Struct, frozen=True):
    """The likeliest answer less the next one; an answer is a claim or that none of these is the claim."""

    likeliest: Answer
    runner_up: Answer
    probability: float  # 0..1
    deciding: tuple[Deciding, ...]  # between the best two claims, the most telling first
    text: str  # in words, without patient data


def margin(evidence: Sequence[CandidateEvidence], none_probability: float) -> Margin | None:
    """The margin of a payment's candidates, best first; None where there is no candidate."""
    if not evidence:
        return None
    best, second = evidence[0], evidence[1] if len(evidence) > 1 else None
    shares: list[tuple[float, Answer]] = [(one.probability, "claim") for one in (best, second) if one]
    shares.append((none_probability, "none"))
    (first, likeliest), (following, runner_up) = sorted(shares, key=lambda share: -share[0])[:2]
    deciding = decides(best, second) if second else ()
    said = [_ahead(likeliest, runner_up, first - following)]
    if likeliest == "none":
        said.append(_against(best))
    if second and best.probability >= WORTH:
        said.append(_between(deciding, best.probability - second.probability))
    return Margin(likeliest, runner_up, first - following, deciding, " ".join(filter(None, said)))


def decides(best: CandidateEvidence, second: CandidateEvidence) -> tuple[Deciding, ...]:
    """The rows whose content differs between two candidates, by how much their weights do.

    A weight may differ where the content does not, because the booster's features interact: that decides nothing
    that a person could check, so it is left out; so is how the candidates stand to one another, which only repeats it.
    """
    theirs = {one.field: one for one in second.fields}
    found = [
        Deciding(one.field, (one.weight or 0.0) - (theirs[one.field].weight or 0.0))
        for one in best.fields
        if _content(one) != _content(theirs[one.field])
    ]
    beside = {one.code: one.weight or 0.0 for one in second.beside}
    found += [
        Deciding(one.code, (one.weight or 0.0) - beside.get(one.code, 0.0))
        for one in best.beside
        if one.code not in (BASE, OTHERS)
    ]
    least = max(SLIGHT, TELLING * sum(abs(one.weight) for one in found))
    telling = [one for one in found if abs(one.weight) >= least]
    return tuple(sorted(telling, key=lambda one: -abs(one.weight)))


def _content(one: FieldEvidence) -> tuple[str, str | None]:
    return one.agreement, one.claim_value


def _ahead(likeliest: Answer, runner_up: Answer, ahead: float) -> str:
    points = f"{ahead * 100:.1f} percentage points"
    if likeliest == "none":
        return f"That none of these is the claim is ahead of claim 1 by {points}."
    what = "claim 2" if runner_up == "claim" else "“none of these”"
    if ahead < LEAST:
        return f"Claim 1 and {what} are equally likely."
    return f"Claim 1 is ahead of {what}, the next likeliest answer, by {points}."


def _between(deciding: Sequence[Deciding], ahead: float) -> str:
    favour = [one.field for one in deciding if one.weight > 0][:MOST]
    other = [one.field for one in deciding if one.weight < 0][:MOST]
    if not deciding and ahead < LEAST:
        return "No field tells claim 1 and claim 2 apart."
    if not favour:
        said = "Between claim 1 and claim 2 no field decides; how each stands among the candidates does"
    else:
        said = f"Between claim 1 and claim 2, {_listed(favour)} {'decide' if _many(favour) else 'decides'}"
    return f"{said}; {_listed(other)} would favour claim 2." if other else f"{said}."


def _against(best: CandidateEvidence) -> str:
    """The fields that speak against the best claim."""
    against = sorted((one.weight or 0.0, one.field) for one in best.fields if (one.weight or 0.0) <= -SLIGHT)
    fields = [field for _, field in against[:MOST]]
    return f"Against claim 1 {'speak' if _many(fields) else 'speaks'} {_listed(fields)}." if fields else ""


def _many(fields: Sequence[str]) -> bool:
    return len(fields) > 1 or fields[0] in PLURAL


def _listed(fields: Sequence[str]) -> str:
    words = [WORDS.get(field, field.replace("_", " ").replace("-", " ")) for field in fields]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
