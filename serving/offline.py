"""Scoring files without a store: the payments are matched against the claims of the same files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from features.errors import NotX12Error
from features.evidence import Reason
from features.groups.flags import WITHOUT_FLAG, WORDS, Flags, flags_in_order
from features.progress import track
from features.remittance_match import CandidateIndex
from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem, Record, Remittance, Source
from serving import scoring
from serving.champions import Champions
from serving.claim_history import GivenPast
from serving.items import Kind, LaneName, Versions
from serving.match_evidence import MatchEvidence, weigh
from serving.parts import in_parts
from serving.portal import door
from serving.scoring import Scored

AT_ONCE = 250  # records scored between two steps of the progress bar


class Line(Struct, frozen=True):
    """One scored record."""

    kind: Kind
    lane: LaneName
    confidence: float | None  # calibrated probability, 0..1, that the proposal is right
    low: float | None
    high: float | None
    probability: float | None  # of a denial, or that the best candidate is the claim
    amount: Decimal | None
    payer_name: str | None
    claim_id: str | None
    proposed_claim_id: str | None  # of a match: CLM01 of the claim to post to
    proposed_source: Source | None
    none_probability: float | None
    reasons: tuple[Reason, ...]
    versions: Versions
    source: Source
    evidence: MatchEvidence | None = (
        None  # of a match, where it was asked for; candidates by their place in the files
    )


class Scores(Struct, frozen=True):
    """What came of the files."""

    lines: tuple[Line, ...]
    read: int  # files
    passed_over: tuple[str, ...]  # files that are none of what the service takes


def score_files(paths: Sequence[Path], champions: Champions, *, at: date, evidence: bool = False) -> Scores:
    """Score everything in the files: claims first, then payments, then what was rejected or cannot be read.

    With ``evidence`` every payment comes with what the fields of its candidates weigh, some milliseconds each.
    """
    records: list[Record] = []
    passed_over = []
    for path in track(paths, "Reading", total=len(paths)):
        try:
            records.extend(door.read(path))
        except NotX12Error:
            passed_over.append(str(path))
    lines = (
        *_claims(records, champions, at),
        *_payments(records, champions, at, evidence=evidence),
        *_refused(records, champions, at),
    )
    return Scores(lines=lines, read=len(paths) - len(passed_over), passed_over=tuple(passed_over))


def _claims(records: Iterable[Record], champions: Champions, at: date) -> list[Line]:
    claims = [record for record in records if isinstance(record, Claim)]
    champions = champions.informed_by(GivenPast(claims))
    parts = in_parts(claims, AT_ONCE)
    return [
        _line(claim, one)
        for part in track(parts, "Scoring claims", total=len(parts))
        for claim, one in zip(part, scoring.score_claims(part, champions, at=at), strict=True)
    ]


def _payments(records: Iterable[Record], champions: Champions, at: date, *, evidence: bool) -> list[Line]:
    payments, remittances, claims = [], [], {}
    index = CandidateIndex()
    for number, record in enumerate(records):
        if isinstance(record, ClaimPayment):
            payments.append(record)
        elif isinstance(record, Remittance):
            remittances.append(record)
        elif isinstance(record, Claim):
            claims[str(number)] = record
            index.add(str(number), record)
    lines: list[Line] = []
    flags = _flags(payments, remittances)
    parts = list(zip(in_parts(payments, AT_ONCE), in_parts(flags, AT_ONCE), strict=True))
    for part, told in track(parts, "Matching payments", total=len(parts)):
        found = index.candidates_of(part)
        scored = scoring.score_payments(part, found, champions, flags=told, at=at)
        lines += [
            _line(
                pay,
                scoring.with_notes(one, [WORDS[flag] for flag in mine]),
                claims.get(one.proposed or ""),
                weigh(pay, candidates, champions) if evidence else None,
            )
            for pay, candidates, one, mine in zip(part, found, scored, told, strict=True)
        ]
    return lines


def _flags(payments: Sequence[ClaimPayment], remittances: Sequence[Remittance]) -> list[Flags]:
    """What came twice in these files. That a reversal's original is not among them says nothing: it came before."""
    found = flags_in_order(payments, remittances)
    return [tuple(flag for flag in flags if flag != WITHOUT_FLAG) for flags in found]


def _refused(records: Iterable[Record], champions: Champions, at: date) -> list[Line]:
    return [
        _line(record, scoring.score_refusal(record, champions, at=at))
        for record in records
        if (isinstance(record, Acknowledgment) and record.transaction == "277CA" and not record.accepted)
        or (isinstance(record, Problem) and record.severity == "error")
    ]


def _line(
    record: Claim | ClaimPayment | Acknowledgment | Problem,
    scored: Scored,
    proposed: Claim | None = None,
    evidence: MatchEvidence | None = None,
) -> Line:
    return Line(
        kind=scored.kind,
        lane=scored.lane,
        confidence=scored.confidence,
        low=scored.low,
        high=scored.high,
        probability=scored.probability,
        amount=scored.amount,
        payer_name=getattr(record, "payer_name", None),
        claim_id=getattr(record, "claim_id", None),
        proposed_claim_id=proposed.claim_id if proposed else None,
        proposed_source=proposed.source if proposed else None,
        none_probability=scored.none_probability,
        reasons=scored.reasons,
        versions=scored.versions,
        source=record.source,
        evidence=evidence,
    )
