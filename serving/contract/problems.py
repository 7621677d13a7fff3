"""Every problem that the API can answer with: a stable code, its status, and what it means to a caller."""

from __future__ import annotations

from msgspec import Struct


class ProblemKind(Struct, frozen=True):
    """One kind of problem; a new one may be added, but none changes its status or its meaning within ``/v1``."""

    code: str  # kebab-case
    status: int
    means: str
    again: str  # what a caller does


PROBLEMS = (
    ProblemKind("malformed-request", 400, "what came is no HTTP request", "mend the caller"),
    ProblemKind("malformed-json", 400, "the body is not JSON in UTF-8", "mend the caller"),
    ProblemKind("malformed-form", 400, "the form cannot be read", "mend the caller"),
    ProblemKind("malformed-if-match", 400, "`If-Match` is no list of entity tags, or of too many versions",
                "send the item's `ETag` as it came"),
    ProblemKind("incomplete-body", 400, "the body ended before it was complete", "send it again"),
    ProblemKind("unauthenticated", 401, "there are no credentials, or none that are taken",
                "send a good key or token"),
    ProblemKind("not-permitted", 403, "this takes a role that the actor does not have, or shows facilities that are "
                "not its own", "ask whoever gives out keys"),
    ProblemKind("other-facility", 403, "the file holds something of a facility that is not the actor's",
                "send those of its own alone"),
    ProblemKind("access-not-set-up", 403, "nobody is asked who they are, so only the service's own machine is "
                "answered, and nothing that came through a proxy", "make a key or name an identity provider"),
    ProblemKind("cross-site", 403, "a page of another site sent the request", "send it from a program or from here"),
    ProblemKind("not-found", 404, "there is nothing at this address, or no such item or file", "do not send it again"),
    ProblemKind("cursor-unknown", 404, "`after` is no cursor of this list", "begin at the first page"),
    ProblemKind("method-not-allowed", 405, "the address does not take this method", "see the header `Allow`"),
    ProblemKind("conflict", 409, "the item was decided or checked since it was read", "read it again"),
    ProblemKind("idempotency-key-in-use", 409, "the first request with this key is not answered yet",
                "send it again after `Retry-After`"),
    ProblemKind("version-unknown", 412, "`If-Match` names no version of the item", "read the item again"),
    ProblemKind("too-large", 413, "the body is larger than what is taken at once", "send it in parts"),
    ProblemKind("unsupported-media-type", 415, "the body is not of a type that is read here",
                "set `Content-Type`"),
    ProblemKind("unknown-host", 421, "the service does not answer to this name", "set `CLEARLANE_HOSTS`"),
    ProblemKind("bad-input", 422, "the body, or the file, does not hold what it should",
                "see `errors` for the places"),
    ProblemKind("bad-query", 422, "a parameter of the address is unknown, given twice or out of bounds",
                "see `errors` for the names"),
    ProblemKind("empty-file", 422, "there is no file in the request, or it is empty", "send the file"),
    ProblemKind("one-file", 422, "a form holds one file, as its part `file`, and nothing else",
                "send one at a time"),
    ProblemKind("not-x12", 422, "the file holds no X12 interchange and is no table that is known",
                "see what is in it"),
    ProblemKind("missing-data", 422, "a column that the table needs is not there", "see the table's description"),
    ProblemKind("idempotency-key-reused", 422, "the key came with another request before", "use a new key"),
    ProblemKind("bad-idempotency-key", 422, "the key is not 1 to 200 visible ASCII characters", "use a random one"),
    ProblemKind("version-needed", 428, "`If-Match` is missing", "send it with the item's `ETag`"),
    ProblemKind("too-many-requests", 429, "the service is busy, or the actor asks more often than it may",
                "send it again after `Retry-After`"),
    ProblemKind("headers-too-large", 431, "the request's line and headers are too long", "mend the caller"),
    ProblemKind("internal", 500, "something went wrong here; `instance` is in the log", "tell whoever runs it"),
    ProblemKind("not-ready", 503, "the service starts or stops", "send it again after `Retry-After`"),
    ProblemKind("store", 503, "the database cannot be used now", "send it again after `Retry-After`"),
    ProblemKind("identity-provider", 503, "the keys of the identity provider cannot be read, so no token is taken",
                "tell whoever runs it"),
    ProblemKind("model-file", 503, "a model cannot be used", "tell whoever runs it"),
    ProblemKind("timeout", 504, "the work took too long", "send it again after `Retry-After`"),
)  # fmt: skip

BY_CODE = {one.code: one for one in PROBLEMS}

EVERYWHERE = (
    *("malformed-request", "unauthenticated", "not-permitted", "access-not-set-up", "unknown-host"),
    *("method-not-allowed", "bad-query", "too-many-requests"),
    *("headers-too-large", "internal", "not-ready", "store", "identity-provider", "timeout"),
)
"""Problems that any address of the API may answer with."""

CHANGING = ("cross-site",)
"""And those that any but a GET may be answered with."""
