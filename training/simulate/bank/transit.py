"""Money on its way from payers to the bank: transfers, some of several payments at once, and mailed checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from training.simulate.bank.channels import Channels, check_number
from training.simulate.bank.lines import (
    WIRE_NAME_WIDTH,
    WIRE_TRACE,
    Deposit,
    Part,
    account,
    company,
    shown_trace,
)
from training.simulate.batches import Batch
from training.simulate.draws import Draws, running
from training.simulate.payers import Payer
from training.simulate.waiting import Waiting
from training.simulate.workdays import working_day_after

# CAQH CORE's reassociation rule wants transfer and 835 within three working days of each other.
TRANSFER_DAYS = {0: 0.3, 1: 0.5, 2: 0.2}  # working days after the pay day; chosen
MAIL_DAYS = {2: 0.15, 3: 0.3, 4: 0.3, 5: 0.15, 6: 0.1}  # the same for checks; chosen
LATE = 0.03  # of both; chosen
LATE_DAYS = (5, 18)  # later than it would have come; a weekend may make it 20
NEVER = 0.005  # returned, stopped, or gone to another's account; chosen
COMBINED = 0.5  # payments of a payer that combines, for which it does so; chosen
HELD_DAYS = 8  # how long it waits for its next payment: one pay day a week
WIRES = 0.01  # of transfers; chosen
WIRE_FEE, WIRE_FEE_TAKEN = 1500, 0.5  # cents that the bank of some wires keeps, and how often; chosen
CENT_OFF = 0.003  # transfers that differ by one cent; chosen
OFFICE_CHECKS = (
    0.15  # checks that are mailed to the office and not to the lockbox, and deposited alone; chosen
)

_TRANSFER_SUMS, _MAIL_SUMS = running(TRANSFER_DAYS.values()), running(MAIL_DAYS.values())


class Transit:
    """What was paid and is not at the bank yet; what has arrived is forgotten."""

    def __init__(self, draws: Draws, channels: Channels) -> None:
        self._draws = draws
        self._channels = channels
        self._waiting: Waiting[Deposit] = Waiting()
        self._held: dict[str, tuple[date, Payer, str, list[Part]]] = {}  # by payer, for its next payment

    def send(self, day: date, batches: Sequence[Batch]) -> list[Part]:
        """Put a day's payments on their way. Returns those that will never arrive."""
        lost: list[Part] = []
        paid = sorted((b for b in batches if b.amount > 0), key=lambda b: (b.payer.payer_id, b.trace_number))
        for _, group in groupby(paid, key=lambda b: b.payer.payer_id):
            lost += self._send(day, list(group))
        return lost

    def arrive(self, day: date) -> list[Deposit]:
        """What has come by the end of a day that no earlier call gave; the checks in a lockbox are one deposit."""
        arrived = self._waiting.take(day)
        deposits = [deposit for deposit in arrived if deposit.kind != "lockbox"]
        checks = sorted((d for d in arrived if d.kind == "lockbox"), key=lambda d: d.account)
        for number, group in groupby(checks, key=lambda d: d.account):
            deposits.append(_lockbox(day, number, [part for check in group for part in check.parts]))
        return deposits

    def release(self, day: date) -> list[Part]:
        """Send what waited in vain for its payer's next payment. Returns what will never arrive."""
        lost: list[Part] = []
        for payer_id, (since, payer, number, parts) in list(self._held.items()):
            if day >= since + timedelta(HELD_DAYS):
                del self._held[payer_id]
                lost += self._transfer(day, payer, number, parts)
        return lost

    def rest(self) -> Iterator[Part]:
        """What has not arrived."""
        for deposit in self._waiting:
            yield from deposit.parts
        for _, _, _, parts in self._held.values():
            yield from parts

    def __len__(self) -> int:
        return len(self._waiting) + len(self._held)

    def _send(self, day: date, batches: list[Batch]) -> list[Part]:
        """The payments of one payer on a day."""
        payer = batches[0].payer
        channel = self._channels.of(payer)
        if channel.check:
            return [part for batch in batches for part in self._mail(day, batch)]
        parts = [Part(batch.trace_number, batch.amount) for batch in batches]
        number = account(batches[0].payee)
        held = self._held.pop(payer.payer_id, None)
        if held:
            return self._transfer(day, payer, held[2], [*held[3], *parts])
        if channel.combines and self._draws.chance(COMBINED):
            if len(parts) > 1:
                return self._transfer(day, payer, number, parts)
            self._held[payer.payer_id] = (day, payer, number, parts)
            return []
        return [
            lost
            for batch, part in zip(batches, parts, strict=True)
            for lost in self._transfer(day, payer, account(batch.payee), [part])
        ]

    def _transfer(self, day: date, payer: Payer, number: str, parts: list[Part]) -> list[Part]:
        """One transfer to an account. Returns its parts if it will never arrive."""
        draws = self._draws
        if draws.chance(NEVER):
            return parts
        channel = self._channels.of(payer)
        name, company_id = channel.vendor or (payer.name, f"1{payer.tax_id}")
        trace, total = parts[0].trace_number, sum(part.amount for part in parts)
        deposit = Deposit("ach", number, total, parts, company_id=company_id)
        if draws.chance(WIRES):
            deposit.kind, deposit.company = "wire", name[:WIRE_NAME_WIDTH].upper()
            deposit.trace = trace if draws.chance(WIRE_TRACE) else ""
            if total > 2 * WIRE_FEE and draws.chance(WIRE_FEE_TAKEN):
                deposit.amount -= WIRE_FEE
        else:
            deposit.company = company(name, channel.title, number)
            deposit.trace = shown_trace(draws, trace)
            if total > 1 and draws.chance(CENT_OFF):
                deposit.amount += draws.pick((-1, 1))
        self._waiting.put(self._due(day, TRANSFER_DAYS, _TRANSFER_SUMS), deposit)
        return []

    def _mail(self, day: date, batch: Batch) -> list[Part]:
        part = Part(batch.trace_number, batch.amount, check_number(batch))
        if self._draws.chance(NEVER):
            return [part]
        check = Deposit("lockbox", account(batch.payee), part.amount, [part])
        if self._draws.chance(OFFICE_CHECKS):
            check.kind, check.company, check.check_number = "check", "REMOTE DEPOSIT", part.check_number
        self._waiting.put(self._due(day, MAIL_DAYS, _MAIL_SUMS), check)
        return []

    def _due(self, day: date, usual: dict[int, float], sums: list[float]) -> date:
        due = working_day_after(day, self._draws.weighted(tuple(usual), sums))
        if self._draws.chance(LATE):
            due = working_day_after(due + timedelta(self._draws.between(*LATE_DAYS)), 0)
        return due


def _lockbox(day: date, number: str, parts: list[Part]) -> Deposit:
    """One line a day and account; the bank names the check only where there is but one."""
    return Deposit(
        kind="lockbox",
        account=number,
        amount=sum(part.amount for part in parts),
        parts=parts,
        company=f"LOCKBOX {number}",
        check_number=parts[0].check_number if len(parts) == 1 else "",
        lockbox_batch=f"{number}{day:%y%j}",
    )
