"""The payments that should be at the bank: one a remittance, a paper check or a stub, with its number and amount."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Literal

from msgspec import Struct

from features.match_keys import cents, normalised
from features.stubs import Stub
from features.x12.records import ClaimPayment, Remittance

CHECK_METHOD = "CHK"  # BPR04


class Payment(Struct, frozen=True, gc=False):
    """Money that somebody announced, in cents; ``key`` is the trace number without padding and punctuation."""

    trace_number: str
    key: str
    cents: int
    day: date  # BPR16, or the check's own day; of a paper check the day on which it was typed
    payer: str  # the payer's name without punctuation and case
    payer_name: str
    payee: str | None  # NPI; only an 835 says it
    originator: str  # TRN03, which banks show as the company id
    check: bool
    channel: Literal["835", "paper", "stub"]
    rows: tuple[str, ...] = ()  # of paper and stubs: the rows' own ids


def announced(
    remittances: Iterable[Remittance], paper: Iterable[ClaimPayment] = (), stubs: Iterable[Stub] = ()
) -> list[Payment]:
    """All payments of money, each once, in the order of their days.

    Left out are payments of nothing, debits, and paper rows without a check number: nobody can add these up. A file
    that came twice says nothing new, so the same trace number, amount and payer count once.
    """
    found = [
        *(_of_remittance(one) for one in remittances if one.credit_debit != "D"),
        *_of_paper(paper),
        *(_of_stub(stub) for stub in stubs),
    ]
    money = [one for one in found if one is not None and one.cents > 0 and one.key]
    once = {(one.key, one.cents, one.payer): one for one in reversed(money)}
    return sorted(once.values(), key=lambda one: (one.day, one.key, one.cents))


def _of_remittance(one: Remittance) -> Payment | None:
    if one.payment_date is None or one.payment_amount is None or one.payment_amount <= 0:
        return None
    return Payment(
        trace_number=one.trace_number or "", key=normalised(one.trace_number), cents=cents(one.payment_amount) or 0,
        day=one.payment_date, payer=normalised(one.payer_name), payer_name=one.payer_name or "", payee=one.payee_npi,
        originator=one.originator or "", check=one.method == CHECK_METHOD, channel="835",
    )  # fmt: skip


def _of_paper(rows: Iterable[ClaimPayment]) -> Iterable[Payment]:
    """The checks behind paper rows: rows of one number and payer add up."""
    checks: defaultdict[tuple[str, str], list[ClaimPayment]] = defaultdict(list)
    for row in rows:
        if row.trace_number and row.payment_date and row.paid is not None:
            checks[normalised(row.trace_number), normalised(row.payer_name)].append(row)
    for (key, payer), members in checks.items():
        total = sum(int((row.paid or 0) * 100) for row in members)
        days = [row.payment_date for row in members if row.payment_date]
        yield Payment(
            trace_number=members[0].trace_number or "", key=key, cents=total, day=min(days), payer=payer,
            payer_name=members[0].payer_name or "", payee=None, originator="", check=True, channel="paper",
            rows=tuple(row.source.transaction or "" for row in members),
        )  # fmt: skip


def _of_stub(stub: Stub) -> Payment | None:
    if stub.amount <= 0:
        return None
    return Payment(
        trace_number=stub.check_number or "", key=normalised(stub.check_number), cents=cents(stub.amount) or 0,
        day=stub.stub_date or stub.received_date, payer=normalised(stub.payer_name), payer_name=stub.payer_name or "",
        payee=None, originator="", check=True, channel="stub", rows=(stub.stub_id,),
    )  # fmt: skip
