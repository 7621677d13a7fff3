"""The same model behind FastAPI, as a team would serve it that wants scores and nothing else.

Two routes: ``/pydantic`` reads the body as pydantic models of the same fields, ``/orjson`` parses it and builds the
records without a check of their bounds. Neither routes, certifies, or looks up the patient's history.
``CLEARLANE_MODELS`` names the folder of champions.
"""

from __future__ import annotations

import os
import types
import typing
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pydantic
from fastapi import FastAPI, Request, Response
from msgspec import NODEFAULT, Struct

from features.x12.records import Claim
from models.denial_risk import DenialRiskModel, DenialRiskScore

model = DenialRiskModel.load(Path(os.environ["CLEARLANE_MODELS"]) / "denial-risk")
app = FastAPI()


def pydantic_of(record: Any) -> Any:
    """A pydantic model of a record's fields and types, records inside it too."""
    if isinstance(record, type) and issubclass(record, Struct):
        hints = typing.get_type_hints(record)
        fields: dict[str, Any] = {}
        for field in msgspec.structs.fields(record):
            default = ... if field.default is NODEFAULT else field.default
            fields[field.name] = (pydantic_of(hints[field.name]), default)
        if record.__struct_config__.tag:
            fields["kind"] = (str, "")
        return pydantic.create_model(record.__name__, **fields)
    arguments = typing.get_args(record)
    if isinstance(record, types.UnionType):
        return typing.Union[tuple(pydantic_of(one) for one in arguments)]  # noqa: UP007
    if typing.get_origin(record) is tuple:
        return tuple.__class_getitem__((pydantic_of(arguments[0]), ...))
    return record


ClaimModel = pydantic_of(Claim)
Item = pydantic.create_model("Item", claim=(ClaimModel, ...), id=(str | None, None))
Items = pydantic.create_model("Items", items=(list[Item], ...))  # type: ignore[valid-type]


class Answer(pydantic.BaseModel):
    """One claim's."""

    id: str
    probability: float
    low: float
    high: float


@app.post("/pydantic")
async def by_pydantic(body: Items) -> list[Answer]:  # type: ignore[valid-type]
    """Read, score and answer by pydantic."""
    given = body.items  # type: ignore[attr-defined]
    scores = model.score([item.claim for item in given])
    return [Answer(**_plain(str(place), score)) for place, score in enumerate(scores)]


@app.post("/orjson")
async def by_orjson(request: Request) -> Response:
    """Read and answer by orjson."""
    given = orjson.loads(await request.body())["items"]
    scores = model.score([msgspec.convert(item["claim"], Claim) for item in given])
    answers = [_plain(str(place), score) for place, score in enumerate(scores)]
    return Response(orjson.dumps(answers), media_type="application/json")


def _plain(name: str, score: DenialRiskScore) -> dict[str, Any]:
    return {"id": name, "probability": score.probability, "low": score.low, "high": score.high}
