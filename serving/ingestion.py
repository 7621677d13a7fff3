"""A file to records to scored items in the queue: read, look at the store, score, and store as a whole."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from contextvars import Context
from datetime import datetime
from itertools import chain
from pathlib import PurePath
from typing import NamedTuple

from features import incoming
from features.invoices.tables import sort_of
from serving.access.actor import current_actor
from serving.champions import Champions
from serving.intake import Intake, Receipt
from serving.intakes import Opened, intakes
from serving.invoices.taking import purchasing_intake
from serving.jobs.progress import reached
from serving.metrics import metrics
from serving.monitor.live import LiveCertificates
from serving.portal.door import records_of
from serving.reading import sort_records
from serving.store.database import StoreError
from serving.store.intake import StaleViewError
from serving.store.scope import check_own
from serving.store.store import Store

ATTEMPTS = 5
LONGEST_NAME = 255


class Sent(NamedTuple):
    """A file as it was sent, and the context of its request: who sent it, under which key."""

    name: str
    data: bytes
    context: Context


def take(
    data: bytes,
    *,
    name: str,
    store: Store,
    champions: Champions,
    at: datetime,
    backlog: bool = False,
) -> Receipt:
    """Take a file into the queue, or say that it is there already.

    ``backlog`` keeps its claims for payments to be matched against, without asking whether they will be denied: they
    have been sent; vendor invoices are then history that later ones are judged by. Raises NotX12Error for bytes that
    hold no interchange and are no table that is known here.
    """
    digest = hashlib.sha256(data).hexdigest()
    before = store.receipt(digest)
    if before and current_actor().facilities is None:
        return before  # for others it is looked at first whose it is, as if it had never come
    sort = sort_of(data[: incoming.HEADER_LIMIT])
    if sort is not None:
        return _stored(
            store,
            champions,
            lambda: purchasing_intake(
                data,
                sort,
                name=plain_name(name),
                digest=digest,
                store=store,
                champions=champions,
                at=at,
                backlog=backlog,
            ),
        )
    opened = _opened(data, name, digest, store)
    reached("scoring", opened.reading.counted.total())
    return _stored(store, champions, lambda: intakes([opened], store, champions, at, backlog=backlog)[0])


def take_together(
    files: Sequence[Sent], *, store: Store, champions: Champions, at: datetime
) -> list[Receipt | None]:
    """Take several small files of claims and payments in, each as it would be alone and for its own sender.

    They share their look-ups, the scoring, and the transaction, whose wait for the disk is as long for one as for ten.
    None stands for one that has to be taken alone: another file came between, or it cannot be stored. Raises what
    reading any of them raises, and then none is there.
    """
    opened = [_opened(one.data, one.name, hashlib.sha256(one.data).hexdigest(), store) for one in files]
    made = intakes(opened, store, champions, at)
    receipts = store.take_together(list(zip(made, (one.context for one in files), strict=True)))
    for intake, receipt in zip(made, receipts, strict=True):
        _count(intake, receipt)
    return receipts


def may_meet_others(data: bytes) -> bool:
    """Whether a file may be one of several that are taken together: purchasing is judged one file after another."""
    return sort_of(data[: incoming.HEADER_LIMIT]) is None


def _opened(data: bytes, name: str, digest: str, store: Store) -> Opened:
    """Raises OtherFacilityError for what is not the sender's, be it there already or not."""
    plain = plain_name(name)
    reading = sort_records(records_of(data, file=plain), store.identifiers, digest)
    check_own(chain((claim for _, claim in reading.claims), (payment for *_, payment in reading.payments)))
    return Opened(plain, digest, reading)


def plain_name(name: str) -> str:
    """A file's own name, without folders; "unnamed" where there is none.

    >>> plain_name("C:\\\\in\\\\claims.837"), plain_name("")
    ('claims.837', 'unnamed')
    """
    return PurePath(name.replace("\\", "/")).name[:LONGEST_NAME] or "unnamed"


def without_name(name: str, where: str) -> str:
    """A place in the file without the file's name, which may be a patient's: problems reach the logs of callers.

    >>> without_name("a/JANE DOE.csv", "JANE DOE.csv, row 3"), without_name("a", "row 3")
    ('the file, row 3', 'row 3')
    """
    plain = plain_name(name)
    return f"the file{where.removeprefix(plain)}" if where.startswith(plain) else where


def _stored(store: Store, champions: Champions, make: Callable[[], Intake]) -> Receipt:
    """Look at the store and keep what comes of it, again where another file or an alarm came between."""
    for _ in range(ATTEMPTS):
        try:
            intake = make()
            reached("storing")
            receipt = store.take(intake)
        except StaleViewError:
            if isinstance(champions.certificates, LiveCertificates):
                champions.certificates.refresh()  # what they promised may be what is stale
        else:
            _count(intake, receipt)
            return receipt
    raise StoreError("other files kept coming in between", remedy="send the file again")


def _count(intake: Intake, receipt: Receipt | None) -> None:
    """For the metrics, once the items are there; a file that was taken before brings none."""
    if receipt is not None and not receipt.already_taken:
        for (kind, lane), count in Counter(
            (one.scored.kind, one.scored.lane) for one in intake.items
        ).items():
            metrics().items.labels(kind, lane).inc(count)
