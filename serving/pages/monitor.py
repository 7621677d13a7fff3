"""The pages ``/monitor`` and ``/blind-checks``: how certificates stand, and items to decide without a score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from features.errors import BadInputError, ConflictError, NotFoundError
from models.certificate_words import cell_name
from serving.access.actor import signature
from serving.invoices.records import VendorInvoice
from serving.monitor.monitor import Monitor
from serving.monitor.records import BlindAction, BlindCheck, BlindItem, Incident, IncidentDetail, Watch
from serving.pages.choices import LONGEST_NAME, LONGEST_REASON
from serving.pages.comparison import Comparison, agreement_summary, comparisons
from serving.pages.facts import Facts, facts
from serving.pages.invoices import invoice_facts
from serving.pages.rendering import remember_reviewer, reviewer_of, root_path
from serving.pages.security import is_same_origin, read_form

PAGE_SIZE = 50
WIDTH, HEIGHT, MOST_LEVEL = 160, 36, 1.3  # of a detector's picture, in its own units
TOLD = ("Payer", "Billed", "Service", "Patient", "Member ID")  # of a claim before its fields are opened
LABELS: Mapping[BlindAction, str] = {
    "choose": "This claim",
    "none": "None of these",
    "release": "Release the claim",
    "hold": "Hold it",
    "approve": "Hand on to payment approval",
}


class WatchRow(Struct, frozen=True):
    """A certificate with the picture of its detector."""

    watch: Watch
    name: str  # of the cell
    picture: Markup


class IncidentRow(Struct, frozen=True):
    """An incident with the name of its cell."""

    detail: IncidentDetail
    name: str

    @property
    def incident(self) -> Incident:
        """What happened."""
        return self.detail.incident


class Compared(Struct, frozen=True):
    """A candidate beside the payment."""

    reference: str
    claim_id: str | None
    facts: Facts
    summary: str
    rows: tuple[Comparison, ...]


class MonitorPages:
    """Answers of the pages; ``render`` makes one of a template."""

    def __init__(self, monitor: Monitor, render: Callable[..., Response]) -> None:
        self._monitor = monitor
        self._render = render

    def routes(self) -> list[Route]:
        """The addresses, below that of the list."""
        return [
            Route("/monitor", self.standing, name="monitor"),
            Route("/blind-checks", self.list, name="blind-checks"),
            Route("/blind-checks/{id}", self.item, name="blind-check"),
            Route("/blind-checks/{id}/check", self.check, methods=["POST"], name="check"),
        ]

    async def standing(self, request: Request) -> Response:
        """How each certificate stands, and what was revoked."""
        watches, incidents = await self._monitor.watches(), await self._monitor.incidents()
        rows = [WatchRow(one, cell_name(one.cell), level_svg(one)) for one in watches]
        told = [IncidentRow(one, cell_name(one.incident.cell)) for one in incidents]
        waiting = sum(one.waiting for one in watches)
        return self._render(request, "monitor.html", rows=rows, incidents=told, waiting=waiting)

    async def list(self, request: Request) -> Response:
        """What waits for a check, the earliest due first."""
        page = await self._monitor.waiting(offset=0, limit=PAGE_SIZE)
        return self._render(request, "blind_list.html", page=page, notice=_notice(request))

    async def item(self, request: Request) -> Response:
        """One item to decide; back to the list where its check is in."""
        try:
            item = await self._monitor.blind(request.path_params["id"])
        except NotFoundError:
            return RedirectResponse(f"{root_path(request)}/blind-checks?said=gone", status_code=303)
        return self._form(request, item, {"reviewer": reviewer_of(request)})

    async def check(self, request: Request) -> Response:
        """Record a check and go on with the next."""
        if not is_same_origin(request.headers):
            return self._render(
                request, "error.html", status=403, title="This form came from elsewhere", error=None
            )
        form, name = await read_form(request), request.path_params["id"]
        form["reviewer"] = signature(form.get("reviewer", ""))
        try:
            given = read_check(form)
            outcome = await self._monitor.check(name, given)
        except BadInputError as error:
            item = await self._monitor.blind(name)
            return self._form(request, item, form, error=error, status=422)
        except (ConflictError, NotFoundError):
            return RedirectResponse(f"{root_path(request)}/blind-checks?said=gone", status_code=303)
        said = "revoked" if outcome.incident else "wrong" if outcome.wrong else "right"
        told = urlencode({"said": said, "item": name})
        answer = RedirectResponse(f"{root_path(request)}/blind-checks?{told}", status_code=303)
        remember_reviewer(answer, request, given.reviewer)
        return answer

    def _form(self, request: Request, item: BlindItem, form: Mapping[str, str], **more: Any) -> Response:
        values = {
            "item": item,
            "facts": _facts(item),
            "candidates": _compared(item),
            "labels": LABELS,
            "form": {"reviewer": "", "reason": "", "answer": "", **form},
            "error": None,
            **more,
        }
        return self._render(request, "blind_check.html", **values)


def read_check(form: Mapping[str, str]) -> BlindCheck:
    """The check of a form, whose ``answer`` is an action, or ``choose`` and a claim's reference after a colon.

    Raises BadInputError in a reviewer's words.
    """
    action, _, reference = form.get("answer", "").partition(":")
    reviewer, reason = " ".join(form.get("reviewer", "").split()), form.get("reason", "").strip()
    if not reviewer:
        raise BadInputError("your name is missing", "Reviewer", "say who checks, then send again")
    if len(reviewer) > LONGEST_NAME or len(reason) > LONGEST_REASON:
        raise BadInputError("the text is too long", "Reason", f"use at most {LONGEST_REASON} characters")
    known = next((one for one in LABELS if one == action), None)
    if known is None:
        raise BadInputError("no answer was picked", "Answer", "pick one, then send again")
    return BlindCheck(known, reviewer, reference or None, reason or None)


def level_svg(watch: Watch) -> Markup:
    """The detector after each of its last checks, from 0 at the bottom to the alarm at the dashed line and above."""
    shown = [min(max(one, 0.0), MOST_LEVEL) for one in watch.levels]
    alarm = HEIGHT * (1 - 1 / MOST_LEVEL)
    step = WIDTH / max(len(shown) - 1, 1)
    points = " ".join(
        f"{place * step:.1f},{HEIGHT * (1 - one / MOST_LEVEL):.1f}" for place, one in enumerate(shown)
    )
    tone = "alarm" if watch.incident else "quiet"
    said = f"Detector at {max(watch.level, 0.0):.0%} of an alarm after {watch.checked} checks"
    return Markup(  # noqa: S704 - of numbers alone
        f'<svg class="level {tone}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">'
        f'<path class="limit" d="M0 {alarm:.1f}H{WIDTH}"/><polyline points="{points}"/></svg>'
    )


def _compared(item: BlindItem) -> tuple[Compared, ...]:
    return tuple(
        Compared(
            reference=one.reference,
            claim_id=one.claim.claim_id,
            facts=tuple(pair for pair in facts(one.claim) if pair[0] in TOLD),
            summary=agreement_summary(one.evidence),
            rows=comparisons(one.evidence),
        )
        for one in item.candidates
    )


def _facts(item: BlindItem) -> Facts:
    subject = item.subject
    return invoice_facts(subject.case.invoice) if isinstance(subject, VendorInvoice) else facts(subject)


def _notice(request: Request) -> dict[str, str] | None:
    said, item = request.query_params.get("said", ""), request.query_params.get("item", "")
    if said not in NOTICES:
        return None
    return {"text": NOTICES[said], "tone": "bad" if said == "revoked" else "", "item": quote(item, safe="")}


NOTICES = {
    "right": "Your check came to what the lane had done.",
    "wrong": "Your check came to something else than the lane had done: it counts as wrong.",
    "revoked": "Too many checks found the lane wrong: its certificate was revoked, and such items now go to people.",
    "gone": "That item waits for no check any more.",
}
