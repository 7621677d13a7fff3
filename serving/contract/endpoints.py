"""The endpoints of the API, each described once: routes, documentation and tests are all made from these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from msgspec import Struct

from features.patterns.report import Report
from serving.api.audit import AuditPage
from serving.api.certificates import CertificateList
from serving.api.items import ItemList
from serving.api.monitor import BlindList, IncidentList, WatchList
from serving.api.outbox import DeliveryList
from serving.api.postings import BatchList
from serving.api.queries import (
    AuditQuery,
    CursorQuery,
    FileQuery,
    ItemsQuery,
    NoQuery,
    OutboxQuery,
    PageQuery,
    WorklistQuery,
)
from serving.api.scores import Answers
from serving.inputs import CheckInput, ClaimItems, DecisionInput, PaymentItems, UndoInput, VerdictInput
from serving.intake import Receipt
from serving.items import ItemDetail
from serving.jobs.records import Job
from serving.monitor.records import BlindItem, CheckOutcome
from serving.postings.records import Batch, BatchHead
from serving.shadow.records import ShadowReport
from serving.worklists.backlog import Backlog
from serving.worklists.planning import Worklist

JSON, TEXT, FHIR = "application/json", "text/plain", "application/fhir+json"
Subject = Literal["item", "blind-check"]


@dataclass(frozen=True)
class Success:
    """An answer that is no problem."""

    status: int
    says: str
    holds: Any = None  # the type that is written as JSON; None: no body, or one that is no JSON
    media_type: str = JSON
    etag: bool = False
    headers: tuple[str, ...] = ()  # that come with it: ``serving.contract.document.HEADERS``


@dataclass(frozen=True)
class Endpoint:
    """One method of one address."""

    method: Literal["GET", "POST"]
    path: str
    name: str  # unique: the operation's id
    says: str
    answers: tuple[Success, ...]
    query: type[Struct] = NoQuery
    body: type[Struct] | None = None
    takes_file: bool = False
    if_match: bool = False
    changes: bool = False  # something: it takes an Idempotency-Key
    problems: tuple[str, ...] = ()  # beside those that any address may answer with


_JSON_BODY = ("malformed-json", "incomplete-body", "too-large", "unsupported-media-type", "bad-input")
_FILE_BODY = (
    *("malformed-form", "incomplete-body", "other-facility", "too-large", "bad-input"),
    *("empty-file", "one-file", "not-x12", "missing-data"),
)

_VERSION = ("malformed-if-match", "conflict", "version-needed", "version-unknown")
_KEY = ("bad-idempotency-key", "idempotency-key-reused", "idempotency-key-in-use", "conflict")

DENIAL_RISK = Endpoint(
    "POST", "/v1/denial-risk", "scoreDenialRisk",
    "How likely each claim is to be denied, and its lane. Nothing is stored.",
    (Success(200, "In the order of the items.", Answers),),
    body=ClaimItems, problems=(*_JSON_BODY, "model-file"),
)  # fmt: skip
REMITTANCE_MATCH = Endpoint(
    "POST", "/v1/remittance-match", "matchRemittance",
    "Which claim each payment belongs to, and its lane. Nothing is stored. With `evidence` at most 100 items.",
    (Success(200, "In the order of the items.", Answers),),
    body=PaymentItems, problems=(*_JSON_BODY, "model-file"),
)  # fmt: skip
FILES = Endpoint(
    "POST", "/v1/files", "takeFile",
    "Take a file in and queue its items: X12, claims and claim payments as CSV, JSON or FHIR R4, `paper.csv`, "
    "`stubs.csv` or a table of vendor invoices. The same bytes are taken once. "
    "With `Prefer: respond-async`, with `callback` and above 5 MB it is left to a job.",
    (
        Success(201, "The file was taken.", Receipt),
        Success(200, "The same bytes were taken before.", Receipt),
        Success(202, "The file is kept, and worked on.", Job, headers=("Location", "Preference-Applied", "Look-Again")),
    ),
    query=FileQuery, takes_file=True, changes=True, problems=(*_FILE_BODY, *_KEY, "model-file"),
)  # fmt: skip
JOB = Endpoint(
    "GET", "/v1/jobs/{id}", "readJob",
    "How a file stands that was left to a job: queued, running, done with its receipt, or failed with a problem.",
    (Success(200, "The job.", Job, headers=("Look-Again",)),),
    problems=("not-found",),
)  # fmt: skip
ITEMS = Endpoint(
    "GET", "/v1/items", "listItems",
    "Part of the list: strictest lane first, then what is lost a minute by leaving an item.",
    (Success(200, "One page.", ItemList),),
    query=ItemsQuery, problems=("cursor-unknown", "not-found"),
)  # fmt: skip
ITEM = Endpoint(
    "GET", "/v1/items/{id}", "readItem",
    "One item with all that a person needs to decide it.",
    (
        Success(200, "The item.", ItemDetail, etag=True),
        Success(304, "The caller has the item as it is.", etag=True),
    ),
    problems=("not-found",),
)  # fmt: skip
FHIR_CLAIM = Endpoint(
    "GET", "/v1/fhir/Claim/{id}", "readFhirClaim",
    "A stored claim as a FHIR R4 Claim, by its reference.",
    (Success(200, "The resource.", dict[str, Any], media_type=FHIR),),
    problems=("not-found",),
)  # fmt: skip
FHIR_BENEFIT = Endpoint(
    "GET", "/v1/fhir/ExplanationOfBenefit/{id}", "readFhirExplanationOfBenefit",
    "A claim payment as a FHIR R4 ExplanationOfBenefit, by its item.",
    (Success(200, "The resource.", dict[str, Any], media_type=FHIR),),
    problems=("not-found",),
)  # fmt: skip
DECIDE = Endpoint(
    "POST", "/v1/items/{id}/decision", "decideItem",
    "Record a decision on the version that `If-Match` names. The same decision sent again changes nothing.",
    (Success(200, "The decided item.", ItemDetail, etag=True),),
    body=DecisionInput, if_match=True, changes=True,
    problems=(*_JSON_BODY, *_KEY, *_VERSION, "not-found"),
)  # fmt: skip
UNDO = Endpoint(
    "POST", "/v1/items/{id}/undo", "undoDecision",
    "Take back the decision of the version that `If-Match` names: the item is open again, and what was posted of it is "
    "reversed in the next batch. An item that went automatically has no decision to take back.",
    (Success(200, "The item, open again.", ItemDetail, etag=True),),
    body=UndoInput, if_match=True, changes=True,
    problems=(*_JSON_BODY, *_KEY, *_VERSION, "not-found"),
)  # fmt: skip
VERDICT = Endpoint(
    "POST", "/v1/items/{id}/verdict", "giveVerdict",
    "Record what came out later of an item that went automatically. The same verdict sent again changes nothing.",
    (Success(204, "It is recorded."),),
    body=VerdictInput, changes=True, problems=(*_JSON_BODY, *_KEY, "not-found", "conflict"),
)  # fmt: skip
PATTERNS = Endpoint(
    "GET", "/v1/patterns", "readPatterns",
    "What drives denials, as training last found it.",
    (Success(200, "The report.", Report),),
    problems=("not-found", "bad-input", "missing-data"),
)  # fmt: skip
CERTIFICATES = Endpoint(
    "GET", "/v1/certificates", "listCertificates",
    "What may go without a person today, and what other cells want.",
    (Success(200, "Every certificate.", CertificateList),),
)  # fmt: skip
WORKLIST = Endpoint(
    "GET", "/v1/worklist", "readWorklist",
    "A reviewer's share of the team's plan for today.",
    (Success(200, "The day.", Worklist),),
    query=WorklistQuery, problems=("not-found",),
)  # fmt: skip
BACKLOG = Endpoint(
    "GET", "/v1/backlog", "readBacklog",
    "Open items by queue and age, with what is overdue.",
    (Success(200, "All queues.", Backlog),),
)  # fmt: skip
MONITOR = Endpoint(
    "GET", "/v1/monitor", "readMonitor",
    "How each certificate stands: checked, wrong, estimate, detector.",
    (Success(200, "Every certificate under which an item went.", WatchList),),
)  # fmt: skip
INCIDENTS = Endpoint(
    "GET", "/v1/incidents", "listIncidents",
    "Revocations with the items that want a second look, the latest first.",
    (Success(200, "One page.", IncidentList),),
    query=CursorQuery, problems=("cursor-unknown",),
)  # fmt: skip
BLIND_CHECKS = Endpoint(
    "GET", "/v1/blind-checks", "listBlindChecks",
    "Items that wait for a blind check, the earliest due first.",
    (Success(200, "One page.", BlindList),),
    query=PageQuery, problems=("cursor-unknown",),
)  # fmt: skip
BLIND_CHECK = Endpoint(
    "GET", "/v1/blind-checks/{id}", "readBlindCheck",
    "One of them, without anything that a model said.",
    (Success(200, "The item.", BlindItem),),
    problems=("not-found",),
)  # fmt: skip
CHECK = Endpoint(
    "POST", "/v1/blind-checks/{id}", "checkBlindly",
    "Record a blind check; the answer says what the lane had done, and whether that was wrong.",
    (Success(200, "What the check came to.", CheckOutcome),),
    body=CheckInput, changes=True, problems=(*_JSON_BODY, *_KEY, "not-found", "conflict"),
)  # fmt: skip
SHADOW = Endpoint(
    "GET", "/v1/shadow", "readShadow",
    "Challengers held against the champions on live traffic, in sums: lanes, confidences, and who was right.",
    (Success(200, "The latest challenger of each kind.", ShadowReport),),
)  # fmt: skip
AUDIT = Endpoint(
    "GET", "/v1/audit", "listAudit",
    "The audit log, the latest entry first: who did what to what and when, under which versions.",
    (Success(200, "One page.", AuditPage),),
    query=AuditQuery, problems=("cursor-unknown",),
)  # fmt: skip
CLOSE_BATCH = Endpoint(
    "POST", "/v1/postings/batches", "closeBatch",
    "Close a batch over the postings that wait, the oldest first and 5,000 at most.",
    (Success(201, "The batch.", BatchHead), Success(204, "No posting waits.")),
    changes=True, problems=_KEY,
)  # fmt: skip
BATCHES = Endpoint(
    "GET", "/v1/postings/batches", "listBatches",
    "Closed batches, the latest first, and how many postings wait for the next.",
    (Success(200, "One page.", BatchList),),
    query=CursorQuery, problems=("cursor-unknown",),
)  # fmt: skip
BATCH = Endpoint(
    "GET", "/v1/postings/batches/{id}", "readBatch",
    "A batch with its lines: debits equal credits.",
    (Success(200, "The batch.", Batch),),
    problems=("not-found",),
)  # fmt: skip
BATCH_CSV = Endpoint(
    "GET", "/v1/postings/batches/{id}/csv", "readBatchAsCsv",
    "The lines of a batch as CSV (RFC 4180). What a spreadsheet would take for a formula begins with an apostrophe.",
    (Success(200, "The file.", media_type="text/csv"),),
    problems=("not-found",),
)  # fmt: skip
OUTBOX = Endpoint(
    "GET", "/v1/outbox", "listDeliveries",
    "Events and what has become of their delivery, the latest first.",
    (Success(200, "One page.", DeliveryList),),
    query=OutboxQuery, problems=("cursor-unknown",),
)  # fmt: skip
RETRY = Endpoint(
    "POST", "/v1/outbox/{id}/retry", "sendAgain",
    "Have a delivery that was given up sent again, under the same event id.",
    (Success(204, "It waits to be sent."),),
    changes=True, problems=(*_KEY, "not-found"),
)  # fmt: skip
DOCUMENT = Endpoint(
    "GET", "/v1/openapi.json", "readContract",
    "This document.",
    (Success(200, "OpenAPI 3.1.", dict[str, Any]),),
)  # fmt: skip
METRICS = Endpoint(
    "GET", "/metrics", "readMetrics",
    "What Prometheus reads.",
    (Success(200, "Prometheus's text format.", media_type=TEXT),),
)  # fmt: skip

ENDPOINTS = (
    *(DENIAL_RISK, REMITTANCE_MATCH, FILES, JOB, ITEMS, ITEM, FHIR_CLAIM, FHIR_BENEFIT, DECIDE, UNDO),
    *(VERDICT, PATTERNS, CERTIFICATES, WORKLIST),
    *(BACKLOG, MONITOR, INCIDENTS, BLIND_CHECKS, BLIND_CHECK, CHECK),
    *(CLOSE_BATCH, BATCHES, BATCH, BATCH_CSV, OUTBOX, RETRY, SHADOW, AUDIT, DOCUMENT, METRICS),
)
