"""``GET /v1/fhir/Claim/{id}`` and ``GET /v1/fhir/ExplanationOfBenefit/{id}``: what is stored, as FHIR R4."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from features.errors import NotFoundError
from features.x12.records import ClaimPayment
from serving.audit.entries import view_entry
from serving.portal.fhir_out import MEDIA_TYPE, Json, claim_resource, encode, payment_resource
from serving.store.audit_reading import AuditStore
from serving.store.store import Store
from serving.workers import Workers


class FhirEndpoints:
    """The records of the store as resources; whoever may read an item may read its resource."""

    def __init__(self, store: Store, workers: Workers) -> None:
        self._store = store
        self._audit = AuditStore.of(store)
        self._workers = workers

    async def claim(self, request: Request) -> Response:
        """The Claim of a stored claim, by its reference."""
        return _answer(await self._workers.run(self._claim, request.path_params["id"]))

    async def benefit(self, request: Request) -> Response:
        """The ExplanationOfBenefit of a claim payment, by its item."""
        return _answer(await self._workers.run(self._benefit, request.path_params["id"]))

    def _claim(self, reference: str) -> Json:
        claim = self._store.claim(reference)
        self._audit.add(view_entry(reference))
        return claim_resource(claim, reference)

    def _benefit(self, item_id: str) -> Json:
        record = self._store.get(item_id).record
        if not isinstance(record, ClaimPayment):
            raise NotFoundError("there is no claim payment of this id")
        self._audit.add(view_entry(item_id))
        return payment_resource(record, item_id)


def _answer(resource: Json) -> Response:
    return Response(encode(resource), headers={"Cache-Control": "no-store"}, media_type=MEDIA_TYPE)
