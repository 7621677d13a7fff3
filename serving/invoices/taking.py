"""A table of purchasing on its way into the store: orders and receipts are kept, invoices are judged by them.

An invoice is judged by what the store knows of the days up to its receipt, so orders and receipts come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import chain

import msgspec

from features.invoices.book import Book
from features.invoices.cases import InvoiceCase, replay
from features.invoices.records import Invoice, OrderLine, Receipt
from features.invoices.tables import Purchasing, Sort, read_bytes
from features.invoices.tolerances import DEFAULT
from features.typed_rows import problems
from features.x12.records import Problem
from serving import scoring
from serving.audit.inputs import InvoiceInputs, NoInputs, given
from serving.champions import Champions
from serving.identifiers import Identifiers
from serving.intake import Counts, Intake, NewItem, lanes_of
from serving.invoices.records import KIND, NewPurchase
from serving.invoices.scoring import score_cases
from serving.store.scope import check_named
from serving.store.store import Store


def purchasing_intake(
    data: bytes,
    sort: Sort,
    *,
    name: str,
    digest: str,
    store: Store,
    champions: Champions,
    at: datetime,
    backlog: bool,
) -> Intake:
    """What the file changes; with ``backlog`` its invoices are history, and no item comes of them.

    Raises BadInputError for what is no CSV in UTF-8, and OtherFacilityError for what names a facility that is not the
    sender's, be it there already or not. A row that cannot be read becomes an item of its own.
    """
    read = read_bytes(data, sort, file=name)
    named = chain((one.facility for one in read.orders), (one.facility for one in read.invoices))
    check_named(named, "orders or invoices")
    champions = champions.as_they_stand()
    new = list(_new(read, sort, store))
    seen = store.purchasing_number()
    known = store.known_purchases([one.key for one in new])
    fresh = [one for one in new if one.key not in known]
    items = _problem_items(name, read.unreadable.get(name, ()), store.identifiers, digest, champions, at)
    items = [one for one in items if one.id not in store.known_items([one.id])]
    if sort == "invoices" and not backlog:
        items += _invoice_items(read.invoices, fresh, store, champions, at)
    return Intake(
        file_id=store.identifiers.of("file", digest),
        digest=digest,
        name=name,
        received_at=at,
        counts=_counts(read, len(new) - len(fresh), tuple(items)),
        claims=(),
        items=tuple(items),
        purchases=tuple(fresh),
        purchasing_number=seen,
    )


def invoice_key(voucher: str, identifiers: Identifiers) -> str:
    """By what an invoice is known again in another file, and the id of its item."""
    return identifiers.of("vendor-invoice", voucher)


def cases_of(invoices: Sequence[Invoice], known: Purchasing, champions: Champions) -> list[InvoiceCase]:
    """The cases of new invoices, each by what was known on the day of its receipt, as training replays it."""
    model = champions.invoice_anomaly
    book = Book(model.tolerances if model else DEFAULT)
    whole = Purchasing(known.orders, known.receipts, [*known.invoices, *invoices])
    wanted = frozenset(invoice.voucher for invoice in invoices)
    return list(replay(whole, book, only=wanted))


def _new(read: Purchasing, sort: Sort, store: Store) -> Iterable[NewPurchase]:
    """Every record with its key; an order line that was changed is another record, and the later one holds."""
    made: dict[str, NewPurchase] = {}
    for record in getattr(read, sort):
        key = _key(record, store.identifiers)
        made.setdefault(key, NewPurchase(key, sort, _day(record), msgspec.json.encode(record)))
    return made.values()


def _key(record: OrderLine | Receipt | Invoice, identifiers: Identifiers) -> str:
    if isinstance(record, Invoice):
        return invoice_key(record.voucher, identifiers)
    return identifiers.of(type(record).__name__, msgspec.json.encode(record).decode())


def _day(record: OrderLine | Receipt | Invoice) -> date:
    return record.received if isinstance(record, Invoice) else record.day


def _invoice_items(
    invoices: Sequence[Invoice],
    fresh: Sequence[NewPurchase],
    store: Store,
    champions: Champions,
    at: datetime,
) -> list[NewItem]:
    keys = {one.key for one in fresh}
    new = [one for one in invoices if invoice_key(one.voucher, store.identifiers) in keys]
    cases = cases_of(new, store.purchasing(), champions) if new else []
    return [
        NewItem(
            id=invoice_key(record.case.invoice.voucher, store.identifiers),
            record=record,
            scored=scored,
            due_at=scoring.due_of(scored, at),
            given=given(
                InvoiceInputs(case), KIND, in_force=champions.in_force, certificates=champions.certificates
            ),
        )
        for case, (record, scored) in zip(cases, score_cases(cases, champions, at=at.date()), strict=True)
    ]


def _problem_items(
    name: str,
    lines: Sequence[int],
    identifiers: Identifiers,
    digest: str,
    champions: Champions,
    at: datetime,
) -> list[NewItem]:
    return [_problem_item(one, identifiers, digest, champions, at) for one in problems(name, (), lines)]


def _problem_item(
    problem: Problem, identifiers: Identifiers, digest: str, champions: Champions, at: datetime
) -> NewItem:
    scored = scoring.score_refusal(problem, champions, at=at.date())
    name = identifiers.of("problem", digest, str(problem.source.segment))
    kept = given(NoInputs(), scored.kind, in_force=champions.in_force, certificates={})
    return NewItem(id=name, record=problem, scored=scored, due_at=scoring.due_of(scored, at), given=kept)


def _counts(read: Purchasing, duplicates: int, items: tuple[NewItem, ...]) -> Counts:
    return Counts(
        orders=len({order.po_number for order in read.orders}),
        receipts=len(read.receipts),
        invoices=len(read.invoices),
        problems=sum(len(lines) for lines in read.unreadable.values()),
        duplicates=duplicates,
        items=len(items),
        lanes=lanes_of(items),
    )
